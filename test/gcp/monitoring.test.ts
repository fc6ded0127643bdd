import { Construct } from 'constructs';
import { TerraformStack } from 'cdktf';
import { ContainerImage, Duration, IBuildPipeline } from '../../lib/core';
import { RUNBOOK } from '../../lib/core/monitoring';
import { CloudRunInference, CloudRunInferenceProps } from '../../lib/gcp/inference';
import { IMember } from '../../lib/gcp/member';
import { Monitoring, MonitoringProps } from '../../lib/gcp/monitoring';
import { GpuTrainingClusterGrants, IGpuTrainingCluster } from '../../lib/gcp/training';
import { problemsOf } from '../contract/room';
import { Json, PLACE, Synthesized, synth } from './helper';

class FakeCluster extends Construct implements IGpuTrainingCluster {
  public readonly submitCommand = 'gcloud workflows run train';
  public readonly checkpointUri = 'gs://ml/checkpoints';
  public readonly workflowName = 'train';
  public readonly failureMetricFilter = 'metric.type = "failures"';
  public readonly stuckLogFilter = 'jsonPayload.event = "stuck"';
  public readonly startCommand = this.submitCommand;
  public readonly grants: GpuTrainingClusterGrants = { submit: (_id: string, _grantee: IMember) => undefined };

  public grantStart(): void {
    // Nobody starts it.
  }
}
class FakePipeline extends Construct implements IBuildPipeline {
  public readonly pipelineName = 'release-1a2b3c4d';
  public readonly runCommand = 'gcloud builds triggers run';
}
const predict = (stack: TerraformStack, props: Partial<CloudRunInferenceProps> = {}) =>
  new CloudRunInference(stack, 'Predict', { ...PLACE, image: ContainerImage.fromReference('docker.io/acme/app:1'), ...props });

function monitoring(props: Partial<MonitoringProps>, watch: (m: Monitoring, stack: TerraformStack) => void = () => undefined): Synthesized {
  return synth((stack) => watch(new Monitoring(stack, 'Monitoring', { project: PLACE.project, ...props }), stack));
}
const service = (props: Partial<MonitoringProps> = {}, of: Partial<CloudRunInferenceProps> = {}) =>
  monitoring(props, (m, stack) => m.watchInference('predict', predict(stack, of)));
const policy = (s: Synthesized, word: string) => s.find('google_monitoring_alert_policy', word);
const board = (s: Synthesized) => JSON.parse(s.only('google_monitoring_dashboard').dashboard_json);

describe('Monitoring', () => {
  test('without anything to watch is an empty dashboard that mails nobody', () => {
    const s = monitoring({});
    expect(board(s)).toEqual({ displayName: 'test/Monitoring', mosaicLayout: { columns: 48, tiles: [] } });
    expect(s.all('google_monitoring_notification_channel')).toEqual([]);
    expect(s.output('DashboardUrl')).toMatch(
      /^https:\/\/console\.cloud\.google\.com\/monitoring\/dashboards\/builder\/.*\?project=acme-ml-dev$/,
    );
  });

  describe('who is told', () => {
    const told = (props: Partial<MonitoringProps>) => {
      const s = service(props);
      const mail = s.json.resource.google_monitoring_notification_channel ?? {};
      const address = (ref: string) => mail[ref.split('.')[1]]?.labels.email_address ?? ref;
      return ['Errors', 'Throttles'].map((p) => policy(s, p).notification_channels.map(address));
    };

    test('one address gets everything', () => {
      expect(told({ email: 'all@example.com' })).toEqual([['all@example.com'], ['all@example.com']]);
    });

    test('critical alarms go to their own address', () => {
      expect(told({ email: 'all@example.com', criticalEmail: 'oncall@example.com' })).toEqual([
        ['oncall@example.com'],
        ['all@example.com'],
      ]);
    });

    test('with an address for critical alarms only, warnings are mailed to nobody', () => {
      expect(told({ criticalEmail: 'oncall@example.com' })).toEqual([['oncall@example.com'], []]);
    });

    test('channels that exist already get everything, too', () => {
      const channel = 'projects/acme-ml-dev/notificationChannels/1';
      expect(told({ email: 'all@example.com', channels: [channel] })).toEqual([
        ['all@example.com', channel],
        ['all@example.com', channel],
      ]);
    });
  });

  describe('of a service', () => {
    test('wakes somebody when ten times as many requests fail as promised', () => {
      const errors = policy(service({ slo: { availability: 99.9 } }), 'Errors');
      expect(errors).toMatchObject({ severity: 'CRITICAL', documentation: { content: RUNBOOK.errors } });
      const { filter, denominator_filter, threshold_value } = errors.conditions[0].condition_threshold;
      expect(threshold_value).toBe(0.01);
      expect(filter).toBe(`${denominator_filter} AND metric.labels.response_code_class = "5xx"`);
    });

    test('never waits for more than half of the requests to fail', () => {
      expect(policy(service({ slo: { availability: 90 } }), 'Errors').conditions[0].condition_threshold.threshold_value).toBe(0.5);
    });

    test('warns when the percentile is above its threshold', () => {
      const latency = policy(service({ slo: { latency: { percentile: 90, threshold: Duration.millis(300) } } }), '_Latency_');
      expect(latency).toMatchObject({ severity: 'WARNING', documentation: { content: RUNBOOK.latency } });
      expect(latency.conditions[0].condition_prometheus_query_language.query).toMatch(
        /^histogram_quantile\(0\.9, sum by \(le\) \(rate\(run_googleapis_com:request_latencies_bucket\{monitored_resource="cloud_run_revision",service_name="\$\{.*\.name\}",location="europe-west4"\}\[5m\]\)\)\) > 300$/,
      );
    });

    test('warns when requests are turned away or all instances are busy', () => {
      const throttles = policy(service({}, { maxInstances: 20 }), 'Throttles');
      expect(throttles).toMatchObject({ severity: 'WARNING', combiner: 'OR', documentation: { content: RUNBOOK.throttles } });
      expect(throttles.conditions.map((c: Json) => [c.display_name, c.condition_threshold.threshold_value])).toEqual([
        ['predict: requests are turned away (429)', 0],
        ['predict: 20 instances for ten minutes', 19.5],
      ]);
    });

    test('takes a single busy instance for the ordinary state', () => {
      expect(policy(service({}, { maxInstances: 1 }), 'Throttles').conditions).toHaveLength(1);
    });

    test('has objectives over 28 days', () => {
      const s = service({ slo: { availability: 99.9, latency: { percentile: 95, threshold: Duration.millis(300) } } });
      expect(s.only('google_monitoring_service').basic_service).toEqual({
        service_type: 'CLOUD_RUN',
        service_labels: { service_name: expect.stringMatching(/\.name\}$/), location: 'europe-west4' },
      });
      expect(s.find('google_monitoring_slo', 'Availability')).toMatchObject({
        goal: 0.999,
        rolling_period_days: 28,
        basic_sli: { availability: { enabled: true } },
      });
      expect(s.find('google_monitoring_slo', 'Latency')).toMatchObject({ goal: 0.95, basic_sli: { latency: { threshold: '0.300s' } } });
    });

    test('promises 99.5 % and a second when nothing else is said', () => {
      const s = service();
      expect(s.find('google_monitoring_slo', 'Availability').goal).toBe(0.995);
      expect(s.find('google_monitoring_slo', 'Latency')).toMatchObject({ goal: 0.95, basic_sli: { latency: { threshold: '1s' } } });
    });

    test('an error budget that burns fast wakes somebody, slowly it warns', () => {
      const s = service();
      const burn = (word: string) => {
        const { severity, combiner, conditions } = policy(s, word);
        return [
          severity,
          combiner,
          ...conditions.map((c: Json) => [c.condition_threshold.filter.replace(/^.*", "/, ''), c.condition_threshold.threshold_value]),
        ];
      };
      expect(burn('AvailabilityBurnsFast')).toEqual(['CRITICAL', 'AND', ['3600s")', 14], ['300s")', 14]]);
      expect(burn('AvailabilityBurnsSlow')).toEqual(['WARNING', 'AND', ['21600s")', 6], ['1800s")', 6]]);
      expect(policy(s, 'LatencyBurnsFast').documentation.content).toBe(RUNBOOK.latency);
    });

    test('a large error budget has an alert that can go off', () => {
      const s = service({ slo: { latency: { percentile: 80, threshold: Duration.seconds(1) } } });
      expect(policy(s, 'LatencyBurnsFast').conditions[0].condition_threshold.threshold_value).toBe(4);
    });

    test('shows alarms, requests, latency and instances', () => {
      const tiles = board(service()).mosaicLayout.tiles;
      expect(tiles.map((t: Json) => t.widget.title)).toEqual([
        'Alarms',
        'predict: requests per second',
        'predict: latency in milliseconds',
        'predict: instances (of 10)',
      ]);
      expect(tiles[0].widget.incidentList.policyNames).toHaveLength(7);
    });
  });

  describe('of a cluster', () => {
    const cluster = () => monitoring({}, (m, stack) => m.watchTraining('trainer', new FakeCluster(stack, 'Cluster')));

    test('warns of a job that failed', () => {
      expect(policy(cluster(), 'Failed')).toMatchObject({
        severity: 'WARNING',
        documentation: { content: RUNBOOK.jobFailed },
        conditions: [{ condition_threshold: { filter: 'metric.type = "failures"', threshold_value: 0 } }],
      });
    });

    test('warns of a job that no machine comes for', () => {
      expect(policy(cluster(), 'Stuck')).toMatchObject({
        documentation: { content: RUNBOOK.jobStuck },
        alert_strategy: { notification_rate_limit: { period: '300s' } },
        conditions: [{ condition_matched_log: { filter: 'jsonPayload.event = "stuck"' } }],
      });
    });
  });

  test('of a pipeline warns when Cloud Build says that a build with its tag failed', () => {
    const s = monitoring({}, (m, stack) => m.watchPipeline('release', new FakePipeline(stack, 'Pipeline')));
    expect(s.only('google_monitoring_alert_policy')).toMatchObject({
      severity: 'WARNING',
      documentation: { content: RUNBOOK.pipelineFailed },
      conditions: [
        {
          condition_matched_log: {
            filter:
              'resource.type = "build" AND labels.build_step = "MAIN" AND labels.build_tags : "release-1a2b3c4d" AND textPayload =~ "^(ERROR|TIMEOUT)"',
          },
        },
      ],
    });
    expect(board(s).mosaicLayout.tiles.map((t: Json) => t.widget.title)).toEqual(['Alarms', 'release: failed builds']);
  });

  test.each<[string, Partial<MonitoringProps>, string, string]>([
    ['an address that is none', { email: 'oncall' }, 'email', 'not a mail address'],
    [
      'a promise never to fail',
      { slo: { availability: 100 } },
      'slo.availability',
      'an objective of Cloud Monitoring is above 0 and at most 99.99 per cent',
    ],
    [
      'a percentile of nothing',
      { slo: { latency: { percentile: 0, threshold: Duration.seconds(1) } } },
      'slo.latency.percentile',
      'an objective of Cloud Monitoring is above 0 and at most 99.99 per cent',
    ],
    ['no time at all', { slo: { latency: { threshold: Duration.millis(0) } } }, 'slo.latency.threshold', 'no request takes no time'],
  ])('refuses %s', (_, props, prop, reason) => {
    expect(problemsOf(() => monitoring(props)).map((p) => [p.prop, p.reason])).toEqual([[prop, reason]]);
  });
});
