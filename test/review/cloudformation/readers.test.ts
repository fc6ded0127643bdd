import { compare } from '../../../lib/review/compare';
import { Body, Change, Snapshot } from '../../../lib/review/model';

const snapshot = (stack: string, body: Body): Snapshot => ({
  kind: 'cloudformation',
  cloud: 'aws',
  stack,
  file: `${stack}.template.json`,
  body,
  paths: new Map(),
});
const shared = (name: string, value: unknown = { Ref: 'Queue' }): Snapshot =>
  snapshot('shared', {
    Resources: {
      Queue: { Type: 'AWS::SQS::Queue', DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain', Properties: { QueueName: name } },
    },
    Outputs: { QueueUrl: { Value: value } },
  });
const reader = (stack: string, description = 'x'): Snapshot =>
  snapshot(stack, {
    Resources: {
      Rule: {
        Type: 'AWS::SSM::Parameter',
        Properties: { Description: description, Value: { 'Fn::GetStackOutput': { StackName: 'shared', OutputName: 'QueueUrl' } } },
      },
    },
  });
const whys = (changes: readonly Change[], address: string): string[] =>
  changes.filter((c) => c.address === address).flatMap((c) => c.findings.map((f) => `${f.class}: ${f.why}`));
const STALE = (names: string): string =>
  `interrupt: Stacks that read it by Fn::GetStackOutput (${names}) have its former value until they are deployed anew, which cdk deploy does not do by itself: add --force.`;

test.each([
  ['by its name', { Ref: 'Queue' }],
  ['by an attribute', { 'Fn::GetAtt': ['Queue', 'Arn'] }],
  ['within a text', { 'Fn::Join': ['', ['arn:', { 'Fn::GetAtt': 'Queue.Arn' }]] }],
])('what reads a replaced resource %s has to be deployed anew', (_, value) => {
  const { changes } = compare([shared('a', value), reader('one')], [shared('b', value), reader('one')]);
  expect(whys(changes, 'Queue')).toContain(STALE('one'));
});

test('what changes itself is deployed anyway', () => {
  const { changes } = compare([shared('a'), reader('one')], [shared('b'), reader('one', 'y')]);
  expect(whys(changes, 'Queue').join()).not.toContain('Fn::GetStackOutput');
});

test('what reads nothing is not named', () => {
  const { changes } = compare([shared('a'), shared('x')], [shared('b'), shared('x')]);
  expect(whys(changes, 'Queue').join()).not.toContain('Fn::GetStackOutput');
});

test('an output of another value is read when its readers are deployed', () => {
  const { changes } = compare([shared('a'), reader('one')], [shared('a', 'fixed'), reader('one')]);
  expect(whys(changes, 'Outputs.QueueUrl')).toEqual([STALE('one')]);
});

test('many readers are counted', () => {
  const readers = ['e', 'd', 'c', 'b', 'a'].map((name) => reader(name));
  const { changes } = compare([shared('a'), ...readers], [shared('a', 'fixed'), ...readers]);
  expect(whys(changes, 'Outputs.QueueUrl')).toEqual([STALE('a, b, c and 2 more')]);
});

test('an output that is new is cosmetic', () => {
  const before = { ...shared('a'), body: { ...shared('a').body, Outputs: {} } };
  const { changes } = compare([before], [shared('a'), reader('one')]);
  expect(whys(changes, 'Outputs.QueueUrl')).toEqual([
    'cosmetic: Stacks that read it by Fn::GetStackOutput (one) have its new value once they are deployed, too.',
  ]);
});

test('an output that goes while it is read makes deployments fail', () => {
  const { changes } = compare(
    [shared('a'), reader('one')],
    [{ ...shared('a'), body: { ...shared('a').body, Outputs: {} } }, reader('one')],
  );
  expect(whys(changes, 'Outputs.QueueUrl')).toEqual([
    'interrupt: Stacks that read it by Fn::GetStackOutput (one) have no value any more: their next deployment fails.',
  ]);
});

test('an output that goes together with its readers is cosmetic', () => {
  const { changes } = compare([shared('a'), reader('one')], [{ ...shared('a'), body: { ...shared('a').body, Outputs: {} } }]);
  expect(whys(changes, 'Outputs.QueueUrl')).toEqual(['cosmetic: CloudFormation prints it and reads it nowhere.']);
});
