import { check, failing } from '../../lib/check';
import type { Judgement, Rule } from '../../lib/check/model';
import { checkTerraform } from '../../lib/check/terraform';
import { allowOneOf, at, demand, demandOneOf, listOf, refuse } from '../../lib/check/values';
import { NEVER, stackOf } from './fixture';

const BUCKET = { name: 'b', '//': { metadata: { path: 'housing-dev-gcp/Platform/Artifacts/Resource' } } };
const OPEN = { google_storage_bucket: { Artifacts: BUCKET } };

describe('values', () => {
  const body = {
    a: [{ b: { c: 1 } }],
    list: [{ x: 1 }, { x: 2 }],
    late: '${google_x.y.z}',
    dynamic: { repeated: { for_each: [], content: { name: '${each.key}' } } },
  };

  test.each([
    ['a.b.c', 1],
    ['list.*.x', [1, 2]],
    ['list.x', 1],
    ['late.deeper', '${google_x.y.z}'],
    ['none.at.all', undefined],
    ['repeated.name', '${each.key}'],
  ])('%s is %j', (path, value) => {
    expect(at(body, path)).toEqual(value);
  });

  test('one value is a list of one', () => {
    expect([listOf('x'), listOf(['x']), listOf(undefined)]).toEqual([['x'], ['x'], []]);
  });

  test.each([
    [true, [], 'compliant'],
    [false, ['no'], 'non-compliant'],
    [false, ['${var.x}'], 'unknown'],
  ])('a demand that is %s of %j is %s', (holds, values, judgement) => {
    expect(demand(holds as boolean, ...(values as unknown[]))).toBe(judgement);
  });

  test.each([
    [true, [], 'non-compliant'],
    [true, ['${var.x}'], 'non-compliant'],
    [false, ['no'], 'compliant'],
    [false, [['a', '${var.x}']], 'unknown'],
  ])('a refusal that is %s of %j is %s', (broken, values, judgement) => {
    expect(refuse(broken as boolean, ...(values as unknown[]))).toBe(judgement);
  });

  test('what may be left out is compliant without it', () => {
    expect([undefined, true, 'true', false, '${var.x}'].map((value) => allowOneOf(value, true))).toEqual([
      'compliant',
      'compliant',
      'compliant',
      'non-compliant',
      'unknown',
    ]);
  });

  test('one of several values is demanded', () => {
    expect([demandOneOf('a', 'a', 'b'), demandOneOf('c', 'a', 'b'), demandOneOf(undefined, 'a')]).toEqual([
      'compliant',
      'non-compliant',
      'non-compliant',
    ]);
  });
});

describe('a stack', () => {
  const answering = (judgement: Judgement): Rule => ({ ...NEVER, judge: () => judgement });

  test('has a finding where a rule is broken', () => {
    expect(checkTerraform(stackOf(OPEN), [NEVER]).findings).toEqual([
      {
        cloud: 'gcp',
        stack: 'housing-dev-gcp',
        file: expect.stringMatching(/cdk\.tf\.json$/),
        address: 'google_storage_bucket.Artifacts',
        path: 'housing-dev-gcp/Platform/Artifacts/Resource',
        type: 'google_storage_bucket',
        rule: 'gcp-never',
        severity: 'medium',
        what: 'It is never right.',
        why: 'Nobody knows.',
        mend: 'Write nothing.',
        link: 'https://example.com/never',
      },
    ]);
  });

  test.each(['compliant', 'not-applicable'] as const)('has none where a rule says %s', (judgement) => {
    const { findings, unknown } = checkTerraform(stackOf(OPEN), [answering(judgement)]);
    expect([findings, unknown]).toEqual([[], []]);
  });

  test('tells apart what only the deployment knows', () => {
    const { findings, unknown } = checkTerraform(stackOf(OPEN), [answering('unknown')]);
    expect([findings.length, unknown.length]).toEqual([0, 1]);
  });

  test('shows a rule what refers to a resource', () => {
    const seen: string[] = [];
    const rule: Rule = {
      ...NEVER,
      judge: (resource, stack) => {
        seen.push(...stack.referring('google_storage_bucket_iam_member', resource).map((r) => r.address));
        return 'compliant';
      },
    };
    const members = {
      google_storage_bucket_iam_member: {
        Mine: { bucket: '${google_storage_bucket.Artifacts.name}' },
        Found: { bucket: '${data.google_storage_bucket.Artifacts.name}' },
        Other: { bucket: 'other' },
      },
    };
    checkTerraform(stackOf({ ...OPEN, ...members }), [rule]);
    expect(seen).toEqual(['google_storage_bucket_iam_member.Mine']);
  });
});

describe('the report', () => {
  const PUBLIC = { google_storage_bucket: { Artifacts: { ...BUCKET, public_access_prevention: 'inherited' } } };
  const acknowledging = (path: string, rule = 'gcp-storage-public-access') => ({
    '//': { acknowledged: { [path]: { [rule]: 'it is a web site' } } },
  });
  const findings = (more: object) => check([stackOf(PUBLIC, more as never)]).findings.filter((f) => f.rule === 'gcp-storage-public-access');

  test('fails on what is open', () => {
    const report = check([stackOf(PUBLIC)]);
    expect(failing(report, 'high').map((f) => f.rule)).toContain('gcp-storage-public-access');
  });

  test.each(['housing-dev-gcp/Platform/Artifacts', 'housing-dev-gcp/Platform/Artifacts/Resource', 'housing-dev-gcp'])(
    'takes an acknowledgement at %s',
    (path) => {
      expect(findings(acknowledging(path))).toMatchObject([{ state: 'acknowledged', reason: 'it is a web site' }]);
    },
  );

  test.each([
    ['another construct', acknowledging('housing-dev-gcp/Platform/Art')],
    ['another rule', acknowledging('housing-dev-gcp/Platform/Artifacts', 'gcp-other')],
  ])('takes none of %s', (_, more) => {
    expect(findings(more)).toMatchObject([{ state: 'open' }]);
  });

  test('takes an acknowledgement of what only the deployment knows, too', () => {
    const late = { google_storage_bucket: { Artifacts: { ...BUCKET, public_access_prevention: '${var.prevention}' } } };
    const { findings: found } = check([stackOf(late, acknowledging('housing-dev-gcp/Platform/Artifacts') as never)]);
    expect(found.filter((f) => f.rule === 'gcp-storage-public-access')).toMatchObject([{ state: 'acknowledged' }]);
  });

  test('names acknowledgements that nothing needs any more', () => {
    expect(check([stackOf({}, acknowledging('housing-dev-gcp/Gone') as never)]).unused).toEqual([
      { stack: 'housing-dev-gcp', path: 'housing-dev-gcp/Gone', rule: 'gcp-storage-public-access' },
    ]);
  });
});
