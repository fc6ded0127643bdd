import { ILambdaDeploymentGroup } from 'aws-cdk-lib/aws-codedeploy';
import { Effect, IRole, Policy, PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { IFunction } from 'aws-cdk-lib/aws-lambda';
import { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { ArnFormat, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { acknowledge, acknowledgeWildcards } from './acknowledge';

const INTERFACES = [
  'ec2:AssignPrivateIpAddresses',
  'ec2:CreateNetworkInterface',
  'ec2:DeleteNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:UnassignPrivateIpAddresses',
];

/** What the function may do by itself: write its log, send traces, and join a network if it is in one. */
export function executionRole(scope: Construct, log: ILogGroup, inVpc: boolean): Role {
  const role = new Role(scope, 'Role', {
    assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    description: `Execution role of ${scope.node.path}`,
  });
  role.addToPolicy(new PolicyStatement({ actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resources: [log.logGroupArn] }));
  if (inVpc) role.addToPolicy(new PolicyStatement({ actions: INTERFACES, resources: ['*'] }));
  acknowledge(role, {
    'IAM5[Resource::*]': inVpc
      ? 'X-Ray has no resources to name; Lambda demands that the role may manage network interfaces of any subnet, and a second policy denies that to the program itself.'
      : 'X-Ray has no resources to name.',
  });
  return role;
}

/**
 * Lambda's service uses the role to manage network interfaces; the program in the container shall not.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-best-practice
 */
export function denyInterfaces(scope: Construct, role: IRole, fn: IFunction): void {
  new Policy(scope, 'ProgramPolicy', {
    roles: [role],
    statements: [
      new PolicyStatement({
        effect: Effect.DENY,
        actions: [...INTERFACES, 'ec2:DetachNetworkInterface'],
        resources: ['*'],
        conditions: { ArnEquals: { 'lambda:SourceFunctionArn': fn.functionArn } },
      }),
    ],
  });
}

/** What CodeDeploy may do: shift this alias and read alarms; the managed policy for it covers every function of the account. */
export function shiftRole(scope: Construct, fn: IFunction, aliasName: string): IRole {
  const alarms = allAlarms(scope);
  const role = new Role(scope, 'ShiftRole', {
    assumedBy: new ServicePrincipal('codedeploy.amazonaws.com'),
    description: `Shifts the traffic of ${scope.node.path}`,
    // In the role itself, so that it is there as soon as the role is.
    inlinePolicies: {
      Shift: new PolicyDocument({
        statements: [
          new PolicyStatement({
            actions: ['lambda:GetAlias', 'lambda:GetProvisionedConcurrencyConfig', 'lambda:UpdateAlias'],
            resources: [fn.functionArn, `${fn.functionArn}:${aliasName}`],
          }),
          new PolicyStatement({ actions: ['cloudwatch:DescribeAlarms'], resources: [alarms] }),
        ],
      }),
    },
  });
  acknowledgeWildcards(role, [alarms], 'CodeDeploy asks for the state of all alarms of a deployment group in one call.');
  // The construct of the deployment group would attach the managed policy.
  return role.withoutPolicyUpdates();
}

/** The state of alarms is asked for in one call for several, which takes the permission for all. */
export function allAlarms(scope: Construct): string {
  return Stack.of(scope).formatArn({
    service: 'cloudwatch',
    resource: 'alarm',
    resourceName: '*',
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
}

/** What a pipeline needs to deploy: publish a version of this function, and have CodeDeploy shift the alias. */
export function deployStatements(scope: Construct, fn: IFunction, group: ILambdaDeploymentGroup): PolicyStatement[] {
  const stack = Stack.of(scope);
  const codedeploy = (resource: string, resourceName: string): string =>
    stack.formatArn({ service: 'codedeploy', resource, resourceName, arnFormat: ArnFormat.COLON_RESOURCE_NAME });
  return [
    new PolicyStatement({
      actions: [
        'lambda:GetAlias',
        'lambda:GetFunction',
        'lambda:GetFunctionConfiguration',
        'lambda:PublishVersion',
        'lambda:UpdateFunctionCode',
      ],
      resources: [fn.functionArn, `${fn.functionArn}:*`],
    }),
    new PolicyStatement({
      // The last is asked for where a deployment leaves alarms aside.
      actions: [
        'codedeploy:CreateDeployment',
        'codedeploy:GetDeployment',
        'codedeploy:GetDeploymentGroup',
        'codedeploy:UpdateDeploymentGroup',
      ],
      resources: [group.deploymentGroupArn],
    }),
    new PolicyStatement({ actions: ['cloudwatch:DescribeAlarms'], resources: [allAlarms(scope)] }),
    new PolicyStatement({
      actions: ['codedeploy:GetApplicationRevision', 'codedeploy:RegisterApplicationRevision'],
      resources: [codedeploy('application', group.application.applicationName)],
    }),
    new PolicyStatement({
      actions: ['codedeploy:GetDeploymentConfig'],
      resources: [codedeploy('deploymentconfig', group.deploymentConfig.deploymentConfigName)],
    }),
  ];
}
