import { EventgridEventSubscription, EventgridEventSubscriptionConfig } from '@cdktf/provider-azurerm/lib/eventgrid-event-subscription';
import { TerraformOutput } from 'cdktf';
import { Construct } from 'constructs';
import { IModelRegistryBase, ModelApproval, ModelReference, ModelRegistryBaseProps, TrackingEngine } from '../core';
import { Checks } from '../core/errors';
import { checkModel, MODEL_EVENTS } from '../core/models';
import { parity } from '../core/parity';
import { literal } from '../core/terraform-text';
import { TRACKING_SERVER } from '../core/tracking-server';
import { grantId, localName } from './private/name';
import { parseResourceId } from './private/resource-id';
import { assignRole } from './private/role';
import { checksFor } from './private/root';
import { curlAs } from './private/tracking-client';
import { IPrincipal } from './resource-group';
import { SUPPORT } from './support';
import { IExperimentTracking, ModelEventTarget } from './tracking';

/** Where the versions of one model are registered, approved and looked up. */
export interface IModelRegistry extends IModelRegistryBase {
  /** The server that keeps it. */
  readonly tracking: IExperimentTracking;
  /** URI by which a program opens the version in service. */
  readonly modelUri: string;
  /** Permissions on the model. */
  readonly grants: ModelRegistryGrants;
  /**
   * Tells somebody each time a version is approved, which makes it the one in service.
   *
   * @param id construct id of the subscription, unique in the registry's scope
   * @param target who is told
   */
  onApproved(id: string, target: ModelEventTarget): void;
  /**
   * Tells somebody each time a version is registered.
   *
   * @param id construct id of the subscription, unique in the registry's scope
   * @param target who is told
   */
  onRegistered(id: string, target: ModelEventTarget): void;
}

/** Permissions on a model. */
export abstract class ModelRegistryGrants {
  /**
   * To register versions. A tracking server keeps all its models alike, so this opens the whole server.
   *
   * @param id construct id of the role assignment, unique in the server's scope
   * @param grantee who may register
   */
  public abstract register(id: string, grantee: IPrincipal): void;
  /**
   * To make a version the one in service. Where approval is required, nobody else may.
   *
   * @param id construct id of the role assignment, unique in the server's scope
   * @param grantee who may approve; a user, a managed identity or an application
   */
  public abstract approve(id: string, grantee: IPrincipal): void;
  /**
   * To look versions up and to load them. A tracking server lets readers write as well.
   *
   * @param id construct id of the role assignment, unique in the server's scope
   * @param grantee who may read
   */
  public abstract read(id: string, grantee: IPrincipal): void;
}

/** Props of `ModelRegistry`. */
export interface ModelRegistryProps extends ModelRegistryBaseProps {
  /** The server that keeps the model. No default: a model is registered with the run that trained it. */
  readonly tracking: IExperimentTracking;
}

/** What approval means where it cannot be kept to. */
const REFUSALS = {
  managed: 'Azure ML cannot keep apart who registers a version and who puts it into service: both write models of the workspace',
  managedEvent: 'Azure ML tells of models that are registered, and of no approval',
  noTopic: 'the server exists already, and no topic of its events is named',
};

/**
 * A model whose versions are registered with a tracking server, and whose version in service somebody has to approve.
 *
 * Defines nothing in the cloud by itself: a version is in the server's registry as soon as a run registers it, and the version in service is
 * the one with the alias `production`. With `approval: required` the server lets only those set that alias, or delete versions, whom
 * `grants.approve` names; nobody, until somebody is named. `onApproved` makes an Event Grid subscription of the server's topic.
 *
 * In a workspace of Azure ML versions have stages in place of aliases, approval cannot be required, and only registrations are told of.
 * Event Grid asks for 0.60 USD per million events, the first 100,000 a month are free.
 *
 * @example
 * declare const tracking: azure.ExperimentTracking;
 * declare const queueId: string;
 * const model = new azure.ModelRegistry(this, 'Housing', { modelName: 'housing', tracking });
 * model.grants.approve('Ada', { principalId: '00000000-0000-0000-0000-000000000000', principalType: 'User' });
 * model.onApproved('Redeploy', azure.ModelEventTarget.serviceBusQueue(queueId));
 *
 * @see https://learn.microsoft.com/azure/event-grid/custom-topics
 */
export class ModelRegistry extends Construct implements IModelRegistry {
  public readonly modelName: string;
  public readonly modelUri: string;
  public readonly registerCommand: string;
  public readonly approveCommand: string;
  public readonly resolveCommand: string;
  public readonly tracking: IExperimentTracking;
  public readonly grants: ModelRegistryGrants;

  public constructor(scope: Construct, id: string, props: ModelRegistryProps) {
    super(scope, id);
    const checks = checksFor(this, 'azure.ModelRegistry');
    checkModel(checks, props);
    const { tracking, modelName } = props;
    const required = (props.approval ?? ModelApproval.REQUIRED) === ModelApproval.REQUIRED;
    checks.require(
      !required || tracking.engine !== TrackingEngine.MANAGED,
      'unsupported',
      'approval',
      ModelApproval.REQUIRED,
      REFUSALS.managed,
      'write approval: automatic, or engine: self-hosted for the tracking server',
    );
    checks.done();
    this.modelName = modelName;
    this.tracking = tracking;
    this.modelUri = tracking.modelUri(ModelReference.parse(`models:/${modelName}@${TRACKING_SERVER.alias}`));
    if (required) tracking.approvals?.demand(modelName);
    this.grants = new Grants(this, required);
    const commands = commandsOf(tracking, modelName);
    this.registerCommand = commands.register;
    this.approveCommand = commands.approve;
    this.resolveCommand = commands.resolve;
    const about = props.description === undefined ? '' : ` (${literal(props.description)})`;
    for (const [name, description] of [
      ['register', `Registers what a run has logged as its model, as a new version; write the id of the run for RUN_ID${about}`],
      ['approve', 'Approves a version, which makes it the one in service; write its number for VERSION'],
      ['resolve', 'Says which version is in service'],
    ] as const)
      new TerraformOutput(this, `${name[0].toUpperCase()}${name.slice(1)}Command`, { description, value: commands[name] });
    parity.mapped(this, 'azure', '', tracking.workspaceId === undefined ? SUPPORT.models.by : 'models of the Azure ML workspace');
    if (props.description !== undefined)
      parity.approximated(
        this,
        'azure',
        'description',
        'a note beside the command that registers a version',
        'a model is there as soon as a run registers it, and Terraform cannot describe it before',
      );
    if (required && !tracking.approvals)
      parity.approximated(
        this,
        'azure',
        'approval',
        'the rules of the server that exists already',
        'only its owner can say who may approve a model of it',
      );
    else if (required) parity.mapped(this, 'azure', 'approval', SUPPORT['models.approval'].by);
  }

  public onApproved(id: string, target: ModelEventTarget): void {
    const checks = new Checks(this, 'azure.ModelRegistry');
    checks.require(
      this.tracking.workspaceId === undefined,
      'unsupported',
      'onApproved',
      undefined,
      REFUSALS.managedEvent,
      'write onRegistered, or engine: self-hosted for the tracking server',
    );
    checks.done();
    this.subscribe(id, target, MODEL_EVENTS.approved);
  }

  public onRegistered(id: string, target: ModelEventTarget): void {
    this.subscribe(id, target, MODEL_EVENTS.registered);
  }

  private subscribe(id: string, target: ModelEventTarget, event: string): void {
    const { eventTopicId, eventPrincipal, workspaceId } = this.tracking;
    const checks = new Checks(this, 'azure.ModelRegistry');
    const on = workspaceId ?? eventTopicId;
    checks.require(
      on !== undefined,
      'missing',
      'tracking',
      undefined,
      REFUSALS.noTopic,
      'write eventTopicId: in fromTrackingServerAttributes',
    );
    checkTarget(checks, target);
    checks.done();
    const holder = new Construct(this, id);
    const role = DELIVERY_ROLES[target.kind];
    const sender = eventPrincipal && role ? assignRole(holder, 'Sender', role, scopeOf(target), eventPrincipal) : undefined;
    const inWorkspace = workspaceId !== undefined;
    new EventgridEventSubscription(holder, 'Resource', {
      name: localName(holder),
      scope: on!,
      // The server's topic speaks CloudEvents; a workspace's own events take either form.
      eventDeliverySchema: 'CloudEventSchemaV1_0',
      includedEventTypes: [inWorkspace ? 'Microsoft.MachineLearningServices.ModelRegistered' : event],
      advancedFilter: {
        stringIn: [{ key: inWorkspace ? 'data.ModelName' : 'data.model', values: [this.modelName] }],
      },
      retryPolicy: { maxDeliveryAttempts: 30, eventTimeToLive: 1440 },
      ...destinationOf(target),
      deliveryIdentity: sender ? { type: 'SystemAssigned' } : undefined,
      dependsOn: sender ? [sender] : undefined,
    });
    parity.mapped(this, 'azure', '', `${SUPPORT['models.events'].by} with a subscription for ${event}`);
  }
}

/** What the topic's identity needs to hand an event over; functions and webhooks are called by Event Grid itself. */
const DELIVERY_ROLES: { readonly [kind: string]: string | undefined } = {
  'service-bus-queue': 'Azure Service Bus Data Sender',
  'service-bus-topic': 'Azure Service Bus Data Sender',
  'storage-queue': 'Storage Queue Data Message Sender',
};

const TYPES: { readonly [kind: string]: string } = {
  'service-bus-queue': 'Microsoft.ServiceBus/namespaces/queues',
  'service-bus-topic': 'Microsoft.ServiceBus/namespaces/topics',
  'storage-queue': 'Microsoft.Storage/storageAccounts',
  function: 'Microsoft.Web/sites/functions',
};

function checkTarget(checks: Checks, { kind, destination }: ModelEventTarget): void {
  const type = TYPES[kind];
  if (type) parseResourceId(checks, 'target', destination, type);
  else
    checks.require(
      /^https:\/\/\S+$/.test(destination) || destination.includes('${'),
      'syntax',
      'target',
      destination,
      'Event Grid calls addresses over TLS only',
      'write one that starts with https://',
    );
}

function scopeOf({ kind, destination, queueName }: ModelEventTarget): string {
  return kind === 'storage-queue' ? `${destination}/queueServices/default/queues/${queueName}` : destination;
}

function destinationOf({ kind, destination, queueName }: ModelEventTarget): Partial<EventgridEventSubscriptionConfig> {
  switch (kind) {
    case 'service-bus-queue':
      return { serviceBusQueueEndpointId: destination };
    case 'service-bus-topic':
      return { serviceBusTopicEndpointId: destination };
    case 'storage-queue':
      return { storageQueueEndpoint: { storageAccountId: destination, queueName } };
    case 'function':
      return { azureFunctionEndpoint: { functionId: destination } };
    default:
      return { webhookEndpoint: { url: destination } };
  }
}

class Grants extends ModelRegistryGrants {
  public constructor(
    private readonly registry: IModelRegistry,
    private readonly required: boolean,
  ) {
    super();
  }

  public register(id: string, grantee: IPrincipal): void {
    this.use(id, grantee);
  }

  public approve(id: string, grantee: IPrincipal): void {
    const { tracking, modelName } = this.registry;
    this.use(id, grantee);
    if (this.required) tracking.approvals?.allow(modelName, grantee);
  }

  public read(id: string, grantee: IPrincipal): void {
    this.use(id, grantee);
  }

  private use(id: string, grantee: IPrincipal): void {
    this.registry.tracking.grants.use(grantId(this.registry, id), grantee);
  }
}

interface Commands {
  readonly register: string;
  readonly approve: string;
  readonly resolve: string;
}

function commandsOf(tracking: IExperimentTracking, name: string): Commands {
  return tracking.workspaceId === undefined ? serverCommands(tracking, name) : workspaceCommands(tracking, name);
}

function serverCommands(tracking: IExperimentTracking, name: string): Commands {
  const curl = tracking.audience === undefined ? 'curl --fail-with-body' : curlAs(tracking.audience);
  const api = `${tracking.trackingUri}/api/2.0/mlflow/registered-models/alias`;
  const variables = Object.entries(tracking.environment()).map(([variable, value]) => `${variable}=${value}`);
  return {
    register: [...variables, `python -c "import mlflow; mlflow.register_model('runs:/RUN_ID/model', '${name}')"`].join(' '),
    approve: `${curl} --request POST --header 'Content-Type: application/json' --data '{"name": "${name}", "alias": "${TRACKING_SERVER.alias}", "version": "VERSION"}' ${api}`,
    resolve: `${curl} '${api}?name=${name}&alias=${TRACKING_SERVER.alias}'`,
  };
}

function workspaceCommands(tracking: IExperimentTracking, name: string): Commands {
  const type = 'Microsoft.MachineLearningServices/workspaces';
  const { name: workspace, resourceGroupName } = parseResourceId(
    new Checks(tracking, 'azure.ModelRegistry'),
    'tracking',
    tracking.workspaceId!,
    type,
  );
  const where = `--resource-group ${resourceGroupName} --workspace-name ${workspace}`;
  return {
    register: `az ml model create ${where} --name ${name} --type mlflow_model --path azureml://jobs/RUN_ID/outputs/artifacts/paths/model/`,
    approve: `az ml model update ${where} --name ${name} --version VERSION --set stage=Production`,
    resolve: `az ml model list ${where} --name ${name} --query "[?stage=='Production'].version" --output tsv`,
  };
}
