import { StorageAccount } from '@cdktf/provider-azurerm/lib/storage-account';
import { StorageContainer } from '@cdktf/provider-azurerm/lib/storage-container';
import { StorageManagementPolicy, StorageManagementPolicyRule } from '@cdktf/provider-azurerm/lib/storage-management-policy';
import { TerraformOutput } from 'cdktf';
import { Construct } from 'constructs';
import { ARTIFACT_PREFIXES, Environment, IArtifactStoreBase } from '../core';
import { policyOf } from '../core/environment';
import { Checks, isUnresolved } from '../core/errors';
import { parity } from '../core/parity';
import { INetwork } from './network';
import { withoutDataPlane } from './private/data-plane';
import { globalName } from './private/name';
import { privateEndpoint } from './private/private-endpoint';
import { parseResourceId } from './private/resource-id';
import { assignRole } from './private/role';
import { checksFor } from './private/root';
import { IPrincipal, IResourceGroup } from './resource-group';

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
  /** Permissions on the container. */
  readonly grants: ArtifactStoreGrants;
}

/** Permissions on an artifact store. Each call makes one role assignment on its container. */
export abstract class ArtifactStoreGrants {
  /**
   * To list and read what is in it (`Storage Blob Data Reader`).
   *
   * @param id construct id of the role assignment, unique in the store's scope
   * @param grantee who may read
   */
  public abstract read(id: string, grantee: IPrincipal): void;
  /**
   * To read, write and delete what is in it (`Storage Blob Data Contributor`).
   *
   * @param id construct id of the role assignment, unique in the store's scope
   * @param grantee who may write
   */
  public abstract write(id: string, grantee: IPrincipal): void;
}

/** Props of `ArtifactStore`. */
export interface ArtifactStoreProps {
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
   * What it is for: chooses redundancy, how long deleted and old versions are kept, and whether it can be destroyed.
   *
   * @default Environment.DEV
   */
  readonly environment?: Environment;
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
const ROLES = { read: 'Storage Blob Data Reader', write: 'Storage Blob Data Contributor' } as const;
/** Days after which checkpoints and captured requests are rarely read. */
const COOL_AFTER = 30;
const DELETE_AFTER = 90;

/**
 * A store for data, checkpoints, models and captured requests: versioned, encrypted, reached over TLS from the platform's network only.
 *
 * Defines a storage account with a blob container, a private endpoint, and a lifecycle policy by folder.
 * There are no keys: access is by Entra ID and role. Old versions go after a time that the environment chooses; checkpoints and
 * captured requests move to the cool tier after 30 days and, but for prod, are deleted after 90. In prod data is spread over
 * three zones and Terraform refuses to destroy it.
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
  public readonly grants: ArtifactStoreGrants;

  public constructor(scope: Construct, id: string, props: ArtifactStoreProps) {
    super(scope, id);
    const checks = checksFor(this, 'azure.ArtifactStore');
    this.containerName = props.containerName ?? CONTAINER;
    checkContainer(checks, this.containerName);
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
    this.storageAccountName = globalName(this, props.resourceGroup, 24);
    const account = new StorageAccount(this, 'Resource', {
      name: this.storageAccountName,
      resourceGroupName: props.resourceGroup.resourceGroupName,
      location: props.resourceGroup.location,
      accountTier: 'Standard',
      accountReplicationType: policy.multiZone ? 'ZRS' : 'LRS',
      minTlsVersion: 'TLS1_2',
      httpsTrafficOnlyEnabled: true,
      sharedAccessKeyEnabled: false,
      defaultToOauthAuthentication: true,
      localUserEnabled: false,
      allowNestedItemsToBePublic: false,
      crossTenantReplicationEnabled: false,
      publicNetworkAccessEnabled: props.publicNetworkAccess ?? false,
      infrastructureEncryptionEnabled: props.infrastructureEncryption ?? false,
      networkRules: { defaultAction: props.publicNetworkAccess ? 'Allow' : 'Deny', bypass: ['AzureServices'] },
      blobProperties: {
        versioningEnabled: true,
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
      rule: this.rules(policy.noncurrentVersionDays, policy.retainData),
    });
    if (props.network)
      privateEndpoint(this, 'BlobEndpoint', {
        resourceGroup: props.resourceGroup,
        network: props.network,
        resourceId: account.id,
        subresource: 'blob',
        zones: ['privatelink.blob.core.windows.net'],
      });
    this.grants = new Grants(this);
    parity.mapped(this, 'azure', '', `storage account (${policy.multiZone ? 'ZRS' : 'LRS'}), versioned, private endpoint, no keys`);
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

  private rules(versionDays: number, retain: boolean): StorageManagementPolicyRule[] {
    const folders = [ARTIFACT_PREFIXES.checkpoints, ARTIFACT_PREFIXES.capture].map((p) => `${this.containerName}/${p}/`);
    return [
      {
        name: 'old-versions',
        enabled: true,
        filters: { blobTypes: ['blockBlob'], prefixMatch: [`${this.containerName}/`] },
        actions: {
          version: { deleteAfterDaysSinceCreation: versionDays },
          snapshot: { deleteAfterDaysSinceCreationGreaterThan: versionDays },
        },
      },
      {
        name: 'checkpoints-and-capture',
        enabled: true,
        filters: { blobTypes: ['blockBlob'], prefixMatch: folders },
        actions: {
          baseBlob: {
            tierToCoolAfterDaysSinceModificationGreaterThan: COOL_AFTER,
            deleteAfterDaysSinceModificationGreaterThan: retain ? undefined : DELETE_AFTER,
          },
        },
      },
    ];
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
    this.grants = new Grants(this);
  }

  public uri(prefix?: string): string {
    return uri(this, prefix);
  }
}

class Grants extends ArtifactStoreGrants {
  public constructor(private readonly store: IArtifactStore & Construct) {
    super();
  }

  public read(id: string, grantee: IPrincipal): void {
    assignRole(this.store, id, ROLES.read, this.store.containerId, grantee);
  }

  public write(id: string, grantee: IPrincipal): void {
    assignRole(this.store, id, ROLES.write, this.store.containerId, grantee);
  }
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
