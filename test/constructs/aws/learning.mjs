// Experiments, models, features and training.
import { createRequire } from 'node:module';
import { ACCOUNT, arnOf, DATABASE_SECRET } from './names.mjs';

const require = createRequire(import.meta.url);
const { InstanceType } = require('aws-cdk-lib/aws-ec2');
const { Cluster } = require('aws-cdk-lib/aws-ecs');
const { EventBus } = require('aws-cdk-lib/aws-events');
const { SnsTopic } = require('aws-cdk-lib/aws-events-targets');
const { Role } = require('aws-cdk-lib/aws-iam');
const { Secret } = require('aws-cdk-lib/aws-secretsmanager');

const TRAIN = `${ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.com/acme/train:2.3`;
const MANAGED = arnOf('sagemaker', 'mlflow-tracking-server/theirs');
const FEATURES = { entity: { name: 'listing_id' }, eventTime: 'updated_at', features: { rooms: 'int' } };
const leadOf = (stack) => Role.fromRoleArn(stack, 'Lead', `arn:aws:iam::${ACCOUNT}:role/lead`);

export const learning = {
  'ExperimentTracking minimal': ({ aws, stack }) => {
    new aws.ExperimentTracking(stack, 'Mlflow');
  },
  'ExperimentTracking maximal': ({ aws, core, stack, store, key, someone }) => {
    const { vpc } = new aws.MlNetwork(stack, 'Network');
    const tracking = new aws.ExperimentTracking(stack, 'Mlflow', {
      environment: core.Environment.PROD,
      engine: core.TrackingEngine.SELF_HOSTED,
      vpc,
      vpcSubnets: { subnets: vpc.privateSubnets.slice(1) },
      databaseSubnets: { subnets: vpc.privateSubnets.slice(0, 2) },
      artifacts: store,
      image: core.ContainerImage.fromReference(`${ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.com/acme/mlflow:3`),
      cpu: 2,
      memory: core.Size.gibibytes(6),
      databaseInstanceType: new InstanceType('m7g.large'),
      databaseStorage: core.Size.gibibytes(100),
      databaseHighAvailability: false,
      databaseBackupRetention: core.Duration.days(30),
      performanceInsights: false,
      encryptionKey: key,
      servers: 3,
      ephemeralStorage: core.Size.gibibytes(100),
      pauseOnUpdate: true,
      cluster: Cluster.fromClusterAttributes(stack, 'Cluster', { clusterName: 'acme', vpc }),
      serviceNetworkArn: arnOf('vpc-lattice', 'servicenetwork/sn-0a1b2c3d4e5f60718'),
      latticePrefixListId: 'pl-0a1b2c3d4e5f60718',
      eventBus: EventBus.fromEventBusName(stack, 'Bus', 'models'),
    });
    tracking.grants.use(someone);
    tracking.grants.read(leadOf(stack));
    tracking.requireApproval('housing');
    tracking.addApprover('housing', someone);
    tracking.environment();
    for (const metric of ['cpu', 'databaseFreeStorage', 'errors', 'latency', 'memory', 'requests', 'runningServers'])
      tracking.metrics[metric]();
  },
  'ExperimentTracking maximal, on a database of others': ({ aws, stack, vpc, group }) => {
    new aws.ExperimentTracking(stack, 'Mlflow', {
      vpc,
      database: {
        host: 'mlflow.cluster-abc.eu-west-1.rds.amazonaws.com',
        databaseName: 'experiments',
        secret: Secret.fromSecretCompleteArn(stack, 'Login', DATABASE_SECRET),
        securityGroup: group,
      },
    });
  },
  'ExperimentTracking maximal, managed': ({ aws, core, stack, store, tracking, someone }) => {
    const own = new aws.ExperimentTracking(stack, 'Mlflow', {
      engine: core.TrackingEngine.MANAGED,
      environment: core.Environment.STAGING,
      artifacts: store,
      serverSize: aws.ManagedServerSize.LARGE,
      mlflowVersion: '2.16',
      eventBus: EventBus.fromEventBusName(stack, 'Bus', 'models'),
    });
    new aws.ModelRegistry(stack, 'Model', { modelName: 'housing', tracking: own });
    for (const serverSize of [aws.ManagedServerSize.SMALL, aws.ManagedServerSize.MEDIUM])
      new aws.ExperimentTracking(stack, serverSize, { engine: core.TrackingEngine.MANAGED, serverSize });
    const theirs = aws.ExperimentTracking.fromTrackingServerAttributes(stack, 'Theirs', { trackingUri: MANAGED, artifacts: store });
    for (const server of [own, tracking]) {
      server.grants.use(someone);
      server.grants.read(someone);
    }
    theirs.grants.use(leadOf(stack));
  },

  'ModelRegistry minimal': ({ aws, stack }) => {
    new aws.ModelRegistry(stack, 'Model', { modelName: 'housing' });
  },
  'ModelRegistry maximal': ({ aws, core, stack, topic, tracking, someone }) => {
    const own = new aws.ModelRegistry(stack, 'Model', {
      modelName: 'housing',
      description: 'prices of houses',
      tracking: new aws.ExperimentTracking(stack, 'Mlflow'),
      approval: core.ModelApproval.REQUIRED,
      environment: core.Environment.PROD,
    });
    const theirs = aws.ModelRegistry.fromModelRegistryAttributes(stack, 'Theirs', {
      modelName: 'rents',
      modelPackageGroupName: 'rents',
      tracking,
      approval: core.ModelApproval.AUTOMATIC,
    });
    for (const model of [own, theirs]) {
      model.grants.read(someone);
      model.grants.register(someone);
      model.grants.approve(leadOf(stack.node.tryFindChild('Lead') ? model : stack));
      model.onApproved('Tell', new SnsTopic(topic));
    }
  },
  'ModelRegistry maximal, approved by itself': ({ aws, core, stack, someone }) => {
    const model = new aws.ModelRegistry(stack, 'Model', { modelName: 'housing', approval: core.ModelApproval.AUTOMATIC });
    model.grants.register(someone);
  },

  'FeatureStore minimal': ({ aws, stack }) => {
    new aws.FeatureStore(stack, 'Listings', FEATURES);
  },
  'FeatureStore maximal': ({ aws, core, stack, store, key, someone }) => {
    const own = new aws.FeatureStore(stack, 'Listings', {
      environment: core.Environment.PROD,
      artifacts: store,
      encryptionKey: key,
      online: true,
      onlineExpiry: core.Duration.days(30),
      description: 'what is offered',
      entity: { name: 'listing_id', type: core.FeatureType.INT },
      eventTime: 'updated_at',
      features: Object.fromEntries(Object.values(core.FeatureType).map((type) => [`a_${type}`, type])),
    });
    const sales = { featureGroupName: 'sales', artifacts: store };
    for (const { grants } of [own, aws.FeatureStore.fromFeatureStoreAttributes(stack, 'Sales', sales)]) {
      grants.read(someone);
      grants.write(someone);
    }
  },

  'GpuTrainingCluster minimal': ({ aws, core, stack }) => {
    new aws.GpuTrainingCluster(stack, 'Training', {
      image: core.ContainerImage.fromReference('ghcr.io/acme/train:2.3'),
      accelerator: core.Accelerator.atLeast({ memoryGib: 24 }),
    });
  },
  'GpuTrainingCluster maximal': ({ aws, core, stack, vpc, group, store, tracking, files, secret, someone }) => {
    const { SPOT, ON_DEMAND, RESERVATION } = core.Capacity;
    const cluster = new aws.GpuTrainingCluster(stack, 'Training', {
      environment: core.Environment.STAGING,
      vpc,
      vpcSubnets: { subnets: [vpc.privateSubnets[1]] },
      securityGroups: [group],
      artifacts: store,
      tracking,
      image: core.ContainerImage.fromReference(TRAIN),
      command: ['python', 'train.py', '--epochs', '3'],
      env: { LOG_LEVEL: 'info' },
      accelerator: core.Accelerator.L4,
      acceleratorCount: 4,
      capacity: [RESERVATION, SPOT, ON_DEMAND],
      reservation: 'cr-0123456789abcdef0',
      minNodes: 1,
      maxNodes: 4,
      nodesPerJob: 1,
      maxDuration: core.Duration.hours(12),
      retries: 2,
      schedule: core.Schedule.cron('0 3 * * 1', 'Europe/Berlin'),
      modelName: 'housing',
      rootVolumeSize: core.Size.gibibytes(500),
      sharedMemory: core.Size.gibibytes(16),
      mounts: { '/mnt/scratch': files },
      secrets: { HF_TOKEN: secret },
    });
    const theirs = aws.GpuTrainingCluster.fromGpuTrainingClusterAttributes(stack, 'Theirs', {
      jobQueueArn: arnOf('batch', 'job-queue/theirs'),
      jobDefinitionArn: arnOf('batch', 'job-definition/theirs:3'),
      checkpointUri: 's3://acme-ml/checkpoints/theirs',
    });
    for (const each of [cluster, theirs]) {
      each.grants.submit(someone);
      each.metricFailedJobs();
      each.metricBlockedQueue();
    }
    aws.GpuTrainingClusterGrants.of(theirs).submit(someone);
  },
  'GpuTrainingCluster maximal, a gang in a capacity block, built from a directory': ({ aws, core, stack }) => {
    const { vpc } = new aws.MlNetwork(stack, 'Network');
    new aws.GpuTrainingCluster(stack, 'Training', {
      vpc,
      environment: core.Environment.PROD,
      image: core.ContainerImage.fromDirectory('examples/housing/train'),
      command: ['torchrun', 'train.py'],
      accelerator: core.Accelerator.of('H100'),
      acceleratorCount: 8,
      nodesPerJob: 2,
      maxNodes: 2,
      capacity: [core.Capacity.RESERVATION],
      reservation: 'cr-0123456789abcdef0',
      capacityBlock: true,
    });
  },
};
