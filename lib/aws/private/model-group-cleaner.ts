import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Code, Function, Runtime } from 'aws-cdk-lib/aws-lambda';
import { CfnModelPackageGroup } from 'aws-cdk-lib/aws-sagemaker';
import { CustomResource, Duration, Stack } from 'aws-cdk-lib/core';
import { Construct, IConstruct } from 'constructs';
import { Environment } from '../../core';
import { acknowledge, acknowledgeWildcards } from './acknowledge';
import { logGroup } from './logs';

const CODE = `import boto3, cfnresponse
def handler(event, context):
    group = event["ResourceProperties"]["Group"]
    try:
        if event["RequestType"] == "Delete":
            client = boto3.client("sagemaker")
            pages = client.get_paginator("list_model_packages").paginate(ModelPackageGroupName=group)
            for package in [p for page in pages for p in page["ModelPackageSummaryList"]]:
                client.delete_model_package(ModelPackageName=package["ModelPackageArn"])
        cfnresponse.send(event, context, cfnresponse.SUCCESS, {}, group)
    except Exception as error:
        cfnresponse.send(event, context, cfnresponse.FAILED, {}, group, reason=str(error))
`;

/** Deletes the versions in a group before the group goes: SageMaker deletes empty groups only, and CloudFormation does not empty them. */
export function emptyOnDelete(scope: Construct, id: string, group: CfnModelPackageGroup, environment: Environment | undefined): void {
  const stack = Stack.of(scope);
  const cleaner =
    (stack.node.tryFindChild('ModelGroupCleaner') as ModelGroupCleaner | undefined) ?? new ModelGroupCleaner(stack, environment);
  const name = group.modelPackageGroupName;
  cleaner.allow(groupArn(stack, name), versionsArn(stack, name));
  const resource = new CustomResource(scope, id, {
    resourceType: 'Custom::EmptyModelGroup',
    serviceToken: cleaner.functionArn,
    properties: { Group: name },
  });
  // The permission goes after it does.
  resource.node.addDependency(group, cleaner.policy);
}

/** ARN of a group. */
export function groupArn(stack: Stack, name: string): string {
  return stack.formatArn({ service: 'sagemaker', resource: 'model-package-group', resourceName: name });
}

/** ARN of all versions in a group. */
export function versionsArn(stack: Stack, name: string): string {
  return stack.formatArn({ service: 'sagemaker', resource: 'model-package', resourceName: `${name}/*` });
}

/** One function for all groups of a stack. */
class ModelGroupCleaner extends Construct {
  public readonly functionArn: string;
  private readonly role: Role;

  public constructor(stack: Stack, environment: Environment | undefined) {
    super(stack, 'ModelGroupCleaner');
    const log = logGroup(this, 'Log', environment);
    this.role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: 'Empties model package groups before they are deleted',
      inlinePolicies: {
        Log: new PolicyDocument({
          statements: [new PolicyStatement({ actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resources: [log.logGroupArn] })],
        }),
      },
    });
    const cleaner = new Function(this, 'Resource', {
      description: 'Empties model package groups before they are deleted',
      runtime: Runtime.PYTHON_3_14,
      handler: 'index.handler',
      code: Code.fromInline(CODE),
      timeout: Duration.minutes(5),
      role: this.role,
      logGroup: log,
    });
    acknowledge(cleaner, { L1: 'The newest Python that Lambda has in every region.' });
    this.functionArn = cleaner.functionArn;
  }

  /** What the function may do beside writing its log. There is one as soon as it may do something. */
  public get policy(): IConstruct {
    return this.role.node.findChild('DefaultPolicy');
  }

  public allow(group: string, versions: string): void {
    this.role.addToPolicy(new PolicyStatement({ actions: ['sagemaker:DeleteModelPackage'], resources: [versions] }));
    this.role.addToPolicy(new PolicyStatement({ actions: ['sagemaker:ListModelPackages'], resources: [group, versions] }));
    acknowledgeWildcards(this.role, [versions], 'Versions are numbered as they are registered.');
  }
}
