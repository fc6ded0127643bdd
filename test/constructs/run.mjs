// node test/constructs/run.mjs CLOUD OUT: synthesizes every construct of a room with as few and with as many props as it takes, checks that none
// is forgotten, and has real Terraform apply what came out to stand-ins, or CDK's validator and cfn-lint look at it.
import { rmSync } from 'node:fs';
import { ignored, problemsOf } from './cases.mjs';

const [cloud, out] = process.argv.slice(2);
const room = await import(`./${cloud}/index.mjs`);
const { missing, needed, synthesizeAll, judge } = await import(cloud === 'aws' ? './cloudformation.mjs' : './terraform.mjs');
if (missing && needed) skip();
const start = performance.now();
const seconds = () => ((performance.now() - start) / 1000).toFixed(0);
rmSync(out, { recursive: true, force: true });
const { declared, problems } = synthesizeAll(room, out);
problems.push(...problemsOf(room, out, declared), ...ignored(room, out, declared));
for (const problem of problems) console.log(`FAILED ${problem}`);
console.log(`${declared.size} declarations of constructs, every prop looked at, in ${seconds()} s; ${problems.length} problems`);
if (missing && !problems.length) skip();

const failed = missing ? 0 : await judge(out);
if (!missing) console.log(`${cloud === 'aws' ? 'cfn-lint' : 'Terraform'} over all of them in ${seconds()} s; ${failed} failed`);
process.exitCode = failed + problems.length ? 1 : 0;

function skip() {
  console.error(`SKIPPED: ${missing}`);
  process.exit(3);
}
