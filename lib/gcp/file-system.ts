import { Fn, ITerraformDependable, TerraformLocal, TerraformOutput, Token } from 'cdktf';
import { Construct } from 'constructs';
import { ComputeFirewall } from '@cdktf/provider-google/lib/compute-firewall';
import { DataGoogleProject } from '@cdktf/provider-google/lib/data-google-project';
import { FilestoreInstance } from '@cdktf/provider-google/lib/filestore-instance';
import { LustreInstance } from '@cdktf/provider-google/lib/lustre-instance';
import { StorageBucketIamMember } from '@cdktf/provider-google/lib/storage-bucket-iam-member';
import { Environment, FileSystemKind, ISharedFileSystemBase, SharedFileSystemBaseProps } from '../core';
import { EnvironmentPolicy, policyOf } from '../core/environment';
import { isUnresolved } from '../core/errors';
import { kebab } from '../core/naming';
import { parity } from '../core/parity';
import { ARTIFACT_PREFIXES } from '../core/storage';
import { INetwork } from './network';
import { checkFileSystem } from './private/file-system-checks';
import { Fitted, fitFilestore, fitLustre, Tier } from './private/file-system-sizes';
import { backUpDaily } from './private/file-system-backup';
import { nameIn } from './private/names';
import { checkPlace } from './private/place';
import { checksFor } from './private/root';
import { enableServices } from './private/services';
import { IArtifactStore } from './storage';

/** A file system that machines of a network share. */
export interface ISharedFileSystem extends ISharedFileSystemBase {
  /** Address of the server that is asked: of the NFS server, or of Lustre's management service. */
  readonly server: string;
  /** What the server calls it, with a slash in front: `/share`. */
  readonly path: string;
}

/** A file system that exists already. */
export interface SharedFileSystemAttributes {
  /** How programs see it: over NFS, or as Lustre. */
  readonly kind: FileSystemKind;
  /** Address of the server, such as `10.0.0.2`: of any NFS server in the network, or of Lustre's management service. */
  readonly server: string;
  /** What the server calls it, with a slash in front: the export `/share`, or the Lustre file system `/lustrefs`. */
  readonly path: string;
}

/** What Filestore is made of. */
export enum FilestoreTier {
  /**
   * Hard disks in one zone, the cheapest: 1 to 63.9 TiB. It does not become smaller.
   *
   * @see https://cloud.google.com/filestore/docs/service-tiers
   */
  BASIC_HDD = 'BASIC_HDD',
  /**
   * Solid-state disks in one zone: 2.5 to 63.9 TiB. It does not become smaller.
   *
   * @see https://cloud.google.com/filestore/docs/service-tiers
   */
  BASIC_SSD = 'BASIC_SSD',
  /**
   * In one zone, fast, and faster the larger it is: 1 to 100 TiB.
   *
   * @see https://cloud.google.com/filestore/docs/service-tiers
   */
  ZONAL = 'ZONAL',
  /** As zonal, and goes on when a zone is lost. */
  REGIONAL = 'REGIONAL',
}

/** Options of a shared file system. */
export interface SharedFileSystemProps extends SharedFileSystemBaseProps {
  /** Project id. No default: it decides who pays. */
  readonly project: string;
  /** Region that it is in. No default: data must not land where nobody chose. */
  readonly region: string;
  /** Network that it is reached from. No default: a construct never makes a network of its own. */
  readonly network: INetwork;
  /**
   * Zone that it is in, such as `europe-west4-a`. Machines of other zones reach it too, slower, and their traffic costs.
   *
   * @default - zone b of the region, which all regions have; none if the tier is regional
   */
  readonly zone?: string;
  /**
   * Ordinary files only: what it is made of. To change it is to replace the file system.
   *
   * @default - BASIC_HDD in dev, ZONAL in staging, REGIONAL in prod
   * @see https://cloud.google.com/filestore/docs/service-tiers
   */
  readonly tier?: FilestoreTier;
  /**
   * Ordinary files only: addresses that may mount it, such as `10.0.0.0/20`.
   *
   * @default - those of the network's subnetwork; everybody in the network if they are not known
   */
  readonly clients?: string[];
  /**
   * Ordinary files of tier ZONAL and REGIONAL only: key of Cloud KMS that encrypts it, `projects/P/locations/R/keyRings/K/cryptoKeys/C`.
   * The service agent of Filestore has to be allowed to use it.
   *
   * @default - encrypted with a key of Google's
   */
  readonly kmsKeyName?: string;
  /**
   * Parallel only: a store whose data is imported, and that results are exported to, by commands that outputs hold. The service agent of
   * Managed Lustre is allowed to read and write it.
   *
   * @default - none
   * @see https://cloud.google.com/managed-lustre/docs/transfer-data
   */
  readonly artifacts?: IArtifactStore;
  /**
   * Parallel only: it speaks on port 6988, as nodes of GKE of before 2026 need. A machine mounts either such file systems or others.
   *
   * @default false
   */
  readonly gkeSupport?: boolean;
}

const SHARE = 'share';
const LUSTRE_NAME = 'lustrefs';
const NFS_OPTIONS = 'hard,timeo=600,retrans=3,rsize=524288,wsize=524288';

/**
 * A file system that training machines and services share.
 *
 * Defines, for ordinary files (`FileSystemKind.POSIX`), a Filestore instance over NFS 3, reached from the subnetwork only, and, where it is
 * backed up, a workflow that makes a backup every night and deletes what is too old (7, 30 or 90 days by environment). Root owns a new one: the
 * first training job that mounts it lets every user write to it. A service that does not run as root has to wait for that.
 *
 * Defines, as a parallel file system (`FileSystemKind.PARALLEL`), a Managed Lustre instance in one zone, and a firewall rule that lets its
 * servers reach their clients. Its network needs private services access. Without `throughput` it is the cheapest that is large enough: the
 * slow ones start at 72,000 GiB, the fast ones at 9,000 (https://cloud.google.com/managed-lustre/docs/performance-tiers). Machines with
 * Lustre's client mount it (Ubuntu 22.04, Rocky Linux 8, nodes of GKE); jobs of Google Cloud Batch and services of Cloud Run cannot.
 *
 * Everything is encrypted. In prod Terraform refuses to destroy it, and Filestore to delete it; in dev and staging it goes with its content,
 * backups excepted. It costs by its size, however full it is: the smallest a few hundred dollars a month, a parallel one thousands.
 *
 * @example
 * const place = { project: 'acme-ml-dev', region: 'europe-west4' };
 * const network = new gcp.MlNetwork(this, 'Network', place);
 * const scratch = new gcp.SharedFileSystem(this, 'Scratch', { ...place, network, kind: FileSystemKind.POSIX });
 * new gcp.GpuTrainingCluster(this, 'Train', {
 *   ...place,
 *   network,
 *   image: ContainerImage.fromReference('ghcr.io/acme/train:1.0'),
 *   accelerator: Accelerator.L4,
 *   mounts: { '/mnt/scratch': scratch },
 * });
 *
 * @see https://cloud.google.com/filestore/docs/service-tiers
 */
export class SharedFileSystem extends Construct implements ISharedFileSystem {
  /** A file system that exists already, of whatever server speaks NFS or Lustre; nothing about it is changed. */
  public static fromSharedFileSystemAttributes(scope: Construct, id: string, attributes: SharedFileSystemAttributes): ISharedFileSystem {
    return new ImportedFileSystem(scope, id, attributes);
  }

  public readonly kind: FileSystemKind;
  public readonly server: string;
  public readonly path: string;
  public readonly mountCommand: string;

  public constructor(scope: Construct, id: string, props: SharedFileSystemProps) {
    super(scope, id);
    const checks = checksFor(this, 'gcp.SharedFileSystem');
    const { kind } = props;
    this.kind = kind;
    const posix = kind === FileSystemKind.POSIX;
    const tier = props.tier ?? TIER[props.environment ?? Environment.DEV];
    checkPlace(checks, props.project, props.region);
    checkFileSystem(checks, props, tier as Tier);
    const size = posix ? fitFilestore(checks, tier as Tier, props.size) : fitLustre(checks, props.size, props.throughput);
    const services = posix && !isShared(props) ? undefined : checks.collect(() => props.network.privateServices());
    checks.done();

    const made = posix
      ? this.filestore(props, tier, size, services?.rangeName, services?.dependsOn ?? [])
      : this.lustre(props, size, services!.cidr, services!.dependsOn);
    this.server = made.server;
    this.path = made.path;
    this.mountCommand = mountCommand(this, this);
    new TerraformOutput(this, 'MountCommand', {
      description: 'Mounts it on a Linux machine in its network.',
      value: this.mountCommand,
    });
  }

  private filestore(
    props: SharedFileSystemProps,
    tier: FilestoreTier,
    size: Fitted,
    rangeName: string | undefined,
    dependsOn: ITerraformDependable[],
  ): { readonly server: string; readonly path: string } {
    const { project, region, network } = props;
    const policy = policyOf(props.environment);
    const name = nameIn(this, project);
    const clients = props.clients ?? (network.cidr === undefined ? undefined : [network.cidr]);
    const location = tier === FilestoreTier.REGIONAL ? region : zoneOf(props);
    const instance = new FilestoreInstance(this, 'Resource', {
      project,
      name,
      location,
      tier,
      protocol: 'NFS_V3',
      fileShares: {
        name: SHARE,
        capacityGb: size.gib,
        // Root of a machine may change who owns what: containers that train run as root, and let others write.
        nfsExportOptions: clients && [{ ipRanges: clients, accessMode: 'READ_WRITE', squashMode: 'NO_ROOT_SQUASH' }],
      },
      networks: [
        {
          network: network.networkId,
          modes: ['MODE_IPV4'],
          ...(rangeName === undefined
            ? { connectMode: 'DIRECT_PEERING' }
            : { connectMode: 'PRIVATE_SERVICE_ACCESS', reservedIpRange: rangeName }),
        },
      ],
      kmsKeyName: props.kmsKeyName,
      ...protection(policy),
      deletionProtectionEnabled: policy.deletionProtection,
      dependsOn: [...enableServices(this, project, 'file'), ...dependsOn],
    });
    const backups = props.backups ?? (props.environment ?? Environment.DEV) !== Environment.DEV;
    if (backups) {
      const days = policy.noncurrentVersionDays;
      backUpDaily(this, { project, region, instance, instanceName: name, share: SHARE, days });
      parity.mapped(this, 'gcp', 'backups', `a workflow makes one every night, kept for ${days} days`);
    }
    parity.mapped(this, 'gcp', '', `Filestore of tier ${tier} in ${location}, ${size.gib} GiB, over NFS 3`);
    if (props.size) this.noteSize(size, `${size.gib} GiB of tier ${tier}`);
    // A name of its own: an expression with quotes would tear up the texts that it is part of, such as a workflow.
    const address = new TerraformLocal(this, 'Address', Fn.try([Fn.element(instance.networks.get(0).ipAddresses, 0), '']));
    return { server: address.asString, path: `/${SHARE}` };
  }

  private lustre(
    props: SharedFileSystemProps,
    size: Fitted,
    cidr: string,
    dependsOn: ITerraformDependable[],
  ): { readonly server: string; readonly path: string } {
    const { project, network, artifacts } = props;
    const name = nameIn(this, project);
    const location = zoneOf(props);
    const instance = new LustreInstance(this, 'Resource', {
      project,
      instanceId: name,
      location,
      filesystem: LUSTRE_NAME,
      capacityGib: String(size.gib),
      perUnitStorageThroughput: String(size.throughput),
      network: network.networkId,
      gkeSupportEnabled: props.gkeSupport ?? false,
      ...protection(policyOf(props.environment)),
      dependsOn: [...enableServices(this, project, 'lustre', 'compute'), ...dependsOn],
    });
    new ComputeFirewall(this, 'ServersFirewall', {
      project: Token.isUnresolved(network.networkId) ? project : network.networkId.split('/')[1],
      name: nameIn(this, project, { max: 60, prefix: `${kebab(this.node.id)}-lustre` }),
      network: network.networkId,
      description: `Servers of ${name} reach their clients.`,
      direction: 'INGRESS',
      allow: [{ protocol: 'tcp', ports: [props.gkeSupport ? '6988' : '988'] }],
      sourceRanges: [cidr],
    });
    if (artifacts) this.link(props, artifacts, instance, name, location);
    parity.mapped(this, 'gcp', '', `Managed Lustre in ${location}, ${size.gib} GiB, ${size.throughput} MB/s for each TiB`);
    if (props.size) this.noteSize(size, `${size.gib} GiB`);
    if (size.spedUp) parity.approximated(this, 'gcp', 'throughput', `${size.throughput} MB/s for each TiB`, size.spedUp);
    const address = new TerraformLocal(this, 'Address', Fn.element(Fn.split('@', instance.mountPoint), 0));
    return { server: address.asString, path: `/${LUSTRE_NAME}` };
  }

  /** Data goes over when somebody says so: there is an API for that, and no resource. */
  private link({ project }: SharedFileSystemProps, store: IArtifactStore, instance: LustreInstance, name: string, location: string): void {
    const number = new DataGoogleProject(this, 'Project', { projectId: project }).number;
    // Google makes it with the first instance of a project.
    const member = `serviceAccount:service-${number}@gcp-sa-lustre.iam.gserviceaccount.com`;
    for (const [id, role] of Object.entries({ Objects: 'roles/storage.objectUser', Bucket: 'roles/storage.legacyBucketReader' }))
      new StorageBucketIamMember(this, `Transfers${id}`, { bucket: store.bucketName, role, member, dependsOn: [instance] });
    const command = (verb: string, folder: string): string =>
      `gcloud lustre instances ${verb} ${name} --location ${location} --project ${project} --gcs-path-uri ${store.uri(folder)}/`;
    new TerraformOutput(this, 'ImportCommand', {
      description: 'Copies the data of the artifact store into the file system; again, to copy what is new.',
      value: command('import-data', ARTIFACT_PREFIXES.data),
    });
    new TerraformOutput(this, 'ExportCommand', {
      description: 'Copies the folder /models of the file system into the artifact store.',
      value: `${command('export-data', ARTIFACT_PREFIXES.models)} --lustre-path /${ARTIFACT_PREFIXES.models}/`,
    });
  }

  private noteSize(size: Fitted, became: string): void {
    if (size.roundedUp) parity.approximated(this, 'gcp', 'size', became, size.roundedUp);
    else parity.mapped(this, 'gcp', 'size', became);
  }
}

class ImportedFileSystem extends Construct implements ISharedFileSystem {
  public readonly kind: FileSystemKind;
  public readonly server: string;
  public readonly path: string;
  public readonly mountCommand: string;

  public constructor(scope: Construct, id: string, { kind, server, path }: SharedFileSystemAttributes) {
    super(scope, id);
    const checks = checksFor(this, 'gcp.SharedFileSystem');
    if (!isUnresolved(path))
      checks.require(
        /^\/\S+$/.test(path),
        'syntax',
        'path',
        path,
        'not what a server calls a file system',
        'write it with a slash in front, such as /share',
      );
    if (!isUnresolved(server))
      checks.require(
        /^[\w.-]+$/.test(server),
        'syntax',
        'server',
        server,
        'not the address of a server',
        'write an address only, such as 10.0.0.2',
      );
    checks.done();
    this.kind = kind;
    this.server = server;
    this.path = path;
    this.mountCommand = mountCommand(this, this);
  }
}

const TIER: { readonly [e in Environment]: FilestoreTier } = {
  dev: FilestoreTier.BASIC_HDD,
  staging: FilestoreTier.ZONAL,
  prod: FilestoreTier.REGIONAL,
};

function mountCommand(scope: Construct, { kind, server, path }: { kind: FileSystemKind; server: string; path: string }): string {
  const folder = `/mnt/${kebab(scope.node.id) || 'shared'}`;
  const mount = kind === FileSystemKind.POSIX ? `-t nfs -o ${NFS_OPTIONS} ${server}:${path}` : `-t lustre ${server}@tcp:${path}`;
  return `sudo mkdir -p ${folder} && sudo mount ${mount} ${folder}`;
}

function protection({ retainData }: EnvironmentPolicy): { readonly lifecycle?: { readonly preventDestroy: boolean } } {
  return retainData ? { lifecycle: { preventDestroy: true } } : {};
}

function zoneOf({ zone, region }: SharedFileSystemProps): string {
  return zone ?? `${region}-b`;
}

/** Whether the network is another project's: Filestore gets into such a one by private services access only. */
function isShared({ network, project }: SharedFileSystemProps): boolean {
  const [, owner] = network.networkId.split('/');
  return owner !== undefined && !isUnresolved(network.networkId) && !isUnresolved(project) && owner !== project;
}
