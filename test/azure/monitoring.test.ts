import { TerraformStack, Testing } from 'cdktf';
import { AppServiceInference } from '../../lib/azure/inference';
import { Monitoring, MonitoringProps } from '../../lib/azure/monitoring';
import { BuildPipeline } from '../../lib/azure/pipeline';
import { ExperimentTracking } from '../../lib/azure/tracking';
import { IGpuTrainingCluster } from '../../lib/azure/training';
import { ContainerImage, Duration, RepositoryProvider } from '../../lib/core';
import { RUNBOOK } from '../../lib/core/monitoring';
import { parity } from '../../lib/core/parity';
import { problemsOf } from '../contract/room';
import { FakeTracking } from './fake-tracking';
import { Body, FakeGroup, FakeLogs, FakeNetwork, FakeRegistry, synth, Synthesized } from './helper';

type Given = Partial<MonitoringProps>;
const CLUSTER = {
  workspaceId: '/subscriptions/s/resourceGroups/ml/providers/Microsoft.MachineLearningServices/workspaces/w',
  experimentName: 'trainer',
  submitCommand: 'az ml job create --file job.json',
} as IGpuTrainingCluster;

const make = (stack: TerraformStack, given: Given = {}): Monitoring =>
  new Monitoring(stack, 'Monitoring', {
    resourceGroup: new FakeGroup(stack, 'Group'),
    logWorkspace: new FakeLogs(stack, 'Logs'),
    ...given,
  });
const predict = (stack: TerraformStack): AppServiceInference =>
  new AppServiceInference(stack, 'Predict', {
    resourceGroup: new FakeGroup(stack, 'PredictGroup'),
    network: new FakeNetwork(stack, 'Network'),
    image: ContainerImage.fromReference('ghcr.io/acme/housing:1.4'),
  });
const release = (stack: TerraformStack): BuildPipeline =>
  new BuildPipeline(stack, 'Release', {
    resourceGroup: new FakeGroup(stack, 'ReleaseGroup'),
    registry: new FakeRegistry(stack, 'Registry'),
    repository: { provider: RepositoryProvider.GITHUB, owner: 'acme', name: 'housing' },
  });
const watching = (given: Given = {}): Synthesized =>
  synth((stack) => {
    const monitoring = make(stack, given);
    monitoring.watchInference('predict', predict(stack));
    monitoring.watchTraining('trainer', CLUSTER);
    monitoring.watchPipeline('release', release(stack));
    monitoring.watchTracking('mlflow', new FakeTracking(stack, 'Tracking'));
  });
const queries = (s: Synthesized) => s.all('azurerm_monitor_scheduled_query_rules_alert_v2');
const metrics = (s: Synthesized) => s.all('azurerm_monitor_metric_alert');
const titled = (s: Synthesized, title: string): Body => {
  const found = [...queries(s), ...metrics(s)].filter((a) => a.description.startsWith(`${title}. `));
  expect(found).toHaveLength(1);
  return found[0];
};
const tiles = (s: Synthesized): Body[] => JSON.parse(s.only('azurerm_application_insights_workbook').data_json).items;

describe('alarms', () => {
  test('each carries a line of the runbook', () => {
    const s = watching();
    const lines = [...queries(s), ...metrics(s)].map((a) => Object.entries(RUNBOOK).find(([, line]) => a.description.endsWith(line))?.[0]);
    expect(lines).not.toContain(undefined);
    expect(new Set(lines)).toEqual(new Set(Object.keys(RUNBOOK)));
  });

  test('a tracking server that is gone, or whose database is, wakes somebody up', () => {
    const s = watching();
    expect(titled(s, 'mlflow: no server runs')).toMatchObject({
      severity: 0,
      criteria: [{ metric_namespace: 'Microsoft.App/containerapps', metric_name: 'Replicas', operator: 'LessThan', threshold: 1 }],
    });
    expect(titled(s, 'mlflow: the database does not answer')).toMatchObject({
      severity: 0,
      criteria: [{ metric_namespace: 'Microsoft.DBforPostgreSQL/flexibleServers', metric_name: 'is_db_alive', operator: 'LessThan' }],
    });
    expect(titled(s, 'mlflow: the disk of the database is more than 85 % full')).toMatchObject({ severity: 2 });
  });

  test('of a tracking server that others own there is nothing to watch', () => {
    const s = synth((stack) => {
      const mlflow = ExperimentTracking.fromTrackingServerAttributes(stack, 'Theirs', { trackingUri: 'https://mlflow.example.com' });
      make(stack).watchTracking('mlflow', mlflow);
    });
    expect(metrics(s)).toEqual([]);
    expect(
      tiles(s)
        .filter((t) => t.name.startsWith('4-tracking'))
        .map((t) => t.type),
    ).toEqual([1]);
  });

  test('errors wake somebody up', () => {
    const a = titled(watching(), 'predict: more than 5 % of the requests fail');
    expect(a).toMatchObject({ severity: 0, window_duration: 'PT5M', evaluation_frequency: 'PT5M', auto_mitigation_enabled: true });
    expect(a.criteria[0]).toMatchObject({
      failing_periods: { minimum_failing_periods_to_trigger_alert: 2, number_of_evaluation_periods: 2 },
    });
    expect(a.criteria[0].query).toMatch(
      /^AppServiceHTTPLogs \| where \(_ResourceId =~ "(\$\{azurerm_linux_web_app\.\w+\.id\})" or _ResourceId startswith "\1\/"\) and UserAgent !in \("AlwaysOn", "HealthCheck\/1\.0", "ReadyForRequest\/1\.0"\)\n\| summarize requests = count\(\), bad = 100\.0 \* countif\(ScStatus >= 500\) \/ count\(\)\n\| where requests >= 20 and bad > 5$/,
    );
  });

  test('latency is a warning, at the percentile and the threshold that were promised', () => {
    const a = titled(
      watching({ slo: { latency: { percentile: 99, threshold: Duration.millis(1500) } } }),
      'predict: p99 latency is above 1,500 ms',
    );
    expect(a.severity).toBe(2);
    expect(a.criteria[0].query).toContain('latency = percentile(TimeTaken, 99)\n| where requests >= 20 and latency > 1500');
  });

  test('latency is promised within a second where nothing is said', () => {
    expect(titled(watching(), 'predict: p95 latency is above 1,000 ms')).toBeDefined();
  });

  test('the error budget is watched over a short and a long time', () => {
    const s = watching({ slo: { availability: 99.9 } });
    const fast = titled(s, 'predict: 2 % of the error budget of a month went in an hour (99.9 % of the requests succeed)');
    expect(fast).toMatchObject({ severity: 0, window_duration: 'PT1H' });
    expect(fast.criteria[0].query).toContain('| extend recent = TimeGenerated > ago(5m)');
    expect(fast.criteria[0].query).toContain('| where requests >= 20 and bad >= 1.44 and now >= 1.44');
    const slow = titled(s, 'predict: 5 % of the error budget of a month went in six hours (99.9 % of the requests succeed)');
    expect(slow).toMatchObject({ severity: 2, window_duration: 'PT6H' });
    expect(slow.criteria[0].query).toContain('bad >= 0.6 and now >= 0.6');
  });

  test('so is the budget of slow requests', () => {
    const a = titled(watching(), 'predict: 5 % of the error budget of a month went in six hours (95 % of the requests within 1,000 ms)');
    expect(a.criteria[0].query).toContain('countif(TimeTaken >= 1000) / count()');
    expect(a.criteria[0].query).toContain('bad >= 30 and now >= 30');
  });

  test('saturation is that of the plan', () => {
    const s = watching();
    for (const [what, metric_name] of [
      ['cpu', 'CpuPercentage'],
      ['memory', 'MemoryPercentage'],
    ])
      expect(titled(s, `predict: ${what} of the plan is above 90 %`)).toMatchObject({
        severity: 2,
        window_size: 'PT15M',
        scopes: [expect.stringMatching(/^\$\{azurerm_service_plan\./)],
        criteria: [
          { metric_namespace: 'Microsoft.Web/serverfarms', metric_name, aggregation: 'Average', operator: 'GreaterThan', threshold: 90 },
        ],
      });
  });

  test('failed jobs are those of the cluster', () => {
    expect(titled(watching(), 'trainer: a job failed')).toMatchObject({
      scopes: [CLUSTER.workspaceId],
      criteria: [
        {
          metric_name: 'Failed Runs',
          aggregation: 'Total',
          threshold: 0,
          dimension: [{ name: 'ExperimentName', operator: 'Include', values: ['trainer'] }],
        },
      ],
    });
  });

  test('jobs that wait for a machine are found by their last event', () => {
    const a = titled(watching(), 'trainer: a job has waited for a machine for half an hour');
    expect(a).toMatchObject({ severity: 2, window_duration: 'P2D', evaluation_frequency: 'PT15M', skip_query_validation: true });
    expect(a.criteria[0].query).toContain('TimeGenerated < ago(30m)');
  });

  test('failed runs are those of the pipeline', () => {
    expect(titled(watching(), 'release: a run of the pipeline failed').criteria[0].query).toMatch(
      /^AppEvents \| where Name == "PipelineFailed" and tostring\(Properties\.pipeline\) == "test-release-\w+"$/,
    );
  });
});

describe('who is told', () => {
  const routes = (s: Synthesized) =>
    Object.fromEntries(
      s.all('azurerm_monitor_action_group').map((g) => [g.short_name, g.email_receiver.map((r: Body) => r.email_address)]),
    );

  test('nobody, where nobody is named', () => {
    const s = watching();
    expect(s.all('azurerm_monitor_action_group')).toEqual([]);
    for (const a of [...queries(s), ...metrics(s)]) expect(a).not.toHaveProperty('action');
  });

  test('one address of everything', () => {
    expect(routes(watching({ email: 'ml@example.com' }))).toEqual({ 'ml-warning': ['ml@example.com'], 'ml-critical': ['ml@example.com'] });
  });

  test('another one of what is critical', () => {
    const s = watching({ email: 'ml@example.com', criticalEmail: 'oncall@example.com' });
    expect(routes(s)).toEqual({ 'ml-warning': ['ml@example.com'], 'ml-critical': ['oncall@example.com'] });
    for (const a of queries(s)) expect(a.action.action_groups[0]).toMatch(a.severity === 0 ? /Critical/ : /Warnings/);
    for (const a of metrics(s)) expect(a.action[0].action_group_id).toMatch(a.severity === 0 ? /Critical/ : /Warnings/);
  });

  test('short names are within the limit of Azure', () => {
    for (const name of Object.keys(routes(watching({ email: 'ml@example.com' })))) expect(name.length).toBeLessThanOrEqual(12);
  });
});

describe('the dashboard', () => {
  test('shows the open alarms, and everything that is watched, in the same order always', () => {
    const s = synth((stack) => {
      const monitoring = make(stack, { title: 'housing' });
      monitoring.watchPipeline('release', release(stack));
      monitoring.watchInference('predict', predict(stack));
    });
    expect(tiles(s)[0].content.json).toBe('# housing');
    expect(tiles(s).map((t) => t.name)).toEqual([
      'title',
      'parameters',
      'alarms',
      '1-inference-predict-0',
      '1-inference-predict-1',
      '1-inference-predict-2',
      '1-inference-predict-3',
      '1-inference-predict-4',
      '3-pipeline-release-0',
      '3-pipeline-release-1',
    ]);
  });

  test('charts metrics in the words of workbooks', () => {
    const chart = tiles(watching()).find((t) => t.name === '2-training-trainer-1')!.content;
    expect(chart).toMatchObject({ resourceIds: [CLUSTER.workspaceId], timeContextFromParameter: 'TimeRange' });
    expect(chart.metrics[2]).toEqual({
      namespace: 'microsoft.machinelearningservices/workspaces',
      metric: 'microsoft.machinelearningservices/workspaces--Failed Runs',
      aggregation: 1,
      splitBy: null,
    });
  });

  test('has a name that Azure takes, and that stays', () => {
    const name = watching().only('azurerm_application_insights_workbook').name;
    expect(name).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(watching().only('azurerm_application_insights_workbook').name).toBe(name);
  });

  test('has an address that an output tells', () => {
    let url = '';
    const s = synth((stack) => {
      url = make(stack).dashboardUrl;
    });
    expect(url).toMatch(/^https:\/\/portal\.azure\.com\/#resource.*\/workbook$/);
    expect(s.output('Monitoring_Dashboard')).toMatch(
      /^https:\/\/portal\.azure\.com\/#resource\$\{azurerm_application_insights_workbook\.\w+\.id\}\/workbook$/,
    );
  });
});

test.each<[string, Given, string, string]>([
  [
    'an availability of everything',
    { slo: { availability: 100 } },
    'slo.availability',
    'a share of the requests is above 0 and below 100; write 99.5',
  ],
  [
    'a percentile of nothing',
    { slo: { latency: { percentile: 0, threshold: Duration.seconds(1) } } },
    'slo.latency.percentile',
    'a share of the requests is above 0 and below 100; write 99.5',
  ],
  [
    'no time at all',
    { slo: { latency: { threshold: Duration.millis(0) } } },
    'slo.latency.threshold',
    'no request takes no time; write 300ms',
  ],
  ['an address that is none', { email: 'somebody' }, 'email', 'not a mail address; write one such as ml-oncall@example.com'],
])('%s is refused', (_, given, prop, words) => {
  expect(problemsOf(() => synth((stack) => void make(stack, given))).map((p) => [p.prop, `${p.reason}; ${p.instead}`])).toEqual([
    [prop, words],
  ]);
});

test('the parity report says that Azure has no objectives', () => {
  const stack = new TerraformStack(Testing.app(), 'test');
  make(stack, { slo: { availability: 99.9 } });
  expect(parity.report(stack).map(({ path, kind, reason }) => ({ path, kind, reason }))).toEqual([
    { path: 'test/Monitoring', kind: 'mapped', reason: undefined },
    { path: 'test/Monitoring.slo', kind: 'approximated', reason: 'Azure has no resource for a service level objective' },
  ]);
});
