// What users would pick instead of this library, which is no dependency of ours: installed beside the bench, at pinned versions.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const FOLDER = fileURLToPath(new URL('peers', import.meta.url));
// npm writes it when all is there.
const COMPLETE = join(FOLDER, 'node_modules/.package-lock.json');

/** A file of an installed peer. */
export const peer = (path) => join(FOLDER, 'node_modules', path);

/** @returns why the peers cannot be installed, if they are not there and cannot */
export function installPeers() {
  if (existsSync(COMPLETE)) return undefined;
  console.error('installing bench/peers ...');
  const { status, error, stderr } = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'], {
    cwd: FOLDER,
    encoding: 'utf8',
    shell: process.platform === 'win32',
    timeout: 180_000,
  });
  if (status === 0) return undefined;
  const [why = 'npm did not come to an end'] = [
    error?.message,
    ...(stderr ?? '').split('\n').filter((l) => /npm (error|ERR!)/.test(l)),
  ].filter(Boolean);
  return `npm ci in bench/peers failed: ${why}`;
}
