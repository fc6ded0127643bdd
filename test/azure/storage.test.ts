import { AzurermProvider, AzurermProviderConfig } from '@cdktf/provider-azurerm/lib/provider';
import { TerraformOutput, TerraformStack, Testing } from 'cdktf';
import { ArtifactStore, ArtifactStoreProps } from '../../lib/azure/storage';
import { Duration, Environment } from '../../lib/core';
import { problemsOf } from '../contract/room';
import { FakeGroup, FakeLogs, FakeNetwork, SUBSCRIPTION, Synthesized, synth } from './helper';

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

const ruleOf = (s: Synthesized, name: string) =>
  s.only('azurerm_storage_management_policy').rule.find((r: { name: string }) => r.name === name);

test('old versions go, checkpoints and captured requests cool down and stay', () => {
  const s = store();
  expect(ruleOf(s, 'old-versions').actions).toEqual({
    version: { delete_after_days_since_creation: 7 },
    snapshot: { delete_after_days_since_creation_greater_than: 7 },
  });
  for (const folder of ['checkpoints', 'capture']) {
    expect(ruleOf(s, folder).filters.prefix_match).toEqual([`artifacts/${folder}/`]);
    expect(ruleOf(s, folder).actions.base_blob).toEqual({ tier_to_cool_after_days_since_modification_greater_than: 30 });
  }
});

test('what expires within the time that the cool tier is paid for anyway stays in the hot one', () => {
  const s = store({ checkpointExpiry: Duration.days(59), captureExpiry: Duration.days(60), expiry: { 'data/raw': Duration.days(5) } });
  expect(ruleOf(s, 'checkpoints').actions.base_blob).toEqual({ delete_after_days_since_modification_greater_than: 59 });
  expect(ruleOf(s, 'capture').actions.base_blob).toEqual({
    tier_to_cool_after_days_since_modification_greater_than: 30,
    delete_after_days_since_modification_greater_than: 60,
  });
  expect(ruleOf(s, 'data-raw')).toMatchObject({
    filters: { prefix_match: ['artifacts/data/raw/'] },
    actions: { base_blob: { delete_after_days_since_modification_greater_than: 5 } },
  });
});

test('a time that is not of whole days is refused', () => {
  const half = Duration.hours(36);
  expect(problemsOf(() => store({ checkpointExpiry: half, expiry: { raw: half } }))).toMatchObject([
    { prop: 'checkpointExpiry', value: '36h', instead: 'write a whole number of days, such as 30d' },
    { prop: 'expiry.raw', value: '36h' },
  ]);
});

test('versions can be left out', () => {
  const s = store({ versioned: false });
  expect(s.only('azurerm_storage_account').blob_properties.versioning_enabled).toBe(false);
  expect(ruleOf(s, 'old-versions').actions).toEqual({ snapshot: { delete_after_days_since_creation_greater_than: 7 } });
});

test('a key of your own encrypts it, by an identity that may use that key only', () => {
  const keyVaultId = `/subscriptions/${SUBSCRIPTION}/resourceGroups/ops/providers/Microsoft.KeyVault/vaults/acme`;
  const s = store({ encryptionKey: { keyVaultId, keyName: 'ml' } });
  const account = s.only('azurerm_storage_account');
  expect(account.customer_managed_key.key_vault_key_id).toBe('https://acme.vault.azure.net/keys/ml');
  expect(account.identity.type).toBe('UserAssigned');
  expect(account.depends_on).toEqual([expect.stringMatching(/azurerm_role_assignment/)]);
  expect(s.only('azurerm_role_assignment')).toMatchObject({
    scope: `${keyVaultId}/keys/ml`,
    role_definition_name: 'Key Vault Crypto Service Encryption User',
  });
});

test('who reads, writes and deletes is logged where it is told to', () => {
  const s = synth((stack) => {
    const network = new FakeNetwork(stack, 'Network');
    new ArtifactStore(stack, 'Store', { resourceGroup: new FakeGroup(stack, 'Group'), network, accessLogs: new FakeLogs(stack, 'Logs') });
  });
  const logs = s.only('azurerm_monitor_diagnostic_setting');
  expect(logs.target_resource_id).toMatch(/\/blobServices\/default$/);
  expect(logs.enabled_log.map((l: { category: string }) => l.category)).toEqual(['StorageRead', 'StorageWrite', 'StorageDelete']);
  expect(store().all('azurerm_monitor_diagnostic_setting')).toEqual([]);
});

test.each([
  [Environment.DEV, false, 'LRS'],
  [Environment.DEV, true, 'GRS'],
  [Environment.PROD, false, 'ZRS'],
  [Environment.PROD, true, 'GZRS'],
])('%s with geoRedundant: %s is %s', (environment, geoRedundant, type) => {
  expect(store({ environment, geoRedundant }).only('azurerm_storage_account').account_replication_type).toBe(type);
});

test('it is copied into another store, for which it keeps a feed of changes', () => {
  const copied = (versioned?: boolean) =>
    synth((stack) => {
      const replicateTo = ArtifactStore.fromArtifactStoreAttributes(stack, 'Copy', { storageAccountId: ACCOUNT, containerName: 'copy' });
      const network = new FakeNetwork(stack, 'Network');
      new ArtifactStore(stack, 'Store', { resourceGroup: new FakeGroup(stack, 'Group'), network, replicateTo, versioned });
    });
  const s = copied();
  expect(s.only('azurerm_storage_account').blob_properties.change_feed_enabled).toBe(true);
  expect(s.only('azurerm_storage_object_replication')).toMatchObject({
    destination_storage_account_id: ACCOUNT,
    rules: [{ destination_container_name: 'copy', copy_blobs_created_after: 'Everything' }],
  });
  expect(problemsOf(() => copied(false))).toMatchObject([
    { prop: 'replicateTo', reason: 'objects are replicated from an account that has versions only' },
  ]);
});

describe('new objects', () => {
  const QUEUE = `/subscriptions/${SUBSCRIPTION}/resourceGroups/ops/providers/Microsoft.ServiceBus/namespaces/acme/queues/data`;

  test('are told of to a queue, by an identity that may send to it only', () => {
    const s = store({}, (a) => {
      a.onObjectCreated('Data', { prefix: '/data/', suffix: '.parquet', serviceBusQueueId: QUEUE });
      a.onObjectCreated('Models', { prefix: 'models', functionId: 'f' });
    });
    // Azure lets an account have one.
    expect(s.only('azurerm_eventgrid_system_topic')).toMatchObject({ topic_type: 'Microsoft.Storage.StorageAccounts' });
    const [data, models] = s.all('azurerm_eventgrid_system_topic_event_subscription');
    expect(data).toMatchObject({
      included_event_types: ['Microsoft.Storage.BlobCreated'],
      service_bus_queue_endpoint_id: QUEUE,
      delivery_identity: { type: 'SystemAssigned' },
      subject_filter: { subject_begins_with: '/blobServices/default/containers/artifacts/blobs/data/', subject_ends_with: '.parquet' },
    });
    expect(models.azure_function_endpoint).toEqual({ function_id: 'f' });
    expect(s.only('azurerm_role_assignment')).toMatchObject({ scope: QUEUE, role_definition_name: 'Azure Service Bus Data Sender' });
  });

  test.each([
    [{}, 'events go nowhere'],
    [{ serviceBusQueueId: QUEUE, functionId: 'f' }, 'events go to one target, and two are given'],
  ])('need one target: %j', (props, reason) => {
    expect(problemsOf(() => store({}, (a) => a.onObjectCreated('Data', props)))).toMatchObject([{ prop: 'serviceBusQueueId', reason }]);
  });
});

test('prod is redundant over zones, never deletes what is current, and cannot be destroyed', () => {
  const s = store({ environment: Environment.PROD });
  expect(s.only('azurerm_storage_account')).toMatchObject({ account_replication_type: 'ZRS', lifecycle: { prevent_destroy: true } });
  expect(s.only('azurerm_storage_container').lifecycle).toEqual({ prevent_destroy: true });
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

test('what was asked for by name is acknowledged to policies', () => {
  const acknowledged = (props: Partial<ArtifactStoreProps>) => {
    let said: unknown;
    store({ environment: Environment.PROD, ...props }, (s) => (said = TerraformStack.of(s).toTerraform()['//'].acknowledged));
    return said;
  };
  expect(acknowledged({})).toBeUndefined();
  expect(acknowledged({ publicNetworkAccess: true, accountKeys: true })).toEqual({
    'test/Store': {
      'azure-storage-public-network': 'publicNetworkAccess was asked for by name.',
      'azure-storage-account-keys': 'accountKeys was asked for by name.',
    },
  });
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

describe('a grant for a folder', () => {
  const BLOBS = 'Microsoft.Storage/storageAccounts/blobServices/containers/blobs';
  const s = store({}, (a) => {
    a.grants.read('Reader', { principalId: 'p1' }, '/models/');
    a.grants.write('Writer', { principalId: 'p2' }, 'mlflow');
    a.grants.write('Other', { principalId: 'p3' }, "o'brien");
  });
  const of = (principal: string) => s.all('azurerm_role_assignment').find((r) => r.principal_id === principal)!;

  test('to read is the built-in role, with a condition on path and listing', () => {
    expect(of('p1')).toEqual({
      scope: expect.stringMatching(/azurerm_storage_container/),
      role_definition_name: 'Storage Blob Data Reader',
      principal_id: 'p1',
      condition_version: '2.0',
      condition:
        `((!(ActionMatches{'${BLOBS}/read'} AND NOT SubOperationMatches{'Blob.List'})) OR ` +
        `(@Resource[${BLOBS}:path] StringStartsWith 'models/')) AND ` +
        `((!(ActionMatches{'${BLOBS}/read'} AND SubOperationMatches{'Blob.List'})) OR ` +
        `(@Request[${BLOBS}:prefix] StringStartsWith 'models/'))`,
    });
  });

  test('to write is a role that cannot delete the container, with a condition on the path too', () => {
    expect(s.only('azurerm_role_definition').permissions).toEqual([
      {
        actions: ['Microsoft.Storage/storageAccounts/blobServices/containers/read'],
        data_actions: ['read', 'write', 'delete', 'add/action', 'move/action'].map((action) => `${BLOBS}/${action}`),
        not_actions: [],
      },
    ]);
    expect(of('p2').role_definition_id).toMatch(/azurerm_role_definition.*\.role_definition_resource_id/);
    expect(of('p2').role_definition_name).toBeUndefined();
    expect(of('p2').condition).toContain(`!(ActionMatches{'${BLOBS}/delete'})`);
    expect(of('p2').condition.match(/StringStartsWith 'mlflow\/'/g)).toHaveLength(3);
  });

  test('and another for the same principal are one assignment, for Azure refuses a second', () => {
    const twice = store({}, (a) => {
      a.grants.write('One', { principalId: 'p1' }, 'models');
      a.grants.write('Two', { principalId: 'p1' }, 'checkpoints');
      a.grants.write('Three', { principalId: 'p1' }, '/models');
    });
    const path = `@Resource[${BLOBS}:path] StringStartsWith`;
    expect(twice.only('azurerm_role_assignment').condition).toContain(`(${path} 'checkpoints/' OR ${path} 'models/')`);
  });

  test('cannot be broken out of by a quote', () => {
    expect(of('p3').condition).toContain("StringStartsWith 'o''brien/'");
  });
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
