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

/** What is wrong with the variables. */
export function checkSecrets(checks: Checks, secrets: Secrets = {}, env: { readonly [name: string]: string } = {}): void {
  for (const variable of Object.keys(secrets)) {
    checks.require(
      /^[A-Za-z_][A-Za-z0-9_]*$/.test(variable),
      'name',
      `secrets.${variable}`,
      variable,
      'a variable is letters, digits and underscores, no digit first',
      'write a name such as HF_TOKEN',
    );
    checks.require(!(variable in env), 'conflict', `secrets.${variable}`, variable, 'env sets it too', 'leave it out of one of them');
  }
}

/** Says what became of the mounts. */
export function noteMounts(scope: IConstruct, mounts: Mounts = {}, efs: string): void {
  const became = Object.entries(mounts).map(
    ([path, { kind }]) => `${path}: ${kind === FileSystemKind.POSIX ? `${efs}, with TLS and IAM` : 'Lustre, mounted by the machine'}`,
  );
  if (became.length) parity.mapped(scope, 'aws', 'mounts', became.join('; '));
}
