import { ApplicationInsightsWorkbook } from '@cdktf/provider-azurerm/lib/application-insights-workbook';
import { Lazy, TerraformOutput } from 'cdktf';
import { Construct } from 'constructs';
import { AlarmSeverity, IBuildPipeline, IMonitoring, MonitoringBaseProps } from '../core';
import { Checks } from '../core/errors';
import { RUNBOOK, SLO_DEFAULTS } from '../core/monitoring';
import { parity } from '../core/parity';
import { AzureMetric, IAppServiceInference } from './inference';
import { ILogWorkspace } from './logs';
import { AlarmRoute, mailTo, metricAlarm, queryAlarm } from './private/monitoring-alerts';
import {
  burning,
  BURNS,
  FAILED,
  failedRuns,
  milliseconds,
  requests,
  slow,
  tooMany,
  tooSlow,
  waitingJobs,
} from './private/monitoring-queries';
import { trackingAlarms, trackingTiles } from './private/monitoring-tracking';
import { metricTile, queryTile, textTile, Tile, uuid, workbook } from './private/monitoring-workbook';
import { checksFor } from './private/root';
import { IResourceGroup } from './resource-group';
import { SUPPORT } from './support';
import { IExperimentTracking } from './tracking';
import { IGpuTrainingCluster } from './training';

/** Props of `Monitoring`. */
export interface MonitoringProps extends MonitoringBaseProps {
  /** Where it is put. */
  readonly resourceGroup: IResourceGroup;
  /** The workspace that the watched services, clusters and pipelines log into; alarms ask it. */
  readonly logWorkspace: ILogWorkspace;
  /**
   * What the dashboard is called.
   *
   * @default - the path of the construct
   */
  readonly title?: string;
}

/** More than this share of failed requests, in per cent, wakes somebody up. */
const ERROR_PERCENT = 5;
/** CPU or memory above this, in per cent, cannot take much more. */
const SATURATED_PERCENT = 90;

/**
 * A dashboard of services, training and pipelines, with alarms that tell somebody by mail where to start.
 *
 * Defines a workbook of Azure Monitor, scheduled query rules, metric alerts, and an action group for each severity.
 * For a service: failed requests, latency, saturation of its plan, and how fast the error budgets of the objective go. For a cluster: failed
 * jobs, and jobs that wait for a machine. For a pipeline: failed runs.
 * Latency and errors are read from the requests that App Service logs, so nothing has to be built into the container.
 * Rates count from 20 requests in the window on. Critical alarms have Azure's severity 0, warnings 2; both end by themselves.
 *
 * Azure asks for about 1.50 USD a month for a query rule that runs every five minutes, 0.10 USD for a metric alert; a service has six of
 * the former and two of the latter. The workbook is free.
 *
 * @example
 * const monitoring = new azure.Monitoring(this, 'Monitoring', { resourceGroup: group, logWorkspace: logs, email: 'ml-oncall@example.com' });
 * monitoring.watchInference('predict', service);
 *
 * @see https://learn.microsoft.com/azure/azure-monitor/reference/tables/appservicehttplogs
 */
export class Monitoring extends Construct implements IMonitoring {
  public readonly dashboardUrl: string;

  private readonly tiles: Tile[] = [];
  private readonly route: AlarmRoute;
  private readonly availability: number;
  private readonly percentile: number;
  private readonly latency: number;

  public constructor(scope: Construct, id: string, props: MonitoringProps) {
    super(scope, id);
    const checks = checksFor(this, 'azure.Monitoring');
    this.availability = props.slo?.availability ?? SLO_DEFAULTS.availability;
    this.percentile = props.slo?.latency?.percentile ?? SLO_DEFAULTS.percentile;
    this.latency = (props.slo?.latency?.threshold ?? SLO_DEFAULTS.threshold).toMillis();
    checkObjective(checks, 'slo.availability', this.availability);
    checkObjective(checks, 'slo.latency.percentile', this.percentile);
    checks.require(this.latency > 0, 'limit', 'slo.latency.threshold', this.latency, 'no request takes no time', 'write 300ms');
    for (const prop of ['email', 'criticalEmail'] as const) checkMail(checks, prop, props[prop]);
    checks.done();

    const group = props.resourceGroup;
    const critical = props.criticalEmail ?? props.email;
    this.route = {
      resourceGroup: group,
      workspaceId: props.logWorkspace.workspaceId,
      actions: {
        [AlarmSeverity.WARNING]: props.email && mailTo(this, 'Warnings', group, 'ml-warning', props.email),
        [AlarmSeverity.CRITICAL]: critical && mailTo(this, 'Critical', group, 'ml-critical', critical),
      },
    };
    const title = props.title ?? this.node.path;
    const dashboard = new ApplicationInsightsWorkbook(this, 'Resource', {
      name: uuid(`${group.nameSeed}:${this.node.path}`),
      resourceGroupName: group.resourceGroupName,
      location: group.location,
      displayName: title,
      dataJson: Lazy.stringValue({
        produce: (c) =>
          workbook(title, group.resourceGroupName, this.tiles)
            .split(/(?<=,)/)
            .map((t) => c.resolve(t))
            .join(''),
      }),
    });
    this.dashboardUrl = `https://portal.azure.com/#resource${dashboard.id}/workbook`;
    new TerraformOutput(this, 'Dashboard', { description: 'Where the dashboard is shown', value: this.dashboardUrl });
    parity.mapped(this, 'azure', '', SUPPORT.monitoring.by);
    if (props.slo) parity.approximated(this, 'azure', 'slo', SUPPORT['monitoring.slo'].by, SUPPORT['monitoring.slo'].reason!);
  }

  /**
   * Shows a service and watches it.
   *
   * @param name what people call it
   * @param service logs into this dashboard's workspace
   */
  public watchInference(name: string, service: IAppServiceInference): void {
    const scope = new Construct(this, `Inference-${name}`);
    const id = service.webAppId;
    const [critical, warning] = [AlarmSeverity.CRITICAL, AlarmSeverity.WARNING];
    queryAlarm(scope, 'Errors', this.route, {
      title: `${name}: more than ${ERROR_PERCENT} % of the requests fail`,
      runbook: RUNBOOK.errors,
      severity: critical,
      query: tooMany(id, FAILED, ERROR_PERCENT),
      window: 'PT5M',
      every: 'PT5M',
      periods: 2,
    });
    queryAlarm(scope, 'Latency', this.route, {
      title: `${name}: p${this.percentile} latency is above ${milliseconds(this.latency)}`,
      runbook: RUNBOOK.latency,
      severity: warning,
      query: tooSlow(id, this.percentile, this.latency),
      window: 'PT5M',
      every: 'PT5M',
      periods: 3,
    });
    for (const burn of BURNS) {
      queryAlarm(scope, `Availability-${burn.name}`, this.route, {
        title: `${name}: ${burn.text} (${this.availability} % of the requests succeed)`,
        runbook: RUNBOOK.errors,
        severity: burn.name === 'fast' ? critical : warning,
        query: burning(id, FAILED, this.availability, burn),
        window: burn.window,
        every: 'PT5M',
      });
      queryAlarm(scope, `Speed-${burn.name}`, this.route, {
        title: `${name}: ${burn.text} (${this.percentile} % of the requests within ${milliseconds(this.latency)})`,
        runbook: RUNBOOK.latency,
        severity: warning,
        query: burning(id, slow(this.latency), this.percentile, burn),
        window: burn.window,
        every: 'PT5M',
      });
    }
    for (const [what, metric] of [
      ['cpu', service.metricCpu()],
      ['memory', service.metricMemory()],
    ] as const)
      metricAlarm(scope, `Saturation-${what}`, this.route, {
        title: `${name}: ${what} of the plan is above ${SATURATED_PERCENT} %`,
        runbook: RUNBOOK.throttles,
        severity: warning,
        metric,
        above: SATURATED_PERCENT,
        window: 'PT15M',
      });

    const key = `1-inference-${name}`;
    const log = (query: string): string => `${requests(id)} | summarize ${query} by bin(TimeGenerated, {TimeRange:grain})`;
    this.tiles.push(
      textTile(
        `${key}-0`,
        `## ${name}\n[${service.url}](${service.url}) promises that ${this.availability} % of the requests succeed, and ${this.percentile} % within ${milliseconds(this.latency)}.`,
      ),
      queryTile(
        `${key}-1`,
        'Requests',
        this.route.workspaceId,
        log('succeeded = countif(ScStatus < 400), refused = countif(ScStatus between (400 .. 499)), failed = countif(ScStatus >= 500)'),
      ),
      queryTile(
        `${key}-2`,
        'Latency in milliseconds',
        this.route.workspaceId,
        log('p50 = percentile(TimeTaken, 50), p95 = percentile(TimeTaken, 95), p99 = percentile(TimeTaken, 99)'),
      ),
      metricTile(`${key}-3`, 'CPU and memory of the plan, in per cent', [service.metricCpu(), service.metricMemory()]),
      metricTile(`${key}-4`, 'Instances that are healthy, in per cent', [
        { resourceId: id, namespace: 'Microsoft.Web/sites', metricName: 'HealthCheckStatus', aggregation: 'Average' },
      ]),
    );
  }

  /**
   * Shows a training cluster and watches its jobs.
   *
   * @param name what people call it
   * @param cluster logs into this dashboard's workspace
   */
  public watchTraining(name: string, cluster: IGpuTrainingCluster): void {
    const scope = new Construct(this, `Training-${name}`);
    const metric = (metricName: string, aggregation: string): AzureMetric => ({
      resourceId: cluster.workspaceId,
      namespace: 'Microsoft.MachineLearningServices/workspaces',
      metricName,
      aggregation,
    });
    metricAlarm(scope, 'JobFailed', this.route, {
      title: `${name}: a job failed`,
      runbook: RUNBOOK.jobFailed,
      severity: AlarmSeverity.WARNING,
      metric: metric('Failed Runs', 'Total'),
      only: ['ExperimentName', cluster.experimentName],
      above: 0,
      window: 'PT15M',
    });
    queryAlarm(scope, 'JobStuck', this.route, {
      title: `${name}: a job has waited for a machine for half an hour`,
      runbook: RUNBOOK.jobStuck,
      severity: AlarmSeverity.WARNING,
      query: waitingJobs(cluster.workspaceId),
      window: 'P2D',
      every: 'PT15M',
    });
    const key = `2-training-${name}`;
    this.tiles.push(
      textTile(`${key}-0`, `## ${name}\nStarts with \`${cluster.submitCommand}\``),
      metricTile(
        `${key}-1`,
        'Jobs',
        ['Started Runs', 'Completed Runs', 'Failed Runs'].map((m) => metric(m, 'Total')),
      ),
      metricTile(
        `${key}-2`,
        'Machines',
        ['Active Nodes', 'Idle Nodes', 'Preempted Nodes'].map((m) => metric(m, 'Average')),
      ),
    );
  }

  /**
   * Shows a tracking server and watches it and its database.
   *
   * Of a server that exists already, and of the endpoint of a workspace, there is nothing to watch: their owner does so.
   *
   * @param name what people call it
   * @param tracking a server of this library
   */
  public watchTracking(name: string, tracking: IExperimentTracking): void {
    const scope = new Construct(this, `Tracking-${name}`);
    const key = `4-tracking-${name}`;
    this.tiles.push(textTile(`${key}-0`, `## ${name}\nExperiments and models at \`${tracking.trackingUri}\``));
    for (const alarm of trackingAlarms(name, tracking)) metricAlarm(scope, alarm.id, this.route, alarm);
    for (const [i, { title, metrics }] of trackingTiles(tracking).entries()) this.tiles.push(metricTile(`${key}-${i + 1}`, title, metrics));
  }

  /**
   * Shows a pipeline and watches its runs.
   *
   * @param name what people call it
   * @param pipeline records its failures in this dashboard's workspace; of one that does not, Azure DevOps sends mails
   */
  public watchPipeline(name: string, pipeline: IBuildPipeline): void {
    const scope = new Construct(this, `Pipeline-${name}`);
    const failed = failedRuns(pipeline.pipelineName);
    queryAlarm(scope, 'Failed', this.route, {
      title: `${name}: a run of the pipeline failed`,
      runbook: RUNBOOK.pipelineFailed,
      severity: AlarmSeverity.WARNING,
      query: failed,
      window: 'PT15M',
      every: 'PT5M',
    });
    const key = `3-pipeline-${name}`;
    this.tiles.push(
      textTile(`${key}-0`, `## ${name}\nRuns with \`${pipeline.runCommand}\``),
      queryTile(
        `${key}-1`,
        'Failed runs',
        this.route.workspaceId,
        `${failed} | summarize failed = count() by bin(TimeGenerated, {TimeRange:grain})`,
      ),
    );
  }
}

function checkObjective(checks: Checks, prop: string, value: number): void {
  checks.require(value > 0 && value < 100, 'limit', prop, value, 'a share of the requests is above 0 and below 100', 'write 99.5');
}

function checkMail(checks: Checks, prop: string, address: string | undefined): void {
  checks.require(
    address === undefined || /^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(address) || /\$\{/.test(address),
    'syntax',
    prop,
    address,
    'not a mail address',
    'write one such as ml-oncall@example.com',
  );
}
