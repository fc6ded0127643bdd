import { TerraformOutput, TerraformStack } from 'cdktf';
import { MlNetwork } from '../../lib/azure/network';
import { ImageRegistry } from '../../lib/azure/registry';
import { ArtifactStore } from '../../lib/azure/storage';
import { ExperimentTracking, ExperimentTrackingProps } from '../../lib/azure/tracking';
import { ContainerImage, Duration, Environment, ModelReference, Size, TrackingEngine } from '../../lib/core';
import { parity } from '../../lib/core/parity';
import { problemsOf } from '../contract/room';
import { CLIENT } from './fake-tracking';
import { Body, FakeGroup, FakeLogs, FakeNetwork, FakeRegistry, SUBSCRIPTION, synth, Synthesized } from './helper';

const IMAGE = ContainerImage.fromReference('ghcr.io/acme/mlflow:3');
const STORE = `/subscriptions/${SUBSCRIPTION}/resourceGroups/data/providers/Microsoft.Storage/storageAccounts/acmedata`;
const WORKSPACE = `/subscriptions/${SUBSCRIPTION}/resourceGroups/ml/providers/Microsoft.MachineLearningServices/workspaces/ws`;
const ADA = { principalId: '22222222-2222-2222-2222-222222222222', principalType: 'User' };
type Given = Partial<ExperimentTrackingProps>;

function make(stack: TerraformStack, given: Given = {}): ExperimentTracking {
  return new ExperimentTracking(stack, 'Tracking', {
    resourceGroup: new FakeGroup(stack, 'Group'),
    network: new FakeNetwork(stack, 'Network'),
    artifacts: ArtifactStore.fromArtifactStoreAttributes(stack, 'Store', { storageAccountId: STORE }),
    image: IMAGE,
    entraClientId: CLIENT,
    ...given,
  });
}
const server = (given: Given = {}, use: (t: ExperimentTracking, stack: TerraformStack) => void = () => {}): Synthesized =>
  synth((stack) => use(make(stack, given), stack));
const app = (s: Synthesized): Body => s.only('azurerm_container_app');
const container = (s: Synthesized): Body => app(s).template.container[0];
const env = (s: Synthesized): { [name: string]: string } =>
  Object.fromEntries(container(s).env.map((e: { name: string; value: string }) => [e.name, e.value]));
const front = (s: Synthesized): { values: Body; template: Body } => {
  const { parameters_content, template_content } = s.only('azurerm_resource_group_template_deployment');
  const values = Object.fromEntries(Object.entries<Body>(JSON.parse(parameters_content)).map(([name, v]) => [name, v.value]));
  return { values, template: JSON.parse(template_content) };
};
const refusals = (given: Given): string[] => problemsOf(() => server(given)).map((p) => `${p.prop}: ${p.reason}; ${p.instead}`);
const roles = (s: Synthesized): string[] => s.all('azurerm_role_assignment').map((r) => r.role_definition_name ?? 'own');

describe('a self-hosted server', () => {
  test('answers in its network only', () => {
    const s = server();
    expect(s.only('azurerm_container_app_environment')).toMatchObject({
      internal_load_balancer_enabled: true,
      public_network_access: 'Disabled',
      infrastructure_subnet_id: expect.stringMatching(/subnets\/container-apps$/),
      workload_profile: [{ name: 'Consumption', workload_profile_type: 'Consumption' }],
    });
    expect(app(s).ingress).toMatchObject({ external_enabled: true, allow_insecure_connections: false, target_port: 5000 });
  });

  test('names the group of its nodes, which azurerm would make it anew for otherwise', () => {
    expect(server().only('azurerm_container_app_environment').infrastructure_resource_group_name).toMatch(/-nodes$/);
  });

  test('is found by its name in the network', () => {
    const s = server();
    expect(s.only('azurerm_private_dns_a_record')).toMatchObject({
      name: '*',
      records: [expect.stringContaining('.static_ip_address}')],
    });
    expect(s.all('azurerm_private_dns_zone').map((z) => z.name)).toContainEqual(expect.stringContaining('.default_domain}'));
    expect(s.all('azurerm_private_dns_zone_virtual_network_link')).toHaveLength(2);
    expect(app(s).depends_on).toContainEqual(expect.stringContaining('azurerm_private_dns_a_record'));
  });

  test('lets in itself and nobody else, until somebody is named', () => {
    const { values, template } = front(server());
    expect(values).toMatchObject({
      clientId: CLIENT,
      audiences: [CLIENT, `api://${CLIENT}`],
      identities: [expect.stringContaining('azurerm_user_assigned_identity')],
    });
    expect(template.resources[0].properties).toMatchObject({
      globalValidation: { unauthenticatedClientAction: 'Return401' },
      login: { tokenStore: { enabled: false } },
    });
  });

  test('lets in each identity once', () => {
    const s = server({}, (t) => ['A', 'B'].forEach((id) => t.grants.use(id, ADA)));
    expect(front(s).values.identities).toEqual([expect.any(String), ADA.principalId]);
  });

  test('refuses a group, which would shut out every managed identity', () => {
    const problems = problemsOf(() => server({}, (t) => t.grants.use('Team', { principalId: 'team', principalType: 'Group' })));
    expect(problems).toEqual([
      {
        code: 'unsupported',
        prop: 'grantee',
        value: 'team',
        reason: 'test/Tracking would shut out every managed identity if its list held a group, because their tokens name none',
        instead: 'name users, managed identities and applications one by one',
      },
    ]);
  });

  test('asks the tenant of whoever deploys, or another one', () => {
    expect(front(server()).values.issuer).toMatch(/^https:\/\/login\.microsoftonline\.com\/\$\{data\..*\.tenant_id\}\/v2\.0$/);
    expect(front(server({ entraTenantId: 'acme' })).values.issuer).toBe('https://login.microsoftonline.com/acme/v2.0');
  });

  test('is told all it has to know, and no password', () => {
    const s = server();
    expect(env(s)).toEqual({
      PORT: '5000',
      MLFLOW_DB_HOST: expect.stringContaining('.fqdn}'),
      MLFLOW_DB_PORT: '5432',
      MLFLOW_DB_NAME: 'mlflow',
      MLFLOW_DB_USER: expect.stringContaining('azurerm_user_assigned_identity'),
      MLFLOW_DB_AUTH: 'azure-identity',
      MLFLOW_DB_TLS: 'verify-full',
      MLFLOW_ARTIFACTS_DESTINATION: 'wasbs://artifacts@acmedata.blob.core.windows.net/mlflow',
      MLFLOW_SERVER_ALLOWED_HOSTS: expect.stringMatching(/^test-tracking-server-[0-9a-f]{8}\.\$\{.*\.default_domain\}$/),
      ML_EVENTS: expect.stringMatching(/^eventgrid:\$\{.*\.endpoint\}$/),
      ML_IDENTITY_HEADER: 'azure-easy-auth',
      ML_APPROVERS: '{}',
      AZURE_CLIENT_ID: expect.stringContaining('.client_id}'),
    });
    expect(s.text).not.toMatch(/"administrator_password|primary_access_key|PASSWORD=[^$]/);
  });

  test('answers for the host that its clients are told', () => {
    const s = server({}, (t, stack) => void new TerraformOutput(stack, 'Told', { value: t.trackingUri }));
    expect(s.output('Told')).toBe(`https://${env(s).MLFLOW_SERVER_ALLOWED_HOSTS}`);
  });

  test('may write its folder of the store, pull its image and send events, before it starts', () => {
    const s = server({ registry: undefined });
    expect(roles(s).sort()).toEqual(['EventGrid Data Sender', 'own']);
    const [writer] = s.all('azurerm_role_assignment').filter((r) => r.condition);
    expect(writer.condition).toContain("StringStartsWith 'mlflow/'");
    expect(app(s).depends_on.filter((d: string) => d.startsWith('azurerm_role_assignment'))).toHaveLength(2);
  });

  test('pulls as its identity', () => {
    let registry: FakeRegistry | undefined;
    const s = synth((stack) => void make(stack, { registry: (registry = new FakeRegistry(stack, 'Registry')), image: undefined }));
    expect(app(s).registry).toEqual([{ server: 'acmeml.azurecr.io', identity: expect.stringContaining('azurerm_user_assigned_identity') }]);
    expect(registry!.granted).toMatchObject([{ role: 'pull' }]);
    expect(container(s).image).toMatch(/^acmeml\.azurecr\.io\/tracking:[0-9a-f]{16}$/);
  });

  test('waits for the image, and for the way to a registry in the network', () => {
    const s = synth((stack) => {
      const [resourceGroup, network] = [new FakeGroup(stack, 'RegistryGroup'), new FakeNetwork(stack, 'RegistryNetwork')];
      const registry = new ImageRegistry(stack, 'Registry', { resourceGroup, network, environment: Environment.PROD });
      make(stack, { registry, image: undefined });
    });
    expect(app(s).depends_on).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^terraform_data\./),
        expect.stringMatching(/^azurerm_private_endpoint\.Registry_/),
        expect.stringMatching(/^azurerm_role_assignment\.Registry_/),
      ]),
    );
  });

  test('is asked for its health from inside', () => {
    const probe = { path: '/health', port: 5000, transport: 'HTTP' };
    expect(container(server())).toMatchObject({
      startup_probe: [{ ...probe, failure_count_threshold: 30, interval_seconds: 20 }],
      readiness_probe: [probe],
      liveness_probe: [probe],
    });
  });

  test.each<[string, Given, number, string]>([
    ['nothing in particular', {}, 1, '2Gi'],
    ['half a processor', { cpu: 0.5, memory: Size.gibibytes(1) }, 0.5, '1Gi'],
    ['more memory than processors give', { memory: Size.gibibytes(3) }, 1.5, '3Gi'],
    ['more processors', { cpu: 4 }, 4, '8Gi'],
  ])('has the size for %s', (_, given, cpu, memory) => {
    expect(container(server(given))).toMatchObject({ cpu, memory });
  });

  test('one runs in dev, two to four in several zones in prod', () => {
    expect(app(server()).template).toMatchObject({ min_replicas: 1, max_replicas: 1 });
    const prod = server({ environment: Environment.PROD });
    expect(app(prod).template).toMatchObject({ min_replicas: 2, max_replicas: 4, http_scale_rule: [{ concurrent_requests: '10' }] });
    expect(prod.only('azurerm_container_app_environment').zone_redundancy_enabled).toBe(true);
    expect(app(server({ minReplicas: 0, maxReplicas: 2 })).template).toMatchObject({ min_replicas: 0, max_replicas: 2 });
  });

  test('a new version takes over once it is ready', () => {
    expect(app(server())).toMatchObject({ revision_mode: 'Single' });
  });

  test('logs go to the workspace, without its keys', () => {
    const s = synth((stack) => void make(stack, { logWorkspace: new FakeLogs(stack, 'Logs') }));
    expect(s.only('azurerm_container_app_environment').logs_destination).toBe('azure-monitor');
    expect(
      s
        .all('azurerm_monitor_diagnostic_setting')
        .map((d) => d.enabled_log.map((l: Body) => l.category))
        .flat()
        .sort(),
    ).toEqual(['ContainerAppConsoleLogs', 'ContainerAppSystemLogs', 'PostgreSQLLogs']);
  });

  test('tells of models over a topic that has no keys and is reached from the network', () => {
    const s = server();
    expect(s.only('azurerm_eventgrid_topic')).toMatchObject({
      input_schema: 'CloudEventSchemaV1_0',
      local_auth_enabled: false,
      public_network_access_enabled: false,
    });
    expect(s.only('azurerm_private_endpoint').private_service_connection.subresource_names).toEqual(['topic']);
  });

  test('says how it is used', () => {
    const s = server();
    expect(s.output('Tracking_TrackingUri')).toMatch(/^https:\/\//);
    expect(s.output('Tracking_ListCommand')).toContain(`az account get-access-token --resource ${CLIENT}`);
  });

  test('makes a store of its own if none is given', () => {
    expect(server({ artifacts: undefined }).only('azurerm_storage_container')).toBeDefined();
  });

  test('in a network of this library it has subnets that are delegated to it', () => {
    const s = synth((stack) => {
      const resourceGroup = new FakeGroup(stack, 'NetworkGroup');
      make(stack, { network: new MlNetwork(stack, 'Net', { resourceGroup }) });
    });
    const delegations = s.all('azurerm_subnet').flatMap((n) => n.delegation?.map((d: Body) => d.service_delegation.name) ?? []);
    expect(delegations).toEqual(expect.arrayContaining(['Microsoft.App/environments', 'Microsoft.DBforPostgreSQL/flexibleServers']));
  });
});

describe('its clients', () => {
  test('get the address and how to sign', () => {
    const s = server({}, (t, stack) => void new TerraformOutput(stack, 'Told', { value: t.environment() }));
    expect(s.outputs.Told).toEqual({
      MLFLOW_TRACKING_URI: expect.stringMatching(/^https:\/\//),
      MLFLOW_TRACKING_AUTH: 'mlops-constructs',
      ML_TRACKING_AUTH: 'azure-entra',
      ML_TRACKING_AUDIENCE: CLIENT,
    });
  });
});

describe('approvals', () => {
  test('a model that needs one has no approver at first', () => {
    const s = server({}, (t) => t.approvals!.demand('housing'));
    expect(JSON.parse(env(s).ML_APPROVERS)).toEqual({ housing: [] });
  });

  test('approvers are named once, and may use the server', () => {
    const s = server({}, (t) => ['housing', 'housing', 'prices'].forEach((model) => t.approvals!.allow(model, ADA)));
    expect(JSON.parse(env(s).ML_APPROVERS)).toEqual({ housing: [ADA.principalId], prices: [ADA.principalId] });
    expect(front(s).values.identities).toContain(ADA.principalId);
  });
});

describe('the database', () => {
  const database = (given: Given = {}): Body => server(given).only('azurerm_postgresql_flexible_server');

  test('knows no passwords; the server is its administrator', () => {
    const s = server();
    expect(s.only('azurerm_postgresql_flexible_server').authentication).toMatchObject({
      active_directory_auth_enabled: true,
      password_auth_enabled: false,
    });
    expect(s.only('azurerm_postgresql_flexible_server_active_directory_administrator')).toMatchObject({
      principal_type: 'ServicePrincipal',
      object_id: expect.stringContaining('.principal_id}'),
    });
    expect(app(s).depends_on).toContainEqual(expect.stringContaining('active_directory_administrator'));
  });

  test('is in the network, with a name that is linked before it is made', () => {
    const s = server();
    expect(s.only('azurerm_postgresql_flexible_server')).toMatchObject({
      public_network_access_enabled: false,
      delegated_subnet_id: expect.stringMatching(/subnets\/postgresql$/),
      depends_on: [expect.stringContaining('azurerm_private_dns_zone_virtual_network_link')],
    });
    expect(s.all('azurerm_private_dns_zone')[0].name).toMatch(/\.private\.postgres\.database\.azure\.com$/);
  });

  test('is small in dev, and goes with its stack', () => {
    const d = database();
    expect(d).toMatchObject({ sku_name: 'B_Standard_B1ms', backup_retention_days: 7, geo_redundant_backup_enabled: false });
    expect(d).not.toHaveProperty('high_availability');
    expect(d.lifecycle).toEqual({ ignore_changes: ['zone', 'storage_mb'] });
  });

  test('has a standby and is kept in prod', () => {
    const d = database({ environment: Environment.PROD });
    expect(d).toMatchObject({ sku_name: 'GP_Standard_D2ds_v5', high_availability: { mode: 'ZoneRedundant' }, backup_retention_days: 14 });
    expect(d.lifecycle).toEqual({
      prevent_destroy: true,
      ignore_changes: ['zone', 'storage_mb', 'high_availability[0].standby_availability_zone'],
    });
  });

  test('is as large as asked for', () => {
    expect(
      database({
        databaseSkuName: 'MO_Standard_E4ds_v5',
        databaseBackupRetention: Duration.days(35),
        databaseGeoRedundantBackup: true,
      }),
    ).toMatchObject({ sku_name: 'MO_Standard_E4ds_v5', backup_retention_days: 35, geo_redundant_backup_enabled: true });
  });

  test('starts as a copy of another at a moment', () => {
    const sourceServerId = `/subscriptions/${SUBSCRIPTION}/resourceGroups/ml/providers/Microsoft.DBforPostgreSQL/flexibleServers/old`;
    const s = server({ databaseRestore: { sourceServerId, pointInTime: '2026-11-20T08:00:00Z' } });
    expect(s.only('azurerm_postgresql_flexible_server')).toMatchObject({
      create_mode: 'PointInTimeRestore',
      source_server_id: sourceServerId,
      point_in_time_restore_time_in_utc: '2026-11-20T08:00:00Z',
    });
    expect(s.all('azurerm_postgresql_flexible_server_database')).toEqual([]);
  });

  test('may be one that exists already', () => {
    const s = server({ database: { host: 'mlflow.postgres.database.azure.com', name: 'ml', user: 'server' } });
    expect(s.all('azurerm_postgresql_flexible_server')).toEqual([]);
    expect(env(s)).toMatchObject({ MLFLOW_DB_HOST: 'mlflow.postgres.database.azure.com', MLFLOW_DB_NAME: 'ml', MLFLOW_DB_USER: 'server' });
    expect(s.output('Tracking_DatabaseCommand')).toContain("pgaadauth_create_principal('server', false, false)");
  });
});

describe('it refuses', () => {
  test('to stand without the registration that its callers are known by', () => {
    expect(refusals({ entraClientId: undefined })).toEqual([
      'engine: the server accepts the tokens of an app registration in Entra ID, and none is given; ' +
        'run: id=$(az ad app create --display-name ml-platform --requested-access-token-version 2 --query appId --output tsv) && az ad sp create --id $id --output none && echo $id, ' +
        'and write what it prints as targets.azure.entraClientId (entraClientId of the construct); or write engine: managed',
    ]);
  });

  test.each<[string, Given, string]>([
    [
      'no network',
      { network: undefined },
      'network: a self-hosted server answers in a network only; write network: and an MlNetwork, or engine: managed',
    ],
    [
      'an id that is none',
      { entraClientId: 'mlflow' },
      'entraClientId: not the client id of an app registration; write one such as 00000000-0000-0000-0000-000000000000',
    ],
    ['too much memory', { memory: Size.gibibytes(9) }, 'memory: a replica of Container Apps has at most 8 GiB; write 8GiB or less'],
    ['too many processors', { cpu: 5 }, 'cpu: one tracking server allows 0.5 to 4; write a number from 0.5 to 4'],
    ['fewer at most than at least', { minReplicas: 3, maxReplicas: 2 }, 'minReplicas: more than the 2 of maxReplicas; write 2 or less'],
    [
      'a standby of a small machine',
      { databaseHighAvailability: true, databaseSkuName: 'B_Standard_B2s' },
      'databaseSkuName: a burstable server cannot have a standby; write one such as GP_Standard_D2ds_v5, or databaseHighAvailability: false',
    ],
    [
      'a size that is none',
      { databaseSkuName: 'large' },
      'databaseSkuName: not a size of a PostgreSQL flexible server; write one such as GP_Standard_D2ds_v5',
    ],
    [
      'backups of a database of yours',
      { database: { host: 'db.example.com' }, databaseBackupRetention: Duration.days(8) },
      'databaseBackupRetention: the database exists already, and its owner decides that; leave it out, or leave database out to get one of its own',
    ],
    [
      'a workspace',
      { workspaceId: WORKSPACE },
      'workspaceId: a self-hosted server is not in an Azure ML workspace; leave it out, or write engine: managed',
    ],
    [
      'a moment that is none',
      {
        databaseRestore: {
          sourceServerId: `/subscriptions/${SUBSCRIPTION}/resourceGroups/ml/providers/Microsoft.DBforPostgreSQL/flexibleServers/old`,
          pointInTime: 'yesterday',
        },
      },
      'databaseRestore.pointInTime: not a moment; write one such as 2026-11-20T08:00:00Z',
    ],
  ])('%s', (_, given, said) => {
    expect(refusals(given)).toEqual([said]);
  });

  test('a directory without a registry', () => {
    expect(refusals({ image: undefined })).toEqual([
      'registry: the image is built from a directory, and there is no registry to push it to; write registry: and an ImageRegistry, or give the image by reference',
    ]);
  });

  test('a network that has no place for it', () => {
    const subnet = `/subscriptions/${SUBSCRIPTION}/resourceGroups/ml/providers/Microsoft.Network/virtualNetworks/n`;
    const problems = problemsOf(() =>
      synth((stack) => {
        const network = MlNetwork.fromNetworkAttributes(stack, 'Net', {
          virtualNetworkId: subnet,
          privateEndpointSubnetId: `${subnet}/subnets/a`,
          appServiceSubnetId: `${subnet}/subnets/b`,
          trainingSubnetId: `${subnet}/subnets/c`,
        });
        make(stack, { network });
      }),
    );
    expect(problems.map((p) => p.instead)).toEqual([
      'give its id as containerAppsSubnetId of the network (targets.azure.existing.network)',
      'give its id as postgresqlSubnetId of the network (targets.azure.existing.network)',
    ]);
  });
});

describe('the managed engine', () => {
  const managed = (given: Given = {}, use: (t: ExperimentTracking, stack: TerraformStack) => void = () => {}): Synthesized =>
    server({ engine: TrackingEngine.MANAGED, image: undefined, workspaceId: WORKSPACE, ...given }, use);

  test('is the endpoint of the workspace, and defines nothing', () => {
    let uri = '';
    const s = managed({}, (t) => (uri = t.trackingUri));
    expect(uri).toBe(`azureml://westeurope.api.azureml.ms/mlflow/v1.0${WORKSPACE}`);
    expect(s.resources).toEqual([]);
  });

  test('is where the workspace is', () => {
    managed({ workspaceLocation: 'northeurope' }, (t) => expect(t.trackingUri).toMatch(/^azureml:\/\/northeurope\./));
  });

  test('lets in by a narrow role of its own, once for each', () => {
    const s = managed({}, (t) => ['A', 'B'].forEach((id) => t.grants.use(id, ADA)));
    expect(s.only('azurerm_role_assignment')).toMatchObject({ scope: WORKSPACE, principal_id: ADA.principalId });
    expect(s.only('azurerm_role_definition')).toMatchObject({
      scope: WORKSPACE,
      permissions: [
        {
          actions: ['read', 'experiments/*', 'jobs/*', 'models/*'].map((a) => `Microsoft.MachineLearningServices/workspaces/${a}`),
        },
      ],
    });
  });

  test('opens models by their stage', () => {
    managed({}, (t) => {
      expect(t.modelUri(ModelReference.parse('models:/housing/production'))).toBe('models:/housing/Production');
      expect(t.modelUri(ModelReference.parse('models:/housing/3'))).toBe('models:/housing/3');
      expect(problemsOf(() => t.modelUri(ModelReference.parse('models:/housing@champion')))).toMatchObject([
        { prop: 'model', instead: 'write models:/housing/production, or engine: self-hosted' },
      ]);
    });
  });

  test('refuses what only a server of its own has', () => {
    const problems = problemsOf(() => managed({ workspaceId: undefined, cpu: 2, minReplicas: 1, image: IMAGE }));
    expect(problems.map((p) => p.prop)).toEqual(['cpu', 'image', 'minReplicas', 'workspaceId']);
  });

  test('says in the report what it lacks', () => {
    const stack = { root: undefined as never };
    managed({}, (_, s) => (stack.root = s as never));
    expect(parity.report(stack.root)).toContainEqual(expect.objectContaining({ path: 'test/Tracking.engine', kind: 'approximated' }));
  });
});

describe('a server that exists already', () => {
  const existing = (attributes = {}) => {
    let made: ReturnType<typeof ExperimentTracking.fromTrackingServerAttributes> | undefined;
    const s = synth((stack) => {
      made = ExperimentTracking.fromTrackingServerAttributes(stack, 'Tracking', {
        trackingUri: 'https://mlflow.example.com/',
        ...attributes,
      });
      made.grants.use('Ada', ADA);
    });
    return { made: made!, s };
  };

  test('is known by its address, and nothing is created', () => {
    const { made, s } = existing();
    expect(made.environment()).toEqual({ MLFLOW_TRACKING_URI: 'https://mlflow.example.com' });
    expect(s.resources).toEqual([]);
  });

  test('may ask for tokens', () => {
    expect(existing({ entraClientId: CLIENT }).made.environment()).toMatchObject({ ML_TRACKING_AUDIENCE: CLIENT });
  });

  test('is reached over TLS only', () => {
    expect(problemsOf(() => existing({ trackingUri: 'http://mlflow' }))).toMatchObject([
      { prop: 'trackingUri', instead: 'write one such as https://mlflow.example.com' },
    ]);
  });
});

test('the report says what each prop became', () => {
  let stack: TerraformStack | undefined;
  server({ cpu: 1, memory: Size.gibibytes(3) }, (_, s) => (stack = s));
  const lines = Object.fromEntries(
    parity
      .report(stack!)
      .filter((e) => e.path.startsWith('test/Tracking'))
      .map((e) => [e.path.slice('test/Tracking'.length), `${e.kind}: ${e.became}`]),
  );
  expect(lines).toMatchObject({
    '.cpu': 'approximated: 1.5 processors and 3 GiB',
    '.memory': 'mapped: 1.5 processors and 3 GiB',
    '.database.highAvailability': 'mapped: PostgreSQL flexible server B_Standard_B1ms with no standby',
    '.database.backupRetention': 'mapped: backups of 7 days',
  });
});
