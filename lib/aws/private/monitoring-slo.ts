import { CfnServiceLevelObjective } from 'aws-cdk-lib/aws-applicationsignals';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { Duration as CdkDuration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { physicalName } from '../../core/naming';
import { IMeteredInference } from '../inference';
import { LambdaSettings } from './inference-limits';

type Query = CfnServiceLevelObjective.MetricDataQueryProperty;

/** Both promises of a service, counted by requests over thirty days. */
export function defineObjectives(
  scope: Construct,
  id: string,
  title: string,
  service: IMeteredInference,
  slo: LambdaSettings['slo'],
): void {
  const milliseconds = slo.threshold.toMillis();
  const objective = (kind: string, description: string, goal: number, total: Query[], monitored: object): void => {
    const name = `${id}${kind}Objective`;
    new CfnServiceLevelObjective(scope, name, {
      // The cloud demands a name.
      name: physicalName(scope, { max: 128, separator: '-', prefix: `${scope.node.path}/${title}/${kind}`, seed: name }),
      description,
      requestBasedSli: { requestBasedSliMetric: { totalRequestCountMetric: total, monitoredRequestCountMetric: monitored } },
      goal: { attainmentGoal: goal, interval: { rollingInterval: { duration: 30, durationUnit: 'DAY' } } },
    });
  };
  objective(
    'Availability',
    `${slo.availability} % of the requests to ${title} succeed`,
    slo.availability,
    [query('requests', service.metricRequests({ statistic: 'Sum' }))],
    {
      badCountMetric: [
        { id: 'bad', expression: 'FILL(errors, 0)', returnData: true },
        { ...query('errors', service.metricErrors({ statistic: 'Sum' })), returnData: false },
      ],
    },
  );
  objective(
    'Latency',
    `${slo.percentile} % of the requests to ${title} take ${slo.threshold.toString()} at most`,
    slo.percentile,
    [query('all', service.metricLatency({ statistic: 'SampleCount' }))],
    // TC counts the values in a range.
    { goodCountMetric: [query('good', service.metricLatency({ statistic: `TC(:${milliseconds})` }))] },
  );
}

function query(id: string, metric: Metric): Query {
  const stat = metric.with({ period: CdkDuration.minutes(1) }).toMetricConfig().metricStat!;
  return {
    id,
    metricStat: {
      metric: {
        namespace: stat.namespace,
        metricName: stat.metricName,
        dimensions: stat.dimensions?.map(({ name, value }) => ({ name, value: value as string })),
      },
      period: stat.period.toSeconds(),
      stat: stat.statistic,
    },
    returnData: true,
  };
}
