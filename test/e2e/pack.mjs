// Packs the package as it would be published, puts it into an empty project beside its peers, and uses it from there.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const project = mkdtempSync(join(tmpdir(), 'packed-'));
const run = (command, args, cwd = project) => execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
try {
  const [{ filename }] = JSON.parse(run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', project], root));
  const home = join(project, 'node_modules', 'mlops-constructs');
  mkdirSync(join(project, 'node_modules', '@cdktf'), { recursive: true });
  mkdirSync(home);
  run('tar', ['-xzf', join(project, filename), '--strip-components=1', '-C', home]);
  for (const peer of ['constructs', 'aws-cdk-lib', 'cdktf', '@cdktf/provider-azurerm', '@cdktf/provider-google'])
    symlinkSync(join(root, 'node_modules', peer), join(project, 'node_modules', peer));
  writeFileSync(join(project, 'package.json'), '{"private": true}');

  for (const [path, wanted] of [
    ['mlops-constructs', 'Duration'],
    ['mlops-constructs/core', 'Duration'],
    ['mlops-constructs/aws', 'MlPlatform'],
    ['mlops-constructs/azure', 'MlPlatform'],
    ['mlops-constructs/gcp', 'MlPlatform'],
  ])
    run(process.execPath, ['-e', `if (!require('${path}').${wanted}) throw new Error('${path} lacks ${wanted}')`]);
  run(process.execPath, ['-e', "require('mlops-constructs/schema/ml-platform.schema.json')"]);
  const mlops = join(home, 'bin', 'mlops.js');
  run(process.execPath, [mlops, '--version']);
  run(process.execPath, [mlops, 'init', 'ml-platform.yaml']);
  run(process.execPath, [mlops, 'validate', 'ml-platform.yaml']);
  console.log('packed, installed, used');
} finally {
  rmSync(project, { recursive: true, force: true });
}
