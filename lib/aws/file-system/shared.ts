import { Connections, IConnectable, ISubnet } from 'aws-cdk-lib/aws-ec2';
import { AccessPoint, FileSystem, IAccessPoint } from 'aws-cdk-lib/aws-efs';
import { LustreFileSystem } from 'aws-cdk-lib/aws-fsx';
import { CfnOutput, Stack } from 'aws-cdk-lib/core';
import { Construct, DependencyGroup, IDependable } from 'constructs';
import { FileSystemKind } from '../../core';
import { parity } from '../../core/parity';
import { allowMount, checkFileSystem, lustreSize, throughputStep } from '../private/file-system';
import { efsFileSystem } from '../private/file-system-efs';
import { lustreFileSystem } from '../private/file-system-lustre';
import { checksOf } from '../private/scope';
import { SharedFileSystemGrants } from './grants';
import { ISharedFileSystem, SharedFileSystemAttributes, SharedFileSystemProps } from './props';

abstract class SharedFileSystemBase extends Construct implements ISharedFileSystem {
  public abstract readonly kind: FileSystemKind;
  public abstract readonly fileSystemId: string;
  public abstract readonly connections: Connections;
  public abstract readonly mountable: IDependable;
  public abstract readonly accessPoint?: IAccessPoint;
  public abstract readonly dnsName?: string;
  public abstract readonly mountName?: string;
  public abstract readonly subnet?: ISubnet;
  public readonly grants = SharedFileSystemGrants.of(this);

  public get mountCommand(): string {
    const folder = '/mnt/shared';
    const how = this.accessPoint
      ? `mount -t efs -o tls,iam,accesspoint=${this.accessPoint.accessPointId} ${this.fileSystemId}:/`
      : `mount -t lustre -o noatime,flock ${this.dnsName}@tcp:/${this.mountName}`;
    return `sudo mkdir -p ${folder} && sudo ${how} ${folder}`;
  }

  public allowMountFrom(client: IConnectable): void {
    allowMount(this, client);
  }
}

/**
 * A file system that training jobs and services share.
 *
 * Defines an EFS file system for `FileSystemKind.POSIX`, which grows and shrinks with what is stored, with a mount target in each private
 * subnet, one access point through which everybody mounts it as the same user, and a policy that turns away whoever comes without TLS or
 * permission. It costs about 0.30 USD for each GB and month, less for what is not read for a month, and for what is read and written (about
 * 0.03 and 0.06 USD a GB).
 *
 * Defines an FSx for Lustre file system for `FileSystemKind.PARALLEL` (PERSISTENT_2 on SSD, LZ4 compression), in one zone. It comes with 1,200
 * GiB, 2,400 GiB or a multiple of that, and 125, 250, 500 or 1,000 MB/s for each TiB; the next step up is taken. It is paid for as long as it
 * is there: about 175 USD a month for the smallest. With `artifacts` it is linked to the store: `data` shows the store's `data`, and what is
 * put into `work` appears in the store under `shared/`.
 *
 * Both are encrypted, let in nobody but whom `allowMountFrom` names, and are backed up every day in staging and prod; a linked Lustre file
 * system is not, because FSx cannot. Pass it as `mounts` to a `GpuTrainingCluster`, and a posix one to a `LambdaInference`.
 *
 * @example
 * declare const vpc: ec2.IVpc;
 * const scratch = new aws.SharedFileSystem(this, 'Scratch', { kind: FileSystemKind.POSIX, vpc });
 * new aws.GpuTrainingCluster(this, 'Train', {
 *   vpc,
 *   image: ContainerImage.fromReference('ghcr.io/acme/train:1.4'),
 *   accelerator: Accelerator.L4,
 *   mounts: { '/mnt/scratch': scratch },
 * });
 *
 * @see https://docs.aws.amazon.com/fsx/latest/LustreGuide/using-fsx-lustre.html
 */
export class SharedFileSystem extends SharedFileSystemBase {
  /** A file system that exists already. */
  public static fromSharedFileSystemAttributes(scope: Construct, id: string, attrs: SharedFileSystemAttributes): ISharedFileSystem {
    return new ImportedSharedFileSystem(scope, id, attrs);
  }

  public readonly kind: FileSystemKind;
  public readonly fileSystemId: string;
  public readonly connections: Connections;
  public readonly mountable: IDependable;
  public readonly accessPoint?: IAccessPoint;
  public readonly dnsName?: string;
  public readonly mountName?: string;
  public readonly subnet?: ISubnet;

  public constructor(scope: Construct, id: string, props: SharedFileSystemProps) {
    super(scope, id);
    const checks = checksOf(this, 'aws.SharedFileSystem');
    checkFileSystem(checks, props);
    checks.done();

    this.kind = props.kind;
    if (props.kind === FileSystemKind.POSIX) {
      const { fileSystem, accessPoint } = efsFileSystem(this, props);
      this.fileSystemId = fileSystem.fileSystemId;
      this.connections = fileSystem.connections;
      this.mountable = fileSystem.mountTargetsAvailable;
      this.accessPoint = accessPoint;
    } else {
      const { fileSystem, subnet, mountable } = lustreFileSystem(this, props, lustreSize(props.size), throughputStep(props.throughput));
      this.fileSystemId = fileSystem.fileSystemId;
      this.connections = fileSystem.connections;
      this.mountable = mountable;
      this.dnsName = fileSystem.dnsName;
      this.mountName = fileSystem.mountName;
      this.subnet = subnet;
    }
    new CfnOutput(this, 'MountCommand', {
      value: this.mountCommand,
      description: `Mounts it on a Linux machine in the network that has ${
        this.accessPoint ? 'amazon-efs-utils and permission' : 'lustre-client and is let in'
      }`,
    });
  }
}

class ImportedSharedFileSystem extends SharedFileSystemBase {
  public readonly kind: FileSystemKind;
  public readonly fileSystemId: string;
  public readonly connections: Connections;
  public readonly mountable: IDependable = new DependencyGroup();
  public readonly accessPoint?: IAccessPoint;
  public readonly dnsName?: string;
  public readonly mountName?: string;
  public readonly subnet?: ISubnet;

  public constructor(scope: Construct, id: string, attrs: SharedFileSystemAttributes) {
    super(scope, id);
    const checks = checksOf(this, 'aws.SharedFileSystem');
    const { kind, fileSystemId, securityGroup, accessPointId, mountName } = attrs;
    const posix = kind === FileSystemKind.POSIX;
    checks.require(
      !posix || accessPointId !== undefined,
      'missing',
      'accessPointId',
      undefined,
      'services mount EFS through an access point',
      'write the id of one, such as fsap-0a1b2c3d4e5f67890',
    );
    checks.require(
      posix || mountName !== undefined,
      'missing',
      'mountName',
      undefined,
      'Lustre is mounted by host and mount name',
      'write the one that aws fsx describe-file-systems shows',
    );
    checks.done();

    this.kind = kind;
    this.fileSystemId = fileSystemId;
    if (posix) {
      const fileSystem = FileSystem.fromFileSystemAttributes(this, 'FileSystem', { fileSystemId, securityGroup });
      this.connections = fileSystem.connections;
      this.accessPoint = AccessPoint.fromAccessPointAttributes(this, 'AccessPoint', { accessPointId, fileSystem });
      parity.mapped(this, 'aws', '', 'your EFS file system');
    } else {
      const dnsName = `${fileSystemId}.fsx.${Stack.of(this).region}.${Stack.of(this).urlSuffix}`;
      const fileSystem = LustreFileSystem.fromLustreFileSystemAttributes(this, 'FileSystem', { fileSystemId, securityGroup, dnsName });
      this.connections = fileSystem.connections;
      this.dnsName = dnsName;
      this.mountName = mountName;
      this.subnet = attrs.subnet;
      parity.mapped(this, 'aws', '', 'your FSx for Lustre file system');
    }
  }
}
