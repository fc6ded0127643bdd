import { AzurermProvider, AzurermProviderConfig } from '@cdktf/provider-azurerm/lib/provider';
import { TerraformOutput, TerraformStack, Testing } from 'cdktf';
import { ArtifactStore, ArtifactStoreProps } from '../../lib/azure/storage';
import { Environment } from '../../lib/core';
import { problemsOf } from '../contract/room';
import { FakeGroup, FakeNetwork, SUBSCRIPTION, Synthesized, synth } from './helper';

const store = (props: Partial<ArtifactStoreProps> = {}, use: (s: ArtifactStore) => void = () => {}): Synthesized =>
  synth((stack) => {
    const network = new FakeNetwork(stack, 'Network');
    use(new ArtifactStore(stack, 'Store', { resourceGroup: new FakeGroup(stack, 'Group'), network, ...props }));
  });
const ACCOUNT = `/subscriptions/${SUBSCRIPTION}/resourceGroups/data/providers/Microsoft.Storage/storageAccounts/acmedata`;

test('the account has no keys, and answers over TLS in its network only', () => {
  expect(store().only('azurerm_storage_account')).toMatchObject({
    name: expect.stringMatching(/^[a-z][a-z0-9]{2,23}$/),
    account_replication_type: 'LRS',
    min_tls_version: 'TLS1_2',
    https_traffic_only_enabled: true,
    shared_access_key_enabled: false,
    local_user_enabled: false,
    allow_nested_items_to_be_public: false,
    cross_tenant_replication_enabled: false,
    public_network_access_enabled: false,
    infrastructure_encryption_enabled: false,
    network_rules: { default_action: 'Deny', bypass: ['AzureServices'] },
    blob_properties: {
      versioning_enabled: true,
      delete_retention_policy: { days: 7 },
      container_delete_retention_policy: { days: 7 },
    },
  });
});

test('the container is made by the id of the account, so that no key is needed', () => {
  const container = store().only('azurerm_storage_container');
  expect(container).toMatchObject({ name: 'artifacts', container_access_type: 'private' });
  expect(container.storage_account_id).toMatch(/azurerm_storage_account/);
});

test('a private endpoint leads to its blobs', () => {
  const endpoint = store().only('azurerm_private_endpoint');
  expect(endpoint.private_service_connection).toMatchObject({ subresource_names: ['blob'], is_manual_connection: false });
  expect(endpoint.private_dns_zone_group.private_dns_zone_ids[0]).toMatch(/privatelink\.blob\.core\.windows\.net$/);
});

test('old versions go, checkpoints and captured requests cool down and go', () => {
  const [old, cool] = store().only('azurerm_storage_management_policy').rule;
  expect(old.actions).toEqual({
    version: { delete_after_days_since_creation: 7 },
    snapshot: { delete_after_days_since_creation_greater_than: 7 },
  });
  expect(cool.filters.prefix_match).toEqual(['artifacts/checkpoints/', 'artifacts/capture/']);
  expect(cool.actions.base_blob).toEqual({
    tier_to_cool_after_days_since_modification_greater_than: 30,
    delete_after_days_since_modification_greater_than: 90,
  });
});

test('prod is redundant over zones, never deletes what is current, and cannot be destroyed', () => {
  const s = store({ environment: Environment.PROD });
  expect(s.only('azurerm_storage_account')).toMatchObject({ account_replication_type: 'ZRS', lifecycle: { prevent_destroy: true } });
  expect(s.only('azurerm_storage_container').lifecycle).toEqual({ prevent_destroy: true });
  expect(s.only('azurerm_storage_management_policy').rule[1].actions.base_blob).toEqual({
    tier_to_cool_after_days_since_modification_greater_than: 30,
  });
  expect(store().only('azurerm_storage_account').lifecycle).toBeUndefined();
});

test('the internet can be let in by name, and data encrypted twice', () => {
  const s = store({ network: undefined, publicNetworkAccess: true, infrastructureEncryption: true });
  expect(s.only('azurerm_storage_account')).toMatchObject({
    public_network_access_enabled: true,
    infrastructure_encryption_enabled: true,
    shared_access_key_enabled: false,
    network_rules: { default_action: 'Allow' },
  });
  expect(s.all('azurerm_private_endpoint')).toEqual([]);
});

test('the URI is one that adlfs opens', () => {
  store({ containerName: 'acme-ml' }, (s) => {
    expect(s.uri()).toBe(`abfss://acme-ml@${s.storageAccountName}.dfs.core.windows.net`);
    expect(s.uri('models/a')).toBe(`abfss://acme-ml@${s.storageAccountName}.dfs.core.windows.net/models/a`);
  });
});

test('grants are roles on the container', () => {
  const s = store({}, (a) => {
    a.grants.read('Analyst', { principalId: 'p1', principalType: 'User' });
    a.grants.write('Trainer', { principalId: 'p2' });
  });
  const scope = expect.stringMatching(/azurerm_storage_container/);
  expect(s.all('azurerm_role_assignment')).toEqual([
    { scope, role_definition_name: 'Storage Blob Data Reader', principal_id: 'p1', principal_type: 'User' },
    { scope, role_definition_name: 'Storage Blob Data Contributor', principal_id: 'p2' },
  ]);
});

test('an output uploads data', () => {
  expect(store().output('Store_UploadCommand')).toMatch(/^az storage blob upload-batch --auth-mode login .* --destination-path data /);
});

test('fails without anybody who could reach it, and for a name that Azure does not take', () => {
  expect(problemsOf(() => store({ network: undefined, containerName: 'ML' }))).toMatchObject([
    { code: 'name', prop: 'containerName', value: 'ML', instead: 'write a name such as artifacts' },
    {
      code: 'missing',
      prop: 'network',
      reason: 'nobody could reach the store',
      instead: 'write network:, or publicNetworkAccess: true to reach it over the internet',
    },
  ]);
});

test('an existing account is taken as it is', () => {
  const s = synth((stack) => {
    const own = ArtifactStore.fromArtifactStoreAttributes(stack, 'Store', { storageAccountId: ACCOUNT, containerName: 'ml-data' });
    expect(own.uri('data')).toBe('abfss://ml-data@acmedata.dfs.core.windows.net/data');
    own.grants.read('Reader', { principalId: 'p1' });
  });
  expect(s.resources.map((r) => r.type)).toEqual(['azurerm_role_assignment']);
  expect(s.only('azurerm_role_assignment').scope).toBe(`${ACCOUNT}/blobServices/default/containers/ml-data`);
});

test('the id of an existing account may be known only at deployment', () => {
  const s = synth((stack) => {
    const made = new ArtifactStore(stack, 'Made', { resourceGroup: new FakeGroup(stack, 'Group'), publicNetworkAccess: true });
    const own = ArtifactStore.fromArtifactStoreAttributes(stack, 'Store', { storageAccountId: made.storageAccountId });
    new TerraformOutput(stack, 'Name', { value: own.storageAccountName });
  });
  expect(s.output('Name')).toMatch(/^\$\{element\(split\("\/", azurerm_storage_account\.Made_\w+\.id\), 8\)\}$/);
});

test('fails for an existing account that is not given by id', () => {
  expect(() => synth((stack) => ArtifactStore.fromArtifactStoreAttributes(stack, 'Store', { storageAccountId: 'acmedata' }))).toThrow(
    /storageAccountId "acmedata": not the id of a Microsoft\.Storage\/storageAccounts; write \/subscriptions\//,
  );
});

describe('a provider that would ask the services of an account that answers in its network only', () => {
  const validated = (provider: Partial<AzurermProviderConfig>, props: Partial<ArtifactStoreProps> = {}): string => {
    const stack = new TerraformStack(Testing.app(), 'test');
    new AzurermProvider(stack, 'azurerm', { features: [{}], subscriptionId: SUBSCRIPTION, ...provider });
    const network = new FakeNetwork(stack, 'Network');
    new ArtifactStore(stack, 'Store', { resourceGroup: new FakeGroup(stack, 'Group'), network, ...props });
    return Testing.synth(stack, true);
  };

  test.each([[{}], [{ storage: [{}] }], [{ storage: [{ dataPlaneAvailable: true }] }]])('is refused: %j', (features) => {
    expect(() => validated({ features: [features] })).toThrow(
      "azure.ArtifactStore 'test/Store': azurerm would ask the storage account's own services, which answer in the network only; " +
        'write features: [{ storage: [{ dataPlaneAvailable: false }] }] in the AzurermProvider',
    );
  });

  test('is told apart from those that would not', () => {
    expect(() => validated({ features: [{ storage: [{ dataPlaneAvailable: false }] }] })).not.toThrow();
    expect(() => validated({}, { publicNetworkAccess: true })).not.toThrow();
    expect(() => validated({ alias: 'other' })).not.toThrow();
  });
});
