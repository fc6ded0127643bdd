// node test/e2e/strict.mjs --list
// node test/e2e/strict.mjs EXAMPLE OUT: synthesizes with CDK's validator as errors and cdk-nag's AwsSolutions; fails on any finding.
import { createRequire } from 'node:module';
import { declarationOf, VARIANTS } from './variants.mjs';

const require = createRequire(import.meta.url);
const [name, out] = process.argv.slice(2);
if (name === '--list') {
  console.log([...VARIANTS, 'compose'].join('\n'));
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
if (name === 'compose') {
  const { PricingStack } = require('../../examples/compose/aws.js');
  new PricingStack(app, 'pricing', { env: { region: 'eu-west-1' } });
} else {
  const { aws } = require('mlops-constructs');
  new aws.MlPlatformStack(app, name, await declarationOf(name));
}
app.synth();
