import { execFileSync } from 'child_process';
import { mkdirSync } from 'fs';
import { join } from 'path';
import { Project } from './helper';

const ROOT = join(__dirname, '..', '..');
const PATH = 'housing-dev-gcp/Platform/Artifacts';
const bucket = (more: object = {}, note: object = {}): string =>
  JSON.stringify({
    '//': { metadata: { version: '0.21.0', stackName: 'housing-dev-gcp' }, ...note },
    resource: {
      google_storage_bucket: {
        Artifacts: {
          '//': { metadata: { path: `${PATH}/Resource` } },
          name: 'b',
          public_access_prevention: 'enforced',
          uniform_bucket_level_access: true,
          versioning: { enabled: true },
          ...more,
        },
      },
    },
  });

/** A stack that breaks one rule of low severity. */
function project(more: object = {}, note: object = {}): Project {
  const made = new Project();
  made.write(bucket(more, note), 'cdk.tf.json');
  return made;
}

const OPEN = { versioning: { enabled: false } };
const SUMMARY = '1 open, 0 acknowledged, 0 unknown until deployment; 1 resource in 1 stack\n';

describe('the exit code', () => {
  test('is 0 where nothing is open', async () => {
    const { code, out, err } = await project({ logging: { log_bucket: 'logs' } }).run('check', 'cdk.tf.json');
    expect([code, out, err]).toEqual([0, '0 open, 0 acknowledged, 0 unknown until deployment; 1 resource in 1 stack\n', '']);
  });

  test('is 1 where something is', async () => {
    const { code, out } = await project().run('check', 'cdk.tf.json');
    expect([code, out]).toEqual([1, expect.stringMatching(/^LOW {2}gcp-storage-access-logs {2}housing-dev-gcp .*1 open/s)]);
  });

  test.each([
    ['low', 1],
    ['medium', 1],
    ['high', 0],
    ['none', 0],
  ])('with --fail-on %s of something of medium severity is %i', async (severity, expected) => {
    const made = project({ ...OPEN, logging: { log_bucket: 'logs' } });
    expect((await made.run('check', 'cdk.tf.json', '--fail-on', severity)).code).toBe(expected);
  });

  test('is 0 where it is acknowledged, with the reason in the output', async () => {
    const note = { acknowledged: { [PATH]: { 'gcp-storage-access-logs': 'audit logs are on' } } };
    const { code, out } = await project({}, note).run('check', 'cdk.tf.json', '--verbose');
    expect([code, out]).toEqual([0, expect.stringContaining('  acknowledged: audit logs are on\n')]);
  });

  test.each([
    [['check'], /^error: missing required argument 'stacks'/],
    [['check', 'nowhere'], /^error: There is no nowhere\.\n$/],
    [['check', 'app'], /^error: app is none of these: .* It holds Dockerfile\.\n$/],
    [
      ['check', 'cdk.tf.json', '--format', 'sarfi'],
      /^error: --format sarfi is none of text, json, sarif, markdown\. Did you mean sarif\?\n$/,
    ],
    [['check', 'cdk.tf.json', '--fail-on', 'hihg'], /^error: --fail-on hihg is none of low, medium, high, none\. Did you mean high\?\n$/],
    [['check', 'cdk.tf.json', '--output', 'no/where.txt'], /^error: no\/where\.txt could not be written: ENOENT/],
  ])('of mlops %j is 2', async (args, message) => {
    const { code, out, err } = await project().run(...args);
    expect([code, out, err]).toEqual([2, '', expect.stringMatching(message)]);
  });

  test('is 2 for a template that is none', async () => {
    const made = new Project();
    made.write('{"Resources": {"A": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": {"Ref": "Nothing"}}}}}', 'a.json');
    const { code, out, err } = await made.run('check', 'a.json');
    expect([code, out, err]).toEqual([2, '', expect.stringMatching(/^error: a\.json: cdk-nag could not be asked about it: /)]);
  });
});

describe('the output', () => {
  test('goes into a file, and the numbers to who watches', async () => {
    const made = project();
    const { code, out, err } = await made.run('check', 'cdk.tf.json', '--format', 'sarif', '--output', 'policies.sarif');
    expect([code, out, err]).toEqual([1, '', SUMMARY]);
    expect(JSON.parse(made.files().get('policies.sarif')!)).toMatchObject({
      version: '2.1.0',
      runs: [{ results: [{ locations: [{ physicalLocation: { artifactLocation: { uri: 'cdk.tf.json' } } }] }] }],
    });
  });

  test('for machines is all there is on the output', async () => {
    const { out, err } = await project().run('check', 'cdk.tf.json', '--format', 'json');
    expect(JSON.parse(out)).toMatchObject({ findings: [{ rule: 'gcp-storage-access-logs', state: 'open', path: `${PATH}/Resource` }] });
    expect(err).toBe(SUMMARY);
  });

  test('is of several folders together', async () => {
    const made = project();
    for (const name of ['first', 'second']) {
      mkdirSync(join(made.folder, name));
      made.write(bucket(), join(name, 'cdk.tf.json'));
    }
    const { code, out } = await made.run('check', 'first', 'second');
    expect([code, out]).toEqual([1, expect.stringMatching(/2 open, .*; 2 resources in 2 stacks\n$/)]);
  });
});

test('to check Terraform loads neither the CDK nor cdk-nag, nor any library of a cloud', () => {
  const libraries = ['aws-cdk-lib', 'cdk-nag', 'cdktf', '@cdktf/provider-azurerm', '@cdktf/provider-google'];
  const script = `
    const { main } = require(${JSON.stringify(join(ROOT, 'bin', 'cli', 'main.js'))});
    const { processIo } = require(${JSON.stringify(join(ROOT, 'bin', 'cli', 'io.js'))});
    main(['check', 'cdk.tf.json', '--fail-on', 'none'], { ...processIo(), out: () => {} }).then((code) => {
      if (code !== 0) throw new Error('ended with ' + code);
      const files = Object.keys(require.cache);
      console.log(JSON.stringify(${JSON.stringify(libraries)}.filter((l) => files.some((f) => f.includes('/node_modules/' + l + '/')))));
    });`;
  expect(JSON.parse(execFileSync(process.execPath, ['-e', script], { cwd: project().folder, encoding: 'utf8' }))).toEqual([]);
});
