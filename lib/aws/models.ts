import { EventBus, EventPattern, IRuleTarget, Rule } from 'aws-cdk-lib/aws-events';
import { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import { CfnModelPackageGroup } from 'aws-cdk-lib/aws-sagemaker';
import { CfnOutput, Stack, Token } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { IModelRegistryBase, ModelApproval, ModelReference, ModelRegistryBaseProps } from '../core';
import { policyOf } from '../core/environment';
import { checkModel, MODEL_EVENTS } from '../core/models';
import { physicalName } from '../core/naming';
import { parity } from '../core/parity';
import { TRACKING_SERVER } from '../core/tracking-server';
import { acknowledgeWildcards } from './private/acknowledge';
import { removalOf } from './private/logs';
import { modelCommands } from './private/model-commands';
import { emptyOnDelete, groupArn, versionsArn } from './private/model-group-cleaner';
import { checksOf } from './private/scope';
import { DEFAULT_BUS, EVENT_SOURCE } from './private/tracking';
import { ApprovalGuard, IExperimentTracking } from './tracking';

/** What a model registry takes. */
export interface ModelRegistryProps extends ModelRegistryBaseProps {
  /**
   * The tracking server whose registry keeps the versions.
   *
   * @default - SageMaker's registry keeps them
   */
  readonly tracking?: IExperimentTracking;
}

/** A model's registry. */
export interface IModelRegistry extends IModelRegistryBase {
  /** Name of the model package group of SageMaker. */
  readonly modelPackageGroupName: string;
  /** The version in service, as services take it. */
  readonly inService: ModelReference;
  /** Permissions on the registry. */
  readonly grants: ModelRegistryGrants;
  /**
   * Starts something when a version is approved: when the alias `production` is set on the tracking server, and when a model package of
   * SageMaker's group is approved.
   *
   * @param id of the rule, in this construct
   * @param target such as `new targets.CodePipeline(pipeline.pipeline)` or `new targets.BatchJob(...)`
   */
  onApproved(id: string, target: IRuleTarget): void;
}

/** What is known of a model's registry that exists already. */
export interface ModelRegistryAttributes {
  /** Name that versions are registered under. */
  readonly modelName: string;
  /** Name of the model package group of SageMaker. */
  readonly modelPackageGroupName: string;
  /**
   * The tracking server whose registry keeps the versions.
   *
   * @default - SageMaker's registry keeps them
   */
  readonly tracking?: IExperimentTracking;
  /**
   * Whether somebody has to approve a version.
   *
   * @default ModelApproval.REQUIRED
   */
  readonly approval?: ModelApproval;
}

abstract class ModelRegistryBase extends Construct implements IModelRegistry {
  public readonly modelName: string;
  public readonly modelPackageGroupName: string;
  public readonly registerCommand: string;
  public readonly approveCommand: string;
  public readonly resolveCommand: string;
  public readonly inService: ModelReference;
  public readonly grants: ModelRegistryGrants;
  private readonly tracking?: IExperimentTracking;

  public constructor(scope: Construct, id: string, kind: string, attrs: ModelRegistryAttributes, name: (self: Construct) => string) {
    super(scope, id);
    const checks = checksOf(this, kind);
    checkModel(checks, attrs);
    checks.done();
    this.modelName = attrs.modelName;
    this.modelPackageGroupName = name(this);
    this.tracking = attrs.tracking;
    this.inService = ModelReference.parse(`models:/${attrs.modelName}@${TRACKING_SERVER.alias}`);
    const approval = attrs.approval ?? ModelApproval.REQUIRED;
    const commands = modelCommands(this, { ...attrs, approval, modelPackageGroupName: this.modelPackageGroupName });
    this.registerCommand = commands.register;
    this.approveCommand = commands.approve;
    this.resolveCommand = commands.resolve;
    this.grants = ModelRegistryGrants._of(this, approval, attrs.tracking);
  }

  public onApproved(id: string, target: IRuleTarget): void {
    const { tracking, modelName } = this;
    if (tracking)
      this.rule(
        id,
        target,
        { source: [EVENT_SOURCE], detailType: [MODEL_EVENTS.approved], detail: { model: [modelName] } },
        tracking.eventBusName,
      );
    this.rule(`${id}Package`, target, {
      source: ['aws.sagemaker'],
      detailType: ['SageMaker Model Package State Change'],
      detail: { ModelPackageGroupName: [this.modelPackageGroupName], ModelApprovalStatus: ['Approved'] },
    });
  }

  private rule(id: string, target: IRuleTarget, eventPattern: EventPattern, busName: string = DEFAULT_BUS): void {
    const bus =
      busName === DEFAULT_BUS
        ? undefined
        : ((this.node.tryFindChild('EventBus') as EventBus | undefined) ?? EventBus.fromEventBusName(this, 'EventBus', busName));
    new Rule(this, id, { description: `Versions of ${this.modelName} that were approved`, eventBus: bus, eventPattern, targets: [target] });
  }
}

/**
 * The registry of one model: its versions, and which of them is in service.
 *
 * Defines a model package group of SageMaker, and, with `tracking`, makes the server guard the model: only who has `grants.approve` sets the
 * alias `production`, which is what services load as `models:/NAME@production`. The versions are in the tracking server's registry; the group
 * is for those who deploy by SageMaker. Without `tracking` they are in the group, and approval is its approval status.
 *
 * An approval is an event of EventBridge, whichever way it was given; `onApproved` starts something on it. A managed server sends none, so
 * that its `approveCommand` does, and only who may approve may send it. On a managed server a permission holds for all of its models, so that
 * who may approve one may approve all.
 *
 * Name and description of the group cannot be changed later. Outside `prod` a Lambda function deletes the versions in the group before the
 * stack deletes it, because SageMaker deletes empty ones only; in `prod` the group stays, and with it its name. It costs nothing.
 *
 * @example
 * declare const tracking: aws.ExperimentTracking;
 * declare const job: iam.IRole;
 * declare const lead: iam.IRole;
 * const housing = new aws.ModelRegistry(this, 'Housing', { modelName: 'housing', tracking });
 * housing.grants.register(job);
 * housing.grants.approve(lead);
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/model-registry.html
 */
export class ModelRegistry extends ModelRegistryBase {
  /** A registry that exists already. */
  public static fromModelRegistryAttributes(scope: Construct, id: string, attrs: ModelRegistryAttributes): IModelRegistry {
    return new ImportedModelRegistry(scope, id, attrs);
  }

  public constructor(scope: Construct, id: string, props: ModelRegistryProps) {
    const approval = props.approval ?? ModelApproval.REQUIRED;
    super(scope, id, 'aws.ModelRegistry', { ...props, approval, modelPackageGroupName: '' }, (self) => groupName(self, props.modelName));
    const checks = checksOf(this, 'aws.ModelRegistry');
    checks.require(
      props.description === undefined || /^\P{C}{0,1024}$/u.test(props.description),
      'limit',
      'description',
      props.description,
      'SageMaker takes at most 1,024 characters on one line',
      'shorten it',
    );
    checks.done();
    const group = new CfnModelPackageGroup(this, 'Resource', {
      modelPackageGroupName: this.modelPackageGroupName,
      modelPackageGroupDescription: props.description,
    });
    group.applyRemovalPolicy(removalOf(props.environment));
    if (!policyOf(props.environment).retainData) emptyOnDelete(this, 'Empty', group, props.environment);
    if (approval === ModelApproval.REQUIRED) props.tracking?.requireApproval(props.modelName);
    this.report(approval, props.tracking);
    new CfnOutput(this, 'RegisterCommand', { value: this.registerCommand, description: registerHint(props.tracking) });
    new CfnOutput(this, 'ApproveCommand', {
      value: this.approveCommand,
      description: 'Makes version VERSION the one in service; who runs it needs grants.approve',
    });
    new CfnOutput(this, 'ResolveCommand', { value: this.resolveCommand, description: 'Says which version is in service' });
  }

  private report(approval: ModelApproval, tracking: IExperimentTracking | undefined): void {
    parity.mapped(
      this,
      'aws',
      '',
      tracking ? 'registry of the tracking server, SageMaker model package group' : 'SageMaker model package group',
    );
    if (approval === ModelApproval.AUTOMATIC)
      parity.mapped(this, 'aws', 'approval', 'whoever uses the registry may choose the version in service');
    else if (!tracking) parity.mapped(this, 'aws', 'approval', 'IAM lets approvers change the approval status');
    else if (tracking.approvalGuard === ApprovalGuard.SERVER)
      parity.mapped(this, 'aws', 'approval', 'the tracking server turns others away');
    else parity.approximated(this, 'aws', 'approval', ...NEARLY[tracking.approvalGuard]);
  }
}

const NEARLY: { readonly [guard in Exclude<ApprovalGuard, ApprovalGuard.SERVER>]: [became: string, reason: string] } = {
  permissions: [
    'IAM lets approvers set aliases',
    'IAM knows no models within a managed server, so that who may approve one may approve all',
  ],
  others: ['the tracking server decides', 'the tracking server is yours, and whoever runs it decides who may approve'],
};

class ImportedModelRegistry extends ModelRegistryBase {
  public constructor(scope: Construct, id: string, attrs: ModelRegistryAttributes) {
    super(scope, id, 'aws.ModelRegistry', attrs, () => attrs.modelPackageGroupName);
    if ((attrs.approval ?? ModelApproval.REQUIRED) === ModelApproval.REQUIRED) attrs.tracking?.requireApproval(attrs.modelName);
  }
}

/** Permissions on a model's registry. */
export class ModelRegistryGrants {
  /** @internal */
  public static _of(registry: IModelRegistry, approval: ModelApproval, tracking: IExperimentTracking | undefined): ModelRegistryGrants {
    return new ModelRegistryGrants(registry, approval, tracking);
  }

  private constructor(
    private readonly registry: IModelRegistry,
    private readonly approval: ModelApproval,
    private readonly tracking: IExperimentTracking | undefined,
  ) {}

  /** To look versions up and load them. */
  public read(grantee: IGrantable): Grant {
    const grant = this.lookUp(grantee);
    return this.tracking ? grant.combine(this.tracking.grants.read(grantee)) : grant;
  }

  /**
   * To register versions, and to look them up. A package of SageMaker's group can be registered as approved only where approval is automatic.
   */
  public register(grantee: IGrantable): Grant {
    const { registry, approval, tracking } = this;
    const stack = Stack.of(registry);
    const pending = { StringEqualsIfExists: { 'sagemaker:ModelApprovalStatus': 'PendingManualApproval' } };
    const create = Grant.addToPrincipal({
      grantee,
      actions: ['sagemaker:CreateModelPackage'],
      resourceArns: [groupArn(stack, registry.modelPackageGroupName), versionsArn(stack, registry.modelPackageGroupName)],
      ...(approval === ModelApproval.REQUIRED ? { conditions: pending } : {}),
    });
    const grant = this.lookUp(grantee).combine(create);
    if (!tracking) return grant;
    // A managed server has no list of approvers: who registers may also choose, if nobody else has to.
    if (approval === ModelApproval.AUTOMATIC && tracking.approvalGuard !== ApprovalGuard.SERVER)
      tracking.addApprover(registry.modelName, grantee);
    return grant.combine(tracking.grants.use(grantee));
  }

  /** To make a version the one in service, and to look versions up. */
  public approve(grantee: IGrantable): Grant {
    const { registry, approval, tracking } = this;
    const grant = this.lookUp(grantee).combine(this.give(grantee, ['sagemaker:UpdateModelPackage'], []));
    if (!tracking) return grant;
    if (approval === ModelApproval.REQUIRED || tracking.approvalGuard !== ApprovalGuard.SERVER)
      tracking.addApprover(registry.modelName, grantee);
    const used = grant.combine(tracking.grants.use(grantee));
    return tracking.approvalGuard === ApprovalGuard.SERVER ? used : used.combine(this.tell(grantee, tracking));
  }

  private lookUp(grantee: IGrantable): Grant {
    return this.give(grantee, ['sagemaker:DescribeModelPackage', 'sagemaker:ListModelPackages'], ['sagemaker:DescribeModelPackageGroup']);
  }

  /** Lets an approver send the event that a server of others does not. */
  private tell(grantee: IGrantable, tracking: IExperimentTracking): Grant {
    return Grant.addToPrincipal({
      grantee,
      actions: ['events:PutEvents'],
      resourceArns: [Stack.of(this.registry).formatArn({ service: 'events', resource: 'event-bus', resourceName: tracking.eventBusName })],
      conditions: { StringEquals: { 'events:source': EVENT_SOURCE, 'events:detail-type': MODEL_EVENTS.approved } },
    });
  }

  private give(grantee: IGrantable, onVersions: string[], onGroup: string[]): Grant {
    const { registry } = this;
    const stack = Stack.of(registry);
    const group = groupArn(stack, registry.modelPackageGroupName);
    const versions = versionsArn(stack, registry.modelPackageGroupName);
    const { grantPrincipal } = grantee;
    if (Construct.isConstruct(grantPrincipal))
      acknowledgeWildcards(grantPrincipal, [versions], 'Versions are numbered as they are registered.');
    // Listing asks for the group, the rest for a version.
    const list = onVersions.filter((action) => action.endsWith('ListModelPackages'));
    const grant = Grant.addToPrincipal({ grantee, actions: onVersions, resourceArns: [versions] });
    const ofGroup = [...onGroup, ...list];
    return ofGroup.length ? grant.combine(Grant.addToPrincipal({ grantee, actions: ofGroup, resourceArns: [group] })) : grant;
  }
}

/** The cloud demands a name, one that is free in account and region. */
function groupName(scope: Construct, modelName: string): string {
  const { stackName } = Stack.of(scope);
  return physicalName(scope, { max: 63, separator: '-', prefix: modelName, seed: Token.isUnresolved(stackName) ? '' : stackName });
}

function registerHint(tracking: IExperimentTracking | undefined): string {
  if (!tracking) return 'Registers a version; inference.json says image and model data, see create-model-package';
  return 'Registers the model of run RUN_ID as a version; needs mlflow and the package that signs its requests (runtime/mlflow-auth)';
}
