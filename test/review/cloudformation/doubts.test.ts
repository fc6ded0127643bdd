import { diffCloudFormation } from '../../../lib/review/cloudformation';
import { Body, Change, Snapshot } from '../../../lib/review/model';

const snapshot = (Resources: Body, more: Body, stack: string, terminationProtection?: boolean): Snapshot => ({
  kind: 'cloudformation',
  cloud: 'aws',
  stack,
  file: 'f',
  body: { Resources, ...more },
  paths: new Map(),
  ...(terminationProtection !== undefined && { terminationProtection }),
});
const diff = (before: Body, after: Body): Change[] => diffCloudFormation(snapshot(before, {}, 's'), snapshot(after, {}, 's'));
const verdicts = (before: Body, after: Body): string[] => diff(before, after).map((c) => `${c.address} ${c.replacement}`);
const one = (Type: string, Properties: Body): Body => ({ A: { Type, Properties } });

describe('a property that cannot be updated below one that can', () => {
  const gateway = (value: unknown): Body => one('AWS::EC2::VPCEndpoint', { ServiceName: 's', VpcId: 'v', DnsOptions: value });

  test.each([
    ['is given by a condition', { 'Fn::If': ['C', { PrivateDnsSpecifiedDomains: ['b'] }, {}] }],
    ['is given by a function that nobody can look into', { 'Fn::FindInMap': ['M', { Ref: 'P' }, 'k'] }],
    ['is given by a parameter', { Ref: 'Options' }],
    ['comes with the whole', { PrivateDnsSpecifiedDomains: ['b'] }],
  ])('may replace where it %s', (_name, value) => {
    expect(verdicts(gateway('none'), gateway(value))).toEqual(['A conditional']);
  });

  test('does not where a condition gives others only', () => {
    const value = { 'Fn::If': ['C', { DnsRecordIpType: 'ipv4' }, {}] };
    expect(verdicts(gateway({ DnsRecordIpType: 'ipv6' }), gateway(value))).toEqual(['A no']);
  });
});

describe('what only the schemas say', () => {
  const domain = (EncryptionAtRestOptions: Body): Body => one('AWS::OpenSearchService::Domain', { EncryptionAtRestOptions });

  test('may replace', () => {
    expect(verdicts(domain({ Enabled: true }), domain({ Enabled: false }))).toEqual(['A conditional']);
  });

  test('may replace where it comes with the whole', () => {
    expect(verdicts(one('AWS::OpenSearchService::Domain', {}), domain({ Enabled: true }))).toEqual(['A conditional']);
  });
});

describe('an attribute that follows a property', () => {
  const stack = (Value: string): Body => ({
    Name: { Type: 'AWS::SSM::Parameter', Properties: { Type: 'String', Value } },
    Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: { 'Fn::GetAtt': ['Name', 'Value'] } } },
    Other: { Type: 'AWS::SQS::Queue', Properties: { QueueName: { Ref: 'Name' } } },
  });

  test('replaces what cannot be updated, and leaves alone who reads another attribute', () => {
    expect(verdicts(stack('a'), stack('b'))).toEqual(['Name no', 'Queue yes']);
    expect(diff(stack('a'), stack('b'))[1].causes[0].after).toBe('${Name.Value} (a new value)');
  });
});

describe('a resource of which nobody knows whether it is replaced', () => {
  const stack = (Size: number, more: Body = {}): Body => ({
    Thing: { Type: 'Custom::Thing', Properties: { Size }, ...more },
    Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: { 'Fn::GetAtt': ['Thing', 'Name'] } } },
  });

  test('may replace what refers to it', () => {
    expect(verdicts(stack(1), stack(2))).toEqual(['Thing unknown', 'Queue conditional']);
  });

  test('does not by coming under a condition', () => {
    expect(verdicts(stack(1), stack(1, { Condition: 'C' }))).toEqual(['Thing unknown']);
  });
});

describe('a nested stack', () => {
  const url = (hash: string): string => `https://s3.eu-west-1.amazonaws.com/assets/${hash.repeat(64)}.json`;
  const nested = (TemplateURL: string, Parameters: Body = {}): Body => one('AWS::CloudFormation::Stack', { TemplateURL, Parameters });
  const findings = (before: Body, after: Body, isAssembly?: boolean): unknown =>
    diffCloudFormation(snapshot(before, {}, 's', isAssembly), snapshot(after, {}, 's', isAssembly))[0].findings;

  test('is unknown if its parameters differ', () => {
    expect(verdicts(nested(url('a'), { Size: 1 }), nested(url('a'), { Size: 2 }))).toEqual(['A unknown']);
  });

  const NOT_READ =
    'The template of the nested stack is another, and not among what is compared: what happens to its resources is not known.';
  test('is unknown if its template is not read', () => {
    expect(findings(nested(url('a')), nested(url('b')))).toEqual([{ class: 'unknown', why: NOT_READ }]);
    expect(findings(nested('https://a'), nested('https://b'), false)).toEqual([{ class: 'unknown', why: NOT_READ }]);
  });

  test('is no more than its resources if an assembly brings its template', () => {
    expect(findings(nested(url('a')), nested(url('b')), false)).toEqual([]);
  });

  const output = (Value: string): Body => ({ Outputs: { Arn: { Value } } });
  const OUTPUT = 'The stack above reads the output Arn of this one: whether another value replaces what is there is not known.';
  test.each([
    ['s/Nested', [{ class: 'unknown', conditional: true, why: OUTPUT }]],
    ['s in 1/eu-west-1', [{ class: 'cosmetic', why: 'CloudFormation prints it and reads it nowhere.' }]],
  ])('hands its outputs on: %s', (stack, expected) => {
    const [change] = diffCloudFormation(snapshot({}, output('a'), stack), snapshot({}, output('b'), stack));
    expect(change.findings).toEqual(expected);
  });
});

test('an export under another condition may go', () => {
  const of = (value: number): Body => ({
    Conditions: { C: { 'Fn::Equals': [{ Ref: 'P' }, value] } },
    Outputs: { Arn: { Condition: 'C', Value: 'a', Export: { Name: 'arn' } } },
  });
  const [change] = diffCloudFormation(snapshot({}, of(1), 's'), snapshot({}, of(2), 's'));
  expect(change.findings[0].why).toMatch(/^The export "arn" is under another condition, and may go\. /);
});

test('what Fn::Sub puts in is not substituted again', () => {
  const of = (text: string): Body =>
    one('AWS::SQS::Queue', { QueueName: { 'Fn::Sub': ['${First}-${Second}', { First: text, Second: 'x' }] } });
  expect(diff(of('$$a'), of('$a'))[0].causes).toEqual([
    { path: 'Properties.QueueName', before: '$$a-x', after: '$a-x', replacement: 'yes' },
  ]);
});

test('a logical id that is in the name of a property does not hide a rename', () => {
  const bucket = { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'data' } };
  expect(diff({ Bucket: bucket }, { Store: bucket }).map((c) => `${c.action} ${c.from}`)).toEqual(['move Bucket']);
});
