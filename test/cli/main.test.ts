import { existsSync, readFileSync } from 'fs';
import { join } from 'path';
import { PEERS, requirePeers } from '../../bin/cli/peers';
import { supportMarkdown } from '../../bin/cli/support';
import { SUPPORT_ROWS } from '../../lib/core/support';
import { Project } from './helper';

const ROOT = join(__dirname, '..', '..');

describe('arguments', () => {
  test('--version is the version of the package', async () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    expect(await new Project().run('--version')).toEqual({ code: 0, out: `${version}\n`, err: '' });
  });

  test('--help names every command', async () => {
    const { code, out } = await new Project().run('--help');
    expect(code).toBe(0);
    for (const command of ['synth', 'validate', 'init', 'support']) expect(out).toContain(`  ${command} `);
  });

  test.each([
    [['sinth'], "error: unknown command 'sinth'\n(Did you mean synth?)\n(see --help)\n"],
    [['synth', '--targts', 'aws'], "error: unknown option '--targts'\n(Did you mean --targets?)\n(see --help)\n"],
    [['synth', 'a.yaml', 'b.yaml'], "error: too many arguments for 'synth'. Expected 1 argument but got 2.\n(see --help)\n"],
    [
      ['validate', '--targets', 'aws,ibm'],
      "error: option '--targets <clouds>' argument 'aws,ibm' is invalid. Write some of aws, azure, gcp, with commas between them.\n(see --help)\n",
    ],
    [
      ['validate', '--targets', ''],
      "error: option '--targets <clouds>' argument '' is invalid. Write some of aws, azure, gcp, with commas between them.\n(see --help)\n",
    ],
  ])('mlops %j ends with 2', async (args, err) => {
    expect(await new Project().run(...args)).toEqual({ code: 2, out: '', err });
  });

  test('no command shows the help, and ends with 2', async () => {
    const { code, err } = await new Project().run();
    expect([code, err.includes('Usage: mlops')]).toEqual([2, true]);
  });
});

describe('init', () => {
  test('writes a file to start from, and says what comes next', async () => {
    const project = new Project();
    expect(await project.run('init')).toEqual({
      code: 0,
      out: 'ml-platform.yaml is written. Edit it, then run: npx mlops validate ml-platform.yaml\n',
      err: '',
    });
    expect(project.files().get('ml-platform.yaml')).toMatch(
      /^# yaml-language-server: \$schema=node_modules\/mlops-constructs\/schema\/ml-platform\.schema\.json\n/,
    );
  });

  test('never overwrites a file', async () => {
    const project = new Project('name: mine\n');
    expect(await project.run('init')).toEqual({
      code: 2,
      out: '',
      err: 'error: ml-platform.yaml exists and was left as it is. Name another file, or remove it first.\n',
    });
    expect(project.files().get('ml-platform.yaml')).toBe('name: mine\n');
  });

  test('needs a folder to write into', async () => {
    const project = new Project();
    const { code, err } = await project.run('init', 'nowhere/x.yaml');
    expect([code, err]).toEqual([2, `error: There is no folder ${join(project.folder, 'nowhere')}. Make it first.\n`]);
  });
});

describe('support', () => {
  test('--json has every row and cloud, with a reason for what is not served exactly', async () => {
    const rows = JSON.parse((await new Project().run('support', '--json')).out) as {
      row: string;
      [cloud: string]: unknown;
    }[];
    expect(rows.map((r) => r.row)).toEqual(Object.keys(SUPPORT_ROWS));
    for (const row of rows)
      for (const cloud of ['aws', 'azure', 'gcp']) {
        const cell = row[cloud] as { level: string; reason?: string };
        expect([row.row, cloud, cell.level === 'mapped' || !!cell.reason]).toEqual([row.row, cloud, true]);
      }
  });

  test('--markdown is docs/support.md', async () => {
    const { out } = await new Project().run('support', '--markdown');
    expect(out).toBe(readFileSync(join(ROOT, 'docs', 'support.md'), 'utf8'));
    expect(out).toBe(supportMarkdown());
  });

  test('shows a table with every row', async () => {
    const { code, out } = await new Project().run('support');
    expect(code).toBe(0);
    for (const row of ['network.existing', 'monitoring.slo']) expect(out).toContain(row);
    expect(out).not.toContain('…');
  });
});

describe('libraries that are not installed', () => {
  const ranges = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).peerDependencies as { [name: string]: string };

  test('are named, with the command that installs them', () => {
    const installed = (name: string): boolean => !name.includes('cdktf');
    expect(() => requirePeers(['aws', 'azure', 'gcp'], installed)).toThrow(
      'Azure and Google Cloud cannot be synthesized: @cdktf/provider-azurerm, @cdktf/provider-google, cdktf are not installed.\n' +
        `Install them:  npm install --save-dev "@cdktf/provider-azurerm@${ranges['@cdktf/provider-azurerm']}" "@cdktf/provider-google@${ranges['@cdktf/provider-google']}" "cdktf@${ranges.cdktf}"\n` +
        'Or leave the cloud out with --targets.',
    );
    expect(() => requirePeers(['gcp'], (name) => name !== 'cdktf')).toThrow(
      `Google Cloud cannot be synthesized: cdktf is not installed.\nInstall it:  npm install --save-dev "cdktf@${ranges.cdktf}"\n`,
    );
  });

  test('do not matter for a cloud that is not asked for', () => {
    expect(() => requirePeers(['aws'], (name) => !name.includes('cdktf'))).not.toThrow();
  });

  test('are the peers of the package, all of them', () => {
    expect(new Set(Object.values(PEERS).flat())).toEqual(new Set(Object.keys(ranges)));
  });

  test('are all installed here', () => {
    expect(() => requirePeers(['aws', 'azure', 'gcp'])).not.toThrow();
  });
});

test('nothing is written where nothing was asked for', async () => {
  const project = new Project();
  await project.run('support');
  expect(existsSync(join(project.folder, 'cdk.out'))).toBe(false);
});
