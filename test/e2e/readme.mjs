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
execFileSync('git', ['clone', '--quiet', root, clone]);
// Also where CI has checked out a commit and no branch.
execFileSync('git', ['checkout', '--quiet', '-B', 'main'], { cwd: clone });
try {
  run(start);
  for (const line of commands) {
    const command = line.replace(/\s+#.*$/, '');
    run(command);
    // What is compared with main later has to be there.
    if (command === 'npx mlops init')
      run('git add ml-platform.yaml && git -c user.name=me -c user.email=me@example.com commit --quiet -m Declare');
  }
} finally {
  rmSync(clone, { recursive: true, force: true });
}
