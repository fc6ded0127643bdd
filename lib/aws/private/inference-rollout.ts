import { Alarm, ComparisonOperator, IAlarm, IMetric, MathExpression, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { ILambdaDeploymentConfig, LambdaDeploymentConfig, TimeBasedCanaryTrafficRouting } from 'aws-cdk-lib/aws-codedeploy';
import { Duration as CdkDuration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { AlarmSeverity, Rollout, RolloutStrategy } from '../../core';
import { RUNBOOK } from '../../core/monitoring';
import type { LambdaInference } from '../inference/lambda';
import { ILambdaInference } from '../inference/lambda-props';
import { LambdaSettings } from './inference-limits';

/** How CodeDeploy shifts the alias. */
export function deploymentConfig(scope: Construct, rollout: Rollout): ILambdaDeploymentConfig {
  if (rollout.strategy !== RolloutStrategy.CANARY) return LambdaDeploymentConfig.ALL_AT_ONCE;
  return new LambdaDeploymentConfig(scope, 'Canary', {
    trafficRouting: new TimeBasedCanaryTrafficRouting({
      percentage: rollout.percent,
      interval: CdkDuration.minutes(rollout.interval.toMinutes()),
    }),
  });
}

/** Share of failed requests in per cent; nothing while there are no requests. */
export function errorRate(errors: IMetric, requests: IMetric, period: CdkDuration): MathExpression {
  return new MathExpression({
    expression: '100 * FILL(errors, 0) / requests',
    usingMetrics: { errors, requests },
    period,
    label: 'failed requests (%)',
  });
}

/** What is left of a hundred per cent, without the noise of binary fractions. */
export function budget(availability: number): number {
  return Number((100 - availability).toFixed(6));
}

/** Alarms quick enough for a canary: two bad minutes out of three. */
export function rollbackAlarms(
  service: ILambdaInference & Pick<LambdaInference, 'metricDuration'>,
  slo: LambdaSettings['slo'],
): { errors: IAlarm; latency: IAlarm } {
  const period = CdkDuration.minutes(1);
  const common = {
    comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
    evaluationPeriods: 3,
    datapointsToAlarm: 2,
    treatMissingData: TreatMissingData.NOT_BREACHING,
  };
  return {
    errors: new Alarm(service, 'ErrorAlarm', {
      ...common,
      metric: errorRate(service.metricErrors({ period }), service.metricRequests({ period }), period),
      threshold: budget(slo.availability),
      alarmDescription: `${AlarmSeverity.WARNING}: a deployment is rolled back. ${RUNBOOK.errors}`,
    }),
    // Without the start of instances, of which a new version has more than an old one.
    latency: new Alarm(service, 'LatencyAlarm', {
      ...common,
      metric: service.metricDuration({ statistic: `p${slo.percentile}`, period }),
      threshold: slo.threshold.toMillis(),
      alarmDescription: `${AlarmSeverity.WARNING}: a deployment is rolled back. ${RUNBOOK.latency}`,
    }),
  };
}
