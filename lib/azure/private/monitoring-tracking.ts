import { AlarmSeverity } from '../../core';
import { RUNBOOK } from '../../core/monitoring';
import type { AzureMetric } from '../inference';
import type { IExperimentTracking } from '../tracking';
import type { MetricAlarm } from './monitoring-alerts';

type NamedAlarm = MetricAlarm & { readonly id: string };

/** What is watched of a tracking server and of its database, where they are of this library. */
export function trackingAlarms(name: string, tracking: IExperimentTracking): NamedAlarm[] {
  const [critical, warning] = [AlarmSeverity.CRITICAL, AlarmSeverity.WARNING];
  const app = server(tracking);
  const db = database(tracking);
  return [
    ...(app
      ? [
          {
            id: 'Errors',
            title: `${name}: more than 10 requests failed`,
            runbook: RUNBOOK.trackingErrors,
            severity: warning,
            metric: app('Requests', 'Total'),
            only: ['statusCodeCategory', '5xx'] as const,
            above: 10,
            window: 'PT15M',
          },
          ...(tracking.alwaysOn ? [down(name, app)] : []),
          {
            id: 'Memory',
            title: `${name}: memory of a server is above 90 %`,
            runbook: RUNBOOK.trackingMemory,
            severity: warning,
            metric: app('MemoryPercentage', 'Average'),
            above: 90,
            window: 'PT15M',
          },
          {
            id: 'Restarts',
            title: `${name}: a server restarted more than 3 times`,
            runbook: RUNBOOK.trackingDown,
            severity: warning,
            metric: app('RestartCount', 'Maximum'),
            above: 3,
            window: 'PT30M',
          },
        ]
      : []),
    ...(db
      ? [
          {
            id: 'DatabaseDown',
            title: `${name}: the database does not answer`,
            runbook: RUNBOOK.trackingDown,
            severity: critical,
            metric: db('is_db_alive', 'Maximum'),
            below: 1,
            window: 'PT5M',
          },
          {
            id: 'DatabaseStorage',
            title: `${name}: the disk of the database is more than 85 % full`,
            runbook: RUNBOOK.trackingStorage,
            severity: warning,
            metric: db('storage_percent', 'Average'),
            above: 85,
            window: 'PT15M',
          },
        ]
      : []),
  ];
}

/** Nobody misses a server that goes when nobody asks. */
function down(name: string, app: MetricOf): NamedAlarm {
  return {
    id: 'Down',
    title: `${name}: no server runs`,
    runbook: RUNBOOK.trackingDown,
    severity: AlarmSeverity.CRITICAL,
    metric: app('Replicas', 'Maximum'),
    below: 1,
    window: 'PT15M',
  };
}

/** What is shown of them. */
export function trackingTiles(tracking: IExperimentTracking): { readonly title: string; readonly metrics: AzureMetric[] }[] {
  const app = server(tracking);
  const db = database(tracking);
  return [
    ...(app
      ? [
          { title: 'Requests', metrics: [app('Requests', 'Total')] },
          { title: 'Servers and restarts', metrics: [app('Replicas', 'Maximum'), app('RestartCount', 'Maximum')] },
        ]
      : []),
    ...(db
      ? [
          {
            title: 'CPU, memory and disk of the database, in per cent',
            metrics: ['cpu_percent', 'memory_percent', 'storage_percent'].map((m) => db(m, 'Average')),
          },
        ]
      : []),
  ];
}

type MetricOf = (metricName: string, aggregation: string) => AzureMetric;

function server({ containerAppId }: IExperimentTracking): MetricOf | undefined {
  return of(containerAppId, 'Microsoft.App/containerapps');
}

function database({ databaseServerId }: IExperimentTracking): MetricOf | undefined {
  return of(databaseServerId, 'Microsoft.DBforPostgreSQL/flexibleServers');
}

function of(resourceId: string | undefined, namespace: string): MetricOf | undefined {
  if (resourceId === undefined) return undefined;
  return (metricName, aggregation) => ({ resourceId, namespace, metricName, aggregation });
}
