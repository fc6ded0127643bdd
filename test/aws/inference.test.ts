import { readFileSync } from 'fs';
import { join } from 'path';
import { Vpc, InterfaceVpcEndpoint, IVpc } from 'aws-cdk-lib/aws-ec2';
import { Repository } from 'aws-cdk-lib/aws-ecr';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture } from 'aws-cdk-lib/aws-lambda';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Template } from 'aws-cdk-lib/assertions';
import { App, Stack } from 'aws-cdk-lib/core';
import { LambdaEndpoint, LambdaInference, LambdaInferenceProps } from '../../lib/aws/inference';
import { SUPPORT } from '../../lib/aws/support';
import { Accelerator, Access, ContainerImage, Duration, Environment, ImageOwner, Rollout, Size } from '../../lib/core';
import { parity } from '../../lib/core/parity';
import { BARE_VPC, Match, bareVpc, properties, refusals, statementsOf, synth } from './helper';

const REFERENCE = '123456789012.dkr.ecr.eu-west-1.amazonaws.com/acme/predict:1.0';
const IMAGE = ContainerImage.fromReference(REFERENCE);
const network = (stack: Stack): IVpc =>
  Vpc.fromVpcAttributes(stack, 'Vpc', {
    vpcId: 'vpc-0a1b2c3d4e5f60718',
    availabilityZones: ['eu-west-1a', 'eu-west-1b'],
    privateSubnetIds: ['subnet-0a1b2c3d4e5f60718', 'subnet-0a1b2c3d4e5f60719'],
  });

type Given = Partial<LambdaInferenceProps>;
type More = (s: LambdaInference, stack: Stack) => void;
const made = new Map<string, Template>();
/** One template for the same props, unless something is done with the service. */
const once = (key: object, make: (more: More) => Template, more: More | undefined): Template => {
  if (more) return make(more);
  const text = JSON.stringify(key);
  made.set(text, made.get(text) ?? make(() => undefined));
  return made.get(text)!;
};
/** A service that needs no network, unless access says otherwise. */
const service = (given: Given = {}, more?: More): Template =>
  once(
    given,
    (f) => synth((stack) => f(new LambdaInference(stack, 'Predict', { image: IMAGE, access: Access.AUTHENTICATED, ...given }), stack)),
    more,
  );
const privately = (given: Given = {}, more?: More): Template =>
  once(
    { privately: given },
    (f) => synth((stack) => f(new LambdaInference(stack, 'Predict', { image: IMAGE, vpc: network(stack), ...given }), stack)),
    more,
  );
const refused = (given: Given) => refusals(() => service(given));
const fn = (template: Template) => properties(template, 'AWS::Lambda::Function');
const caller = (stack: Stack) => new Role(stack, 'Caller', { assumedBy: new ServicePrincipal('ec2.amazonaws.com') });
const report = (given: Given) => {
  const stack = new Stack(new App(), 'Stack');
  new LambdaInference(stack, 'Predict', { image: IMAGE, access: Access.AUTHENTICATED, vpc: network(stack), ...given });
  return parity.report(stack);
};

describe('the function', () => {
  test('has the defaults of every service', () => {
    service().hasResourceProperties('AWS::Lambda::Function', {
      PackageType: 'Image',
      Architectures: ['x86_64'],
      MemorySize: 2048,
      Timeout: 30,
      ReservedConcurrentExecutions: 80,
      TracingConfig: { Mode: 'Active' },
      EphemeralStorage: Match.absent(),
      VpcConfig: Match.absent(),
      FunctionName: Match.absent(),
      Code: { ImageUri: { 'Fn::Join': ['', ['123456789012.dkr.ecr.eu-west-1.', { Ref: 'AWS::URLSuffix' }, '/acme/predict:1.0']] } },
    });
  });

  test('tells the web adapter where the server is and when it is ready', () => {
    expect(fn(service({ port: 8000, healthPath: '/ready', env: { LOG_LEVEL: 'debug' } })).Environment).toEqual({
      Variables: {
        PORT: '8000',
        AWS_LWA_PORT: '8000',
        AWS_LWA_READINESS_CHECK_PATH: '/ready',
        AWS_LWA_ASYNC_INIT: 'true',
        LOG_LEVEL: 'debug',
      },
    });
  });

  test('logs JSON, of every level, into a group of its own that is kept by environment', () => {
    const template = service({ environment: Environment.PROD });
    expect(fn(template).LoggingConfig).toMatchObject({
      LogFormat: 'JSON',
      ApplicationLogLevel: 'TRACE',
      LogGroup: { Ref: expect.stringMatching(/^PredictLog/) },
    });
    template.hasResource('AWS::Logs::LogGroup', { DeletionPolicy: 'Retain', Properties: { RetentionInDays: 365 } });
    service().hasResource('AWS::Logs::LogGroup', { DeletionPolicy: 'Delete', Properties: { RetentionInDays: 30 } });
  });

  test('reserves as many executions as the instances would handle requests', () => {
    expect(fn(service({ maxInstances: 5, concurrency: 3 })).ReservedConcurrentExecutions).toBe(15);
  });

  test.each([
    [1, 2048, 2048],
    [2, 2048, 3538],
    [6, 2048, 10240],
    [0.25, 512, 512],
  ])('with %d processors and %d MiB it has %d MB', (cpu, memory, mb) => {
    expect(fn(service({ cpu, memory: Size.mebibytes(memory) })).MemorySize).toBe(mb);
  });

  test('has a larger /tmp if so asked', () => {
    expect(fn(service({ ephemeralStorage: Size.gibibytes(10) })).EphemeralStorage).toEqual({ Size: 10240 });
  });

  test('runs on the processor that was asked for, and says what images are built for', () => {
    expect(fn(service({ architecture: Architecture.ARM_64 }, (s) => expect(s.imagePlatform).toBe('linux/arm64'))).Architectures).toEqual([
      'arm64',
    ]);
  });

  test('builds a directory for one processor', () => {
    const image = ContainerImage.fromDirectory(`${__dirname}/../contract/fixtures/app`);
    const app = new App();
    const stack = new Stack(app, 'Stack');
    new LambdaInference(stack, 'Predict', { image, access: Access.AUTHENTICATED, architecture: Architecture.ARM_64 });
    const assets = JSON.parse(readFileSync(join(app.synth().directory, 'Stack.assets.json'), 'utf8'));
    expect(Object.values(assets.dockerImages)).toMatchObject([{ source: { platform: 'linux/arm64' } }]);
  });

  test('pulls by digest', () => {
    const digest = `sha256:${'0'.repeat(64)}`;
    const image = ContainerImage.fromReference(`123456789012.dkr.ecr.eu-west-1.amazonaws.com/acme/predict@${digest}`);
    expect(JSON.stringify(fn(service({ image })).Code)).toContain(`/acme/predict@${digest}`);
  });

  test('lets Lambda pull from a repository that is given', () => {
    synth((stack) => {
      const repository = new Repository(stack, 'Repository');
      new LambdaInference(stack, 'Predict', { image: IMAGE, access: Access.AUTHENTICATED, repository });
    }).hasResourceProperties('AWS::ECR::Repository', {
      RepositoryPolicyText: { Statement: [Match.objectLike({ Principal: { Service: 'lambda.amazonaws.com' } })] },
    });
  });

  test('may write its log and send traces, and nothing else', () => {
    expect(statementsOf(service(), 'PredictRole').map((s) => s.Action)).toEqual([
      ['logs:CreateLogStream', 'logs:PutLogEvents'],
      ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'],
    ]);
  });

  test('can be given what the model needs', () => {
    const template = service({}, (s, stack) => Bucket.fromBucketName(stack, 'Models', 'models').grantRead(s));
    expect(JSON.stringify(statementsOf(template, 'PredictRole'))).toContain(':s3:::models/*');
  });

  test('is its default child', () => {
    service({}, (s) => expect(s.node.defaultChild).toBe(s.function));
  });
});

describe('in a network', () => {
  test('the function runs in the private subnets', () => {
    expect(fn(privately()).VpcConfig).toMatchObject({ SubnetIds: ['subnet-0a1b2c3d4e5f60718', 'subnet-0a1b2c3d4e5f60719'] });
  });

  test('the program in the container cannot manage network interfaces', () => {
    const deny = statementsOf(privately(), 'PredictRole').find((s) => (s as { Effect?: string }).Effect === 'Deny');
    expect(deny).toMatchObject({
      Action: expect.arrayContaining(['ec2:CreateNetworkInterface', 'ec2:DeleteNetworkInterface']),
      Condition: { ArnEquals: { 'lambda:SourceFunctionArn': { 'Fn::GetAtt': [expect.stringMatching(/^Predict/), 'Arn'] } } },
    });
  });
});

describe('a private service', () => {
  test('is a private REST API that answers through one VPC endpoint, and only what IAM of the account lets through', () => {
    privately().hasResourceProperties('AWS::ApiGateway::RestApi', {
      EndpointConfiguration: { Types: ['PRIVATE'], VpcEndpointIds: [{ Ref: Match.stringLikeRegexp('ApiEndpoint') }] },
      Policy: {
        Statement: [
          Match.objectLike({ Effect: 'Allow', Principal: { AWS: { 'Fn::Join': ['', Match.arrayWith([':iam::123456789012:root'])] } } }),
          Match.objectLike({
            Effect: 'Deny',
            Principal: { AWS: '*' },
            Condition: { StringNotEquals: { 'aws:SourceVpce': { Ref: Match.stringLikeRegexp('ApiEndpoint') } } },
          }),
        ],
      },
    });
  });

  test('wants every request signed', () => {
    privately().allResourcesProperties('AWS::ApiGateway::Method', { AuthorizationType: 'AWS_IAM' });
  });

  test('lets in whatever is in the network if signatures are off', () => {
    const template = privately({ signedRequests: false }, (s) => expect(s.url).toMatch(/^https:/));
    template.allResourcesProperties('AWS::ApiGateway::Method', { AuthorizationType: 'NONE' });
    template.hasResourceProperties('AWS::ApiGateway::RestApi', {
      Policy: { Statement: [Match.objectLike({ Effect: 'Allow', Principal: { AWS: '*' } }), Match.objectLike({ Effect: 'Deny' })] },
    });
  });

  test('makes an endpoint without private DNS, which would cut off public APIs', () => {
    privately().hasResourceProperties('AWS::EC2::VPCEndpoint', {
      ServiceName: 'com.amazonaws.eu-west-1.execute-api',
      PrivateDnsEnabled: false,
      VpcEndpointType: 'Interface',
    });
  });

  test('is reached by a name that holds with and without private DNS', () => {
    const outputs = privately().findOutputs('*', { Description: 'Where the service answers' });
    expect(JSON.stringify(outputs)).toMatch(
      /"https:\/\/",\{"Ref":"PredictApi\w+"\},"-",\{"Ref":"PredictApiEndpoint\w+"\},"\.execute-api\.eu-west-1\."/,
    );
  });

  test('shares an endpoint that is given', () => {
    const template = synth((stack) => {
      const one = new LambdaInference(stack, 'One', { image: IMAGE, vpc: network(stack) });
      new LambdaInference(stack, 'Two', { image: IMAGE, apiEndpoint: one.apiEndpoint });
    });
    template.resourceCountIs('AWS::EC2::VPCEndpoint', 1);
    template.resourceCountIs('AWS::ApiGateway::RestApi', 2);
  });

  test('needs no network of its own if an endpoint is given', () => {
    const template = synth((stack) => {
      const apiEndpoint = InterfaceVpcEndpoint.fromInterfaceVpcEndpointAttributes(stack, 'E', { vpcEndpointId: 'vpce-1', port: 443 });
      new LambdaInference(stack, 'Predict', { image: IMAGE, apiEndpoint });
    });
    expect(fn(template).VpcConfig).toBeUndefined();
  });

  test('sets no role for the whole account', () => {
    privately().resourceCountIs('AWS::ApiGateway::Account', 0);
  });

  test('grants execute-api:Invoke on its API', () => {
    const [statement] = statementsOf(
      privately({}, (s, stack) => s.grants.invoke(caller(stack))),
      'Caller',
    );
    expect(statement).toMatchObject({ Action: 'execute-api:Invoke' });
    expect(JSON.stringify(statement.Resource)).toMatch(/execute-api:eu-west-1:123456789012:.*PredictApi.*\/live\/\*\/\*/);
  });
});

describe('a service on the internet', () => {
  test('has a function URL that IAM guards', () => {
    const template = service();
    template.hasResourceProperties('AWS::Lambda::Url', { AuthType: 'AWS_IAM', Qualifier: 'live', InvokeMode: 'BUFFERED' });
    template.resourceCountIs('AWS::Lambda::Permission', 0);
  });

  test('grants both actions that a function URL checks, through the URL only', () => {
    const statements = statementsOf(
      service({}, (s, stack) => s.grants.invoke(caller(stack))),
      'Caller',
    );
    expect(statements.map(({ Action, Condition }) => ({ Action, Condition }))).toEqual([
      { Action: 'lambda:InvokeFunctionUrl', Condition: { StringEquals: { 'lambda:FunctionUrlAuthType': 'AWS_IAM' } } },
      { Action: 'lambda:InvokeFunction', Condition: { Bool: { 'lambda:InvokedViaFunctionUrl': true } } },
    ]);
    for (const { Resource } of statements) expect(Resource).toEqual({ Ref: expect.stringMatching(/^PredictAlias/) });
  });

  test('has an address without a slash at the end', () => {
    expect(JSON.stringify(service().findOutputs('*', { Description: 'Where the service answers' }))).toMatch(
      /"https:\/\/",\{"Fn::Select":\[2,\{"Fn::Split":\["\/",\{"Fn::GetAtt":\["\w+","FunctionUrl"\]\}\]\}\]\}\]/,
    );
  });

  test('is open to anybody only if so asked, and then through the URL only', () => {
    const template = service({ access: Access.PUBLIC });
    template.hasResourceProperties('AWS::Lambda::Url', { AuthType: 'NONE' });
    template.hasResourceProperties('AWS::Lambda::Permission', {
      Action: 'lambda:InvokeFunctionUrl',
      Principal: '*',
      FunctionUrlAuthType: 'NONE',
    });
    template.hasResourceProperties('AWS::Lambda::Permission', {
      Action: 'lambda:InvokeFunction',
      Principal: '*',
      InvokedViaFunctionUrl: true,
    });
  });

  test('can be an HTTP API with IAM and an access log', () => {
    const template = service({ endpoint: LambdaEndpoint.HTTP_API });
    template.hasResourceProperties('AWS::ApiGatewayV2::Route', { AuthorizationType: 'AWS_IAM', RouteKey: '$default' });
    template.hasResourceProperties('AWS::ApiGatewayV2::Stage', { StageName: '$default', AccessLogSettings: Match.anyValue() });
    template.resourceCountIs('AWS::Lambda::Url', 0);
  });

  test('grants execute-api:Invoke if it is an HTTP API', () => {
    const template = service({ endpoint: LambdaEndpoint.HTTP_API }, (s, stack) => s.grants.invoke(caller(stack)));
    expect(statementsOf(template, 'Caller')).toMatchObject([{ Action: 'execute-api:Invoke' }]);
  });

  test('says how to call it, signed for the service that checks', () => {
    const command = (given: Given) => JSON.stringify(service(given).findOutputs('*', { Description: Match.stringLikeRegexp('^Asks') }));
    expect(command({})).toContain('--aws-sigv4 \\"aws:amz:eu-west-1:lambda\\"');
    expect(command({ endpoint: LambdaEndpoint.HTTP_API })).toContain('--aws-sigv4 \\"aws:amz:eu-west-1:execute-api\\"');
    expect(command({ access: Access.PUBLIC })).not.toContain('sigv4');
  });
});

describe('a rollout', () => {
  const config = (rollout: Rollout) => properties(service({ rollout }), 'AWS::CodeDeploy::DeploymentGroup').DeploymentConfigName;

  test('goes all at once unless asked otherwise', () => {
    expect(properties(service(), 'AWS::CodeDeploy::DeploymentGroup').DeploymentConfigName).toBe('CodeDeployDefault.LambdaAllAtOnce');
    expect(config(Rollout.blueGreen())).toBe('CodeDeployDefault.LambdaAllAtOnce');
  });

  test('canary becomes a deployment configuration', () => {
    service({ rollout: Rollout.canary({ percent: 5, interval: Duration.minutes(20) }) }).hasResourceProperties(
      'AWS::CodeDeploy::DeploymentConfig',
      {
        ComputePlatform: 'Lambda',
        TrafficRoutingConfig: { Type: 'TimeBasedCanary', TimeBasedCanary: { CanaryInterval: 20, CanaryPercentage: 5 } },
      },
    );
  });

  test('is rolled back by alarms on errors and latency', () => {
    service().hasResourceProperties('AWS::CodeDeploy::DeploymentGroup', {
      AlarmConfiguration: {
        Enabled: true,
        Alarms: [{ Name: { Ref: Match.stringLikeRegexp('ErrorAlarm') } }, { Name: { Ref: Match.stringLikeRegexp('LatencyAlarm') } }],
      },
      AutoRollbackConfiguration: { Enabled: true, Events: Match.arrayWith(['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM']) },
    });
  });

  test('is measured by what the service promises', () => {
    const template = service({ slo: { availability: 99.9, latency: { percentile: 99, threshold: Duration.millis(300) } } });
    expect(properties(template, 'AWS::CloudWatch::Alarm', 'PredictErrorAlarm').Threshold).toBe(0.1);
    expect(properties(template, 'AWS::CloudWatch::Alarm', 'PredictLatencyAlarm')).toMatchObject({
      Threshold: 300,
      ExtendedStatistic: 'p99',
      MetricName: 'Duration',
    });
  });

  test('moves the alias through CodeDeploy', () => {
    service().hasResource('AWS::Lambda::Alias', {
      Properties: { Name: 'live' },
      UpdatePolicy: { CodeDeployLambdaAliasUpdate: { DeploymentGroupName: { Ref: Match.stringLikeRegexp('Deployment') } } },
    });
  });

  test('CodeDeploy may move this alias only', () => {
    const [shift, alarms] = statementsOf(service(), 'PredictShiftRole');
    expect(shift).toMatchObject({ Action: ['lambda:GetAlias', 'lambda:GetProvisionedConcurrencyConfig', 'lambda:UpdateAlias'] });
    expect(JSON.stringify(shift.Resource)).not.toContain('*');
    expect(alarms.Action).toBe('cloudwatch:DescribeAlarms');
  });

  test.each([
    ['function URL', service, {}, ['Url5xxCount', 'UrlRequestCount']],
    ['HTTP API', service, { endpoint: LambdaEndpoint.HTTP_API }, ['5xx', 'Count']],
    ['private REST API', privately, {}, ['5XXError', 'Count']],
  ] as const)('counts the failed requests that callers of a %s see', (_, make, given, names) => {
    const { Metrics } = properties(make(given), 'AWS::CloudWatch::Alarm', 'PredictErrorAlarm') as unknown as {
      Metrics: { MetricStat?: { Metric: { MetricName: string } } }[];
    };
    expect(Metrics.flatMap((m) => m.MetricStat?.Metric.MetricName ?? [])).toEqual(names);
  });
});

describe('with instances kept warm', () => {
  test('provisioned concurrency follows the load', () => {
    const template = service({ minInstances: 2 });
    template.hasResourceProperties('AWS::ApplicationAutoScaling::ScalableTarget', { MinCapacity: 2, MaxCapacity: 80 });
    template.hasResourceProperties('AWS::ApplicationAutoScaling::ScalingPolicy', {
      TargetTrackingScalingPolicyConfiguration: { TargetValue: 0.7 },
    });
  });

  test('the alias does not name it, so that changing it does not move the alias', () => {
    service({ minInstances: 2 }).hasResourceProperties('AWS::Lambda::Alias', { ProvisionedConcurrencyConfig: Match.absent() });
  });

  test('nothing is provisioned at zero', () => {
    service().resourceCountIs('AWS::ApplicationAutoScaling::ScalableTarget', 0);
  });
});

describe('a service that a pipeline deploys', () => {
  const given: Given = { imageOwner: ImageOwner.PIPELINE };

  test('starts from the placeholder', () => {
    expect(JSON.stringify(fn(service(given)).Code)).toContain('container-assets');
  });

  test('keeps its alias where it is when the function changes', () => {
    const alias = (more: Given) => properties(service({ ...given, ...more }), 'AWS::Lambda::Alias');
    expect(alias({ memory: Size.gibibytes(4), env: { A_B: 'c' } })).toEqual(alias({}));
  });

  test('publishes a version by itself if the stack deploys it', () => {
    const version = (more: Given) => Object.keys(service(more).findResources('AWS::Lambda::Version'));
    expect(version({ memory: Size.gibibytes(4) })).not.toEqual(version({}));
  });
});

describe('what is refused', () => {
  test('a vpc without private subnets, unless subnets are named', () => {
    expect(refusals(() => synth((stack) => void new LambdaInference(stack, 'Predict', { image: IMAGE, vpc: bareVpc(stack) })))).toEqual([
      BARE_VPC,
    ]);
  });

  test.each<[Given, object]>([
    [
      { memory: Size.mebibytes(50_000) },
      { code: 'limit', prop: 'memory', value: '50000MiB', reason: 'Lambda offers at most 10,240 MB', instead: 'write 10GiB or less' },
    ],
    [
      { memory: Size.mebibytes(64) },
      { code: 'limit', prop: 'memory', value: '64MiB', reason: 'Lambda needs at least 128 MB', instead: 'write 128MiB or more' },
    ],
    [
      { timeout: Duration.hours(1) },
      { code: 'limit', prop: 'timeout', value: '1h', reason: 'Lambda stops a request after 1 to 900 seconds', instead: 'write 1s to 15m' },
    ],
    [{ cpu: 8 }, { code: 'limit', prop: 'cpu', value: 8, reason: 'Lambda offers at most 6 processors', instead: 'write 6 or less' }],
    [
      { accelerator: Accelerator.L4 },
      {
        code: 'unsupported',
        prop: 'accelerator',
        value: 'L4',
        reason: 'Lambda has no GPUs',
        instead: 'leave it out, or serve this model on Google Cloud (on: [gcp]), whose Cloud Run has them',
      },
    ],
    [
      { port: 9001 },
      {
        code: 'conflict',
        prop: 'port',
        value: 9001,
        reason: 'Lambda itself listens on ports 3000 and 9001',
        instead: 'write another, such as 8080',
      },
    ],
    [
      { ephemeralStorage: Size.gibibytes(11) },
      {
        code: 'limit',
        prop: 'ephemeralStorage',
        value: '11GiB',
        reason: 'Lambda offers 512 to 10,240 MB of /tmp',
        instead: 'write 512MiB to 10GiB',
      },
    ],
    [
      { minInstances: 3, maxInstances: 2 },
      {
        code: 'conflict',
        prop: 'minInstances',
        value: 3,
        reason: 'more than the 2 that maxInstances allows',
        instead: 'write 2 or less, or raise maxInstances',
      },
    ],
    [
      { concurrency: 1.5 },
      { code: 'limit', prop: 'concurrency', value: 1.5, reason: 'not a whole number from 1', instead: 'write a whole number from 1' },
    ],
    [
      { env: { PORT: '80' } },
      { code: 'conflict', prop: 'env.PORT', value: '80', reason: 'it is set from another property', instead: 'set port instead' },
    ],
    [
      { env: { AWS_REGION: 'x' } },
      { code: 'name', prop: 'env.AWS_REGION', value: 'x', reason: 'Lambda sets it itself', instead: 'take another name' },
    ],
    [
      { env: { 'a-b': 'x' } },
      {
        code: 'name',
        prop: 'env.a-b',
        value: 'x',
        reason: 'a name on Lambda is two or more letters, digits and underscores, a letter first',
        instead: 'take another name',
      },
    ],
    [
      { env: { BIG: 'x'.repeat(4096) } },
      {
        code: 'limit',
        prop: 'env',
        value: undefined,
        reason: 'Lambda takes 4,096 bytes of variables, and these are 4,180',
        instead: 'put large values into a file of the image or into Secrets Manager',
      },
    ],
    [
      { image: ContainerImage.fromReference('ghcr.io/acme/app:1.0') },
      {
        code: 'unsupported',
        prop: 'image',
        value: 'ghcr.io/acme/app:1.0',
        reason: 'Lambda pulls from private ECR repositories only',
        instead: 'push it to ECR and write that reference, or write a directory whose Dockerfile starts FROM it',
      },
    ],
    [
      { image: ContainerImage.fromReference(REFERENCE.replace('eu-west-1', 'us-east-1')) },
      {
        code: 'conflict',
        prop: 'image',
        value: REFERENCE.replace('eu-west-1', 'us-east-1'),
        reason: 'Lambda pulls from its own region only, which is eu-west-1',
        instead: 'replicate the repository to eu-west-1 and write its reference there',
      },
    ],
    [
      { access: Access.PRIVATE },
      {
        code: 'missing',
        prop: 'vpc',
        value: undefined,
        reason: 'a private service is called from a network, and none is given',
        instead: 'give vpc, or apiEndpoint, or write access: authenticated',
      },
    ],
    [
      { signedRequests: false },
      {
        code: 'conflict',
        prop: 'signedRequests',
        value: undefined,
        reason: 'only a private service has the choice',
        instead: 'leave it out',
      },
    ],
    [
      { slo: { availability: 100 } },
      {
        code: 'limit',
        prop: 'slo.availability',
        value: 100,
        reason: 'a share lies above 0 and below 100 per cent',
        instead: 'write a number such as 99.5',
      },
    ],
  ])('%j', (given, problem) => {
    expect(refused(given)).toEqual([problem]);
  });

  test('a private service has no other endpoint', () => {
    expect(refusals(() => privately({ endpoint: LambdaEndpoint.HTTP_API }))).toMatchObject([{ prop: 'endpoint' }]);
  });

  test('an image of another registry is fine where the pipeline deploys its own', () => {
    expect(() => service({ image: ContainerImage.fromReference('ghcr.io/acme/app:1.0'), imageOwner: ImageOwner.PIPELINE })).not.toThrow();
  });

  test('the whole message says where, what, why and what to write', () => {
    expect(() => service({ memory: Size.gibibytes(20) })).toThrow(
      `aws.LambdaInference 'Stack/Predict': memory "20GiB": Lambda offers at most 10,240 MB; write 10GiB or less`,
    );
  });
});

describe('the parity report', () => {
  const line = (given: Given, path: string) => report(given).find((e) => e.path === `Stack/Predict.${path}`);

  test('says that a request takes an instance', () => {
    expect(line({}, 'scaling.concurrency')).toMatchObject({
      kind: 'approximated',
      became: '80 reserved executions',
      reason: SUPPORT['inference.scaling.concurrency'].reason,
    });
    expect(line({ concurrency: 1 }, 'scaling.concurrency')).toMatchObject({ kind: 'mapped' });
  });

  test('says that API Gateway waits 29 seconds', () => {
    expect(line({ access: Access.PRIVATE }, 'timeout')).toMatchObject({
      kind: 'approximated',
      became: '29s',
      reason: SUPPORT['inference.timeout'].reason,
    });
    expect(line({ access: Access.PRIVATE, timeout: Duration.seconds(20) }, 'timeout')).toMatchObject({ kind: 'mapped', became: '20s' });
    expect(line({ timeout: Duration.minutes(15) }, 'timeout')).toMatchObject({ kind: 'mapped', became: '900s' });
    expect(line({ timeout: Duration.minutes(15), endpoint: LambdaEndpoint.HTTP_API }, 'timeout')).toMatchObject({ became: '30s' });
  });

  test('says that memory was raised for the processors', () => {
    expect(line({ cpu: 2 }, 'cpu')).toMatchObject({ kind: 'approximated', became: '2 processors with 3,538 MB' });
    expect(line({}, 'cpu')).toMatchObject({ kind: 'mapped' });
  });

  test('says that blue-green is not tried first, and that a canary lasts whole minutes', () => {
    expect(line({ rollout: Rollout.blueGreen() }, 'rollout')).toMatchObject({ kind: 'approximated' });
    expect(line({ rollout: Rollout.canary() }, 'rollout')).toMatchObject({ kind: 'mapped' });
    expect(line({ rollout: Rollout.canary({ interval: Duration.seconds(90) }) }, 'rollout')).toMatchObject({
      kind: 'approximated',
      became: 'CodeDeploy canary: 10 % for 2 minutes, rolled back by alarms',
      reason: 'CodeDeploy counts whole minutes',
    });
  });
});

describe('a service that exists already', () => {
  const imported = (stack: Stack) =>
    LambdaInference.fromLambdaInferenceAttributes(stack, 'Predict', {
      functionArn: 'arn:aws:lambda:eu-west-1:123456789012:function:predict',
      url: 'https://abc.lambda-url.eu-west-1.on.aws',
      applicationName: 'app',
      deploymentGroupName: 'group',
    });

  test('makes nothing', () => {
    expect(synth((stack) => void imported(stack)).toJSON().Resources).toBeUndefined();
  });

  test('has its address, name and metrics', () => {
    synth((stack) => {
      const s = imported(stack);
      expect(s.url).toBe('https://abc.lambda-url.eu-west-1.on.aws');
      expect(s.metricErrors().toMetricConfig().metricStat).toMatchObject({
        namespace: 'AWS/Lambda',
        metricName: 'Errors',
        statistic: 'Sum',
      });
      expect(s.metricRequests().metricName).toBe('Invocations');
      expect(s.metricLatency().metricName).toBe('Duration');
    });
  });

  test('can be called by whom it is granted to', () => {
    const template = synth((stack) => void imported(stack).grants.invoke(caller(stack)));
    expect(statementsOf(template, 'Caller').map((s) => s.Resource)).toEqual([
      'arn:aws:lambda:eu-west-1:123456789012:function:predict:live',
      'arn:aws:lambda:eu-west-1:123456789012:function:predict:live',
    ]);
  });
});
