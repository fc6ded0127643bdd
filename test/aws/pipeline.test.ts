import { IRepository, Repository } from 'aws-cdk-lib/aws-ecr';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Architecture } from 'aws-cdk-lib/aws-lambda';
import { Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { Template } from 'aws-cdk-lib/assertions';
import { App, Stack } from 'aws-cdk-lib/core';
import { IDeployable, LambdaInference, LambdaInferenceProps } from '../../lib/aws/inference';
import { BuildPipeline, BuildPipelineProps } from '../../lib/aws/pipeline';
import { Access, ContainerImage, Duration, Environment, ImageOwner, PipelineStage, RepositoryProvider, Rollout } from '../../lib/core';
import { parity } from '../../lib/core/parity';
import { BARE_VPC, Match, bareVpc, properties, refusals, statementsOf, synth } from './helper';

const GIT = { provider: RepositoryProvider.GITHUB, owner: 'acme', name: 'housing' };
type Given = Partial<BuildPipelineProps>;

const make = (stack: Stack, given: Given = {}) =>
  new BuildPipeline(stack, 'Release', { repository: GIT, stages: [PipelineStage.LINT], ...given });
const made = new Map<string, Template>();
/** One template for the same props. */
const once = (key: object, fill: (stack: Stack) => void): Template => {
  const text = JSON.stringify(key);
  made.set(text, made.get(text) ?? synth(fill));
  return made.get(text)!;
};
const pipeline = (given: Given = {}) => once(given, (stack) => void make(stack, given));
const lambda = (stack: Stack, given: Partial<LambdaInferenceProps> = {}) =>
  new LambdaInference(stack, 'Predict', {
    image: ContainerImage.fromReference('ghcr.io/acme/app:1.0'),
    access: Access.AUTHENTICATED,
    imageOwner: ImageOwner.PIPELINE,
    ...given,
  });
const repository = (stack: Stack): IRepository => new Repository(stack, 'Images');
const deploying = (given: Given = {}, service: Partial<LambdaInferenceProps> = {}) =>
  once(
    { given, service },
    (stack) => void make(stack, { stages: undefined, imageRepository: repository(stack), service: lambda(stack, service), ...given }),
  );

interface Action {
  readonly Name: string;
  readonly Configuration: { readonly [name: string]: string };
}
interface Shape {
  readonly Stages: readonly { readonly Name: string; readonly Actions: readonly Action[] }[];
  readonly Triggers: readonly { readonly GitConfiguration: { readonly Push: readonly object[] } }[];
}
const shape = (template: Template): Shape => properties(template, 'AWS::CodePipeline::Pipeline') as unknown as Shape;
const stages = (template: Template) => shape(template).Stages.map((s) => s.Name);
const action = (template: Template, name: string) => shape(template).Stages.find((s) => s.Name === name)!.Actions[0];
const project = (template: Template, id: string) => properties(template, 'AWS::CodeBuild::Project', `Release${id}`) as never;
const spec = (template: Template, id: string) => JSON.parse((project(template, id) as { Source: { BuildSpec: string } }).Source.BuildSpec);

describe('the pipeline', () => {
  test('is of type V2 and has no name of its own', () => {
    pipeline().hasResourceProperties('AWS::CodePipeline::Pipeline', { PipelineType: 'V2', Name: Match.absent() });
  });

  test('does all four stages in order if it deploys a service, else all but the last', () => {
    expect(stages(deploying())).toEqual(['Source', 'Lint', 'Test', 'Build', 'Deploy']);
    expect(stages(synth((stack) => void make(stack, { stages: undefined, imageRepository: repository(stack) })))).toEqual([
      'Source',
      'Lint',
      'Test',
      'Build',
    ]);
  });

  test('keeps the order whatever order is written', () => {
    expect(stages(pipeline({ stages: [PipelineStage.TEST, PipelineStage.LINT] }))).toEqual(['Source', 'Lint', 'Test']);
  });

  test('asks before it deploys if so asked', () => {
    expect(stages(deploying({ approval: true }))).toEqual(['Source', 'Lint', 'Test', 'Build', 'Approval', 'Deploy']);
  });

  test('starts when the branch is pushed', () => {
    const [trigger] = shape(pipeline({ repository: { ...GIT, branch: 'release' } })).Triggers;
    expect(trigger.GitConfiguration.Push).toEqual([{ Branches: { Includes: ['release'] } }]);
  });

  test('starts only when its own folder of the repository changes', () => {
    const [trigger] = shape(pipeline({ directory: './services/predict/' })).Triggers;
    expect(trigger.GitConfiguration.Push).toEqual([{ Branches: { Includes: ['main'] }, FilePaths: { Includes: ['services/predict/**'] } }]);
  });

  test.each([
    [RepositoryProvider.GITHUB, 'GitHub'],
    [RepositoryProvider.GITLAB, 'GitLab'],
    [RepositoryProvider.BITBUCKET, 'Bitbucket'],
    [RepositoryProvider.AZURE_REPOS, 'AzureDevOps'],
  ])('connects to %s', (provider, ProviderType) => {
    pipeline({ repository: { ...GIT, provider } }).hasResourceProperties('AWS::CodeConnections::Connection', { ProviderType });
  });

  test('says how to authorise the connection that it makes, and how to run', () => {
    const outputs = JSON.stringify(pipeline().toJSON().Outputs);
    expect(outputs).toContain('https://eu-west-1.console.aws.amazon.com/codesuite/settings/connections?region=eu-west-1');
    expect(outputs).toContain('aws codepipeline start-pipeline-execution --region eu-west-1 --name ');
  });

  test('takes a connection of yours', () => {
    const connectionArn = 'arn:aws:codeconnections:eu-west-1:123456789012:connection/0a1b';
    const template = pipeline({ connectionArn });
    template.resourceCountIs('AWS::CodeConnections::Connection', 0);
    expect(action(template, 'Source').Configuration).toMatchObject({ ConnectionArn: connectionArn, FullRepositoryId: 'acme/housing' });
    expect(JSON.stringify(template.toJSON().Outputs)).not.toContain('connections');
  });

  test('may use the connection, its bucket and its steps, and nothing else', () => {
    const statements = statementsOf(pipeline(), 'ReleaseRole');
    expect(statements.map((s) => s.Action)).toEqual([
      ['s3:GetObject', 's3:GetObjectVersion', 's3:PutObject'],
      ['s3:GetBucketAcl', 's3:GetBucketLocation', 's3:GetBucketVersioning'],
      ['codeconnections:UseConnection', 'codestar-connections:UseConnection'],
      ['codebuild:BatchGetBuilds', 'codebuild:StartBuild', 'codebuild:StopBuild'],
    ]);
  });

  test('can be run by whom it is granted to', () => {
    const template = synth((stack) => {
      make(stack).grants.run(new Role(stack, 'Caller', { assumedBy: new ServicePrincipal('ec2.amazonaws.com') }));
    });
    expect(statementsOf(template, 'Caller')).toMatchObject([
      { Action: ['codepipeline:GetPipelineState', 'codepipeline:StartPipelineExecution'] },
    ]);
  });

  test('tells a topic when it fails', () => {
    synth((stack) => void make(stack, { failureTopic: new Topic(stack, 'Topic') })).hasResourceProperties('AWS::Events::Rule', {
      EventPattern: { source: ['aws.codepipeline'], detail: { state: ['FAILED'] } },
      Targets: [Match.objectLike({ Arn: { Ref: Match.stringLikeRegexp('Topic') } })],
    });
    pipeline().resourceCountIs('AWS::Events::Rule', 0);
  });

  test('counts its failures', () => {
    synth((stack) => {
      expect(make(stack).metricFailures()).toMatchObject({ namespace: 'AWS/CodePipeline', metricName: 'FailedPipelineExecutions' });
    });
  });

  test('that exists already has a command and no resources', () => {
    const template = synth((stack) => {
      const imported = BuildPipeline.fromPipelineName(stack, 'Release', 'release');
      expect(imported.runCommand).toBe('aws codepipeline start-pipeline-execution --region eu-west-1 --name release');
    });
    expect(template.toJSON().Resources).toBeUndefined();
  });

  test('says in the parity report what it became', () => {
    const stack = new Stack(new App(), 'Stack');
    make(stack);
    expect(parity.report(stack)).toEqual([
      { cloud: 'aws', kind: 'mapped', path: 'Stack/Release', became: 'CodePipeline V2: source, lint' },
      { cloud: 'aws', kind: 'mapped', path: 'Stack/Release.repository.provider', became: 'CodeConnections to GitHub' },
    ]);
  });
});

describe('artifacts', () => {
  test('go into a bucket that is encrypted, closed, for TLS only, and forgets after 30 days', () => {
    const template = pipeline();
    template.hasResourceProperties('AWS::S3::Bucket', {
      BucketEncryption: { ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }] },
      PublicAccessBlockConfiguration: { BlockPublicAcls: true, RestrictPublicBuckets: true },
      LifecycleConfiguration: { Rules: [Match.objectLike({ ExpirationInDays: 30 })] },
    });
    template.hasResourceProperties('AWS::S3::BucketPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } })]),
      },
    });
  });

  test('are emptied with the stack in dev, and kept in prod', () => {
    pipeline().hasResource('AWS::S3::Bucket', { DeletionPolicy: 'Delete' });
    pipeline().resourceCountIs('Custom::S3AutoDeleteObjects', 1);
    pipeline({ environment: Environment.PROD }).hasResource('AWS::S3::Bucket', { DeletionPolicy: 'Retain' });
    pipeline({ environment: Environment.PROD }).resourceCountIs('Custom::S3AutoDeleteObjects', 0);
  });

  test('go into a bucket of yours, with its key', () => {
    const template = synth((stack) => {
      const artifactBucket = new Bucket(stack, 'Bucket', { encryption: BucketEncryption.KMS, encryptionKey: new Key(stack, 'Key') });
      make(stack, { artifactBucket });
    });
    template.resourceCountIs('AWS::S3::Bucket', 1);
    expect((project(template, 'Lint') as { EncryptionKey: unknown }).EncryptionKey).toEqual({
      'Fn::GetAtt': [expect.stringMatching(/^Key/), 'Arn'],
    });
  });
});

describe('lint and test', () => {
  test('run make in Python 3.11 unless told otherwise', () => {
    const template = pipeline({ stages: [PipelineStage.LINT, PipelineStage.TEST] });
    expect(spec(template, 'Lint').phases).toEqual({
      install: { 'runtime-versions': { python: '3.11' } },
      build: { commands: ['cd .', 'make install', 'make lint'] },
    });
    expect(spec(template, 'Test').phases.build.commands).toEqual(['cd .', 'make install', 'make test']);
  });

  test('run what they are told, where they are told', () => {
    const template = pipeline({ directory: "it's/here", lintCommands: ['ruff check .'], pythonVersion: '3.12' });
    expect(spec(template, 'Lint').phases).toEqual({
      install: { 'runtime-versions': { python: '3.12' } },
      build: { commands: [`cd 'it'\\''s/here'`, 'ruff check .'] },
    });
  });

  test('keep the packages of Python, log with retention, and may do no more', () => {
    const template = pipeline();
    expect(project(template, 'Lint')).toMatchObject({
      Cache: { Type: 'S3' },
      TimeoutInMinutes: 60,
      Environment: { PrivilegedMode: false, ComputeType: 'BUILD_GENERAL1_SMALL' },
    });
    expect(statementsOf(template, 'ReleaseLintRole').map((s) => s.Action)).toEqual([
      ['logs:CreateLogStream', 'logs:PutLogEvents'],
      ['s3:GetObject', 's3:GetObjectVersion'],
      ['s3:GetBucketAcl', 's3:GetBucketLocation'],
      's3:PutObject',
    ]);
    template.hasResourceProperties('AWS::Logs::LogGroup', { RetentionInDays: 30 });
  });

  test('run in a network of yours', () => {
    const template = synth((stack) => {
      const vpc = Vpc.fromVpcAttributes(stack, 'Vpc', {
        vpcId: 'vpc-0a1b2c3d4e5f60718',
        availabilityZones: ['eu-west-1a'],
        privateSubnetIds: ['subnet-0a1b2c3d4e5f60718'],
      });
      make(stack, { vpc });
    });
    expect(project(template, 'Lint')).toMatchObject({
      VpcConfig: { VpcId: 'vpc-0a1b2c3d4e5f60718', Subnets: ['subnet-0a1b2c3d4e5f60718'] },
    });
    expect(statementsOf(template, 'ReleaseLintRole').find((s) => s.Action === 'ec2:CreateNetworkInterfacePermission')).toMatchObject({
      Condition: { StringEquals: { 'ec2:AuthorizedService': 'codebuild.amazonaws.com' } },
    });
  });
});

describe('build', () => {
  test('runs docker on the processor that the service runs on', () => {
    expect(project(deploying(), 'Build')).toMatchObject({
      Environment: { PrivilegedMode: true, Type: 'LINUX_CONTAINER' },
    });
    expect(project(deploying({}, { architecture: Architecture.ARM_64 }), 'Build')).toMatchObject({
      Environment: {
        PrivilegedMode: true,
        Type: 'ARM_CONTAINER',
        EnvironmentVariables: expect.arrayContaining([{ Name: 'IMAGE_PLATFORM', Type: 'PLAINTEXT', Value: 'linux/arm64' }]),
      },
    });
  });

  test('is told the commit, and hands on the image', () => {
    const template = deploying();
    expect(action(template, 'Build').Configuration.EnvironmentVariables).toBe(
      '[{"name":"COMMIT_ID","type":"PLAINTEXT","value":"#{Source.CommitId}"}]',
    );
    expect(spec(template, 'Build').env).toEqual({ 'exported-variables': ['IMAGE_URI'] });
    expect(action(template, 'Deploy').Configuration.EnvironmentVariables).toBe(
      '[{"name":"IMAGE_URI","type":"PLAINTEXT","value":"#{Build.IMAGE_URI}"}]',
    );
  });

  test('may push to this repository only', () => {
    const push = statementsOf(deploying(), 'ReleaseBuildRole').find((s) => (s.Action as string[]).includes('ecr:PutImage'));
    expect(push?.Resource).toEqual({ 'Fn::GetAtt': [expect.stringMatching(/^Images/), 'Arn'] });
  });

  test('tags images so that two pipelines never take each other for the same', () => {
    const template = synth((stack) => {
      const imageRepository = repository(stack);
      for (const id of ['One', 'Two']) new BuildPipeline(stack, id, { repository: GIT, stages: [PipelineStage.BUILD], imageRepository });
    });
    const prefixes = Object.values(template.findResources('AWS::CodeBuild::Project')).map(
      (p) => p.Properties.Environment.EnvironmentVariables.find((v: { Name: string }) => v.Name === 'TAG_PREFIX').Value,
    );
    expect(prefixes).toEqual([expect.stringMatching(/^stack-one-/), expect.stringMatching(/^stack-two-/)]);
  });
});

describe('deploy', () => {
  test('runs what the service says, as long as the rollout may take', () => {
    const template = deploying({}, { rollout: Rollout.canary({ interval: Duration.minutes(45) }) });
    expect(project(template, 'Deploy')).toMatchObject({ TimeoutInMinutes: 75 });
    expect(spec(template, 'Deploy').phases.build.commands).toEqual([
      expect.stringContaining('aws deploy create-deployment'),
      expect.stringContaining('aws ecr put-image'),
    ]);
  });

  test('may publish this function and shift this alias', () => {
    const statements = statementsOf(deploying(), 'ReleaseDeployRole').slice(3);
    expect(statements.map((s) => s.Action)).toEqual([
      ['lambda:GetAlias', 'lambda:GetFunction', 'lambda:GetFunctionConfiguration', 'lambda:PublishVersion', 'lambda:UpdateFunctionCode'],
      ['codedeploy:CreateDeployment', 'codedeploy:GetDeployment', 'codedeploy:GetDeploymentGroup', 'codedeploy:UpdateDeploymentGroup'],
      'cloudwatch:DescribeAlarms',
      ['codedeploy:GetApplicationRevision', 'codedeploy:RegisterApplicationRevision'],
      'codedeploy:GetDeploymentConfig',
      ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer', 'ecr:GetRepositoryPolicy'],
      ['ecr:BatchGetImage', 'ecr:PutImage'],
    ]);
    for (const { Resource } of statements) expect(Resource).not.toBe('*');
  });

  test('lets functions of this account and region pull the images', () => {
    deploying().hasResourceProperties('AWS::ECR::Repository', {
      RepositoryPolicyText: {
        Statement: [
          Match.objectLike({
            Principal: { Service: 'lambda.amazonaws.com' },
            Condition: {
              ArnLike: { 'aws:SourceArn': { 'Fn::Join': ['', Match.arrayWith([':lambda:eu-west-1:123456789012:function:*'])] } },
            },
          }),
        ],
      },
    });
  });

  test('may let Lambda pull from a repository of another stack', () => {
    const template = synth((stack) => {
      const imageRepository = Repository.fromRepositoryName(stack, 'Images', 'acme/housing');
      make(stack, { stages: undefined, imageRepository, service: lambda(stack) });
    });
    expect(JSON.stringify(statementsOf(template, 'ReleaseDeployRole'))).toContain('ecr:SetRepositoryPolicy');
  });

  test('takes a service that somebody else wrote', () => {
    const template = synth((stack) => {
      const service: IDeployable = {
        node: new Topic(stack, 'Mine').node,
        imageOwner: ImageOwner.PIPELINE,
        imagePlatform: 'linux/amd64',
        bindDeployment: () => ({ commands: ['./deploy.sh "$IMAGE_URI"'], env: { TARGET: 'here' }, timeout: Duration.minutes(1) }),
      } as unknown as IDeployable;
      make(stack, { stages: undefined, imageRepository: repository(stack), service });
    });
    expect(spec(template, 'Deploy').phases.build.commands[0]).toBe('./deploy.sh "$IMAGE_URI"');
    expect(project(template, 'Deploy')).toMatchObject({
      TimeoutInMinutes: 5,
      Environment: { EnvironmentVariables: expect.arrayContaining([{ Name: 'TARGET', Type: 'PLAINTEXT', Value: 'here' }]) },
    });
  });
});

describe('what is refused', () => {
  const refused = (given: (stack: Stack) => Given) => refusals(() => synth((stack) => void make(stack, given(stack))));
  test('a vpc without private subnets, unless subnets are named', () => {
    expect(refused((stack) => ({ vpc: bareVpc(stack) }))).toEqual([BARE_VPC]);
  });

  test.each<[Given, object]>([
    [
      { stages: [] },
      {
        code: 'missing',
        prop: 'stages',
        value: [],
        reason: 'nothing would be done',
        instead: 'write some of lint, test, build or deploy',
      },
    ],
    [
      { stages: [PipelineStage.BUILD] },
      {
        code: 'missing',
        prop: 'imageRepository',
        value: undefined,
        reason: 'there is a build stage, but nowhere to push images',
        instead: 'give an ECR repository, such as that of an ImageRegistry',
      },
    ],
    [
      { stages: [PipelineStage.DEPLOY] },
      {
        code: 'missing',
        prop: 'service',
        value: undefined,
        reason: 'there is a deploy stage, but nothing to deploy',
        instead: 'give a service, or leave the stage out',
      },
    ],
    [
      { approval: true },
      {
        code: 'conflict',
        prop: 'approval',
        value: true,
        reason: 'there is no deploy stage to approve',
        instead: 'add the deploy stage, or leave approval out',
      },
    ],
    [
      { directory: '../elsewhere' },
      {
        code: 'syntax',
        prop: 'directory',
        value: '../elsewhere',
        reason: 'not a folder inside the repository',
        instead: 'write a relative path without .., such as services/predict',
      },
    ],
    [
      { stageTimeout: Duration.minutes(2) },
      {
        code: 'limit',
        prop: 'stageTimeout',
        value: 2,
        reason: 'CodeBuild, in minutes, allows 5 to 2,160',
        instead: 'write a number from 5 to 2160',
      },
    ],
    [
      { connectionArn: 'mine' },
      {
        code: 'syntax',
        prop: 'connectionArn',
        value: 'mine',
        reason: 'not the ARN of a connection',
        instead: 'write what `aws codeconnections list-connections` shows',
      },
    ],
    [
      { pythonVersion: 'three' },
      {
        code: 'syntax',
        prop: 'pythonVersion',
        value: 'three',
        reason: 'not a version of Python',
        instead: 'write two numbers, such as 3.11',
      },
    ],
    [
      { repository: { ...GIT, owner: '' } },
      {
        code: 'missing',
        prop: 'repository.owner',
        value: '',
        reason: 'no repository has an empty name',
        instead: 'write what its address shows',
      },
    ],
  ])('%j', (given, problem) => {
    expect(refused(() => given)).toEqual([problem]);
  });

  test('a service whose stack names the image', () => {
    expect(
      refused((stack) => ({
        stages: undefined,
        imageRepository: repository(stack),
        service: new LambdaInference(stack, 'Predict', {
          image: ContainerImage.fromReference('123456789012.dkr.ecr.eu-west-1.amazonaws.com/a:1'),
          access: Access.AUTHENTICATED,
        }),
      })),
    ).toEqual([
      {
        code: 'conflict',
        prop: 'service',
        value: 'Stack/Predict',
        reason: 'its stack names the image, and would undo what the pipeline deploys',
        instead: 'give the service imageOwner: ImageOwner.PIPELINE',
      },
    ]);
  });

  test('a rollout that outlasts CodeBuild', () => {
    expect(refusals(() => deploying({}, { rollout: Rollout.canary({ interval: Duration.hours(40) }) }))).toEqual([
      {
        code: 'limit',
        prop: 'service',
        value: 'Stack/Predict',
        reason: 'its deployment takes up to 2430m, and CodeBuild, which waits for it, stops after 36h',
        instead: 'shorten the interval of its rollout',
      },
    ]);
  });
});
