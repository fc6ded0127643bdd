import { classify } from '../../../lib/review/classify';
import { diffCloudFormation } from '../../../lib/review/cloudformation';
import { Body } from '../../../lib/review/model';
import { stackOf } from '../classify-aws/change';
import { texts } from '../classify';

const rows = (before: Body, after: Body) => diffCloudFormation(stackOf({}, before), stackOf({}, after));
const told = (before: Body, after: Body): string[] =>
  rows(before, after).flatMap((c) => texts(classify(c).findings).map((why) => `${c.action} ${c.address} ${why}`));

describe('an output', () => {
  const output = (Value: unknown, name?: unknown): Body => ({
    Outputs: { Url: { Value, ...(name !== undefined && { Export: { Name: name } }) } },
  });
  const REFUSED = 'If another stack imports it, CloudFormation refuses the whole deployment.';

  test.each([
    ['is new', {}, output('a'), 'add Outputs.Url cosmetic: CloudFormation prints it and reads it nowhere.'],
    ['goes', output('a'), {}, 'remove Outputs.Url cosmetic: CloudFormation prints it and reads it nowhere.'],
    ['has another value', output('a'), output('b'), 'update Outputs.Url cosmetic: CloudFormation prints it and reads it nowhere.'],
    ['is newly exported', output('a'), output('a', 'url'), 'update Outputs.Url cosmetic: CloudFormation prints it and reads it nowhere.'],
    ['was exported and goes', output('a', 'url'), {}, `remove Outputs.Url interrupt?: The export "url" goes. ${REFUSED}`],
    ['is exported no more', output('a', 'url'), output('a'), `update Outputs.Url interrupt?: The export "url" goes. ${REFUSED}`],
    [
      'is exported under another name',
      output('a', 'url'),
      output('a', 'new'),
      `update Outputs.Url interrupt?: The export "url" goes; the value is exported as "new". ${REFUSED}`,
    ],
    [
      'is exported with another value',
      output('a', 'url'),
      output('b', 'url'),
      `update Outputs.Url interrupt?: The value of the export "url" changes. ${REFUSED}`,
    ],
  ])('that %s', (_name, before, after, why) => {
    expect(told(before, after)).toEqual([why]);
  });

  test('that stays has no row, however it is written', () => {
    expect(rows(output({ 'Fn::Sub': 'a-${B}' }, 'url'), output({ 'Fn::Join': ['-', ['a', { Ref: 'B' }]] }, 'url'))).toEqual([]);
  });
});

describe('a parameter', () => {
  const parameter = (x: Body): Body => ({ Parameters: { Stage: { Type: 'String', ...x } } });

  test.each([
    [
      'has another default',
      parameter({ Default: 'a' }),
      parameter({ Default: 'b' }),
      [
        'update Parameters.Stage unknown?: The default of the parameter Stage changes: a deployed stack keeps the value that it has unless one is passed, a new one takes the default.',
      ],
    ],
    [
      'is of another type',
      parameter({}),
      parameter({ Type: 'Number' }),
      ['update Parameters.Stage unknown: The parameter Stage is read as Number, before: String: its value may mean something else.'],
    ],
    [
      'is described otherwise',
      parameter({ Description: 'a' }),
      parameter({ Description: 'b' }),
      ['update Parameters.Stage cosmetic: Only the description of the parameter differs.'],
    ],
    [
      'is a secret no more',
      parameter({ NoEcho: true }),
      parameter({}),
      ['update Parameters.Stage access: Whoever may describe the stack can newly read the value of the parameter Stage: NoEcho is off.'],
    ],
    ['is a secret now', parameter({}), parameter({ NoEcho: true }), []],
    [
      "is the CDK's own",
      { Parameters: { BootstrapVersion: { Type: 'String', Default: '1' } } },
      { Parameters: { BootstrapVersion: { Type: 'String', Default: '2' } } },
      ["update Parameters.BootstrapVersion cosmetic: The CDK's own bookkeeping: nothing that runs changes."],
    ],
  ])('that %s', (_name, before, after, why) => {
    expect(told(before, after)).toEqual(why);
  });

  test('that is a secret has a default that is not shown', () => {
    const [row] = rows(parameter({ NoEcho: true, Default: 'hunter1' }), parameter({ NoEcho: true, Default: 'hunter2' }));
    expect(row.causes).toEqual([{ path: 'Default', sensitive: true, replacement: 'no' }]);
    expect(JSON.stringify(row)).not.toContain('hunter');
  });

  test('that comes or goes is a row', () => {
    expect(rows({}, parameter({})).map((c) => `${c.action} ${c.address} ${c.type}`)).toEqual([
      'add Parameters.Stage AWS::CloudFormation::Parameter',
    ]);
    expect(rows(parameter({}), {}).map((c) => c.action)).toEqual(['remove']);
  });
});

describe('other sections', () => {
  test('a condition or a mapping by itself has no row: who uses it has', () => {
    expect(rows({ Conditions: { A: 1 }, Mappings: { B: {} } }, { Conditions: { A: 2 } })).toEqual([]);
  });

  test('a rule decides whether anything is deployed', () => {
    expect(told({ Rules: { A: { Assertions: [] } } }, {})).toEqual([
      'remove Rules.A unknown: A rule decides whether the deployment starts at all: whether it still does depends on the parameters.',
    ]);
    const cdk = (n: number): Body => ({ Rules: { CheckBootstrapVersion: { Assertions: [n] } } });
    expect(told(cdk(1), cdk(2))).toEqual([
      "update Rules.CheckBootstrapVersion cosmetic: The CDK's own bookkeeping: nothing that runs changes.",
    ]);
  });

  test.each([
    ['Description', 'a', 'b', 'cosmetic: `Description` of the template describes it only.'],
    ['Metadata', { a: 1 }, { a: 2 }, 'cosmetic: `Metadata` of the template describes it only.'],
    [
      'Transform',
      undefined,
      'AWS::Serverless-2016-10-31',
      'unknown: `Transform` rewrites or steers the deployment: what it does to the resources is not known.',
    ],
    ['Hooks', undefined, { A: {} }, 'unknown: `Hooks` rewrites or steers the deployment: what it does to the resources is not known.'],
  ])('%s', (name, before, after, why) => {
    const of = (value: unknown): Body => (value === undefined ? {} : { [name]: value });
    expect(told(of(before), of(after))).toEqual([`${before === undefined ? 'add' : 'update'} ${name} ${why}`]);
    expect(told(of(after), of(after))).toEqual([]);
  });

  test('a stack that is new or gone has rows of its resources only', () => {
    const stack = stackOf({}, { Outputs: { Url: { Value: 'a' } }, Description: 'a' });
    expect(diffCloudFormation(undefined, stack)).toEqual([]);
    expect(diffCloudFormation(stack, undefined)).toEqual([]);
  });
});
