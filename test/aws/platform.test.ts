import { Template } from 'aws-cdk-lib/assertions';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { App, Stack } from 'aws-cdk-lib/core';
import { MlPlatform } from '../../lib/aws/platform';
import { MlPlatformStack } from '../../lib/aws/stack';
import { Access, Environment, FeatureType, FileSystemKind, MlPlatformProps, TrackingEngine } from '../../lib/core';
import { parity } from '../../lib/core/parity';
import { Match, refusals, statementsOf, synth } from './helper';

const BARE: MlPlatformProps = { name: 'housing', targets: { aws: { region: 'eu-west-1' } } };
const TRAINING = { trainer: { image: 'ghcr.io/acme/train:1.0', accelerator: { type: 'T4' } } };
const SERVICE = { image: '123456789012.dkr.ecr.eu-west-1.amazonaws.com/acme/app:1.0' };
const PIPELINES = { release: { repository: { owner: 'acme', name: 'housing' }, deploys: 'predict' } };
const EXISTING = {
  network: {
    vpcId: 'vpc-0a1b2c3d',
    availabilityZones: ['eu-west-1a', 'eu-west-1b'],
    privateSubnetIds: ['subnet-0a1b2c3d', 'subnet-0a1b2c3e'],
  },
  artifactBucket: 'acme-ml',
  imageRepository: 'acme',
};

const platform = (props: Partial<MlPlatformProps> = {}) => synth((stack) => void new MlPlatform(stack, 'Platform', { ...BARE, ...props }));
const stackOf = (props: Partial<MlPlatformProps> = {}) => new MlPlatformStack(new App(), 'housing-dev', { ...BARE, ...props });

describe('MlPlatform on AWS', () => {
  test('makes no network where nothing needs one', () => {
    platform({ inference: { predict: { ...SERVICE, access: Access.AUTHENTICATED } } }).resourceCountIs('AWS::EC2::VPC', 0);
  });

  test('makes one network for all that trains and serves privately', () => {
    const template = platform({ training: { ...TRAINING, second: TRAINING.trainer }, inference: { predict: SERVICE, rank: SERVICE } });
    template.resourceCountIs('AWS::EC2::VPC', 1);
    template.resourcePropertiesCountIs('AWS::EC2::VPCEndpoint', { VpcEndpointType: 'Interface' }, 1);
  });

  test('makes one artifact store, and a registry where there are pipelines', () => {
    platform({ training: TRAINING }).resourceCountIs('AWS::ECR::Repository', 0);
    const template = platform({ training: TRAINING, inference: { predict: SERVICE }, pipelines: PIPELINES });
    template.resourceCountIs('AWS::ECR::Repository', 1);
  });

  test('makes nothing that goes to other clouds only', () => {
    const targets = { ...BARE.targets, gcp: { project: 'acme-ml-dev', region: 'europe-west4' } };
    platform({ targets, training: { trainer: { ...TRAINING.trainer, on: ['gcp' as never] } } }).resourceCountIs('AWS::EC2::VPC', 0);
  });

  test('uses what exists already', () => {
    const template = platform({
      targets: { aws: { region: 'eu-west-1', existing: EXISTING } },
      training: TRAINING,
      inference: { predict: SERVICE },
      pipelines: PIPELINES,
    });
    template.resourceCountIs('AWS::EC2::VPC', 0);
    template.resourceCountIs('AWS::ECR::Repository', 0);
    template.allResourcesProperties('AWS::Batch::ComputeEnvironment', {
      ComputeResources: { Subnets: EXISTING.network.privateSubnetIds },
    });
    template.hasResourceProperties('AWS::Batch::JobDefinition', {
      ContainerProperties: { Environment: Match.arrayWith([{ Name: 'ML_DATA_URI', Value: 's3://acme-ml/data' }]) },
    });
  });

  test('says so in the parity report', () => {
    synth((stack) => {
      new MlPlatform(stack, 'Platform', { ...BARE, targets: { aws: { region: 'eu-west-1', existing: EXISTING } }, training: TRAINING });
      const report = parity.report(stack).map((e) => [e.path, e.became]);
      expect(report).toContainEqual(['targets.aws.existing.network', 'your VPC']);
      expect(report).toContainEqual(['targets.aws.existing.artifactBucket', 'your S3 bucket']);
    });
  });

  test('hands out what it made by its declared name', () => {
    const template = synth((stack) => {
      const made = new MlPlatform(stack, 'Platform', { ...BARE, training: TRAINING });
      made
        .trainingCluster('trainer')
        .grants.submit(new Role(stack, 'Submitter', { assumedBy: new ServicePrincipal('states.amazonaws.com') }));
    });
    expect(statementsOf(template, 'Submitter').map((s) => s.Action)).toEqual(['batch:SubmitJob']);
  });

  test('says what there is when asked for something else', () => {
    synth((stack) => {
      const made = new MlPlatform(stack, 'Platform', { ...BARE, training: TRAINING });
      const problem = { code: 'choice', reason: 'nothing of this name is declared for AWS' };
      expect(refusals(() => made.trainingCluster('trainr'))).toEqual([
        { ...problem, prop: 'training', value: 'trainr', instead: 'write trainer' },
      ]);
      expect(refusals(() => made.inferenceService('predict'))).toEqual([
        { ...problem, prop: 'inference', value: 'predict', instead: 'declare it under inference' },
      ]);
      expect(refusals(() => made.buildPipeline('release'))).toEqual([
        { ...problem, prop: 'pipelines', value: 'release', instead: 'declare it under pipelines' },
      ]);
    });
  });

  test('makes the artifact store as it is declared', () => {
    const artifacts = { versioned: false, expireCheckpointsAfter: '30d', expireCaptureAfter: '90d' };
    platform({ storage: { artifacts } }).hasResourceProperties('AWS::S3::Bucket', {
      VersioningConfiguration: Match.absent(),
      LifecycleConfiguration: {
        Rules: [
          Match.objectLike({ Id: 'unfinished-uploads' }),
          Match.objectLike({ Id: 'checkpoints', ExpirationInDays: 30 }),
          Match.objectLike({ Id: 'capture', ExpirationInDays: 90 }),
        ],
      },
    });
  });

  test('makes a registry as it is declared, also where no pipeline pushes to it', () => {
    const template = platform({ registry: { immutableTags: true, imagesKept: 5, pullThrough: ['quay.io'] } });
    template.hasResourceProperties('AWS::ECR::Repository', { ImageTagMutability: 'IMMUTABLE_WITH_EXCLUSION' });
    template.hasResourceProperties('AWS::ECR::PullThroughCacheRule', { UpstreamRegistry: 'quay' });
  });

  test('has pipelines take base images from the cache', () => {
    const template = platform({ inference: { predict: SERVICE }, pipelines: PIPELINES, registry: { pullThrough: ['quay.io'] } });
    template.hasResourceProperties('AWS::CodeBuild::Project', {
      Environment: { EnvironmentVariables: Match.arrayWith([Match.objectLike({ Name: 'PULL_THROUGH' })]) },
    });
    expect(statementsOf(template, 'PlatformPipelinesReleaseBuildRole').flatMap((s) => s.Action)).toContain('ecr:BatchImportUpstreamImage');
  });

  const SHARED = {
    scratch: { kind: FileSystemKind.POSIX, size: '1TiB' },
    fast: { kind: FileSystemKind.PARALLEL, size: '1.2TiB', throughput: 250 },
  };

  test('makes file systems in its network, and links the parallel one to the store', () => {
    const template = platform({ storage: { shared: SHARED } });
    template.resourceCountIs('AWS::EC2::VPC', 1);
    template.resourceCountIs('AWS::EFS::FileSystem', 1);
    template.hasResourceProperties('AWS::FSx::FileSystem', {
      StorageCapacity: 1_200,
      LustreConfiguration: { PerUnitStorageThroughput: 250 },
    });
    template.resourceCountIs('AWS::FSx::DataRepositoryAssociation', 2);
  });

  test('backs a parallel file system up where that is asked for, instead of linking it', () => {
    const template = platform({ storage: { shared: { fast: { ...SHARED.fast, backups: true } } } });
    template.hasResourceProperties('AWS::FSx::FileSystem', { LustreConfiguration: { AutomaticBackupRetentionDays: 7 } });
    template.resourceCountIs('AWS::FSx::DataRepositoryAssociation', 0);
  });

  test('mounts file systems and hands out secrets where they are declared', () => {
    const template = platform({
      storage: { shared: SHARED },
      secrets: { 'hugging-face': { description: 'token of the hub' } },
      training: {
        trainer: { ...TRAINING.trainer, mounts: { scratch: '/mnt/scratch', fast: '/mnt/fast' }, secrets: { HF_TOKEN: 'hugging-face' } },
      },
      inference: {
        predict: { ...SERVICE, access: Access.AUTHENTICATED, mounts: { scratch: '/mnt/scratch' }, secrets: { HF_TOKEN: 'hugging-face' } },
      },
    });
    template.hasResourceProperties('AWS::Batch::JobDefinition', {
      ContainerProperties: {
        MountPoints: [Match.objectLike({ ContainerPath: '/mnt/fast' }), Match.objectLike({ ContainerPath: '/mnt/scratch' })],
        Secrets: [Match.objectLike({ Name: 'HF_TOKEN' })],
      },
    });
    template.hasResourceProperties('AWS::Lambda::Function', {
      FileSystemConfigs: [Match.objectLike({ LocalMountPath: '/mnt/scratch' })],
      Environment: { Variables: Match.objectLike({ HF_TOKEN_SECRET_ARN: Match.anyValue() }) },
      VpcConfig: Match.anyValue(),
    });
  });

  test('refuses what Lambda cannot mount, under the path where it was declared', () => {
    const inference = { predict: { ...SERVICE, mounts: { fast: '/mnt/fast' } } };
    expect(refusals(() => platform({ storage: { shared: SHARED }, inference }))).toEqual([
      {
        code: 'unsupported',
        prop: 'inference.predict.mounts',
        value: '/mnt/fast',
        reason: 'Lambda mounts EFS only',
        instead: 'write a file system of kind posix, or read from the artifact store',
      },
    ]);
  });

  test('hands out file systems and secrets by their declared names', () => {
    synth((stack) => {
      const made = new MlPlatform(stack, 'Platform', { ...BARE, storage: { shared: SHARED }, secrets: { hub: {} } });
      expect(made.sharedFileSystem('fast').kind).toBe(FileSystemKind.PARALLEL);
      expect(made.secret('hub').putCommand).toContain('put-secret-value');
      expect(refusals(() => made.secret('hubb')).map((p) => p.instead)).toEqual(['write hub']);
    });
  });

  const MODEL = { tracking: { mlflow: {} }, models: { housing: {} } };

  test('makes a tracking server in its network, which jobs and pipelines find and may use', () => {
    const template = platform({ ...MODEL, training: TRAINING, inference: { predict: SERVICE }, pipelines: PIPELINES });
    template.resourceCountIs('AWS::EC2::VPC', 1);
    template.resourceCountIs('AWS::RDS::DBInstance', 1);
    template.hasResourceProperties('AWS::Batch::JobDefinition', {
      ContainerProperties: { Environment: Match.arrayWith([Match.objectLike({ Name: 'MLFLOW_TRACKING_URI' })]) },
    });
    template.hasResourceProperties('AWS::CodeBuild::Project', {
      Environment: { EnvironmentVariables: Match.arrayWith([Match.objectLike({ Name: 'MLFLOW_TRACKING_URI' })]) },
      VpcConfig: Match.anyValue(),
    });
    template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: Match.not(Match.objectLike({ MLFLOW_TRACKING_URI: Match.anyValue() })) },
      Description: Match.stringLikeRegexp('Predict'),
    });
  });

  test('lets jobs register their model, and services load theirs', () => {
    const template = platform({
      ...MODEL,
      training: { trainer: { ...TRAINING.trainer, model: 'housing' } },
      inference: { predict: { ...SERVICE, access: Access.AUTHENTICATED, model: 'models:/housing/production' } },
    });
    expect(statementsOf(template, 'PlatformTrainingTrainerJobRole').flatMap((s) => s.Action)).toContain('sagemaker:CreateModelPackage');
    const served = statementsOf(template, 'PlatformInferencePredictRole').flatMap((s) => s.Action);
    expect(served).toContain('vpc-lattice-svcs:Invoke');
    expect(served).not.toContain('sagemaker:CreateModelPackage');
    template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: Match.objectLike({ ML_MODEL_URI: 'models:/housing@production' }) },
      VpcConfig: Match.anyValue(),
    });
  });

  test('needs no network for a managed tracking server', () => {
    const template = platform({ tracking: { mlflow: { engine: TrackingEngine.MANAGED } } });
    template.resourceCountIs('AWS::EC2::VPC', 0);
    template.resourceCountIs('AWS::SageMaker::MlflowTrackingServer', 1);
  });

  test('makes feature stores', () => {
    const listings = {
      entity: { name: 'listing_id' },
      eventTime: 'updated_at',
      features: { rooms: FeatureType.INT },
    };
    const template = platform({ features: { listings } });
    template.resourceCountIs('AWS::SageMaker::FeatureGroup', 1);
    template.resourceCountIs('AWS::EC2::VPC', 0);
  });

  test('uses an MLflow server that exists, and a database', () => {
    const mlflow = 'https://mlflow.example.com';
    const withServer = platform({ ...MODEL, targets: { aws: { region: 'eu-west-1', existing: { mlflow } } }, training: TRAINING });
    withServer.resourceCountIs('AWS::RDS::DBInstance', 0);
    withServer.resourceCountIs('AWS::ECS::Service', 0);
    withServer.hasResourceProperties('AWS::Batch::JobDefinition', {
      ContainerProperties: { Environment: Match.arrayWith([{ Name: 'MLFLOW_TRACKING_URI', Value: mlflow }]) },
    });
    const database = {
      host: 'mlflow.example.internal',
      secretArn: 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbCd12',
      securityGroupId: 'sg-0a1b2c3d',
    };
    const withDatabase = platform({ ...MODEL, targets: { aws: { region: 'eu-west-1', existing: { database } } } });
    withDatabase.resourceCountIs('AWS::RDS::DBInstance', 0);
    withDatabase.hasResourceProperties('AWS::ECS::TaskDefinition', {
      ContainerDefinitions: [
        Match.objectLike({ Environment: Match.arrayWith([{ Name: 'MLFLOW_DB_HOST', Value: 'mlflow.example.internal' }]) }),
      ],
    });
  });

  test('changes nothing of what exists, and says so of each field', () => {
    synth((stack) => {
      new MlPlatform(stack, 'Platform', {
        ...BARE,
        targets: { aws: { region: 'eu-west-1', existing: { artifactBucket: 'acme-ml', mlflow: 'https://mlflow.example.com' } } },
        storage: { artifacts: { expireCheckpointsAfter: '30d' } },
        tracking: { mlflow: { database: { backupRetention: '14d' } } },
      });
      const report = parity.report(stack);
      for (const [path, name] of [
        ['storage.artifacts.expireCheckpointsAfter', 'artifactBucket'],
        ['tracking.mlflow.database', 'mlflow'],
      ])
        expect(report).toContainEqual({
          cloud: 'aws',
          path,
          kind: 'refused',
          became: 'nothing',
          reason: `targets.aws.existing.${name} names one that exists, which the platform does not change`,
        });
      expect(report.filter((e) => e.path.startsWith('tracking.mlflow.database.'))).toEqual([]);
    });
  });

  test('says all that is wrong at once, each under its path', () => {
    const network = { ...EXISTING.network, privateSubnetIds: ['subnet-mine'] };
    const problems = refusals(() =>
      platform({
        targets: { aws: { region: 'eu-west-1', existing: { network } } },
        training: { trainer: { ...TRAINING.trainer, nodes: { min: 3, max: 2 }, capacity: ['flex-start' as never] } },
        monitoring: { slo: { latency: { threshold: 'fast' } } },
      }),
    );
    expect(problems.map((p) => p.prop).sort()).toEqual([
      'monitoring.slo.latency.threshold',
      'targets.aws.existing.network.privateSubnetIds',
      'targets.aws.existing.network.privateSubnetIds',
      'training.trainer.capacity',
      'training.trainer.nodes.min',
    ]);
    expect(problems).toContainEqual({
      code: 'conflict',
      prop: 'targets.aws.existing.network.privateSubnetIds',
      value: ['subnet-mine'],
      reason: 'there are 2 availability zones',
      instead: 'write one subnet for each zone, in the same order',
    });
    expect(problems).toContainEqual({
      code: 'syntax',
      prop: 'targets.aws.existing.network.privateSubnetIds',
      value: 'subnet-mine',
      reason: 'not the id of a subnet',
      instead: 'write an id such as subnet-0a1b2c3d',
    });
  });
});

describe('MlPlatformStack on AWS', () => {
  test('stands in the region and account of the target', () => {
    const stack = stackOf({ targets: { aws: { region: 'eu-west-1', account: '123456789012' } } });
    expect([stack.region, stack.account]).toEqual(['eu-west-1', '123456789012']);
  });

  test('asks no cloud, even where account and region are known', () => {
    const app = new App();
    const targets = { aws: { region: 'eu-west-1', account: '123456789012' } };
    expect(new MlPlatformStack(app, 'housing-dev', { ...BARE, targets, training: TRAINING }).availabilityZones).toHaveLength(3);
    expect(app.synth().manifest.missing).toBeUndefined();
  });

  test('tags the machines of Batch, but nothing that a changed tag would replace', () => {
    const template = Template.fromStack(stackOf({ training: TRAINING, tags: { team: 'pricing' } }));
    for (const type of ['AWS::Batch::ComputeEnvironment', 'AWS::Batch::JobQueue', 'AWS::Batch::JobDefinition'])
      template.allResourcesProperties(type, { Tags: Match.absent() });
    template.hasResourceProperties('AWS::EC2::LaunchTemplate', {
      LaunchTemplateData: {
        TagSpecifications: Match.arrayWith([
          Match.objectLike({ ResourceType: 'instance', Tags: Match.arrayWith([{ Key: 'team', Value: 'pricing' }]) }),
        ]),
      },
    });
  });

  test('tags what it makes', () => {
    const template = Template.fromStack(stackOf({ training: TRAINING, tags: { team: 'pricing' } }));
    const [bucket] = Object.values(template.findResources('AWS::S3::Bucket'));
    expect(Object.fromEntries(bucket.Properties.Tags.map((t: { Key: string; Value: string }) => [t.Key, t.Value]))).toMatchObject({
      platform: 'housing',
      environment: 'dev',
      'managed-by': 'mlops-constructs',
      team: 'pricing',
    });
  });

  test('cannot be deleted in prod before that is allowed', () => {
    expect(stackOf().terminationProtection).toBe(false);
    expect(stackOf({ environment: Environment.PROD }).terminationProtection).toBe(true);
  });

  test('says what it is', () => {
    expect(Template.fromStack(stackOf()).toJSON().Description).toBe('Machine-learning platform housing (dev)');
  });

  test('refuses a platform that is not for AWS', () => {
    expect(refusals(() => stackOf({ targets: {} }))).toEqual([
      {
        code: 'missing',
        prop: 'targets.aws',
        value: undefined,
        reason: 'the platform is not declared for AWS',
        instead: 'write targets: { aws: { region: eu-west-1 } }',
      },
    ]);
  });

  test('holds the platform', () => {
    expect(stackOf().platform.node.path).toBe('housing-dev/Platform');
    expect(Stack.of(stackOf().platform)).toBeInstanceOf(MlPlatformStack);
  });
});
