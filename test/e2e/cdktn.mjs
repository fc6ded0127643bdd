// Installs CDK Terrain, the maintained fork, under the name of cdktf, and checks that nothing but the version stamp changes:
// the tests of Azure and Google pass, and the example's Terraform is the same.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const FORK = 'npm:cdktn@0.24.0';
const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
// On the same disk as node_modules, which is linked file by file and not copied.
const copy = join(root, 'dist', 'cdktn');
const run = (command, args, cwd) =>
  execFileSync(command, args, {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 1 << 28,
    env: { ...process.env, CDK_VALIDATION: 'false' },
  });

try {
  rmSync(copy, { recursive: true, force: true });
  mkdirSync(copy, { recursive: true });
  for (const part of ['bin', 'examples', 'lib', 'runtime', 'schema', 'test', 'package.json', 'jest.config.js', 'tsconfig.json'])
    cpSync(join(root, part), join(copy, part), { recursive: true, filter: (file) => !/\/(\.venv|node_modules|cdk\.out)(\/|$)/.test(file) });
  run('cp', ['-al', join(root, 'node_modules'), copy]);
  run('npm', ['install', '--no-save', '--no-package-lock', '--ignore-scripts', '--force', `cdktf@${FORK}`], copy);
  const installed = JSON.parse(readFileSync(join(copy, 'node_modules', 'cdktf', 'package.json'), 'utf8'));
  if (installed.name !== 'cdktn') throw new Error(`cdktf is ${installed.name}, not cdktn`);

  const stacks = (folder) => {
    run(process.execPath, ['bin/mlops.js', 'synth', 'examples/housing/ml-platform.yaml', '--out', 'dist/fork'], folder);
    const out = join(folder, 'dist', 'fork', 'cdktf.out', 'stacks');
    return Object.fromEntries(readdirSync(out).map((name) => [name, unstamped(readFileSync(join(out, name, 'cdk.tf.json'), 'utf8'))]));
  };
  const [ours, theirs] = [stacks(root), stacks(copy)];
  const different = Object.keys({ ...ours, ...theirs }).filter((name) => ours[name] !== theirs[name]);
  if (different.length) throw new Error(`synthesized otherwise: ${different.join(', ')}`);
  console.log(`the same Terraform by ${installed.name} ${installed.version}: ${Object.keys(ours).join(', ')}`);

  const report = join(copy, 'jest.json');
  try {
    run('npx', ['jest', '--ci', '--silent', '--json', `--outputFile=${report}`, 'test/azure', 'test/gcp'], copy);
  } finally {
    const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(report, 'utf8'));
    console.log(`${numPassedTests} tests of Azure and Google passed, ${numFailedTests} failed`);
    for (const { message } of testResults.filter((r) => r.status === 'failed')) console.log(message);
  }
} finally {
  rmSync(copy, { recursive: true, force: true });
  rmSync(join(root, 'dist', 'fork'), { recursive: true, force: true });
}

function unstamped(text) {
  const { '//': about, ...config } = JSON.parse(text);
  const { version: _, ...metadata } = about?.metadata ?? {};
  return JSON.stringify({ ...config, '//': { ...about, metadata } });
}
