import { Construct } from 'constructs';
import { Fn, Lazy, TerraformOutput } from 'cdktf';
import { MonitoringDashboard } from '@cdktf/provider-google/lib/monitoring-dashboard';
import { MonitoringNotificationChannel } from '@cdktf/provider-google/lib/monitoring-notification-channel';
import { MonitoringService } from '@cdktf/provider-google/lib/monitoring-service';
import { MonitoringSlo } from '@cdktf/provider-google/lib/monitoring-slo';
import { AlarmSeverity, IBuildPipeline, IMonitoring, MonitoringBaseProps } from '../core';
import { RUNBOOK, SLO_DEFAULTS } from '../core/monitoring';
import { parity } from '../core/parity';
import { ICloudRunInference } from './inference';
import { chart, dashboard, incidents, logs, serviceWidgets, Widget } from './private/monitoring-dashboard';
import {
  alertPolicy,
  burnPolicies,
  fraction,
  logPolicy,
  Policy,
  PolicyRoute,
  protoDuration,
  ServiceObjective,
  servicePolicies,
  threshold,
} from './private/monitoring-policies';
import { trackingPolicies, trackingWidgets } from './private/monitoring-tracking';
import { nameIn } from './private/names';
import { checkPlace } from './private/place';
import { checksFor } from './private/root';
import { enableServices } from './private/services';
import { IExperimentTracking } from './tracking';
import { IGpuTrainingCluster } from './training';

/** What monitoring on Google Cloud needs. */
export interface MonitoringProps extends MonitoringBaseProps {
  /** Project that the dashboard and the alert policies are put into. */
  readonly project: string;
  /**
   * Title of the dashboard.
   *
   * @default - the path of the construct
   */
  readonly title?: string;
  /**
   * Notification channels that exist already and are told of everything: `projects/P/notificationChannels/N`.
   *
   * @default - none
   */
  readonly channels?: string[];
}

const EMAIL = /^[^@\s]+@[^@\s]+\.[^@\s]+$/;

/**
 * A dashboard, alarms with a severity and a runbook line, objectives for each service, and mail to whom it concerns.
 *
 * Defines a Cloud Monitoring dashboard, a notification channel for each address, and for everything that is watched alert policies:
 * for a service errors, latency and saturation, and a Cloud Monitoring service with an availability and a latency objective over 28 days,
 * each with a fast and a slow burn-rate alert; for a cluster failed and stuck jobs; for a tracking server whether it runs and answers, its
 * memory and its database; for a pipeline failed builds.
 *
 * A service's error alarm goes off above ten times the share of failures that its objective allows.
 *
 * @example
 * const monitoring = new gcp.Monitoring(this, 'Monitoring', { project: 'acme-ml-dev', email: 'ml-oncall@example.com' });
 * monitoring.watchInference(
 *   'predict',
 *   gcp.CloudRunInference.fromCloudRunInferenceAttributes(this, 'Predict', {
 *     project: 'acme-ml-dev',
 *     region: 'europe-west4',
 *     serviceName: 'predict',
 *     url: 'https://predict-1234567890.europe-west4.run.app',
 *     serviceAccountEmail: 'predict@acme-ml-dev.iam.gserviceaccount.com',
 *   }),
 * );
 *
 * @see https://cloud.google.com/stackdriver/docs/solutions/slo-monitoring/alerting-on-budget-burn-rate
 */
export class Monitoring extends Construct implements IMonitoring {
  public readonly dashboardUrl: string;
  private readonly objective: ServiceObjective;
  private readonly route: PolicyRoute;
  private readonly rows: Widget[][] = [];
  private readonly policyNames: string[] = [];

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: MonitoringProps,
  ) {
    super(scope, id);
    this.check();
    const { project, slo } = props;
    const availability = slo?.availability ?? SLO_DEFAULTS.availability;
    this.objective = {
      availability,
      percentile: slo?.latency?.percentile ?? SLO_DEFAULTS.percentile,
      threshold: slo?.latency?.threshold ?? SLO_DEFAULTS.threshold,
      mostErrors: Math.min(0.5, fraction(1_000 - 10 * availability)),
    };
    const dependsOn = enableServices(this, project, 'monitoring', 'logging');
    const mail = (name: string, address: string) =>
      new MonitoringNotificationChannel(this, name, {
        project,
        type: 'email',
        displayName: address,
        labels: { email_address: address },
        dependsOn,
      }).name;
    const everything = props.email === undefined ? undefined : mail('Email', props.email);
    const critical =
      props.criticalEmail === undefined || props.criticalEmail === props.email ? everything : mail('CriticalEmail', props.criticalEmail);
    const channels = (own: string | undefined) => [...(own === undefined ? [] : [own]), ...(props.channels ?? [])];
    this.route = { project, dependsOn, channels: (severity) => channels(severity === AlarmSeverity.CRITICAL ? critical : everything) };

    const board = new MonitoringDashboard(this, 'Resource', {
      project,
      dashboardJson: Lazy.stringValue({
        produce: (c) =>
          this.render()
            .split(/(?<=,)/)
            .map((t) => c.resolve(t))
            .join(''),
      }),
      dependsOn,
    });
    const boardId = Fn.element(Fn.split('/', board.id), 3);
    this.dashboardUrl = `https://console.cloud.google.com/monitoring/dashboards/builder/${boardId}?project=${project}`;
    new TerraformOutput(this, 'DashboardUrl', { value: this.dashboardUrl, description: 'Open the dashboard.' });
    parity.mapped(this, 'gcp', '', 'Cloud Monitoring dashboard and alert policies');
    parity.mapped(this, 'gcp', 'slo', 'Cloud Monitoring objectives for availability and latency over 28 days, with burn-rate alerts');
  }

  /**
   * Watches a service: errors, latency, saturation and its objectives.
   *
   * @param name how people call it
   */
  public watchInference(name: string, service: ICloudRunInference): void {
    const watched = new Construct(this, `inference-${name}`);
    this.alert(watched, servicePolicies(name, service, this.objective));
    this.promise(watched, name, service);
    this.rows.push(serviceWidgets(name, service, this.objective.percentile));
  }

  /**
   * Watches a training cluster: jobs that fail, and jobs that no machine comes for.
   *
   * @param name how people call it
   */
  public watchTraining(name: string, cluster: IGpuTrainingCluster): void {
    const failed = `${name}: a training job failed`;
    this.alert(new Construct(this, `training-${name}`), {
      Failed: {
        title: failed,
        severity: AlarmSeverity.WARNING,
        runbook: RUNBOOK.jobFailed,
        conditions: [threshold(failed, cluster.failureMetricFilter, 0, { aligner: 'ALIGN_DELTA', period: '300s' })],
      },
      Stuck: logPolicy(`${name}: a training job waits for a machine`, AlarmSeverity.WARNING, RUNBOOK.jobStuck, cluster.stuckLogFilter),
    });
    const failures = {
      timeSeriesQuery: {
        timeSeriesFilter: {
          filter: cluster.failureMetricFilter,
          aggregation: { alignmentPeriod: '300s', perSeriesAligner: 'ALIGN_DELTA', crossSeriesReducer: 'REDUCE_SUM' },
        },
      },
    };
    this.rows.push([
      chart(`${name}: failed jobs`, [failures]),
      logs(`${name}: jobs that wait for a machine`, this.props.project, cluster.stuckLogFilter),
    ]);
  }

  /**
   * Watches a tracking server: whether it runs and answers, its memory, and the storage of its database. Of a server of others only the
   * address is shown, unless its service is known.
   *
   * @param name how people call it
   */
  public watchTracking(name: string, tracking: IExperimentTracking): void {
    this.alert(new Construct(this, `tracking-${name}`), trackingPolicies(name, tracking));
    this.rows.push(trackingWidgets(name, tracking, this.props.project));
  }

  /**
   * Watches a pipeline: builds that fail or take too long.
   *
   * @param name how people call it
   */
  public watchPipeline(name: string, pipeline: IBuildPipeline): void {
    // Cloud Build has no metric of builds; what it writes itself, not a step, says how a build ended. Builds carry the pipeline's name as a tag.
    const filter = [
      'resource.type = "build"',
      'labels.build_step = "MAIN"',
      `labels.build_tags : "${pipeline.pipelineName}"`,
      'textPayload =~ "^(ERROR|TIMEOUT)"',
    ].join(' AND ');
    this.alert(new Construct(this, `pipeline-${name}`), {
      Failed: logPolicy(`${name}: the pipeline failed`, AlarmSeverity.WARNING, RUNBOOK.pipelineFailed, filter),
    });
    this.rows.push([logs(`${name}: failed builds`, this.props.project, filter)]);
  }

  private check(): void {
    const { project, email, criticalEmail, slo } = this.props;
    const checks = checksFor(this, 'gcp.Monitoring');
    checkPlace(checks, project);
    for (const [prop, address] of Object.entries({ email, criticalEmail }))
      checks.require(
        address === undefined || EMAIL.test(address) || /\$\{/.test(address),
        'syntax',
        prop,
        address,
        'not a mail address',
        'write one such as ml-oncall@example.com',
      );
    const promises: { [prop: string]: number | undefined } = {
      'slo.availability': slo?.availability,
      'slo.latency.percentile': slo?.latency?.percentile,
    };
    for (const [prop, value] of Object.entries(promises))
      checks.require(
        value === undefined || (value > 0 && value <= 99.99),
        'limit',
        prop,
        value,
        'an objective of Cloud Monitoring is above 0 and at most 99.99 per cent',
        'write 99.99 or less',
      );
    const limit = slo?.latency?.threshold;
    checks.require(
      limit === undefined || limit.toMillis() > 0,
      'limit',
      'slo.latency.threshold',
      limit?.toString(),
      'no request takes no time',
      'write a duration above 0, such as 300ms',
    );
    checks.done();
  }

  private promise(scope: Construct, name: string, service: ICloudRunInference): void {
    const { project } = this.props;
    const { availability, percentile, threshold: limit } = this.objective;
    const watched = new MonitoringService(scope, 'Service', {
      project,
      serviceId: nameIn(scope, project),
      displayName: name,
      basicService: { serviceType: 'CLOUD_RUN', serviceLabels: { service_name: service.serviceName, location: service.region } },
      dependsOn: this.route.dependsOn,
    });
    const base = { project, service: watched.serviceId, rollingPeriodDays: 28 };
    const succeed = `${name}: ${availability} % of the requests succeed`;
    const fast = `${name}: ${percentile} % of the requests take less than ${limit.toString()}`;
    const slos = {
      Availability: { title: succeed, runbook: RUNBOOK.errors, goal: availability, sli: { availability: { enabled: true } } },
      Latency: { title: fast, runbook: RUNBOOK.latency, goal: percentile, sli: { latency: { threshold: protoDuration(limit) } } },
    };
    for (const [kind, { title, runbook, goal, sli }] of Object.entries(slos)) {
      const slo = new MonitoringSlo(scope, `${kind}Objective`, {
        ...base,
        sloId: kind.toLowerCase(),
        displayName: title,
        goal: fraction(goal),
        basicSli: sli,
      });
      const burns = Object.entries(burnPolicies(title, runbook, slo.name, goal)).map(([speed, p]) => [`${kind}Burns${speed}`, p]);
      this.alert(scope, Object.fromEntries(burns) as { [id: string]: Policy });
    }
  }

  private alert(scope: Construct, policies: { readonly [id: string]: Policy }): void {
    for (const [id, policy] of Object.entries(policies)) this.policyNames.push(alertPolicy(scope, id, this.route, policy).name);
  }

  private render(): string {
    const rows = this.policyNames.length ? [[incidents(this.policyNames)], ...this.rows] : this.rows;
    return dashboard(this.props.title ?? this.node.path, rows);
  }
}
