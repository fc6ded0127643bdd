import { classify } from '../../../lib/review/classify';
import { diffCloudFormation } from '../../../lib/review/cloudformation';
import { Body, Change } from '../../../lib/review/model';
import { stackOf } from '../classify-aws/change';
import { texts } from '../classify';

const diff = (before: Body, after: Body): Change[] => diffCloudFormation(stackOf(before), stackOf(after));
const brief = (changes: readonly Change[]): string[] =>
  changes.map((c) => `${c.action} ${c.from === undefined ? '' : `${c.from} → `}${c.address} (${c.replacement})`).sort();
const REFACTOR = 'Rename without loss: deploy the new ids by themselves first, with `cdk refactor` (a CloudFormation stack refactor).';

const queue = (x: Body = {}): Body => ({ Type: 'AWS::SQS::Queue', Properties: { DelaySeconds: 5, ...x } });
const topic = (x: Body = {}): Body => ({ Type: 'AWS::SNS::Topic', Properties: { DisplayName: 'ops', ...x } });

describe('a resource under a new id', () => {
  test('is one that moved, with how to keep it', () => {
    const [change, ...rest] = diff({ Old: queue() }, { New: queue() });
    expect(rest).toEqual([]);
    expect(change).toMatchObject({ action: 'move', address: 'New', from: 'Old', replacement: 'yes', causes: [], advice: REFACTOR });
    expect(texts(change.findings)).toEqual([
      'replace: Only the logical id changes, from Old: unless it is refactored, CloudFormation makes it anew and removes the old one.',
    ]);
  });

  test('is told with what it means to those who depend on it', () => {
    expect(texts(classify(diff({ Old: queue() }, { New: queue() })[0]).findings)).toEqual([
      'data-loss: The queue is removed under its old id and not retained, and with it the messages that wait in it.',
      'replace: Only the logical id changes, from Old: unless it is refactored, CloudFormation makes it anew and removes the old one.',
      'interrupt: The queue is made anew: its URL changes: senders outside of the stack are refused.',
    ]);
  });

  test('may differ in what follows from the id: tags and descriptions', () => {
    const of = (name: string): Body => queue({ Tags: [{ Key: 'Name', Value: name }] });
    const [change] = diff({ Old: of('a') }, { New: of('b') });
    expect([change.action, change.causes.map((c) => c.path)]).toEqual(['move', ['Properties.Tags[0].Value']]);
    expect(texts(change.findings)).toEqual([
      'replace: The logical id changes, from Old: unless it is refactored, CloudFormation makes it anew and removes the old one.',
    ]);
  });

  test('may name itself by its id', () => {
    const of = (id: string): Body => ({ [id]: queue({ QueueName: `app-${id}` }) });
    expect(brief(diff(of('Old'), of('New')))).toEqual(['move Old → New (yes)']);
  });

  test.each([
    ['another type', { New: topic() }],
    ['another property', { New: queue({ DelaySeconds: 6 }) }],
    ['one more property', { New: queue({ VisibilityTimeout: 6 }) }],
  ])('is another where it has %s', (_name, after) => {
    expect(brief(diff({ Old: queue() }, after)).map((line) => line.split(' ')[0])).toEqual(['add', 'remove']);
  });

  test('is added where the old one stays', () => {
    expect(brief(diff({ Old: queue() }, { Old: queue(), New: queue() }))).toEqual(['add New (no)']);
  });
});

describe('a construct under a new id', () => {
  const construct = (id: string, x: Body = {}): Body => ({
    [`${id}Key`]: { Type: 'AWS::KMS::Key', Properties: { KeyPolicy: {} } },
    [`${id}Queue`]: queue({ KmsMasterKeyId: { 'Fn::GetAtt': [`${id}Key`, 'Arn'] }, ...x }),
    [`${id}Policy`]: { Type: 'AWS::SQS::QueuePolicy', Properties: { Queues: [{ Ref: `${id}Queue` }], PolicyDocument: { Statement: [] } } },
  });

  test('is recognized whole, although each of its resources refers to others by new names', () => {
    expect(brief(diff(construct('Old'), construct('New')))).toEqual([
      'move OldKey → NewKey (yes)',
      'move OldPolicy → NewPolicy (yes)',
      'move OldQueue → NewQueue (yes)',
    ]);
  });

  test('is told from its twin by what refers to it', () => {
    const two = (a: string, b: string): Body => ({ ...construct(a, { DelaySeconds: 1 }), ...construct(b, { DelaySeconds: 2 }) });
    expect(brief(diff(two('A', 'B'), two('X', 'Y')))).toEqual([
      'move AKey → XKey (yes)',
      'move APolicy → XPolicy (yes)',
      'move AQueue → XQueue (yes)',
      'move BKey → YKey (yes)',
      'move BPolicy → YPolicy (yes)',
      'move BQueue → YQueue (yes)',
    ]);
  });

  test('of several twins gives each one origin', () => {
    const many = (prefix: string, n: number): Body => Object.fromEntries(Array.from({ length: n }, (_, i) => [`${prefix}${i}`, queue()]));
    expect(brief(diff(many('A', 3), many('B', 2)))).toEqual(['move A0 → B0 (yes)', 'move A1 → B1 (yes)', 'remove A2 (no)']);
  });
});

describe('what refers to a renamed resource', () => {
  const stack = (id: string, x: Body = {}): Body => ({
    [id]: topic(),
    Alarm: { Type: 'AWS::CloudWatch::Alarm', Properties: { AlarmActions: [{ Ref: id }], Threshold: 1, ...x } },
  });

  test('is another by that name only', () => {
    const alarm = diff(stack('Old'), stack('New')).find((c) => c.address === 'Alarm')!;
    expect(alarm).toMatchObject({ action: 'update', replacement: 'no' });
    expect(texts(alarm.findings)).toEqual(['cosmetic: Only the logical id that it refers to differs: the resource behind it was renamed.']);
  });

  test('shows what else differs instead', () => {
    const alarm = diff(stack('Old'), stack('New', { Threshold: 2 })).find((c) => c.address === 'Alarm')!;
    expect(alarm.causes.map((c) => c.path)).toEqual(['Properties.Threshold']);
  });

  test('is replaced with it where it cannot be updated, unless the rename is refactored', () => {
    const of = (id: string): Body => ({
      [id]: topic(),
      Subscription: { Type: 'AWS::SNS::Subscription', Properties: { TopicArn: { Ref: id }, Protocol: 'email', Endpoint: 'a@b.c' } },
    });
    const subscription = diff(of('Old'), of('New')).find((c) => c.address === 'Subscription')!;
    expect(subscription).toMatchObject({
      action: 'replace',
      replacement: 'yes',
      advice: 'It is replaced only because what it refers to was renamed: with `cdk refactor` for that it stays as it is.',
    });
  });
});

describe('what is published anew', () => {
  test.each(['AWS::Lambda::Version', 'AWS::Lambda::LayerVersion', 'AWS::ApiGateway::Deployment', 'AWS::ApiGatewayV2::Deployment'])(
    'succeeds what it was: %s',
    (type) => {
      const of = (id: string): Body => ({ [id]: { Type: type, Properties: {}, Metadata: { 'aws:cdk:path': 'housing/Version' } } });
      const [change, ...rest] = diff(of('VersionA'), of('VersionB'));
      expect(rest).toEqual([]);
      expect(change).toMatchObject({ action: 'update', address: 'VersionB', replacement: 'no' });
      expect(change.causes).toEqual([{ path: 'LogicalId', before: 'VersionA', after: 'VersionB (published anew)', replacement: 'no' }]);
    },
  );

  test('is added and removed where nothing says that it belongs together', () => {
    const of = (id: string): Body => ({ [id]: { Type: 'AWS::Lambda::Version', Properties: {} } });
    expect(brief(diff(of('A'), of('B')))).toEqual(['add B (no)', 'remove A (no)']);
  });
});
