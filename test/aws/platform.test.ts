import { Template } from 'aws-cdk-lib/assertions';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { App, Stack } from 'aws-cdk-lib/core';
import { MlPlatform } from '../../lib/aws/platform';
import { MlPlatformStack } from '../../lib/aws/stack';
import { Access, Environment, MlPlatformProps } from '../../lib/core';
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
