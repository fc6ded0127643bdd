// node bin/dev/facts.mjs AZURERM GOOGLE
// Rewrites lib/review/terraform/facts.json from the providers' schemas (JSON, also gzipped, their version in the file name):
// what `mlops diff` has to know of each resource type that a construct of this library can make, and no more.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const files = process.argv.slice(2);
if (files.length !== 2) {
  console.error('usage: node bin/dev/facts.mjs AZURERM.json[.gz] GOOGLE.json[.gz]');
  process.exit(2);
}

const versions = {};
const schemas = {};
for (const file of files) {
  const bytes = readFileSync(file);
  const [, provider, version] = /^(\w+)-(\d+\.\d+\.\d+)\.json/.exec(basename(file));
  versions[provider] = version;
  Object.assign(schemas, JSON.parse(file.endsWith('.gz') ? gunzipSync(bytes) : bytes));
}

const types = {};
const missing = [];
for (const type of emitted())
  if (schemas[type]) types[type] = compact(schemas[type].attrs);
  else missing.push(type);
if (missing.length) {
  console.error(`the schemas do not know ${missing.join(', ')}`);
  process.exit(1);
}

// One type a line: a change of the table is read by people.
const lines = Object.entries(types).map(([type, attributes]) => `    ${JSON.stringify(type)}: ${JSON.stringify(attributes)}`);
const file = join(root, 'lib', 'review', 'terraform', 'facts.json');
writeFileSync(file, `{\n  "versions": ${JSON.stringify(versions)},\n  "types": {\n${lines.join(',\n')}\n  }\n}\n`);
console.log(`${lines.length} types, ${(readFileSync(file).length / 1024).toFixed(0)} KiB`);

/** Every resource type whose class the library imports, whatever the props that lead to it. */
function emitted() {
  const found = new Set();
  for (const cloud of ['azure', 'gcp'])
    for (const name of readdirSync(join(root, 'lib', cloud), { recursive: true }))
      if (name.endsWith('.ts') && !name.endsWith('.d.ts'))
        for (const [, provider, module] of readFileSync(join(root, 'lib', cloud, name), 'utf8').matchAll(
          /@cdktf\/provider-(azurerm|google)\/lib\/([a-z0-9-]+)/g,
        ))
          if (module !== 'provider' && !module.startsWith('data-')) found.add(`${provider}_${module.replaceAll('-', '_')}`);
  return [...found].sort();
}

/**
 * An attribute is written as its kind (s string, n number, b bool, m map, l list and t set of those, L list and T set of blocks),
 * its marks (! forces replacement, ~ computed, * sensitive, @ a block that is set like an attribute), and =default;
 * a block as the pair of that and what is in it.
 */
function compact(attributes) {
  const top = {};
  const inside = { '': top };
  for (const path of Object.keys(attributes).sort((a, b) => a.split('.').length - b.split('.').length || (a < b ? -1 : 1))) {
    const a = attributes[path];
    const cut = path.lastIndexOf('.');
    const parent = inside[path.slice(0, Math.max(cut, 0))];
    const marks = `${a.fn ? '!' : ''}${a.comp ? '~' : ''}${a.sens ? '*' : ''}${a.mode === 'attr' ? '@' : ''}`;
    const text = `${kind(a)}${marks}${a.def === undefined ? '' : `=${a.def}`}`;
    if (a.blk) parent[path.slice(cut + 1)] = [text, (inside[path] = {})];
    else parent[path.slice(cut + 1)] = text;
  }
  return top;
}

function kind({ t, blk }) {
  const [, collection, element] = /^(?:(List|Set|Map)\b)?<?(\w*)/.exec(t);
  if (blk) return collection === 'Set' ? 'T' : 'L';
  const scalar = { String: 's', Int: 'n', Float: 'n', Bool: 'b' }[element] ?? 's';
  return { List: `l${scalar}`, Set: `t${scalar}`, Map: 'm' }[collection] ?? scalar;
}
