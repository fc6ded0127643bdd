import { TerraformStack, Testing } from 'cdktf';
import { MlPlatform } from '../../lib/azure/platform';
import { MlPlatformStack } from '../../lib/azure/stack';
import { GpuTrainingCluster } from '../../lib/azure/training';
import {
  Accelerator,
  AzureExisting,
  ContainerImage,
  Environment,
  FeatureType,
  FileSystemKind,
  MlPlatformProps,
  TrackingEngine,
} from '../../lib/core';
import { parity } from '../../lib/core/parity';
import { DECLARATION } from '../contract/platform';
import { problemsOf } from '../contract/room';
import { ROOM, SUBSCRIPTION, synth } from './helper';

const GROUP = `/subscriptions/${SUBSCRIPTION}/resourceGroups/shared/providers`;
const VNET = `${GROUP}/Microsoft.Network/virtualNetworks/hub`;
const EXISTING: AzureExisting = {
  resourceGroup: 'ours',
  network: {
    virtualNetworkId: VNET,
    privateEndpointSubnetId: `${VNET}/subnets/a`,
    appServiceSubnetId: `${VNET}/subnets/b`,
    trainingSubnetId: `${VNET}/subnets/c`,
  },
  storageAccountId: `${GROUP}/Microsoft.Storage/storageAccounts/acmedata`,
  containerRegistryId: `${GROUP}/Microsoft.ContainerRegistry/registries/acme`,
  logWorkspaceId: `${GROUP}/Microsoft.OperationalInsights/workspaces/acme`,
};
const SMALL: MlPlatformProps = { name: 'small', targets: { azure: { location: 'westeurope', subscriptionId: SUBSCRIPTION } } };
const DATA: MlPlatformProps = {
  ...SMALL,
  targets: { azure: { location: 'westeurope', subscriptionId: SUBSCRIPTION, entraClientId: '11111111-1111-1111-1111-111111111111' } },
  storage: { shared: { home: { kind: FileSystemKind.POSIX } } },
  secrets: { hub: { description: 'token of the hub' } },
  tracking: { mlflow: {} },
  models: { housing: {} },
  training: {
    trainer: {
      image: 'ghcr.io/acme/train:1',
      command: ['train'],
      accelerator: { type: 'T4' },
      model: 'housing',
      mounts: { home: '/mnt/home' },
      secrets: { HF_TOKEN: 'hub' },
    },
  },
  inference: {
    predict: {
      image: 'ghcr.io/acme/app:1',
      model: 'models:/housing/production',
      mounts: { home: '/mnt/home' },
      secrets: { HF_TOKEN: 'hub' },
    },
  },
};
const on = (existing: AzureExisting): MlPlatformProps => ({
  ...DECLARATION,
  targets: { azure: { location: 'westeurope', subscriptionId: SUBSCRIPTION, existing } },
});
const platform = (props: MlPlatformProps) => synth((stack) => new MlPlatform(stack, 'Platform', props));
const stack = (props: MlPlatformProps) => {
  const made = new MlPlatformStack(Testing.app(), `${props.name}-dev-azure`, props);
  return { made, json: JSON.parse(Testing.synth(made)) };
};

describe('the platform', () => {
  test('of an empty declaration is the foundation, without a NAT gateway', () => {
    const s = platform(SMALL);
    for (const type of ['azurerm_resource_group', 'azurerm_virtual_network', 'azurerm_storage_account', 'azurerm_log_analytics_workspace'])
      expect(s.all(type)).toHaveLength(1);
    // Images are not built.
    expect(s.all('azurerm_container_registry')).toEqual([]);
    expect(s.all('azurerm_nat_gateway')).toEqual([]);
    expect(s.all('azurerm_machine_learning_workspace')).toEqual([]);
  });

  test('has a NAT gateway if something trains, and in prod', () => {
    expect(platform(DECLARATION).all('azurerm_nat_gateway')).toHaveLength(1);
    expect(platform({ ...SMALL, environment: Environment.PROD }).all('azurerm_nat_gateway')).toHaveLength(1);
  });

  test('has one workspace for all clusters', () => {
    const { trainer } = DECLARATION.training!;
    const s = platform({ ...DECLARATION, training: { trainer, other: trainer } });
    expect(s.all('azurerm_machine_learning_workspace')).toHaveLength(1);
    expect(s.all('azurerm_machine_learning_compute_cluster')).toHaveLength(4);
  });

  test('uses what exists already', () => {
    const s = platform(on(EXISTING));
    for (const type of [
      'azurerm_resource_group',
      'azurerm_virtual_network',
      'azurerm_private_dns_zone',
      'azurerm_container_registry',
      'azurerm_log_analytics_workspace',
    ])
      expect(s.all(type)).toEqual([]);
    // The one that Azure ML demands; data is in the existing one.
    expect(s.all('azurerm_storage_account')).toHaveLength(1);
    for (const c of s.all('azurerm_machine_learning_compute_cluster')) expect(c.subnet_resource_id).toBe(`${VNET}/subnets/c`);
  });

  test('uses a tracking server and a database that exist already', () => {
    const s = platform({
      ...DATA,
      targets: { azure: { ...DATA.targets.azure!, existing: { mlflow: 'https://mlflow.example.com/' } } },
    });
    expect(s.all('azurerm_postgresql_flexible_server')).toEqual([]);
    expect(s.all('azurerm_container_app')).toEqual([]);
    expect(s.only('azurerm_linux_web_app').app_settings.MLFLOW_TRACKING_URI).toBe('https://mlflow.example.com');
    const database = { host: 'acme.postgres.database.azure.com' };
    const own = platform({ ...DATA, targets: { azure: { ...DATA.targets.azure!, existing: { database } } } });
    expect(own.all('azurerm_postgresql_flexible_server')).toEqual([]);
    expect(own.text).toContain(database.host);
  });

  test('tells all that is wrong with what exists, and with the rest, under the names of the declaration', () => {
    const wrong = { ...EXISTING, storageAccountId: 'a', containerRegistryId: 'b', logWorkspaceId: 'c' };
    const props = { ...on(wrong), training: { trainer: { ...DECLARATION.training!.trainer, maxDuration: '30d' } } };
    expect(problemsOf(() => platform(props)).map((p) => p.prop)).toEqual([
      'targets.azure.existing.logWorkspaceId',
      'targets.azure.existing.storageAccountId',
      'targets.azure.existing.containerRegistryId',
      'training.trainer.maxDuration',
    ]);
    const network = { ...EXISTING.network!, trainingSubnetId: 'd' };
    expect(problemsOf(() => platform(on({ network })))).toMatchObject([{ prop: 'targets.azure.existing.network.trainingSubnetId' }]);
  });

  test('gives out what it made by the names of the declaration', () => {
    synth((stack) => {
      const made = new MlPlatform(stack, 'Platform', DECLARATION);
      expect(made.trainingCluster('trainer').experimentName).toBe('training-trainer');
      expect(made.inferenceService('predict').node.id).toBe('InferencePredict');
      expect(made.buildPipeline('release').node.id).toBe('PipelinesRelease');
      expect(() => made.trainingCluster('trainr')).toThrow(
        'azure.MlPlatform \'test/Platform\': training "trainr": nothing of this name is declared for Azure; write trainer',
      );
    });
  });

  test('fails where Azure is no target', () => {
    expect(() => platform({ name: 'x', targets: {} })).toThrow(
      "azure.MlPlatform 'test/Platform': targets.azure: the platform is not declared for Azure; " +
        'write targets: { azure: { location: westeurope, subscriptionId: ... } }',
    );
  });
});

describe('the data plane of the platform', () => {
  test('is not there where nobody declared it', () => {
    const s = platform(SMALL);
    for (const type of ['azurerm_key_vault', 'azurerm_storage_share', 'azurerm_container_app', 'azurerm_eventgrid_topic'])
      expect(s.all(type)).toEqual([]);
    expect(s.all('azurerm_subnet')).toHaveLength(3);
  });

  test('wires file systems and secrets into training and services', () => {
    const s = platform(DATA);
    // One for all secrets; the other one is what Azure ML demands.
    expect(s.all('azurerm_key_vault')).toHaveLength(2);
    expect(s.only('azurerm_storage_share').quota).toBe(100);
    expect(s.only('azurerm_linux_web_app').app_settings.HF_TOKEN).toMatch(/^@Microsoft\.KeyVault\(VaultName=\w+;SecretName=secrets-hub-/);
    expect(s.all('azurerm_subscription_template_deployment')).toHaveLength(1);
    const readers = s.all('azurerm_role_assignment').filter((r) => r.role_definition_name === 'Key Vault Secrets User');
    expect(readers).toHaveLength(2);
  });

  test('lets services that serve a model reach the tracking server', () => {
    const { app_settings: settings } = platform(DATA).only('azurerm_linux_web_app');
    expect(settings.ML_MODEL_URI).toBe('models:/housing@production');
    expect(settings.MLFLOW_TRACKING_URI).toMatch(/^https:/);
  });

  test('has a way out and a registry for a tracking server of its own', () => {
    const props: MlPlatformProps = { ...SMALL, targets: DATA.targets, tracking: { mlflow: {} } };
    const s = platform(props);
    expect(s.all('azurerm_nat_gateway')).toHaveLength(1);
    expect(s.all('azurerm_container_registry')).toHaveLength(1);
    const managed = platform({ ...props, tracking: { mlflow: { engine: TrackingEngine.MANAGED } } });
    expect(managed.all('azurerm_nat_gateway')).toEqual([]);
    expect(managed.all('azurerm_machine_learning_workspace')).toHaveLength(1);
  });

  test('says of a workspace without machines why it bounds none', () => {
    const rules = (props: Partial<MlPlatformProps>) => {
      const tracking = { mlflow: { engine: TrackingEngine.MANAGED } };
      const stack = new MlPlatformStack(Testing.app(), 'small-dev-azure', { ...SMALL, tracking, ...props });
      return Object.keys(stack.toTerraform()['//'].acknowledged['small-dev-azure/Platform/TrainingWorkspace'] ?? {});
    };
    expect(rules({})).toEqual(['azure-ml-workspace-outbound']);
    expect(
      rules({ training: DATA.training && { trainer: { ...DATA.training.trainer, mounts: {}, secrets: {}, model: undefined } } }),
    ).toEqual([]);
  });

  test('has one feature store for all groups, online if one of them is', () => {
    const group = { entity: { name: 'id' }, eventTime: 'at', features: { rooms: FeatureType.INT } };
    const s = platform({ ...SMALL, features: { one: group, two: { ...group, online: true } } });
    expect(s.all('azurerm_machine_learning_workspace')).toHaveLength(1);
    expect(s.only('azurerm_machine_learning_workspace').kind).toBe('FeatureStore');
  });

  test('gives out what it made by the names of the declaration', () => {
    synth((stack) => {
      const made = new MlPlatform(stack, 'Platform', DATA);
      expect(made.sharedFileSystem('home').kind).toBe('posix');
      expect(made.secret('hub').putCommand).toContain('/dev/stdin');
      expect(made.modelRegistry('housing').modelName).toBe('housing');
      expect(made.tracking?.trackingUri).toMatch(/^https:/);
      expect(() => made.featureStore('listings')).toThrow(/declare it under features/);
    });
  });

  test('takes what is declared of the artifact store and the registry', () => {
    const s = platform({
      ...SMALL,
      storage: { artifacts: { versioned: false, expireCheckpointsAfter: '30d' } },
      registry: { pullThrough: ['quay.io'], immutableTags: true },
    });
    expect(s.only('azurerm_storage_account').blob_properties.versioning_enabled).toBe(false);
    expect(s.only('azurerm_container_registry_cache_rule').name).toBe('quay-io');
  });

  test('logs access to the artifact store but in dev', () => {
    const logged = (environment: Environment) => platform({ ...SMALL, environment }).all('azurerm_monitor_diagnostic_setting').length;
    expect([logged(Environment.DEV), logged(Environment.STAGING)]).toEqual([0, 1]);
  });

  test('tells problems under the names of the declaration', () => {
    const problems = problemsOf(() =>
      platform({
        ...SMALL,
        storage: {
          artifacts: { expireCheckpointsAfter: '12h' },
          shared: { home: { kind: FileSystemKind.POSIX, throughput: 100 }, fast: { kind: FileSystemKind.PARALLEL } },
        },
        registry: { pullThrough: ['docker.io'] },
        inference: { predict: { image: 'ghcr.io/a:1', mounts: { fast: '/mnt/fast' } } },
      }),
    );
    expect(problems.map((p) => p.prop)).toEqual([
      'storage.artifacts.expireCheckpointsAfter',
      'registry.pullThrough',
      'storage.shared.home.throughput',
      'inference.predict.mounts',
    ]);
  });

  test('leaves what exists already as it is, and says so', () => {
    let report: ReturnType<typeof parity.report> = [];
    synth((stack) => {
      const props = { ...on(EXISTING), storage: { artifacts: { versioned: false } }, registry: { imagesKept: 3 } };
      new MlPlatform(stack, 'Platform', props);
      report = parity.report(stack);
    });
    expect(report.filter((e) => e.kind === 'refused').map((e) => [e.path, e.reason])).toEqual([
      ['registry.imagesKept', 'targets.azure.existing.containerRegistryId names one that exists, which the platform does not change'],
      ['storage.artifacts.versioned', 'targets.azure.existing.storageAccountId names one that exists, which the platform does not change'],
    ]);
  });

  test('says of a service connection that is missing where it is declared', () => {
    const azure = { ...SMALL.targets.azure!, devOps: { organization: 'acme', project: 'housing' } };
    const pipelines = { release: { repository: { owner: 'acme', name: 'housing' } } };
    expect(problemsOf(() => platform({ ...SMALL, targets: { azure }, pipelines })).map((p) => p.prop)).toEqual([
      'targets.azure.devOps.repositoryConnectionId',
    ]);
  });

  test('needs the subnets of an existing network that Azure lets nothing else into', () => {
    const props: MlPlatformProps = {
      ...on({ ...EXISTING }),
      targets: { azure: { ...DATA.targets.azure!, existing: EXISTING } },
      tracking: { mlflow: {} },
      storage: { shared: { fast: { kind: FileSystemKind.PARALLEL } } },
    };
    expect(problemsOf(() => platform(props)).map((p) => [p.prop, p.instead])).toEqual([
      ['targets.azure.existing.network', 'give its id as managedLustreSubnetId of the network (targets.azure.existing.network)'],
      ['targets.azure.existing.network', 'give its id as containerAppsSubnetId of the network (targets.azure.existing.network)'],
      ['targets.azure.existing.network', 'give its id as postgresqlSubnetId of the network (targets.azure.existing.network)'],
    ]);
  });
});

describe('the stack', () => {
  test('asks storage through Azure Resource Manager, with Entra ID', () => {
    const [provider] = stack(SMALL).json.provider.azurerm;
    expect(provider).toMatchObject({ subscription_id: SUBSCRIPTION, storage_use_azuread: true });
    expect(provider.features[0].storage[0]).toEqual({ data_plane_available: false });
  });

  test('in dev goes without a trace, in prod keeps what can be restored', () => {
    const features = (environment: Environment) => stack({ ...SMALL, environment }).json.provider.azurerm[0].features[0];
    expect(features(Environment.DEV)).toMatchObject({
      resource_group: [{ prevent_deletion_if_contains_resources: false }],
      key_vault: [{ purge_soft_delete_on_destroy: true }],
      machine_learning: [{ purge_soft_deleted_workspace_on_destroy: true }],
    });
    expect(features(Environment.PROD)).toMatchObject({
      resource_group: [{ prevent_deletion_if_contains_resources: true }],
      key_vault: [{ purge_soft_delete_on_destroy: false }],
    });
  });

  test('keeps its state beside the output folder, by a path without this machine in it', () => {
    expect(stack(SMALL).json.terraform.backend).toEqual({ local: { path: '../../../terraform.small-dev-azure.tfstate' } });
  });

  test('keeps its state in a storage account where one is named', () => {
    const azure = { ...SMALL.targets.azure!, state: { resourceGroup: 'tf', storageAccount: 'acmetf' } };
    expect(stack({ ...SMALL, targets: { azure } }).json.terraform.backend).toEqual({
      azurerm: {
        subscription_id: SUBSCRIPTION,
        resource_group_name: 'tf',
        storage_account_name: 'acmetf',
        container_name: 'tfstate',
        key: 'small-dev.tfstate',
        use_azuread_auth: true,
      },
    });
  });

  test('tags every resource that takes tags', () => {
    const { json } = stack({ ...DECLARATION, tags: { team: 'pricing' } });
    const tags = { platform: 'housing', environment: 'dev', 'managed-by': 'mlops-constructs', team: 'pricing' };
    for (const type of ['azurerm_resource_group', 'azurerm_storage_account', 'azurerm_linux_web_app', 'azurerm_machine_learning_workspace'])
      for (const resource of Object.values<{ tags: object }>(json.resource[type])) expect(resource.tags).toEqual(tags);
  });

  test('leaves a datastore untagged, which a changed tag would replace', () => {
    const made = new MlPlatformStack(Testing.app(), 'small', SMALL);
    const { resourceGroup, network } = made.platform;
    new GpuTrainingCluster(made, 'Extra', {
      resourceGroup,
      network,
      image: ContainerImage.fromReference('ghcr.io/a:1'),
      command: ['train'],
      accelerator: Accelerator.T4,
      mountArtifacts: true,
    });
    const { resource } = JSON.parse(Testing.synth(made));
    const [datastore] = Object.values<{ tags?: object }>(resource.azurerm_machine_learning_datastore_blobstorage);
    expect(datastore.tags).toBeUndefined();
  });

  test('tells problems of tags and of the platform at once', () => {
    const tags = { 'a/b': 'x', Team: 'x', team: 'y', long: 'x'.repeat(257) };
    const problems = problemsOf(() => stack({ ...SMALL, tags, inference: { predict: { image: 'ghcr.io/a:1', cpu: 1000 } } }));
    expect(problems.map((p) => p.prop)).toEqual(expect.arrayContaining(['tags.a/b', 'tags.team', 'tags.long', 'inference.predict.cpu']));
  });

  test('says so when it stands under the other kind of App', () => {
    expect(() => new MlPlatformStack(ROOM.wrongRoot(), 'Stack', SMALL)).toThrow(/azure\.MlPlatformStack.*write new App\(\) of 'cdktf'/);
  });

  test('is a stack of Terraform', () => {
    expect(TerraformStack.isStack(stack(SMALL).made)).toBe(true);
  });
});
