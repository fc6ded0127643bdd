import { TerraformOutput } from 'cdktf';
import { Construct } from 'constructs';
import { IModelRegistryBase, ModelApproval, ModelReference, ModelRegistryBaseProps } from '../core';
import { Checks, isUnresolved } from '../core/errors';
import { checkModel, MODEL_EVENTS } from '../core/models';
import { parity } from '../core/parity';
import { literal } from '../core/terraform-text';
import { TRACKING_SERVER } from '../core/tracking-server';
import { IMember } from './member';
import { ModelEvent, startOn, subscribe } from './private/model-events';
import { idFor } from './private/names';
import { checksFor } from './private/root';
import { curlAs } from './private/tracking-client';
import { SUPPORT } from './support';
import { IExperimentTracking, IModelEventTarget } from './tracking';

/** Where the versions of one model are registered, approved and looked up. */
export interface IModelRegistry extends IModelRegistryBase {
  /** The server that keeps it. */
  readonly tracking: IExperimentTracking;
  /** The version in service, as services take it. */
  readonly inService: ModelReference;
  /** Permissions on the model. */
  readonly grants: ModelRegistryGrants;

  /**
   * Starts something each time a version is approved, which makes it the one in service: a `GpuTrainingCluster`, a `BuildPipeline`, or
   * anything else that gcloud can start.
   *
   * Makes a trigger of Cloud Build, which runs one command, and an account that may start this and nothing else.
   *
   * @param id construct id, unique in the registry's scope
   * @param target what is started
   */
  onApproved(id: string, target: IModelEventTarget): void;
  /**
   * Starts something each time a version is registered.
   *
   * @param id construct id, unique in the registry's scope
   * @param target what is started
   */
  onRegistered(id: string, target: IModelEventTarget): void;
  /**
   * A subscription of Pub/Sub that gets a message each time a version is approved (or registered), pulled by a program or pushed to an address.
   *
   * @param id construct id, unique in the registry's scope
   * @param props which events, and where to
   * @returns the subscription: `projects/P/subscriptions/S`
   */
  subscribe(id: string, props?: ModelSubscriptionProps): string;
}

/** Which events of a model a subscription gets, and where it hands them on to. */
export interface ModelSubscriptionProps {
  /**
   * Versions that are registered, in place of those that are approved.
   *
   * @default false
   */
  readonly registrations?: boolean;
  /**
   * Address that messages are pushed to, such as that of a Cloud Run service.
   *
   * @default - none: a program pulls them
   */
  readonly pushEndpoint?: string;
  /**
   * Service account that pushes; it has to be allowed to call the address. Whoever deploys has to be allowed to act as it.
   *
   * @default - none; required with `pushEndpoint`
   */
  readonly pushAccountEmail?: string;
  /**
   * Whom the ID token of a pushed message is for.
   *
   * @default - the address
   */
  readonly pushAudience?: string;
}

/** Permissions on a model. */
export abstract class ModelRegistryGrants {
  /**
   * To register versions. A tracking server keeps all its models alike, so this opens the whole server.
   *
   * @param id construct id of the IAM member, unique in the registry's scope
   * @param grantee who may register
   */
  public abstract register(id: string, grantee: IMember): void;
  /**
   * To make a version the one in service. Where approval is required, nobody else may.
   *
   * @param id construct id of the IAM member, unique in the registry's scope
   * @param grantee who may approve: a user or a service account
   */
  public abstract approve(id: string, grantee: IMember): void;
  /**
   * To look versions up and to load them. A tracking server lets readers write as well.
   *
   * @param id construct id of the IAM member, unique in the registry's scope
   * @param grantee who may read
   */
  public abstract read(id: string, grantee: IMember): void;
}

/** Options of a model's registry. */
export interface ModelRegistryProps extends ModelRegistryBaseProps {
  /** The server that keeps the model. No default: a model is registered with the run that trained it. */
  readonly tracking: IExperimentTracking;
}

/**
 * A model whose versions are registered with a tracking server, and whose version in service somebody has to approve.
 *
 * Defines nothing in the cloud by itself, because Terraform cannot declare a model of the Vertex AI registry: a version is in the server's
 * registry as soon as a run registers it, and the version in service is the one with the alias `production`. With `approval: required` the
 * server lets only those set that alias, or delete versions, whom `grants.approve` names; nobody, until somebody is named. `onApproved` starts
 * a cluster or a pipeline, `subscribe` makes a subscription of the server's topic.
 *
 * @example
 * const tracking = gcp.ExperimentTracking.fromTrackingServerAttributes(this, 'Tracking', {
 *   trackingUri: 'https://mlflow.example.com',
 * });
 * const housing = new gcp.ModelRegistry(this, 'Housing', { modelName: 'housing', tracking });
 * housing.grants.approve('Ada', gcp.IamMember.user('ada@example.com'));
 *
 * @see https://mlflow.org/docs/latest/ml/model-registry/
 */
export class ModelRegistry extends Construct implements IModelRegistry {
  public readonly modelName: string;
  public readonly registerCommand: string;
  public readonly approveCommand: string;
  public readonly resolveCommand: string;
  public readonly tracking: IExperimentTracking;
  public readonly inService: ModelReference;
  public readonly grants: ModelRegistryGrants;

  public constructor(scope: Construct, id: string, props: ModelRegistryProps) {
    super(scope, id);
    const checks = checksFor(this, 'gcp.ModelRegistry');
    checkModel(checks, props);
    checks.done();
    const { tracking, modelName, description } = props;
    const required = (props.approval ?? ModelApproval.REQUIRED) === ModelApproval.REQUIRED;
    this.modelName = modelName;
    this.tracking = tracking;
    this.inService = ModelReference.parse(`models:/${modelName}@${TRACKING_SERVER.alias}`);
    if (required) tracking.approvals?.demand(modelName);
    this.grants = new Grants(this, required);
    const commands = commandsOf(tracking, modelName);
    this.registerCommand = commands.register;
    this.approveCommand = commands.approve;
    this.resolveCommand = commands.resolve;
    const about = description === undefined ? '' : ` (${literal(description)})`;
    const outputs = {
      RegisterCommand: `Registers what a run has logged as its model, as a new version; write the id of the run for RUN_ID${about}`,
      ApproveCommand: 'Approves a version, which makes it the one in service; write its number for VERSION',
      ResolveCommand: 'Says which version is in service',
    };
    new TerraformOutput(this, 'RegisterCommand', { description: outputs.RegisterCommand, value: this.registerCommand });
    new TerraformOutput(this, 'ApproveCommand', { description: outputs.ApproveCommand, value: this.approveCommand });
    new TerraformOutput(this, 'ResolveCommand', { description: outputs.ResolveCommand, value: this.resolveCommand });
    this.note(required, description);
  }

  public onApproved(id: string, target: IModelEventTarget): void {
    startOn(this, id, this.event(MODEL_EVENTS.approved), target);
  }

  public onRegistered(id: string, target: IModelEventTarget): void {
    startOn(this, id, this.event(MODEL_EVENTS.registered), target);
  }

  public subscribe(id: string, props: ModelSubscriptionProps = {}): string {
    const checks = new Checks(this, 'gcp.ModelRegistry');
    const { pushEndpoint, pushAccountEmail } = props;
    checks.require(
      pushEndpoint === undefined || isUnresolved(pushEndpoint) || /^https:\/\/\S+$/.test(pushEndpoint),
      'syntax',
      'pushEndpoint',
      pushEndpoint,
      'Pub/Sub pushes to addresses over TLS only',
      'write one that starts with https://',
    );
    checks.require(
      (pushEndpoint === undefined) === (pushAccountEmail === undefined),
      pushEndpoint === undefined ? 'conflict' : 'missing',
      'pushAccountEmail',
      pushAccountEmail,
      pushEndpoint === undefined ? 'nothing is pushed' : 'a message without a token could come from anybody',
      pushEndpoint === undefined ? 'leave it out, or give pushEndpoint' : 'give a service account that may call the address',
    );
    const event = checks.collect(() => this.event(props.registrations ? MODEL_EVENTS.registered : MODEL_EVENTS.approved));
    checks.done();
    return subscribe(this, id, event!, props);
  }

  private event(type: string): ModelEvent {
    const { eventTopic, region } = this.tracking;
    const checks = new Checks(this, 'gcp.ModelRegistry');
    checks.require(
      eventTopic !== undefined,
      'missing',
      'tracking',
      undefined,
      'the server exists already, and no topic of its events is named',
      'give eventTopic in fromTrackingServerAttributes',
    );
    checks.require(
      eventTopic === undefined || this.tracking.project !== undefined,
      'missing',
      'tracking',
      undefined,
      'the server exists already, and where it runs is not known',
      'give service in fromTrackingServerAttributes',
    );
    checks.done();
    return { topic: eventTopic!, project: this.tracking.project!, region: region!, modelName: this.modelName, type };
  }

  private note(required: boolean, description: string | undefined): void {
    parity.approximated(this, 'gcp', '', SUPPORT.models.by, SUPPORT.models.reason!);
    if (description !== undefined)
      parity.approximated(
        this,
        'gcp',
        'description',
        'a note beside the command that registers a version',
        'a model is there as soon as a run registers it, and Terraform cannot describe it before',
      );
    if (required && !this.tracking.approvals)
      parity.approximated(
        this,
        'gcp',
        'approval',
        'the rules of the server that exists already',
        'only its owner can say who may approve a model of it',
      );
    else if (required) parity.mapped(this, 'gcp', 'approval', SUPPORT['models.approval'].by);
  }
}

class Grants extends ModelRegistryGrants {
  public constructor(
    private readonly registry: IModelRegistry,
    private readonly required: boolean,
  ) {
    super();
  }

  public register(id: string, grantee: IMember): void {
    this.use(id, grantee);
  }

  public approve(id: string, grantee: IMember): void {
    const { tracking, modelName } = this.registry;
    if (this.required) tracking.approvals?.allow(modelName, grantee);
    this.use(id, grantee);
  }

  public read(id: string, grantee: IMember): void {
    this.use(id, grantee);
  }

  private use(id: string, grantee: IMember): void {
    this.registry.tracking.grants.use(idFor(this.registry, id), grantee);
  }
}

interface Commands {
  readonly register: string;
  readonly approve: string;
  readonly resolve: string;
}

function commandsOf(tracking: IExperimentTracking, name: string): Commands {
  const curl = curlAs(tracking.audience);
  const api = `${tracking.trackingUri}/api/2.0/mlflow/registered-models/alias`;
  const variables = Object.entries(tracking.environment()).map(([variable, value]) => `${variable}=${value}`);
  const approval = `{"name": "${name}", "alias": "${TRACKING_SERVER.alias}", "version": "VERSION"}`;
  return {
    register: [...variables, `python -c "import mlflow; mlflow.register_model('runs:/RUN_ID/model', '${name}')"`].join(' '),
    approve: `${curl} --request POST --header 'Content-Type: application/json' --data '${approval}' ${api}`,
    resolve: `${curl} '${api}?name=${name}&alias=${TRACKING_SERVER.alias}'`,
  };
}
