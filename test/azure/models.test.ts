import { TerraformStack } from 'cdktf';
import { ModelRegistry, ModelRegistryProps } from '../../lib/azure/models';
import { ExperimentTracking, ModelEventTarget } from '../../lib/azure/tracking';
import { ModelApproval, TrackingEngine } from '../../lib/core';
import { parity } from '../../lib/core/parity';
import { problemsOf } from '../contract/room';
import { CLIENT, FakeTracking } from './fake-tracking';
import { FakeGroup, SUBSCRIPTION, synth, Synthesized } from './helper';

const ID = `/subscriptions/${SUBSCRIPTION}/resourceGroups/ml/providers`;
const WORKSPACE = `${ID}/Microsoft.MachineLearningServices/workspaces/ws`;
const QUEUE = `${ID}/Microsoft.ServiceBus/namespaces/acme/queues/models`;
const ADA = { principalId: '22222222-2222-2222-2222-222222222222', principalType: 'User' };
type Given = Partial<ModelRegistryProps>;

const model = (given: Given = {}, use: (m: ModelRegistry, t: FakeTracking) => void = () => {}): Synthesized =>
  synth((stack) => {
    const tracking = new FakeTracking(stack, 'Tracking');
    use(new ModelRegistry(stack, 'Housing', { modelName: 'housing', tracking, ...given }), tracking);
  });
const managed = (given: Given = {}, use: (m: ModelRegistry, stack: TerraformStack) => void = () => {}): Synthesized =>
  synth((stack) => {
    const tracking = new ExperimentTracking(stack, 'Tracking', {
      resourceGroup: new FakeGroup(stack, 'Group'),
      engine: TrackingEngine.MANAGED,
      workspaceId: WORKSPACE,
    });
    use(new ModelRegistry(stack, 'Housing', { modelName: 'housing', tracking, approval: ModelApproval.AUTOMATIC, ...given }), stack);
  });
const existing = (attributes: object, use: (m: ModelRegistry, stack: TerraformStack) => void = () => {}): Synthesized =>
  synth((stack) => {
    const tracking = ExperimentTracking.fromTrackingServerAttributes(stack, 'Tracking', {
      trackingUri: 'https://mlflow.example.com',
      ...attributes,
    });
    use(new ModelRegistry(stack, 'Housing', { modelName: 'housing', tracking }), stack);
  });
const subscription = (s: Synthesized) => s.only('azurerm_eventgrid_event_subscription');

describe('a model', () => {
  test('is opened by the alias of the version in service', () => {
    model({}, (m) => expect(m.modelUri).toBe('models:/housing@production'));
  });

  test('needs an approval, which nobody may give at first', () => {
    model({}, (_, t) => expect(t.told).toEqual(['demand housing']));
  });

  test('approvers may use the server, and approve this model', () => {
    model({}, (m, t) => {
      m.grants.approve('Ada', ADA);
      expect(t.told).toEqual(['demand housing', `allow housing ${ADA.principalId}`]);
      expect(t.users).toEqual([ADA]);
    });
  });

  test('who registers or reads may use the server, and approves nothing', () => {
    model({}, (m, t) => {
      m.grants.register('Ada', ADA);
      m.grants.read('Bob', ADA);
      expect(t.users).toEqual([ADA, ADA]);
      expect(t.told).toEqual(['demand housing']);
    });
  });

  test('whoever registers approves, where that is asked for', () => {
    model({ approval: ModelApproval.AUTOMATIC }, (m, t) => {
      m.grants.approve('Ada', ADA);
      expect(t.told).toEqual([]);
    });
  });

  test('outputs hold the exact commands', () => {
    const s = model();
    const token = `--header "Authorization: Bearer $(az account get-access-token --resource ${CLIENT} --query accessToken --output tsv)"`;
    const api = 'https://mlflow.internal.example/api/2.0/mlflow/registered-models/alias';
    expect(s.output('Housing_RegisterCommand')).toBe(
      `MLFLOW_TRACKING_URI=https://mlflow.internal.example MLFLOW_TRACKING_AUTH=mlops-constructs python -c "import mlflow; mlflow.register_model('runs:/RUN_ID/model', 'housing')"`,
    );
    expect(s.output('Housing_ApproveCommand')).toBe(
      `curl --fail-with-body ${token} --request POST --header 'Content-Type: application/json' --data '{"name": "housing", "alias": "production", "version": "VERSION"}' ${api}`,
    );
    expect(s.output('Housing_ResolveCommand')).toBe(`curl --fail-with-body ${token} '${api}?name=housing&alias=production'`);
  });

  test('is described beside the command that registers it', () => {
    const s = model({ description: 'prices of houses' });
    const described = Object.values<{ description: string }>(s.json.output).map((o) => o.description);
    expect(described).toContainEqual(expect.stringContaining('(prices of houses)'));
  });
});

describe('events', () => {
  test('an approval is put into a queue by the topic itself, without a key', () => {
    const s = model({}, (m) => m.onApproved('Redeploy', ModelEventTarget.serviceBusQueue(QUEUE)));
    expect(subscription(s)).toMatchObject({
      scope: `${ID}/Microsoft.EventGrid/topics/ml`,
      included_event_types: ['model.approved'],
      event_delivery_schema: 'CloudEventSchemaV1_0',
      advanced_filter: { string_in: [{ key: 'data.model', values: ['housing'] }] },
      service_bus_queue_endpoint_id: QUEUE,
      delivery_identity: { type: 'SystemAssigned' },
      depends_on: [expect.stringContaining('azurerm_role_assignment')],
    });
    expect(s.only('azurerm_role_assignment')).toMatchObject({
      scope: QUEUE,
      role_definition_name: 'Azure Service Bus Data Sender',
      principal_id: 'the-topic',
    });
  });

  test('a registration is another event', () => {
    const s = model({}, (m) => m.onRegistered('Check', ModelEventTarget.serviceBusQueue(QUEUE)));
    expect(subscription(s).included_event_types).toEqual(['model.registered']);
  });

  const account = `${ID}/Microsoft.Storage/storageAccounts/acme`;
  test.each<[string, ModelEventTarget, object, string | undefined]>([
    [
      'a topic of Service Bus',
      ModelEventTarget.serviceBusTopic(`${ID}/Microsoft.ServiceBus/namespaces/acme/topics/t`),
      { service_bus_topic_endpoint_id: expect.stringMatching(/topics\/t$/) },
      'Azure Service Bus Data Sender',
    ],
    [
      'a storage queue',
      ModelEventTarget.storageQueue(account, 'models'),
      { storage_queue_endpoint: { storage_account_id: account, queue_name: 'models' } },
      'Storage Queue Data Message Sender',
    ],
    [
      'a function',
      ModelEventTarget.azureFunction(`${ID}/Microsoft.Web/sites/acme/functions/f`),
      { azure_function_endpoint: { function_id: `${ID}/Microsoft.Web/sites/acme/functions/f` } },
      undefined,
    ],
    [
      'a webhook',
      ModelEventTarget.webhook('https://example.com/hook'),
      { webhook_endpoint: { url: 'https://example.com/hook' } },
      undefined,
    ],
  ])('may go to %s', (_, target, endpoint, role) => {
    const s = model({}, (m) => m.onApproved('Tell', target));
    expect(subscription(s)).toMatchObject(endpoint);
    expect(s.all('azurerm_role_assignment').map((r) => r.role_definition_name)).toEqual(role ? [role] : []);
  });

  test('a target that is none is refused', () => {
    expect(problemsOf(() => model({}, (m) => m.onApproved('Tell', ModelEventTarget.serviceBusQueue('queue'))))).toMatchObject([
      { prop: 'target', reason: 'not the id of a Microsoft.ServiceBus/namespaces/queues' },
    ]);
    expect(problemsOf(() => model({}, (m) => m.onApproved('Tell', ModelEventTarget.webhook('http://example.com'))))).toMatchObject([
      { prop: 'target', instead: 'write one that starts with https://' },
    ]);
  });
});

describe('in a workspace of Azure ML', () => {
  test('an approval cannot be required', () => {
    expect(problemsOf(() => managed({ approval: ModelApproval.REQUIRED }))).toEqual([
      {
        code: 'unsupported',
        prop: 'approval',
        value: 'required',
        construct: "azure.ModelRegistry 'test/Housing'",
        reason: 'Azure ML cannot keep apart who registers a version and who puts it into service: both write models of the workspace',
        instead: 'write approval: automatic, or engine: self-hosted for the tracking server',
      },
    ]);
    expect(problemsOf(() => managed({ approval: undefined }))).toMatchObject([{ prop: 'approval' }]);
  });

  test('versions have stages', () => {
    const s = managed({}, (m) => expect(m.modelUri).toBe('models:/housing/Production'));
    expect(s.output('Housing_ApproveCommand')).toBe(
      'az ml model update --resource-group ml --workspace-name ws --name housing --version VERSION --set stage=Production',
    );
  });

  test('only registrations are told of', () => {
    const target = ModelEventTarget.serviceBusQueue(QUEUE);
    expect(subscription(managed({}, (m) => m.onRegistered('Check', target)))).toMatchObject({
      scope: WORKSPACE,
      included_event_types: ['Microsoft.MachineLearningServices.ModelRegistered'],
      advanced_filter: { string_in: [{ key: 'data.ModelName', values: ['housing'] }] },
    });
    expect(problemsOf(() => managed({}, (m) => m.onApproved('Tell', target)))).toMatchObject([
      { prop: 'onApproved', instead: 'write onRegistered, or engine: self-hosted for the tracking server' },
    ]);
  });
});

describe('with a server that exists already', () => {
  test('its owner says who approves, and the report says so', () => {
    existing({}, (_, stack) =>
      expect(parity.report(stack)).toContainEqual({
        cloud: 'azure',
        path: 'test/Housing.approval',
        kind: 'approximated',
        became: 'the rules of the server that exists already',
        reason: 'only its owner can say who may approve a model of it',
      }),
    );
  });

  test('events need its topic', () => {
    const tell = (m: ModelRegistry) => m.onApproved('Tell', ModelEventTarget.webhook('https://example.com'));
    expect(problemsOf(() => existing({}, tell))).toMatchObject([
      { prop: 'tracking', instead: 'write eventTopicId: in fromTrackingServerAttributes' },
    ]);
    const eventTopicId = `${ID}/Microsoft.EventGrid/topics/theirs`;
    expect(subscription(existing({ eventTopicId }, tell)).scope).toBe(eventTopicId);
  });
});
