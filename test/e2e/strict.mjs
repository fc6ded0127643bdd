// node test/e2e/strict.mjs --list
// node test/e2e/strict.mjs EXAMPLE OUT: synthesizes with CDK's validator as errors and cdk-nag's AwsSolutions; fails on any finding.
import { createRequire } from 'node:module';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const housing = join(root, 'examples', 'housing', 'ml-platform.yaml');

/** Each example as it is, and the housing one as other users would have it. */
const EXAMPLES = {
  housing: (text) => text,
  'housing-prod': (text) => text.replace('environment: dev', 'environment: prod'),
  'housing-public': (text) =>
    text.replace('access: private', 'access: public').replace('strategy: canary, percent: 10, interval: 10m', 'strategy: all-at-once'),
  'housing-authenticated': (text) =>
    text.replace('access: private', 'access: authenticated').replace('scaling: { min: 0', 'scaling: { min: 2'),
  'housing-gang': (text) =>
    text
      .replace('{ memoryGib: 24, count: 1 }', '{ type: A100_80GB, count: 8 }')
      .replace('nodesPerJob: 1', 'nodesPerJob: 2')
      .replace('capacity: [spot, on-demand]', 'capacity: [on-demand]'),
  compose: undefined,
};

const [name, out] = process.argv.slice(2);
if (name === '--list') {
  console.log(Object.keys(EXAMPLES).join('\n'));
  process.exit(0);
}

const { App, Validations } = require('aws-cdk-lib/core');
const { AwsSolutionsChecks } = require('cdk-nag');
const { AWS_CONTEXT } = require('../../bin/cli/platforms.js');
const app = new App({
  outdir: out,
  // As users get it, and the validator's warnings as errors, too.
  context: { ...AWS_CONTEXT, '@aws-cdk/core:strictCfnValidateErrors': true },
});
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
if (EXAMPLES[name]) {
  const { aws } = require('mlops-constructs');
  const { load } = require('../../bin/cli/load.js');
  const text = EXAMPLES[name](readFileSync(housing, 'utf8'));
  if (name !== 'housing' && text === readFileSync(housing, 'utf8')) throw new Error(`${name} changes nothing`);
  mkdirSync(out, { recursive: true });
  // Beside the example, because image directories are relative to the declaration.
  const file = join(dirname(housing), `.${name}.yaml`);
  writeFileSync(file, text);
  process.once('exit', () => rmSync(file, { force: true }));
  const { declaration } = load(file);
  new aws.MlPlatformStack(app, name, declaration);
} else {
  const { PricingStack } = require('../../examples/compose/aws.js');
  new PricingStack(app, 'pricing', { env: { region: 'eu-west-1' } });
}
app.synth();
