import { Stack, Stage } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { Checks } from '../../core/errors';

/**
 * Begins the checks of a construct. Throws at once where nothing would be synthesized: outside a stack of the AWS CDK,
 * or in one whose root is the app of another library.
 */
export function checksOf(scope: Construct, kind: string): Checks {
  const checks = new Checks(scope, kind);
  const root = scope.node.root;
  if (!scope.node.scopes.some((s) => Stack.isStack(s)))
    checks.refuse('conflict', 'scope', undefined, 'it is not below a Stack of aws-cdk-lib', 'put it into a Stack of an App of aws-cdk-lib');
  else if (!Stage.isStage(root))
    checks.refuse(
      'conflict',
      'scope',
      undefined,
      'the root of its tree is no App of aws-cdk-lib, and nothing would be synthesized',
      'put its Stack into an App of aws-cdk-lib',
    );
  checks.done();
  return checks;
}
