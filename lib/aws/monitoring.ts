import {
  Alarm,
  AlarmBase,
  ComparisonOperator,
  CreateAlarmOptions,
  Dashboard,
  IMetric,
  IWidget,
  Metric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { IKey } from 'aws-cdk-lib/aws-kms';
import { ITopic } from 'aws-cdk-lib/aws-sns';
import { CfnOutput, Duration as CdkDuration, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { AlarmSeverity, IBuildPipeline, IMonitoring, MonitoringBaseProps, ServiceLevelObjective } from '../core';
import { pascal } from '../core/facade';
import { RUNBOOK } from '../core/monitoring';
import { parity } from '../core/parity';
import { IMeteredInference } from './inference';
import { objectives } from './private/inference-limits';
import { budget, errorRate } from './private/inference-rollout';
import { dashboardUrl, newDashboard } from './private/monitoring-dashboards';
import { defineObjectives } from './private/monitoring-slo';
import { Routes, routesOf } from './private/monitoring-topics';
import { inferenceWidgets, pipelineWidgets, trackingWidgets, trainingWidgets } from './private/monitoring-widgets';
import { checksOf } from './private/scope';
import { IExperimentTracking } from './tracking';
import { GpuTrainingCluster, IGpuTrainingCluster } from './training';

/** What monitoring takes. */
export interface MonitoringProps extends MonitoringBaseProps {
  /**
   * Topic that gets warnings, in place of mail. An encrypted one must let CloudWatch use its key.
   *
   * @default - a topic with `email` as its subscriber, if that is given
   */
  readonly warningTopic?: ITopic;
  /**
   * Topic that gets critical alarms, in place of mail. An encrypted one must let CloudWatch use its key.
   *
   * @default - a topic with `criticalEmail` or `email` as its subscriber, if one is given
   */
  readonly criticalTopic?: ITopic;
  /**
   * Key that messages of the topics are encrypted with. One that was brought in must let CloudWatch and EventBridge use it already, because
   * its policy cannot be changed here; else alarms tell nobody.
   *
   * @default - a key is made if a topic is, about 1 USD a month
   */
  readonly encryptionKey?: IKey;
  /**
   * Makes objects of CloudWatch Application Signals for the objectives, which count the error budget.
   *
   * Turn it off where the region has no Application Signals; the alarms stay.
   *
   * @default true
   */
  readonly sloObjects?: boolean;
  /**
   * Dashboard that shows what is watched. Those who watch things of several stacks each in its own stack can share one, which stands in a
   * further stack: a dashboard refers to what it shows.
   *
   * @default - one is made
   */
  readonly dashboard?: Dashboard;
}

/** How a service is watched. */
export interface WatchInferenceOptions {
  /**
   * What this service promises.
   *
   * @default - what the monitoring says for all services
   */
  readonly slo?: ServiceLevelObjective;
}

const FIVE_MINUTES = CdkDuration.minutes(5);
/** Share of failed requests that a tracking server may have; clients try again. */
const TRACKING_ERRORS_PERCENT = 5;
const MEMORY_PERCENT = 90;
/** RDS lets storage grow when a tenth is free; less means that it may not grow further. */
const FREE_STORAGE_BYTES = 1024 ** 3;
/** Share of the limit at which a service counts as saturated. */
const SATURATION = 0.8;

/**
 * A dashboard for a platform, alarms that say what to do, and a way to those who shall know.
 *
 * Defines a CloudWatch dashboard with a section for each thing watched; alarms on failed requests (critical), latency, throttling,
 * saturation, failed jobs, stuck jobs, failed pipelines and a tracking server in trouble (warnings), each with the first step to take in its description; two SNS topics,
 * encrypted and for TLS only, with mail subscribers, who confirm once; and Application Signals objectives for availability and latency.
 *
 * The dashboard costs about 3 USD a month after the account's first three, an alarm 0.10 USD; objectives are billed by Application Signals.
 *
 * @example
 * declare const service: aws.LambdaInference;
 * declare const cluster: aws.GpuTrainingCluster;
 * const monitoring = new aws.Monitoring(this, 'Monitoring', { email: 'ml-oncall@example.com' });
 * monitoring.watchInference('predict', service);
 * monitoring.watchTraining('trainer', cluster);
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-ServiceLevelObjectives.html
 */
export class Monitoring extends Construct implements IMonitoring {
  public readonly dashboardUrl: string;
  /** The dashboard; add widgets of your own. */
  public readonly dashboard: Dashboard;
  private readonly props: MonitoringProps;
  private readonly routes: Routes;
  private readonly watched = new Set<string>();

  public constructor(scope: Construct, id: string, props: MonitoringProps = {}) {
    super(scope, id);
    const checks = checksOf(this, 'aws.Monitoring');
    for (const prop of ['email', 'criticalEmail'] as const)
      checks.require(
        props[prop] === undefined || /^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(props[prop]),
        'syntax',
        prop,
        props[prop],
        'not a mail address',
        'write one such as ml-oncall@example.com',
      );
    objectives(checks, props.slo);
    checks.done();

    this.props = props;
    this.routes = routesOf(this, props);
    this.dashboard = props.dashboard ?? newDashboard(this, 'Resource', this.node.path);
    this.dashboardUrl = dashboardUrl(this.dashboard);
    this.report();
    if (!props.dashboard) new CfnOutput(this, 'DashboardUrl', { value: this.dashboardUrl, description: 'The dashboard of the platform' });
  }

  /** The topic that alarms of a severity go to, if anybody is told. */
  public topic(severity: AlarmSeverity): ITopic | undefined {
    return this.routes[severity];
  }

  /**
   * Watches a service: failed requests, latency, throttling, saturation, and its objectives.
   *
   * @param name what the dashboard calls it
   */
  public watchInference(name: string, service: IMeteredInference, options: WatchInferenceOptions = {}): void {
    const checks = checksOf(this, 'aws.Monitoring');
    const slo = objectives(checks, options.slo ?? this.props.slo);
    checks.done();
    const id = this.idOf('Inference', name);
    const period = FIVE_MINUTES;
    const alarms = [
      this.alarm(
        `${id}Errors`,
        AlarmSeverity.CRITICAL,
        RUNBOOK.errors,
        errorRate(service.metricErrors({ period }), service.metricRequests({ period }), period),
        {
          threshold: budget(slo.availability),
          evaluationPeriods: 3,
          datapointsToAlarm: 2,
        },
      ),
      this.alarm(
        `${id}Latency`,
        AlarmSeverity.WARNING,
        RUNBOOK.latency,
        service.metricLatency({ period, statistic: `p${slo.percentile}` }),
        {
          threshold: slo.threshold.toMillis(),
          evaluationPeriods: 3,
          datapointsToAlarm: 3,
        },
      ),
      this.alarm(`${id}Throttles`, AlarmSeverity.WARNING, RUNBOOK.throttles, service.metricThrottles({ period }), {
        threshold: 0,
        evaluationPeriods: 3,
        datapointsToAlarm: 2,
      }),
    ];
    if (service.maxConcurrency !== undefined)
      alarms.push(
        this.alarm(`${id}Saturation`, AlarmSeverity.WARNING, RUNBOOK.throttles, service.metricConcurrentExecutions({ period }), {
          threshold: Math.floor(service.maxConcurrency * SATURATION),
          evaluationPeriods: 3,
          datapointsToAlarm: 3,
        }),
      );
    if (this.props.sloObjects ?? true) defineObjectives(this, id, name, service, slo);
    this.show(inferenceWidgets(name, service, slo, alarms));
  }

  /**
   * Watches a training cluster: jobs that failed, and jobs that wait for machines.
   *
   * @param name what the dashboard calls it
   */
  public watchTraining(name: string, cluster: IGpuTrainingCluster): void {
    const id = this.idOf('Training', name);
    const once = { threshold: 0, evaluationPeriods: 1 };
    const failed = this.alarm(
      `${id}Failed`,
      AlarmSeverity.WARNING,
      RUNBOOK.jobFailed,
      cluster.metricFailedJobs({ period: FIVE_MINUTES }),
      once,
    );
    // A cluster that was made in this stack has the alarm already. That of another stack could not depend on the topics of this one.
    const { stuckJobsAlarm } = cluster as Partial<GpuTrainingCluster>;
    const own = stuckJobsAlarm && Stack.of(stuckJobsAlarm) === Stack.of(this) ? stuckJobsAlarm : undefined;
    const stuck =
      own ?? this.alarm(`${id}Stuck`, AlarmSeverity.WARNING, RUNBOOK.jobStuck, cluster.metricBlockedQueue({ period: FIVE_MINUTES }), once);
    if (own) this.watchAlarm(own, AlarmSeverity.WARNING);
    this.show(trainingWidgets(name, cluster, [failed, stuck]));
  }

  /**
   * Watches a pipeline: executions that failed.
   *
   * CodePipeline publishes them for pipelines of type V2, and not in the regions of China and GovCloud.
   *
   * @param name what the dashboard calls it
   */
  public watchPipeline(name: string, pipeline: IBuildPipeline): void {
    const id = this.idOf('Pipeline', name);
    const failures = new Metric({
      namespace: 'AWS/CodePipeline',
      metricName: 'FailedPipelineExecutions',
      dimensionsMap: { PipelineName: pipeline.pipelineName },
      statistic: 'Sum',
      period: FIVE_MINUTES,
    });
    const failed = this.alarm(`${id}Failed`, AlarmSeverity.WARNING, RUNBOOK.pipelineFailed, failures, {
      threshold: 0,
      evaluationPeriods: 1,
    });
    this.show(pipelineWidgets(name, pipeline.runCommand, failures.with({ label: 'failed' }), [failed]));
  }

  /**
   * Watches a tracking server: whether one runs, failed requests, memory, and the storage of its database.
   *
   * Of a server that SageMaker or others run nothing is known; the dashboard shows its address only.
   *
   * @param name what the dashboard calls it
   */
  public watchTracking(name: string, tracking: IExperimentTracking): void {
    const id = this.idOf('Tracking', name);
    const { metrics } = tracking;
    if (!metrics) {
      this.show(trackingWidgets(name, tracking, undefined, []));
      return;
    }
    const period = FIVE_MINUTES;
    const twice = { evaluationPeriods: 3, datapointsToAlarm: 2 };
    const alarms = [
      this.alarm(`${id}Down`, AlarmSeverity.CRITICAL, RUNBOOK.trackingDown, metrics.runningServers(), {
        comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
        threshold: 1,
        evaluationPeriods: 5,
        // Where no server runs, nobody counts.
        treatMissingData: TreatMissingData.BREACHING,
      }),
      this.alarm(
        `${id}Errors`,
        AlarmSeverity.WARNING,
        RUNBOOK.trackingErrors,
        errorRate(metrics.errors({ period }), metrics.requests({ period }), period),
        { threshold: TRACKING_ERRORS_PERCENT, ...twice },
      ),
      this.alarm(`${id}Memory`, AlarmSeverity.WARNING, RUNBOOK.trackingMemory, metrics.memory({ period }), {
        threshold: MEMORY_PERCENT,
        ...twice,
      }),
    ];
    const storage = metrics.databaseFreeStorage({ period });
    if (storage)
      alarms.push(
        this.alarm(`${id}Storage`, AlarmSeverity.WARNING, RUNBOOK.trackingStorage, storage, {
          comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
          threshold: FREE_STORAGE_BYTES,
          evaluationPeriods: 3,
        }),
      );
    this.show(trackingWidgets(name, tracking, metrics, alarms));
  }

  /** Has an alarm of your own tell those who are told about its severity. */
  public watchAlarm(alarm: AlarmBase, severity: AlarmSeverity): void {
    const topic = this.routes[severity];
    if (!topic) return;
    const action = new SnsAction(topic);
    alarm.addAlarmAction(action);
    alarm.addOkAction(action);
  }

  private alarm(id: string, severity: AlarmSeverity, runbook: string, metric: IMetric, options: CreateAlarmOptions): Alarm {
    const alarm = new Alarm(this, id, {
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
      alarmDescription: `${severity}: ${runbook}`,
      metric,
      ...options,
    });
    this.watchAlarm(alarm, severity);
    return alarm;
  }

  private idOf(kind: string, name: string): string {
    const id = `${kind}${pascal(name)}`;
    const checks = checksOf(this, 'aws.Monitoring');
    checks.require(!this.watched.has(id), 'conflict', 'name', name, 'something of this name is watched already', 'take another name');
    checks.done();
    this.watched.add(id);
    return id;
  }

  private show(rows: IWidget[][]): void {
    for (const row of rows) this.dashboard.addWidgets(...row);
  }

  private report(): void {
    const { email, criticalEmail, slo, sloObjects } = this.props;
    parity.mapped(this, 'aws', '', 'CloudWatch dashboard and alarms');
    if (email ?? criticalEmail) parity.mapped(this, 'aws', 'notify', 'SNS topic for each severity; recipients confirm once');
    if (slo && (sloObjects ?? true)) parity.mapped(this, 'aws', 'slo', 'Application Signals objectives and alarms');
  }
}
