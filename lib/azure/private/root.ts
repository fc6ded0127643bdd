import { TerraformStack } from 'cdktf';
import { IConstruct } from 'constructs';
import { Checks } from '../../core/errors';

/**
 * Checks for one construct; refuses at once where no Terraform stack is above it,
 * because under any other root nothing would be synthesized and nobody would be told.
 *
 * @param kind how users call the construct: `azure.ArtifactStore`
 */
export function checksFor(scope: IConstruct, kind: string): Checks {
  const checks = new Checks(scope, kind);
  if (!scope.node.scopes.some((s) => TerraformStack.isStack(s))) {
    checks.refuse(
      'conflict',
      'scope',
      undefined,
      'Azure constructs become Terraform, and there is no TerraformStack above this one',
      "put it into a TerraformStack (or azure.MlPlatformStack) under an App of 'cdktf'",
    );
    checks.done();
  }
  return checks;
}
