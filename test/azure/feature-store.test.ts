import { readFileSync } from 'fs';
import { join } from 'path';
import { AzurermProvider } from '@cdktf/provider-azurerm/lib/provider';
import { TerraformAsset, TerraformStack, Testing } from 'cdktf';
import { parse } from 'yaml';
import { FeatureStore, FeatureStoreProps, FeatureStoreWorkspace, FeatureStoreWorkspaceProps } from '../../lib/azure/feature-store';
import { Environment, FeatureType } from '../../lib/core';
import { parity } from '../../lib/core/parity';
import { problemsOf } from '../contract/room';
import { Body, FakeGroup, FakeLogs, FakeNetwork, SUBSCRIPTION, synth, Synthesized } from './helper';

const ID = `/subscriptions/${SUBSCRIPTION}/resourceGroups/ml/providers`;
const ADA = { principalId: '22222222-2222-2222-2222-222222222222', principalType: 'User' };
const COLUMNS = {
  entity: { name: 'listing_id' },
  eventTime: 'updated_at',
  features: { rooms: FeatureType.INT, sqm: FeatureType.FLOAT },
};

const imported = (stack: TerraformStack, online = false) =>
  FeatureStoreWorkspace.fromFeatureStoreWorkspaceAttributes(stack, 'Workspace', {
    workspaceId: `${ID}/Microsoft.MachineLearningServices/workspaces/fs`,
    storageAccountId: `${ID}/Microsoft.Storage/storageAccounts/acmefs`,
    online,
  });
const group = (given: Partial<FeatureStoreProps> = {}, use: (f: FeatureStore, stack: TerraformStack) => void = () => {}): Synthesized =>
  synth((stack) => {
    const f = new FeatureStore(stack, 'HouseListings', {
      resourceGroup: new FakeGroup(stack, 'Group'),
      workspace: 'workspace' in given ? undefined : imported(stack),
      ...COLUMNS,
      ...given,
    });
    use(f, stack);
  });
const store = (
  given: Partial<FeatureStoreWorkspaceProps> = {},
  use: (w: FeatureStoreWorkspace, stack: TerraformStack) => void = () => {},
): Synthesized =>
  synth((stack) => {
    const w = new FeatureStoreWorkspace(stack, 'Features', {
      resourceGroup: new FakeGroup(stack, 'Group'),
      network: new FakeNetwork(stack, 'Network'),
      logWorkspace: new FakeLogs(stack, 'Logs'),
      ...given,
    });
    use(w, stack);
  });
const template = (s: Synthesized): Body => JSON.parse(s.only('azurerm_resource_group_template_deployment').template_content);
const roles = (s: Synthesized, principal?: string) =>
  s.all('azurerm_role_assignment').filter((r) => principal === undefined || r.principal_id === principal);

describe('a group of features', () => {
  test('has its entity in the store', () => {
    const [container, version] = template(group()).resources;
    expect(container).toMatchObject({
      type: 'Microsoft.MachineLearningServices/workspaces/featurestoreEntities',
      name: "[concat(parameters('workspace'), '/listing_id')]",
    });
    expect(version).toMatchObject({
      type: 'Microsoft.MachineLearningServices/workspaces/featurestoreEntities/versions',
      name: "[concat(parameters('workspace'), '/listing_id/1')]",
      properties: { indexColumns: [{ columnName: 'listing_id', dataType: 'String' }], stage: 'Development' },
    });
  });

  test('is registered by a command, from files beside the stack', () => {
    let folder = '';
    let version = '';
    const s = group({ description: 'what: "is" known' }, (f, stack) => {
      version = f.featureSetVersion;
      const asset = stack.node.findAll().find((c): c is TerraformAsset => c instanceof TerraformAsset)!;
      folder = (asset as unknown as { sourcePath: string }).sourcePath;
    });
    expect(s.output('HouseListings_RegisterCommand')).toMatch(
      /^az ml feature-set create --resource-group ml --workspace-name fs --file assets\/.*\/featureset\.yaml$/,
    );
    expect(parse(readFileSync(join(folder, 'featureset.yaml'), 'utf8'))).toEqual({
      $schema: 'http://azureml/sdk-2-0/Featureset.json',
      name: 'house-listings',
      version,
      description: 'what: "is" known',
      specification: { path: './spec' },
      entities: ['azureml:listing_id:1'],
      stage: 'Development',
      materialization_settings: { offline_enabled: true, online_enabled: false, resource: { instance_type: 'standard_e4s_v3' } },
    });
    expect(parse(readFileSync(join(folder, 'spec', 'FeatureSetSpec.yaml'), 'utf8'))).toEqual({
      $schema: 'http://azureml/sdk-2-0/FeatureSetSpec.json',
      source: {
        type: 'parquet',
        path: 'abfss://sources@acmefs.dfs.core.windows.net/house-listings/*.parquet',
        timestamp_column: { name: 'updated_at' },
      },
      features: [
        { name: 'rooms', type: 'long' },
        { name: 'sqm', type: 'double' },
      ],
      index_columns: [{ name: 'listing_id', type: 'string' }],
    });
  });

  test('other columns are another version', () => {
    const versions = new Set<string>();
    group({}, (f) => versions.add(f.featureSetVersion));
    group({}, (f) => versions.add(f.featureSetVersion));
    group({ features: { rooms: FeatureType.INT } }, (f) => versions.add(f.featureSetVersion));
    expect(versions.size).toBe(2);
  });

  test('rows are written where it reads them', () => {
    group({}, (f) => expect(f.sourceUri).toBe('abfss://sources@acmefs.dfs.core.windows.net/house-listings'));
  });

  test('makes a store of its own if none is given', () => {
    const s = synth((stack) => {
      const [resourceGroup, network] = [new FakeGroup(stack, 'Group'), new FakeNetwork(stack, 'Network')];
      new FeatureStore(stack, 'Listings', { ...COLUMNS, resourceGroup, network, online: true });
    });
    expect(s.only('azurerm_machine_learning_workspace').kind).toBe('FeatureStore');
    expect(s.only('azurerm_redis_cache')).toBeDefined();
  });

  test('shares its entity with others of the store, which is told of one at a time', () => {
    const s = synth((stack) => {
      const [resourceGroup, workspace] = [new FakeGroup(stack, 'Group'), imported(stack)];
      for (const id of ['Listings', 'Prices']) new FeatureStore(stack, id, { ...COLUMNS, resourceGroup, workspace });
    });
    const [, second] = s.all('azurerm_resource_group_template_deployment');
    expect(second.depends_on).toEqual([expect.stringContaining('Listings_Entity')]);
  });

  test('refuses an entity that others say is of another type', () => {
    const both = () =>
      synth((stack) => {
        const [resourceGroup, workspace] = [new FakeGroup(stack, 'Group'), imported(stack)];
        new FeatureStore(stack, 'Listings', { ...COLUMNS, resourceGroup, workspace });
        new FeatureStore(stack, 'Prices', { ...COLUMNS, resourceGroup, workspace, entity: { name: 'listing_id', type: FeatureType.INT } });
      });
    expect(problemsOf(both)).toMatchObject([
      { prop: 'entity.type', value: 'int', reason: 'another group of this store says that listing_id is of type string' },
    ]);
  });

  test('refuses to be nowhere', () => {
    expect(problemsOf(() => group({ workspace: undefined }))).toMatchObject([
      { prop: 'network', instead: 'write network: and an MlNetwork, or workspace: and a FeatureStoreWorkspace' },
    ]);
  });

  test('refuses to be looked up online in a store that cannot', () => {
    expect(problemsOf(() => group({ online: true }))).toMatchObject([
      { prop: 'online', instead: 'write online: true for the FeatureStoreWorkspace too' },
    ]);
  });

  test('refuses more features than it can hold', () => {
    const features = Object.fromEntries(Array.from({ length: 1001 }, (_, i) => [`f${i}`, FeatureType.INT]));
    expect(problemsOf(() => group({ features }))).toMatchObject([
      { prop: 'features', value: 1001, reason: 'this library takes at most 1,000 features in a group' },
    ]);
  });

  test('refuses a provider that would delete entities', () => {
    const stack = new TerraformStack(Testing.app(), 'test');
    new AzurermProvider(stack, 'azurerm', { features: [{}], subscriptionId: SUBSCRIPTION });
    new FeatureStore(stack, 'Listings', { ...COLUMNS, resourceGroup: new FakeGroup(stack, 'Group'), workspace: imported(stack) });
    expect(() => Testing.synth(stack, true)).toThrow(
      "azure.FeatureStore 'test/Listings': azurerm would delete the entity, which Azure ML does not let it; " +
        'write features: [{ templateDeployment: [{ deleteNestedItemsDuringDeletion: false }] }] in the AzurermProvider',
    );
  });

  test('the report says that a command is left to do', () => {
    group({}, (_, stack) =>
      expect(parity.report(stack)).toContainEqual(
        expect.objectContaining({
          path: 'test/HouseListings',
          kind: 'approximated',
          reason:
            'Azure ML reads the specification of a feature set from storage that answers in the network only, where Terraform cannot write it',
        }),
      ),
    );
  });

  test('one that exists already is known by its name', () => {
    synth((stack) => {
      const f = FeatureStore.fromFeatureStoreAttributes(stack, 'Listings', {
        featureGroupName: 'listings',
        featureSetVersion: '3',
        workspace: imported(stack),
      });
      expect(f.sourceUri).toBe('abfss://sources@acmefs.dfs.core.windows.net/listings');
    });
  });
});

describe('a feature store', () => {
  test('is a workspace of its own kind, in the network only', () => {
    const s = store();
    expect(s.only('azurerm_machine_learning_workspace')).toMatchObject({
      kind: 'FeatureStore',
      public_network_access_enabled: false,
      managed_network: { isolation_mode: 'AllowInternetOutbound' },
      feature_store: { offline_connection_name: 'offline-store', computer_spark_runtime_version: '3.4.0' },
      identity: { type: 'SystemAssigned, UserAssigned' },
    });
    for (const account of s.all('azurerm_storage_account')) expect(account.public_network_access_enabled).toBe(false);
    expect(
      s
        .all('azurerm_private_endpoint')
        .map((e) => e.private_service_connection.subresource_names[0])
        .sort(),
    ).toEqual(['amlworkspace', 'blob', 'blob', 'dfs', 'file', 'vault']);
  });

  test('features are in an account with a hierarchical namespace and without keys', () => {
    const [features] = store()
      .all('azurerm_storage_account')
      .filter((a) => a.is_hns_enabled);
    expect(features).toMatchObject({ shared_access_key_enabled: false, public_network_access_enabled: false });
  });

  test('knows the offline store by the identity that materializes', () => {
    expect(template(store()).resources).toMatchObject([
      {
        type: 'Microsoft.MachineLearningServices/workspaces/connections',
        name: "[concat(parameters('workspace'), '/offline-store')]",
        properties: { category: 'ADLSGen2', authType: 'ManagedIdentity' },
      },
    ]);
  });

  test('that identity reads rows and writes what it makes of them, and no more', () => {
    const [materializer] = store().all('azurerm_user_assigned_identity');
    expect(materializer).toBeDefined();
    expect(
      roles(store())
        .map((r) => r.role_definition_name)
        .sort(),
    ).toEqual([
      'Azure AI Enterprise Network Connection Approver',
      'AzureML Data Scientist',
      'Storage Blob Data Contributor',
      'Storage Blob Data Reader',
    ]);
  });

  test('Spark reaches the stores through private endpoints', () => {
    const rules = store({ online: true }).all('azurerm_machine_learning_workspace_network_outbound_rule_private_endpoint');
    expect(rules.map((r) => [r.sub_resource_target, r.spark_enabled]).sort()).toEqual([
      ['blob', true],
      ['dfs', true],
      ['redisCache', true],
    ]);
    expect(store().output('Features_ProvisionCommand')).toContain('az ml workspace provision-network');
  });

  test('has an online store where that is asked for', () => {
    const s = store({ online: true });
    expect(s.only('azurerm_redis_cache')).toMatchObject({
      sku_name: 'Standard',
      minimum_tls_version: '1.2',
      public_network_access_enabled: false,
    });
    expect(template(s).resources.map((r: Body) => r.properties.category)).toEqual(['ADLSGen2', 'Redis']);
  });

  test('that may exist already', () => {
    const onlineStoreId = `${ID}/Microsoft.Cache/redis/acme`;
    const s = store({ online: true, onlineStoreId });
    expect(s.all('azurerm_redis_cache')).toEqual([]);
    expect(JSON.parse(s.only('azurerm_resource_group_template_deployment').parameters_content).onlineStore.value).toBe(onlineStoreId);
    expect(problemsOf(() => store({ onlineStoreId }))).toMatchObject([
      { prop: 'onlineStoreId', instead: 'write online: true, or leave it out' },
    ]);
  });

  test('is kept in prod', () => {
    const s = store({ environment: Environment.PROD });
    for (const type of ['azurerm_machine_learning_workspace', 'azurerm_storage_account', 'azurerm_storage_container'])
      for (const r of s.all(type)) expect(r.lifecycle).toEqual({ prevent_destroy: true });
    expect(store().only('azurerm_machine_learning_workspace')).not.toHaveProperty('lifecycle');
  });

  test('readers read, writers write rows; each is granted once', () => {
    const s = store({ online: true }, (w) => {
      for (const id of ['A', 'B']) {
        w.grants.read(`${id}Read`, ADA);
        w.grants.write(`${id}Write`, ADA);
      }
    });
    expect(
      roles(s, ADA.principalId)
        .map((r) => r.role_definition_name ?? 'own')
        .sort(),
    ).toEqual(['Reader', 'Storage Blob Data Contributor', 'Storage Blob Data Reader', 'Storage Blob Data Reader', 'own']);
    expect(s.only('azurerm_role_definition').permissions[0].actions).toEqual([
      'Microsoft.Cache/redis/read',
      'Microsoft.Cache/redis/listKeys/action',
    ]);
  });
});
