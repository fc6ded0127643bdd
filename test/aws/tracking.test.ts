import { AccountRootPrincipal, ArnPrincipal, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { InstanceType, IVpc, SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { App, Stack } from 'aws-cdk-lib/core';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { ContainerImage, Duration, Environment, Size, TrackingEngine } from '../../lib/core';
import { parity } from '../../lib/core/parity';
import { ArtifactStore } from '../../lib/aws/storage';
import { ApprovalGuard, ExperimentTracking, ExperimentTrackingProps, ManagedServerSize } from '../../lib/aws/tracking';
import { BARE_VPC, bareVpc, ENV, properties, refusals, statementsOf, synth } from './helper';

const IMAGE = ContainerImage.fromReference('123456789012.dkr.ecr.eu-west-1.amazonaws.com/mlflow:3');
const network = (stack: Stack, zones = ['eu-west-1a', 'eu-west-1b']): IVpc =>
  Vpc.fromVpcAttributes(stack, 'Vpc', {
    vpcId: 'vpc-1',
    vpcCidrBlock: '10.0.0.0/16',
    availabilityZones: zones,
    privateSubnetIds: zones.map((zone) => `subnet-${zone}`),
    privateSubnetRouteTableIds: zones.map((zone) => `rtb-${zone}`),
  });
const store = (stack: Stack) => ArtifactStore.fromBucket(stack, 'Store', Bucket.fromBucketName(stack, 'Bucket', 'bucket'));
const tracking = (stack: Stack, props: ExperimentTrackingProps = {}): ExperimentTracking =>
  new ExperimentTracking(
    stack,
    'Tracking',
    props.engine === TrackingEngine.MANAGED
      ? { artifacts: store(stack), ...props }
      : { vpc: props.vpc ?? network(stack), artifacts: store(stack), image: IMAGE, ...props },
  );
const role = (stack: Stack, id = 'Client') => new Role(stack, id, { assumedBy: new ServicePrincipal('ec2.amazonaws.com') });
const made = (props: ExperimentTrackingProps = {}) => synth((stack) => void tracking(stack, props));

interface Container {
  readonly Command: string[];
  readonly Environment: { Name: string; Value: unknown }[];
}
const container = (template: Template) => properties(template, 'AWS::ECS::TaskDefinition').ContainerDefinitions[0] as Container;
const variables = (template: Template) => Object.fromEntries(container(template).Environment.map((e) => [e.Name, e.Value]));
const service = (template: Template) => properties(template, 'AWS::ECS::Service');
const database = (template: Template) => properties(template, 'AWS::RDS::DBInstance');

const FRONT = Match.stringLikeRegexp('^TrackingFront');
const PATHS = { 'Fn::Join': ['', [{ 'Fn::GetAtt': [FRONT, 'Arn'] }, '/*']] };

describe('the server', () => {
  test('runs the command and environment of runtime/mlflow', () => {
    const template = made();
    expect(container(template).Command).toEqual(['mlops-mlflow', 'serve']);
    expect(variables(template)).toMatchObject({
      PORT: '5000',
      MLFLOW_DB_PORT: '5432',
      MLFLOW_DB_NAME: 'mlflow',
      MLFLOW_DB_USER: 'mlflow',
      MLFLOW_DB_AUTH: 'aws-secret',
      MLFLOW_DB_TLS: 'verify-full',
      MLFLOW_DB_SECRET_ARN: { 'Fn::GetAtt': [expect.stringMatching(/^TrackingDatabase/), 'MasterUserSecret.SecretArn'] },
      MLFLOW_ARTIFACTS_DESTINATION: 's3://bucket/mlflow',
      MLFLOW_SERVER_ALLOWED_HOSTS: { 'Fn::GetAtt': [expect.stringMatching(/^TrackingFront/), 'DnsEntry.DomainName'] },
      ML_EVENTS: 'eventbridge:default',
      ML_IDENTITY_HEADER: 'aws-lattice',
      ML_APPROVERS: '{}',
      AWS_REGION: 'eu-west-1',
    });
  });

  test('is built from this package unless an image is given', () => {
    const template = made({ image: undefined });
    expect(JSON.stringify(container(template))).toMatch(/cdk-hnb659fds-container-assets-[^"]*:[0-9a-f]{64}/);
  });

  test('runs in private subnets, without a public address', () => {
    expect(service(made()).NetworkConfiguration).toEqual({
      AwsvpcConfiguration: {
        AssignPublicIp: 'DISABLED',
        SecurityGroups: [expect.anything()],
        Subnets: ['subnet-eu-west-1a', 'subnet-eu-west-1b'],
      },
    });
  });

  test('is let in to by VPC Lattice only, and gets out to AWS and its database', () => {
    const template = made();
    const group = properties(template, 'AWS::EC2::SecurityGroup', 'TrackingServerSecurityGroup') as never as {
      SecurityGroupIngress: { CidrIp: string; FromPort: number }[];
      SecurityGroupEgress: { CidrIp: string; FromPort: number }[];
    };
    expect(group.SecurityGroupIngress.map((r) => [r.CidrIp, r.FromPort])).toEqual([
      ['169.254.171.0/24', 5000],
      ['129.224.0.0/17', 5000],
    ]);
    expect(group.SecurityGroupEgress.map((r) => [r.CidrIp, r.FromPort])).toEqual([['0.0.0.0/0', 443]]);
    template.hasResourceProperties('AWS::EC2::SecurityGroupEgress', { FromPort: 5432, ToPort: 5432 });
  });

  test('knows VPC Lattice by its prefix list if told which', () => {
    const template = made({ latticePrefixListId: 'pl-1' });
    template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', { SourcePrefixListId: 'pl-1', FromPort: 5000, ToPort: 5000 });
    expect(JSON.stringify(template.toJSON())).not.toContain('169.254.171.0/24');
  });

  test('is one, and two in prod', () => {
    expect(service(made()).DesiredCount).toBe(1);
    expect(service(made({ environment: Environment.PROD })).DesiredCount).toBe(2);
    expect(service(made({ servers: 4 })).DesiredCount).toBe(4);
  });

  test('is updated beside the old one, and rolled back if it does not get well', () => {
    expect(service(made()).DeploymentConfiguration).toMatchObject({
      MinimumHealthyPercent: 100,
      MaximumPercent: 200,
      DeploymentCircuitBreaker: { Enable: true, Rollback: true },
    });
  });

  test('is updated after the old one was stopped if asked for', () => {
    expect(service(made({ pauseOnUpdate: true })).DeploymentConfiguration).toMatchObject({ MinimumHealthyPercent: 0, MaximumPercent: 100 });
  });

  test('may take half an hour for migrations before anybody calls it sick', () => {
    expect(service(made()).HealthCheckGracePeriodSeconds).toBe(1_800);
  });

  test('registers with VPC Lattice by a role for its target group only', () => {
    const template = made();
    expect(service(template).VpcLatticeConfigurations).toMatchObject([
      { PortName: 'http', TargetGroupArn: { 'Fn::GetAtt': [expect.stringMatching(/^TrackingServers/), 'Arn'] } },
    ]);
    expect(statementsOf(template, 'TrackingRegistrarRole')).toEqual([
      expect.objectContaining({
        Action: ['vpc-lattice:DeregisterTargets', 'vpc-lattice:GetTargetGroup', 'vpc-lattice:ListTargets', 'vpc-lattice:RegisterTargets'],
        Resource: { 'Fn::GetAtt': [expect.stringMatching(/^TrackingServers/), 'Arn'] },
      }),
      expect.objectContaining({ Action: ['ec2:DescribeInstances', 'ec2:DescribeSubnets', 'ec2:DescribeVpcs'], Resource: '*' }),
    ]);
  });

  test('may keep artifacts in its folder, read its password, and send events of its own', () => {
    const statements = statementsOf(made(), 'TrackingRole');
    expect(statements).toContainEqual(
      expect.objectContaining({
        Action: 'secretsmanager:GetSecretValue',
        Resource: { 'Fn::GetAtt': [expect.anything(), 'MasterUserSecret.SecretArn'] },
      }),
    );
    expect(statements).toContainEqual(
      expect.objectContaining({ Action: 'events:PutEvents', Condition: { StringEquals: { 'events:source': 'mlops-constructs' } } }),
    );
    expect(JSON.stringify(statements)).toContain(':s3:::bucket/mlflow/*');
    expect(JSON.stringify(statements)).not.toContain(':s3:::bucket/*');
  });

  test('tells a bus of yours', () => {
    const template = synth((stack) => void tracking(stack, { eventBus: EventBus.fromEventBusName(stack, 'Bus', 'models') }));
    expect(variables(template).ML_EVENTS).toBe('eventbridge:models');
    expect(JSON.stringify(statementsOf(template, 'TrackingRole'))).toContain('event-bus/models');
  });

  test.each([
    [{}, '1024', '2048'],
    [{ cpu: 0.5, memory: Size.gibibytes(1) }, '512', '1024'],
    [{ cpu: 3 }, '4096', '8192'],
    [{ memory: Size.gibibytes(12) }, '2048', '12288'],
  ])('of %j has a size that Fargate offers', (props, cpu, memory) => {
    expect(properties(made(props), 'AWS::ECS::TaskDefinition')).toMatchObject({ Cpu: cpu, Memory: memory });
  });

  test('says that its size was rounded up', () => {
    const app = new App();
    tracking(new Stack(app, 'Stack', { env: ENV }), { cpu: 3 });
    expect(parity.report(app)).toContainEqual({
      cloud: 'aws',
      path: 'Stack/Tracking.cpu',
      kind: 'approximated',
      became: '4 processors and 8 GiB',
      reason: 'Fargate offers processors and memory in steps, and the next one up was taken',
    });
  });
});

describe('the front', () => {
  test('speaks TLS, asks IAM, and waits for large artifacts', () => {
    const template = made();
    template.hasResourceProperties('AWS::VpcLattice::Service', { AuthType: 'AWS_IAM', IdleTimeoutSeconds: 600 });
    template.hasResourceProperties('AWS::VpcLattice::Listener', { Protocol: 'HTTPS', Port: 443 });
    template.hasResourceProperties('AWS::VpcLattice::TargetGroup', {
      Type: 'IP',
      Config: { Port: 5000, VpcIdentifier: 'vpc-1', HealthCheck: { Enabled: true, Path: '/health', Matcher: { HttpCode: '200' } } },
    });
  });

  test('is reached from the network only', () => {
    const template = made();
    expect(properties(template, 'AWS::EC2::SecurityGroup', 'TrackingClientsSecurityGroup').SecurityGroupIngress).toMatchObject([
      { CidrIp: '10.0.0.0/16', FromPort: 443 },
    ]);
    template.hasResourceProperties('AWS::VpcLattice::ServiceNetworkVpcAssociation', { VpcIdentifier: 'vpc-1' });
  });

  test('joins the service network that the VPC is with already', () => {
    const arn = 'arn:aws:vpc-lattice:eu-west-1:123456789012:servicenetwork/sn-1';
    const template = made({ serviceNetworkArn: arn });
    template.resourceCountIs('AWS::VpcLattice::ServiceNetwork', 0);
    template.resourceCountIs('AWS::VpcLattice::ServiceNetworkVpcAssociation', 0);
    template.hasResourceProperties('AWS::VpcLattice::ServiceNetworkServiceAssociation', { ServiceNetworkIdentifier: arn });
  });

  test('lets nobody in before somebody was granted', () => {
    made().hasResourceProperties('AWS::VpcLattice::AuthPolicy', {
      Policy: { Statement: [{ Effect: 'Deny', Principal: { AWS: '*' }, Action: 'vpc-lattice-svcs:Invoke', Resource: PATHS }] },
    });
  });

  test('logs who called', () => {
    made().resourceCountIs('AWS::VpcLattice::AccessLogSubscription', 1);
  });
});

describe('permissions', () => {
  test('to use the server are the action and a place in the policy', () => {
    const template = synth((stack) => void tracking(stack).grants.use(role(stack)));
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: { Statement: [{ Action: 'vpc-lattice-svcs:Invoke', Effect: 'Allow', Resource: PATHS }] },
      Roles: [{ Ref: Match.stringLikeRegexp('^Client') }],
    });
    template.hasResourceProperties('AWS::VpcLattice::AuthPolicy', {
      Policy: {
        Statement: [{ Effect: 'Allow', Principal: { AWS: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Client'), 'Arn'] } }, Resource: PATHS }],
      },
    });
  });

  test('to read are requests by GET', () => {
    const template = synth((stack) => void tracking(stack).grants.read(role(stack)));
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: [
          { Action: 'vpc-lattice-svcs:Invoke', Condition: { StringEquals: { 'vpc-lattice-svcs:RequestMethod': 'GET' } }, Resource: PATHS },
        ],
      },
      Roles: [{ Ref: Match.stringLikeRegexp('^Client') }],
    });
  });

  test('of a role that another stack makes admit its account, because stacks cannot name each other', () => {
    const app = new App();
    const stack = new Stack(app, 'Stack', { env: ENV });
    const server = tracking(stack);
    server.grants.use(role(new Stack(app, 'Other', { env: ENV })));
    Template.fromStack(stack).hasResourceProperties('AWS::VpcLattice::AuthPolicy', {
      Policy: { Statement: [{ Principal: { AWS: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':iam::123456789012:root']] } } }] },
    });
  });

  test('of a role whose ARN is known name it', () => {
    const arn = 'arn:aws:iam::210987654321:role/trainer';
    synth((stack) => void tracking(stack).grants.use(Role.fromRoleArn(stack, 'Theirs', arn))).hasResourceProperties(
      'AWS::VpcLattice::AuthPolicy',
      { Policy: { Statement: [{ Principal: { AWS: arn } }] } },
    );
  });
});

describe('approvers', () => {
  test('are told to the server', () => {
    const template = synth((stack) => {
      const server = tracking(stack);
      server.requireApproval('pricing');
      server.addApprover('housing', new ArnPrincipal('arn:aws:iam::123456789012:role/lead'));
      server.addApprover('housing', role(stack));
      expect(server.approvalGuard).toBe(ApprovalGuard.SERVER);
    });
    expect(variables(template).ML_APPROVERS).toEqual({
      'Fn::Join': [
        '',
        [
          '{"pricing":[],"housing":["arn:aws:iam::123456789012:role/lead","',
          { 'Fn::GetAtt': [expect.stringMatching(/^Client/), 'Arn'] },
          '"]}',
        ],
      ],
    });
  });

  test('are roles or users', () => {
    expect(refusals(() => synth((stack) => tracking(stack).addApprover('housing', new AccountRootPrincipal())))).toEqual([
      {
        code: 'unsupported',
        prop: 'approver',
        value: undefined,
        reason: 'the server knows callers by the ARN of a role or a user, and this principal is neither',
        instead: 'give a role or a user',
      },
    ]);
  });
});

describe('the database', () => {
  test('is private, encrypted, speaks TLS only, and keeps its own password', () => {
    const template = made();
    expect(database(template)).toMatchObject({
      Engine: 'postgres',
      EngineVersion: '18',
      DBInstanceClass: 'db.t4g.small',
      PubliclyAccessible: false,
      StorageEncrypted: true,
      ManageMasterUserPassword: true,
      AllocatedStorage: '20',
      MaxAllocatedStorage: 100,
      BackupRetentionPeriod: 7,
      MultiAZ: false,
      DeletionProtection: false,
      DeleteAutomatedBackups: true,
      EnableCloudwatchLogsExports: ['postgresql', 'upgrade'],
    });
    template.hasResourceProperties('AWS::RDS::DBParameterGroup', { Parameters: { 'rds.force_ssl': '1' } });
    expect(JSON.stringify(template.toJSON())).not.toMatch(/MasterUserPassword":\s*"|resolve:secretsmanager/);
  });

  test('lets in the server and nobody else', () => {
    const template = made();
    expect(properties(template, 'AWS::EC2::SecurityGroup', 'TrackingDatabaseSecurityGroup')).not.toHaveProperty('SecurityGroupIngress');
    template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', {
      FromPort: 5432,
      SourceSecurityGroupId: { 'Fn::GetAtt': [Match.stringLikeRegexp('^TrackingServerSecurityGroup'), 'GroupId'] },
    });
  });

  test.each([
    [Environment.DEV, 'Delete', false],
    [Environment.STAGING, 'Snapshot', false],
    [Environment.PROD, 'Snapshot', true],
  ])('in %s meets the end of its stack with: %s', (environment, policy, protectedFromDeletion) => {
    const template = made({ environment });
    template.hasResource('AWS::RDS::DBInstance', { DeletionPolicy: policy, UpdateReplacePolicy: policy });
    expect(database(template).DeletionProtection).toBe(protectedFromDeletion);
  });

  test('in prod has a standby, Performance Insights and backups of two weeks that outlive it', () => {
    expect(database(made({ environment: Environment.PROD }))).toMatchObject({
      MultiAZ: true,
      EnablePerformanceInsights: true,
      BackupRetentionPeriod: 14,
      DeleteAutomatedBackups: false,
    });
  });

  test('is what the props say', () => {
    const template = synth((stack) => {
      tracking(stack, {
        databaseHighAvailability: true,
        databaseBackupRetention: Duration.days(21),
        databaseInstanceType: new InstanceType('m8g.large'),
        databaseStorage: Size.gibibytes(100),
        performanceInsights: true,
        encryptionKey: new Key(stack, 'Key'),
      });
    });
    const key = { 'Fn::GetAtt': [expect.stringMatching(/^Key/), 'Arn'] };
    expect(database(template)).toMatchObject({
      MultiAZ: true,
      BackupRetentionPeriod: 21,
      DBInstanceClass: 'db.m8g.large',
      AllocatedStorage: '100',
      MaxAllocatedStorage: 500,
      KmsKeyId: key,
      MasterUserSecret: { KmsKeyId: key },
      PerformanceInsightsKMSKeyId: key,
    });
    expect(statementsOf(template, 'TrackingRole')).toContainEqual(expect.objectContaining({ Action: 'kms:Decrypt' }));
  });

  test('keeps its logs as long as the environment says, and makes none by itself', () => {
    const template = made();
    const name = database(template).DBInstanceIdentifier as string;
    for (const log of ['postgresql', 'upgrade'])
      template.hasResourceProperties('AWS::Logs::LogGroup', { LogGroupName: `/aws/rds/instance/${name}/${log}`, RetentionInDays: 30 });
  });

  test('goes into isolated subnets where there are some', () => {
    const template = synth((stack) => {
      const vpc = Vpc.fromVpcAttributes(stack, 'Both', {
        vpcId: 'vpc-1',
        vpcCidrBlock: '10.0.0.0/16',
        availabilityZones: ['eu-west-1a', 'eu-west-1b'],
        privateSubnetIds: ['subnet-p1', 'subnet-p2'],
        isolatedSubnetIds: ['subnet-i1', 'subnet-i2'],
      });
      tracking(stack, { vpc });
    });
    expect(properties(template, 'AWS::RDS::DBSubnetGroup').SubnetIds).toEqual(['subnet-i1', 'subnet-i2']);
  });

  test('may be yours', () => {
    const template = synth((stack) => {
      tracking(stack, {
        vpc: network(stack, ['eu-west-1a']),
        database: {
          host: 'db.example.com',
          databaseName: 'experiments',
          secret: Secret.fromSecretCompleteArn(stack, 'Login', 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:login-AbCdEf'),
          securityGroup: SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-db'),
        },
      });
    });
    template.resourceCountIs('AWS::RDS::DBInstance', 0);
    expect(variables(template)).toMatchObject({
      MLFLOW_DB_HOST: 'db.example.com',
      MLFLOW_DB_NAME: 'experiments',
      MLFLOW_DB_SECRET_ARN: 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:login-AbCdEf',
    });
    expect(JSON.stringify(service(template))).toContain('sg-db');
  });
});

describe('clients', () => {
  test('get an address, and a plugin that signs with their role', () => {
    synth((stack) => {
      const server = tracking(stack);
      expect(server.environment()).toEqual({
        MLFLOW_TRACKING_URI: server.trackingUri,
        MLFLOW_TRACKING_AUTH: 'mlops-constructs',
        ML_TRACKING_AUTH: 'aws-sigv4',
      });
      expect(server.inNetwork).toBe(true);
    });
  });
});

describe('a managed server', () => {
  const managed = (props: ExperimentTrackingProps = {}) => ({ engine: TrackingEngine.MANAGED, ...props });

  test('is one of SageMaker with its artifacts in the store', () => {
    const template = made(managed());
    template.hasResourceProperties('AWS::SageMaker::MlflowTrackingServer', {
      ArtifactStoreUri: 's3://bucket/mlflow',
      TrackingServerSize: 'Small',
      MlflowVersion: '3.0',
      TrackingServerName: Match.stringLikeRegexp('^stack-tracking-[0-9a-f]{8}$'),
    });
    template.resourceCountIs('AWS::ECS::Service', 0);
    template.resourceCountIs('AWS::RDS::DBInstance', 0);
  });

  test('takes size and version', () => {
    made(managed({ serverSize: ManagedServerSize.LARGE, mlflowVersion: '2.16' })).hasResourceProperties(
      'AWS::SageMaker::MlflowTrackingServer',
      { TrackingServerSize: 'Large', MlflowVersion: '2.16' },
    );
  });

  test('stays in prod', () => {
    made(managed({ environment: Environment.PROD })).hasResource('AWS::SageMaker::MlflowTrackingServer', { DeletionPolicy: 'Retain' });
  });

  test('is found by its ARN, from anywhere', () => {
    synth((stack) => {
      const server = tracking(stack, managed());
      expect(Object.keys(server.environment())).toEqual(['MLFLOW_TRACKING_URI']);
      expect(stack.resolve(server.trackingUri)).toEqual({ 'Fn::GetAtt': [expect.stringMatching(/^Tracking/), 'TrackingServerArn'] });
      expect(server.inNetwork).toBe(false);
      expect(server.metrics).toBeUndefined();
    });
  });

  test('is used without approving, and artifacts are the clients own business', () => {
    const template = synth((stack) => void tracking(stack, managed()).grants.use(role(stack)));
    const text = JSON.stringify(statementsOf(template, 'Client'));
    expect(text).toContain('sagemaker-mlflow:LogMetric');
    expect(text).toContain('sagemaker-mlflow:CreateModelVersion');
    expect(text).not.toContain('SetRegisteredModelAlias');
    expect(text).toContain(':s3:::bucket/mlflow/*');
    expect(text).toContain('s3:PutObject');
  });

  test('is read without writing', () => {
    const text = JSON.stringify(
      statementsOf(
        synth((stack) => void tracking(stack, managed()).grants.read(role(stack))),
        'Client',
      ),
    );
    expect(text).toContain('sagemaker-mlflow:GetModelVersionByAlias');
    expect(text).not.toMatch(/sagemaker-mlflow:(Create|Log|Set|Delete)|s3:PutObject/);
  });

  test('lets approvers approve by IAM', () => {
    const template = synth((stack) => {
      const server = tracking(stack, managed());
      server.addApprover('housing', role(stack));
      expect(server.approvalGuard).toBe(ApprovalGuard.PERMISSIONS);
    });
    expect(statementsOf(template, 'Client')).toEqual([
      expect.objectContaining({
        Action: expect.arrayContaining(['sagemaker-mlflow:SetRegisteredModelAlias', 'sagemaker-mlflow:TransitionModelVersionStage']),
        Resource: { 'Fn::GetAtt': [expect.stringMatching(/^Tracking/), 'TrackingServerArn'] },
      }),
    ]);
  });

  test('has no network, database or image of ours', () => {
    expect(refusals(() => synth((stack) => void tracking(stack, managed({ vpc: network(stack), image: IMAGE }))))).toEqual(
      ['vpc', 'image'].map((prop) => ({
        code: 'conflict',
        prop,
        value: undefined,
        reason: 'SageMaker runs a managed server in a network of its own',
        instead: 'leave it out, or write engine: self-hosted',
      })),
    );
  });
});

describe('a server that exists already', () => {
  const URI = 'https://mlflow.example.com';
  const existing = (stack: Stack, more = {}) =>
    ExperimentTracking.fromTrackingServerAttributes(stack, 'Theirs', { trackingUri: URI, ...more });

  test('lets clients in by itself', () => {
    const template = synth((stack) => {
      const server = existing(stack);
      expect(server.environment()).toEqual({ MLFLOW_TRACKING_URI: URI });
      expect(server.grants.use(role(stack)).success).toBe(false);
      expect(server.inNetwork).toBe(false);
      expect(server.approvalGuard).toBe(ApprovalGuard.OTHERS);
    });
    template.resourceCountIs('AWS::IAM::Policy', 0);
  });

  test('of another stack is called with IAM', () => {
    const arn = 'arn:aws:vpc-lattice:eu-west-1:123456789012:service/svc-1';
    const template = synth((stack) => {
      const server = existing(stack, { serviceArn: arn });
      expect(server.environment()).toMatchObject({ ML_TRACKING_AUTH: 'aws-sigv4' });
      server.grants.use(role(stack));
    });
    expect(statementsOf(template, 'Client')).toEqual([{ Action: 'vpc-lattice-svcs:Invoke', Effect: 'Allow', Resource: `${arn}/*` }]);
  });

  test('may be one of SageMaker', () => {
    const trackingUri = 'arn:aws:sagemaker:eu-west-1:123456789012:mlflow-tracking-server/theirs';
    const template = synth((stack) => {
      const server = existing(stack, { trackingUri, artifacts: store(stack) });
      expect(server.engine).toBe(TrackingEngine.MANAGED);
      server.grants.use(role(stack));
    });
    expect(statementsOf(template, 'Client')).toContainEqual(expect.objectContaining({ Resource: trackingUri }));
  });

  test('of SageMaker has no service of VPC Lattice', () => {
    const attrs = { trackingUri: 'arn:aws:sagemaker:eu-west-1:123456789012:mlflow-tracking-server/theirs', serviceArn: 'arn' };
    expect(refusals(() => synth((stack) => void existing(stack, attrs)))).toMatchObject([{ code: 'conflict', prop: 'serviceArn' }]);
  });
});

describe('what is wrong is said at once', () => {
  test.each<[string, (stack: Stack) => ExperimentTrackingProps, object[]]>([
    ['a network without private subnets', (stack) => ({ vpc: bareVpc(stack) }), [BARE_VPC]],
    [
      'one zone for the database',
      (stack) => ({ vpc: network(stack, ['eu-west-1a']) }),
      [
        {
          code: 'limit',
          prop: 'databaseSubnets',
          value: undefined,
          reason: 'RDS wants subnets in two zones or more, and these are in one',
          instead: 'give a vpc with private subnets in two zones, or a database of your own',
        },
      ],
    ],
    [
      'too much memory',
      () => ({ memory: Size.gibibytes(64) }),
      [
        {
          code: 'limit',
          prop: 'memory',
          value: '64GiB',
          reason: 'Fargate offers at most 30 GiB with 4 processors',
          instead: 'write 30GiB or less',
        },
      ],
    ],
    [
      'sizes and numbers',
      () => ({ servers: 0, ephemeralStorage: Size.gibibytes(500), databaseStorage: Size.gibibytes(5) }),
      [
        { code: 'limit', prop: 'servers', value: 0, reason: 'one database allows 1 to 10', instead: 'write a number from 1 to 10' },
        {
          code: 'limit',
          prop: 'ephemeralStorage',
          value: '500GiB',
          reason: 'Fargate offers 20 to 200 GiB, in whole ones',
          instead: 'write 20GiB to 200GiB',
        },
        {
          code: 'limit',
          prop: 'databaseStorage',
          value: '5GiB',
          reason: 'RDS for PostgreSQL of this library takes 20 to 6,144 GiB, in whole ones',
          instead: 'write 20GiB to 6144GiB',
        },
      ],
    ],
    [
      'props of a managed server',
      () => ({ mlflowVersion: 'three', serverSize: ManagedServerSize.SMALL }),
      [
        {
          code: 'conflict',
          prop: 'serverSize',
          value: 'Small',
          reason: 'it is a property of managed servers',
          instead: 'leave it out, or write engine: managed',
        },
        {
          code: 'conflict',
          prop: 'mlflowVersion',
          value: 'three',
          reason: 'it is a property of managed servers',
          instead: 'leave it out, or write engine: managed',
        },
        { code: 'syntax', prop: 'mlflowVersion', value: 'three', reason: 'not a version', instead: 'write one such as 3.0' },
      ],
    ],
    [
      'props of a database that is yours',
      (stack) => ({
        databaseStorage: Size.gibibytes(100),
        database: {
          host: 'db',
          secret: Secret.fromSecretNameV2(stack, 'Login', 'login'),
          securityGroup: SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-1'),
        },
      }),
      [{ code: 'conflict', prop: 'databaseStorage', value: undefined, reason: 'the database is yours', instead: 'leave it out' }],
    ],
  ])('%s', (_, props, problems) => {
    expect(refusals(() => synth((stack) => void tracking(stack, props(stack))))).toEqual(problems);
  });
});

test('all of it is one network, one store and one server if nothing is given', () => {
  const template = synth((stack) => void new ExperimentTracking(stack, 'Tracking'));
  template.resourceCountIs('AWS::EC2::VPC', 1);
  template.resourceCountIs('AWS::S3::Bucket', 2);
  template.resourceCountIs('AWS::ECS::Service', 1);
});
