import { mkdtempSync, rmSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';

const staged: string[] = [];

/** A folder that lives as long as the process, from which cdktf copies assets when it synthesizes. */
export function stagingFolder(): string {
  if (!staged.length) process.once('exit', () => staged.forEach((d) => rmSync(d, { recursive: true, force: true })));
  const folder = mkdtempSync(join(tmpdir(), 'mlops-'));
  staged.push(folder);
  return folder;
}
