// node test/e2e/properties.mjs [--runs N] [--seed S]: run `npm run build` before.
// What holds for every declaration, tried on random ones: a right one synthesizes, twice the same, whatever the order of its keys and the
// folder; every reference leads somewhere; a service that is added changes no other address. A wrong one is refused with all that is wrong,
// by line and path, and nothing is written. Nothing ever ends in a stack trace.
import fc from 'fast-check';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { stringify } from 'yaml';
import { declarations } from './declarations.mjs';

process.env.CDK_VALIDATION = 'false';
const require = createRequire(import.meta.url);
const { main } = require('../../bin/cli/main.js');
const pc = require('picocolors');
const { values: options } = parseArgs({
  options: { runs: { type: 'string', default: '20' }, seed: { type: 'string', default: '20261121' } },
});
const runs = Number(options.runs);
const seed = Number(options.seed);
// What one process synthesizes stays in the caches of the CDK.
const AT_ONCE = 60;
if (runs > AT_ONCE) {
  for (let done = 0; done < runs; done += AT_ONCE) {
    const args = [process.argv[1], '--runs', String(Math.min(AT_ONCE, runs - done)), '--seed', String(seed + done)];
    const { status } = spawnSync(process.execPath, args, { stdio: 'inherit' });
    if (status !== 0) process.exit(status ?? 1);
  }
  process.exit(0);
}
const work = mkdtempSync(join(tmpdir(), 'properties-'));
const counts = { right: 0, refused: 0, wrong: 0, resources: 0 };
const reasons = new Map();
let folders = 0;

try {
  await fc.assert(fc.asyncProperty(declarations, fc.nat(), holds), { numRuns: runs, seed, endOnFailure: true });
  await fc.assert(fc.asyncProperty(declarations, fc.nat(), fc.nat(), refuses), { numRuns: runs * 3, seed, endOnFailure: true });
  console.log(
    `${counts.right} declarations synthesized with ${counts.resources} resources, ${counts.refused} refused; ${counts.wrong} wrong ones refused (seed ${seed})`,
  );
  for (const [reason, n] of [...reasons].sort((a, b) => b[1] - a[1]).slice(0, 12)) console.log(`  ${n} x ${reason}`);
  if (counts.right < runs / 4) throw new Error(`only ${counts.right} of ${runs} declarations were right: the generator tries too little`);
} finally {
  rmSync(work, { recursive: true, force: true });
}

async function holds(declaration, salt) {
  const first = await synth(declaration);
  if (!first.ok) {
    counts.refused++;
    checkRefusal(first);
    for (const line of first.err.split('\n').filter((l) => /^ {2}[^ -]/.test(l)))
      reasons.set(line.trim(), (reasons.get(line.trim()) ?? 0) + 1);
    return;
  }
  counts.right++;
  counts.resources += Object.values(first.addresses).flat().length;
  const second = await synth(shuffled(declaration, salt));
  same(first.files, second.files, 'another order of keys, in another folder');
  for (const [file, text] of Object.entries(first.files)) checkReferences(file, JSON.parse(text));
  const more = { ...declaration, inference: { ...declaration.inference, 'added-later': { image: './app' } } };
  const third = await synth(more);
  if (!third.ok) throw new Error(`a service that is added is refused: ${third.err}`);
  for (const [file, addresses] of Object.entries(first.addresses)) {
    const gone = addresses.filter((a) => !third.addresses[file].includes(a));
    if (gone.length) throw new Error(`a service that is added changes addresses in ${file}: ${gone.slice(0, 5).join(', ')}`);
  }
}

/** One thing that a person gets wrong; it is refused, with the line. */
async function refuses(declaration, which, where) {
  const { wrong, about } = spoiled(declaration, which, where);
  const said = await synth(wrong);
  if (said.ok) throw new Error(`${about} was taken: ${stringify(wrong)}`);
  counts.wrong++;
  checkRefusal(said);
}

function checkRefusal({ code, err, written }) {
  if (code !== 2) throw new Error(`ended with ${code}: ${err}`);
  if (/^\s+at .*:\d+:\d+\)?$/m.test(err)) throw new Error(`a stack trace: ${err}`);
  if (!/^platform\.yaml:\d+:\d+ {2}\S/m.test(err)) throw new Error(`no line and column: ${err}`);
  if (written.length) throw new Error(`${written.join(', ')} was written all the same`);
}

async function synth(declaration) {
  const folder = join(work, `${++folders}${'x'.repeat(folders % 7)}`);
  mkdirSync(join(folder, 'app'), { recursive: true });
  writeFileSync(join(folder, 'app', 'Dockerfile'), 'FROM scratch\n');
  writeFileSync(join(folder, 'platform.yaml'), stringify(declaration));
  let [out, err] = ['', ''];
  const colors = pc.createColors(false);
  const io = {
    cwd: folder,
    out: (text) => (out += text),
    err: (text) => (err += text),
    outColors: colors,
    errColors: colors,
    columns: 200,
    interactive: false,
  };
  const code = await main(['synth', 'platform.yaml'], io);
  const written = readdirSync(folder).filter((name) => name !== 'platform.yaml' && name !== 'app');
  const files = code === 0 ? read(folder) : {};
  rmSync(folder, { recursive: true, force: true });
  return { ok: code === 0, code, out, err, written, files, addresses: addressesOf(files) };
}

function read(folder) {
  const files = {};
  const cloud = join(folder, 'cdk.out');
  if (existsSync(cloud))
    for (const name of readdirSync(cloud).filter((n) => n.endsWith('.template.json')))
      files[name] = readFileSync(join(cloud, name), 'utf8');
  const stacks = join(folder, 'cdktf.out', 'stacks');
  if (existsSync(stacks)) for (const name of readdirSync(stacks)) files[name] = readFileSync(join(stacks, name, 'cdk.tf.json'), 'utf8');
  return files;
}

function addressesOf(files) {
  return Object.fromEntries(
    Object.entries(files).map(([file, text]) => {
      const { Resources, resource } = JSON.parse(text);
      const terraform = Object.entries(resource ?? {}).flatMap(([type, of]) => Object.keys(of).map((name) => `${type}.${name}`));
      return [file, Resources ? Object.keys(Resources) : terraform];
    }),
  );
}

function same(a, b, when) {
  for (const file of new Set([...Object.keys(a), ...Object.keys(b)]))
    if (a[file] !== b[file]) throw new Error(`${file} differs with ${when}: ${firstDifference(a[file] ?? '', b[file] ?? '')}`);
}

function firstDifference(a, b) {
  const at = [...a].findIndex((c, i) => c !== b[i]);
  return `...${a.slice(Math.max(0, at - 80), at + 80)}... and ...${b.slice(Math.max(0, at - 80), at + 80)}...`;
}

/** Every reference leads to something that is in the stack. */
function checkReferences(file, body) {
  const text = JSON.stringify(body);
  if (body.Resources) {
    const known = new Set([...Object.keys(body.Resources), ...Object.keys(body.Parameters ?? {}), ...Object.keys(body.Conditions ?? {})]);
    for (const [, name] of text.matchAll(/"(?:Ref|Fn::GetAtt)":\s*\[?"([^"]+)"/g))
      if (!name.startsWith('AWS::') && !known.has(name)) throw new Error(`${file}: ${name} is referred to and not there`);
    return;
  }
  const known = new Set();
  for (const [kind, prefix] of [
    ['resource', ''],
    ['data', 'data.'],
  ])
    for (const [type, of] of Object.entries(body[kind] ?? {})) for (const name of Object.keys(of)) known.add(`${prefix}${type}.${name}`);
  for (const [, expression] of text.matchAll(/(?<!\$)\$\{((?:[^{}]|\{[^{}]*\})*)\}/g))
    for (const [, address] of expression
      .replace(/\\"(?:[^"\\]|\\\\.)*?\\"/g, '')
      .matchAll(/\b((?:data\.)?(?:azurerm|google|terraform)_\w+\.[\w-]+)/g))
      if (!known.has(address)) throw new Error(`${file}: ${address} is referred to and not there`);
}

function shuffled(value, salt) {
  if (Array.isArray(value)) return value.map((v) => shuffled(v, salt));
  if (value === null || typeof value !== 'object') return value;
  const rank = (key) => [...key].reduce((sum, c) => (sum * 31 + c.charCodeAt(0) + salt) % 65_521, 7);
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => rank(a) - rank(b))
      .map(([k, v]) => [k, shuffled(v, salt)]),
  );
}

function spoiled(declaration, which, where) {
  const wrong = structuredClone(declaration);
  const maps = [wrong, wrong.targets, ...['training', 'inference', 'features', 'models'].flatMap((s) => Object.values(wrong[s] ?? {}))];
  const map = maps[where % maps.length];
  const kinds = [
    ['an unknown field', () => (map.colour = 'red')],
    ['a list where a map belongs', () => (wrong.targets = ['aws'])],
    ['a number as a name', () => (wrong.name = 4711)],
    ['a name in capitals', () => (wrong.name = 'My Platform')],
    ['no target', () => (wrong.targets = {})],
    ['an unknown environment', () => (wrong.environment = 'production')],
    ['a negative number', () => (wrong.inference = { predict: { image: 'a/b:1', scaling: { max: -1 } } })],
    ['a size without a unit', () => (wrong.inference = { predict: { image: 'a/b:1', memory: '2048' } })],
    ['a name that is no name', () => (wrong.training = { 'My Trainer': { image: 'a/b:1', accelerator: { memoryGib: 16 } } })],
    ['an accelerator that nobody makes', () => (wrong.training = { t: { image: 'a/b:1', accelerator: { type: 'Z9' } } })],
    ['a missing image', () => (wrong.inference = { predict: { port: 80 } })],
    ['a reference to nothing', () => (wrong.inference = { predict: { image: 'a/b:1', mounts: { nothing: '/mnt/a' } } })],
    ['a feature of no type', () => (wrong.features = { f: { entity: { name: 'id' }, eventTime: 't', features: { a: 'decimal' } } })],
    ['nothing at all', () => (wrong.targets = null)],
    ['backups that no database keeps', () => (wrong.tracking = { mlflow: { database: { backupRetention: '1d' } } })],
  ];
  const [about, spoil] = kinds[which % kinds.length];
  spoil();
  return { wrong, about };
}
