import { mkdtempSync, rmSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { check } from '../../lib/check';
import type { Finding } from '../../lib/check';
import { read } from '../../lib/review/read';

const folder = mkdtempSync(join(tmpdir(), 'check-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(() => jest.resetModules());

const TOPIC = { Type: 'AWS::SNS::Topic', Metadata: { 'aws:cdk:path': 'app/Alarms/Resource' } };
const VIEWER = { Type: 'AWS::IAM::Role', Metadata: { 'aws:cdk:path': 'app/Viewer/Resource' } };
const TEMPLATE = {
  Resources: {
    Alarms1: TOPIC,
    Viewer1: {
      ...VIEWER,
      Properties: {
        AssumeRolePolicyDocument: { Statement: [] },
        ManagedPolicyArns: [{ 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':iam::aws:policy/ReadOnlyAccess']] }],
      },
    },
  },
};

function find(template: object, name = 'app', metadata?: object): readonly Finding[] {
  const file = join(folder, `${name}.template.json`);
  writeFileSync(file, JSON.stringify(template));
  if (metadata) writeFileSync(join(folder, `${name}.metadata.json`), JSON.stringify(metadata));
  return check(read(file)).findings;
}

const acknowledging = (rule: string): object => ({
  '/app/Viewer': [{ type: 'aws:cdk:acknowledged-rules', data: { [rule]: 'it looks only' } }],
});
const MANAGED = 'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/ReadOnlyAccess]';

test('finds what cdk-nag finds, with the construct and the reason of the rule', () => {
  expect(find(TEMPLATE)).toContainEqual({
    cloud: 'aws',
    stack: 'app',
    file: join(folder, 'app.template.json'),
    address: 'Viewer1',
    path: 'app/Viewer/Resource',
    type: 'AWS::IAM::Role',
    rule: MANAGED,
    severity: 'high',
    what: expect.stringMatching(/^The IAM user, role, or group uses AWS managed policies\.$/),
    why: expect.stringMatching(/^An AWS managed policy is .* \(customer\) managed policies\.$/),
    mend: '',
    link: 'https://github.com/cdklabs/cdk-nag/blob/main/RULES.md#awssolutions',
    state: 'open',
  });
});

test('counts the resources, and the rules that were asked', () => {
  writeFileSync(join(folder, 'count.json'), JSON.stringify(TEMPLATE));
  const [stack] = check(read(join(folder, 'count.json'))).stacks;
  expect(stack).toMatchObject({ cloud: 'aws', resources: 2 });
  expect(stack.rules).toBeGreaterThan(100);
});

test('takes what the CDK notes beside the template for acknowledged', () => {
  const found = find(TEMPLATE, 'noted', acknowledging(`AwsSolutions::${MANAGED}`)).filter((f) => f.address === 'Viewer1');
  expect(found).toMatchObject([{ rule: MANAGED, state: 'acknowledged', reason: 'it looks only' }]);
});

test.each([`Other::${MANAGED}`, 'AwsSolutions::AwsSolutions-IAM5'])('takes %s for nothing of the kind', (rule) => {
  const found = find(TEMPLATE, 'other', acknowledging(rule)).filter((f) => f.address === 'Viewer1');
  expect(found).toMatchObject([{ rule: MANAGED, state: 'open' }]);
});

test('leaves open what a rule cannot read, as unknown', () => {
  const database = {
    Type: 'AWS::RDS::DBInstance',
    Properties: { DBInstanceClass: 'db.t4g.micro', Engine: 'postgres', StorageEncrypted: { Ref: 'Encrypted' } },
  };
  const template = { Parameters: { Encrypted: { Type: 'String' } }, Resources: { Db: database } };
  const states = find(template, 'parameter').filter((f) => f.rule === 'AwsSolutions-RDS2');
  expect(states).toMatchObject([{ state: 'unknown' }]);
});

test('says so where cdk-nag is not installed', () => {
  jest.doMock('cdk-nag', () => {
    throw Object.assign(new Error("Cannot find module 'cdk-nag'"), { code: 'MODULE_NOT_FOUND' });
  });
  expect(() => find(TEMPLATE)).toThrow(
    expect.objectContaining({
      name: 'ReviewError',
      message: 'cdk-nag is not installed, and CloudFormation is checked by it. Run: npm install cdk-nag',
    }),
  );
  jest.dontMock('cdk-nag');
});

test('says which template cannot be read as constructs', () => {
  const template = { Resources: { Topic: { Type: 'AWS::SNS::Topic', Properties: { TopicName: { Ref: 'Nothing' } } } } };
  expect(() => find(template, 'broken')).toThrow(
    expect.objectContaining({
      name: 'ReviewError',
      message: expect.stringMatching(/broken\.template\.json: cdk-nag could not be asked about it: .*Nothing/),
    }),
  );
});

describe('what a template reads of other stacks', () => {
  const output = { 'Fn::GetStackOutput': { StackName: 'shared', Region: 'eu-west-1', OutputName: 'BucketArn' } };
  const policy = {
    Type: 'AWS::IAM::Policy',
    Metadata: { 'aws:cdk:path': 'app/Viewer/DefaultPolicy/Resource' },
    Properties: {
      PolicyName: 'Viewer',
      Roles: ['viewer'],
      PolicyDocument: { Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: { 'Fn::Join': ['', [output, '/*']] } }] },
    },
  };
  const template = { Resources: { Policy1: policy } };
  const rule = `IAM5[Resource::${JSON.stringify(output)}/*]`;

  test('is named as cdk-nag names it', () => {
    expect(find(template, 'weak')).toMatchObject([{ rule: `AwsSolutions-${rule}`, state: 'open', address: 'Policy1' }]);
  });

  test('is acknowledged by that name', () => {
    const found = find(template, 'weak', acknowledging(`AwsSolutions::AwsSolutions-${rule}`));
    expect(found).toMatchObject([{ state: 'acknowledged', reason: 'it looks only' }]);
  });

  test('does not keep a broken template from being named', () => {
    const broken = {
      Resources: { ...template.Resources, Topic: { Type: 'AWS::SNS::Topic', Properties: { TopicName: { Ref: 'Nothing' } } } },
    };
    expect(() => find(broken, 'broken-weak')).toThrow(/broken-weak\.template\.json: cdk-nag could not be asked about it: .*Nothing/);
  });
});
