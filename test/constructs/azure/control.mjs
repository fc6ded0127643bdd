// Endpoints, pipelines, monitoring, and the platform that wires everything.
import { declaration } from '../declaration.mjs';
import { CLIENT, idOf, SUBSCRIPTION, TENANT } from './ids.mjs';

const IMAGE = 'acmeml.azurecr.io/predict:1.4';
const GITHUB = { provider: 'github', owner: 'acme', name: 'housing' };
const DEVOPS = { organization: 'acme', project: 'ml', repositoryConnectionId: '66666666-6666-6666-6666-666666666666' };

export const control = {
  'AppServiceInference minimal': ({ azure, core, stack, group, network }) => {
    new azure.AppServiceInference(stack, 'Predict', {
      resourceGroup: group,
      network,
      image: core.ContainerImage.fromReference('ghcr.io/acme/predict:1.4'),
    });
  },
  'AppServiceInference maximal': ({ azure, core, stack, group, network, registry, logs, tracking, files, secret, someone }) => {
    const service = new azure.AppServiceInference(stack, 'Predict', {
      resourceGroup: group,
      network,
      registry,
      logWorkspace: logs,
      tracking,
      environment: core.Environment.STAGING,
      image: core.ContainerImage.fromReference(IMAGE),
      imageOwner: core.ImageOwner.STACK,
      port: 9000,
      healthPath: '/ready',
      cpu: 2,
      memory: core.Size.gibibytes(4),
      skuName: 'P3v3',
      concurrency: 16,
      timeout: core.Duration.seconds(60),
      startTimeout: core.Duration.minutes(15),
      minInstances: 2,
      maxInstances: 5,
      access: core.Access.AUTHENTICATED,
      allowedIps: ['203.0.113.0/24'],
      entraClientId: CLIENT,
      entraTenantId: TENANT,
      rollout: core.Rollout.canary({ percent: 20, interval: core.Duration.minutes(5) }),
      env: { LOG_LEVEL: 'info' },
      secrets: { API_KEY: secret },
      mounts: { '/mnt/scratch': files },
      model: core.ModelReference.parse('models:/housing/production'),
    });
    service.grants.invoke(someone);
    service.grants.deploy('Deployer', someone);
    for (const metric of ['Requests', 'Errors', 'ResponseTime', 'Cpu', 'Memory']) service[`metric${metric}`]();
  },
  'AppServiceInference maximal, on the plan of others': ({ azure, core, stack, group }) => {
    new azure.AppServiceInference(stack, 'Predict', {
      resourceGroup: group,
      environment: core.Environment.DEV,
      image: core.ContainerImage.fromReference(IMAGE),
      imageOwner: core.ImageOwner.PIPELINE,
      access: core.Access.PUBLIC,
      rollout: core.Rollout.allAtOnce(),
      servicePlanId: idOf('Microsoft.Web/serverFarms/acme'),
    });
    const open = { resourceGroup: group, image: core.ContainerImage.fromReference(IMAGE), access: core.Access.PUBLIC };
    new azure.AppServiceInference(stack, 'Fast', { ...open, cpu: 4 });
    new azure.AppServiceInference(stack, 'Large', { ...open, memory: core.Size.gibibytes(24) });
    new azure.AppServiceInference(stack, 'Careful', { ...open, imageOwner: core.ImageOwner.PIPELINE, rollout: core.Rollout.blueGreen() });
  },
  'AppServiceInference maximal, private in prod, built from a directory': ({ azure, core, stack, group, logs, registry }) => {
    new azure.AppServiceInference(stack, 'Predict', {
      resourceGroup: group,
      network: new azure.MlNetwork(stack, 'Own', { resourceGroup: group }),
      registry,
      logWorkspace: logs,
      environment: core.Environment.PROD,
      image: core.ContainerImage.fromDirectory('examples/housing/app'),
      access: core.Access.PRIVATE,
      rollout: core.Rollout.blueGreen(),
    });
  },

  'BuildPipeline minimal': ({ azure, stack, group, registry }) => {
    new azure.BuildPipeline(stack, 'Release', { resourceGroup: group, registry, repository: GITHUB });
  },
  'BuildPipeline maximal': ({ azure, core, stack, group, registry, logs, tracking }) => {
    const service = azure.AppServiceInference.fromAppServiceInferenceAttributes(stack, 'Theirs', {
      webAppId: idOf('Microsoft.Web/sites/acme-predict'),
      servicePlanId: idOf('Microsoft.Web/serverFarms/acme'),
      url: 'https://predict.example.com',
      access: core.Access.PUBLIC,
      healthPath: '/ready',
      rollout: core.Rollout.canary(),
      stagingSlotName: 'staging',
    });
    const model = new azure.ModelRegistry(stack, 'Model', { tracking, modelName: 'housing' });
    const pipeline = new azure.BuildPipeline(stack, 'Release', {
      resourceGroup: group,
      registry,
      service,
      tracking,
      logWorkspace: logs,
      environment: core.Environment.PROD,
      repository: { ...GITHUB, branch: 'release' },
      directory: 'services/predict',
      context: 'services',
      stages: Object.values(core.PipelineStage),
      lintCommands: ['ruff check .'],
      testCommands: ['pytest'],
      approval: true,
      approvers: ['ml-leads@example.com'],
      azureDevOps: DEVOPS,
      agentPool: 'in-the-network',
      startOnApproval: [model],
      filePath: '.azure/release.yml',
      pythonVersion: '3.12',
    });
    model.onRegistered('Release', pipeline.modelEventTarget());
  },
  'BuildPipeline maximal, other repositories': ({ azure, core, stack, group, registry }) => {
    const common = { resourceGroup: group, registry };
    const { BITBUCKET, AZURE_REPOS } = core.RepositoryProvider;
    new azure.BuildPipeline(stack, 'Bitbucket', { ...common, repository: { ...GITHUB, provider: BITBUCKET }, azureDevOps: DEVOPS });
    new azure.BuildPipeline(stack, 'AzureRepos', {
      ...common,
      stages: [core.PipelineStage.BUILD],
      repository: { provider: AZURE_REPOS, owner: 'acme/ml', name: 'housing' },
      azureDevOps: { organization: 'acme', project: 'ml' },
    });
  },

  'Monitoring minimal': ({ azure, stack, group, logs }) => {
    new azure.Monitoring(stack, 'Monitoring', { resourceGroup: group, logWorkspace: logs });
  },
  'Monitoring maximal': ({ azure, core, stack, group, network, logs, registry }) => {
    const image = core.ContainerImage.fromReference(IMAGE);
    const common = { resourceGroup: group, network, logWorkspace: logs };
    const monitoring = new azure.Monitoring(stack, 'Monitoring', {
      resourceGroup: group,
      logWorkspace: logs,
      environment: core.Environment.PROD,
      title: 'Machine learning of acme',
      email: 'ml@example.com',
      criticalEmail: 'oncall@example.com',
      slo: { availability: 99.9, latency: { percentile: 99, threshold: core.Duration.millis(250) } },
    });
    monitoring.watchInference('predict', new azure.AppServiceInference(stack, 'Predict', { ...common, registry, image }));
    monitoring.watchTraining(
      'trainer',
      new azure.GpuTrainingCluster(stack, 'Training', {
        ...common,
        registry,
        image,
        command: ['python'],
        accelerator: core.Accelerator.A10,
      }),
    );
    monitoring.watchPipeline(
      'release',
      new azure.BuildPipeline(stack, 'Release', { ...common, network: undefined, registry, repository: GITHUB }),
    );
    monitoring.watchTracking('mlflow', new azure.ExperimentTracking(stack, 'Mlflow', { ...common, registry, entraClientId: CLIENT }));
    azure.PolicyExceptions.of(stack).acknowledge('azure-storage-replication', 'A throw-away stack.');
  },

  'MlPlatform minimal': ({ azure, stack }) => {
    new azure.MlPlatform(stack, 'Platform', MINIMAL);
  },
  'MlPlatform maximal': ({ azure, stack }) => {
    const platform = new azure.MlPlatform(stack, 'Platform', EVERYTHING);
    platform.buildPipeline('release');
    platform.featureStore('listings');
    platform.inferenceService('predict');
    platform.modelRegistry('housing');
    platform.secret('hub');
    platform.sharedFileSystem('scratch');
    platform.trainingCluster('trainer');
  },
  'MlPlatform maximal, on what exists': ({ azure, stack }) => {
    new azure.MlPlatform(stack, 'Platform', EXISTING);
  },
  'MlPlatform maximal, on a database that exists': ({ azure, stack }) => {
    new azure.MlPlatform(stack, 'Platform', ON_DATABASE);
  },
  'MlPlatform maximal, in a network that exists': ({ azure, stack }) => {
    new azure.MlPlatform(stack, 'Platform', IN_NETWORK);
  },
  'MlPlatform maximal, managed tracking': ({ azure, stack }) => {
    new azure.MlPlatform(stack, 'Platform', MANAGED);
  },
  'MlPlatformStack minimal': ({ azure, app, id }) => {
    new azure.MlPlatformStack(app, id, MINIMAL);
  },
  'MlPlatformStack maximal': ({ azure, app, id }) => {
    new azure.MlPlatformStack(app, id, EVERYTHING);
  },
};

const AZURE = { location: 'westeurope', subscriptionId: SUBSCRIPTION };
const MINIMAL = { name: 'housing', targets: { azure: AZURE } };
const NETWORK = idOf('Microsoft.Network/virtualNetworks/ml');
const SUBNETS = {
  virtualNetworkId: NETWORK,
  privateEndpointSubnetId: `${NETWORK}/subnets/endpoints`,
  appServiceSubnetId: `${NETWORK}/subnets/apps`,
  trainingSubnetId: `${NETWORK}/subnets/training`,
};

const EVERYTHING = declaration('azure', {
  ...AZURE,
  entraClientId: CLIENT,
  devOps: DEVOPS,
  state: { resourceGroup: 'terraform', storageAccount: 'acmestate', container: 'states', key: 'housing.tfstate' },
});
/** On what the organization owns already. */
const EXISTING = declaration(
  'azure',
  {
    ...AZURE,
    entraClientId: CLIENT,
    devOps: DEVOPS,
    existing: {
      resourceGroup: 'ml',
      containerRegistryId: idOf('Microsoft.ContainerRegistry/registries/acmeml'),
      storageAccountId: idOf('Microsoft.Storage/storageAccounts/acmeml'),
      logWorkspaceId: idOf('Microsoft.OperationalInsights/workspaces/ml'),
      mlflow: 'https://mlflow.example.com',
      network: {
        ...SUBNETS,
        managedLustreSubnetId: `${NETWORK}/subnets/files`,
      },
    },
  },
  { environment: 'prod', acknowledge: { 'azure-storage-replication': 'of no matter here' } },
);
const DATABASE = { host: 'acme.postgres.database.azure.com', name: 'experiments', user: 'mlflow' };
/** What Azure decides otherwise than the other clouds: sizes, and machines that stay. */
const ON_DATABASE = {
  ...MINIMAL,
  targets: { azure: { ...AZURE, entraClientId: CLIENT, existing: { database: DATABASE } } },
  tracking: { mlflow: { cpu: 3 } },
  inference: { fast: { image: IMAGE, cpu: 4, scaling: { min: 2 } }, large: { image: IMAGE, memory: '24GiB' } },
  training: {
    own: { image: IMAGE, command: ['python'], accelerator: { memoryGib: 24 }, nodes: { min: 1, max: 2 }, capacity: ['on-demand'] },
    built: { image: 'examples/housing/train', command: ['python', 'other.py'], accelerator: { memoryGib: 24 } },
  },
};
const IN_NETWORK = {
  ...MINIMAL,
  targets: {
    azure: {
      ...AZURE,
      entraClientId: CLIENT,
      existing: {
        network: {
          ...SUBNETS,
          containerAppsSubnetId: `${NETWORK}/subnets/servers`,
          postgresqlSubnetId: `${NETWORK}/subnets/databases`,
          privateDnsZoneIds: {
            'privatelink.blob.core.windows.net': idOf('Microsoft.Network/privateDnsZones/privatelink.blob.core.windows.net'),
          },
        },
      },
    },
  },
  tracking: { mlflow: { memory: '6GiB' } },
};
const MANAGED = { ...MINIMAL, tracking: { mlflow: { engine: 'managed' } } };
