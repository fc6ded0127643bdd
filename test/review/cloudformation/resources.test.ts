import { classify } from '../../../lib/review/classify';
import { diffCloudFormation } from '../../../lib/review/cloudformation';
import { Body, Change } from '../../../lib/review/model';
import { stackOf } from '../classify-aws/change';
import { texts } from '../classify';

const diff = (before: Body, after: Body): Change[] => diffCloudFormation(stackOf(before), stackOf(after));
const brief = (changes: readonly Change[]): string[] => changes.map((c) => `${c.action} ${c.address} (${c.replacement})`);
/** The change of the only resource of the type, by its properties. */
const only = (type: string, before: Body, after: Body): Change | undefined =>
  diff({ Thing: { Type: type, Properties: before } }, { Thing: { Type: type, Properties: after } })[0];
const causes = (change: Change | undefined): string[] => (change?.causes ?? []).map((c) => `${c.path} (${c.replacement})`);

const QUEUE: Body = { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'jobs' } };

describe('what is compared', () => {
  test('equal stacks have no changes', () => {
    expect(diff({ Jobs: QUEUE }, structuredClone({ Jobs: QUEUE }))).toEqual([]);
    expect(diff({}, {})).toEqual([]);
  });

  test('a resource that is new is added', () => {
    expect(diff({}, { Jobs: QUEUE })).toEqual([
      {
        cloud: 'aws',
        stack: 'housing',
        address: 'Jobs',
        type: 'AWS::SQS::Queue',
        action: 'add',
        replacement: 'no',
        causes: [],
        findings: [],
        after: QUEUE,
      },
    ]);
  });

  test('one that is gone is removed', () => {
    expect(diff({ Jobs: QUEUE }, {})).toEqual([
      {
        cloud: 'aws',
        stack: 'housing',
        address: 'Jobs',
        type: 'AWS::SQS::Queue',
        action: 'remove',
        replacement: 'no',
        causes: [],
        findings: [],
        before: QUEUE,
      },
    ]);
  });

  test('one that is retained stays outside of the stack', () => {
    const kept = { ...QUEUE, DeletionPolicy: 'RetainExceptOnCreate' };
    expect(diff({ Jobs: kept }, {})[0].advice).toBe('It stays in the account, outside of any stack: import it or delete it by hand.');
    expect(diff({ Jobs: { ...QUEUE, DeletionPolicy: 'Delete' } }, {})[0].advice).toBeUndefined();
  });

  test('a stack that is new adds all, one that is gone removes all, and only when somebody deletes it', () => {
    const stack = stackOf({ Jobs: QUEUE, Kept: { ...QUEUE, DeletionPolicy: 'Retain' } });
    expect(brief(diffCloudFormation(undefined, stack))).toEqual(['add Jobs (no)', 'add Kept (no)']);
    const removed = diffCloudFormation(stack, undefined);
    expect(brief(removed)).toEqual(['remove Jobs (no)', 'remove Kept (no)']);
    expect(new Set(removed.map((c) => c.advice))).toEqual(
      new Set(['Nothing happens until somebody deletes the stack: one that its app no longer has stays deployed.']),
    );
  });

  test('a change has its stack, its construct path, what differs, and both bodies with references as text', () => {
    const of = (DelaySeconds: number): Body => ({
      ...QUEUE,
      Metadata: { 'aws:cdk:path': 'housing/Jobs/Resource' },
      Properties: { DelaySeconds, KmsMasterKeyId: { 'Fn::GetAtt': ['Key', 'Arn'] } },
    });
    expect(diff({ Jobs: of(1) }, { Jobs: of(2) })).toEqual([
      {
        cloud: 'aws',
        stack: 'housing',
        address: 'Jobs',
        path: 'housing/Jobs/Resource',
        type: 'AWS::SQS::Queue',
        action: 'update',
        replacement: 'no',
        causes: [{ path: 'Properties.DelaySeconds', before: 1, after: 2, replacement: 'no' }],
        findings: [],
        before: { Type: 'AWS::SQS::Queue', Properties: { DelaySeconds: 1, KmsMasterKeyId: '${Key.Arn}' } },
        after: { Type: 'AWS::SQS::Queue', Properties: { DelaySeconds: 2, KmsMasterKeyId: '${Key.Arn}' } },
      },
    ]);
  });

  test('the construct path that the assembly knows comes first', () => {
    const [change] = diffCloudFormation(undefined, { ...stackOf({ Jobs: QUEUE }), paths: new Map([['Jobs', 'housing/Queue']]) });
    expect(change.path).toBe('housing/Queue');
  });

  test('what the CDK writes about itself is no change, and its bookkeeping is cosmetic', () => {
    const at = (path: string): Body => ({ ...QUEUE, Metadata: { 'aws:cdk:path': path, 'aws:asset:path': path } });
    expect(diff({ Jobs: at('a') }, { Jobs: at('b') })).toEqual([]);
    const metadata = (Analytics: string): Body => ({ CDKMetadata: { Type: 'AWS::CDK::Metadata', Properties: { Analytics } } });
    const [change] = diff(metadata('a'), metadata('b'));
    expect(texts(change.findings)).toEqual(["cosmetic: The CDK's own bookkeeping: nothing that runs changes."]);
    expect(change.replacement).toBe('no');
  });

  test('metadata of the user is a change that describes', () => {
    const of = (Reason: string): Body => ({ Jobs: { ...QUEUE, Metadata: { Reason } } });
    expect(texts(classify(diff(of('a'), of('b'))[0]).findings)).toEqual(['cosmetic: Nothing but metadata differs.']);
  });
});

describe('whether a property replaces', () => {
  test.each([
    ['can be updated', 'AWS::Lambda::Function', { MemorySize: 128 }, { MemorySize: 256 }, 'update', 'no', ['Properties.MemorySize (no)']],
    ['cannot', 'AWS::S3::Bucket', { BucketName: 'a' }, { BucketName: 'b' }, 'replace', 'yes', ['Properties.BucketName (yes)']],
    ['cannot, and is newly said', 'AWS::S3::Bucket', {}, { BucketName: 'b' }, 'replace', 'yes', ['Properties.BucketName (yes)']],
    [
      'cannot, deep inside',
      'AWS::Batch::ComputeEnvironment',
      { ComputeResources: { SpotIamFleetRole: 'a' } },
      { ComputeResources: { SpotIamFleetRole: 'b' } },
      'replace',
      'yes',
      ['Properties.ComputeResources.SpotIamFleetRole (yes)'],
    ],
    [
      'can, deep inside a list',
      'AWS::S3::Bucket',
      { LifecycleConfiguration: { Rules: [{ Status: 'Enabled', Prefix: 'a' }] } },
      { LifecycleConfiguration: { Rules: [{ Status: 'Enabled', Prefix: 'b' }] } },
      'update',
      'no',
      ['Properties.LifecycleConfiguration.Rules[0].Prefix (no)'],
    ],
    [
      'may',
      'AWS::RDS::DBInstance',
      { DBSnapshotIdentifier: 'a' },
      { DBSnapshotIdentifier: 'b' },
      'replace',
      'conditional',
      ['Properties.DBSnapshotIdentifier (conditional)'],
    ],
    [
      'may, beside one that cannot',
      'AWS::RDS::DBInstance',
      { DBSnapshotIdentifier: 'a', DBInstanceIdentifier: 'a' },
      { DBSnapshotIdentifier: 'b', DBInstanceIdentifier: 'b' },
      'replace',
      'yes',
      ['Properties.DBSnapshotIdentifier (conditional)', 'Properties.DBInstanceIdentifier (yes)'],
    ],
    ['is unknown', 'AWS::S3::Bucket', {}, { BrandNew: 1 }, 'update', 'unknown', ['Properties.BrandNew (unknown)']],
    [
      'is unknown, deep inside',
      'AWS::S3::Bucket',
      { VersioningConfiguration: { Status: 'Enabled' } },
      { VersioningConfiguration: { Status: 'Enabled', BrandNew: 1 } },
      'update',
      'unknown',
      ['Properties.VersioningConfiguration.BrandNew (unknown)'],
    ],
    ['is of an unknown type', 'AWS::Brand::New', { Name: 'a' }, { Name: 'b' }, 'update', 'unknown', ['Properties.Name (unknown)']],
    ['is of a custom resource', 'Custom::Thing', { Name: 'a' }, { Name: 'b' }, 'update', 'unknown', ['Properties.Name (unknown)']],
    [
      'is of a custom resource in the other way of writing',
      'AWS::CloudFormation::CustomResource',
      { Name: 'a' },
      { Name: 'b' },
      'update',
      'unknown',
      ['Properties.Name (unknown)'],
    ],
  ])('%s: %s', (_name, type, before, after, action, replacement, expected) => {
    const change = only(type, before, after);
    expect([change?.action, change?.replacement]).toEqual([action, replacement]);
    expect(causes(change)).toEqual(expected);
  });

  test.each([
    ['DeletionPolicy', 'Retain', 'Delete', 'no'],
    ['UpdateReplacePolicy', 'Retain', 'Delete', 'no'],
    ['UpdatePolicy', { EnableVersionUpgrade: true }, { EnableVersionUpgrade: false }, 'no'],
    ['CreationPolicy', { ResourceSignal: 1 }, { ResourceSignal: 2 }, 'no'],
    ['Metadata', { Reason: 'a' }, { Reason: 'b' }, 'no'],
    ['BrandNewSection', 'a', 'b', 'unknown'],
  ])('is known of what stands beside the properties: %s', (name, before, after, replacement) => {
    const [change] = diff({ Jobs: { ...QUEUE, [name]: before } }, { Jobs: { ...QUEUE, [name]: after } });
    expect(change.replacement).toBe(replacement);
  });

  test('DependsOn is a list without an order', () => {
    const after = (...ids: string[]): Body => ({ A: QUEUE, B: QUEUE, Jobs: { ...QUEUE, DependsOn: ids } });
    expect(diff(after('A', 'B'), after('B', 'A'))).toEqual([]);
    expect(diff(after('A'), { ...after(), Jobs: { ...QUEUE, DependsOn: 'A' } })).toEqual([]);
    const [change] = diff(after('A'), after('A', 'B'));
    expect(change.replacement).toBe('no');
    expect(texts(classify(change).findings)).toEqual(['cosmetic: Nothing but the order of deployment differs.']);
  });

  test('an unknown type that is added or removed is unknown, a known one is not', () => {
    expect(
      brief(diff({}, { A: { Type: 'Custom::Thing' }, B: { Type: 'AWS::Brand::New' }, C: { Type: 'Custom::S3AutoDeleteObjects' } })),
    ).toEqual(['add A (unknown)', 'add B (unknown)', 'add C (no)']);
    expect(brief(diff({ A: { Type: 'AWS::CloudFormation::CustomResource' } }, {}))).toEqual(['remove A (unknown)']);
  });

  test('another type under the same id is refused by CloudFormation', () => {
    const [change] = diff({ Jobs: QUEUE }, { Jobs: { Type: 'AWS::SNS::Topic', Properties: {} } });
    expect([change.action, change.replacement]).toEqual(['replace', 'yes']);
    expect(causes(change)).toContain('Type (yes)');
    expect(change.advice).toBe('CloudFormation refuses another type under the same logical id: give the construct a new id.');
  });

  test('a name of its own has to change with what replaces it', () => {
    const table = (x: Body): Body => ({ TableName: 'runs', KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }], ...x });
    expect(only('AWS::DynamoDB::Table', table({}), table({ KeySchema: [{ AttributeName: 'key', KeyType: 'HASH' }] }))?.advice).toBe(
      'Give it another TableName in the same change: CloudFormation makes the new one first, and cannot while "runs" is taken.',
    );
    expect(only('AWS::DynamoDB::Table', table({}), table({ TableName: 'other' }))?.advice).toBeUndefined();
  });

  test('a custom resource and an unknown type are unknown to a reviewer', () => {
    expect(texts(classify(only('Custom::Thing', { Name: 'a' }, { Name: 'b' })!).findings)).toEqual([
      'unknown: Nothing is known of `Properties.Name` of Custom::Thing: neither whether it is replaced nor what it means.',
    ]);
  });
});

describe('what Batch does with another environment', () => {
  const environment = (x: Body, y: Body = {}): Body => ({ ...y, ComputeResources: { MaxvCpus: 16, InstanceTypes: ['g6.xlarge'], ...x } });
  const replaced = (before: Body, after: Body) => only('AWS::Batch::ComputeEnvironment', before, after)?.replacement;

  test('it may replace it for other machines, unless it is told to keep it', () => {
    expect(replaced(environment({}), environment({ InstanceTypes: ['g6.2xlarge'] }))).toBe('conditional');
    const keep = { ReplaceComputeEnvironment: false };
    expect(replaced(environment({}, keep), environment({ InstanceTypes: ['g6.2xlarge'] }, keep))).toBe('no');
  });

  test('it keeps it for another size', () => {
    expect(replaced(environment({}), environment({ MaxvCpus: 32 }))).toBe('no');
  });
});

describe('what a role may do, and who reaches a machine', () => {
  const review = (before: Body, after: Body) => diff(before, after).flatMap((c) => texts(classify(c).findings));

  test('a wider policy is told, whatever the order of its statements', () => {
    const statement = (Action: unknown): Body => ({ Effect: 'Allow', Action, Resource: '*' });
    const of = (...Statement: Body[]): Body => ({
      Policy: { Type: 'AWS::IAM::Policy', Properties: { PolicyName: 'p', Roles: [{ Ref: 'Job' }], PolicyDocument: { Statement } } },
    });
    expect(
      review(of(statement('s3:GetObject'), statement('logs:PutLogEvents')), of(statement(['logs:PutLogEvents']), statement('s3:*'))),
    ).toEqual(['access: Job can newly do s3:* on any resource.']);
  });

  test('a wider rule is told', () => {
    const of = (CidrIp: string): Body => ({
      Web: {
        Type: 'AWS::EC2::SecurityGroup',
        Properties: { GroupDescription: 'g', SecurityGroupIngress: [{ IpProtocol: 'tcp', FromPort: 22, ToPort: 22, CidrIp }] },
      },
    });
    expect(review(of('10.0.0.0/8'), of('0.0.0.0/0'))).toEqual([
      'access: Anyone on the internet (0.0.0.0/0) can newly reach the members of Web on tcp 22.',
    ]);
  });
});
