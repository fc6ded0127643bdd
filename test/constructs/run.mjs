// node test/constructs/run.mjs CLOUD OUT: synthesizes every construct of a room with as few and with as many props as it takes, checks that none
// is forgotten, and has real Terraform apply what came out to stand-ins.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { applyAll, stacksOf, terraformVersion } from '../terraform/terraform.mjs';
import { declare, ignored, kebab, problemsOf } from './cases.mjs';

const [cloud, out] = process.argv.slice(2);
const version = terraformVersion();
if (!version) {
  // cdktf, too, asks for it, where an image is built.
  console.error('SKIPPED: terraform is not installed on this machine; install it to have every construct applied by its core');
  process.exit(3);
}
const start = performance.now();
const seconds = () => ((performance.now() - start) / 1000).toFixed(0);
const room = await import(`./${cloud}/index.mjs`);
rmSync(out, { recursive: true, force: true });
const declared = new Map();
const problems = [];
for (const name of Object.keys(room.cases)) {
  try {
    const { app, recorder } = declare(room, name, join(out, kebab(name)));
    app.synth();
    declared.set(name, recorder);
  } catch (error) {
    problems.push(`${name}: ${error.stack}`);
  }
}
problems.push(...problemsOf(room, out, declared), ...ignored(room, out, declared));
for (const problem of problems) console.log(`FAILED ${problem}`);
console.log(`${declared.size} declarations of constructs, every prop looked at, in ${seconds()} s; ${problems.length} problems`);

const failed = await applyAll(stacksOf(out), version);
console.log(`Terraform over all of them in ${seconds()} s; ${failed} failed`);
process.exitCode = failed + problems.length ? 1 : 0;
