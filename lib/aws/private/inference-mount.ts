import { CfnFunction, Function } from 'aws-cdk-lib/aws-lambda';
import { Mounts } from './mounts';

/**
 * Mounts a file system. Not by the L2's way, whose permission to mount names no file system.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-filesystem.html
 */
export function mountFileSystem(fn: Function, mounts: Mounts = {}): void {
  for (const [localMountPath, fileSystem] of Object.entries(mounts)) {
    const resource = fn.node.defaultChild as CfnFunction;
    resource.fileSystemConfigs = [{ arn: fileSystem.accessPoint!.accessPointArn, localMountPath }];
    // Lambda refuses a function whose file system has no mount target yet.
    resource.node.addDependency(fileSystem.mountable);
    fileSystem.allowMountFrom(fn);
    fileSystem.grants.write(fn);
  }
}
