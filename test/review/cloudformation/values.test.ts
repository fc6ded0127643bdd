import { diffCloudFormation } from '../../../lib/review/cloudformation';
import { Body, Change } from '../../../lib/review/model';
import { classify } from '../../../lib/review/classify';
import { stackOf } from '../classify-aws/change';
import { texts } from '../classify';

const T = 'AWS::Lambda::Function';
const diff = (before: Body, after: Body, sections: readonly [Body, Body] = [{}, {}]): Change[] => {
  const of = (Properties: Body): Body => ({ Thing: { Type: T, Properties } });
  return diffCloudFormation(stackOf(of(before), sections[0]), stackOf(of(after), sections[1])).filter((c) => c.address === 'Thing');
};
const description = (before: unknown, after: unknown, sections?: readonly [Body, Body]) =>
  diff({ Description: before }, { Description: after }, sections);
const shown = (value: unknown) => description(undefined, value)[0].causes[0].after;

describe('a value', () => {
  test.each([
    ['a reference', { Ref: 'Data' }, '${Data}'],
    ['an attribute', { 'Fn::GetAtt': ['Data', 'Arn'] }, '${Data.Arn}'],
    ['an attribute in the other way of writing', { 'Fn::GetAtt': 'Data.Arn' }, '${Data.Arn}'],
    [
      'what is joined',
      { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':s3:::', { Ref: 'Data' }]] },
      'arn:${AWS::Partition}:s3:::${Data}',
    ],
    ['what is substituted', { 'Fn::Sub': 'arn:${AWS::Partition}:s3:::${Data}' }, 'arn:${AWS::Partition}:s3:::${Data}'],
    ['what is substituted by a variable', { 'Fn::Sub': ['${x}/tmp', { x: { Ref: 'Data' } }] }, '${Data}/tmp'],
    ['what is selected', { 'Fn::Select': [1, ['a', 'b']] }, 'b'],
    ['what nobody can select', { 'Fn::Select': [0, { 'Fn::GetAZs': '' }] }, { 'Fn::Select': [0, { 'Fn::GetAZs': '' }] }],
    ['what cannot be joined', { 'Fn::Join': [',', { 'Fn::GetAZs': '' }] }, { 'Fn::Join': [',', { 'Fn::GetAZs': '' }] }],
    ['a literal that looks like a reference', '${Data}', '${!Data}'],
    ['a function that is not known', { 'Fn::Base64': 'a' }, { 'Fn::Base64': 'a' }],
  ])('is text where it can be: %s', (_name, value, text) => {
    expect(shown(value)).toEqual(text);
  });

  test.each([
    ['joined and substituted', { 'Fn::Join': ['', ['a-', { Ref: 'AWS::Region' }]] }, { 'Fn::Sub': 'a-${AWS::Region}' }],
    ['an attribute in both ways', { 'Fn::GetAtt': ['A', 'Arn'] }, { 'Fn::GetAtt': 'A.Arn' }],
    ['a number and its text', 128, '128'],
    ['a boolean and its text', true, 'true'],
    ['nothing and no value', undefined, { Ref: 'AWS::NoValue' }],
  ])('is the same, %s', (_name, before, after) => {
    expect(description(before, after)).toEqual([]);
  });

  test.each([
    ['versions that are equal as numbers', '16.1', '16.10'],
    ['a literal and a reference', '${Data}', { Ref: 'Data' }],
    ['text and a list of it', 'a', ['a']],
    ['nothing and false', undefined, false],
    ['an empty text and nothing', '', undefined],
    ['other letters', 'a', 'A'],
  ])('is another: %s', (_name, before, after) => {
    expect(description(before, after)).toHaveLength(1);
  });

  test('of a map is compared by its keys, whatever their order', () => {
    const of = (Variables: Body): Body => ({ Environment: { Variables } });
    expect(diff(of({ A: '1', B: '2' }), of({ B: '2', A: '1' }))).toEqual([]);
    expect(diff(of({ A: '1', B: '2' }), of({ A: '1', C: '3' }))[0].causes).toEqual([
      { path: 'Properties.Environment.Variables.B', before: '2', replacement: 'no' },
      { path: 'Properties.Environment.Variables.C', after: '3', replacement: 'no' },
    ]);
  });

  test('that is named by its content is named as code', () => {
    const code = (hash: string): Body => ({ Code: { S3Bucket: 'assets', S3Key: `${hash.repeat(64)}.zip` } });
    expect(diff(code('a'), code('b'))[0].causes).toEqual([
      { path: 'Properties.Code.S3Key', before: 'code aaaaaaaa', after: 'new version of the code, bbbbbbbb', replacement: 'no' },
    ]);
  });
});

describe('a list', () => {
  const list = (type: string, path: string, before: unknown[], after: unknown[]): Change | undefined => {
    const of = (value: unknown): Body => ({ Thing: { Type: type, Properties: { [path]: value } } });
    return diffCloudFormation(stackOf(of(before)), stackOf(of(after)))[0];
  };
  const tag = (Key: string, Value: string) => ({ Key, Value });

  test('that the service reads as a set may have another order', () => {
    const change = list('AWS::ElasticLoadBalancingV2::LoadBalancer', 'SecurityGroups', ['a', 'b'], ['b', 'a'])!;
    expect(change.replacement).toBe('no');
    expect(texts(change.findings)).toEqual([
      'cosmetic: Only the order or the writing of `Properties.SecurityGroups` differs, which means nothing there.',
    ]);
  });

  test('that cannot be updated may be replaced even so', () => {
    const change = list('AWS::RDS::DBCluster', 'AvailabilityZones', ['a', 'b'], ['b', 'a'])!;
    expect([change.action, change.replacement]).toEqual(['replace', 'conditional']);
  });

  test('that is one has an order', () => {
    expect(list('AWS::Lambda::Function', 'Layers', ['a', 'b'], ['b', 'a'])?.causes.map((c) => c.path)).toEqual([
      'Properties.Layers[0]',
      'Properties.Layers[1]',
    ]);
  });

  test('tells where a member came and went', () => {
    expect(list('AWS::Lambda::Function', 'Layers', ['a', 'b', 'c'], ['a', 'c'])?.causes).toEqual([
      { path: 'Properties.Layers[1]', before: 'b', replacement: 'no' },
    ]);
    expect(list('AWS::SQS::Queue', 'Tags', [tag('a', '1'), tag('b', '2')], [tag('b', '3'), tag('a', '1')])?.causes).toEqual([
      { path: 'Properties.Tags[0].Value', before: '2', after: '3', replacement: 'no' },
    ]);
    expect(list('AWS::SQS::Queue', 'Tags', [tag('a', '1')], [tag('a', '1'), tag('b', '2')])?.causes).toEqual([
      { path: 'Properties.Tags[1]', after: tag('b', '2'), replacement: 'no' },
    ]);
  });

  test('of one member, and the member, are the same in a policy', () => {
    const of = (Action: unknown, Resource: unknown): Body => ({
      Thing: {
        Type: 'AWS::SQS::QueuePolicy',
        Properties: { Queues: ['a'], PolicyDocument: { Statement: [{ Effect: 'Allow', Principal: '*', Action, Resource }] } },
      },
    });
    const [change] = diffCloudFormation(stackOf(of('a:A', ['x', 'y'])), stackOf(of(['a:A'], ['y', 'x'])));
    expect(texts(classify(change).findings).every((why) => why.startsWith('cosmetic: Only the order or the writing of'))).toBe(true);
  });
});

describe('a condition', () => {
  const conditions = (value: unknown): Body => ({ Conditions: { IsProduction: { 'Fn::Equals': [{ Ref: 'Stage' }, value] } } });
  const either = { 'Fn::If': ['IsProduction', 'a', 'b'] };

  test('that says something else changes who use it', () => {
    const [change] = description(either, either, [conditions('prod'), conditions('production')]);
    expect(change.causes).toHaveLength(1);
    expect(change.causes[0].path).toMatch(/^Properties\.Description/);
    expect(description(either, either, [conditions('prod'), conditions('prod')])).toEqual([]);
  });

  test('is followed into those that it is made of', () => {
    const nested = (value: unknown): Body => ({
      Conditions: { ...(conditions(value).Conditions as Body), Other: { 'Fn::Not': [{ Condition: 'IsProduction' }] } },
    });
    const other = { 'Fn::If': ['Other', 'a', 'b'] };
    expect(description(other, other, [nested('prod'), nested('production')])).toHaveLength(1);
    expect(description(other, other, [nested('prod'), nested('prod')])).toEqual([]);
  });

  test('on a resource decides whether there is one: that is unknown', () => {
    const of = (Condition?: string): Body => ({ Thing: { Type: T, ...(Condition && { Condition }), Properties: {} } });
    const [change] = diffCloudFormation(stackOf(of(), conditions('prod')), stackOf(of('IsProduction'), conditions('prod')));
    expect(change.replacement).toBe('unknown');
    expect(texts(classify(change).findings)[0]).toMatch(/^unknown: /);
  });

  test('that goes round in a circle is no reason to hang', () => {
    const circle = { Conditions: { A: { 'Fn::Not': [{ Condition: 'B' }] }, B: { 'Fn::Not': [{ Condition: 'A' }] } } };
    const value = { 'Fn::If': ['A', 'a', 'b'] };
    expect(description(value, value, [circle, circle])).toEqual([]);
  });
});

describe('a mapping', () => {
  const mapping = (ami: string): Body => ({ Mappings: { Images: { 'eu-west-1': { ami }, 'us-east-1': { ami: 'x' } } } });

  test('is looked up where the keys are known', () => {
    const value = { 'Fn::FindInMap': ['Images', 'eu-west-1', 'ami'] };
    expect(description(value, value, [mapping('a'), mapping('b')])[0].causes).toEqual([
      { path: 'Properties.Description', before: 'a', after: 'b', replacement: 'no' },
    ]);
    const other = { 'Fn::FindInMap': ['Images', 'us-east-1', 'ami'] };
    expect(description(other, other, [mapping('a'), mapping('b')])).toEqual([]);
  });

  test('is in question as a whole where only the deployment knows the key', () => {
    const value = { 'Fn::FindInMap': ['Images', { Ref: 'AWS::Region' }, 'ami'] };
    expect(description(value, value, [mapping('a'), mapping('b')])).toHaveLength(1);
    expect(description(value, value, [mapping('a'), mapping('a')])).toEqual([]);
  });
});

describe('a secret', () => {
  const database = (x: Body): Body => ({ Thing: { Type: 'AWS::RDS::DBInstance', Properties: x } });
  const change = (before: Body, after: Body): Change => diffCloudFormation(stackOf(database(before)), stackOf(database(after)))[0];

  test('that stands in the template is not shown', () => {
    const found = change({ MasterUserPassword: 'hunter1' }, { MasterUserPassword: 'hunter2' });
    expect(found.causes).toEqual([{ path: 'Properties.MasterUserPassword', replacement: 'no', sensitive: true }]);
    expect(JSON.stringify(found)).not.toContain('hunter');
    expect(found.after).toMatchObject({ Properties: { MasterUserPassword: '(sensitive)' } });
  });

  test.each([
    ['where it is', '{{resolve:secretsmanager:a}}', '{{resolve:secretsmanager:b}}'],
    ['which parameter it is', { Ref: 'A' }, { Ref: 'B' }],
  ])('that is elsewhere is shown: %s', (_name, before, after) => {
    expect(change({ MasterUserPassword: before }, { MasterUserPassword: after }).causes[0].sensitive).toBeUndefined();
  });

  test('in a list of names and values is not shown', () => {
    const of = (Value: string): Body => ({
      Thing: { Type: 'AWS::Batch::JobDefinition', Properties: { ContainerProperties: { Environment: [{ Name: 'DB_PASSWORD', Value }] } } },
    });
    expect(JSON.stringify(diffCloudFormation(stackOf(of('hunter1')), stackOf(of('hunter2'))))).not.toContain('hunter');
  });
});
