import { EcsVolume } from 'aws-cdk-lib/aws-batch';
import { Fn } from 'aws-cdk-lib/core';
import { FileSystemKind } from '../../core';
import { ISharedFileSystem } from '../file-system';
import { Mounts } from '../private/mounts';

/** The volumes of a job. EFS is mounted by ECS when the job starts; Lustre by the machine, which passes it on. */
export function volumes(mounts: Mounts = {}): EcsVolume[] {
  return Object.entries(mounts).map(([path, fileSystem], n) => {
    const name = `mount-${n}`;
    return fileSystem.accessPoint
      ? EcsVolume.efs({
          name,
          containerPath: path,
          fileSystem: fileSystem.accessPoint.fileSystem,
          accessPointId: fileSystem.accessPoint.accessPointId,
          enableTransitEncryption: true,
          useJobRole: true,
        })
      : EcsVolume.host({ name, containerPath: path, hostPath: path });
  });
}

/** The parallel file systems among them. */
export function parallelOf(mounts: Mounts = {}): [string, ISharedFileSystem][] {
  return Object.entries(mounts).filter(([, { kind }]) => kind === FileSystemKind.PARALLEL);
}

const BOUNDARY = '==MOUNTS==';

/**
 * What machines do before they join the cluster: mount the parallel file systems. A machine that cannot goes away instead of running jobs
 * that would see an empty folder.
 *
 * Batch takes user data in one format only (https://docs.aws.amazon.com/batch/latest/userguide/launch-templates.html#lt-user-data).
 *
 * @see https://docs.aws.amazon.com/fsx/latest/LustreGuide/install-lustre-client.html
 */
export function mountingUserData(mounts: readonly [string, ISharedFileSystem][]): string {
  const script = [
    '#!/bin/bash',
    'set -eu',
    'trap \'echo "mounting failed, the machine stops" >&2; shutdown -h now\' ERR',
    'again() { for i in 1 2 3 4 5 6 7 8 9 10; do "$@" && return 0; sleep 15; done; return 1; }',
    'again dnf install -y lustre-client',
    ...mounts.flatMap(([path, { dnsName, mountName }]) => [
      `mkdir -p ${path}`,
      `again mount -t lustre -o noatime,flock ${dnsName}@tcp:/${mountName} ${path}`,
      // The root of a new file system, and what is linked, belongs to the superuser; programs in containers seldom are.
      `chmod 1777 ${path}`,
      `[ ! -d ${path}/work ] || chmod 1777 ${path}/work`,
    ]),
  ];
  // Batch puts parts of its own beside these, and takes nothing but this format.
  return Fn.base64(
    [
      'MIME-Version: 1.0',
      `Content-Type: multipart/mixed; boundary="${BOUNDARY}"`,
      '',
      `--${BOUNDARY}`,
      'Content-Type: text/x-shellscript; charset="us-ascii"',
      '',
      ...script,
      '',
      `--${BOUNDARY}--`,
      '',
    ].join('\n'),
  );
}
