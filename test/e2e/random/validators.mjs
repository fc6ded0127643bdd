// The two judges of CloudFormation templates that are not ours: CDK's validator, and cfn-lint. Each first has to find a planted fault.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const require = createRequire(import.meta.url);
const PLANTED = { Resources: { Planted: { Type: 'AWS::S3::Bucket', Properties: { Colour: 'red' } } } };

/** That CDK's validator looks at what this process synthesizes. */
export async function plantedFault() {
  const { App, CfnResource, Stack } = require('aws-cdk-lib/core');
  const { AWS_CONTEXT } = require('../../../bin/cli/platforms.js');
  process.env.CDK_VALIDATION = 'true';
  const app = new App({ context: { ...AWS_CONTEXT, '@aws-cdk/core:appMode': 'inmemory' }, autoSynth: false });
  const { Type, Properties } = PLANTED.Resources.Planted;
  new CfnResource(new Stack(app, 'planted'), 'Planted', { type: Type, properties: Properties });
  let found = '';
  try {
    app.synth();
  } catch (e) {
    found = e.message;
  }
  if (!found.includes('Colour')) throw new Error(`CDK's validator does not find a property that there is not: ${found}`);
}

/** Runs cfn-lint once over all templates in a folder; gives how many. */
export function lint(program, folder) {
  if (!existsSync(folder)) return 0;
  const planted = join(folder, 'planted.template.json');
  writeFileSync(planted, JSON.stringify(PLANTED));
  const files = readdirSync(folder).map((name) => join(folder, name));
  const { stdout, stderr, error } = spawnSync(program, ['--format', 'parseable', '--non-zero-exit-code', 'error', ...files], {
    encoding: 'utf8',
    maxBuffer: 1e9,
  });
  if (error) throw error;
  const errors = stdout.split('\n').filter((line) => /:E\d{4}:/.test(line));
  const others = errors.filter((line) => !line.startsWith(planted));
  if (others.length) throw new Error(`cfn-lint:\n${others.join('\n')}`);
  if (!errors.length) throw new Error(`cfn-lint does not find a property that there is not: ${stdout}${stderr}`);
  return files.length - 1;
}
