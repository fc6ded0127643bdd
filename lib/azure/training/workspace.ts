import { MachineLearningWorkspace } from '@cdktf/provider-azurerm/lib/machine-learning-workspace';
import { MonitorDiagnosticSetting } from '@cdktf/provider-azurerm/lib/monitor-diagnostic-setting';
import { TerraformOutput } from 'cdktf';
import { Construct, IConstruct } from 'constructs';
import { Environment } from '../../core/environment';
import { ILogWorkspace, LogWorkspace } from '../logs';
import { INetwork } from '../network';
import { withoutDataPlane } from '../private/data-plane';
import { resourcesOf } from '../private/dependencies';
import { endpoint, workspaceParts } from '../private/ml-workspace';
import { localName } from '../private/name';
import { parseResourceId } from '../private/resource-id';
import { assignRole } from '../private/role';
import { checksFor } from '../private/root';
import { IImageRegistry } from '../registry';
import { IPrincipal, IResourceGroup } from '../resource-group';
import { acknowledge } from '../private/acknowledge';

/** An Azure ML workspace that compute clusters belong to. */
export interface ITrainingWorkspace extends IConstruct {
  /** Id of the workspace. */
  readonly workspaceId: string;
  /** Name of the workspace. */
  readonly workspaceName: string;
  /** Resource group that it is in. */
  readonly workspaceResourceGroupName: string;
  /** Permissions on the workspace. */
  readonly grants: TrainingWorkspaceGrants;
}

/** Permissions on an Azure ML workspace. */
export abstract class TrainingWorkspaceGrants {
  /**
   * To submit, watch and cancel jobs (`AzureML Data Scientist`).
   *
   * @param id construct id of the role assignment, unique in the workspace's scope
   * @param grantee who may submit
   */
  public abstract submit(id: string, grantee: IPrincipal): void;
  /**
   * What machines need to run jobs: to write logs and outputs into the workspace's own storage account.
   *
   * @param id construct id of the role assignment, unique in the workspace's scope
   * @param grantee identity of the machines
   */
  public abstract compute(id: string, grantee: IPrincipal): void;
}

/** Props of `TrainingWorkspace`. */
export interface TrainingWorkspaceProps {
  /** Where it is put. */
  readonly resourceGroup: IResourceGroup;
  /** Network that reaches it. No default: machines without a public address can only reach a workspace in their network. */
  readonly network: INetwork;
  /**
   * Registry that Azure ML may put images into.
   *
   * @default - none; Azure ML would make one if it had to build an image, which jobs of this library never ask for
   */
  readonly registry?: IImageRegistry;
  /**
   * Where the workspace's logs go.
   *
   * @default - a workspace of its own
   */
  readonly logWorkspace?: ILogWorkspace;
  /**
   * What it is for: chooses redundancy, retention and protection.
   *
   * @default Environment.DEV
   */
  readonly environment?: Environment;
}

/** An Azure ML workspace that exists already. */
export interface TrainingWorkspaceAttributes {
  /** Its id. */
  readonly workspaceId: string;
}

/** What Log Analytics is told: how jobs and clusters fare. Alerts search these tables. */
const LOGS = ['AmlComputeClusterEvent', 'AmlComputeJobEvent', 'AmlRunStatusChangedEvent'];

/**
 * An Azure ML workspace that is reached from its network only, shared by training clusters.
 *
 * Defines a workspace with a system-assigned identity, and what Azure ML demands beside it: a storage account for logs and snapshots, a key
 * vault, Application Insights; private endpoints to all of these; diagnostic settings. Public network access is off everywhere.
 *
 * The storage account keeps its shared keys, because azurerm cannot tell a workspace to do without; they stay in the vault, and the account
 * answers in the network only. Data, checkpoints and models are not in it: those are in the `ArtifactStore`, which has no keys.
 *
 * The workspace itself is free. Its four private endpoints cost about 30 USD a month.
 * In a stack of your own the provider has to keep to Azure Resource Manager: `features: [{ storage: [{ dataPlaneAvailable: false }] }]`.
 *
 * @example
 * const workspace = new azure.TrainingWorkspace(this, 'Workspace', { resourceGroup: group, network });
 * workspace.grants.submit('DataScientists', { principalId: '00000000-0000-0000-0000-000000000000', principalType: 'Group' });
 *
 * @see https://learn.microsoft.com/azure/machine-learning/how-to-configure-network-isolation-with-v2
 */
export class TrainingWorkspace extends Construct implements ITrainingWorkspace {
  /** A workspace that exists already. Nothing is created for it; its storage account has to let the machines' identity write. */
  public static fromTrainingWorkspaceAttributes(scope: Construct, id: string, attributes: TrainingWorkspaceAttributes): ITrainingWorkspace {
    return new ImportedTrainingWorkspace(scope, id, attributes);
  }

  public readonly workspaceId: string;
  public readonly workspaceName: string;
  public readonly workspaceResourceGroupName: string;
  public readonly grants: TrainingWorkspaceGrants;

  public constructor(scope: Construct, id: string, props: TrainingWorkspaceProps) {
    super(scope, id);
    checksFor(this, 'azure.TrainingWorkspace').done();
    const { resourceGroup, network, environment } = props;
    const logWorkspace = props.logWorkspace ?? new LogWorkspace(this, 'Logs', { resourceGroup, environment });
    const parts = { resourceGroup, network, logWorkspace, environment };
    const made = workspaceParts(this, parts);
    this.workspaceName = localName(this, 33);
    const workspace = new MachineLearningWorkspace(this, 'Resource', {
      name: this.workspaceName,
      resourceGroupName: resourceGroup.resourceGroupName,
      location: resourceGroup.location,
      ...made,
      containerRegistryId: props.registry?.registryId,
      identity: { type: 'SystemAssigned' },
      publicNetworkAccessEnabled: false,
      // The commands of az ml go through Azure Resource Manager, from anywhere, for whoever has the role.
      v1LegacyModeEnabled: false,
      // Encrypts the machines' scratch disks too.
      highBusinessImpact: true,
      // azurerm would make the workspace, and so the clusters, anew when a platform gets its first registry; jobs name theirs themselves.
      lifecycle: { ignoreChanges: ['container_registry_id'] },
      // Azure ML sets up its storage and its vault while the workspace is made.
      dependsOn: resourcesOf(this, 'azurerm_private_endpoint'),
    });
    withoutDataPlane(this, 'azure.TrainingWorkspace');
    acknowledge(workspace, { 'ml-workspace-identity': 'Azure ML grants its system identity what it needs itself; no job runs as it.' });
    this.workspaceId = workspace.id;
    this.workspaceResourceGroupName = resourceGroup.resourceGroupName;
    endpoint(this, 'Endpoint', parts, workspace.id, 'amlworkspace', ['privatelink.api.azureml.ms', 'privatelink.notebooks.azure.net']);
    new MonitorDiagnosticSetting(this, 'Diagnostics', {
      name: 'logs',
      targetResourceId: workspace.id,
      logAnalyticsWorkspaceId: logWorkspace.workspaceId,
      enabledLog: LOGS.map((category) => ({ category })),
    });
    this.grants = new Grants(this, this.workspaceId, made.storageAccountId);
    new TerraformOutput(this, 'QuotaCommand', {
      description: 'Shows how many cores of each kind of machine may be used; GPUs start at none, and have to be asked for',
      value: `az ml compute list-usage --resource-group ${this.workspaceResourceGroupName} --workspace-name ${this.workspaceName} --output table`,
    });
  }
}

class ImportedTrainingWorkspace extends Construct implements ITrainingWorkspace {
  public readonly workspaceId: string;
  public readonly workspaceName: string;
  public readonly workspaceResourceGroupName: string;
  public readonly grants: TrainingWorkspaceGrants;

  public constructor(scope: Construct, id: string, attributes: TrainingWorkspaceAttributes) {
    super(scope, id);
    const checks = checksFor(this, 'azure.TrainingWorkspace');
    const workspace = parseResourceId(checks, 'workspaceId', attributes.workspaceId, 'Microsoft.MachineLearningServices/workspaces');
    checks.done();
    this.workspaceId = workspace.id;
    this.workspaceName = workspace.name;
    this.workspaceResourceGroupName = workspace.resourceGroupName;
    this.grants = new Grants(this, this.workspaceId, undefined);
  }
}

class Grants extends TrainingWorkspaceGrants {
  /** Azure refuses to assign the same role to the same principal twice, as two clusters that share the workspace would. */
  private readonly submitters = new Set<string>();

  public constructor(
    private readonly scope: Construct,
    private readonly workspaceId: string,
    private readonly storageAccountId: string | undefined,
  ) {
    super();
  }

  public submit(id: string, grantee: IPrincipal): void {
    if (this.submitters.has(grantee.principalId)) return;
    this.submitters.add(grantee.principalId);
    assignRole(this.scope, id, 'AzureML Data Scientist', this.workspaceId, grantee);
  }

  public compute(id: string, grantee: IPrincipal): void {
    if (this.storageAccountId) assignRole(this.scope, id, 'Storage Blob Data Contributor', this.storageAccountId, grantee);
  }
}
