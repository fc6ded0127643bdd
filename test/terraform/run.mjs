// node test/terraform/run.mjs FOLDER...: runs Terraform over every stack in the folders, and prints what came of each.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runTerraform, stacksOf, terraformVersion } from './terraform.mjs';

const version = terraformVersion();
if (!version) {
  console.error('SKIPPED: terraform is not installed on this machine; install it to have these stacks applied by its core');
  process.exit(3);
}
let failed = 0;
for (const stack of process.argv.slice(2).flatMap(stacksOf)) {
  const { steps, resources } = await runTerraform(JSON.parse(readFileSync(join(stack, 'cdk.tf.json'), 'utf8')));
  const wrong = steps.find((s) => s.problem !== undefined);
  failed += wrong ? 1 : 0;
  console.log(`${wrong ? 'FAILED' : 'ok'} ${stack}: ${resources} resources; ${steps.map((s) => s.step).join(', ')} (Terraform ${version})`);
  if (wrong)
    console.log(
      wrong.problem
        .split('\n')
        .filter((line) => !/Refreshing state|Reading\.\.\.|Read complete/.test(line))
        .slice(0, 60)
        .join('\n')
        .replace(/^/gm, '  '),
    );
}
process.exitCode = failed ? 1 : 0;
