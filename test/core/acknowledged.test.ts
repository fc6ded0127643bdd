import { Construct } from 'constructs';
import { acknowledgedFor, acknowledgeIn } from '../../lib/core/acknowledged';
import { Checks, describe as oneLine } from '../../lib/core/errors';

class Stack extends Construct {
  public readonly overrides: [string, unknown][] = [];
  public addOverride(path: string, value: unknown): void {
    this.overrides.push([path, value]);
  }
}
const stack = (): Stack => new Stack(new Construct(undefined as never, ''), 'Stack');

test('reasons are kept by construct path, in one place of the stack', () => {
  const s = stack();
  const [a, b] = ['A', 'B'].map((id) => new Construct(s, id));
  acknowledgeIn(s, a, 'gcp', 'gcp-one', 'because');
  acknowledgeIn(s, a, 'gcp', 'gcp-two', 'therefore');
  acknowledgeIn(s, b, 'gcp', 'gcp-one', 'so');
  expect(s.overrides).toEqual([
    ['//', { acknowledged: { 'Stack/A': { 'gcp-one': 'because', 'gcp-two': 'therefore' }, 'Stack/B': { 'gcp-one': 'so' } } }],
  ]);
});

test.each([
  ['azure-one', 'because', 'rule "azure-one": rules of this cloud start with gcp-; write the name that mlops check prints'],
  ['gcp-one', ' ', 'reason " ": without a reason nobody can tell whether it still holds; write why it is so'],
])('%s for %j is refused', (rule, reason, message) => {
  const s = stack();
  expect(() => acknowledgeIn(s, s, 'gcp', rule, reason)).toThrow(message);
});

describe('a declaration', () => {
  const checks = (): Checks => new Checks(new Construct(new Construct(undefined as never, ''), 'Platform'), 'gcp.MlPlatform');
  const declared = { 'gcp-one': 'because', 'azure-one': 'so', 'AwsSolutions-S1': 'it is a log' };

  test.each([
    ['aws', [['AwsSolutions-S1', 'it is a log']]],
    ['azure', [['azure-one', 'so']]],
    ['gcp', [['gcp-one', 'because']]],
  ] as const)('acknowledges for %s what is a rule of it', (cloud, expected) => {
    expect(acknowledgedFor(cloud, declared, checks())).toEqual(expected);
  });

  test('is refused what no cloud has, and what has no reason', () => {
    const c = checks();
    acknowledgedFor('gcp', { CKV_GCP_1: 'why', 'gcp-one': '' }, c);
    expect(c.found.map(({ construct: _, ...p }) => oneLine(p))).toEqual([
      'acknowledge.CKV_GCP_1 "why": there is no such rule; write the name that mlops check prints',
      'acknowledge.gcp-one "": without a reason nobody can tell whether it still holds; write why it is so',
    ]);
  });
});
