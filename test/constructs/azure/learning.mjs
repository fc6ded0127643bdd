// Experiments, models, features and training.
import { CLIENT, idOf, TENANT } from './ids.mjs';

const WORKSPACE = idOf('Microsoft.MachineLearningServices/workspaces/ml');
const IMAGE = 'acmeml.azurecr.io/train:2.3';
const FEATURES = { entity: { name: 'listing_id' }, eventTime: 'updated_at', features: { rooms: 'int' } };

export const learning = {
  'ExperimentTracking minimal': ({ azure, stack, group, network, registry }) => {
    new azure.ExperimentTracking(stack, 'Mlflow', { resourceGroup: group, network, registry, entraClientId: CLIENT });
  },
  'ExperimentTracking minimal, managed': ({ azure, core, stack, group }) => {
    new azure.ExperimentTracking(stack, 'Mlflow', { resourceGroup: group, engine: core.TrackingEngine.MANAGED, workspaceId: WORKSPACE });
  },
  'ExperimentTracking maximal': ({ azure, core, stack, group, logs, store, registry, machine }) => {
    const tracking = new azure.ExperimentTracking(stack, 'Mlflow', {
      resourceGroup: group,
      network: new azure.MlNetwork(stack, 'Own', { resourceGroup: group }),
      environment: core.Environment.PROD,
      engine: core.TrackingEngine.SELF_HOSTED,
      artifacts: store,
      registry,
      image: core.ContainerImage.fromReference('acmeml.azurecr.io/mlflow:3'),
      cpu: 3,
      memory: core.Size.gibibytes(6),
      minReplicas: 3,
      maxReplicas: 6,
      entraClientId: CLIENT,
      entraTenantId: TENANT,
      databaseSkuName: 'GP_Standard_D4ds_v5',
      databaseHighAvailability: false,
      databaseBackupRetention: core.Duration.days(30),
      databaseGeoRedundantBackup: true,
      databaseRestore: {
        sourceServerId: idOf('Microsoft.DBforPostgreSQL/flexibleServers/mlflow'),
        pointInTime: '2026-11-20T08:00:00Z',
      },
      logWorkspace: logs,
    });
    tracking.grants.use('User', machine);
    tracking.approvals.demand('housing');
    tracking.approvals.allow('housing', machine);
    tracking.environment();
    tracking.modelUri(core.ModelReference.parse('models:/housing/production'));
  },
  'ExperimentTracking maximal, a database of others': ({ azure, stack, group, network, registry }) => {
    new azure.ExperimentTracking(stack, 'Mlflow', {
      resourceGroup: group,
      network,
      registry,
      entraClientId: CLIENT,
      cpu: 3,
      database: { host: 'acme.postgres.database.azure.com', name: 'experiments', user: 'mlflow' },
    });
  },
  'ExperimentTracking maximal, managed': ({ azure, core, stack, group, someone }) => {
    const tracking = new azure.ExperimentTracking(stack, 'Mlflow', {
      resourceGroup: group,
      engine: core.TrackingEngine.MANAGED,
      environment: core.Environment.STAGING,
      workspaceId: WORKSPACE,
      workspaceLocation: 'northeurope',
    });
    tracking.grants.use('User', someone);
    tracking.modelUri(core.ModelReference.parse('models:/housing/3'));
  },

  'ModelRegistry minimal': ({ azure, stack, tracking }) => {
    new azure.ModelRegistry(stack, 'Model', { tracking, modelName: 'housing' });
  },
  'ModelRegistry maximal': ({ azure, core, stack, group, network, registry, machine }) => {
    const tracking = new azure.ExperimentTracking(stack, 'Mlflow', { resourceGroup: group, network, registry, entraClientId: CLIENT });
    const model = new azure.ModelRegistry(stack, 'Model', {
      tracking,
      modelName: 'housing',
      description: 'prices of houses',
      approval: core.ModelApproval.REQUIRED,
      environment: core.Environment.STAGING,
    });
    model.grants.read('Reader', machine);
    model.grants.register('Registrar', machine);
    model.grants.approve('Approver', machine);
    const { ModelEventTarget } = azure;
    const bus = idOf('Microsoft.ServiceBus/namespaces/acme');
    model.onApproved('Queue', ModelEventTarget.serviceBusQueue(`${bus}/queues/models`));
    model.onApproved('Topic', ModelEventTarget.serviceBusTopic(`${bus}/topics/models`));
    model.onRegistered('Storage', ModelEventTarget.storageQueue(idOf('Microsoft.Storage/storageAccounts/acmeml'), 'models'));
    model.onRegistered('Function', ModelEventTarget.azureFunction(idOf('Microsoft.Web/sites/acme/functions/on-model')));
    model.onRegistered('Hook', ModelEventTarget.webhook('https://hooks.example.com/models'));
  },
  'ModelRegistry maximal, approved by itself': ({ azure, core, stack, group, network, registry }) => {
    const tracking = new azure.ExperimentTracking(stack, 'Mlflow', {
      resourceGroup: group,
      network,
      registry,
      entraClientId: CLIENT,
      memory: core.Size.gibibytes(6),
    });
    new azure.ModelRegistry(stack, 'Model', { tracking, modelName: 'housing', approval: core.ModelApproval.AUTOMATIC });
  },

  'FeatureStoreWorkspace minimal': ({ azure, stack, group, network }) => {
    new azure.FeatureStoreWorkspace(stack, 'Features', { resourceGroup: group, network });
  },
  'FeatureStoreWorkspace maximal': ({ azure, core, stack, group, network, logs, someone }) => {
    const features = new azure.FeatureStoreWorkspace(stack, 'Features', {
      resourceGroup: group,
      network,
      environment: core.Environment.PROD,
      online: true,
      onlineStoreId: idOf('Microsoft.Cache/redis/features'),
      logWorkspace: logs,
    });
    features.grants.read('Reader', someone);
    features.grants.write('Writer', someone);
    features.sourceUri('listings');
  },

  'FeatureStore minimal': ({ azure, stack, group, network }) => {
    new azure.FeatureStore(stack, 'Listings', { resourceGroup: group, network, ...FEATURES });
  },
  'FeatureStore maximal': ({ azure, core, stack, group, network, logs, someone }) => {
    const listings = new azure.FeatureStore(stack, 'Listings', {
      resourceGroup: group,
      network,
      logWorkspace: logs,
      environment: core.Environment.STAGING,
      online: true,
      description: 'what is offered',
      entity: { name: 'listing_id', type: core.FeatureType.INT },
      eventTime: 'updated_at',
      features: Object.fromEntries(Object.values(core.FeatureType).map((type) => [`a_${type}`, type])),
    });
    listings.grants.read('Reader', someone);
    listings.grants.write('Writer', someone);
  },
  'FeatureStore maximal, in the workspace of others': ({ azure, stack, group, someone }) => {
    const workspace = azure.FeatureStoreWorkspace.fromFeatureStoreWorkspaceAttributes(stack, 'Theirs', {
      workspaceId: idOf('Microsoft.MachineLearningServices/workspaces/features'),
      storageAccountId: idOf('Microsoft.Storage/storageAccounts/acmefeatures'),
      sourceContainerName: 'rows',
      online: true,
    });
    new azure.FeatureStore(stack, 'Listings', { resourceGroup: group, workspace, online: true, ...FEATURES });
    const imported = azure.FeatureStore.fromFeatureStoreAttributes(stack, 'Imported', {
      featureGroupName: 'sales',
      featureSetVersion: '1',
      workspace,
    });
    imported.grants.read('Reader', someone);
    imported.grants.write('Writer', someone);
  },

  'TrainingWorkspace minimal': ({ azure, stack, group, network }) => {
    new azure.TrainingWorkspace(stack, 'Workspace', { resourceGroup: group, network });
  },
  'TrainingWorkspace maximal': ({ azure, core, stack, group, network, logs, registry, workspace, someone }) => {
    const own = new azure.TrainingWorkspace(stack, 'Own', {
      resourceGroup: group,
      network,
      registry,
      logWorkspace: logs,
      environment: core.Environment.PROD,
    });
    for (const [name, { grants }] of Object.entries({ Own: own, Theirs: workspace })) {
      grants.submit(`${name}Submitter`, someone);
      grants.compute(`${name}Computer`, someone);
    }
  },

  'GpuTrainingCluster minimal': ({ azure, core, stack, group, network }) => {
    new azure.GpuTrainingCluster(stack, 'Training', {
      resourceGroup: group,
      network,
      image: core.ContainerImage.fromReference(IMAGE),
      command: ['python', 'train.py'],
      accelerator: core.Accelerator.atLeast({ memoryGib: 24 }),
    });
  },
  'GpuTrainingCluster maximal': ({ azure, core, stack, group, network, logs, registry, store, tracking, files, secret, someone }) => {
    const cluster = new azure.GpuTrainingCluster(stack, 'Training', {
      resourceGroup: group,
      network,
      registry,
      artifacts: store,
      tracking,
      logWorkspace: logs,
      environment: core.Environment.STAGING,
      image: core.ContainerImage.fromReference(IMAGE),
      command: ['python', 'train.py', '--epochs', '3'],
      env: { LOG_LEVEL: 'info' },
      accelerator: core.Accelerator.A100_80GB,
      acceleratorCount: 1,
      capacity: [core.Capacity.SPOT],
      minNodes: 0,
      maxNodes: 4,
      nodesPerJob: 1,
      maxDuration: core.Duration.hours(12),
      retries: 2,
      schedule: core.Schedule.cron('0 3 * * 1', 'Europe/Berlin'),
      modelName: 'housing',
      idleBeforeScaleDown: core.Duration.minutes(5),
      sharedMemory: core.Size.gibibytes(32),
      workingDirectory: '/opt/train',
      mountArtifacts: true,
      mounts: { '/mnt/scratch': files },
      secrets: { HF_TOKEN: secret },
    });
    cluster.grants.submit('Submitter', someone);
    const model = new azure.ModelRegistry(stack, 'Model', { tracking, modelName: 'listings' });
    model.onRegistered('Train', cluster.modelEventTarget());
  },
  'GpuTrainingCluster maximal, on several machines, in a workspace of others': ({
    azure,
    core,
    stack,
    group,
    network,
    workspace,
    registry,
  }) => {
    new azure.GpuTrainingCluster(stack, 'Training', {
      resourceGroup: group,
      network,
      workspace,
      registry,
      minNodes: 1,
      environment: core.Environment.PROD,
      image: core.ContainerImage.fromDirectory('examples/housing/train'),
      accelerator: core.Accelerator.of('A100_80GB'),
      acceleratorCount: 8,
      nodesPerJob: 2,
      maxNodes: 2,
      capacity: [core.Capacity.ON_DEMAND],
    });
  },
};
