import { Construct } from 'constructs';
import { TerraformStack } from 'cdktf';
import { AppServiceInference, AppServiceInferenceProps } from '../../lib/azure/inference';
import { ModelRegistry } from '../../lib/azure/models';
import { BuildPipeline, BuildPipelineProps } from '../../lib/azure/pipeline';
import { ArtifactStore } from '../../lib/azure/storage';
import { ExperimentTracking } from '../../lib/azure/tracking';
import { GpuTrainingCluster, GpuTrainingClusterProps, TrainingWorkspace } from '../../lib/azure/training';
import { Accelerator, ContainerImage, ModelReference, RepositoryProvider, TrackingEngine } from '../../lib/core';
import { problemsOf } from '../contract/room';
import { FakeTracking } from './fake-tracking';
import { Body, FakeGroup, FakeNetwork, FakeRegistry, SUBSCRIPTION, synth, Synthesized } from './helper';
import { synthWithJobs, WithJobs } from './jobs';

const ID = `/subscriptions/${SUBSCRIPTION}/resourceGroups/ml/providers`;
const WORKSPACE = `${ID}/Microsoft.MachineLearningServices/workspaces/ws`;
const IMAGE = ContainerImage.fromReference('ghcr.io/acme/housing:1.4');
const URI = 'https://mlflow.internal.example';

/** A construct with a tracking server beside it, and that server. */
type Use<T> = (made: T, tracking: FakeTracking) => void;

const train = (given: Partial<GpuTrainingClusterProps> = {}, use: Use<GpuTrainingCluster> = () => {}): WithJobs =>
  synthWithJobs((stack) => {
    const tracking = new FakeTracking(stack, 'Tracking');
    const cluster = new GpuTrainingCluster(stack, 'Train', {
      resourceGroup: new FakeGroup(stack, 'Group'),
      network: new FakeNetwork(stack, 'Network'),
      artifacts: ArtifactStore.fromArtifactStoreAttributes(stack, 'Store', {
        storageAccountId: `${ID}/Microsoft.Storage/storageAccounts/acmedata`,
      }),
      workspace: TrainingWorkspace.fromTrainingWorkspaceAttributes(stack, 'Workspace', { workspaceId: WORKSPACE }),
      image: IMAGE,
      command: ['python', 'train.py'],
      accelerator: Accelerator.T4,
      tracking,
      ...given,
    });
    use(cluster, tracking);
  });

const serve = (given: Partial<AppServiceInferenceProps> = {}, use: Use<AppServiceInference> = () => {}): Synthesized =>
  synth((stack) => {
    const tracking = new FakeTracking(stack, 'Tracking');
    const service = new AppServiceInference(stack, 'Predict', {
      resourceGroup: new FakeGroup(stack, 'Group'),
      network: new FakeNetwork(stack, 'Network'),
      image: IMAGE,
      tracking,
      ...given,
    });
    use(service, tracking);
  });

const build = (given: Partial<BuildPipelineProps> = {}, use: Use<BuildPipeline> = () => {}): Synthesized =>
  synth((stack) => {
    const tracking = new FakeTracking(stack, 'Tracking');
    const pipeline = new BuildPipeline(stack, 'Release', {
      resourceGroup: new FakeGroup(stack, 'Group'),
      registry: new FakeRegistry(stack, 'Registry'),
      repository: { provider: RepositoryProvider.GITHUB, owner: 'acme', name: 'housing' },
      tracking,
      agentPool: 'inside',
      ...given,
    });
    use(pipeline, tracking);
  });

const managed = (stack: Construct, workspaceId: string) =>
  new ExperimentTracking(stack, 'Managed', {
    resourceGroup: new FakeGroup(stack, 'ManagedGroup'),
    engine: TrackingEngine.MANAGED,
    workspaceId,
  });

describe('a training cluster', () => {
  test('jobs find the server, and are let in', () => {
    const s = train({ modelName: 'housing' }, (c, t) => expect(t.users).toEqual([c.identity]));
    expect(s.job.environment_variables).toMatchObject({
      MLFLOW_TRACKING_URI: URI,
      ML_TRACKING_URI: URI,
      MLFLOW_TRACKING_AUTH: 'mlops-constructs',
      ML_MODEL_NAME: 'housing',
    });
  });

  test('jobs forget the run that Azure ML has started in its own workspace', () => {
    expect(train().job.command).toContain(
      'unset MLFLOW_RUN_ID MLFLOW_EXPERIMENT_ID MLFLOW_TRACKING_TOKEN && export MLFLOW_TRACKING_URI="$ML_TRACKING_URI" && ',
    );
  });

  test('without a server, and with the workspace as server, Azure ML says where', () => {
    for (const s of [
      train({ tracking: undefined }),
      synthWithJobs((stack) => {
        new GpuTrainingCluster(stack, 'Train', {
          resourceGroup: new FakeGroup(stack, 'Group'),
          network: new FakeNetwork(stack, 'Network'),
          workspace: TrainingWorkspace.fromTrainingWorkspaceAttributes(stack, 'Workspace', { workspaceId: WORKSPACE }),
          image: IMAGE,
          command: ['python', 'train.py'],
          accelerator: Accelerator.T4,
          tracking: managed(stack, WORKSPACE),
        });
      }),
    ]) {
      expect(s.job.environment_variables).not.toHaveProperty('MLFLOW_TRACKING_URI');
      expect(s.job.command).not.toContain('MLFLOW');
    }
  });

  test('a name for the model needs a server', () => {
    expect(problemsOf(() => train({ tracking: undefined, modelName: 'housing' }))).toMatchObject([
      { prop: 'tracking', reason: 'modelName housing is kept by a tracking server, and none is given' },
    ]);
  });

  test('variables of the server are not set twice', () => {
    expect(problemsOf(() => train({ env: { MLFLOW_TRACKING_URI: 'x' } }))).toMatchObject([
      { code: 'conflict', prop: 'env.MLFLOW_TRACKING_URI', instead: 'leave it out, or leave tracking out' },
    ]);
  });

  test('starts a job for each event, without a key', () => {
    const s = train({}, (c) => expect(c.modelEventTarget()).toBe(c.modelEventTarget()));
    expect(s.only('azurerm_servicebus_namespace')).toMatchObject({ sku: 'Basic', local_auth_enabled: false });
    const trigger = JSON.parse(s.only('azurerm_logic_app_trigger_custom').body);
    expect(trigger).toMatchObject({
      type: 'Http',
      recurrence: { frequency: 'Minute', interval: 5 },
      inputs: {
        method: 'DELETE',
        uri: expect.stringMatching(/^https:\/\/test-train-events-[0-9a-f]{8}\.servicebus\.windows\.net\/events\/messages\/head/),
        authentication: { type: 'ManagedServiceIdentity', audience: 'https://servicebus.azure.net' },
      },
    });
    expect(s.all('azurerm_role_assignment').map((r) => r.role_definition_name)).toContain('Azure Service Bus Data Receiver');
  });

  test('says what the queue of events does without, which policies ask for', () => {
    let said: unknown;
    train({}, (c) => {
      c.modelEventTarget();
      said = TerraformStack.of(c).toTerraform()['//'].acknowledged['test/Train/Events'];
    });
    expect(Object.keys(said as object)).toEqual([
      'azure-service-bus-public-network',
      'azure-service-bus-identity',
      'azure-service-bus-own-key',
    ]);
  });
});

describe('a service', () => {
  const settings = (s: Synthesized): Body => s.only('azurerm_linux_web_app').app_settings;

  test('finds the server and its model, and is let in', () => {
    const s = serve({ model: ModelReference.parse('models:/housing/production') }, (p, t) => expect(t.users).toEqual([p.principal]));
    expect(settings(s)).toMatchObject({ MLFLOW_TRACKING_URI: URI, ML_MODEL_URI: 'models:/housing@production' });
  });

  test('without a model it finds the server', () => {
    expect(settings(serve())).toMatchObject({ MLFLOW_TRACKING_URI: URI });
    expect(settings(serve())).not.toHaveProperty('ML_MODEL_URI');
  });

  test('of a workspace it opens the stage', () => {
    const s = synth((stack: TerraformStack) => {
      new AppServiceInference(stack, 'Predict', {
        resourceGroup: new FakeGroup(stack, 'Group'),
        network: new FakeNetwork(stack, 'Network'),
        image: IMAGE,
        tracking: managed(stack, WORKSPACE),
        model: ModelReference.parse('models:/housing/production'),
      });
    });
    expect(settings(s)).toMatchObject({ ML_MODEL_URI: 'models:/housing/Production' });
    expect(s.only('azurerm_role_definition')).toBeDefined();
  });

  test('a model needs a server, and a server in the network needs the network', () => {
    const model = ModelReference.parse('models:/housing/3');
    expect(problemsOf(() => serve({ tracking: undefined, model }))).toMatchObject([
      { prop: 'tracking', instead: 'write tracking: and an ExperimentTracking' },
    ]);
    expect(problemsOf(() => serve({ network: undefined })).map((p) => p.reason)).toContain(
      'the tracking server answers in its network only',
    );
  });
});

describe('a pipeline', () => {
  test('its test commands find the server, signed in as the pipeline', () => {
    const s = build({}, (p, t) => expect(t.users).toEqual([p.principal]));
    const file = s.output('Release_File');
    expect(file).toMatch(/MLFLOW_TRACKING_URI: \S*https:\/\/mlflow\.internal\.example/);
    expect(file.split('stage: Test')[1].split('stage: Build')[0]).toContain('AzureCLI@2');
    expect(file.split('stage: Test')[0]).not.toContain('AzureCLI@2');
  });

  test("Microsoft's agents do not reach a server in the network", () => {
    expect(problemsOf(() => build({ agentPool: undefined }))).toMatchObject([
      {
        prop: 'agentPool',
        reason: "the tracking server answers in its network only, and Microsoft's agents are outside",
        instead: 'write agentPool: and a pool of agents in that network, or leave tracking out',
      },
    ]);
  });

  test('runs for each event, as an identity that may do that and nothing else', () => {
    const azureDevOps = { organization: 'acme', project: 'ml', repositoryConnectionId: 'connection' };
    const s = build({ azureDevOps }, (p) => expect(p.modelEventTarget()).toBe(p.modelEventTarget()));
    expect(JSON.parse(s.only('azurerm_logic_app_action_custom').body).inputs).toMatchObject({
      method: 'POST',
      uri: expect.stringMatching(/^https:\/\/dev\.azure\.com\/acme\/\$\{.*\}\/_apis\/pipelines\/\$\{.*\}\/runs\?api-version=7\.1$/),
      body: { resources: { repositories: { self: { refName: 'refs/heads/main' } } } },
    });
    expect(s.only('azuredevops_build_definition_permissions').permissions).toEqual({
      ViewBuilds: 'Allow',
      ViewBuildDefinition: 'Allow',
      QueueBuilds: 'Allow',
    });
  });

  test('starts when a model is approved', () => {
    const azureDevOps = { organization: 'acme', project: 'ml', repositoryConnectionId: 'connection' };
    const s = synth((stack) => {
      const tracking = new FakeTracking(stack, 'Tracking');
      const model = new ModelRegistry(stack, 'Housing', { modelName: 'housing', tracking });
      new BuildPipeline(stack, 'Release', {
        resourceGroup: new FakeGroup(stack, 'Group'),
        registry: new FakeRegistry(stack, 'Registry'),
        repository: { provider: RepositoryProvider.GITHUB, owner: 'acme', name: 'housing' },
        azureDevOps,
        startOnApproval: [model],
      });
      const prices = new ModelRegistry(stack, 'Prices', { modelName: 'prices', tracking });
      expect(problemsOf(() => build({ startOnApproval: [prices] }))).toMatchObject([{ prop: 'azureDevOps' }]);
    });
    expect(s.only('azurerm_eventgrid_event_subscription')).toMatchObject({
      included_event_types: ['model.approved'],
      service_bus_queue_endpoint_id: expect.stringContaining('azurerm_servicebus_queue.Release_Starter_Events'),
    });
  });

  test('one that is set up by hand cannot be run by an event', () => {
    expect(problemsOf(() => build({}, (p) => p.modelEventTarget()))).toMatchObject([
      { prop: 'azureDevOps', instead: 'write azureDevOps: (targets.azure.devOps), or send events to a ModelEventTarget of your own' },
    ]);
  });
});
