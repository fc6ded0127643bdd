import { EventBus } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { App, Stack } from 'aws-cdk-lib/core';
import { Match } from 'aws-cdk-lib/assertions';
import { Environment, ModelApproval, TrackingEngine } from '../../lib/core';
import { parity } from '../../lib/core/parity';
import { ModelRegistry, ModelRegistryProps } from '../../lib/aws/models';
import { ArtifactStore } from '../../lib/aws/storage';
import { ExperimentTracking, IExperimentTracking } from '../../lib/aws/tracking';
import { ENV, refusals, statementsOf, synth } from './helper';

const ARN = 'arn:aws:vpc-lattice:eu-west-1:123456789012:service/svc-1';
const theirs = (stack: Stack, eventBusName?: string): IExperimentTracking =>
  ExperimentTracking.fromTrackingServerAttributes(stack, 'Tracking', {
    trackingUri: 'https://mlflow.example.com',
    serviceArn: ARN,
    eventBusName,
  });
const managed = (stack: Stack): ExperimentTracking =>
  new ExperimentTracking(stack, 'Tracking', {
    engine: TrackingEngine.MANAGED,
    artifacts: ArtifactStore.fromBucket(stack, 'Store', Bucket.fromBucketName(stack, 'Bucket', 'bucket')),
  });
const registry = (stack: Stack, props: Partial<ModelRegistryProps> = {}) =>
  new ModelRegistry(stack, 'Housing', { modelName: 'housing', ...props });
const role = (stack: Stack) => new Role(stack, 'Client', { assumedBy: new ServicePrincipal('ec2.amazonaws.com') });
const GROUP = expect.stringMatching(/^housing-[0-9a-f]{8}$/);
const groupArn = {
  'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, expect.stringMatching(/:model-package-group\/housing-[0-9a-f]{8}$/)]],
};
const versions = {
  'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, expect.stringMatching(/:model-package\/housing-[0-9a-f]{8}\/\*$/)]],
};

describe('the group', () => {
  test('is named after the model', () => {
    synth((stack) => expect(registry(stack).modelPackageGroupName).toEqual(GROUP));
  });

  test('is emptied and deleted outside prod', () => {
    const template = synth((stack) => void registry(stack, { description: 'Prices of flats' }));
    template.hasResource('AWS::SageMaker::ModelPackageGroup', {
      Properties: { ModelPackageGroupName: Match.stringLikeRegexp('^housing-'), ModelPackageGroupDescription: 'Prices of flats' },
      DeletionPolicy: 'Delete',
    });
    template.hasResourceProperties('Custom::EmptyModelGroup', { Group: Match.stringLikeRegexp('^housing-') });
  });

  test('is emptied by one function for all groups, which may do nothing else', () => {
    const template = synth((stack) => {
      registry(stack);
      new ModelRegistry(stack, 'Other', { modelName: 'other' });
    });
    template.resourceCountIs('Custom::EmptyModelGroup', 2);
    template.resourceCountIs('AWS::Lambda::Function', 1);
    const actions = statementsOf(template, 'ModelGroupCleanerRole').flatMap((s) => s.Action);
    expect([...new Set(actions)].sort()).toEqual([
      'logs:CreateLogStream',
      'logs:PutLogEvents',
      'sagemaker:DeleteModelPackage',
      'sagemaker:ListModelPackages',
    ]);
  });

  test('stays in prod', () => {
    const template = synth((stack) => void registry(stack, { environment: Environment.PROD }));
    template.hasResource('AWS::SageMaker::ModelPackageGroup', { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
    template.resourceCountIs('AWS::Lambda::Function', 0);
  });

  test('has no description that SageMaker does not take', () => {
    expect(refusals(() => synth((stack) => void registry(stack, { description: 'two\nlines' })))).toEqual([
      {
        code: 'limit',
        prop: 'description',
        value: 'two\nlines',
        reason: 'SageMaker takes at most 1,024 characters on one line',
        instead: 'shorten it',
      },
    ]);
  });
});

describe('commands', () => {
  test('call the tracking server, signed', () => {
    synth((stack) => {
      const housing = registry(stack, { tracking: theirs(stack) });
      const curl = [
        'curl --fail-with-body --silent --show-error --aws-sigv4 "aws:amz:eu-west-1:vpc-lattice-svcs"',
        '--user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY" --header "x-amz-security-token: $AWS_SESSION_TOKEN"',
        '--header "x-amz-content-sha256: UNSIGNED-PAYLOAD"',
      ].join(' ');
      const url = 'https://mlflow.example.com/api/2.0/mlflow/registered-models/alias';
      expect(housing.approveCommand).toBe(
        `${curl} --json "{\\"name\\":\\"housing\\",\\"alias\\":\\"production\\",\\"version\\":\\"$VERSION\\"}" ${url}`,
      );
      expect(housing.resolveCommand).toBe(`${curl} "${url}?alias=production&name=housing"`);
      expect(housing.registerCommand).toBe(
        'MLFLOW_TRACKING_URI=https://mlflow.example.com MLFLOW_TRACKING_AUTH=mlops-constructs ML_TRACKING_AUTH=aws-sigv4 AWS_REGION=eu-west-1 ' +
          `python -c "import mlflow; print(mlflow.register_model('runs:/$RUN_ID/model', 'housing').version)"`,
      );
      expect(housing.inService.toString()).toBe('models:/housing@production');
    });
  });

  test('of a managed server tell of an approval themselves, because it tells nobody', () => {
    synth((stack) => {
      const { approveCommand } = registry(stack, { tracking: managed(stack) });
      expect(approveCommand).toContain(`client.set_registered_model_alias('housing', 'production', '$VERSION')`);
      const [, entries] = / && aws events put-events --region eu-west-1 --entries "(.*)"$/.exec(approveCommand)!;
      // What the shell makes of it.
      const [entry] = JSON.parse(entries.replace(/\\(["\\])/g, '$1').replace('$VERSION', '3')) as { [field: string]: string }[];
      expect(entry).toEqual({
        Source: 'mlops-constructs',
        DetailType: 'model.approved',
        EventBusName: 'default',
        Detail: '{"model":"housing","version":"3","alias":"production"}',
      });
    });
  });

  test('without a tracking server are those of SageMaker', () => {
    synth((stack) => {
      const housing = registry(stack);
      expect(housing.registerCommand).toMatch(
        /^aws sagemaker create-model-package --region eu-west-1 --model-package-group-name housing-[0-9a-f]{8} --model-approval-status PendingManualApproval /,
      );
      expect(housing.approveCommand).toMatch(/^aws sagemaker update-model-package .*\/\$VERSION" --model-approval-status Approved$/);
      expect(housing.resolveCommand).toMatch(/^aws sagemaker list-model-packages .*--model-approval-status Approved /);
    });
  });
});

describe('permissions', () => {
  test('to register take no approval', () => {
    const template = synth((stack) => void registry(stack, { tracking: theirs(stack) }).grants.register(role(stack)));
    const statements = statementsOf(template, 'Client');
    expect(statements).toContainEqual({
      Action: 'sagemaker:CreateModelPackage',
      Effect: 'Allow',
      Resource: [groupArn, versions],
      Condition: { StringEqualsIfExists: { 'sagemaker:ModelApprovalStatus': 'PendingManualApproval' } },
    });
    expect(statements).toContainEqual({ Action: 'vpc-lattice-svcs:Invoke', Effect: 'Allow', Resource: `${ARN}/*` });
    expect(JSON.stringify(statements)).not.toContain('UpdateModelPackage');
  });

  test('to register where approval is automatic may approve at once', () => {
    const template = synth((stack) => void registry(stack, { approval: ModelApproval.AUTOMATIC }).grants.register(role(stack)));
    expect(statementsOf(template, 'Client')).toContainEqual({
      Action: 'sagemaker:CreateModelPackage',
      Effect: 'Allow',
      Resource: [groupArn, versions],
    });
  });

  test('to approve are told to the server', () => {
    const told: string[] = [];
    const template = synth((stack) => {
      const tracking = theirs(stack);
      const server = Object.assign(Object.create(tracking) as IExperimentTracking, {
        approvalGuard: 'server',
        requireApproval: (model: string) => told.push(`require ${model}`),
        addApprover: (model: string) => told.push(`approver of ${model}`),
      });
      registry(stack, { tracking: server }).grants.approve(role(stack));
    });
    expect(told).toEqual(['require housing', 'approver of housing']);
    const statements = statementsOf(template, 'Client');
    expect(statements).toContainEqual({ Action: 'sagemaker:UpdateModelPackage', Effect: 'Allow', Resource: versions });
    expect(JSON.stringify(statements)).not.toContain('events:PutEvents');
  });

  test('to approve on a managed server are those of IAM, and the event', () => {
    const template = synth((stack) => void registry(stack, { tracking: managed(stack) }).grants.approve(role(stack)));
    const statements = statementsOf(template, 'Client');
    expect(JSON.stringify(statements)).toContain('sagemaker-mlflow:SetRegisteredModelAlias');
    expect(statements).toContainEqual(
      expect.objectContaining({
        Action: 'events:PutEvents',
        Condition: { StringEquals: { 'events:source': 'mlops-constructs', 'events:detail-type': 'model.approved' } },
      }),
    );
  });

  test('to register on a managed server do not include approving', () => {
    const template = synth((stack) => void registry(stack, { tracking: managed(stack) }).grants.register(role(stack)));
    expect(JSON.stringify(statementsOf(template, 'Client'))).not.toMatch(/SetRegisteredModelAlias|PutEvents/);
  });

  test('to read change nothing', () => {
    const template = synth((stack) => void registry(stack, { tracking: theirs(stack) }).grants.read(role(stack)));
    const statements = statementsOf(template, 'Client');
    expect(statements.flatMap((s) => s.Action).sort()).toEqual([
      'sagemaker:DescribeModelPackage',
      'sagemaker:DescribeModelPackageGroup',
      'sagemaker:ListModelPackages',
      'sagemaker:ListModelPackages',
      'vpc-lattice-svcs:Invoke',
    ]);
    expect(statements).toContainEqual(
      expect.objectContaining({ Condition: { StringEquals: { 'vpc-lattice-svcs:RequestMethod': 'GET' } } }),
    );
  });
});

describe('an approval', () => {
  const started = (busName?: string) =>
    synth((stack) => {
      if (busName) EventBus.fromEventBusName(stack, 'Bus', busName);
      registry(stack, { tracking: theirs(stack, busName) }).onApproved('Approved', new SqsQueue(new Queue(stack, 'Queue')));
    });

  test('starts something, whichever registry gave it', () => {
    const template = started();
    template.resourceCountIs('AWS::Events::Rule', 2);
    template.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: { source: ['mlops-constructs'], 'detail-type': ['model.approved'], detail: { model: ['housing'] } },
    });
    template.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        source: ['aws.sagemaker'],
        'detail-type': ['SageMaker Model Package State Change'],
        detail: { ModelPackageGroupName: [Match.stringLikeRegexp('^housing-')], ModelApprovalStatus: ['Approved'] },
      },
    });
  });

  test('is looked for on the bus that the server tells', () => {
    started('models').hasResourceProperties('AWS::Events::Rule', {
      EventBusName: 'models',
      EventPattern: Match.objectLike({ source: ['mlops-constructs'] }),
    });
  });

  test('without a tracking server is SageMaker s', () => {
    const template = synth((stack) => registry(stack).onApproved('Approved', new SqsQueue(new Queue(stack, 'Queue'))));
    template.resourceCountIs('AWS::Events::Rule', 1);
  });
});

test.each([
  [theirs, 'approximated', 'the tracking server is yours, and whoever runs it decides who may approve'],
  [managed, 'approximated', 'IAM knows no models within a managed server, so that who may approve one may approve all'],
] as const)('the report says how well approval is kept: %p', (tracking, kind, reason) => {
  const app = new App();
  const stack = new Stack(app, 'Stack', { env: ENV });
  registry(stack, { tracking: tracking(stack) });
  expect(parity.report(app)).toContainEqual(expect.objectContaining({ path: 'Stack/Housing.approval', kind, reason }));
});

test('a registry that exists already has commands and permissions', () => {
  const template = synth((stack) => {
    const housing = ModelRegistry.fromModelRegistryAttributes(stack, 'Theirs', {
      modelName: 'housing',
      modelPackageGroupName: 'housing-models',
    });
    expect(housing.resolveCommand).toContain('housing-models');
    housing.grants.approve(role(stack));
  });
  template.resourceCountIs('AWS::SageMaker::ModelPackageGroup', 0);
  expect(JSON.stringify(statementsOf(template, 'Client'))).toContain('model-package/housing-models/*');
});
