import { findAccess } from '../../../lib/review/classify/aws/access';
import { ACCESS_PATHS } from '../../../lib/review/classify/aws/weakened';
import { DATA_PLANE_GUARDS } from '../../../lib/review/classify/aws/data-plane';
import { GUARDS } from '../../../lib/review/classify/aws/guards';
import { Body } from '../../../lib/review/model';
import { either, findings, PARAMETER, put } from './change';

const told = (type: string, before: Body | undefined, after: Body | undefined) => findings(findAccess, `AWS::${type}`, before, after);
const policy = (...Statement: Body[]): Body => ({ Version: '2012-10-17', Statement });
const allow = (Action: unknown, x: Body = {}): Body => ({ Effect: 'Allow', Action, Resource: '*', ...x });
const trust = (Principal: unknown, x: Body = {}): Body => ({ Effect: 'Allow', Action: 'sts:AssumeRole', Principal, ...x });
const LAMBDA = { Service: 'lambda.amazonaws.com' };
const ACCOUNT = { AWS: 'arn:aws:iam::111122223333:root' };

describe('a policy of an identity', () => {
  const roles = (...names: string[]) => names.map((Ref) => ({ Ref }));

  test.each([
    ['IAM::Policy', { Roles: roles('Job') }, 'Job'],
    ['IAM::Policy', { Users: ['ana'], Groups: ['ops'] }, 'ana and ops'],
    ['IAM::ManagedPolicy', { Roles: roles('Job', 'Api', 'Web') }, 'Job, Api and Web'],
    ['IAM::ManagedPolicy', {}, 'Whoever has the policy'],
    ['IAM::RolePolicy', { RoleName: { Ref: 'Job' } }, 'Job'],
    ['IAM::UserPolicy', { UserName: 'ana' }, 'ana'],
    ['IAM::GroupPolicy', { GroupName: 'ops' }, 'ops'],
  ])('is told of who has it: %s %j', (type, beside, who) => {
    const of = (action: string): Body => ({ ...beside, PolicyDocument: policy(allow(action)) });
    expect(told(type, of('s3:GetObject'), of('s3:*'))).toEqual([`access: ${who} can newly do s3:* on any resource.`]);
    expect(told(type, undefined, of('s3:GetObject'))).toEqual([`access: ${who} can newly do s3:GetObject on any resource.`]);
    expect(told(type, of('s3:*'), of('s3:GetObject'))).toEqual([]);
    expect(told(type, of('s3:*'), undefined)).toEqual([]);
  });

  test('tells who has it newly', () => {
    const of = (...names: string[]): Body => ({ Roles: roles(...names), PolicyDocument: policy(allow('s3:GetObject')) });
    expect(told('IAM::Policy', of('Job'), of('Api', 'Job'))).toEqual(['access: Api can newly do all that the policy Thing allows.']);
    expect(told('IAM::Policy', of('Api', 'Job'), of('Job'))).toEqual([]);
  });

  test.each(['IAM::Role', 'IAM::User', 'IAM::Group'])('within the identity is told of it: %s', (type) => {
    const of = (action: string): Body => ({ Policies: [{ PolicyName: 'p', PolicyDocument: policy(allow(action)) }] });
    expect(told(type, of('s3:GetObject'), of('s3:*'))).toEqual(['access: Thing can newly do s3:* on any resource.']);
    expect(told(type, of('s3:*'), {})).toEqual([]);
  });

  test('of a permission set is told of it', () => {
    const of = (action: string): Body => ({ InlinePolicy: policy(allow(action)) });
    expect(told('SSO::PermissionSet', of('s3:GetObject'), of('*'))).toEqual(['access: Thing can newly do everything on any resource.']);
  });

  test('that only the deployment knows may allow anything', () => {
    expect(
      told(
        'IAM::Policy',
        { Roles: ['a'], PolicyDocument: policy(allow('s3:GetObject')) },
        { Roles: ['a'], PolicyDocument: either({}, {}) },
      ),
    ).toEqual(['access: a can newly do what only the deployment knows ({"Fn::If":["IsProduction",{},{}]}) on Thing.']);
  });
});

describe('a managed policy', () => {
  const of = (...ManagedPolicyArns: unknown[]) => ({ ManagedPolicyArns });

  test.each([
    ['by its name', 'arn:aws:iam::aws:policy/AdministratorAccess', 'AdministratorAccess'],
    [
      'of a service',
      { 'Fn::Sub': 'arn:${AWS::Partition}:iam::aws:policy/service-role/AWSBatchServiceRole' },
      'service-role/AWSBatchServiceRole',
    ],
    ['of the stack', { Ref: 'Shared' }, 'Shared'],
  ])('that is attached is told %s', (_name, arn, name) => {
    expect(told('IAM::Role', of(), of(arn))).toEqual([`access: Thing can newly do all that the managed policy ${name} allows.`]);
    expect(told('IAM::Role', undefined, of(arn))).toEqual([`access: Thing can newly do all that the managed policy ${name} allows.`]);
    expect(told('IAM::Role', of(arn), of())).toEqual([]);
  });

  test('of a permission set is told', () => {
    expect(told('SSO::PermissionSet', {}, { ManagedPolicies: ['arn:aws:iam::aws:policy/ReadOnlyAccess'] })).toEqual([
      'access: Thing can newly do all that the managed policy ReadOnlyAccess allows.',
    ]);
  });
});

describe('a permissions boundary', () => {
  const bound = (PermissionsBoundary: unknown) => ({ PermissionsBoundary });

  test.each([
    [
      'goes',
      bound('arn:aws:iam::aws:policy/ReadOnlyAccess'),
      {},
      'access: Nothing bounds any more what Thing can be allowed: its permissions boundary is gone.',
    ],
    [
      'is another',
      bound('arn:aws:iam::aws:policy/ReadOnlyAccess'),
      bound('arn:aws:iam::aws:policy/PowerUserAccess'),
      'access?: Thing can newly be allowed whatever the boundary PowerUserAccess lets through, before: ReadOnlyAccess.',
    ],
    [
      'may be another',
      bound('arn:aws:iam::aws:policy/ReadOnlyAccess'),
      bound(PARAMETER),
      'access?: Thing can newly be allowed whatever the boundary Parameter lets through, before: ReadOnlyAccess.',
    ],
  ])('is told where it %s', (_name, before, after, why) => {
    expect(told('IAM::Role', before, after)).toEqual([why]);
  });

  test('is not where it comes, or goes with its role', () => {
    expect(told('IAM::Role', {}, bound('b'))).toEqual([]);
    expect(told('IAM::Role', bound('b'), undefined)).toEqual([]);
  });
});

describe('who is what', () => {
  test.each([
    ['IAM::InstanceProfile', { Roles: ['a'] }, { Roles: ['b'] }, 'Machines with the profile Thing can newly do all that the role b may.'],
    ['IAM::User', { Groups: ['a'] }, { Groups: ['a', 'admins'] }, 'Thing can newly do all that the group admins may.'],
    ['IAM::User', undefined, { Groups: ['admins'] }, 'Thing can newly do all that the group admins may.'],
    [
      'IAM::UserToGroupAddition',
      { GroupName: 'admins', Users: ['ana'] },
      { GroupName: 'admins', Users: ['ana', 'bo'] },
      'bo can newly do all that the group admins may.',
    ],
    ['IAM::UserToGroupAddition', undefined, { GroupName: 'admins', Users: ['ana'] }, 'ana can newly do all that the group admins may.'],
    [
      'IAM::UserToGroupAddition',
      { GroupName: 'ops', Users: ['ana'] },
      { GroupName: 'admins', Users: ['ana'] },
      'ana can newly do all that the group admins may.',
    ],
  ])('is told: %s %j → %j', (type, before, after, why) => {
    expect(told(type, before, after)).toEqual([`access: ${why}`]);
    expect(told(type, after, undefined)).toEqual([]);
  });

  test('is not told of a new profile, whose role is', () => {
    expect(told('IAM::InstanceProfile', undefined, { Roles: ['a'] })).toEqual([]);
  });
});

describe('who may take on a role', () => {
  const role = (...statements: Body[]): Body => ({ AssumeRolePolicyDocument: policy(...statements) });
  const GITHUB = { Federated: 'arn:aws:iam::1:oidc-provider/token.actions.githubusercontent.com' };

  test.each([
    ['an account', role(trust(LAMBDA)), role(trust(LAMBDA), trust(ACCOUNT)), 'The account 111122223333 can newly take on the role Thing.'],
    ['an account, newly', undefined, role(trust(ACCOUNT)), 'The account 111122223333 can newly take on the role Thing.'],
    [
      'a service',
      role(trust(LAMBDA)),
      role(trust({ Service: 'ec2.amazonaws.com' })),
      'The service ec2.amazonaws.com can newly take on the role Thing.',
    ],
    ['anyone', role(trust(ACCOUNT)), role(trust({ AWS: '*' })), 'Anyone can newly take on the role Thing.'],
    [
      'one on a condition',
      role(),
      role(trust(GITHUB, { Condition: { StringLike: { sub: 'repo:acme/*' } } })),
      'arn:aws:iam::1:oidc-provider/token.actions.githubusercontent.com can newly take on the role Thing, if sub StringLike repo:acme/*.',
    ],
    [
      'anyone but somebody',
      role(),
      role(trust(undefined, { NotPrincipal: ACCOUNT })),
      'Anyone but the account 111122223333 can newly take on the role Thing.',
    ],
    [
      'one who was denied',
      role(trust(ACCOUNT, { Effect: 'Deny' })),
      role(),
      'The account 111122223333 can newly take on the role Thing, if something allows it: a denial is gone.',
    ],
  ])('is told of %s', (_name, before, after, why) => {
    expect(told('IAM::Role', before, after)).toEqual([`access: ${why}`]);
  });

  test.each([
    ['a service and a new role', undefined, role(trust(LAMBDA))],
    ['fewer', role(trust(LAMBDA), trust(ACCOUNT)), role(trust(LAMBDA))],
    ['one on a condition now', role(trust(ACCOUNT)), role(trust(ACCOUNT, { Condition: { Bool: { 'aws:MultiFactorAuthPresent': true } } }))],
    ['a role that goes', role(trust(ACCOUNT)), undefined],
  ])('is not of %s', (_name, before, after) => {
    expect(told('IAM::Role', before, after)).toEqual([]);
  });
});

describe('who may call a function', () => {
  const permission = (x: Body): Body => ({
    Action: 'lambda:InvokeFunction',
    FunctionName: { Ref: 'Predict' },
    Principal: 'events.amazonaws.com',
    ...x,
  });
  const CALL = 'can newly do lambda:InvokeFunction on Predict';
  const told = (before: Body | undefined, after: Body | undefined) => findings(findAccess, 'AWS::Lambda::Permission', before, after);

  test.each([
    ['a service, for anyone', {}, `The service events.amazonaws.com ${CALL} on behalf of anyone, in any account.`],
    [
      'a service, for one',
      { SourceArn: { 'Fn::GetAtt': ['Weekly', 'Arn'] } },
      `The service events.amazonaws.com ${CALL} on behalf of Weekly.`,
    ],
    ['a service, for an account', { SourceAccount: '111122223333' }, `The service events.amazonaws.com ${CALL} on behalf of 111122223333.`],
    ['an account', { Principal: '111122223333' }, `111122223333 ${CALL}.`],
    ['anyone', { Principal: '*' }, `Anyone ${CALL}.`],
    ['anyone of an organization', { Principal: '*', PrincipalOrgID: 'o-1' }, `Anyone of the organization o-1 ${CALL}.`],
    ['anyone through a URL', { Principal: '*', FunctionUrlAuthType: 'NONE' }, `Anyone ${CALL} through its URL, without signing in.`],
    ['anyone through a URL that asks who it is', { Principal: '*', InvokedViaFunctionUrl: true }, `Anyone ${CALL} through its URL.`],
  ])('is told of %s', (_name, x, why) => {
    expect(told(undefined, permission(x))).toEqual([`access: ${why}`]);
    expect(told(permission(x), undefined)).toEqual([]);
  });

  test.each([
    ['the source is any now', { SourceArn: 'a' }, {}],
    ['the source is another', { SourceArn: 'a' }, { SourceArn: 'b' }],
    ['the account is any now', { SourceAccount: 'a' }, {}],
    ['the service is another', { Principal: 's3.amazonaws.com' }, {}],
    ['the URL asks nobody any more', { FunctionUrlAuthType: 'AWS_IAM' }, { FunctionUrlAuthType: 'NONE' }],
    ['it is not the URL only any more', { InvokedViaFunctionUrl: true }, {}],
    ['the action is another', { Action: 'lambda:GetFunction' }, {}],
    ['the source may be any', { SourceArn: 'a' }, { SourceArn: PARAMETER }],
    ['the source may be none', { SourceArn: 'a' }, { SourceArn: either('a', undefined) }],
  ])('is told where %s', (_name, before, after) => {
    expect(told(permission(before), permission(after))).toHaveLength(1);
  });

  test.each([
    ['the source is one now', {}, { SourceArn: 'a' }],
    ['the account is one now', { SourceArn: 'a' }, { SourceArn: 'a', SourceAccount: 'b' }],
    ['the organization is one now', { Principal: '*' }, { Principal: '*', PrincipalOrgID: 'o' }],
    ['anyone is somebody now', { Principal: '*' }, { Principal: '111122223333' }],
    ['the URL asks who it is now', { FunctionUrlAuthType: 'NONE' }, { FunctionUrlAuthType: 'AWS_IAM' }],
  ])('is not where %s', (_name, before, after) => {
    expect(told(permission(before), permission(after))).toEqual([]);
  });

  test('is told of a layer', () => {
    const layer = { Action: 'lambda:GetLayerVersion', LayerVersionArn: { Ref: 'Libraries' }, Principal: '*', OrganizationId: 'o-1' };
    expect(findings(findAccess, 'AWS::Lambda::LayerVersionPermission', undefined, layer)).toEqual([
      'access: Anyone of the organization o-1 can newly do lambda:GetLayerVersion on Libraries.',
    ]);
  });
});

const HANDS: readonly (readonly [string, string, string])[] = [
  ['Lambda::Function', 'Role', 'The function'],
  ['Batch::JobDefinition', 'ContainerProperties.JobRoleArn', 'The job'],
  ['ECS::TaskDefinition', 'TaskRoleArn', 'The task'],
  ['ECS::TaskDefinition', 'ExecutionRoleArn', 'The start of the task'],
  ['SageMaker::FeatureGroup', 'RoleArn', 'The feature group'],
  ['SageMaker::MlflowTrackingServer', 'RoleArn', 'The MLflow tracking server'],
  ['ECR::RepositoryCreationTemplate', 'CustomRoleArn', 'The repository creation template'],
  ['CodeBuild::Project', 'ServiceRole', 'The build'],
  ['CodePipeline::Pipeline', 'RoleArn', 'The pipeline'],
  ['StepFunctions::StateMachine', 'RoleArn', 'The state machine'],
  ['SageMaker::Model', 'ExecutionRoleArn', 'The model'],
  ['Scheduler::Schedule', 'Target.RoleArn', 'The schedule'],
];

describe('a role that something takes on', () => {
  const arn = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] });

  test.each(HANDS)('is told where it is another: %s %s', (type, path, what) => {
    expect(told(type, put(path, arn('Narrow')), put(path, arn('Wide')))).toEqual([
      `access?: ${what} can newly do what the role Wide may, before: Narrow.`,
    ]);
    expect(told(type, put(path, arn('Narrow')), put(path, PARAMETER))).toEqual([
      `access?: ${what} can newly do what the role Parameter may, before: Narrow.`,
    ]);
    expect(told(type, { ...put(path, arn('Wide')), Tags: [] }, put(path, arn('Wide')))).toEqual([]);
    expect(told(type, undefined, put(path, arn('Wide')))).toEqual([]);
  });

  test('is told where there was none, and where there is none', () => {
    expect(told('ECS::TaskDefinition', {}, { TaskRoleArn: arn('Wide') })).toEqual([
      'access?: The task can newly do what the role Wide may, before: nothing.',
    ]);
    expect(told('ECS::TaskDefinition', { TaskRoleArn: arn('Wide') }, {})).toEqual([
      'access?: The task can newly do what the role of its machine may: it has none of its own any more, before: Wide.',
    ]);
  });
});

const ALGORITHM = 'BucketEncryption.ServerSideEncryptionConfiguration.*.ServerSideEncryptionByDefault.KMSMasterKeyID';
const KEYS: readonly (readonly [string, string, string])[] = [
  ['SQS::Queue', 'KmsMasterKeyId', 'queue'],
  ['SNS::Topic', 'KmsMasterKeyId', 'topic'],
  ['Logs::LogGroup', 'KmsKeyId', 'log group'],
  ['RDS::DBInstance', 'KmsKeyId', 'database'],
  ['RDS::DBCluster', 'KmsKeyId', 'database cluster'],
  ['RDS::DBInstance', 'MasterUserSecret.KmsKeyId', 'database'],
  ['SageMaker::FeatureGroup', 'OnlineStoreConfig.SecurityConfig.KmsKeyId', 'feature group'],
  ['EFS::FileSystem', 'KmsKeyId', 'file system'],
  ['SecretsManager::Secret', 'KmsKeyId', 'secret'],
  ['S3::Bucket', ALGORITHM, 'bucket'],
];

test.each(KEYS)('another key is told, and the first is not: %s %s', (type, path, what) => {
  const of = (id: unknown) => put(path, typeof id === 'string' ? { 'Fn::GetAtt': [id, 'Arn'] } : id);
  const why = `access?: The ${what} is encrypted under another key: whoever may use`;
  expect(told(type, of('Old'), of('New'))).toEqual([`${why} New can newly read what is new, before: Old.`]);
  expect(told(type, of('Old'), of(PARAMETER))).toEqual([`${why} Parameter can newly read what is new, before: Old.`]);
  expect(told(type, {}, of('New'))).toEqual([]);
  expect(told(type, { ...of('New'), Tags: [] }, of('New'))).toEqual([]);
});

const GROUPS: readonly (readonly [string, string, string])[] = [
  ['Lambda::Function', 'VpcConfig.SecurityGroupIds', 'function'],
  ['RDS::DBInstance', 'VpcSecurityGroupIds', 'database'],
  ['EC2::VPCEndpoint', 'SecurityGroupIds', 'VPC endpoint'],
  ['ElasticLoadBalancingV2::LoadBalancer', 'SecurityGroups', 'load balancer'],
  ['Batch::ComputeEnvironment', 'ComputeResources.SecurityGroupIds', 'compute environment'],
  ['ECS::Service', 'NetworkConfiguration.AwsvpcConfiguration.SecurityGroups', 'container service'],
];

test.each(GROUPS)('a security group that is joined is told, and one that is left is not: %s %s', (type, path, what) => {
  const of = (...ids: string[]) =>
    put(
      path,
      ids.map((id) => ({ 'Fn::GetAtt': [id, 'GroupId'] })),
    );
  const why = (groups: string) => `access?: The ${what} is newly a member of ${groups}: whom the group lets in can reach it.`;
  expect(told(type, of('A'), of('B', 'A'))).toEqual([why('B')]);
  expect(told(type, of('A'), put(path, [PARAMETER]))).toEqual([why('Parameter')]);
  expect(told(type, of('A', 'B'), of('A'))).toEqual([]);
  expect(told(type, of('A', 'B'), of('B', 'A'))).toEqual([]);
  expect(told(type, undefined, of('A'))).not.toContain(why('A'));
});

test('two groups that are joined are told as two', () => {
  expect(told('Lambda::Function', put('VpcConfig.SecurityGroupIds', ['a']), put('VpcConfig.SecurityGroupIds', ['a', 'b', 'c']))).toEqual([
    'access?: The function is newly a member of b and c: whom the groups let in can reach it.',
  ]);
});

test('every rule that reads a property has a case here or in guards.test.ts', () => {
  const cases = [...HANDS, ...KEYS, ...GROUPS];
  const missing = ACCESS_PATHS.filter((rule) => !cases.some(([type, path]) => rule.types.test(`AWS::${type}`) && rule.path === path));
  // data-plane.test.ts reads the parameters, whose names have dots.
  const left = missing.filter((rule) => !rule.types.test('AWS::RDS::DBParameterGroup') || rule.path !== 'Parameters');
  expect(left.filter((rule) => ![...GUARDS, ...DATA_PLANE_GUARDS].some((g) => g.path === rule.path))).toEqual([]);
});
