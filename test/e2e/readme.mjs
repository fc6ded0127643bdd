// Runs the README's own commands in a fresh clone, so that the document cannot rot: the first block as a newcomer does, then those of the
// command line. `npm test`, which the second block names, is what .ci/run runs itself; deployments need a cloud.
import { execFileSync, execSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const blocks = [...readFileSync(join(root, 'README.md'), 'utf8').matchAll(/^```sh\n([^]*?)^```$/gm)].map(([, text]) => text.trim());
const [start, test] = blocks;
const commands = blocks.find((text) => text.includes('npx mlops init')).split('\n');
if (test !== 'npm ci && npm test') throw new Error(`the README's test command is ${test}`);

const clone = mkdtempSync(join(tmpdir(), 'readme-'));
const run = (command) => {
  try {
    execSync(command, { cwd: clone, stdio: ['ignore', 'pipe', 'pipe'], shell: '/bin/sh', maxBuffer: 1 << 28 });
    console.log(`ok: ${command}`);
  } catch (e) {
    throw new Error(`${command} ended with ${e.status}:\n${String(e.stdout).slice(-3000)}\n${String(e.stderr).slice(-3000)}`);
  }
};
try {
  execFileSync('git', ['clone', '--quiet', root, clone]);
  // Where CI has a commit and no branch checked out.
  execFileSync('git', ['branch', '--force', 'main'], { cwd: clone, stdio: 'ignore' }, () => {});
} catch {
  // It is on main already.
}
try {
  run(start);
  for (const line of commands) run(line.replace(/\s+#.*$/, ''));
} finally {
  rmSync(clone, { recursive: true, force: true });
}
