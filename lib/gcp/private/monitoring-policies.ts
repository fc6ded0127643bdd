import { Construct } from 'constructs';
import {
  MonitoringAlertPolicy,
  MonitoringAlertPolicyConditions,
  MonitoringAlertPolicyConditionsConditionThreshold,
} from '@cdktf/provider-google/lib/monitoring-alert-policy';
import { ITerraformDependable } from 'cdktf';
import { AlarmSeverity, Duration } from '../../core';
import { RUNBOOK } from '../../core/monitoring';
import { ICloudRunInference } from '../inference';

/** What an alert policy is made of here; the rest is the same for all. */
export interface Policy {
  readonly title: string;
  readonly severity: AlarmSeverity;
  readonly runbook: string;
  readonly conditions: MonitoringAlertPolicyConditions[];
  /** All of the conditions have to hold; any otherwise. */
  readonly all?: boolean;
}

/** Where policies are put, and who is told. */
export interface PolicyRoute {
  readonly project: string;
  channels(severity: AlarmSeverity): string[];
  readonly dependsOn: ITerraformDependable[];
}

/** Makes an alert policy. An incident closes by itself when its condition is gone for half an hour; one from a log entry after a day. */
export function alertPolicy(scope: Construct, id: string, route: PolicyRoute, policy: Policy): MonitoringAlertPolicy {
  const fromLog = policy.conditions.some((c) => c.conditionMatchedLog);
  return new MonitoringAlertPolicy(scope, id, {
    project: route.project,
    displayName: policy.title,
    severity: policy.severity === AlarmSeverity.CRITICAL ? 'CRITICAL' : 'WARNING',
    combiner: policy.all ? 'AND' : 'OR',
    conditions: policy.conditions,
    documentation: { content: policy.runbook, mimeType: 'text/markdown' },
    notificationChannels: route.channels(policy.severity),
    alertStrategy: { autoClose: fromLog ? '86400s' : '1800s', ...(fromLog && { notificationRateLimit: { period: '300s' } }) },
    dependsOn: route.dependsOn,
  });
}

/** One for each entry that a filter of Cloud Logging matches. */
export function logPolicy(title: string, severity: AlarmSeverity, runbook: string, filter: string): Policy {
  return { title, severity, runbook, conditions: [{ displayName: title, conditionMatchedLog: { filter } }] };
}

/** The sum of all series of a metric is above a number. */
export function threshold(
  displayName: string,
  filter: string,
  above: number,
  options: { readonly aligner: string; readonly period: string; readonly duration?: string },
): MonitoringAlertPolicyConditions {
  return { displayName, conditionThreshold: condition(filter, above, options) };
}

function condition(
  filter: string,
  above: number,
  { aligner, period, duration }: { readonly aligner: string; readonly period: string; readonly duration?: string },
): MonitoringAlertPolicyConditionsConditionThreshold {
  return {
    filter,
    comparison: 'COMPARISON_GT',
    thresholdValue: above,
    duration: duration ?? '0s',
    aggregations: [{ alignmentPeriod: period, perSeriesAligner: aligner, crossSeriesReducer: 'REDUCE_SUM' }],
  };
}

/** What can go wrong with a service, without its objectives. */
export function servicePolicies(name: string, service: ICloudRunInference, objective: ServiceObjective): { [id: string]: Policy } {
  const rate = { aligner: 'ALIGN_RATE', period: '300s' };
  const failures = condition(`${service.metricRequestCount()} AND metric.labels.response_code_class = "5xx"`, objective.mostErrors, rate);
  const errors = `${name}: more than ${+(objective.mostErrors * 100).toFixed(2)} % of the requests fail`;
  const latency = `${name}: ${objective.percentile} % of the requests take up to more than ${objective.threshold.toString()}`;
  return {
    Errors: {
      title: errors,
      severity: AlarmSeverity.CRITICAL,
      runbook: RUNBOOK.errors,
      conditions: [
        {
          displayName: errors,
          conditionThreshold: {
            ...failures,
            denominatorFilter: service.metricRequestCount(),
            denominatorAggregations: failures.aggregations,
          },
        },
      ],
    },
    Latency: {
      title: latency,
      severity: AlarmSeverity.WARNING,
      runbook: RUNBOOK.latency,
      conditions: [
        {
          displayName: latency,
          // A filter knows four percentiles only.
          conditionPrometheusQueryLanguage: {
            query: `${latencyQuery(service, objective.percentile)} > ${objective.threshold.toMillis()}`,
            duration: '300s',
            evaluationInterval: '60s',
            disableMetricValidation: true,
          },
        },
      ],
    },
    Throttles: {
      title: `${name}: no instance is left`,
      severity: AlarmSeverity.WARNING,
      runbook: RUNBOOK.throttles,
      conditions: [
        threshold(`${name}: requests are turned away (429)`, `${service.metricRequestCount()} AND metric.labels.response_code = "429"`, 0, {
          aligner: 'ALIGN_DELTA',
          period: '300s',
        }),
        // With one instance at most, being at the limit is the ordinary state.
        ...(service.maxInstances > 1
          ? [
              threshold(
                `${name}: ${service.maxInstances} instances for ten minutes`,
                `${service.metricInstanceCount()} AND metric.labels.state = "active"`,
                service.maxInstances - 0.5,
                { aligner: 'ALIGN_MAX', period: '60s', duration: '600s' },
              ),
            ]
          : []),
      ],
    },
  };
}

/** What a service promises, and the share of failures that wakes somebody: ten times what is promised, half at most. */
export interface ServiceObjective {
  readonly availability: number;
  readonly percentile: number;
  readonly threshold: Duration;
  readonly mostErrors: number;
}

/** A percentile of the request latency in milliseconds, in PromQL. */
export function latencyQuery(service: ICloudRunInference, percentile: number): string {
  const labels = `monitored_resource="cloud_run_revision",service_name="${service.serviceName}",location="${service.region}"`;
  return `histogram_quantile(${fraction(percentile)}, sum by (le) (rate(run_googleapis_com:request_latencies_bucket{${labels}}[5m])))`;
}

/** 99.9 as 0.999, without the noise of binary fractions. */
export function fraction(percent: number): number {
  return Number((percent / 100).toFixed(8));
}

/**
 * Alerts when the error budget of an objective is used up too fast: within two days (somebody is woken), within five (a warning).
 * An objective with a large budget cannot burn that fast; its alerts go off at four fifths of what is possible.
 */
export function burnPolicies(title: string, runbook: string, slo: string, goal: number): { [id: string]: Policy } {
  const burn = (long: number, short: number, fastest: number, severity: AlarmSeverity): Policy => {
    const rate = Number(Math.min(fastest, 0.8 / fraction(100 - goal)).toFixed(2));
    return {
      title: `${title} (error budget burns ${rate} times too fast)`,
      severity,
      runbook,
      all: true,
      conditions: [long, short].map((seconds) => ({
        displayName: `over ${Duration.seconds(seconds).toString()}`,
        conditionThreshold: {
          filter: `select_slo_burn_rate("${slo}", "${seconds}s")`,
          comparison: 'COMPARISON_GT',
          thresholdValue: rate,
          duration: '0s',
        },
      })),
    };
  };
  return { Fast: burn(3_600, 300, 14, AlarmSeverity.CRITICAL), Slow: burn(21_600, 1_800, 6, AlarmSeverity.WARNING) };
}

/** A duration as Google's APIs give it back: `1s`, `0.300s`. */
export function protoDuration(duration: Duration): string {
  const ms = duration.toMillis();
  return ms % 1_000 ? `${(ms / 1_000).toFixed(3)}s` : `${ms / 1_000}s`;
}
