import { IVpc, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Repository } from 'aws-cdk-lib/aws-ecr';
import { Stack } from 'aws-cdk-lib/core';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Accelerator, Access, ContainerImage, ModelReference, PipelineStage, RepositoryProvider } from '../../lib/core';
import { LambdaInference, LambdaInferenceProps } from '../../lib/aws/inference';
import { ModelRegistry } from '../../lib/aws/models';
import { Monitoring } from '../../lib/aws/monitoring';
import { BuildPipeline, BuildPipelineProps } from '../../lib/aws/pipeline';
import { ExperimentTracking, IExperimentTracking } from '../../lib/aws/tracking';
import { GpuTrainingCluster, GpuTrainingClusterProps } from '../../lib/aws/training';
import { properties, refusals, statementsOf, synth } from './helper';

// What jobs, services and pipelines get of a tracking server.
const URI = 'https://mlflow.example.com';
const ARN = 'arn:aws:vpc-lattice:eu-west-1:123456789012:service/svc-1';
const IMAGE = ContainerImage.fromReference('123456789012.dkr.ecr.eu-west-1.amazonaws.com/app:1');
const server = (stack: Stack, trackingUri = URI): IExperimentTracking =>
  ExperimentTracking.fromTrackingServerAttributes(stack, 'Tracking', { trackingUri, serviceArn: ARN });
const vpcOf = (stack: Stack): IVpc =>
  Vpc.fromVpcAttributes(stack, 'Vpc', {
    vpcId: 'vpc-1',
    vpcCidrBlock: '10.0.0.0/16',
    availabilityZones: ['eu-west-1a'],
    privateSubnetIds: ['subnet-1'],
    privateSubnetRouteTableIds: ['rtb-1'],
  });
const SIGNED = { MLFLOW_TRACKING_URI: URI, MLFLOW_TRACKING_AUTH: 'mlops-constructs', ML_TRACKING_AUTH: 'aws-sigv4' };
const NO_VPC = {
  code: 'missing',
  prop: 'vpc',
  value: undefined,
  reason: 'the tracking server answers in its network only, and none is given',
  instead: 'give the vpc of the tracking server',
};
const noServer = (prop: string) => ({
  code: 'missing',
  prop: 'tracking',
  value: undefined,
  reason: `${prop} names a model of a tracking server, and none is given`,
  instead: `give tracking, or leave ${prop} out`,
});

describe('a training cluster', () => {
  const cluster = (stack: Stack, props: Partial<GpuTrainingClusterProps>) =>
    new GpuTrainingCluster(stack, 'Train', { image: IMAGE, accelerator: Accelerator.L4, ...props });
  const env = (template: Template) => {
    const { Environment: list } = (
      properties(template, 'AWS::Batch::JobDefinition') as never as {
        ContainerProperties: { Environment: { Name: string; Value: string }[] };
      }
    ).ContainerProperties;
    return Object.fromEntries(list.map((e) => [e.Name, e.Value]));
  };

  test('tells its jobs of the server and the model, and lets them use it', () => {
    const template = synth((stack) => void cluster(stack, { vpc: vpcOf(stack), tracking: server(stack), modelName: 'housing' }));
    expect(env(template)).toMatchObject({ ...SIGNED, ML_MODEL_NAME: 'housing' });
    expect(statementsOf(template, 'TrainJobRole')).toContainEqual({
      Action: 'vpc-lattice-svcs:Invoke',
      Effect: 'Allow',
      Resource: `${ARN}/*`,
    });
  });

  test('without a server says nothing of one', () => {
    expect(Object.keys(env(synth((stack) => void cluster(stack, { vpc: vpcOf(stack) }))))).not.toContain('MLFLOW_TRACKING_URI');
  });

  test('registers nothing without a server', () => {
    expect(refusals(() => synth((stack) => void cluster(stack, { vpc: vpcOf(stack), modelName: 'housing' })))).toEqual([
      noServer('modelName'),
    ]);
  });

  test('of a network of its own cannot reach the server', () => {
    expect(refusals(() => synth((stack) => void cluster(stack, { tracking: server(stack) })))).toEqual([NO_VPC]);
  });

  test('does not let variables of yours hide those of the server', () => {
    const props = { env: { MLFLOW_TRACKING_URI: 'http://localhost' } };
    expect(refusals(() => synth((stack) => void cluster(stack, { vpc: vpcOf(stack), tracking: server(stack), ...props })))).toEqual([
      {
        code: 'conflict',
        prop: 'env.MLFLOW_TRACKING_URI',
        value: 'http://localhost',
        reason: 'it is set from another property',
        instead: 'leave it out',
      },
    ]);
  });
});

describe('a service', () => {
  const model = ModelReference.parse('models:/housing/production');
  const service = (stack: Stack, props: Partial<LambdaInferenceProps>) =>
    new LambdaInference(stack, 'Predict', { image: IMAGE, access: Access.AUTHENTICATED, ...props });

  test('is told which model it serves, and may read it', () => {
    const template = synth((stack) => void service(stack, { vpc: vpcOf(stack), tracking: server(stack), model }));
    template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: Match.objectLike({ ...SIGNED, ML_MODEL_URI: 'models:/housing@production' }) },
    });
    expect(statementsOf(template, 'PredictRole')).toContainEqual({
      Action: 'vpc-lattice-svcs:Invoke',
      Condition: { StringEquals: { 'vpc-lattice-svcs:RequestMethod': 'GET' } },
      Effect: 'Allow',
      Resource: `${ARN}/*`,
    });
  });

  test('serves no model without a server', () => {
    expect(refusals(() => synth((stack) => void service(stack, { model })))).toEqual([noServer('model')]);
  });

  test('outside the network cannot reach the server', () => {
    expect(refusals(() => synth((stack) => void service(stack, { model, tracking: server(stack) })))).toEqual([NO_VPC]);
  });

  test('needs no network for a server that is open to it', () => {
    const tracking = (stack: Stack) => ExperimentTracking.fromTrackingServerAttributes(stack, 'Open', { trackingUri: URI });
    expect(() => synth((stack) => void service(stack, { model, tracking: tracking(stack) }))).not.toThrow();
  });
});

describe('a pipeline', () => {
  const pipeline = (stack: Stack, props: Partial<BuildPipelineProps>) =>
    new BuildPipeline(stack, 'Release', {
      repository: { provider: RepositoryProvider.GITHUB, owner: 'acme', name: 'housing' },
      imageRepository: Repository.fromRepositoryName(stack, 'Images', 'images'),
      ...props,
    });

  test('tells its test stage of the server, and lets it use it', () => {
    const template = synth((stack) => void pipeline(stack, { vpc: vpcOf(stack), tracking: server(stack) }));
    const told = Object.values(template.findResources('AWS::CodeBuild::Project')).filter((p) => JSON.stringify(p).includes(URI));
    expect(told.map((p) => p.Properties.Description)).toEqual(['Test of Stack/Release']);
    expect(statementsOf(template, 'ReleaseTestRole')).toContainEqual({
      Action: 'vpc-lattice-svcs:Invoke',
      Effect: 'Allow',
      Resource: `${ARN}/*`,
    });
    expect(JSON.stringify(statementsOf(template, 'ReleaseLintRole'))).not.toContain('vpc-lattice');
  });

  test('outside the network cannot reach the server', () => {
    expect(refusals(() => synth((stack) => void pipeline(stack, { tracking: server(stack) })))).toEqual([NO_VPC]);
  });

  test('starts when a model is approved', () => {
    const template = synth((stack) => {
      const housing = new ModelRegistry(stack, 'Housing', { modelName: 'housing', tracking: server(stack) });
      pipeline(stack, { stages: [PipelineStage.BUILD], startOnApproval: [housing] });
    });
    template.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: { 'detail-type': ['model.approved'], detail: { model: ['housing'] } },
      Targets: [{ Arn: { 'Fn::Join': ['', Match.arrayWith([{ Ref: Match.stringLikeRegexp('^Release') }])] } }],
    });
  });
});

describe('monitoring', () => {
  test('watches a server of the platform', () => {
    const template = synth((stack) => {
      const monitoring = new Monitoring(stack, 'Monitoring', { email: 'ml@example.com' });
      monitoring.watchTracking('mlflow', new ExperimentTracking(stack, 'Tracking', { image: IMAGE }));
    });
    const alarms = Object.values(template.findResources('AWS::CloudWatch::Alarm')).map((a) => a.Properties);
    expect(alarms.map((a) => (a.AlarmDescription as string).split('.')[0])).toEqual([
      'critical: No tracking server runs: jobs cannot track, and services cannot load models',
      'warning: Requests to the tracking server fail',
      'warning: The tracking server runs out of memory',
      'warning: The database of the tracking server runs out of storage',
    ]);
    expect(alarms[0]).toMatchObject({
      Namespace: 'AWS/ECS',
      MetricName: 'CPUUtilization',
      Statistic: 'SampleCount',
      ComparisonOperator: 'LessThanThreshold',
      Threshold: 1,
      TreatMissingData: 'breaching',
    });
    expect(JSON.stringify(alarms[3].Dimensions)).toMatch(/stack-tracking-database-[0-9a-f]{8}/);
    expect(alarms.every((a) => a.AlarmActions.length === 1)).toBe(true);
  });

  test('shows where a server is that others run, and makes no alarms', () => {
    const template = synth((stack) => new Monitoring(stack, 'Monitoring').watchTracking('mlflow', server(stack)));
    template.resourceCountIs('AWS::CloudWatch::Alarm', 0);
    expect(JSON.stringify(properties(template, 'AWS::CloudWatch::Dashboard'))).toContain('## Tracking: mlflow');
  });
});
