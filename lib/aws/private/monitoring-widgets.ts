import { AlarmStatusWidget, Color, GraphWidget, IAlarm, IMetric, IWidget, TextWidget } from 'aws-cdk-lib/aws-cloudwatch';
import { Duration as CdkDuration } from 'aws-cdk-lib/core';
import { IMeteredInference } from '../inference';
import { ExperimentTrackingMetrics, IExperimentTracking } from '../tracking';
import { IGpuTrainingCluster } from '../training';
import { errorRate } from './inference-rollout';
import { LambdaSettings } from './inference-limits';

const HEIGHT = 6;

/** Heading and alarms of a section. */
function section(title: string, text: string, alarms: IAlarm[]): IWidget[][] {
  return [
    [new TextWidget({ markdown: `## ${title}\n${text}`, width: 24, height: 2 })],
    [new AlarmStatusWidget({ title: 'Alarms', alarms, width: 24, height: 2 + Math.ceil(alarms.length / 4) })],
  ];
}

function graph(title: string, left: IMetric[], width: number, more: object = {}): GraphWidget {
  return new GraphWidget({ title, left, width, height: HEIGHT, leftYAxis: { min: 0 }, ...more });
}

/** Traffic, errors, latency and saturation of a service. */
export function inferenceWidgets(name: string, service: IMeteredInference, slo: LambdaSettings['slo'], alarms: IAlarm[]): IWidget[][] {
  const period = CdkDuration.minutes(1);
  const limit = service.maxConcurrency;
  return [
    ...section(`Inference: ${name}`, `\`${service.url}\``, alarms),
    [
      graph(
        'Requests',
        [service.metricRequests({ period, label: 'requests' }), service.metricErrors({ period, label: 'failed (5xx)', color: Color.RED })],
        6,
      ),
      graph('Failed requests', [errorRate(service.metricErrors({ period }), service.metricRequests({ period }), period)], 6, {
        leftYAxis: { min: 0, label: '%', showUnits: false },
        leftAnnotations: [{ value: Number((100 - slo.availability).toFixed(6)), label: 'objective', color: Color.ORANGE }],
      }),
      graph(
        'Latency',
        ['p50', `p${slo.percentile}`, 'p99']
          .filter((p, i, all) => all.indexOf(p) === i)
          .map((p) => service.metricLatency({ period, statistic: p, label: p })),
        6,
        {
          leftYAxis: { min: 0, label: 'ms', showUnits: false },
          leftAnnotations: [{ value: slo.threshold.toMillis(), label: `objective of p${slo.percentile}`, color: Color.ORANGE }],
        },
      ),
      graph('Saturation', [service.metricConcurrentExecutions({ period, label: 'at the same time' })], 6, {
        right: [service.metricThrottles({ period, label: 'turned away', color: Color.RED })],
        rightYAxis: { min: 0 },
        ...(limit ? { leftAnnotations: [{ value: limit, label: 'limit', color: Color.ORANGE }] } : {}),
      }),
    ],
  ];
}

/** Jobs that fail or wait. */
export function trainingWidgets(name: string, cluster: IGpuTrainingCluster, alarms: IAlarm[]): IWidget[][] {
  return [
    ...section(`Training: ${name}`, `\`${cluster.submitCommand}\``, alarms),
    [
      graph('Failed jobs', [cluster.metricFailedJobs({ label: 'failed' })], 12),
      graph('Waiting for machines', [cluster.metricBlockedQueue({ label: 'found blocked' })], 12),
    ],
  ];
}

/** Traffic, servers and database of a tracking server. */
export function trackingWidgets(
  name: string,
  tracking: IExperimentTracking,
  metrics: ExperimentTrackingMetrics | undefined,
  alarms: IAlarm[],
): IWidget[][] {
  const text = `\`${tracking.trackingUri}\``;
  if (!metrics) return [[new TextWidget({ markdown: `## Tracking: ${name}\n${text}`, width: 24, height: 2 })]];
  const storage = metrics.databaseFreeStorage({ label: 'free storage' });
  return [
    ...section(`Tracking: ${name}`, text, alarms),
    [
      graph('Requests', [metrics.requests({ label: 'requests' }), metrics.errors({ label: 'failed (5xx)', color: Color.RED })], 6),
      graph('Latency', [metrics.latency({ label: 'p95' })], 6, { leftYAxis: { min: 0, label: 'ms', showUnits: false } }),
      graph('Servers', [metrics.cpu({ label: 'processors (%)' }), metrics.memory({ label: 'memory (%)' })], 6),
      ...(storage ? [graph('Database', [storage], 6)] : []),
    ],
  ];
}

/** Executions that failed. */
export function pipelineWidgets(name: string, runCommand: string, failures: IMetric, alarms: IAlarm[]): IWidget[][] {
  return [...section(`Pipeline: ${name}`, `\`${runCommand}\``, alarms), [graph('Failed executions', [failures], 24)]];
}
