// node test/e2e/terraform.mjs --list
// node test/e2e/terraform.mjs EXAMPLE OUT: synthesizes an example's Azure and Google stacks, and has real Terraform apply them to stand-ins.
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { declarationOf, VARIANTS } from './variants.mjs';

const require = createRequire(import.meta.url);
const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const [name, out] = process.argv.slice(2);
if (name === '--list') {
  console.log([...VARIANTS, 'compose'].join('\n'));
  process.exit(0);
}

const { App } = require('cdktf');
mkdirSync(out, { recursive: true });
const app = new App({ outdir: out });
for (const cloud of ['azure', 'gcp']) {
  if (name === 'compose') {
    const { PricingStack } = require(`../../examples/compose/${cloud}.js`);
    new PricingStack(app, `pricing-${cloud}`);
  } else {
    const { MlPlatformStack } = require('mlops-constructs')[cloud];
    new MlPlatformStack(app, `${name}-${cloud}`, await declarationOf(name));
  }
}
app.synth();
const { status } = spawnSync(process.execPath, [join(root, 'test', 'terraform', 'run.mjs'), out], { stdio: 'inherit' });
process.exitCode = status ?? 1;
