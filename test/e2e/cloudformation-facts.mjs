// node test/e2e/cloudformation-facts.mjs [--write]: run `npm run build` before.
// Asks CDK's validator (I9001) about every property of every type that the service specification knows. Where the validator's schemas say
// that a property forces a replacement, or may, and the specification does not, the fact belongs into lib/review/cloudformation/facts.json:
// --write collects it there; without, it fails if `mlops diff` would call such a property updatable.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { example, spec } from './cloudformation-mutations.mjs';

const require = createRequire(import.meta.url);
const home = dirname(require.resolve('aws-cdk-lib/package.json'));
const { CelEngine, TemplateContent } = require(require.resolve('@aws/cloudformation-validate', { paths: [home] }));
const file = new URL('../../lib/review/cloudformation/facts.json', import.meta.url);
const isWriting = process.argv.includes('--write');
if (isWriting) writeFileSync(file, JSON.stringify({ source: '', types: {} }));
const { replacementAt } = require('../../lib/review/cloudformation/spec.js');

const engine = new CelEngine();
const counts = new Map();
const weaker = {};
for (const { cloudFormationType: type, properties } of spec.all('resource')) {
  const declared = Object.fromEntries(Object.entries(properties).map(([name, p]) => [name, example(p.type)]));
  const { diagnostics } = engine.validateTemplate(
    new TemplateContent(JSON.stringify({ Resources: { R: { Type: type, Properties: declared } } })),
  );
  const told = new Map(Object.keys(properties).map((name) => [name, 'no']));
  for (const { ruleId, propertyPath, context } of diagnostics) {
    if (ruleId !== 'I9001') continue;
    const path = propertyPath.replace(/\[(\d+)\]/g, '.$1').replace(/^Properties\./, '');
    told.set(path, context.lifecycle === 'create-only' ? 'yes' : 'conditional');
  }
  for (const [path, they] of told) {
    const steps = path.split('.').map((step) => (/^\d+$/.test(step) ? Number(step) : step));
    const value = steps.reduce((v, step) => v?.[step], declared);
    const we = replacementAt(type, steps, declared, [undefined, value]);
    const key = `we ${we}, validator ${they}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
    if (we === 'no' && they !== 'no')
      weaker[type] = { ...weaker[type], [steps.map((s) => (typeof s === 'number' ? '*' : s)).join('.')]: they };
  }
}
engine.free();

const { version } = JSON.parse(readFileSync(`${home}/package.json`, 'utf8'));
if (isWriting) {
  const types = Object.fromEntries(Object.entries(weaker).sort(([a], [b]) => (a < b ? -1 : 1)));
  writeFileSync(file, `${JSON.stringify({ source: `the schemas of the validator in aws-cdk-lib ${version}`, types }, null, 2)}\n`);
} else {
  console.log(`${spec.all('resource').length} types, ${[...counts.values()].reduce((a, b) => a + b)} properties, aws-cdk-lib ${version}:`);
  for (const [key, count] of counts) console.log(`  ${count} ${key}`);
  for (const [type, facts] of Object.entries(weaker)) console.log(`  WEAKER ${type} ${JSON.stringify(facts)}`);
  process.exitCode = Object.keys(weaker).length > 0 ? 1 : 0;
}
