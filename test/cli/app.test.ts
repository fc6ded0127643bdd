import { readFileSync } from 'fs';
import { join } from 'path';
import pc from 'picocolors';
import { findDeclaration, runApp } from '../../bin/cli/app';
import { Checked } from '../../bin/cli/check';
import type { CloudName } from '../../lib/core/catalogue';
import { good, GOOD, Project } from './helper';

const ROOT = join(__dirname, '..', '..');

/** Runs an app as cdk or cdktf do, in a folder. */
function run(project: Project, among: readonly CloudName[], file?: string): { code: number; err: string; checked?: Checked } {
  let err = '';
  let checked: Checked | undefined;
  const colors = pc.createColors(false);
  const io = {
    cwd: project.folder,
    out: () => {},
    err: (text: string) => (err += text),
    outColors: colors,
    errColors: colors,
    interactive: false,
    columns: 100,
  };
  // As the command line of cdktf does.
  process.env.CDKTF_OUTDIR = join(project.folder, 'cdktf.out');
  const code = runApp(among, file, (c) => (checked = c), io);
  return { code, err, checked };
}

test.each([
  ['cdk.json', 'node bin/aws.js'],
  ['cdktf.json', 'node bin/terraform.js'],
])('%s runs %s', (file, app) => {
  expect(JSON.parse(readFileSync(join(ROOT, file), 'utf8')).app).toBe(app);
});

test('cdktf.json sends nothing anywhere', () => {
  expect(JSON.parse(readFileSync(join(ROOT, 'cdktf.json'), 'utf8')).sendCrashReports).toBe('false');
});

test("the declaration is the project's own, else the example's", () => {
  expect(findDeclaration(new Project(GOOD).folder)).toBe('ml-platform.yaml');
  expect(findDeclaration(new Project().folder)).toBe(join(ROOT, 'examples', 'housing', 'ml-platform.yaml'));
});

test('an app makes the clouds it is for, of those that are declared', () => {
  const project = new Project(good({ 'azure: {': '# azure: {' }));
  const { code, err, checked } = run(project, ['azure', 'gcp']);
  expect([code, err, checked?.clouds]).toEqual([0, '', ['gcp']]);
});

test('a declaration with another name is named by the caller', () => {
  const project = new Project();
  project.write(GOOD, 'other.yaml');
  expect(run(project, ['gcp'], 'other.yaml').checked?.declaration.name).toBe('housing');
});

test('problems are shown as mlops shows them, and end with 2', () => {
  expect(run(new Project(good({ 'memory: 2GiB': 'memory: 2GB' })), ['gcp'])).toEqual({
    code: 2,
    err:
      'ml-platform.yaml:26:13  inference.predict.memory  "2GB"\n' +
      '  not a size\n' +
      '  -> write a number and one of MiB, GiB, TiB, such as 512MiB or 2GiB\n\n' +
      '1 problem; nothing was written\n',
    checked: undefined,
  });
});

test('a declaration without any of the clouds is refused', () => {
  const project = new Project(
    'name: housing\ntargets:\n  aws: { region: eu-west-1 }\ninference:\n  predict: { image: ghcr.io/acme/app:1 }\n',
  );
  expect(run(project, ['azure', 'gcp'])).toEqual({
    code: 2,
    err:
      'ml-platform.yaml:2:1  targets.azure\n' +
      '  Azure is asked for, but not declared\n' +
      '  -> add azure under targets, or ask for aws only\n\n' +
      'ml-platform.yaml:2:1  targets.gcp\n' +
      '  Google Cloud is asked for, but not declared\n' +
      '  -> add gcp under targets, or ask for aws only\n\n' +
      '2 problems; nothing was written\n',
    checked: undefined,
  });
});
