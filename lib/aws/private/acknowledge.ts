import { Stack, Validations } from 'aws-cdk-lib/core';
import { IConstruct } from 'constructs';

/**
 * Says why a rule of cdk-nag's AwsSolutions pack cannot be met below a construct.
 *
 * @param rules reasons by the rule's short name: `{ S1: 'is itself the log bucket' }`
 */
export function acknowledge(scope: IConstruct, rules: { readonly [rule: string]: string }): void {
  // What `Validations.of(scope).acknowledge` records, without its stack trace, which would carry this machine's paths into the assembly.
  for (const [rule, reason] of Object.entries(rules))
    scope.node.addMetadata(Validations.ACKNOWLEDGED_RULES_METADATA_KEY, { [`AwsSolutions::AwsSolutions-${rule}`]: reason });
}

/** Says why the function that empties buckets before they are deleted, which the CDK makes once for a stack, has a managed policy. */
export function acknowledgeAutoDelete(scope: IConstruct): void {
  const provider = Stack.of(scope).node.tryFindChild('Custom::S3AutoDeleteObjectsCustomResourceProvider');
  if (!provider || provider.node.metadata.some((m) => m.type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)) return;
  acknowledge(provider, {
    'IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]':
      'The CDK makes the role; the policy lets it write its log, and nothing else.',
  });
}

/**
 * Says why resources of a policy end in a wildcard. cdk-nag names each by its resolved ARN, so the reason covers exactly these.
 *
 * @param resources what the policy's statements name as resources
 */
export function acknowledgeWildcards(scope: IConstruct, resources: readonly string[], reason: string): void {
  let done = false;
  // As late as validation, because a resource of another stack has its name here only once the references between stacks are settled.
  scope.node.addValidation({
    validate: () => {
      const stack = Stack.of(scope);
      if (!done) for (const arn of resources) acknowledge(scope, { [`IAM5[Resource::${flatten(stack.resolve(arn))}]`]: reason });
      done = true;
      return [];
    },
  });
}

/** A CloudFormation expression as cdk-nag writes it: `<Bucket.Arn>/data/*`. */
function flatten(value: unknown): string {
  if (typeof value === 'string') return value.replace(/\${/g, '<').replace(/}/g, '>');
  const expression = value as { [intrinsic: string]: unknown };
  const join = expression['Fn::Join'] as [string, unknown[]] | undefined;
  if (join) return join[1].map(flatten).join(join[0]);
  const attribute = expression['Fn::GetAtt'] as string[] | undefined;
  if (attribute) return `<${attribute.join('.')}>`;
  if ('Fn::ImportValue' in expression) return flatten(expression['Fn::ImportValue']);
  return 'Ref' in expression ? `<${String(expression.Ref)}>` : JSON.stringify(value);
}
