import { mkdtempSync, rmSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import type { Judgement, Resource, Rule } from '../../lib/check/model';
import { checkTerraform } from '../../lib/check/terraform';
import type { Body, Snapshot } from '../../lib/review/model';
import { readTerraformStack } from '../../lib/review/read/terraform';

type Resources = { readonly [type: string]: { readonly [name: string]: Body } };

const folder = mkdtempSync(join(tmpdir(), 'check-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A Terraform stack of resources by type and name, as it is read from its file. */
export function stackOf(resource: Resources, more: Body = {}): Snapshot {
  const file = join(folder, 'cdk.tf.json');
  writeFileSync(file, JSON.stringify({ ...more, resource }));
  return readTerraformStack(file, undefined, 'housing-dev-gcp');
}

/** What a rule says of the first resource of the first of its types, or of `type`; with other resources beside it. */
export function judged(rule: Rule, body: Body, beside: Resources = {}, type = rule.types[0]): Judgement {
  let said: Judgement | undefined;
  const spy: Rule = {
    ...rule,
    judge: (resource, stack) => {
      const judgement = rule.judge(resource, stack);
      if (resource.address === `${type}.it`) said = judgement;
      return judgement;
    },
  };
  checkTerraform(stackOf({ ...beside, [type]: { ...beside[type], it: body } }), [spy]);
  if (said === undefined) throw new Error(`${rule.id} does not look at ${type}`);
  return said;
}

/** A rule that everything breaks. */
export const NEVER: Rule = {
  id: 'gcp-never',
  severity: 'medium',
  types: ['google_storage_bucket'],
  what: 'It is never right.',
  why: 'Nobody knows.',
  mend: 'Write nothing.',
  link: 'https://example.com/never',
  judge: (_: Resource) => 'non-compliant',
};
