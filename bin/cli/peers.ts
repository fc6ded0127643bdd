import { readFileSync } from 'fs';
import { join } from 'path';
import { CLOUD_TITLE, CloudName } from '../../lib/core/catalogue';
import { PACKAGE_ROOT } from './schema';

/** Libraries that a cloud needs; users install those of the clouds they use. */
export const PEERS: { readonly [c in CloudName]: readonly string[] } = {
  aws: ['aws-cdk-lib', 'constructs'],
  azure: ['cdktf', '@cdktf/provider-azurerm', 'constructs'],
  gcp: ['cdktf', '@cdktf/provider-google', 'constructs'],
};

/** Something the user has to do before the command can run; shown without a stack trace. */
export class SetupError extends Error {
  public constructor(
    message: string,
    /** What the process ends with: 1 for the installation, 2 for what was asked. */
    public readonly exitCode: 1 | 2,
  ) {
    super(message);
    this.name = 'SetupError';
  }
}

/** This package's name, version and ranges. */
export function manifest(): { readonly version: string; readonly peerDependencies: { readonly [name: string]: string } } {
  return JSON.parse(readFileSync(join(PACKAGE_ROOT, 'package.json'), 'utf8'));
}

/**
 * Sees that the libraries of some clouds are installed, without loading them.
 *
 * @throws SetupError with the command that installs what is missing
 */
export function requirePeers(clouds: readonly CloudName[], installed: (name: string) => boolean = canResolve): void {
  const lacking = clouds.filter((c) => PEERS[c].some((peer) => !installed(peer)));
  const missing = [...new Set(lacking.flatMap((c) => PEERS[c].filter((peer) => !installed(peer))))].sort();
  if (!missing.length) return;
  const ranges = manifest().peerDependencies;
  const packages = missing.map((peer) => `"${peer}@${ranges[peer]}"`).join(' ');
  const titles = lacking.map((c) => CLOUD_TITLE[c]).join(' and ');
  throw new SetupError(
    `${titles} cannot be synthesized: ${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} not installed.\n` +
      `Install ${missing.length === 1 ? 'it' : 'them'}:  npm install --save-dev ${packages}\n` +
      `Or leave the cloud out with --targets.`,
    1,
  );
}

function canResolve(name: string): boolean {
  try {
    require.resolve(name);
    return true;
  } catch {
    return false;
  }
}
