import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'fs';
import { dirname, join } from 'path';
import { keepTraces } from '../traces';
import { good, GOOD, Project } from './helper';

// None of them may get into what is written.
beforeAll(keepTraces);

const read = (project: Project, file: string) => JSON.parse(readFileSync(join(project.folder, file), 'utf8'));
const INPUT = ['app/Dockerfile', 'ml-platform.yaml', 'train/Dockerfile'];

describe('the good declaration, for three clouds', () => {
  test('is written in one go, and in the same bytes in another folder', async () => {
    const project = new Project(GOOD);
    const { code, out, err } = await project.run('synth');
    expect([code, err]).toEqual([0, '']);

    // The table of each cloud, with the next command under it.
    expect(out).toMatch(/│ AWS housing-dev +│/);
    expect(out).toMatch(/│ resources +│ \d+, in cdk\.out +│/);
    expect(out).toMatch(/│ state +│ kept by CloudFormation +│/);
    expect(out).toContain('next: npx cdk deploy --app cdk.out\n');
    expect(out).toContain('next: cd cdktf.out/stacks/housing-dev-azure && terraform init && terraform apply\n');
    expect(out).toContain('next: cd cdktf.out/stacks/housing-dev-gcp && terraform init && terraform apply\n');
    expect(out).toMatch(/kept in a local file beside cdktf\.out, which suits one person only/);

    // What the ordinary command lines read.
    const files = project.files();
    expect(Object.keys(read(project, 'cdk.out/manifest.json').artifacts)).toContain('housing-dev');
    expect(Object.keys(read(project, 'cdktf.out/manifest.json').stacks)).toEqual(['housing-dev-azure', 'housing-dev-gcp']);
    for (const file of ['cdk.out/housing-dev.template.json', 'cdktf.out/stacks/housing-dev-azure/cdk.tf.json', 'parity.json'])
      expect([...files.keys()]).toContain(file);

    const parity = read(project, 'parity.json');
    expect(Object.keys(parity)).toEqual(['mapped', 'approximated', 'refused']);
    for (const entry of Object.values(parity).flat() as object[]) {
      expect(Object.keys(entry)).toEqual(['cloud', 'path', 'became', 'reason']);
      expect(Object.values(entry).every((text) => typeof text === 'string')).toBe(true);
    }
    for (const cloud of ['aws', 'azure', 'gcp'])
      for (const path of ['training.trainer', 'inference.predict', 'pipelines.release', 'monitoring'])
        expect(Object.values(parity).flat()).toContainEqual(expect.objectContaining({ cloud, path }));

    const other = new Project(GOOD);
    expect((await other.run('synth')).out).toBe(out);
    const again = other.files();
    expect([...again.keys()]).toEqual([...files.keys()]);
    expect([...again].filter(([path, text]) => files.get(path) !== text).map(([path]) => path)).toEqual([]);
    // Nor does a path of this machine hide where both have the same.
    for (const [path, text] of files) expect([path, text.includes('/mlops-') || text.includes(process.cwd())]).toEqual([path, false]);
  });

  test('is spread over stacks on AWS where that is asked for', async () => {
    const project = new Project(GOOD.replace(/aws: \{ region: ([\w-]+)/, 'aws: { region: $1, stacks: per-entry'));
    const { code, out } = await project.run('synth', '--targets', 'aws');
    expect(code).toBe(0);
    expect(out).toMatch(/│ resources +│ \d+ in 5 stacks, in cdk\.out +│/);
    expect(out).toContain('next: npx cdk deploy --all --app cdk.out\n');
    expect(read(project, 'parity.json').mapped).toContainEqual({
      cloud: 'aws',
      path: 'targets.aws.stacks',
      became: '4 CloudFormation stacks beside that of the platform',
      reason: 'served exactly as declared',
    });
  });

  test('is valid, and validate writes nothing', async () => {
    const project = new Project(GOOD);
    const { code, out, err } = await project.run('validate');
    expect([code, err, [...project.files().keys()]]).toEqual([0, '', INPUT]);
    expect(out).toMatch(/^valid ml-platform.yaml, for AWS, Azure and Google Cloud\n/);
    expect(out).toMatch(/│ inference\.predict\.scaling\.min +│/);
  });
});

test('nothing has to be installed to synthesize Terraform, not even Terraform', async () => {
  const { PATH } = process.env;
  process.env.PATH = '/nowhere';
  try {
    const { code, err } = await new Project(GOOD).run('synth', '--targets', 'azure,gcp');
    expect([code, err]).toEqual([0, '']);
  } finally {
    process.env.PATH = PATH;
  }
});

test('the file that init writes is valid', async () => {
  const project = new Project();
  await project.run('init', 'platform.yaml');
  expect(await project.run('validate', 'platform.yaml')).toMatchObject({ code: 0, err: '' });
});

describe('--targets', () => {
  test('writes those clouds only', async () => {
    const project = new Project(GOOD);
    expect((await project.run('synth', '--targets', 'gcp')).code).toBe(0);
    expect(existsSync(join(project.folder, 'cdk.out'))).toBe(false);
    expect(Object.keys(read(project, 'cdktf.out/manifest.json').stacks)).toEqual(['housing-dev-gcp']);
    expect(new Set((Object.values(read(project, 'parity.json')).flat() as { cloud: string }[]).map((e) => e.cloud))).toEqual(
      new Set(['gcp']),
    );
  });

  test('leaves no mixture with an earlier run unsaid', async () => {
    const project = new Project(GOOD);
    await project.run('synth', '--targets', 'azure');
    mkdirSync(join(project.folder, 'cdk.out'));
    const { out } = await project.run('synth', '--targets', 'gcp');
    expect(out).toContain('note: cdktf.out/stacks/housing-dev-azure of an earlier run was removed\n');
    expect(out).toContain('note: cdk.out is of an earlier run: this one was not asked for its clouds\n');
    expect(existsSync(join(project.folder, 'cdktf.out/stacks/housing-dev-azure'))).toBe(false);
  });

  test('of a cloud that is not declared is refused', async () => {
    const project = new Project(good({ 'azure: {': '# azure: {' }));
    expect(await project.run('synth', '--targets', 'azure,gcp')).toEqual({
      code: 2,
      out: '',
      err:
        'ml-platform.yaml:3:1  targets.azure\n' +
        '  Azure is asked for, but not declared\n' +
        '  -> add azure under targets, or ask for aws, gcp only\n\n' +
        '1 problem; nothing was written\n',
    });
  });
});

test('--out is where everything goes, and what the next commands name', async () => {
  const project = new Project(GOOD);
  const { out } = await project.run('synth', '--targets', 'gcp', '--out', 'build/infra');
  expect([...project.files('build').keys()].every((path) => path.startsWith('build/infra/'))).toBe(true);
  expect(out).toContain('next: cd build/infra/cdktf.out/stacks/housing-dev-gcp && terraform init && terraform apply\n');
  expect([...project.files().keys()].filter((path) => !path.startsWith('build/'))).toEqual(INPUT);
});

test('a remote state is said to be one', async () => {
  const project = new Project(good({ 'region: europe-west4 }': 'region: europe-west4, state: { bucket: acme-state } }' }));
  const { out } = await project.run('synth', '--targets', 'gcp');
  expect(out).toMatch(/│ state +│ kept in the bucket acme-state +│/);
});

describe('--json', () => {
  test('prints what was written', async () => {
    const { out } = await new Project(GOOD).run('synth', '--targets', 'gcp', '--json');
    const report = JSON.parse(out);
    expect(report).toMatchObject({ file: 'ml-platform.yaml', notes: [], stacks: [{ cloud: 'gcp', stack: 'housing-dev-gcp' }] });
    expect(report.stacks[0].written.folder).toBe('cdktf.out/stacks/housing-dev-gcp');
    expect(report.stacks[0].written.resources).toBeGreaterThan(20);
  });

  test('prints problems as data', async () => {
    const { code, out, err } = await new Project(good({ 'memory: 2GiB': 'memory: 2GB' })).run('validate', '--json');
    expect([code, err]).toEqual([2, '']);
    expect(JSON.parse(out)).toEqual({
      problems: [
        {
          file: 'ml-platform.yaml',
          line: 26,
          column: 13,
          path: 'inference.predict.memory',
          value: '2GB',
          code: 'unit',
          reason: 'not a size',
          instead: 'write a number and one of MiB, GiB, TiB, such as 512MiB or 2GiB',
          by: [],
        },
      ],
    });
  });
});

test.each([
  ['out', 'out'],
  ['out', 'out/deeper'],
  ['out/cdktf.out', 'out'],
  ['out/cdktf.out/stacks/housing-dev-gcp', 'out'],
])('a file %s in the way of --out %s is left as it is', async (occupied, out) => {
  const project = new Project(GOOD);
  const path = join(project.folder, occupied);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, 'mine');
  const before = project.files();
  const { code, err } = await project.run('synth', '--targets', 'gcp', '--out', out);
  expect([code, err]).toEqual([2, `error: ${path} is a file, where a folder is needed. Name another folder, or remove the file first.\n`]);
  expect(project.files()).toEqual(before);
});

test('nothing is written if a part of it cannot be', async () => {
  if (process.getuid?.() === 0) return; // who may write everywhere
  const project = new Project(GOOD);
  mkdirSync(join(project.folder, 'cdktf.out'), { mode: 0o555 });
  const { code, err } = await project.run('synth', '--targets', 'aws,gcp');
  expect([code, err]).toEqual([
    2,
    `error: ${join(project.folder, 'cdktf.out')} may not be written to. Name another folder, or allow your user to write there.\n`,
  ]);
  expect([...project.files().keys()].sort()).toEqual(['app/Dockerfile', 'ml-platform.yaml', 'train/Dockerfile']);
});

test('an error that nobody expected is short, and --debug says where it came from', async () => {
  const project = new Project(GOOD);
  symlinkSync('nowhere/at/all', join(project.folder, 'out'));
  const { code, err } = await project.run('synth', '--targets', 'gcp', '--out', 'out');
  expect([code, err.split('\n').length]).toEqual([1, 3]);
  expect(err).toMatch(/^error: .*(EEXIST|ENOENT).*\nRun again with --debug to see where\.\n$/);
  expect((await project.run('synth', '--targets', 'gcp', '--out', 'out', '--debug')).err).toMatch(/\n +at /);
});
