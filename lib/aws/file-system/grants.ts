import { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import type { ISharedFileSystem } from './props';

/**
 * Permissions on a shared file system. Of Lustre the network alone decides: its grants give nothing, and `allowMountFrom` everything.
 */
export class SharedFileSystemGrants {
  /** Permissions on a file system, for implementations of your own. */
  public static of(fileSystem: ISharedFileSystem): SharedFileSystemGrants {
    return new SharedFileSystemGrants(fileSystem);
  }

  private constructor(private readonly fileSystem: ISharedFileSystem) {}

  /** To mount it and read. */
  public read(grantee: IGrantable): Grant {
    return this.grant(grantee, ['elasticfilesystem:ClientMount']);
  }

  /** To mount it, read and write. */
  public write(grantee: IGrantable): Grant {
    return this.grant(grantee, ['elasticfilesystem:ClientMount', 'elasticfilesystem:ClientWrite']);
  }

  private grant(grantee: IGrantable, actions: string[]): Grant {
    const { accessPoint } = this.fileSystem;
    if (!accessPoint) return Grant.drop(grantee, 'Lustre knows no permissions of IAM');
    return Grant.addToPrincipal({
      grantee,
      actions,
      resourceArns: [accessPoint.fileSystem.fileSystemArn],
      // By the access point only, which makes everybody the same user and is no way to the root of the file system.
      conditions: { StringEquals: { 'elasticfilesystem:AccessPointArn': accessPoint.accessPointArn } },
    });
  }
}
