import { TerraformStack, Testing } from 'cdktf';
import { AppServiceInference, AppServiceInferenceProps } from '../../lib/azure/inference';
import { ImageRegistry } from '../../lib/azure/registry';
import { Accelerator, Access, ContainerImage, Duration, Environment, ImageOwner, Rollout, Size } from '../../lib/core';
import { parity } from '../../lib/core/parity';
import { problemsOf } from '../contract/room';
import { Body, FakeGroup, FakeLogs, FakeNetwork, FakeRegistry, SUBSCRIPTION, synth, Synthesized } from './helper';

const CLIENT = '11111111-1111-1111-1111-111111111111';
const IMAGE = ContainerImage.fromReference('ghcr.io/acme/housing:1.4');
const PIPELINE = { imageOwner: ImageOwner.PIPELINE, rollout: Rollout.canary({ percent: 10 }) };
type Given = Partial<AppServiceInferenceProps>;

function make(stack: TerraformStack, given: Given = {}): AppServiceInference {
  return new AppServiceInference(stack, 'Predict', {
    resourceGroup: new FakeGroup(stack, 'Group'),
    network: new FakeNetwork(stack, 'Network'),
    image: IMAGE,
    ...given,
  });
}
const service = (given: Given = {}, use: (s: AppServiceInference, stack: TerraformStack) => void = () => {}): Synthesized =>
  synth((stack) => use(make(stack, given), stack));
const app = (s: Synthesized) => s.only('azurerm_linux_web_app');
const registry = () => new FakeRegistry(new TerraformStack(Testing.app(), 'other'), 'Registry');
const logs = () => new FakeLogs(new TerraformStack(Testing.app(), 'other'), 'Logs');
/** The problem of one prop, as one line; nothing if there is none. */
const refusal = (given: Given, prop: string): string | undefined => {
  const found = problemsOf(() => service(given)).find((p) => p.prop === prop);
  return found && `${found.reason}; ${found.instead}`;
};

describe('the plan', () => {
  test.each<[string, Given, string]>([
    ['nothing in particular', {}, 'P0v3'],
    ['2 vCPU', { cpu: 2 }, 'P1v3'],
    ['5 GiB', { memory: Size.gibibytes(5) }, 'P1v3'],
    ['2 vCPU and 12 GiB', { cpu: 2, memory: Size.gibibytes(12) }, 'P1mv3'],
    ['3 vCPU and 12 GiB', { cpu: 3, memory: Size.gibibytes(12) }, 'P2v3'],
    ['32 vCPU', { cpu: 32 }, 'P5mv3'],
    // The slot runs beside the app and takes as much memory again.
    ['2 GiB and a slot', { ...PIPELINE, memory: Size.gibibytes(2) }, 'P0v3'],
    ['3 GiB and a slot', { ...PIPELINE, memory: Size.gibibytes(3) }, 'P1v3'],
    ['a size of Standard by name', { skuName: 'S2', memory: Size.gibibytes(3) }, 'S2'],
    ['a newer size by name', { skuName: 'P1v4' }, 'P1v4'],
  ])('for %s', (_, given, sku) => {
    expect(service(given).only('azurerm_service_plan')).toMatchObject({ os_type: 'Linux', sku_name: sku, worker_count: 1 });
  });

  test('prod runs in several zones, with two instances at least', () => {
    const s = service({ environment: Environment.PROD });
    expect(s.only('azurerm_service_plan')).toMatchObject({ zone_balancing_enabled: true, worker_count: 2 });
    expect(s.only('azurerm_monitor_autoscale_setting').profile[0].capacity).toEqual({ default: 2, minimum: 2, maximum: 10 });
  });

  test('dev does not', () => {
    expect(service().only('azurerm_service_plan')).not.toHaveProperty('zone_balancing_enabled');
  });

  test('scales on CPU and waiting requests, and the next deployment leaves the number alone', () => {
    const s = service({ maxInstances: 4, concurrency: 16 });
    expect(s.only('azurerm_service_plan').lifecycle).toEqual({ ignore_changes: ['worker_count'] });
    const { rule, capacity } = s.only('azurerm_monitor_autoscale_setting').profile[0];
    expect(capacity).toEqual({ default: 1, minimum: 1, maximum: 4 });
    expect(rule.map((r: Body) => `${r.scale_action.direction} ${r.metric_trigger.metric_name} ${r.metric_trigger.threshold}`)).toEqual([
      'Increase CpuPercentage 70',
      'Increase HttpQueueLength 16',
      'Decrease CpuPercentage 35',
      'Decrease HttpQueueLength 1',
    ]);
  });

  test('keeps a fixed number without autoscale', () => {
    const s = service({ minInstances: 3, maxInstances: 3 });
    expect(s.only('azurerm_service_plan').worker_count).toBe(3);
    expect(s.all('azurerm_monitor_autoscale_setting')).toEqual([]);
  });

  test('that exists already is used, and left to its owner', () => {
    const id = `/subscriptions/${SUBSCRIPTION}/resourceGroups/ml/providers/Microsoft.Web/serverfarms/ours`;
    const s = service({ servicePlanId: id, environment: Environment.PROD });
    expect(app(s).service_plan_id).toBe(id.replace('serverfarms', 'serverFarms'));
    expect([...s.all('azurerm_service_plan'), ...s.all('azurerm_monitor_autoscale_setting')]).toEqual([]);
    expect(refusal({ servicePlanId: 'ours' }, 'servicePlanId')).toMatch(/^not the id of a Microsoft\.Web\/serverFarms; write /);
    expect(refusal({ servicePlanId: id, maxInstances: 3 }, 'maxInstances')).toBe(
      'the plan of servicePlanId exists already, and its owner decides that; leave it out, or leave servicePlanId out to get a plan of its own',
    );
  });
});

describe('the web app', () => {
  test('takes HTTPS from TLS 1.2 on, and neither FTP nor passwords', () => {
    expect(app(service())).toMatchObject({
      https_only: true,
      ftp_publish_basic_authentication_enabled: false,
      webdeploy_publish_basic_authentication_enabled: false,
      site_config: {
        minimum_tls_version: '1.2',
        scm_minimum_tls_version: '1.2',
        ftps_state: 'Disabled',
        remote_debugging_enabled: false,
        http2_enabled: true,
        always_on: true,
      },
    });
  });

  test('checks health, and restarts itself when it is slow or fails', () => {
    expect(app(service({ healthPath: '/ready', timeout: Duration.seconds(75) })).site_config).toMatchObject({
      health_check_path: '/ready',
      health_check_eviction_time_in_min: 2,
      auto_heal_setting: {
        action: { action_type: 'Recycle' },
        trigger: { slow_request: { time_taken: '00:01:15' }, status_code: [{ status_code_range: '500-599' }] },
      },
    });
  });

  test('tells the container its port and its identity, and gives it time to start', () => {
    expect(app(service({ port: 9000, startTimeout: Duration.minutes(20) })).app_settings).toMatchObject({
      PORT: '9000',
      WEBSITES_PORT: '9000',
      WEBSITES_CONTAINER_START_TIME_LIMIT: '1200',
      AZURE_CLIENT_ID: expect.stringMatching(/^\$\{azurerm_user_assigned_identity\..*\.client_id\}$/),
    });
  });

  test('takes variables as they are, whatever Terraform would make of them', () => {
    expect(app(service({ env: { FORMAT: '${level} %{message}' } })).app_settings.FORMAT).toBe('$${level} %%{message}');
  });

  test('reaches out through the network, if there is one', () => {
    expect(app(service())).toMatchObject({
      virtual_network_subnet_id: expect.stringContaining('/subnets/apps'),
      site_config: { vnet_route_all_enabled: true },
    });
    const s = service({ network: undefined, access: Access.PUBLIC });
    expect(app(s)).not.toHaveProperty('virtual_network_subnet_id');
  });

  test('has a name that is stable, global and within the limit', () => {
    const name = app(service()).name;
    expect(name).toMatch(/^test-predict-[0-9a-f]{8}$/);
    expect(app(service()).name).toBe(name);
  });

  test.each([
    ['ghcr.io/acme/housing:1.4', 'https://ghcr.io', 'acme/housing:1.4'],
    ['acme/housing:1.4', 'https://index.docker.io', 'acme/housing:1.4'],
    ['python:3.11', 'https://index.docker.io', 'library/python:3.11'],
    ['localhost:5000/app', 'https://localhost:5000', 'app'],
    [
      'ghcr.io/acme/app@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef',
      'https://ghcr.io',
      'acme/app@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef',
    ],
  ])('reads the image reference %s', (reference, docker_registry_url, docker_image_name) => {
    expect(app(service({ image: ContainerImage.fromReference(reference) })).site_config.application_stack).toEqual({
      docker_registry_url,
      docker_image_name,
    });
  });

  test('pulls with its own identity', () => {
    const r = registry();
    const s = service({ registry: r });
    expect(app(s).site_config).toMatchObject({
      container_registry_use_managed_identity: true,
      container_registry_managed_identity_client_id: app(s).app_settings.AZURE_CLIENT_ID,
    });
    expect(app(s).vnet_image_pull_enabled).toBe(true);
    expect(r.granted).toEqual([{ role: 'pull', id: expect.any(String), principalId: expect.any(String) }]);
  });

  test('waits for the image that is built from a directory', () => {
    const s = service({ registry: registry(), image: ContainerImage.fromDirectory('test/contract/fixtures/app') });
    expect(app(s).site_config.application_stack).toEqual({
      docker_registry_url: 'https://acmeml.azurecr.io',
      docker_image_name: expect.stringMatching(/^predict:[0-9a-f]{16}$/),
    });
    expect(app(s).depends_on).toEqual([expect.stringContaining('terraform_data.')]);
  });

  test('waits until its identity may pull', () => {
    const registryId = `/subscriptions/${SUBSCRIPTION}/resourceGroups/ml/providers/Microsoft.ContainerRegistry/registries/acmeml`;
    const s = synth((stack) => {
      new AppServiceInference(stack, 'Predict', {
        resourceGroup: new FakeGroup(stack, 'Group'),
        network: new FakeNetwork(stack, 'Network'),
        registry: ImageRegistry.fromImageRegistryAttributes(stack, 'Registry', { registryId }),
        image: ContainerImage.fromReference('acmeml.azurecr.io/predict:1'),
      });
    });
    expect(app(s).depends_on).toEqual([expect.stringMatching(/^azurerm_role_assignment\.Registry_/)]);
  });
});

describe('access', () => {
  test('private: through an endpoint in the network only', () => {
    const s = service();
    expect(app(s).public_network_access_enabled).toBe(false);
    expect(s.only('azurerm_private_endpoint')).toMatchObject({
      subnet_id: expect.stringContaining('/subnets/endpoints'),
      private_service_connection: { subresource_names: ['sites'], is_manual_connection: false },
      private_dns_zone_group: { private_dns_zone_ids: [expect.stringContaining('privatelink.azurewebsites.net')] },
    });
    expect(app(s)).not.toHaveProperty('auth_settings_v2');
  });

  test('authenticated: Entra ID answers for every request', () => {
    const s = service({ access: Access.AUTHENTICATED, entraClientId: CLIENT, network: undefined });
    expect(app(s)).toMatchObject({
      public_network_access_enabled: true,
      auth_settings_v2: {
        auth_enabled: true,
        require_authentication: true,
        unauthenticated_action: 'Return401',
        active_directory_v2: {
          client_id: CLIENT,
          allowed_audiences: [CLIENT, `api://${CLIENT}`],
          tenant_auth_endpoint: expect.stringMatching(/^https:\/\/login\.microsoftonline\.com\/\$\{data\..*tenant_id\}\/v2\.0$/),
        },
      },
    });
    expect(s.all('azurerm_private_endpoint')).toEqual([]);
    expect(s.output('Predict_Call')).toContain(`az account get-access-token --resource ${CLIENT}`);
  });

  test('authenticated: the tenant can be another', () => {
    const s = service({ access: Access.AUTHENTICATED, entraClientId: CLIENT, entraTenantId: SUBSCRIPTION });
    expect(app(s).auth_settings_v2.active_directory_v2.tenant_auth_endpoint).toContain(SUBSCRIPTION);
    expect(s.json.data).toBeUndefined();
  });

  test('public: anybody, and the client id of the platform does not matter', () => {
    const s = service({ access: Access.PUBLIC, entraClientId: CLIENT });
    expect(app(s).public_network_access_enabled).toBe(true);
    expect(app(s)).not.toHaveProperty('auth_settings_v2');
  });

  test('addresses can be limited', () => {
    const s = service({ access: Access.PUBLIC, allowedIps: ['203.0.113.0/24', '198.51.100.7/32'] });
    expect(app(s).site_config).toMatchObject({
      ip_restriction_default_action: 'Deny',
      ip_restriction: [
        { ip_address: '203.0.113.0/24', action: 'Allow', priority: 100 },
        { ip_address: '198.51.100.7/32', action: 'Allow', priority: 101 },
      ],
      scm_use_main_ip_restriction: true,
    });
  });

  test('grants.invoke lets an identity through, and from then on only those on the list', () => {
    const auth = { access: Access.AUTHENTICATED, entraClientId: CLIENT };
    expect(app(service(auth)).auth_settings_v2.active_directory_v2).not.toHaveProperty('allowed_identities');
    const s = service(auth, (x) => ['one', 'two'].forEach((principalId) => x.grants.invoke({ principalId })));
    expect(app(s).auth_settings_v2.active_directory_v2.allowed_identities).toEqual(['one', 'two']);
  });

  test('grants.invoke says so where nobody is asked who they are', () => {
    service({}, (x) => {
      x.grants.invoke({ principalId: 'one' });
      expect(x.node.metadata.map((m) => m.data)).toEqual([
        'grants.invoke changes nothing: access is private, and this stack checks no identities for it',
      ]);
    });
  });

  test('grants.deploy reaches the one web app and nothing else', () => {
    const s = service({}, (x) => x.grants.deploy('Release', { principalId: 'one', principalType: 'ServicePrincipal' }));
    expect(s.all('azurerm_role_assignment')).toEqual(
      ['Monitoring Reader', 'Website Contributor'].map((role_definition_name) => ({
        role_definition_name,
        scope: expect.stringMatching(/^\$\{azurerm_linux_web_app\..*\.id\}$/),
        principal_id: 'one',
        principal_type: 'ServicePrincipal',
      })),
    );
  });
});

describe('an image that the pipeline owns', () => {
  test('starts as a placeholder, and its drift is ignored', () => {
    expect(app(service({ imageOwner: ImageOwner.PIPELINE }))).toMatchObject({
      site_config: {
        application_stack: { docker_registry_url: 'https://mcr.microsoft.com', docker_image_name: 'dotnet/samples:aspnetapp' },
      },
      lifecycle: { ignore_changes: ['site_config[0].application_stack'] },
    });
  });

  test('has a placeholder that listens on the port', () => {
    expect(app(service({ imageOwner: ImageOwner.PIPELINE, port: 9000 })).app_settings.ASPNETCORE_HTTP_PORTS).toBe('9000');
    expect(app(service({ imageOwner: ImageOwner.PIPELINE })).app_settings).not.toHaveProperty('ASPNETCORE_HTTP_PORTS');
  });

  test.each([Rollout.canary(), Rollout.blueGreen()])('is tried in a slot', (rollout) => {
    const s = service({ ...PIPELINE, rollout });
    const slot = s.only('azurerm_linux_web_app_slot');
    expect(slot).toMatchObject({
      name: 'staging',
      https_only: true,
      public_network_access_enabled: false,
      site_config: app(s).site_config,
      lifecycle: { ignore_changes: ['site_config[0].application_stack'] },
    });
    expect(s.all('azurerm_private_endpoint').map((e) => e.private_service_connection.subresource_names)).toEqual([
      ['sites'],
      ['sites-staging'],
    ]);
    expect(s.output('Predict_Swap')).toMatch(
      /^az webapp deployment slot swap --resource-group ml --name test-predict-\w+ --slot staging --target-slot production$/,
    );
  });

  test('is swapped only when it is healthy, and each slot keeps its own name', () => {
    const s = service(PIPELINE);
    expect(app(s)).toMatchObject({
      app_settings: { ML_SLOT: 'production', WEBSITE_SWAP_WARMUP_PING_PATH: '/health', WEBSITE_SWAP_WARMUP_PING_STATUSES: '200' },
      sticky_settings: { app_setting_names: ['ML_SLOT'] },
    });
    expect(s.only('azurerm_linux_web_app_slot').app_settings).toEqual({ ...app(s).app_settings, ML_SLOT: 'staging' });
  });

  test('has no slot when all traffic goes at once, nor when the stack owns it', () => {
    expect(service({ imageOwner: ImageOwner.PIPELINE }).all('azurerm_linux_web_app_slot')).toEqual([]);
    expect(service({ rollout: Rollout.canary() }).all('azurerm_linux_web_app_slot')).toEqual([]);
  });

  test('is the stack owner otherwise, who changes it', () => {
    expect(app(service())).not.toHaveProperty('lifecycle');
  });
});

describe('logs', () => {
  test('go to the workspace, of the app and of its slot', () => {
    const s = service({ ...PIPELINE, logWorkspace: logs() });
    expect(s.only('azurerm_application_insights')).toMatchObject({ application_type: 'web', workspace_id: expect.stringContaining('/ml') });
    expect(app(s).app_settings.APPLICATIONINSIGHTS_CONNECTION_STRING).toMatch(/^\$\{azurerm_application_insights\./);
    const settings = s.all('azurerm_monitor_diagnostic_setting');
    expect(settings).toHaveLength(2);
    for (const d of settings)
      expect(d.enabled_log).toEqual(expect.arrayContaining([{ category: 'AppServiceHTTPLogs' }, { category: 'AppServiceConsoleLogs' }]));
  });

  test('stay with the app where there is no workspace', () => {
    const s = service();
    expect([...s.all('azurerm_application_insights'), ...s.all('azurerm_monitor_diagnostic_setting')]).toEqual([]);
    expect(app(s).logs.http_logs.file_system.retention_in_days).toBe(3);
  });
});

test('metrics name the resource that has them', () => {
  service({}, (x) => {
    expect(
      [x.metricRequests(), x.metricErrors(), x.metricResponseTime()].map((m) => `${m.namespace} ${m.metricName} ${m.aggregation}`),
    ).toEqual(['Microsoft.Web/sites Requests Total', 'Microsoft.Web/sites Http5xx Total', 'Microsoft.Web/sites HttpResponseTime Average']);
    expect([x.metricCpu(), x.metricMemory()]).toEqual(
      ['CpuPercentage', 'MemoryPercentage'].map((metricName) => ({
        metricName,
        aggregation: 'Average',
        namespace: 'Microsoft.Web/serverfarms',
        resourceId: x.servicePlanId,
      })),
    );
  });
});

describe('a web app that exists already', () => {
  const id = `/subscriptions/${SUBSCRIPTION}/resourceGroups/ours/providers/Microsoft.Web`;

  test('is known by its ids, and nothing is created', () => {
    const s = synth((stack) => {
      const x = AppServiceInference.fromAppServiceInferenceAttributes(stack, 'Ours', {
        webAppId: `${id}/sites/predict`,
        servicePlanId: `${id}/serverfarms/plan`,
        stagingSlotName: 'green',
      });
      expect(x).toMatchObject({
        serviceName: 'predict',
        resourceGroupName: 'ours',
        url: 'https://predict.azurewebsites.net',
        imageOwner: ImageOwner.PIPELINE,
        access: Access.PRIVATE,
        healthPath: '/health',
        stagingSlotName: 'green',
      });
    });
    expect(s.resources).toEqual([]);
  });

  test('is refused under an id of something else', () => {
    expect(
      problemsOf(() =>
        synth((stack) =>
          AppServiceInference.fromAppServiceInferenceAttributes(stack, 'Ours', {
            webAppId: `${id}/serverfarms/plan`,
            servicePlanId: `${id}/serverfarms/plan`,
          }),
        ),
      ),
    ).toMatchObject([{ prop: 'webAppId', reason: 'not the id of a Microsoft.Web/sites' }]);
  });
});

describe('what is refused', () => {
  test.each<[string, Given, string, string]>([
    ['memory that no size has', { memory: Size.gibibytes(300) }, 'memory', 'App Service has at most 256 GiB; write 256GiB or less'],
    [
      'memory that no size has with a slot beside',
      { ...PIPELINE, memory: Size.gibibytes(200) },
      'memory',
      'App Service has at most 256 GiB, and the staging slot takes as much again; write 128GiB or less',
    ],
    ['more processors than there are', { cpu: 64 }, 'cpu', 'App Service has at most 32 vCPU; write 32 or less'],
    [
      'a size that is too small',
      { skuName: 'B1' },
      'skuName',
      'it has 1 vCPU and 1.75 GiB, and 1 vCPU and 2 GiB are needed; leave it out to get the smallest size that fits',
    ],
    [
      'a size without slots',
      { ...PIPELINE, skuName: 'B3', memory: Size.gibibytes(1), maxInstances: 1 },
      'skuName',
      'the tier has no deployment slots, which the rollout needs; write P0v3 or a larger size of Premium v3, or leave it out',
    ],
    [
      'a size without autoscale',
      { skuName: 'B3', maxInstances: 3 },
      'skuName',
      'the tier has no autoscale; to keep a fixed number of instances, make minInstances and maxInstances equal; write P0v3 or a larger size of Premium v3, or leave it out',
    ],
    [
      'a size in one zone for prod',
      { skuName: 'S2', environment: Environment.PROD },
      'skuName',
      'the tier has no zone redundancy, which prod has; write P0v3 or a larger size of Premium v3, or leave it out',
    ],
    [
      'more instances than a plan has',
      { maxInstances: 40 },
      'maxInstances',
      'a plan of size P0v3 allows 1 to 30; write a number from 1 to 30',
    ],
    [
      'fewer instances than a plan keeps',
      { minInstances: 5, maxInstances: 2 },
      'minInstances',
      'more than the 2 of maxInstances; write 2 or less',
    ],
    [
      'one instance in prod',
      { environment: Environment.PROD, maxInstances: 1 },
      'maxInstances',
      'prod runs in several zones, with two instances at least; write 2 or more',
    ],
    [
      'a request that takes too long',
      { timeout: Duration.minutes(5) },
      'timeout',
      'App Service ends a request after 230 seconds; write 230s or less, and let longer work run as a job',
    ],
    [
      'a start that takes too long',
      { startTimeout: Duration.hours(1) },
      'startTimeout',
      'App Service waits at most 30 minutes for a container; write 30m or less',
    ],
    [
      'a canary longer than a job of the pipeline',
      { ...PIPELINE, rollout: Rollout.canary({ interval: Duration.hours(12) }) },
      'rollout.interval',
      'a job of Azure Pipelines watches the canary, and runs for six hours at most; write 5h or less',
    ],
    [
      'private access without a network',
      { network: undefined },
      'network',
      'access is private, and there is no network to be reached from; write network: and an MlNetwork, or access: authenticated',
    ],
    [
      'authenticated access without an app registration',
      { access: Access.AUTHENTICATED },
      'access',
      'App Service accepts the tokens of an app registration in Entra ID, and none is given; run: id=$(az ad app create --display-name ml-platform --requested-access-token-version 2 --query appId --output tsv) && az ad sp create --id $id --output none && echo $id, and write what it prints as targets.azure.entraClientId (entraClientId of the construct)',
    ],
    [
      'addresses for private access',
      { allowedIps: ['203.0.113.0/24'] },
      'allowedIps',
      'access is private, and addresses on the internet reach it not at all; leave it out, or write access: authenticated',
    ],
    [
      'an address that is none',
      { access: Access.PUBLIC, allowedIps: ['203.0.113.7'] },
      'allowedIps.0',
      'not a range of IPv4 addresses; write an address and a length, such as 10.40.0.0/16',
    ],
    [
      'a directory without a registry',
      { image: ContainerImage.fromDirectory('test/contract/fixtures/app') },
      'registry',
      'the image is built from a directory, and there is no registry to push it to; write registry: and an ImageRegistry, or give the image by reference',
    ],
    [
      'an accelerator',
      { accelerator: Accelerator.L4 },
      'accelerator',
      'App Service has no GPUs; leave it out, or write on: [gcp] to serve it on Cloud Run',
    ],
    ['a variable that the library sets', { env: { PORT: '1' } }, 'env.PORT', 'the library sets it; write port instead'],
    [
      'a variable of the platform',
      { env: { DOCKER_REGISTRY_SERVER_PASSWORD: 'x' } },
      'env.DOCKER_REGISTRY_SERVER_PASSWORD',
      'the library sets it; leave it out',
    ],
    [
      'a variable with a dash',
      { env: { 'LOG-LEVEL': 'info' } },
      'env.LOG-LEVEL',
      'a setting of App Service on Linux is named by letters, digits, underscores and dots; write another name',
    ],
    ['a port that is none', { port: 0 }, 'port', 'TCP allows 1 to 65,535; write a number from 1 to 65535'],
  ])('%s', (_, given, prop, words) => {
    expect(refusal(given, prop)).toBe(words);
  });

  test.each(['F1', 'Y1', 'EP1', 'I1v2'])('a size that does not suit a service: %s', (skuName) => {
    expect(refusal({ skuName }, 'skuName')).toMatch(/^not a size of a Basic, Standard or Premium plan; write one of P0v3, /);
  });
});

test('the parity report says what is only nearly as declared', () => {
  const stack = new TerraformStack(Testing.app(), 'test');
  make(stack, {
    cpu: 1,
    timeout: Duration.seconds(30),
    minInstances: 0,
    maxInstances: 10,
    concurrency: 8,
    access: Access.PRIVATE,
    rollout: Rollout.canary(),
  });
  expect(parity.report(stack).map((e) => `${e.path.replace('test/Predict', '') || '.'} ${e.kind}: ${e.became}`)).toEqual([
    '. mapped: App Service web app for containers on a plan of size P0v3 (1 vCPU, 4 GiB)',
    '.access mapped: private endpoint, no public network access',
    '.cpu approximated: plan of size P0v3 (1 vCPU, 4 GiB)',
    '.rollout approximated: the new container takes over in place, once it answers',
    '.scaling.concurrency approximated: an instance is added when 8 requests wait',
    '.scaling.max mapped: autoscale to 10 instances',
    '.scaling.min approximated: 1 always on',
    '.timeout approximated: 230s; auto-heal restarts instances that are often slower than asked',
  ]);
});

test('the canary of a pipeline is served exactly', () => {
  const stack = new TerraformStack(Testing.app(), 'test');
  make(stack, PIPELINE);
  expect(parity.report(stack).find((e) => e.path.endsWith('rollout'))).toMatchObject({ kind: 'mapped' });
});
