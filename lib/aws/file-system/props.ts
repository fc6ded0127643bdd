import { IConnectable, ISecurityGroup, ISubnet, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import { IAccessPoint } from 'aws-cdk-lib/aws-efs';
import { IKey } from 'aws-cdk-lib/aws-kms';
import { IDependable } from 'constructs';
import { FileSystemKind, ISharedFileSystemBase, SharedFileSystemBaseProps } from '../../core';
import { IArtifactStore } from '../storage';
import type { SharedFileSystemGrants } from './grants';

/** A file system on AWS that many machines share: EFS, or FSx for Lustre. */
export interface ISharedFileSystem extends ISharedFileSystemBase, IConnectable {
  /** Id of the file system: `fs-...`. */
  readonly fileSystemId: string;
  /** Posix: the access point through which everybody mounts it. */
  readonly accessPoint?: IAccessPoint;
  /** Parallel: its host name. */
  readonly dnsName?: string;
  /** Parallel: what a mount names after the host. */
  readonly mountName?: string;
  /** Parallel: its subnet; machines elsewhere pay for the way, in time and money. */
  readonly subnet?: ISubnet;
  /** What has to be there before it can be mounted. */
  readonly mountable: IDependable;
  /** Permissions on the file system. */
  readonly grants: SharedFileSystemGrants;
  /** Lets somebody's machines reach it, on the ports that its protocol takes. */
  allowMountFrom(client: IConnectable): void;
}

/** What a shared file system on AWS takes. */
export interface SharedFileSystemProps extends SharedFileSystemBaseProps {
  /** Network that it is mounted in. No default: a file system is of use where its clients are. */
  readonly vpc: IVpc;
  /**
   * Posix: subnets with a mount target, one for each zone that clients are in. Parallel: the first of them.
   *
   * @default - the private subnets
   */
  readonly vpcSubnets?: SubnetSelection;
  /**
   * Parallel: the artifact store that it is linked to. `data` in the file system shows what is in the store's folder `data`, and what is
   * put into `work` is put into the store, too. FSx backs up no file system that is linked. A key of the store that was brought in must let
   * FSx use it already, because its policy cannot be changed here.
   *
   * @default - it is linked to none
   * @see https://docs.aws.amazon.com/fsx/latest/LustreGuide/create-dra-linked-data-repo.html
   */
  readonly artifacts?: IArtifactStore;
  /**
   * Key that it is encrypted with. It cannot be changed later.
   *
   * @default - the account's key for the service
   */
  readonly encryptionKey?: IKey;
  /**
   * Posix: number of the user and the group that everything in it belongs to, whoever a program runs as.
   *
   * @default 1000
   */
  readonly owner?: number;
}

/** What is known of a file system that exists already. */
export interface SharedFileSystemAttributes {
  /** How programs see it. */
  readonly kind: FileSystemKind;
  /** Id of the file system: `fs-...`. */
  readonly fileSystemId: string;
  /** Security group of its mount targets or servers. */
  readonly securityGroup: ISecurityGroup;
  /**
   * Posix: id of an access point: `fsap-...`.
   *
   * @default - none; required for a posix file system
   */
  readonly accessPointId?: string;
  /**
   * Parallel: what a mount names after the host, such as `fsx` or `2p3hhbev`.
   *
   * @default - none; required for a parallel file system
   */
  readonly mountName?: string;
  /**
   * Parallel: its subnet, which training machines are then put into.
   *
   * @default - machines are anywhere in their network
   */
  readonly subnet?: ISubnet;
}
