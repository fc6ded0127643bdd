import { StorageAccount } from '@cdktf/provider-azurerm/lib/storage-account';
import { StorageContainer } from '@cdktf/provider-azurerm/lib/storage-container';
import { MonitorDiagnosticSetting } from '@cdktf/provider-azurerm/lib/monitor-diagnostic-setting';
import { StorageManagementPolicy } from '@cdktf/provider-azurerm/lib/storage-management-policy';
import { StorageObjectReplication } from '@cdktf/provider-azurerm/lib/storage-object-replication';
import { UserAssignedIdentity } from '@cdktf/provider-azurerm/lib/user-assigned-identity';
import { TerraformOutput } from 'cdktf';
import { Construct } from 'constructs';
import { ARTIFACT_PREFIXES, ArtifactStoreBaseProps, Duration, IArtifactStoreBase } from '../core';
import { EnvironmentPolicy, policyOf } from '../core/environment';
import { Checks, isUnresolved } from '../core/errors';
import { parity } from '../core/parity';
import { ILogWorkspace } from './logs';
import { INetwork } from './network';
import { withoutDataPlane } from './private/data-plane';
import { resourcesOf } from './private/dependencies';
import { globalName, localName } from './private/name';
import { privateEndpoint } from './private/private-endpoint';
import { parseResourceId } from './private/resource-id';
import { assignRole } from './private/role';
import { checksFor } from './private/root';
import { BlobEvents } from './private/storage-events';
import { ContainerRoles } from './private/storage-grants';
import { checkExpiry, lifecycleRules } from './private/storage-lifecycle';
import { IPrincipal, IResourceGroup } from './resource-group';
import { acknowledge } from './private/acknowledge';

/** A storage account with a container that holds data, checkpoints, models and captured requests. */
export interface IArtifactStore extends IArtifactStoreBase {
  /** Id of the storage account. */
  readonly storageAccountId: string;
  /** Name of the storage account. */
  readonly storageAccountName: string;
  /** Name of the container. */
  readonly containerName: string;
  /** Id of the container. */
  readonly containerId: string;
  /** Whether the account has shared keys, which some services of Azure still ask for; not known where others own it. */
  readonly accountKeysEnabled?: boolean;
  /** Permissions on the container. */
  readonly grants: ArtifactStoreGrants;
}

/** Permissions on an artifact store. Each call makes one role assignment on its container; folders of one grantee share one. */
export abstract class ArtifactStoreGrants {
  /**
   * To list and read what is in it (`Storage Blob Data Reader`).
   *
   * @param id construct id of the role assignment, unique in the store's scope
   * @param grantee who may read
   * @param prefix folder that the permission is limited to, such as `models`; the whole container when not given.
   * Reading only starts within it: a program has to ask for a listing of that folder
   */
  public abstract read(id: string, grantee: IPrincipal, prefix?: string): void;
  /**
   * To read, write and delete what is in it (`Storage Blob Data Contributor`; for one folder a role of this library's own that has
   * only permissions on blobs, because a condition cannot take away the built-in role's permission to delete the container).
   *
   * @param id construct id of the role assignment, unique in the store's scope
   * @param grantee who may write
   * @param prefix folder that the permission is limited to, such as `models`; the whole container when not given
   */
  public abstract write(id: string, grantee: IPrincipal, prefix?: string): void;
}

/** A key of your own that encrypts an account. */
export interface StorageEncryptionKey {
  /** Id of the key vault, which has purge protection. */
  readonly keyVaultId: string;
  /** Name of the key in it. Its newest version is used. */
  readonly keyName: string;
}

/** Which new blobs are told of, and to whom: one of the two targets. */
export interface ObjectCreatedProps {
  /**
   * Folder that new blobs are in, such as `data`.
   *
   * @default - any
   */
  readonly prefix?: string;
  /**
   * End of their names, such as `.parquet`.
   *
   * @default - any
   */
  readonly suffix?: string;
  /**
   * Id of a Service Bus queue that gets the events.
   *
   * @default - none
   */
  readonly serviceBusQueueId?: string;
  /**
   * Id of a function in a function app, with an Event Grid trigger, that gets the events.
   *
   * @default - none
   */
  readonly functionId?: string;
}

/** Props of `ArtifactStore`. */
export interface ArtifactStoreProps extends ArtifactStoreBaseProps {
  /** Where it is put. */
  readonly resourceGroup: IResourceGroup;
  /**
   * Network that reaches it, through a private endpoint.
   *
   * @default - none; then `publicNetworkAccess` has to be said
   */
  readonly network?: INetwork;
  /**
   * Whether it answers on the internet too, to callers that Entra ID knows and that were granted something. Nobody reads anonymously.
   *
   * @default false
   */
  readonly publicNetworkAccess?: boolean;
  /**
   * Name of the container.
   *
   * @default "artifacts"
   */
  readonly containerName?: string;
  /**
   * Encrypts a second time, in the infrastructure below the storage service. Cannot be changed later.
   *
   * @default false
   */
  readonly infrastructureEncryption?: boolean;
  /**
   * A key of your own that encrypts what is in it.
   *
   * @default - a key that Microsoft keeps
   */
  readonly encryptionKey?: StorageEncryptionKey;
  /**
   * Where it is logged who read, wrote and deleted what. Paid for by the gigabyte.
   *
   * @default - nowhere
   */
  readonly accessLogs?: ILogWorkspace;
  /**
   * A copy in the paired region, which doubles the price, and which Microsoft or you fail over to.
   *
   * @default false
   */
  readonly geoRedundant?: boolean;
  /**
   * A store, in another region perhaps, into which every new object is copied within minutes. It has to have versions.
   *
   * @default - none
   */
  readonly replicateTo?: IArtifactStore;
  /**
   * Further folders whose objects are deleted after a time, in whole days, by folder.
   *
   * @default - none
   */
  readonly expiry?: { readonly [folder: string]: Duration };
  /**
   * Whether the account has shared keys, with which anybody who has one may do anything. Managed Lustre asks for them, to be linked to the store.
   *
   * @default false
   */
  readonly accountKeys?: boolean;
}

/** A storage account that exists already. */
export interface ArtifactStoreAttributes {
  /** Id of the account. */
  readonly storageAccountId: string;
  /**
   * Name of a container in it, which exists too.
   *
   * @default "artifacts"
   */
  readonly containerName?: string;
}

const CONTAINER = 'artifacts';
const VAULT = 'Microsoft.KeyVault/vaults';

/**
 * A store for data, checkpoints, models and captured requests: versioned, encrypted, reached over TLS from the platform's network only.
 *
 * Defines a storage account with a blob container, a private endpoint, and a lifecycle policy by folder.
 * There are no keys: access is by Entra ID and role. Old versions go after a time that the environment chooses; checkpoints and
 * captured requests move to the cool tier after 30 days, and are deleted after the time that is declared, if any is. In prod data is
 * spread over three zones and Terraform refuses to destroy it.
 *
 * `uri()` gives `abfss://<container>@<account>.dfs.core.windows.net/<folder>`, which `adlfs` and with it `fsspec`, pandas and PyArrow open.
 * The account has no hierarchical namespace, because versions need that. A private endpoint costs about 7 USD a month.
 * In a stack of your own the provider has to keep to Azure Resource Manager: `features: [{ storage: [{ dataPlaneAvailable: false }] }]`.
 *
 * @example
 * const store = new azure.ArtifactStore(this, 'Store', { resourceGroup: group, network });
 * store.grants.read('Reader', identity);
 *
 * @see https://learn.microsoft.com/azure/storage/blobs/versioning-overview
 */
export class ArtifactStore extends Construct implements IArtifactStore {
  /** An account that exists already; nothing is created for it. */
  public static fromArtifactStoreAttributes(scope: Construct, id: string, attributes: ArtifactStoreAttributes): IArtifactStore {
    return new ImportedArtifactStore(scope, id, attributes);
  }

  public readonly storageAccountId: string;
  public readonly storageAccountName: string;
  public readonly containerName: string;
  public readonly containerId: string;
  public readonly accountKeysEnabled?: boolean;
  public readonly grants: ArtifactStoreGrants;
  private readonly events: BlobEvents;

  public constructor(scope: Construct, id: string, props: ArtifactStoreProps) {
    super(scope, id);
    const checks = checksFor(this, 'azure.ArtifactStore');
    this.containerName = props.containerName ?? CONTAINER;
    checkContainer(checks, this.containerName);
    checkExpiry(checks, 'checkpointExpiry', props.checkpointExpiry);
    checkExpiry(checks, 'captureExpiry', props.captureExpiry);
    for (const [folder, expiry] of Object.entries(props.expiry ?? {})) checkExpiry(checks, `expiry.${folder}`, expiry);
    const versioned = props.versioned ?? true;
    checkReplication(checks, props, versioned);
    const key = props.encryptionKey && parseResourceId(checks, 'encryptionKey.keyVaultId', props.encryptionKey.keyVaultId, VAULT);
    checks.require(
      props.network !== undefined || props.publicNetworkAccess === true,
      'missing',
      'network',
      undefined,
      'nobody could reach the store',
      'write network:, or publicNetworkAccess: true to reach it over the internet',
    );
    checks.done();
    const policy = policyOf(props.environment);
    const lifecycle = policy.retainData ? { preventDestroy: true } : undefined;
    const replication = replicationType(policy, props.geoRedundant);
    const encryptor = key && this.encryptor(props, key.id);
    this.accountKeysEnabled = props.accountKeys ?? false;
    this.storageAccountName = globalName(this, props.resourceGroup, 24);
    acknowledge(this, {
      ...(replication === 'LRS' ? { 'storage-replication': 'What survives the loss of a data centre is paid for in prod only.' } : {}),
      ...(props.publicNetworkAccess ? { 'storage-public-network': 'publicNetworkAccess was asked for by name.' } : {}),
      ...(props.accountKeys ? { 'storage-account-keys': 'accountKeys was asked for by name.' } : {}),
    });
    const account = new StorageAccount(this, 'Resource', {
      name: this.storageAccountName,
      resourceGroupName: props.resourceGroup.resourceGroupName,
      location: props.resourceGroup.location,
      accountTier: 'Standard',
      accountReplicationType: replication,
      minTlsVersion: 'TLS1_2',
      httpsTrafficOnlyEnabled: true,
      sharedAccessKeyEnabled: this.accountKeysEnabled,
      defaultToOauthAuthentication: true,
      localUserEnabled: false,
      allowNestedItemsToBePublic: false,
      crossTenantReplicationEnabled: false,
      publicNetworkAccessEnabled: props.publicNetworkAccess ?? false,
      infrastructureEncryptionEnabled: props.infrastructureEncryption ?? false,
      networkRules: { defaultAction: props.publicNetworkAccess ? 'Allow' : 'Deny', bypass: ['AzureServices'] },
      ...(encryptor && {
        identity: { type: 'UserAssigned', identityIds: [encryptor.identity.id] },
        customerManagedKey: {
          keyVaultKeyId: `https://${key.name}.vault.azure.net/keys/${props.encryptionKey!.keyName}`,
          userAssignedIdentityId: encryptor.identity.id,
        },
        dependsOn: [encryptor.granted],
      }),
      blobProperties: {
        versioningEnabled: versioned,
        // Replication reads what it has to copy from here.
        changeFeedEnabled: props.replicateTo ? true : undefined,
        deleteRetentionPolicy: { days: policy.noncurrentVersionDays },
        containerDeleteRetentionPolicy: { days: policy.noncurrentVersionDays },
      },
      lifecycle,
    });
    this.storageAccountId = account.id;
    if (!props.publicNetworkAccess) withoutDataPlane(this, 'azure.ArtifactStore');
    // By the account's id the container is made through Azure Resource Manager, which needs neither a key nor a way into the network.
    const container = new StorageContainer(this, 'Container', {
      name: this.containerName,
      storageAccountId: account.id,
      containerAccessType: 'private',
      lifecycle,
    });
    this.containerId = container.id;
    new StorageManagementPolicy(this, 'Lifecycle', {
      storageAccountId: account.id,
      rule: lifecycleRules({
        containerName: this.containerName,
        versionDays: versioned ? policy.noncurrentVersionDays : undefined,
        snapshotDays: policy.noncurrentVersionDays,
        expiry: { checkpoints: props.checkpointExpiry, capture: props.captureExpiry, ...props.expiry },
      }),
    });
    if (props.accessLogs)
      new MonitorDiagnosticSetting(this, 'AccessLogs', {
        name: 'access',
        targetResourceId: `${account.id}/blobServices/default`,
        logAnalyticsWorkspaceId: props.accessLogs.workspaceId,
        enabledLog: ['StorageRead', 'StorageWrite', 'StorageDelete'].map((category) => ({ category })),
      });
    if (props.replicateTo)
      new StorageObjectReplication(this, 'Replication', {
        sourceStorageAccountId: account.id,
        destinationStorageAccountId: props.replicateTo.storageAccountId,
        rules: [
          {
            sourceContainerName: container.name,
            destinationContainerName: props.replicateTo.containerName,
            copyBlobsCreatedAfter: 'Everything',
          },
        ],
        dependsOn: resourcesOf(props.replicateTo, 'azurerm_storage_container'),
      });
    if (props.network)
      privateEndpoint(this, 'BlobEndpoint', {
        resourceGroup: props.resourceGroup,
        network: props.network,
        resourceId: account.id,
        subresource: 'blob',
        zones: ['privatelink.blob.core.windows.net'],
      });
    this.grants = new Grants(this, props.resourceGroup.resourceGroupId);
    this.events = new BlobEvents(this, {
      resourceGroup: props.resourceGroup,
      storageAccountId: account.id,
      containerName: this.containerName,
    });
    const reached = props.network ? 'private endpoint' : 'answers on the internet';
    const kept = versioned ? 'versioned' : 'without versions';
    const keys = this.accountKeysEnabled ? 'with keys' : 'no keys';
    parity.mapped(this, 'azure', '', `storage account (${replication}), ${kept}, ${reached}, ${keys}`);
    new TerraformOutput(this, 'UploadCommand', {
      description: 'Uploads data for training; run it where the network is reached',
      value:
        `az storage blob upload-batch --auth-mode login --account-name ${this.storageAccountName} ` +
        `--destination ${this.containerName} --destination-path ${ARTIFACT_PREFIXES.data} --source ./data`,
    });
  }

  public uri(prefix?: string): string {
    return uri(this, prefix);
  }

  /**
   * Tells of new blobs, as events `Microsoft.Storage.BlobCreated` of Event Grid. They are handed over by the identity of the account's topic.
   *
   * @param id construct id, unique in the store's scope
   * @param props which blobs, and who is told
   * @see https://learn.microsoft.com/azure/storage/blobs/storage-blob-event-overview
   */
  public onObjectCreated(id: string, props: ObjectCreatedProps): void {
    const checks = checksFor(this, 'azure.ArtifactStore');
    this.events.subscribe(checks, id, props);
  }

  private encryptor(props: ArtifactStoreProps, keyVaultId: string) {
    const { resourceGroupName, location } = props.resourceGroup;
    const identity = new UserAssignedIdentity(this, 'EncryptionIdentity', { name: localName(this), resourceGroupName, location });
    const grantee = { principalId: identity.principalId, principalType: 'ServicePrincipal' };
    const scope = `${keyVaultId}/keys/${props.encryptionKey!.keyName}`;
    return { identity, granted: assignRole(this, 'EncryptionGrant', 'Key Vault Crypto Service Encryption User', scope, grantee) };
  }
}

class ImportedArtifactStore extends Construct implements IArtifactStore {
  public readonly storageAccountId: string;
  public readonly storageAccountName: string;
  public readonly containerName: string;
  public readonly containerId: string;
  public readonly grants: ArtifactStoreGrants;

  public constructor(scope: Construct, id: string, attributes: ArtifactStoreAttributes) {
    super(scope, id);
    const checks = checksFor(this, 'azure.ArtifactStore');
    this.containerName = attributes.containerName ?? CONTAINER;
    checkContainer(checks, this.containerName);
    const account = parseResourceId(checks, 'storageAccountId', attributes.storageAccountId, 'Microsoft.Storage/storageAccounts');
    checks.done();
    this.storageAccountId = account.id;
    this.storageAccountName = account.name;
    this.containerId = `${account.id}/blobServices/default/containers/${this.containerName}`;
    this.grants = new Grants(this, `/subscriptions/${account.subscriptionId}/resourceGroups/${account.resourceGroupName}`);
  }

  public uri(prefix?: string): string {
    return uri(this, prefix);
  }
}

class Grants extends ArtifactStoreGrants {
  private readonly roles: ContainerRoles;

  public constructor(store: IArtifactStore & Construct, resourceGroupId: string) {
    super();
    this.roles = new ContainerRoles(store, () => ({ containerId: store.containerId, resourceGroupId }));
  }

  public read(id: string, grantee: IPrincipal, prefix?: string): void {
    this.roles.read(id, grantee, prefix);
  }

  public write(id: string, grantee: IPrincipal, prefix?: string): void {
    this.roles.write(id, grantee, prefix);
  }
}

/** An account cannot go from one zone to three, or back, without being made anew; a copy in another region comes and goes. */
function replicationType({ multiZone }: EnvironmentPolicy, geoRedundant = false): string {
  if (multiZone) return geoRedundant ? 'GZRS' : 'ZRS';
  return geoRedundant ? 'GRS' : 'LRS';
}

function checkReplication(checks: Checks, props: ArtifactStoreProps, versioned: boolean): void {
  if (!props.replicateTo) return;
  checks.require(
    versioned,
    'conflict',
    'replicateTo',
    props.replicateTo.node.path,
    'objects are replicated from an account that has versions only',
    'leave versioned: false out, or leave replicateTo out',
  );
}

function uri(store: IArtifactStore, prefix?: string): string {
  return `abfss://${store.containerName}@${store.storageAccountName}.dfs.core.windows.net${prefix ? `/${prefix}` : ''}`;
}

function checkContainer(checks: Checks, name: string): void {
  checks.require(
    isUnresolved(name) || /^(?=.{3,63}$)[a-z0-9]+(-[a-z0-9]+)*$/.test(name),
    'name',
    'containerName',
    name,
    'a container is named by 3 to 63 lower-case letters, digits and single dashes, a letter or digit first and last',
    'write a name such as artifacts',
  );
}
