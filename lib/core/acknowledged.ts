import { IConstruct } from 'constructs';
import { CloudName } from './catalogue';
import { Checks, refuse } from './errors';

/** How the rules of each cloud are called. */
export const RULE_PREFIX: { readonly [cloud in CloudName]: string } = { aws: 'AwsSolutions-', azure: 'azure-', gcp: 'gcp-' };

type Reasons = { [path: string]: { [rule: string]: string } };
const recorded = new WeakMap<IConstruct, Reasons>();

/**
 * Notes in a Terraform stack that a rule is not kept below a construct, and why; `mlops check` reads it from the output.
 *
 * @param stack the construct's Terraform stack
 */
export function acknowledgeIn(
  stack: IConstruct & { addOverride(path: string, value: unknown): void },
  scope: IConstruct,
  cloud: CloudName,
  rule: string,
  reason: string,
): void {
  const prefix = RULE_PREFIX[cloud];
  if (!rule.startsWith(prefix))
    refuse('choice', 'rule', rule, `rules of this cloud start with ${prefix}`, 'write the name that mlops check prints');
  if (!reason.trim()) refuse('missing', 'reason', reason, 'without a reason nobody can tell whether it still holds', 'write why it is so');
  let reasons = recorded.get(stack);
  if (!reasons) {
    recorded.set(stack, (reasons = {}));
    // By reference: what is noted later is written too.
    stack.addOverride('//', { acknowledged: reasons });
  }
  (reasons[scope.node.path] ??= {})[rule] = reason;
}

/** What a declaration acknowledges for one cloud; whatever is the rule of no cloud is refused. */
export function acknowledgedFor(cloud: CloudName, declared: { readonly [rule: string]: string } = {}, checks: Checks): [string, string][] {
  for (const [rule, reason] of Object.entries(declared)) {
    checks.require(
      Object.values(RULE_PREFIX).some((prefix) => rule.startsWith(prefix)),
      'choice',
      `acknowledge.${rule}`,
      reason,
      'there is no such rule',
      'write the name that mlops check prints',
    );
    checks.require(
      reason.trim() !== '',
      'missing',
      `acknowledge.${rule}`,
      reason,
      'without a reason nobody can tell whether it still holds',
      'write why it is so',
    );
  }
  return Object.entries(declared).filter(([rule]) => rule.startsWith(RULE_PREFIX[cloud]));
}
