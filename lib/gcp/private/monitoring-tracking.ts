import { AlarmSeverity } from '../../core';
import { RUNBOOK } from '../../core/monitoring';
import type { IExperimentTracking } from '../tracking';
import { chart, logs, Widget } from './monitoring-dashboard';
import { logPolicy, Policy } from './monitoring-policies';

/** Shares of the requests, of memory and of disk, above which somebody is told. */
const LIMITS = { errors: 0.05, memory: 0.9, disk: 0.9 };
const FIVE_MINUTES = '300s';

/** What can go wrong with a tracking server; nothing is known of one that others run. */
export function trackingPolicies(name: string, tracking: IExperimentTracking): { [id: string]: Policy } {
  if (tracking.serviceName === undefined) return {};
  const requests = metric(tracking, 'request_count');
  const rate = [{ alignmentPeriod: FIVE_MINUTES, perSeriesAligner: 'ALIGN_RATE', crossSeriesReducer: 'REDUCE_SUM' }];
  const errors = `${name}: more than ${LIMITS.errors * 100} % of the requests to the tracking server fail`;
  const memory = `${name}: the tracking server uses more than ${LIMITS.memory * 100} % of its memory`;
  const above = { comparison: 'COMPARISON_GT', duration: FIVE_MINUTES };
  return {
    // A server that nobody asks may be at zero instances: what tells is one that does not start, or does not answer its probe.
    Down: logPolicy(`${name}: the tracking server does not run`, AlarmSeverity.CRITICAL, RUNBOOK.trackingDown, probes(tracking)),
    Errors: {
      title: errors,
      severity: AlarmSeverity.WARNING,
      runbook: RUNBOOK.trackingErrors,
      conditions: [
        {
          displayName: errors,
          conditionThreshold: {
            ...above,
            filter: `${requests} AND metric.labels.response_code_class = "5xx"`,
            thresholdValue: LIMITS.errors,
            aggregations: rate,
            denominatorFilter: requests,
            denominatorAggregations: rate,
          },
        },
      ],
    },
    Memory: {
      title: memory,
      severity: AlarmSeverity.WARNING,
      runbook: RUNBOOK.trackingMemory,
      conditions: [
        {
          displayName: memory,
          conditionThreshold: {
            ...above,
            filter: metric(tracking, 'container/memory/utilizations'),
            thresholdValue: LIMITS.memory,
            aggregations: [{ alignmentPeriod: '60s', perSeriesAligner: 'ALIGN_PERCENTILE_99', crossSeriesReducer: 'REDUCE_MAX' }],
          },
        },
      ],
    },
    ...storagePolicy(name, tracking),
  };
}

/** It grows by itself, so that it is full only where it cannot. */
function storagePolicy(name: string, tracking: IExperimentTracking): { [id: string]: Policy } {
  if (tracking.databaseInstanceName === undefined) return {};
  const title = `${name}: the database of the tracking server is almost full`;
  return {
    Storage: {
      title,
      severity: AlarmSeverity.WARNING,
      runbook: RUNBOOK.trackingStorage,
      conditions: [
        {
          displayName: title,
          conditionThreshold: {
            comparison: 'COMPARISON_GT',
            duration: '900s',
            filter: databaseMetric(tracking, 'disk/utilization'),
            thresholdValue: LIMITS.disk,
            aggregations: [{ alignmentPeriod: '60s', perSeriesAligner: 'ALIGN_MEAN', crossSeriesReducer: 'REDUCE_MAX' }],
          },
        },
      ],
    },
  };
}

/** Requests, memory and database of a tracking server. */
export function trackingWidgets(name: string, tracking: IExperimentTracking, project: string): Widget[] {
  if (tracking.serviceName === undefined)
    return [{ title: `${name}: the tracking server`, text: { content: tracking.trackingUri, format: 'MARKDOWN' } }];
  const series = (filter: string, perSeriesAligner: string, crossSeriesReducer: string, by: string[] = []) => ({
    timeSeriesQuery: {
      timeSeriesFilter: {
        filter,
        aggregation: { alignmentPeriod: '60s', perSeriesAligner, crossSeriesReducer, ...(by.length ? { groupByFields: by } : {}) },
      },
    },
  });
  const byClass = ['metric.label.response_code_class'];
  return [
    chart(`${name}: requests per second`, [series(metric(tracking, 'request_count'), 'ALIGN_RATE', 'REDUCE_SUM', byClass)]),
    chart(`${name}: share of the memory`, [
      series(metric(tracking, 'container/memory/utilizations'), 'ALIGN_PERCENTILE_99', 'REDUCE_MAX', ['metric.label.container_name']),
    ]),
    ...(tracking.databaseInstanceName === undefined
      ? []
      : [
          chart(
            `${name}: share of the database's processor and disk`,
            ['cpu/utilization', 'disk/utilization'].map((m) => ({
              ...series(databaseMetric(tracking, m), 'ALIGN_MEAN', 'REDUCE_MAX'),
              legendTemplate: m.split('/')[0],
            })),
          ),
        ]),
    logs(`${name}: starts and probes that failed`, project, probes(tracking)),
  ];
}

function metric({ serviceName, region }: IExperimentTracking, type: string): string {
  return [
    'resource.type = "cloud_run_revision"',
    `resource.labels.service_name = "${serviceName}"`,
    `resource.labels.location = "${region}"`,
    `metric.type = "run.googleapis.com/${type}"`,
  ].join(' AND ');
}

function databaseMetric({ project, databaseInstanceName }: IExperimentTracking, type: string): string {
  return [
    'resource.type = "cloudsql_database"',
    `resource.labels.database_id = "${project}:${databaseInstanceName}"`,
    `metric.type = "cloudsql.googleapis.com/database/${type}"`,
  ].join(' AND ');
}

/** What Cloud Run itself writes of a container. */
function probes({ serviceName, region }: IExperimentTracking): string {
  return [
    'resource.type = "cloud_run_revision"',
    `resource.labels.service_name = "${serviceName}"`,
    `resource.labels.location = "${region}"`,
    'log_id("run.googleapis.com/varlog/system")',
    'severity >= ERROR',
  ].join(' AND ');
}
