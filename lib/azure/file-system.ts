import { ManagedLustreFileSystem } from '@cdktf/provider-azurerm/lib/managed-lustre-file-system';
import { StorageAccount } from '@cdktf/provider-azurerm/lib/storage-account';
import { StorageContainer } from '@cdktf/provider-azurerm/lib/storage-container';
import { StorageShare } from '@cdktf/provider-azurerm/lib/storage-share';
import { ITerraformDependable, TerraformOutput, TerraformStack } from 'cdktf';
import { Construct } from 'constructs';
import { Environment, FileSystemKind, ISharedFileSystemBase, SharedFileSystemBaseProps, Size } from '../core';
import { acknowledgeIn } from '../core/acknowledged';
import { policyOf } from '../core/environment';
import { Checks } from '../core/errors';
import { parity } from '../core/parity';
import { INetwork, SubnetUse } from './network';
import { withoutDataPlane } from './private/data-plane';
import { readyNetwork } from './private/dependencies';
import { FileSnapshots } from './private/file-snapshots';
import { checkLustreSubnet, LustreStep, lustreSize, shareSize } from './private/file-system-steps';
import { globalName, localName } from './private/name';
import { privateEndpoint } from './private/private-endpoint';
import { assignRole } from './private/role';
import { checksFor } from './private/root';
import { rangeOf, subnetFor } from './private/subnet';
import { IResourceGroup } from './resource-group';
import { IArtifactStore } from './storage';
import { SUPPORT } from './support';
import { acknowledge } from './private/acknowledge';

/** A file system that machines in a network share: a share of Azure Files, or Azure Managed Lustre. */
export interface ISharedFileSystem extends ISharedFileSystemBase {
  /** Name or address of the server that it is mounted from. */
  readonly host: string;
  /** What is mounted from there: `/<account>/<share>`, or `/lustrefs`. */
  readonly exportPath: string;
  /** Name of the storage account, for a share of Azure Files. */
  readonly storageAccountName?: string;
  /** Name of the share, for a share of Azure Files. */
  readonly shareName?: string;
}

/** What a parallel file system is filled from, and written back to. */
export interface LustreImport {
  /** Store whose objects show up as files. Its account needs keys (`accountKeys: true`), which Managed Lustre reads it with. */
  readonly artifacts: IArtifactStore;
  /**
   * Object id, in your tenant, of the application `HPC Cache Resource Provider`, which gets the roles on the account that Managed Lustre asks for.
   * `az ad sp list --display-name "HPC Cache Resource Provider" --query "[0].id" --output tsv` tells it. No default: it differs by tenant.
   */
  readonly resourceProviderObjectId: string;
  /**
   * Folder that is imported, such as `data`.
   *
   * @default - everything
   */
  readonly prefix?: string;
}

/** Props of `SharedFileSystem`. */
export interface SharedFileSystemProps extends SharedFileSystemBaseProps {
  /** Where it is put. */
  readonly resourceGroup: IResourceGroup;
  /** Network whose machines mount it. No default: it is reached from nowhere else, and nobody is asked who they are. */
  readonly network: INetwork;
  /**
   * Parallel only: availability zone that it is in, `1` to `3`. Best that of the machines.
   *
   * @default "1"
   */
  readonly zone?: string;
  /**
   * Parallel only: day of the week on which Azure may maintain it.
   *
   * @default "Sunday"
   */
  readonly maintenanceDay?: string;
  /**
   * Parallel only: time of that day, in UTC, at which maintenance starts.
   *
   * @default "02:00"
   */
  readonly maintenanceTime?: string;
  /**
   * Parallel only: an artifact store that it is filled from when it is made, and that changes are exported to by `az amlfs archive`.
   *
   * @default - none; it starts empty
   */
  readonly importFrom?: LustreImport;
}

/** A file system that exists already. */
export interface SharedFileSystemAttributes {
  /** How programs see it. */
  readonly kind: FileSystemKind;
  /** Name or address of the server: `<account>.file.core.windows.net`, or the management address of a Lustre file system. */
  readonly host: string;
  /** What is mounted from there: `/<account>/<share>` of Azure Files over NFS, or `/lustrefs`. */
  readonly exportPath: string;
}

const SHARE = 'files';
const LUSTRE_ROOT = '/lustrefs';
const DAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

/**
 * A file system that machines in the network mount, at the same time.
 *
 * Defines, for `posix`, a storage account for premium files with one share of NFS 4.1 in it, a private endpoint, and, if it is backed up, a
 * Logic App that takes a snapshot each day: Azure Backup does not take shares of NFS. 100 GiB to 100 TiB, all of it paid for (about 16 USD
 * a month for 100 GiB). Data is encrypted where it lies, but not by NFS on its way: the account does without secure transfer, which App
 * Service and plain NFS clients cannot do, and so answers through its private endpoint only. Machines are trusted by where they are.
 *
 * Defines, for `parallel`, a Managed Lustre file system in a subnet of its own. It comes in steps: 48 TiB at 40 MB/s for each TiB, 16 TiB at
 * 125, 8 TiB at 250, 4 TiB at 500. Without a throughput, the least storage is taken, then the slowest. It has no backups; in Azure a parallel
 * file system is a cache beside a store. Linked to a store (`importFrom`), the first deployment may have to be repeated after five minutes,
 * when the roles on the account are known everywhere.
 *
 * @example
 * const scratch = new azure.SharedFileSystem(this, 'Scratch', { resourceGroup: group, network, kind: FileSystemKind.POSIX });
 *
 * @see https://learn.microsoft.com/azure/storage/files/files-nfs-protocol
 */
export class SharedFileSystem extends Construct implements ISharedFileSystem {
  /** A file system that exists already; nothing is created for it. */
  public static fromSharedFileSystemAttributes(scope: Construct, id: string, attributes: SharedFileSystemAttributes): ISharedFileSystem {
    return new ImportedFileSystem(scope, id, attributes);
  }

  public readonly kind: FileSystemKind;
  public readonly mountCommand: string;
  public readonly host: string;
  public readonly exportPath: string;
  public readonly storageAccountName?: string;
  public readonly shareName?: string;

  public constructor(scope: Construct, id: string, props: SharedFileSystemProps) {
    super(scope, id);
    this.kind = props.kind;
    const checks = checksFor(this, 'azure.SharedFileSystem');
    if (props.kind === FileSystemKind.POSIX) {
      const gibibytes = shareSize(checks, props);
      this.checkPosix(checks, props);
      checks.done();
      const account = this.share(props, gibibytes);
      this.storageAccountName = account;
      this.shareName = SHARE;
      this.host = `${account}.file.core.windows.net`;
      this.exportPath = `/${account}/${SHARE}`;
    } else {
      const { step, tebibytes } = lustreSize(checks, props);
      const subnetId = this.checkParallel(checks, props, tebibytes);
      checks.done();
      this.host = this.lustre(props, step, tebibytes, subnetId);
      this.exportPath = LUSTRE_ROOT;
    }
    this.mountCommand = mountCommand(this);
    new TerraformOutput(this, 'MountCommand', {
      description: 'Mounts the file system on a Linux machine in its network',
      value: this.mountCommand,
    });
  }

  private checkPosix(checks: Checks, props: SharedFileSystemProps): void {
    for (const prop of ['zone', 'maintenanceDay', 'maintenanceTime', 'importFrom'] as const)
      checks.require(
        props[prop] === undefined,
        'conflict',
        prop,
        typeof props[prop] === 'object' ? undefined : props[prop],
        'Azure Files has no such thing',
        'leave it out, or write kind: parallel',
      );
  }

  private checkParallel(checks: Checks, props: SharedFileSystemProps, tebibytes: number): string {
    if (props.backups)
      checks.refuse('unsupported', 'backups', true, LUSTRE_BACKUPS, 'leave it out, and keep what must not be lost in the artifact store');
    checks.require(
      props.zone === undefined || /^[1-3]$/.test(props.zone),
      'choice',
      'zone',
      props.zone,
      'a region has zones 1 to 3 at most',
      'write "1", "2" or "3"',
    );
    checks.require(
      props.maintenanceDay === undefined || DAYS.includes(props.maintenanceDay),
      'choice',
      'maintenanceDay',
      props.maintenanceDay,
      'not a day of the week',
      'write a day such as Sunday',
    );
    checks.require(
      props.maintenanceTime === undefined || /^([01]\d|2[0-3]):[0-5]\d$/.test(props.maintenanceTime),
      'syntax',
      'maintenanceTime',
      props.maintenanceTime,
      'not a time of day',
      'write hours and minutes, such as 02:00',
    );
    checks.require(
      props.importFrom?.artifacts.accountKeysEnabled !== false,
      'conflict',
      'importFrom',
      props.importFrom?.artifacts.node.path,
      'Managed Lustre reads a container with the keys of its account, and this store has none',
      'write accountKeys: true on the ArtifactStore, or leave importFrom out',
    );
    // Not asked for where something is wrong already: the network would make it.
    if (checks.found.length) return '';
    const subnetId = subnetFor(checks, props.network, SubnetUse.MANAGED_LUSTRE);
    checkLustreSubnet(checks, tebibytes, rangeOf(props.network, SubnetUse.MANAGED_LUSTRE));
    return subnetId;
  }

  private share(props: SharedFileSystemProps, gibibytes: number): string {
    const policy = policyOf(props.environment);
    const backups = props.backups ?? (props.environment ?? Environment.DEV) !== Environment.DEV;
    const lifecycle = policy.retainData ? { preventDestroy: true } : undefined;
    const { resourceGroup, network } = props;
    const name = globalName(this, resourceGroup, 24);
    const account = new StorageAccount(this, 'Account', {
      name,
      resourceGroupName: resourceGroup.resourceGroupName,
      location: resourceGroup.location,
      accountKind: 'FileStorage',
      accountTier: 'Premium',
      accountReplicationType: policy.multiZone ? 'ZRS' : 'LRS',
      minTlsVersion: 'TLS1_2',
      // Neither App Service nor the NFS client of Linux mounts a share of an account that demands secure transfer.
      httpsTrafficOnlyEnabled: false,
      sharedAccessKeyEnabled: false,
      defaultToOauthAuthentication: true,
      localUserEnabled: false,
      allowNestedItemsToBePublic: false,
      crossTenantReplicationEnabled: false,
      publicNetworkAccessEnabled: false,
      networkRules: { defaultAction: 'Deny', bypass: ['AzureServices'] },
      shareProperties: { retentionPolicy: { days: policy.noncurrentVersionDays } },
      lifecycle,
    });
    withoutDataPlane(this, 'azure.SharedFileSystem');
    if (!policy.multiZone)
      acknowledge(this, { 'storage-replication': 'What survives the loss of a data centre is paid for in prod only.' });
    acknowledgeIn(TerraformStack.of(this), this, 'azure', 'azure-storage-https', PLAIN_NFS);
    const share = new StorageShare(this, 'Resource', {
      name: SHARE,
      // By the account's id, so that it is made through Azure Resource Manager.
      storageAccountId: account.id,
      enabledProtocol: 'NFS',
      quota: gibibytes,
      lifecycle,
    });
    network.allowToPrivateEndpoints(2049);
    privateEndpoint(this, 'Endpoint', {
      resourceGroup,
      network,
      resourceId: account.id,
      subresource: 'file',
      zones: ['privatelink.file.core.windows.net'],
    });
    if (backups)
      new FileSnapshots(this, 'Snapshots', {
        resourceGroup,
        storageAccountId: account.id,
        shareName: share.name,
        days: policy.noncurrentVersionDays,
      });
    parity.mapped(this, 'azure', '', `Azure Files over NFS 4.1, ${gibibytes} GiB, ${policy.multiZone ? 'in three zones' : 'in one zone'}`);
    if (props.size && props.size.toGibibytes() < gibibytes)
      parity.approximated(
        this,
        'azure',
        'size',
        `${gibibytes} GiB`,
        'a premium share has 100 GiB at least, in whole GiB, and all of it is paid for',
      );
    if (backups)
      parity.approximated(this, 'azure', 'backups', SUPPORT['storage.shared.backups'].by, SUPPORT['storage.shared.backups'].reason!);
    return name;
  }

  private lustre(props: SharedFileSystemProps, { throughput, step }: LustreStep, tebibytes: number, subnetId: string): string {
    const { resourceGroup, network, importFrom } = props;
    const link = importFrom && this.link(importFrom);
    const fileSystem = new ManagedLustreFileSystem(this, 'Resource', {
      name: localName(this),
      resourceGroupName: resourceGroup.resourceGroupName,
      location: resourceGroup.location,
      skuName: `AMLFS-Durable-Premium-${throughput}`,
      storageCapacityInTb: tebibytes,
      subnetId,
      zones: [props.zone ?? '1'],
      maintenanceWindow: { dayOfWeek: props.maintenanceDay ?? 'Sunday', timeOfDayInUtc: props.maintenanceTime ?? '02:00' },
      hsmSetting: link?.setting,
      // Its servers speak to Azure's services while they are made.
      dependsOn: [...readyNetwork(network), ...(link?.dependsOn ?? [])],
      lifecycle: policyOf(props.environment).retainData ? { preventDestroy: true } : undefined,
    });
    const became = `${tebibytes} TiB at ${throughput} MB/s for each TiB`;
    parity.mapped(this, 'azure', '', `Azure Managed Lustre, ${became}`);
    if (props.size && props.size.toGibibytes() < Size.tebibytes(tebibytes).toGibibytes())
      parity.approximated(
        this,
        'azure',
        'size',
        `${tebibytes} TiB`,
        `Managed Lustre of ${throughput} MB/s for each TiB comes in steps of ${step} TiB, and all of it is paid for`,
      );
    if (props.throughput !== undefined && props.throughput < throughput)
      parity.approximated(this, 'azure', 'throughput', `${throughput} MB/s for each TiB`, 'Managed Lustre offers 40, 125, 250 or 500');
    if (policyOf(props.environment).retainData) parity.approximated(this, 'azure', 'backups', 'none', LUSTRE_BACKUPS);
    return fileSystem.mgsAddress;
  }

  /** https://learn.microsoft.com/azure/azure-managed-lustre/amlfs-prerequisites#blob-integration-prerequisites-optional */
  private link({ artifacts, resourceProviderObjectId, prefix }: LustreImport) {
    const holder = new Construct(this, 'Import');
    const grantee = { principalId: resourceProviderObjectId, principalType: 'ServicePrincipal' };
    const granted: ITerraformDependable[] = ['Storage Account Contributor', 'Storage Blob Data Contributor'].map((role) =>
      assignRole(holder, role.replace(/ /g, ''), role, artifacts.storageAccountId, grantee),
    );
    const logs = new StorageContainer(holder, 'Logs', {
      name: localName(holder, 63),
      storageAccountId: artifacts.storageAccountId,
      containerAccessType: 'private',
    });
    return {
      setting: {
        containerId: artifacts.containerId,
        loggingContainerId: logs.id,
        importPrefix: prefix === undefined ? undefined : `/${prefix.replace(/^\/+/, '')}`,
      },
      dependsOn: granted,
    };
  }
}

const PLAIN_NFS =
  'neither App Service nor a plain NFS client mounts a share of an account that demands secure transfer; the account answers through its private endpoint only';
const LUSTRE_BACKUPS = 'Managed Lustre has no backups';

class ImportedFileSystem extends Construct implements ISharedFileSystem {
  public readonly kind: FileSystemKind;
  public readonly mountCommand: string;
  public readonly host: string;
  public readonly exportPath: string;
  public readonly storageAccountName?: string;
  public readonly shareName?: string;

  public constructor(scope: Construct, id: string, attributes: SharedFileSystemAttributes) {
    super(scope, id);
    const checks = checksFor(this, 'azure.SharedFileSystem');
    const { kind, host, exportPath } = attributes;
    const posix = kind === FileSystemKind.POSIX;
    const [, account, share] = /^\/([^/]+)\/([^/]+)$/.exec(exportPath) ?? [];
    checks.require(
      posix ? share !== undefined : exportPath.startsWith('/'),
      'syntax',
      'exportPath',
      exportPath,
      posix ? 'not a share of Azure Files' : 'not an absolute path',
      posix ? 'write /<account>/<share>' : 'write /lustrefs',
    );
    checks.done();
    this.kind = kind;
    this.host = host;
    this.exportPath = exportPath;
    if (posix) {
      this.storageAccountName = account;
      this.shareName = share;
    }
    this.mountCommand = mountCommand(this);
  }
}

function mountCommand({ kind, host, exportPath, node }: ISharedFileSystem): string {
  const at = `/mnt/${node.id.toLowerCase()}`;
  const mount =
    kind === FileSystemKind.POSIX
      ? `mount -t nfs -o vers=4,minorversion=1,sec=sys,nconnect=4,noresvport ${host}:${exportPath}`
      : `mount -t lustre -o noatime,flock ${host}@tcp:${exportPath}`;
  return `sudo mkdir -p ${at} && sudo ${mount} ${at}`;
}
