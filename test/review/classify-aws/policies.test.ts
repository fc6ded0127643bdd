import { findAccess } from '../../../lib/review/classify/aws/access';
import { Body } from '../../../lib/review/model';
import { either, findings, PARAMETER, put } from './change';

const ACCOUNT = 'arn:aws:iam::111122223333:root';
const policy = (...Statement: unknown[]): Body => ({ Version: '2012-10-17', Statement });
const allow = (x: Body = {}): Body => ({ Effect: 'Allow', Action: 's3:GetObject', Principal: { AWS: ACCOUNT }, Resource: '*', ...x });
const deny = (x: Body = {}): Body => allow({ Effect: 'Deny', ...x });
const told = (type: string, before: Body | undefined, after: Body | undefined) => findings(findAccess, type, before, after);

describe('a policy of a resource', () => {
  const statement = allow({ Action: 'x:Do', Resource: undefined });
  const PLACES: readonly (readonly [string, string, string, Body])[] = [
    ['AWS::ApiGateway::RestApi', 'Policy', 'Thing', {}],
    ['AWS::Backup::BackupVault', 'AccessPolicy', 'Thing', {}],
    ['AWS::CodeArtifact::Domain', 'PermissionsPolicyDocument', 'Thing', {}],
    ['AWS::CodeArtifact::Repository', 'PermissionsPolicyDocument', 'Thing', {}],
    ['AWS::DynamoDB::Table', 'ResourcePolicy.PolicyDocument', 'Thing', {}],
    ['AWS::ECR::RegistryPolicy', 'PolicyText', 'Thing', {}],
    ['AWS::ECR::Repository', 'RepositoryPolicyText', 'Thing', {}],
    ['AWS::Events::EventBus', 'Policy', 'Thing', {}],
    ['AWS::Glue::ResourcePolicy', 'PolicyInJson', 'Thing', {}],
    ['AWS::KMS::Key', 'KeyPolicy', 'Thing', {}],
    ['AWS::KMS::ReplicaKey', 'KeyPolicy', 'Thing', {}],
    ['AWS::Kinesis::ResourcePolicy', 'ResourcePolicy', 'stream', { ResourceArn: 'stream' }],
    ['AWS::Logs::ResourcePolicy', 'PolicyDocument', 'Thing', {}],
    ['AWS::OpenSearchService::Domain', 'AccessPolicies', 'Thing', {}],
    ['AWS::S3::AccessPoint', 'Policy', 'Thing', {}],
    ['AWS::S3::BucketPolicy', 'PolicyDocument', 'Data', { Bucket: { Ref: 'Data' } }],
    ['AWS::S3Tables::TableBucketPolicy', 'ResourcePolicy', 'tables', { TableBucketARN: 'tables' }],
    ['AWS::SNS::TopicPolicy', 'PolicyDocument', 'Ops, Dev', { Topics: [{ Ref: 'Ops' }, { Ref: 'Dev' }] }],
    ['AWS::SQS::QueuePolicy', 'PolicyDocument', 'Jobs', { Queues: [{ Ref: 'Jobs' }] }],
    ['AWS::SageMaker::ModelPackageGroup', 'ModelPackageGroupPolicy', 'Thing', {}],
    ['AWS::SecretsManager::ResourcePolicy', 'ResourcePolicy', 'secret', { SecretId: 'secret' }],
    ['AWS::Some::Thing', 'Deeply.Nested.*.Document', 'Thing', {}],
  ];

  test.each(PLACES)('that allows more is told: %s %s', (type, path, on, beside) => {
    const of = (...statements: Body[]) => ({ ...beside, ...put(path, policy(...statements)) });
    const why = `access: The account 111122223333 can newly do x:Do on ${on}.`;
    expect(told(type, of(deny({ Action: 'y:Do' })), of(deny({ Action: 'y:Do' }), statement))).toEqual([why]);
    expect(told(type, undefined, of(statement))).toContain(why);
  });

  test.each(PLACES)('that allows less, or the same, is not: %s %s', (type, path, _on, beside) => {
    const of = (...statements: Body[]) => ({ ...beside, ...put(path, policy(...statements)) });
    expect(told(type, of(allow({ Action: 'y:Do' }), statement), of(allow({ Action: 'y:Do' })))).toEqual([]);
    expect(told(type, { ...of(statement), Tags: [] }, of(statement))).toEqual([]);
    expect(told(type, of(statement), undefined)).toEqual([]);
  });

  test.each([
    ['AWS::S3::BucketPolicy', 'Bucket', 'a', 'b', 'b', 'a'],
    ['AWS::SNS::TopicPolicy', 'Topics', ['a'], ['a', 'b'], 'a, b', 'a'],
    ['AWS::SQS::QueuePolicy', 'Queues', ['a'], ['b'], 'b', 'a'],
  ])('that guards another resource is told of both: %s', (type, on, before, after, now, old) => {
    const PolicyDocument = policy(statement, deny({ Action: 'y:Do', Principal: '*', Resource: undefined }));
    expect(told(type, { PolicyDocument, [on]: before }, { PolicyDocument, [on]: after })).toEqual([
      `access: The account 111122223333 can newly do x:Do on ${now}.`,
      `access: Anyone can newly do y:Do on ${old}, if something allows it: a denial is gone.`,
    ]);
  });

  test.each([
    [
      'AWS::ApiGateway::RestApi',
      'Policy',
      'Whoever reaches the API can newly call what its methods do not guard themselves: its policy is gone.',
    ],
    ['AWS::EC2::VPCEndpoint', 'PolicyDocument', 'Anyone in the network can newly do everything through the endpoint: its policy is gone.'],
    [
      'AWS::EFS::FileSystem',
      'FileSystemPolicy',
      'Anyone who reaches the file system can newly read and write all its files: its policy is gone.',
    ],
  ])('without which all is allowed is told where it goes: %s', (type, path, why) => {
    expect(told(type, { [path]: policy(allow()) }, {})).toEqual([`access: ${why}`]);
  });

  test.each([
    ['AWS::EC2::VPCEndpoint', 'PolicyDocument'],
    ['AWS::EFS::FileSystem', 'FileSystemPolicy'],
  ])('without which all is allowed is not told where it comes, but where it allows more: %s', (type, path) => {
    expect(told(type, {}, { [path]: policy(allow()) })).toEqual([]);
    expect(told(type, { [path]: policy(allow()) }, { [path]: policy(allow(), allow({ Action: 'x:Do' })) })).toEqual([
      'access: The account 111122223333 can newly do x:Do on any resource.',
    ]);
  });

  test('of an event bus may be written as its parts', () => {
    const bus = (x: Body): Body => ({ EventBusName: 'default', StatementId: 'a', ...x });
    const parts = bus({ Action: 'events:PutEvents', Principal: '111122223333' });
    const why = 'access: The account 111122223333 can newly do events:PutEvents on default.';
    expect(told('AWS::Events::EventBusPolicy', undefined, parts)).toEqual([why]);
    expect(
      told('AWS::Events::EventBusPolicy', undefined, bus({ Statement: allow({ Action: 'events:PutEvents', Resource: undefined }) })),
    ).toEqual([why]);
    expect(told('AWS::Events::EventBusPolicy', parts, undefined)).toEqual([]);
    expect(told('AWS::Events::EventBusPolicy', parts, bus({ Action: 'events:PutEvents', Principal: '*' }))).toEqual([
      'access: Anyone can newly do events:PutEvents on default.',
    ]);
  });
});

describe('a statement', () => {
  const bucket = (...statements: unknown[]): Body => ({ Bucket: 'data', PolicyDocument: policy(...statements) });
  const changes = (before: readonly unknown[], after: readonly unknown[]) =>
    told('AWS::S3::BucketPolicy', bucket(...before), bucket(...after));

  test.each([
    ['anyone', allow({ Principal: '*' }), 'Anyone can newly do s3:GetObject on any resource.'],
    ['anyone, in the other way of writing', allow({ Principal: { AWS: '*' } }), 'Anyone can newly do s3:GetObject on any resource.'],
    [
      'an account by its number',
      allow({ Principal: { AWS: '111122223333' } }),
      'The account 111122223333 can newly do s3:GetObject on any resource.',
    ],
    [
      'this account',
      allow({ Principal: { AWS: { 'Fn::Sub': 'arn:aws:iam::${AWS::AccountId}:root' } } }),
      'Whoever this account lets can newly do s3:GetObject on any resource.',
    ],
    [
      'a role of the stack',
      allow({ Principal: { AWS: { 'Fn::GetAtt': ['theRole', 'Arn'] } } }),
      'theRole can newly do s3:GetObject on any resource.',
    ],
    [
      'a service',
      allow({ Principal: { Service: 'logs.amazonaws.com' } }),
      'The service logs.amazonaws.com can newly do s3:GetObject on any resource.',
    ],
    [
      'several',
      allow({ Principal: { AWS: ['arn:aws:iam::111122223333:role/a', 'arn:aws:iam::111122223333:role/b'] } }),
      'arn:aws:iam::111122223333:role/a and arn:aws:iam::111122223333:role/b can newly do s3:GetObject on any resource.',
    ],
    [
      'anyone with any identity provider',
      allow({ Principal: { Federated: '*' } }),
      'Anyone with any identity provider can newly do s3:GetObject on any resource.',
    ],
    [
      'anyone but somebody',
      allow({ Principal: undefined, NotPrincipal: { AWS: ACCOUNT } }),
      'Anyone but the account 111122223333 can newly do s3:GetObject on any resource.',
    ],
    ['everything', allow({ Action: '*' }), 'The account 111122223333 can newly do everything on any resource.'],
    [
      'several actions',
      allow({ Action: ['s3:GetObject', 's3:PutObject'] }),
      'The account 111122223333 can newly do s3:GetObject and s3:PutObject on any resource.',
    ],
    [
      'more actions than are listed',
      allow({ Action: ['a:A', 'a:B', 'a:C', 'a:D', 'a:E', 'a:F'] }),
      'The account 111122223333 can newly do a:A, a:B, a:C, a:D and 2 more on any resource.',
    ],
    [
      'everything but an action',
      allow({ Action: undefined, NotAction: 's3:DeleteObject' }),
      'The account 111122223333 can newly do everything but s3:DeleteObject on any resource.',
    ],
    [
      'a resource of the stack',
      allow({ Resource: { 'Fn::Join': ['', [{ 'Fn::GetAtt': ['Data', 'Arn'] }, '/*']] } }),
      'The account 111122223333 can newly do s3:GetObject on Data/*.',
    ],
    [
      'everything but a resource',
      allow({ Resource: undefined, NotResource: 'arn:aws:s3:::secret' }),
      'The account 111122223333 can newly do s3:GetObject on everything but arn:aws:s3:::secret.',
    ],
    [
      'a condition',
      allow({ Condition: { StringEquals: { 'aws:SourceVpce': ['a', 'b'] }, Bool: { 'aws:SecureTransport': true } } }),
      'The account 111122223333 can newly do s3:GetObject on any resource, if aws:SecureTransport Bool true and aws:SourceVpce StringEquals a or b.',
    ],
    [
      'what only the deployment knows',
      either(allow(), undefined),
      'Whoever it names can newly do what only the deployment knows ({"Fn::If":["IsProduction",{"Effect":"Allow","Action":"s3:GetObject","Principal":...) on data.',
    ],
  ])('says who, what, on what: %s', (_name, statement, why) => {
    expect(changes([], [statement])).toEqual([`access: ${why}`]);
    expect(changes([statement], [])).toEqual([]);
    expect(changes([statement, deny()], [deny(), statement])).toEqual([]);
  });

  test.each([
    ['fewer actions', allow({ Action: ['s3:GetObject', 's3:PutObject'] }), allow()],
    ['an action of a pattern', allow({ Action: 's3:*' }), allow({ Action: 's3:Get*' })],
    ['an action in other letters', allow({ Action: 'S3:getobject' }), allow()],
    ['a resource of a pattern', allow({ Resource: 'arn:aws:s3:::data/*' }), allow({ Resource: 'arn:aws:s3:::data/tmp/*' })],
    ['one of anyone', allow({ Principal: '*' }), allow()],
    ['a condition', allow(), allow({ Condition: { Bool: { 'aws:SecureTransport': 'true' } } })],
    ['another Sid', allow({ Sid: 'A' }), allow({ Sid: 'B' })],
    ['a list of one', allow(), allow({ Action: ['s3:GetObject'] })],
    [
      'a condition in another order',
      allow({ Condition: { StringEquals: { a: ['1', '2'] } } }),
      allow({ Condition: { StringEquals: { a: ['2', '1'] } } }),
    ],
    ['a new denial', [], deny()],
    ['a wider denial', deny(), deny({ Action: 's3:*' })],
  ])('that is less is not told: %s', (_name, before, after) => {
    expect(changes([before].flat(), [after])).toEqual([]);
  });

  test.each([
    [
      'one more action',
      allow(),
      allow({ Action: ['s3:GetObject', 's3:PutObject'] }),
      'The account 111122223333 can newly do s3:PutObject on any resource.',
    ],
    ['a pattern', allow(), allow({ Action: 's3:Get*' }), 'The account 111122223333 can newly do s3:Get* on any resource.'],
    [
      'one more resource',
      allow({ Resource: 'a' }),
      allow({ Resource: ['a', 'b'] }),
      'The account 111122223333 can newly do s3:GetObject on b.',
    ],
    [
      'no condition any more',
      allow({ Condition: { Bool: { 'aws:SecureTransport': 'true' } } }),
      allow(),
      'The account 111122223333 can newly do s3:GetObject on any resource.',
    ],
    [
      'another condition',
      allow({ Condition: { StringEquals: { a: '1' } } }),
      allow({ Condition: { StringEquals: { a: '2' } } }),
      'The account 111122223333 can newly do s3:GetObject on any resource, if a StringEquals 2.',
    ],
    ['a denial that is an allowance now', deny(), allow(), 'The account 111122223333 can newly do s3:GetObject on any resource.'],
    [
      'all but something, where it was something',
      allow(),
      allow({ Action: undefined, NotAction: 's3:GetObject' }),
      'The account 111122223333 can newly do everything but s3:GetObject on any resource.',
    ],
    ['what a parameter says', allow(), allow({ Action: PARAMETER }), 'The account 111122223333 can newly do Parameter on any resource.'],
  ])('that is more is told, and only what is more: %s', (_name, before, after, why) => {
    expect(changes([before], [after])[0]).toBe(`access: ${why}`);
  });

  test.each([
    [
      'a denial that goes',
      [deny({ Principal: '*' })],
      [],
      'Anyone can newly do s3:GetObject on any resource, if something allows it: a denial is gone.',
    ],
    [
      'a denial that is narrower',
      [deny({ Action: ['a:A', 'b:B'] })],
      [deny({ Action: 'a:A' })],
      'The account 111122223333 can newly do b:B on any resource, if something allows it: a denial is gone.',
    ],
    [
      'a denial with a condition',
      [deny({ Condition: { Bool: { 'aws:SecureTransport': 'false' } } })],
      [],
      'The account 111122223333 can newly do s3:GetObject on any resource, if aws:SecureTransport Bool false and something allows it: a denial is gone.',
    ],
    [
      'a denial of all but somebody',
      [deny({ Principal: undefined, NotPrincipal: { AWS: ACCOUNT } })],
      [],
      'Anyone but the account 111122223333 can newly do s3:GetObject on any resource, if something allows it: a denial is gone.',
    ],
  ])('that denied is missed: %s', (_name, before, after, why) => {
    expect(changes(before, after)).toEqual([`access: ${why}`]);
  });

  test('of a policy that is written as text is read', () => {
    const of = (...statements: Body[]) => ({ PolicyText: JSON.stringify(policy(...statements)) });
    expect(told('AWS::ECR::RegistryPolicy', of(), of(allow()))).toEqual([
      'access: The account 111122223333 can newly do s3:GetObject on any resource.',
    ]);
    expect(told('AWS::ECR::RegistryPolicy', of(allow()), of())).toEqual([]);
  });

  test('of a policy that only the deployment knows may allow anything', () => {
    expect(told('AWS::ECR::RegistryPolicy', { PolicyText: policy(allow()) }, { PolicyText: PARAMETER })).toEqual([
      'access: Whoever it names can newly do what only the deployment knows (Parameter) on Thing.',
    ]);
    expect(told('AWS::ECR::RegistryPolicy', { PolicyText: PARAMETER }, { PolicyText: policy(allow()) })).toEqual([
      'access: The account 111122223333 can newly do s3:GetObject on any resource.',
    ]);
  });

  test('of very many parts is told whole', () => {
    const many = (n: number) => Array.from({ length: n }, (_, i) => `a:A${i}`);
    const before = allow({ Action: many(150), Resource: many(150) });
    expect(changes([before], [allow({ Action: many(151), Resource: many(150) })])).toEqual([
      'access: The account 111122223333 can newly do a:A0, a:A1, a:A2, a:A3 and 147 more on a:A0, a:A1, a:A2, a:A3 and 146 more.',
    ]);
  });
});
