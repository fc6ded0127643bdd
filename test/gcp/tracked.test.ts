import { TerraformStack } from 'cdktf';
import { Accelerator, ContainerImage, Environment, ModelReference, PipelineStage, RepositoryProvider } from '../../lib/core';
import { RUNBOOK } from '../../lib/core/monitoring';
import { parity } from '../../lib/core/parity';
import { CloudRunInference, CloudRunInferenceProps } from '../../lib/gcp/inference';
import { ModelRegistry } from '../../lib/gcp/models';
import { Monitoring } from '../../lib/gcp/monitoring';
import { BuildPipeline, BuildPipelineProps } from '../../lib/gcp/pipeline';
import { ExperimentTracking, TrackingServerAttributes } from '../../lib/gcp/tracking';
import { GpuTrainingCluster, GpuTrainingClusterProps } from '../../lib/gcp/training';
import { problemsOf } from '../contract/room';
import { ALICE, FakeNetwork, FakeRegistry, Json, PLACE, synth, Synthesized } from './helper';
import { sourceOf } from './workflow';

const URI = 'https://mlflow-123.europe-west4.run.app';
const SIGNED = {
  MLFLOW_TRACKING_URI: URI,
  MLFLOW_TRACKING_AUTH: 'mlops-constructs',
  ML_TRACKING_AUTH: 'google-id-token',
  ML_TRACKING_AUDIENCE: URI,
};
const server = (stack: TerraformStack, more: Partial<TrackingServerAttributes> = {}) =>
  ExperimentTracking.fromTrackingServerAttributes(stack, 'Server', {
    trackingUri: URI,
    audience: URI,
    service: { ...PLACE, serviceName: 'mlflow' },
    eventTopic: 'projects/acme-ml-dev/topics/events',
    privateAccess: true,
    ...more,
  });
const invokers = (s: Synthesized) =>
  s.all('google_cloud_run_v2_service_iam_member').map(({ name, role, member }) => ({ name, role, member }));
const paths = (root: TerraformStack) => parity.report(root).map(({ path, kind, became }) => ({ path, kind, became }));

describe('a training cluster', () => {
  const make = (stack: TerraformStack, props: Partial<GpuTrainingClusterProps> = {}) =>
    new GpuTrainingCluster(stack, 'Train', {
      ...PLACE,
      network: new FakeNetwork(stack, 'Network'),
      image: ContainerImage.fromReference('ghcr.io/acme/train:1.0'),
      accelerator: Accelerator.L4,
      ...props,
    });

  test('is let in, and tells its jobs where to track and what to register', () => {
    let noted: ReturnType<typeof paths> = [];
    const s = synth((stack) => {
      make(stack, { tracking: server(stack), modelName: 'housing', env: { EPOCHS: '3' } });
      noted = paths(stack);
    });
    const init = sourceOf(s).main.steps[0].init.assign;
    expect(init.find((a: object) => 'env' in a).env).toMatchObject({ ...SIGNED, ML_MODEL_NAME: 'housing', EPOCHS: '3' });
    expect(invokers(s)).toEqual([
      {
        name: 'mlflow',
        role: 'roles/run.invoker',
        member: expect.stringMatching(/^\$\{google_service_account\.Train_JobAccount_\w+\.member\}$/),
      },
    ]);
    expect(s.only('google_workflows_workflow').depends_on.join()).toContain('google_cloud_run_v2_service_iam_member');
    expect(noted).toContainEqual({ path: 'test/Train.model', kind: 'mapped', became: 'ML_MODEL_NAME=housing, at test/Server' });
  });

  test('refuses a model without a server, and variables that the server sets', () => {
    expect(problemsOf(() => synth((stack) => make(stack, { modelName: 'housing' })))).toMatchObject([
      {
        code: 'missing',
        prop: 'tracking',
        reason: 'modelName housing is kept by a tracking server, and none is given',
        instead: 'write tracking: and an ExperimentTracking',
      },
    ]);
    const env = { MLFLOW_TRACKING_URI: 'https://x' };
    expect(problemsOf(() => synth((stack) => make(stack, { tracking: server(stack), env })))).toMatchObject([
      { code: 'conflict', prop: 'env.MLFLOW_TRACKING_URI', reason: 'it is set for the tracking server' },
    ]);
  });

  test('can be started on an event of a model', () => {
    const s = synth((stack) => {
      const model = new ModelRegistry(stack, 'Housing', { modelName: 'housing', tracking: server(stack) });
      model.onApproved('Retrain', make(stack));
    });
    expect(s.only('google_cloudbuild_trigger').build.step[0].script).toMatch(
      /\ngcloud workflows run train-[0-9a-f]{8} --location europe-west4 --project acme-ml-dev\n/,
    );
    expect(s.all('google_project_iam_member').map((m) => m.role)).toContain('roles/workflows.invoker');
  });
});

describe('a service', () => {
  const make = (stack: TerraformStack, props: Partial<CloudRunInferenceProps> = {}) =>
    new CloudRunInference(stack, 'Predict', {
      ...PLACE,
      image: ContainerImage.fromReference('docker.io/acme/app:1.4'),
      network: new FakeNetwork(stack, 'Network'),
      ...props,
    });
  const MODEL = ModelReference.parse('models:/housing/production');

  test('is let in before it starts, and told which model it serves', () => {
    const s = synth((stack) => make(stack, { tracking: server(stack), model: MODEL }));
    const { template, depends_on: waits } = s.only('google_cloud_run_v2_service');
    const env = Object.fromEntries(template.containers[0].env.map(({ name, value }: Json) => [name, value]));
    expect(env).toEqual({ ...SIGNED, ML_MODEL_URI: 'models:/housing@production' });
    expect(template.vpc_access.egress).toBe('PRIVATE_RANGES_ONLY');
    expect(invokers(s)).toMatchObject([{ name: 'mlflow', role: 'roles/run.invoker' }]);
    expect(waits.join()).toContain('google_cloud_run_v2_service_iam_member');
  });

  test('has to be in the network of a server that answers there only', () => {
    expect(problemsOf(() => synth((stack) => make(stack, { tracking: server(stack), model: MODEL, network: undefined })))).toMatchObject([
      {
        code: 'missing',
        prop: 'network',
        reason: 'the tracking server answers in its network only',
        instead: 'give the network of the tracking server',
      },
    ]);
    const open = (stack: TerraformStack) => make(stack, { tracking: server(stack, { privateAccess: false }), network: undefined });
    expect(() => synth(open)).not.toThrow();
  });

  test('needs a server for its model', () => {
    expect(problemsOf(() => synth((stack) => make(stack, { model: MODEL })))).toMatchObject([{ code: 'missing', prop: 'tracking' }]);
  });
});

describe('a pipeline', () => {
  const make = (stack: TerraformStack, props: Partial<BuildPipelineProps> = {}) =>
    new BuildPipeline(stack, 'Release', {
      ...PLACE,
      registry: new FakeRegistry(stack, 'Images'),
      repository: { provider: RepositoryProvider.GITHUB, owner: 'acme', name: 'housing' },
      stages: [PipelineStage.TEST, PipelineStage.BUILD],
      ...props,
    });
  const workerPool = 'projects/acme-ml-dev/locations/europe-west4/workerPools/w';
  const trigger = (s: Synthesized, of: 'repository_event_config' | 'pubsub_config') =>
    s.all('google_cloudbuild_trigger').find((t) => t[of])!;

  test('is let in, and tells its tests where to track', () => {
    const s = synth((stack) => make(stack, { tracking: server(stack), workerPool }));
    const test = trigger(s, 'repository_event_config').build.step.find(({ id }: Json) => id === 'test');
    expect(test.env).toEqual(expect.arrayContaining(Object.entries(SIGNED).map(([k, v]) => `${k}=${v}`)));
    expect(invokers(s)).toMatchObject([{ name: 'mlflow', role: 'roles/run.invoker', member: expect.stringMatching(/Release_Builder/) }]);
  });

  test('needs machines in the network of the server', () => {
    expect(problemsOf(() => synth((stack) => make(stack, { tracking: server(stack) })))).toMatchObject([
      {
        code: 'missing',
        prop: 'workerPool',
        reason: "the tracking server answers in its network only, and Cloud Build's own machines are in none",
      },
    ]);
  });

  test('runs when a model is approved, as its own builder', () => {
    const s = synth((stack) => {
      const model = new ModelRegistry(stack, 'Housing', { modelName: 'housing', tracking: server(stack) });
      make(stack, { startOnApproval: [model] });
    });
    const started = trigger(s, 'pubsub_config');
    expect(started.filter).toBe('_MODEL == "housing" && _TYPE == "model.approved"');
    expect(started.build.step[0].script).toMatch(/gcloud builds triggers run release-[0-9a-f]{8} .*--branch=main\n/);
    expect(s.only('google_service_account_iam_member').role).toBe('roles/iam.serviceAccountUser');
  });

  test('can be run by whom that was granted', () => {
    const s = synth((stack) => make(stack).grants.run('Alice', ALICE));
    expect(s.find('google_project_iam_member', 'Alice')).toMatchObject({ role: 'roles/cloudbuild.builds.editor', member: ALICE.member });
    expect(s.only('google_service_account_iam_member')).toMatchObject({
      service_account_id: expect.stringMatching(/Release_Builder/),
      role: 'roles/iam.serviceAccountUser',
    });
  });
});

describe('monitoring', () => {
  const policies = (s: Synthesized) => s.all('google_monitoring_alert_policy');
  const widgets = (s: Synthesized): Json[] =>
    JSON.parse(s.only('google_monitoring_dashboard').dashboard_json).mosaicLayout.tiles.map((t: Json) => t.widget);
  const own = () =>
    synth((stack) => {
      const tracking = new ExperimentTracking(stack, 'Tracking', {
        ...PLACE,
        network: new FakeNetwork(stack, 'Network'),
        image: ContainerImage.fromReference('docker.io/acme/mlflow:1'),
        environment: Environment.DEV,
      });
      new Monitoring(stack, 'Monitoring', { project: PLACE.project }).watchTracking('mlflow', tracking);
    });

  test('watches whether a server runs and answers, its memory, and the storage of its database', () => {
    const s = own();
    expect(policies(s).map((p) => [p.severity, p.documentation.content])).toEqual([
      ['CRITICAL', RUNBOOK.trackingDown],
      ['WARNING', RUNBOOK.trackingErrors],
      ['WARNING', RUNBOOK.trackingMemory],
      ['WARNING', RUNBOOK.trackingStorage],
    ]);
    expect(s.find('google_monitoring_alert_policy', 'Storage').conditions[0].condition_threshold).toMatchObject({
      filter: expect.stringMatching(/database_id = "acme-ml-dev:\$\{google_sql_database_instance\..*\}" AND .*disk\/utilization/),
      threshold_value: 0.9,
    });
    expect(s.find('google_monitoring_alert_policy', 'Down').conditions[0].condition_matched_log.filter).toContain('severity >= ERROR');
  });

  test('shows requests, memory, database and probes', () => {
    expect(widgets(own()).map((w) => w.title)).toEqual([
      'Alarms',
      'mlflow: requests per second',
      'mlflow: share of the memory',
      "mlflow: share of the database's processor and disk",
      'mlflow: starts and probes that failed',
    ]);
  });

  test('knows of a server of others its address only', () => {
    const s = synth((stack) =>
      new Monitoring(stack, 'Monitoring', { project: PLACE.project }).watchTracking('theirs', server(stack, { service: undefined })),
    );
    expect(policies(s)).toEqual([]);
    expect(widgets(s)).toMatchObject([{ title: 'theirs: the tracking server', text: { content: URI } }]);
  });
});
