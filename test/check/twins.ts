import { readdirSync } from 'fs';
import { join } from 'path';
import type { Judgement, Rule } from '../../lib/check/model';
import type { Body } from '../../lib/review/model';
import { judged } from './fixture';

/** Resources by type and name. */
export type Beside = { readonly [type: string]: { readonly [name: string]: Body } };

type Twins = readonly [rule: string, keeps: Body | undefined, breaks: Body, beside?: Beside];
type Case = readonly [rule: string, body: Body, judgement: Judgement, beside?: Beside];

/** What else rules say: of defaults, of references, of what stands beside. */
export function judgements(rules: readonly Rule[], cases: readonly Case[]): void {
  const rows = cases.map(([id, body, judgement, beside = {}]) => [id, body, judgement, beside] as const);
  test.each(rows)('%s says of %j that it is %s', (id, body, judgement, beside) => {
    expect(
      judged(
        rules.find((r) => r.id === id)!,
        body,
        beside,
      ),
    ).toBe(judgement);
  });
}

/** What is tested of the rules of one cloud: each by twins, and that there is none without them. */
export function ruleTests(cloud: string, rules: readonly Rule[], twins: readonly Twins[]): void {
  const find = (id: string): Rule => rules.find((r) => r.id === id)!;
  const cases = twins.flatMap(([id, keeps, breaks, beside]) => find(id).types.map((type) => [id, type, keeps, breaks, beside] as const));

  test.each(cases.filter(([, , keeps]) => keeps))('%s is kept by its twin of type %s', (id, type, keeps, _, beside) => {
    expect(judged(find(id), keeps!, beside, type)).toBe('compliant');
  });

  test.each(cases)('%s is broken by its twin of type %s', (id, type, _, breaks, beside) => {
    expect(judged(find(id), breaks, beside, type)).toBe('non-compliant');
  });

  test('every rule has twins', () => {
    expect(twins.map(([id]) => id).sort()).toEqual(rules.map((r) => r.id).sort());
  });

  test('every file of the folder is a rule of its name, and is used', () => {
    const files = readdirSync(join(__dirname, '..', '..', 'lib', 'check', cloud)).filter(
      (f) => f.endsWith('.ts') && !f.endsWith('.d.ts') && f !== 'index.ts',
    );
    expect(files.map((f) => `${cloud}-${f.replace(/\.ts$/, '')}`).sort()).toEqual(rules.map((r) => r.id).sort());
  });

  test.each(rules.map((r) => [r.id, r] as const))('%s says what, why and how in sentences, and where that is written', (_, rule) => {
    for (const text of [rule.what, rule.why, rule.mend]) expect(text).toMatch(/^[A-Za-z].*\.$/);
    expect(rule.link).toMatch(/^https:\/\//);
  });
}
