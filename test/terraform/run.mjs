// node test/terraform/run.mjs FOLDER...: runs Terraform over every stack in the folders, and prints what came of each.
import { applyAll, stacksOf, terraformVersion } from './terraform.mjs';

const version = terraformVersion();
if (!version) {
  console.error('SKIPPED: terraform is not installed on this machine; install it to have these stacks applied by its core');
  process.exit(3);
}
process.exitCode = (await applyAll(process.argv.slice(2).flatMap(stacksOf), version)) ? 1 : 0;
