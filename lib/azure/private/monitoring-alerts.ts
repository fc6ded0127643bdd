import { MonitorActionGroup } from '@cdktf/provider-azurerm/lib/monitor-action-group';
import { MonitorMetricAlert } from '@cdktf/provider-azurerm/lib/monitor-metric-alert';
import { MonitorScheduledQueryRulesAlertV2 } from '@cdktf/provider-azurerm/lib/monitor-scheduled-query-rules-alert-v2';
import { Construct } from 'constructs';
import { AlarmSeverity } from '../../core';
import { AzureMetric } from '../inference';
import { IResourceGroup } from '../resource-group';
import { localName } from './name';

// Azure counts from 0, critical, to 4, verbose.
const SEVERITY: { readonly [s in AlarmSeverity]: number } = { [AlarmSeverity.CRITICAL]: 0, [AlarmSeverity.WARNING]: 2 };

/** What all alarms of one dashboard have in common. */
export interface AlarmRoute {
  readonly resourceGroup: IResourceGroup;
  readonly workspaceId: string;
  /** Ids of the action groups that are told, by severity. */
  readonly actions: { readonly [s in AlarmSeverity]?: string };
}

interface Alarm {
  /** What happened, for people: `predict: more than 5 % of the requests fail`. */
  readonly title: string;
  /** Where to start, from the runbook. */
  readonly runbook: string;
  readonly severity: AlarmSeverity;
}

/** An alarm that is raised while a query finds something. */
export interface QueryAlarm extends Alarm {
  readonly query: string;
  /** How far back it looks, as Azure writes it. */
  readonly window: string;
  readonly every: string;
  /** Evaluations in a row that must find something. */
  readonly periods?: number;
}

export function queryAlarm(scope: Construct, id: string, route: AlarmRoute, a: QueryAlarm): void {
  const holder = new Construct(scope, id);
  const action = route.actions[a.severity];
  new MonitorScheduledQueryRulesAlertV2(holder, 'Resource', {
    name: localName(holder),
    displayName: a.title,
    description: `${a.title}. ${a.runbook}`,
    resourceGroupName: route.resourceGroup.resourceGroupName,
    location: route.resourceGroup.location,
    scopes: [route.workspaceId],
    severity: SEVERITY[a.severity],
    evaluationFrequency: a.every,
    windowDuration: a.window,
    autoMitigationEnabled: true,
    // A workspace that has not seen a table yet would refuse the query.
    skipQueryValidation: true,
    criteria: [
      {
        query: a.query,
        timeAggregationMethod: 'Count',
        operator: 'GreaterThan',
        threshold: 0,
        failingPeriods: { minimumFailingPeriodsToTriggerAlert: a.periods ?? 1, numberOfEvaluationPeriods: a.periods ?? 1 },
      },
    ],
    action: action === undefined ? undefined : { actionGroups: [action] },
  });
}

/** An alarm that is raised while a metric is above a number, or below one. */
export interface MetricAlarm extends Alarm {
  readonly metric: AzureMetric;
  /** The number that it must not be above. */
  readonly above?: number;
  /** Or the number that it must not be below. */
  readonly below?: number;
  readonly window: string;
  /** Dimension and value that it is limited to. */
  readonly only?: readonly [string, string];
}

export function metricAlarm(scope: Construct, id: string, route: AlarmRoute, a: MetricAlarm): void {
  const holder = new Construct(scope, id);
  const action = route.actions[a.severity];
  new MonitorMetricAlert(holder, 'Resource', {
    name: localName(holder),
    description: `${a.title}. ${a.runbook}`,
    resourceGroupName: route.resourceGroup.resourceGroupName,
    scopes: [a.metric.resourceId],
    severity: SEVERITY[a.severity],
    frequency: 'PT5M',
    windowSize: a.window,
    criteria: [
      {
        metricNamespace: a.metric.namespace,
        metricName: a.metric.metricName,
        aggregation: a.metric.aggregation,
        operator: a.below === undefined ? 'GreaterThan' : 'LessThan',
        threshold: a.below ?? a.above ?? 0,
        dimension: a.only && [{ name: a.only[0], operator: 'Include', values: [a.only[1]] }],
        // The metric is there once the resource has been used.
        skipMetricValidation: true,
      },
    ],
    action: action === undefined ? undefined : [{ actionGroupId: action }],
  });
}

/** Tells somebody by mail. */
export function mailTo(scope: Construct, id: string, group: IResourceGroup, shortName: string, email: string): string {
  const holder = new Construct(scope, id);
  return new MonitorActionGroup(holder, 'Resource', {
    name: localName(holder),
    resourceGroupName: group.resourceGroupName,
    shortName,
    emailReceiver: [{ name: 'mail', emailAddress: email, useCommonAlertSchema: true }],
  }).id;
}
