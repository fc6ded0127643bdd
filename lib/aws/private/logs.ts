import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { RemovalPolicy } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { Environment } from '../../core';
import { policyOf } from '../../core/environment';

/** What happens to a stateful resource when its stack goes. */
export function removalOf(environment: Environment | undefined): RemovalPolicy {
  return policyOf(environment).retainData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;
}

/** A log group that keeps and survives what the environment says. */
export function logGroup(scope: Construct, id: string, environment: Environment | undefined): LogGroup {
  return new LogGroup(scope, id, {
    // The policy's numbers are days that CloudWatch Logs takes.
    retention: policyOf(environment).logRetentionDays as RetentionDays,
    removalPolicy: removalOf(environment),
  });
}
