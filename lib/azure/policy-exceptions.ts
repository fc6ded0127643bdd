import { TerraformStack } from 'cdktf';
import { IConstruct } from 'constructs';
import { acknowledgeIn } from '../core/acknowledged';

/**
 * Why rules of `mlops check` are not kept below a construct.
 *
 * Defines nothing; the reason is written into the Terraform output, where `mlops check` finds it and reports the rule as acknowledged.
 *
 * @example
 * declare const store: azure.ArtifactStore;
 * azure.PolicyExceptions.of(store).acknowledge('azure-storage-public-network', 'its contents are published anyway');
 */
export class PolicyExceptions {
  /** Those below a construct, in a Terraform stack. */
  public static of(scope: IConstruct): PolicyExceptions {
    return new PolicyExceptions(scope);
  }

  private constructor(private readonly scope: IConstruct) {}

  /**
   * Says why a rule is not kept.
   *
   * @param rule its name, as `mlops check` prints it
   * @param reason why it is so, for whoever reads the report
   * @throws a problem if there can be no such rule on Azure, or no reason is given
   */
  public acknowledge(rule: string, reason: string): void {
    acknowledgeIn(TerraformStack.of(this.scope), this.scope, 'azure', rule, reason);
  }
}
