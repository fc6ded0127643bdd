import type { Judgement, Resource, Rule } from '../../lib/check/model';
import { checkTerraform } from '../../lib/check/terraform';
import type { Body, Snapshot } from '../../lib/review/model';

/** A Terraform stack of resources by type and name. */
export function stackOf(resource: { readonly [type: string]: { readonly [name: string]: Body } }, more: Body = {}): Snapshot {
  const body = { resource, ...more };
  return { kind: 'terraform', cloud: 'gcp', stack: 'housing-dev-gcp', file: '/out/cdk.tf.json', body, paths: new Map() };
}

/** What a rule says of the first resource of the first of its types, or of `type`; with other resources beside it. */
export function judged(
  rule: Rule,
  body: Body,
  beside: { readonly [type: string]: { readonly [name: string]: Body } } = {},
  type = rule.types[0],
): Judgement {
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
