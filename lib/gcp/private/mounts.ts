import { FileSystemKind } from '../../core';
import { Checks } from '../../core/errors';
import type { ISharedFileSystem } from '../file-system';
import { SUPPORT } from '../support';

/** File systems by the folder that programs find them in. */
export type Mounts = { readonly [path: string]: ISharedFileSystem };

/** Refuses what cannot be mounted, and where nothing can. */
export function checkMounts(checks: Checks, mounts: Mounts = {}, row: 'training.mounts.parallel' | 'inference.mounts.parallel'): void {
  for (const [path, fileSystem] of Object.entries(mounts)) {
    checks.require(
      /^\/mnt\/[\w.-]{1,64}$/.test(path),
      'syntax',
      'mounts',
      path,
      'file systems are mounted in a folder of /mnt, which every engine allows',
      'write a path such as /mnt/scratch',
    );
    checks.require(
      fileSystem.kind === FileSystemKind.POSIX,
      'unsupported',
      'mounts',
      path,
      SUPPORT[row].reason!,
      'mount a file system of kind posix',
    );
  }
}

/** What is mounted, in a stable order. */
export function sortedMounts(mounts: Mounts = {}): [string, ISharedFileSystem][] {
  return Object.entries(mounts).sort(([a], [b]) => (a < b ? -1 : 1));
}
