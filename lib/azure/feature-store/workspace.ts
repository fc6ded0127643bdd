import { MachineLearningWorkspace } from '@cdktf/provider-azurerm/lib/machine-learning-workspace';
import { MachineLearningWorkspaceNetworkOutboundRulePrivateEndpoint } from '@cdktf/provider-azurerm/lib/machine-learning-workspace-network-outbound-rule-private-endpoint';
import { RedisCache } from '@cdktf/provider-azurerm/lib/redis-cache';
import { RoleDefinition } from '@cdktf/provider-azurerm/lib/role-definition';
import { StorageContainer } from '@cdktf/provider-azurerm/lib/storage-container';
import { UserAssignedIdentity } from '@cdktf/provider-azurerm/lib/user-assigned-identity';
import { ITerraformDependable, TerraformOutput } from 'cdktf';
import { Construct } from 'constructs';
import { policyOf } from '../../core/environment';
import { isUnresolved } from '../../core/errors';
import { physicalName } from '../../core/naming';
import { LogWorkspace } from '../logs';
import { armDeployment, armParameters } from '../private/arm';
import { withoutDataPlane } from '../private/data-plane';
import { resourcesOf } from '../private/dependencies';
import { endpoint, storageAccount, WorkspaceParts, workspaceParts } from '../private/ml-workspace';
import { localName } from '../private/name';
import { parseResourceId } from '../private/resource-id';
import { assignOwnRole, assignRole, ownRole } from '../private/role';
import { checksFor } from '../private/root';
import { IPrincipal, IResourceGroup } from '../resource-group';
import {
  FeatureStoreWorkspaceAttributes,
  FeatureStoreWorkspaceGrants,
  FeatureStoreWorkspaceProps,
  IFeatureStoreWorkspace,
} from './workspace-props';
import { acknowledge } from '../private/acknowledge';

const SPARK = '3.4.0';
const CONNECTION_API = '2024-04-01';
const SOURCES = 'sources';
const OFFLINE = 'offline';
const CONNECTIONS = { offline: 'offline-store', online: 'online-store' };

/**
 * A feature store of Azure ML: where groups of features are kept, materialized and looked up; it answers in its network only.
 *
 * Defines a workspace of the kind `FeatureStore` with what Azure ML demands beside it (storage account, key vault, Application Insights), a
 * storage account with a hierarchical namespace for the rows (container `sources`) and what is materialized from them (container `offline`),
 * a user-assigned identity that materializes, the connections between them, and private endpoints to all of these. With `online` also an
 * Azure Cache for Redis.
 * Spark jobs run in a virtual network that Azure ML manages, and reach the stores through private endpoints of it. That network is made by
 * the command of an output, once; it takes some ten minutes.
 *
 * Azure ML looks features up in an Azure Cache for Redis only, which Microsoft retires on 30 September 2028, and does not make any more for
 * tenants that had none before April 2026 (https://learn.microsoft.com/azure/azure-cache-for-redis/retirement-faq).
 * The workspace is free; its private endpoints cost about 50 USD a month, an online store about 100 USD more.
 *
 * @example
 * const features = new azure.FeatureStoreWorkspace(this, 'Features', { resourceGroup: group, network });
 *
 * @see https://learn.microsoft.com/azure/machine-learning/concept-what-is-managed-feature-store
 */
export class FeatureStoreWorkspace extends Construct implements IFeatureStoreWorkspace {
  /** A feature store that exists already; nothing is created for it. */
  public static fromFeatureStoreWorkspaceAttributes(
    scope: Construct,
    id: string,
    attributes: FeatureStoreWorkspaceAttributes,
  ): IFeatureStoreWorkspace {
    return new ImportedFeatureStoreWorkspace(scope, id, attributes);
  }

  public readonly workspaceId: string;
  public readonly workspaceName: string;
  public readonly workspaceResourceGroupName: string;
  public readonly online: boolean;
  public readonly grants: FeatureStoreWorkspaceGrants;
  private readonly storageAccountName: string;

  public constructor(scope: Construct, id: string, props: FeatureStoreWorkspaceProps) {
    super(scope, id);
    const checks = checksFor(this, 'azure.FeatureStoreWorkspace');
    checks.require(
      props.onlineStoreId === undefined || props.online === true,
      'conflict',
      'onlineStoreId',
      props.onlineStoreId,
      'features are not looked up online',
      'write online: true, or leave it out',
    );
    const existing =
      props.onlineStoreId === undefined
        ? undefined
        : parseResourceId(checks, 'onlineStoreId', props.onlineStoreId, 'Microsoft.Cache/redis').id;
    checks.done();
    const { resourceGroup, network, environment } = props;
    const logWorkspace = props.logWorkspace ?? new LogWorkspace(this, 'Logs', { resourceGroup, environment });
    const parts: WorkspaceParts = { resourceGroup, network, logWorkspace, environment };
    const place = { resourceGroupName: resourceGroup.resourceGroupName, location: resourceGroup.location };
    this.online = props.online ?? false;
    const made = workspaceParts(this, parts);
    const { id: accountId, name: accountName, containers } = this.stores(parts);
    this.storageAccountName = accountName;
    const redisId = this.online ? (existing ?? this.redis(parts)) : undefined;
    const identity = new UserAssignedIdentity(this, 'Identity', { name: localName(this), ...place });
    const principal: IPrincipal = { principalId: identity.principalId, principalType: 'ServicePrincipal' };

    this.workspaceName = localName(this, 33);
    this.workspaceResourceGroupName = resourceGroup.resourceGroupName;
    const workspace = new MachineLearningWorkspace(this, 'Resource', {
      name: this.workspaceName,
      ...place,
      kind: 'FeatureStore',
      ...made,
      identity: { type: 'SystemAssigned, UserAssigned', identityIds: [identity.id] },
      featureStore: {
        computerSparkRuntimeVersion: SPARK,
        offlineConnectionName: CONNECTIONS.offline,
        onlineConnectionName: redisId === undefined ? undefined : CONNECTIONS.online,
      },
      managedNetwork: { isolationMode: 'AllowInternetOutbound' },
      publicNetworkAccessEnabled: false,
      v1LegacyModeEnabled: false,
      highBusinessImpact: true,
      lifecycle: policyOf(environment).retainData ? { preventDestroy: true } : undefined,
      dependsOn: resourcesOf(this, 'azurerm_private_endpoint'),
    });
    withoutDataPlane(this, 'azure.FeatureStoreWorkspace');
    acknowledge(workspace, { 'ml-workspace-outbound': 'Spark fetches packages from the internet when it materializes.' });
    this.workspaceId = workspace.id;
    endpoint(this, 'Endpoint', parts, workspace.id, 'amlworkspace', ['privatelink.api.azureml.ms', 'privatelink.notebooks.azure.net']);
    this.connect(resourceGroup, workspace, identity, [
      { name: CONNECTIONS.offline, category: 'ADLSGen2', target: containers.offline },
      ...(redisId === undefined ? [] : [{ name: CONNECTIONS.online, category: 'Redis', target: redisId }]),
    ]);
    // What materializes: https://learn.microsoft.com/azure/machine-learning/how-to-setup-access-control-feature-store
    assignRole(this, 'Materializer', 'AzureML Data Scientist', workspace.id, principal);
    assignRole(this, 'MaterializerSources', 'Storage Blob Data Reader', containers.sources, principal);
    assignRole(this, 'MaterializerOffline', 'Storage Blob Data Contributor', containers.offline, principal);
    if (redisId !== undefined) assignRole(this, 'MaterializerOnline', 'Redis Cache Contributor', redisId, principal);
    this.reach(workspace, accountId, redisId);
    const keys =
      redisId === undefined
        ? undefined
        : ownRole(this, 'OnlineReader', {
            resourceGroupId: resourceGroup.resourceGroupId,
            description: 'Reads the keys of the online store of a feature store, with which features are looked up',
            actions: ['Microsoft.Cache/redis/read', 'Microsoft.Cache/redis/listKeys/action'],
          });
    this.grants = new Grants(this, workspace.id, [containers.sources, containers.offline], keys && { role: keys, redisId: redisId! });
    new TerraformOutput(this, 'ProvisionCommand', {
      description: 'Makes the network in which Spark materializes features; run it once',
      value: `az ml workspace provision-network --resource-group ${this.workspaceResourceGroupName} --name ${this.workspaceName} --include-spark`,
    });
  }

  public sourceUri(group: string): string {
    return sourceUri(SOURCES, this.storageAccountName, group);
  }

  /** The account for rows and what is made of them. Connections to it are possible with a hierarchical namespace only. */
  private stores(parts: WorkspaceParts): {
    readonly id: string;
    readonly name: string;
    readonly containers: { readonly sources: string; readonly offline: string };
  } {
    const account = storageAccount(this, 'Features', parts, { isHnsEnabled: true, sharedAccessKeyEnabled: false });
    const lifecycle = policyOf(parts.environment).retainData ? { preventDestroy: true } : undefined;
    const container = (id: string, name: string): string =>
      new StorageContainer(this, id, { name, storageAccountId: account.id, containerAccessType: 'private', lifecycle }).id;
    const containers = { sources: container('Sources', SOURCES), offline: container('Offline', OFFLINE) };
    endpoint(this, 'FeaturesBlobEndpoint', parts, account.id, 'blob', ['privatelink.blob.core.windows.net']);
    endpoint(this, 'FeaturesDfsEndpoint', parts, account.id, 'dfs', ['privatelink.dfs.core.windows.net']);
    return { id: account.id, name: account.nameInput!, containers };
  }

  private redis(parts: WorkspaceParts): string {
    const holder = new Construct(this, 'Online');
    const redis = new RedisCache(holder, 'Resource', {
      name: physicalName(holder, { max: 60, separator: '-', seed: parts.resourceGroup.nameSeed }),
      resourceGroupName: parts.resourceGroup.resourceGroupName,
      location: parts.resourceGroup.location,
      skuName: 'Standard',
      family: 'C',
      capacity: 1,
      minimumTlsVersion: '1.2',
      nonSslPortEnabled: false,
      publicNetworkAccessEnabled: false,
      // Azure ML looks up with a key, which it reads as the identity that materializes.
      accessKeysAuthenticationEnabled: true,
      redisConfiguration: { maxmemoryPolicy: 'noeviction' },
    });
    acknowledge(holder, { 'redis-keys': 'Azure ML looks up with a key, which it reads as the identity that materializes.' });
    endpoint(this, 'OnlineEndpoint', parts, redis.id, 'redisCache', ['privatelink.redis.cache.windows.net']);
    return redis.id;
  }

  private connect(
    resourceGroup: IResourceGroup,
    workspace: MachineLearningWorkspace,
    identity: UserAssignedIdentity,
    connections: readonly { readonly name: string; readonly category: string; readonly target: string }[],
  ): void {
    armDeployment(this, 'Connections', {
      resourceGroup,
      parameterTypes: {
        workspace: 'string',
        identity: 'string',
        clientId: 'string',
        ...Object.fromEntries(connections.map(({ name }) => [targetOf(name), 'string' as const])),
      },
      parameters: armParameters({
        workspace: workspace.name,
        identity: identity.id,
        clientId: identity.clientId,
        ...Object.fromEntries(connections.map(({ name, target }) => [targetOf(name), target])),
      }),
      resources: connections.map(({ name, category }) => ({
        type: 'Microsoft.MachineLearningServices/workspaces/connections',
        apiVersion: CONNECTION_API,
        name: `[concat(parameters('workspace'), '/${name}')]`,
        properties: {
          category,
          target: `[parameters('${targetOf(name)}')]`,
          authType: 'ManagedIdentity',
          credentials: { clientId: "[parameters('clientId')]", resourceId: "[parameters('identity')]" },
        },
      })),
      dependsOn: [workspace],
    });
  }

  /** Lets Spark, in the network that Azure ML manages, reach the stores. */
  private reach(workspace: MachineLearningWorkspace, accountId: string, redisId: string | undefined): void {
    const principal: IPrincipal = { principalId: workspace.identity.principalId, principalType: 'ServicePrincipal' };
    const targets = [
      { id: 'Features', resourceId: accountId, subresources: ['blob', 'dfs'] },
      ...(redisId === undefined ? [] : [{ id: 'Online', resourceId: redisId, subresources: ['redisCache'] }]),
    ];
    let before: ITerraformDependable[] = [];
    for (const { id, resourceId, subresources } of targets) {
      const approver = assignRole(this, `Approver${id}`, 'Azure AI Enterprise Network Connection Approver', resourceId, principal);
      for (const subresource of subresources) {
        const rule = new MachineLearningWorkspaceNetworkOutboundRulePrivateEndpoint(this, `Reach${id}-${subresource}`, {
          name: `${id.toLowerCase()}-${subresource.toLowerCase()}`,
          workspaceId: workspace.id,
          serviceResourceId: resourceId,
          subResourceTarget: subresource,
          sparkEnabled: true,
          // A workspace takes one rule at a time.
          dependsOn: [approver, ...before],
        });
        before = [rule];
      }
    }
  }
}

class ImportedFeatureStoreWorkspace extends Construct implements IFeatureStoreWorkspace {
  public readonly workspaceId: string;
  public readonly workspaceName: string;
  public readonly workspaceResourceGroupName: string;
  public readonly online: boolean;
  public readonly grants: FeatureStoreWorkspaceGrants;
  private readonly containerName: string;
  private readonly storageAccountName: string;

  public constructor(scope: Construct, id: string, attributes: FeatureStoreWorkspaceAttributes) {
    super(scope, id);
    const checks = checksFor(this, 'azure.FeatureStoreWorkspace');
    const workspace = parseResourceId(checks, 'workspaceId', attributes.workspaceId, 'Microsoft.MachineLearningServices/workspaces');
    const account = parseResourceId(checks, 'storageAccountId', attributes.storageAccountId, 'Microsoft.Storage/storageAccounts');
    checks.require(
      !isUnresolved(attributes.storageAccountId),
      'syntax',
      'storageAccountId',
      attributes.storageAccountId,
      'the specification of a feature set is a file that is written before Terraform runs, and names the account',
      'write the id itself',
    );
    checks.done();
    this.workspaceId = workspace.id;
    this.workspaceName = workspace.name;
    this.workspaceResourceGroupName = workspace.resourceGroupName;
    this.online = attributes.online ?? false;
    this.containerName = attributes.sourceContainerName ?? SOURCES;
    this.storageAccountName = account.name;
    this.grants = new Grants(this, workspace.id, [`${account.id}/blobServices/default/containers/${this.containerName}`], undefined);
  }

  public sourceUri(group: string): string {
    return sourceUri(this.containerName, this.storageAccountName, group);
  }
}

class Grants extends FeatureStoreWorkspaceGrants {
  /** Azure refuses to assign the same role to the same principal twice, as two groups that share the workspace would. */
  private readonly given = new Set<string>();

  public constructor(
    private readonly scope: Construct,
    private readonly workspaceId: string,
    /** Ids of the containers, that of the sources first. */
    private readonly containerIds: readonly string[],
    private readonly keys: { readonly role: RoleDefinition; readonly redisId: string } | undefined,
  ) {
    super();
  }

  public read(id: string, grantee: IPrincipal): void {
    if (this.twice('read', grantee)) return;
    const holder = new Construct(this.scope, id);
    assignRole(holder, 'Workspace', 'Reader', this.workspaceId, grantee);
    this.containerIds.forEach((container, i) => assignRole(holder, `Container-${i}`, 'Storage Blob Data Reader', container, grantee));
    if (this.keys) assignOwnRole(holder, 'Online', this.keys.role, this.keys.redisId, grantee);
  }

  public write(id: string, grantee: IPrincipal): void {
    if (this.twice('write', grantee)) return;
    assignRole(this.scope, id, 'Storage Blob Data Contributor', this.containerIds[0], grantee);
  }

  private twice(what: string, { principalId }: IPrincipal): boolean {
    const key = `${what}:${principalId}`;
    const known = this.given.has(key);
    this.given.add(key);
    return known;
  }
}

function sourceUri(container: string, account: string, group: string): string {
  return `abfss://${container}@${account}.dfs.core.windows.net/${group}`;
}

/** Name of the parameter that holds the target of a connection. */
function targetOf(connection: string): string {
  return connection.replace(/-(\w)/g, (_, c: string) => c.toUpperCase());
}
