// Compiles with jsii and makes what was compiled lazy. Writes the JSON Schema and the code that checks by it, the facts about types of
// CloudFormation, docs/support.md and the tables of docs/policies.md.
import { spawnSync } from 'node:child_process';
import { chmodSync, readdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { makeLazy } from './lazy.mjs';
import { writePolicies } from './policies.mjs';
import { writeSchema } from './schema.mjs';
import { writeSpecification } from './specification.mjs';
import { writeValidator } from './validator.mjs';

const require = createRequire(import.meta.url);
const root = new URL('../../', import.meta.url);

writeSchema();
writeValidator();
writeSpecification();

// The field name `accelerator.type` is the declaration's own word; it is reserved only in Go.
const jsii = spawnSync(process.execPath, [require.resolve('jsii/bin/jsii'), '--fail-on-warnings', '--silence-warnings', 'reserved-word'], {
  encoding: 'utf8',
  env: {
    ...process.env,
    JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION: '1',
    JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION: '1',
    JSII_SILENCE_WARNING_DEPRECATED_NODE_VERSION: '1',
  },
});
if (jsii.status !== 0) {
  process.stderr.write(jsii.stdout + jsii.stderr);
  process.exit(jsii.status ?? 1);
}

// `require('mlops-constructs')` must not load a cloud's library before it is used, nor a cloud all of its library.
for (const folder of ['lib', 'bin'])
  for (const name of readdirSync(new URL(folder, root), { recursive: true }))
    if (/(?<!\.d)\.ts$/.test(name)) makeLazy(fileURLToPath(new URL(`${folder}/${name.replace(/ts$/, 'js')}`, root)));

// The same table as `mlops support` shows. Only now, because it and that of the rules come from what was compiled.
const { supportMarkdown } = require('../cli/support.js');
writeFileSync(new URL('docs/support.md', root), supportMarkdown());
writePolicies();
chmodSync(new URL('../mlops.js', import.meta.url), 0o755);
