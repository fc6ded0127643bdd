import { IConstruct } from 'constructs';
import { FileSystemKind } from '../../core';
import { Checks } from '../../core/errors';
import { parity } from '../../core/parity';
import type { ISharedFileSystem } from '../file-system';
import type { ISecret } from '../secret';

/** File systems by the path where they are mounted. */
export type Mounts = { readonly [path: string]: ISharedFileSystem };
/** Secrets by the environment variable that holds them. */
export type Secrets = { readonly [variable: string]: ISecret };

/** What is wrong with the paths. */
export function checkMounts(checks: Checks, mounts: Mounts = {}): void {
  for (const path of Object.keys(mounts))
    checks.require(
      /^\/mnt\/[\w.-]{1,64}$/.test(path) && !/^\/mnt\/\.{1,2}$/.test(path),
      'syntax',
      'mounts',
      path,
      'file systems are mounted in a folder of /mnt',
      'write a path such as /mnt/scratch',
    );
}

/** Says what became of the mounts. */
export function noteMounts(scope: IConstruct, mounts: Mounts = {}, efs: string): void {
  const became = Object.entries(mounts).map(
    ([path, { kind }]) => `${path}: ${kind === FileSystemKind.POSIX ? `${efs}, with TLS and IAM` : 'Lustre, mounted by the machine'}`,
  );
  if (became.length) parity.mapped(scope, 'aws', 'mounts', became.join('; '));
}
