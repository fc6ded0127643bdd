// Experiments, models, features and training.
import { KEY, PLACE, PROJECT, REGION } from './names.mjs';

const IMAGE = `${REGION}-docker.pkg.dev/${PROJECT}/ml/train:2.3`;
const FEATURES = { entity: { name: 'listing_id' }, eventTime: 'updated_at', features: { rooms: 'int' } };

export const learning = {
  'ExperimentTracking minimal': ({ gcp, stack, network, registry }) => {
    new gcp.ExperimentTracking(stack, 'Mlflow', { ...PLACE, network, registry });
  },
  'ExperimentTracking maximal': ({ gcp, core, stack, store, registry, someone }) => {
    const tracking = new gcp.ExperimentTracking(stack, 'Mlflow', {
      ...PLACE,
      network: new gcp.MlNetwork(stack, 'Own', PLACE),
      environment: core.Environment.PROD,
      engine: core.TrackingEngine.SELF_HOSTED,
      artifacts: store,
      registry,
      image: core.ContainerImage.fromReference(`${REGION}-docker.pkg.dev/${PROJECT}/ml/mlflow:3`),
      frontImage: core.ContainerImage.fromReference(`${REGION}-docker.pkg.dev/${PROJECT}/ml/nginx:1.29`),
      cpu: 2,
      memory: core.Size.gibibytes(4),
      minInstances: 2,
      maxInstances: 5,
      databaseTier: 'db-custom-4-15360',
      databaseHighAvailability: false,
      databaseBackupRetention: core.Duration.days(30),
      queryInsights: false,
      kmsKeyName: KEY,
    });
    tracking.grants.use('User', someone);
    tracking.approvals.demand('housing');
    tracking.approvals.allow('housing', gcp.IamMember.user('lead@example.com'));
    tracking.environment();
  },
  'ExperimentTracking maximal, a database of others': ({ gcp, stack, network, registry }) => {
    new gcp.ExperimentTracking(stack, 'Mlflow', {
      ...PLACE,
      network,
      registry,
      database: { instance: 'acme', host: '10.64.0.3', name: 'experiments', role: 'owner' },
    });
  },

  'ModelRegistry minimal': ({ gcp, stack, tracking }) => {
    new gcp.ModelRegistry(stack, 'Model', { tracking, modelName: 'housing' });
  },
  'ModelRegistry maximal': ({ gcp, core, stack, network, registry }) => {
    const model = new gcp.ModelRegistry(stack, 'Model', {
      tracking: new gcp.ExperimentTracking(stack, 'Mlflow', { ...PLACE, network, registry }),
      modelName: 'housing',
      description: 'prices of houses',
      approval: core.ModelApproval.REQUIRED,
      environment: core.Environment.STAGING,
    });
    const lead = gcp.IamMember.user('lead@example.com');
    model.grants.read('Reader', lead);
    model.grants.register('Registrar', lead);
    model.grants.approve('Approver', lead);
    const cluster = gcp.GpuTrainingCluster.fromGpuTrainingClusterAttributes(stack, 'Theirs', {
      ...PLACE,
      workflowName: 'train',
      checkpointUri: 'gs://acme-ml/checkpoints',
    });
    model.onApproved('Retrain', cluster);
    model.onRegistered('Try', cluster);
    model.subscribe('Pulled');
    model.subscribe('Pushed', {
      registrations: true,
      pushEndpoint: 'https://hooks.example.com/models',
      pushAccountEmail: `push@${PROJECT}.iam.gserviceaccount.com`,
      pushAudience: 'https://hooks.example.com',
    });
  },
  'ModelRegistry maximal, approved by itself': ({ gcp, core, stack, network, registry }) => {
    const tracking = new gcp.ExperimentTracking(stack, 'Mlflow', { ...PLACE, network, registry });
    new gcp.ModelRegistry(stack, 'Model', { tracking, modelName: 'housing', approval: core.ModelApproval.AUTOMATIC });
  },

  'FeatureOnlineStore minimal': ({ gcp, stack }) => {
    new gcp.FeatureOnlineStore(stack, 'Online', PLACE);
  },
  'FeatureOnlineStore maximal': ({ gcp, core, stack }) => {
    new gcp.FeatureOnlineStore(stack, 'Online', { ...PLACE, environment: core.Environment.PROD, minNodes: 2, maxNodes: 8 });
  },

  'FeatureStore minimal': ({ gcp, stack }) => {
    new gcp.FeatureStore(stack, 'Listings', { ...PLACE, ...FEATURES });
  },
  'FeatureStore maximal': ({ gcp, core, stack, someone }) => {
    const listings = new gcp.FeatureStore(stack, 'Listings', {
      ...PLACE,
      environment: core.Environment.PROD,
      onlineStore: gcp.FeatureOnlineStore.fromFeatureOnlineStoreAttributes(stack, 'Theirs', { ...PLACE, onlineStoreName: 'acme' }),
      online: true,
      sync: core.Schedule.cron('*/30 * * * *', 'Europe/Berlin'),
      kmsKeyName: KEY,
      description: 'what is offered',
      entity: { name: 'listing_id', type: core.FeatureType.INT },
      eventTime: 'updated_at',
      features: Object.fromEntries(Object.values(core.FeatureType).map((type) => [`a_${type}`, type])),
    });
    const sales = gcp.FeatureStore.fromFeatureStoreAttributes(stack, 'Imported', {
      ...PLACE,
      featureGroupName: 'sales',
      datasetId: 'features',
      tableId: 'sales',
      featureViewName: `projects/${PROJECT}/locations/${REGION}/featureOnlineStores/acme/featureViews/sales`,
    });
    for (const [name, { grants }] of Object.entries({ Own: listings, Theirs: sales })) {
      grants.read(`${name}Reader`, someone);
      grants.write(`${name}Writer`, someone);
    }
  },
  'FeatureStore maximal, with an online store of its own': ({ gcp, stack }) => {
    new gcp.FeatureStore(stack, 'Listings', { ...PLACE, online: true, ...FEATURES });
  },

  'GpuTrainingCluster minimal': ({ gcp, core, stack, network }) => {
    new gcp.GpuTrainingCluster(stack, 'Training', {
      ...PLACE,
      network,
      image: core.ContainerImage.fromReference(IMAGE),
      accelerator: core.Accelerator.atLeast({ memoryGib: 24 }),
    });
  },
  'GpuTrainingCluster maximal': ({ gcp, core, stack, network, registry, store, tracking, files, secret, someone }) => {
    const { SPOT, ON_DEMAND, RESERVATION } = core.Capacity;
    const cluster = new gcp.GpuTrainingCluster(stack, 'Training', {
      ...PLACE,
      network,
      registry,
      artifacts: store,
      tracking,
      environment: core.Environment.STAGING,
      image: core.ContainerImage.fromReference(IMAGE),
      command: ['python', 'train.py', '--epochs', '3'],
      env: { LOG_LEVEL: 'info' },
      accelerator: core.Accelerator.L4,
      acceleratorCount: 1,
      machineType: 'g2-standard-16',
      zones: [`${REGION}-a`],
      capacity: [RESERVATION, SPOT, ON_DEMAND],
      reservation: `projects/${PROJECT}/zones/${REGION}-a/reservations/ml`,
      capacityTimeout: core.Duration.minutes(45),
      maxNodes: 4,
      nodesPerJob: 1,
      maxDuration: core.Duration.hours(12),
      retries: 2,
      schedule: core.Schedule.cron('0 3 * * 1', 'Europe/Berlin'),
      modelName: 'housing',
      diskSize: core.Size.gibibytes(500),
      sharedMemory: core.Size.gibibytes(16),
      openFirewall: true,
      labels: { team: 'pricing' },
      mounts: { '/mnt/scratch': files },
      secrets: { HF_TOKEN: secret },
    });
    cluster.grants.submit('Submitter', someone);
    cluster.grantStart('Starter', someone);
  },
  'GpuTrainingCluster maximal, flex-start, built from a directory': ({ gcp, core, stack, registry }) => {
    new gcp.GpuTrainingCluster(stack, 'Training', {
      ...PLACE,
      network: new gcp.MlNetwork(stack, 'Own', PLACE),
      registry,
      environment: core.Environment.PROD,
      image: core.ContainerImage.fromDirectory('examples/housing/train'),
      accelerator: core.Accelerator.of('H100'),
      acceleratorCount: 8,
      nodesPerJob: 2,
      maxNodes: 2,
      capacity: [core.Capacity.FLEX_START],
    });
  },
};
