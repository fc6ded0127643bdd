// Packs the package as it would be published, puts it into an empty project beside the peers of one, two and three clouds, and uses it from
// there: loaded by Node, on the command line, and compiled under each way that TypeScript resolves modules.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const PEERS = {
  aws: ['constructs', 'aws-cdk-lib'],
  azure: ['cdktf', '@cdktf/provider-azurerm'],
  gcp: ['@cdktf/provider-google'],
};
const RESOLUTIONS = { node10: 'commonjs', node16: 'node16', bundler: 'esnext' };
const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const project = mkdtempSync(join(tmpdir(), 'packed-'));
const run = (command, args, cwd = project) => execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
try {
  const [{ filename }] = JSON.parse(run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', project], root));
  const home = join(project, 'node_modules', 'mlops-constructs');
  mkdirSync(join(project, 'node_modules', '@cdktf'), { recursive: true });
  mkdirSync(home);
  run('tar', ['-xzf', join(project, filename), '--strip-components=1', '-C', home]);
  writeFileSync(join(project, 'package.json'), '{"private": true}');

  const peers = new Set();
  for (const [cloud, needed] of Object.entries(PEERS)) {
    for (const peer of needed.filter((p) => !peers.has(p)))
      symlinkSync(join(root, 'node_modules', peer), join(project, 'node_modules', peer));
    needed.forEach((p) => peers.add(p));
    const clouds = Object.keys(PEERS).slice(0, Object.keys(PEERS).indexOf(cloud) + 1);
    const source = ['', '/core', ...clouds.map((c) => `/${c}`)].map((path, n) => `import * as m${n} from 'mlops-constructs${path}';`);
    writeFileSync(
      join(project, 'use.ts'),
      [
        ...source,
        ...clouds.map((_, n) => `export const platform${n} = m${n + 2}.MlPlatform;`),
        'export const size = m1.Size.gibibytes(2);',
      ].join('\n'),
    );
    for (const [resolution, module] of Object.entries(RESOLUTIONS)) {
      const args = ['--noEmit', '--strict', '--target', 'es2022', '--module', module, '--moduleResolution', resolution, '--types', 'node'];
      // Of the package's own declarations; those of clouds that are not installed cannot be read.
      run(process.execPath, [
        require.resolve('typescript/bin/tsc'),
        ...args,
        '--skipLibCheck',
        '--ignoreDeprecations',
        '6.0',
        '--typeRoots',
        join(root, 'node_modules', '@types'),
        'use.ts',
      ]);
    }
    console.log(`compiles with the peers of ${clouds.join(', ')} under ${Object.keys(RESOLUTIONS).join(', ')}`);
  }

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
