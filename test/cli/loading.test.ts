import { execFileSync, spawn } from 'child_process';
import { once } from 'events';
import { join } from 'path';
import { GOOD, Project } from './helper';

const ROOT = join(__dirname, '..', '..');
const SDKS = ['aws-cdk-lib', 'cdktf', '@cdktf/provider-azurerm', '@cdktf/provider-google'];

/** Which SDKs, or other folders, a fresh process has loaded after a run of the built command line. */
function loads(...args: string[]): string[] {
  return loaded(
    SDKS.map((sdk) => `/node_modules/${sdk}/`),
    ...args,
  ).map((part) => part.slice('/node_modules/'.length, -1));
}

function loaded(parts: readonly string[], ...args: string[]): string[] {
  const script = `
    const { main } = require(${JSON.stringify(join(ROOT, 'bin', 'cli', 'main.js'))});
    const { processIo } = require(${JSON.stringify(join(ROOT, 'bin', 'cli', 'io.js'))});
    main(${JSON.stringify(args)}, { ...processIo(), out: () => {} }).then((code) => {
      if (code !== 0) throw new Error('ended with ' + code);
      const files = Object.keys(require.cache);
      console.log(JSON.stringify(${JSON.stringify(parts)}.filter((part) => files.some((f) => f.includes(part)))));
    });`;
  return JSON.parse(execFileSync(process.execPath, ['-e', script], { cwd: new Project(GOOD).folder, encoding: 'utf8' }));
}

test.each([
  ['aws', ['aws-cdk-lib']],
  ['azure', ['cdktf', '@cdktf/provider-azurerm']],
  ['gcp', ['cdktf', '@cdktf/provider-google']],
])('mlops validate --targets %s loads %j and nothing of another cloud', (target, sdks) => {
  expect(loads('validate', '--targets', target)).toEqual(sdks);
});

test('mlops support loads no library of any cloud', () => {
  expect(loads('support')).toEqual([]);
});

test('mlops diff loads no library of any cloud, and is the only command that loads the review', () => {
  const project = new Project();
  project.write(JSON.stringify({ Resources: { Topic: { Type: 'AWS::SNS::Topic' } } }), 'a.json');
  const file = join(project.folder, 'a.json');
  expect(loads('diff', file, file)).toEqual([]);
  expect(loaded(['/lib/review/'], 'diff', file, file)).toEqual(['/lib/review/']);
  expect(loaded(['/lib/review/'], 'validate', '--targets', 'gcp')).toEqual([]);
});

test('the command line runs as a process: exit code, what goes to which stream, no colours without a screen', () => {
  const run = (...args: string[]): object => {
    try {
      return {
        code: 0,
        out: execFileSync(process.execPath, [join(ROOT, 'bin', 'mlops.js'), ...args], { encoding: 'utf8', stdio: 'pipe' }),
      };
    } catch (e) {
      const { status, stdout, stderr } = e as { status: number; stdout: string; stderr: string };
      return { code: status, out: stdout, err: stderr };
    }
  };
  expect(run('validate', 'nowhere.yaml')).toEqual({
    code: 2,
    out: '',
    err:
      'nowhere.yaml:1:1\n  there is no such file\n  -> name a declaration; `npx mlops init` writes one to start from\n\n' +
      '1 problem; nothing was written\n',
  });
});

test('who reads may leave before all is written, and nothing is said of it', async () => {
  const child = spawn(process.execPath, [join(ROOT, 'bin', 'mlops.js'), 'support'], { stdio: ['ignore', 'pipe', 'pipe'] });
  let err = '';
  child.stderr.on('data', (text) => (err += text));
  child.stdout.destroy();
  const [code] = await once(child, 'close');
  expect([code, err]).toEqual([0, '']);
});
