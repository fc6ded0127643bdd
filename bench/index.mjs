// Runs the benches, prints a table and writes bench/latest.json: node bench/index.mjs [--pairs N] [--only NAME] (after npm run build).
// A goal that is missed is said, and fails nothing: how fast a machine is, it alone knows.
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { inWorkFolder, ROOT } from './measure.mjs';

const BENCHES = ['synth', 'peers', 'commands', 'growth', 'review'];
const PACKAGES = ['aws-cdk-lib', 'cdktf', '@cdktf/provider-azurerm', '@cdktf/provider-google', 'constructs'];
const LATEST = new URL('latest.json', import.meta.url);

const { values } = parseArgs({ options: { pairs: { type: 'string', default: '9' }, only: { type: 'string' } } });
const pairs = Number(values.pairs);
const unknown = values.only !== undefined && !BENCHES.includes(values.only);
if (!Number.isInteger(pairs) || pairs < 1 || unknown) {
  console.error(`usage: node bench/index.mjs [--pairs N] [--only ${BENCHES.join('|')}]`);
  process.exit(2);
}

const benches = {};
for (const name of values.only === undefined ? BENCHES : [values.only]) {
  const { bench } = await import(`./suites/${name}.mjs`);
  console.error(`${name} ...`);
  benches[name] = await inWorkFolder((work) => bench(work, pairs));
}
const all = Object.values(benches).flat();
console.log(table(all));
const skips = all.filter((f) => f.skipped);
for (const { what, skipped } of skips) console.log(`SKIPPED ${what}: ${skipped}`);
const judged = all.filter((f) => f.verdict);
console.log(`\n${judged.filter((f) => f.verdict === 'ok').length} of ${judged.length} goals are met; ${skips.length} benches skipped.`);
// A part of it would pass for the whole.
if (values.only === undefined) writeFileSync(LATEST, `${JSON.stringify({ measured: facts(), pairs, benches }, null, 2)}\n`);

function table(figures) {
  const shown = (n) => n.toLocaleString('en-US');
  const rows = figures
    .filter((f) => !f.skipped)
    .map((f) => [
      f.what,
      `${shown(f.value)} ${f.unit}`,
      f.goal === undefined ? '' : `${shown(f.goal)}${f.stretch === undefined ? '' : ` (stretch ${f.stretch}: ${f.stretchVerdict})`}`,
      f.verdict ?? '',
      f.note ?? '',
    ]);
  const head = ['what', 'median', 'goal', 'verdict', 'note'];
  const widths = head.map((h, i) => Math.max(h.length, ...rows.map((r) => r[i].length)));
  const line = (cells) => `| ${cells.map((c, i) => (i === 1 ? c.padStart(widths[i]) : c.padEnd(widths[i]))).join(' | ')} |`;
  return [
    line(head),
    `|${widths.map((w, i) => (i === 1 ? `${'-'.repeat(w + 1)}:` : '-'.repeat(w + 2))).join('|')}|`,
    ...rows.map(line),
  ].join('\n');
}

function facts() {
  const version = (name) => JSON.parse(readFileSync(new URL(`node_modules/${name}/package.json`, `file://${ROOT}`), 'utf8')).version;
  return {
    on: new Date().toISOString().slice(0, 10),
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    processors: `${cpus().length} x ${cpus()[0].model.trim()}`,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    versions: Object.fromEntries(PACKAGES.map((name) => [name, version(name)])),
  };
}
