import { RoleDefinition } from '@cdktf/provider-azurerm/lib/role-definition';
import { RoleAssignment } from '@cdktf/provider-azurerm/lib/role-assignment';
import { Construct } from 'constructs';
import { ModelReference } from '../../core';
import { refuse } from '../../core/errors';
import { physicalName } from '../../core/naming';
import { grantId } from '../private/name';
import { IPrincipal } from '../resource-group';
import { ExperimentTrackingGrants, TrackingApprovals } from './service';

/** The identities that a self-hosted server lets in. */
export class Callers extends ExperimentTrackingGrants {
  private readonly allowed: string[];

  public constructor(
    private readonly scope: Construct,
    first: IPrincipal,
  ) {
    super();
    this.allowed = [first.principalId];
  }

  public use(_id: string, grantee: IPrincipal): void {
    this.let(grantee);
  }

  /** Puts somebody on the list, once. */
  public let(grantee: IPrincipal): void {
    // https://learn.microsoft.com/entra/identity-platform/optional-claims: tokens of applications name no groups.
    if (grantee.principalType === 'Group')
      refuse(
        'unsupported',
        'grantee',
        grantee.principalId,
        `${this.scope.node.path} would shut out every managed identity if its list held a group, because their tokens name none`,
        'name users, managed identities and applications one by one',
      );
    if (!this.allowed.includes(grantee.principalId)) this.allowed.push(grantee.principalId);
  }

  public get ids(): readonly string[] {
    return this.allowed;
  }
}

/** What the server of `runtime/mlflow` is told of approvals. */
export class Approvals extends TrackingApprovals {
  private readonly approvers = new Map<string, string[]>();

  public constructor(private readonly callers: Callers) {
    super();
  }

  public demand(modelName: string): void {
    if (!this.approvers.has(modelName)) this.approvers.set(modelName, []);
  }

  public allow(modelName: string, approver: IPrincipal): void {
    this.callers.let(approver);
    this.demand(modelName);
    const list = this.approvers.get(modelName)!;
    if (!list.includes(approver.principalId)) list.push(approver.principalId);
  }

  public toJson(): string {
    return JSON.stringify(Object.fromEntries(this.approvers));
  }
}

/**
 * What MLflow's client does in a workspace, and nothing else.
 * https://learn.microsoft.com/azure/machine-learning/how-to-assign-roles#mlflow-operations
 */
const MLFLOW_ACTIONS = [
  'Microsoft.MachineLearningServices/workspaces/read',
  'Microsoft.MachineLearningServices/workspaces/experiments/*',
  'Microsoft.MachineLearningServices/workspaces/jobs/*',
  'Microsoft.MachineLearningServices/workspaces/models/*',
];

/** Role assignments for the MLflow endpoint of an Azure ML workspace. */
export class WorkspaceCallers extends ExperimentTrackingGrants {
  private role: RoleDefinition | undefined;
  /** Azure refuses to assign the same role to the same principal twice. */
  private readonly assigned = new Set<string>();

  public constructor(
    private readonly scope: Construct,
    private readonly workspaceId: string,
    /** Makes the role's name unique in the tenant. */
    private readonly seed: string,
  ) {
    super();
  }

  public use(id: string, grantee: IPrincipal): void {
    if (this.assigned.has(grantee.principalId)) return;
    this.assigned.add(grantee.principalId);
    new RoleAssignment(this.scope, grantId(this.scope, id), {
      scope: this.workspaceId,
      roleDefinitionId: this.definition().roleDefinitionResourceId,
      principalId: grantee.principalId,
      principalType: grantee.principalType,
    });
  }

  /** Narrower than AzureML Data Scientist, and never the same assignment as one that lets somebody submit jobs. */
  private definition(): RoleDefinition {
    this.role ??= new RoleDefinition(this.scope, 'Role', {
      // Names of roles are unique in the tenant.
      name: physicalName(this.scope, { max: 100, separator: '-', prefix: `mlflow ${this.scope.node.path}`, seed: this.seed }),
      scope: this.workspaceId,
      description: 'Logs runs, and registers and reads models, through the MLflow endpoint of one Azure ML workspace',
      permissions: [{ actions: MLFLOW_ACTIONS }],
      assignableScopes: [this.workspaceId],
    });
    return this.role;
  }
}

const STAGES: { readonly [alias: string]: string } = { production: 'Production', staging: 'Staging', archived: 'Archived' };

/** The URI of a model where versions have stages and no aliases. */
export function stageUri(model: ModelReference): string {
  if (model.alias === undefined) return String(model);
  const stage = STAGES[model.alias.toLowerCase()];
  if (!stage)
    refuse(
      'unsupported',
      'model',
      String(model),
      'a workspace of Azure ML knows versions by the stages production, staging and archived only',
      `write models:/${model.modelName}/production, or engine: self-hosted`,
    );
  return `models:/${model.modelName}/${stage}`;
}
