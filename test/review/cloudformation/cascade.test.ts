import { diffCloudFormation } from '../../../lib/review/cloudformation';
import { Body, Change } from '../../../lib/review/model';
import { stackOf } from '../classify-aws/change';

const diff = (before: Body, after: Body): Change[] => diffCloudFormation(stackOf(before), stackOf(after));
const brief = (changes: readonly Change[]): string[] => changes.map((c) => `${c.action} ${c.address} (${c.replacement})`);

/** A topic, and what is subscribed to it: that cannot get another topic. */
const stack = (TopicName: string, TopicArn: unknown = { Ref: 'Ops' }): Body => ({
  Ops: { Type: 'AWS::SNS::Topic', Properties: { TopicName } },
  Mail: { Type: 'AWS::SNS::Subscription', Properties: { TopicArn, Protocol: 'email', Endpoint: 'a@b.c' } },
});

describe('what refers to a replaced resource', () => {
  test.each([
    ['Ref', { Ref: 'Ops' }],
    ['Fn::GetAtt', { 'Fn::GetAtt': ['Ops', 'TopicArn'] }],
    ['Fn::Join', { 'Fn::Join': ['', ['arn:x:', { 'Fn::GetAtt': ['Ops', 'TopicName'] }]] }],
    ['Fn::Sub', { 'Fn::Sub': 'arn:x:${Ops}' }],
    ['Fn::If', { 'Fn::If': ['IsProduction', { Ref: 'Ops' }, 'arn'] }],
  ])('is replaced where it cannot be updated, through %s', (_name, reference) => {
    const changes = diff(stack('a', reference), stack('b', reference));
    expect(brief(changes)).toEqual(['replace Ops (yes)', 'replace Mail (yes)']);
    expect(changes[1].causes.map((c) => c.path)).toEqual(['Properties.TopicArn']);
  });

  test('says so', () => {
    expect(diff(stack('a'), stack('b'))[1].causes).toEqual([
      { path: 'Properties.TopicArn', before: '${Ops}', after: '${Ops} (replaced)', replacement: 'yes' },
    ]);
  });

  test('stays where it can be updated', () => {
    const alarm = { Alarm: { Type: 'AWS::CloudWatch::Alarm', Properties: { AlarmActions: [{ Ref: 'Ops' }] } } };
    expect(brief(diff({ ...stack('a'), ...alarm }, { ...stack('b'), ...alarm }))).toEqual(['replace Ops (yes)', 'replace Mail (yes)']);
  });

  test('stays where that is updated in place', () => {
    const of = (DisplayName: string): Body => ({ ...stack('a'), Ops: { Type: 'AWS::SNS::Topic', Properties: { DisplayName } } });
    expect(brief(diff(of('a'), of('b')))).toEqual(['update Ops (no)']);
  });

  test('may be replaced where that may be', () => {
    const of = (DBSnapshotIdentifier: string): Body => ({
      Data: { Type: 'AWS::RDS::DBInstance', Properties: { DBSnapshotIdentifier } },
      Mail: stack('a', { Ref: 'Data' }).Mail,
    });
    expect(brief(diff(of('a'), of('b')))).toEqual(['replace Data (conditional)', 'replace Mail (conditional)']);
  });

  test('is unknown where nobody knows its type', () => {
    const custom = { Thing: { Type: 'Custom::Thing', Properties: { Topic: { Ref: 'Ops' } } } };
    const changes = diff({ Ops: stack('a').Ops, ...custom }, { Ops: stack('b').Ops, ...custom });
    expect(brief(changes)).toEqual(['replace Ops (yes)', 'update Thing (unknown)']);
  });

  test('is only added where it is new', () => {
    const { Ops, Mail } = stack('b');
    expect(brief(diff({ Ops: stack('a').Ops }, { Ops, Mail }))).toEqual(['replace Ops (yes)', 'add Mail (no)']);
  });

  test('keeps what it changes by itself', () => {
    const after = stack('b');
    const mail = { ...(after.Mail as Body), Properties: { ...((after.Mail as Body).Properties as Body), RawMessageDelivery: true } };
    const change = diff(stack('a'), { ...after, Mail: mail }).find((c) => c.address === 'Mail')!;
    expect([change.action, change.replacement]).toEqual(['replace', 'yes']);
    expect(change.causes.map((c) => c.path).sort()).toEqual(['Properties.RawMessageDelivery', 'Properties.TopicArn']);
  });

  test('passes it on', () => {
    const of = (CidrBlock: string): Body => ({
      Network: { Type: 'AWS::EC2::VPC', Properties: { CidrBlock } },
      Subnet: { Type: 'AWS::EC2::Subnet', Properties: { VpcId: { Ref: 'Network' }, CidrBlock: '10.0.0.0/24' } },
      Mount: { Type: 'AWS::EFS::MountTarget', Properties: { FileSystemId: 'fs', SecurityGroups: [], SubnetId: { Ref: 'Subnet' } } },
    });
    expect(brief(diff(of('10.0.0.0/16'), of('10.1.0.0/16'))).sort()).toEqual([
      'replace Mount (yes)',
      'replace Network (yes)',
      'replace Subnet (yes)',
    ]);
  });
});

describe('a launch template', () => {
  const of = (InstanceType: string, version: unknown = { 'Fn::GetAtt': ['Machines', 'LatestVersionNumber'] }): Body => ({
    Machines: { Type: 'AWS::EC2::LaunchTemplate', Properties: { LaunchTemplateData: { InstanceType } } },
    Fleet: {
      Type: 'AWS::AutoScaling::AutoScalingGroup',
      Properties: { MinSize: '0', MaxSize: '1', LaunchTemplate: { LaunchTemplateId: { Ref: 'Machines' }, Version: version } },
    },
  });

  test('that changes gives those who take its latest version another one', () => {
    const fleet = diff(of('g6.xlarge'), of('g6.2xlarge')).find((c) => c.address === 'Fleet')!;
    expect(fleet.causes).toMatchObject([
      {
        path: 'Properties.LaunchTemplate.Version',
        before: '${Machines.LatestVersionNumber}',
        after: '${Machines.LatestVersionNumber} (a new version)',
      },
    ]);
  });

  test('does nothing to those who take another', () => {
    expect(brief(diff(of('g6.xlarge', '1'), of('g6.2xlarge', '1')))).toEqual(['update Machines (no)']);
  });
});

test('what refers to each other in a circle is no reason to hang', () => {
  const of = (TopicName: string): Body => ({
    A: { Type: 'AWS::SNS::Topic', Properties: { TopicName: { 'Fn::Sub': `${TopicName}-\${B}` } } },
    B: { Type: 'AWS::SNS::Topic', Properties: { TopicName: { 'Fn::Sub': 'x-${A}' } } },
  });
  expect(brief(diff(of('a'), of('b'))).sort()).toEqual(['replace A (yes)', 'replace B (yes)']);
});
