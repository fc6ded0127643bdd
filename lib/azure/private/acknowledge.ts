import { TerraformStack } from 'cdktf';
import { IConstruct } from 'constructs';
import { acknowledgeIn } from '../../core/acknowledged';

/**
 * Says why rules of `mlops check` are not kept below a construct.
 *
 * @param rules reasons by the rule's name without its cloud: `{ 'storage-versioning': 'sources are deleted after a day' }`
 */
export function acknowledge(scope: IConstruct, rules: { readonly [rule: string]: string }): void {
  for (const [rule, reason] of Object.entries(rules)) acknowledgeIn(TerraformStack.of(scope), scope, 'azure', `azure-${rule}`, reason);
}
