// node test/e2e/properties.mjs [--runs N] [--seed S] [--jobs J] [--spoiled K] [--command-of C] [--cfn-lint PROGRAM]: run `npm run build` before.
// What holds for every declaration, tried on random ones: a right one synthesizes, without a finding of CDK's validator and of cfn-lint,
// twice the same, whatever the order of its keys and the folder; every reference leads somewhere; a service that is added changes nothing
// that it has nothing to do with. A wrong one is refused by the command with all that is wrong, by line and path, and nothing is written.
// Nothing ever ends in a stack trace.
import fc from 'fast-check';
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { declarations, hasty } from './declarations.mjs';
import { addressesOf, checkOutputs, checkReferences, contentsOf } from './random/output.mjs';
import { leavesOf, requireAll } from './random/leaves.mjs';
import { lint, plantedFault } from './random/validators.mjs';
import { checkRefusal, command, problemsIn, synth } from './random/run.mjs';
import { spoil } from './random/spoil.mjs';
import { stringify } from 'yaml';

const { values: options } = parseArgs({
  options: {
    runs: { type: 'string', default: '20' },
    seed: { type: 'string', default: '20261121' },
    jobs: { type: 'string', default: '1' },
    spoiled: { type: 'string', default: '2' },
    // One in so many spoiled declarations goes through the command, which takes longer; the others through what it calls.
    'command-of': { type: 'string', default: '1' },
    'cfn-lint': { type: 'string' },
    report: { type: 'string' },
  },
});
const runs = Number(options.runs);
const seed = Number(options.seed);
// What one process synthesizes stays in the caches of the CDK.
const AT_ONCE = 50;
/** From here on each leaf of the schema has to be in a declaration that was right. */
const MANY = 500;
/** What shows or watches all services. */
const SHARED = ['AWS::CloudWatch::Dashboard', 'azurerm_application_insights_workbook', 'google_monitoring_dashboard'];
const work = mkdtempSync(join(tmpdir(), 'properties-'));
const counts = { right: 0, refused: 0, hasty: 0, wrong: 0, faults: 0, resources: 0, validated: 0, linted: 0 };
const [reasons, also] = [new Map(), new Map()];
const seen = new Set();
const failures = [];
let tried = 0;
const note = (map, key) => map.set(key, (map.get(key) ?? 0) + 1);

try {
  requireAll(new Set(fc.sample(declarations, { numRuns: 1000, seed }).flatMap((d) => leavesOf(d))), '1000 declarations');
  if (runs > AT_ONCE) await batches();
  else await batch();
  if (options.report)
    writeFileSync(options.report, JSON.stringify({ counts, seen: [...seen], reasons: [...reasons], also: [...also], failures }));
  else summary();
} catch (e) {
  console.error(e.message);
  process.exitCode = 1;
} finally {
  rmSync(work, { recursive: true, force: true });
}

async function batch() {
  await plantedFault();
  const dice = fc.infiniteStream(fc.nat());
  await fc.assert(
    fc.asyncProperty(declarations, dice, (...args) => gather(() => holds(...args))),
    { numRuns: runs, seed },
  );
  await fc.assert(
    fc.asyncProperty(hasty, (d) => gather(() => holdsOrRefuses(d))),
    { numRuns: Math.ceil(runs / 3), seed },
  );
  if (options['cfn-lint']) await gather(() => (counts.linted = lint(options['cfn-lint'], join(work, 'templates'))));
}

/** One failure does not keep the others from being found. */
async function gather(property) {
  try {
    await property();
  } catch (e) {
    failures.push(`seed ${seed}: ${e instanceof Error ? (e.stack ?? e.message) : String(e)}`);
  }
}

/** As many processes at once as are asked for, one for each part of the runs. */
async function batches() {
  const starts = Array.from({ length: Math.ceil(runs / AT_ONCE) }, (_, i) => i * AT_ONCE);
  const worker = async () => {
    for (let done = starts.shift(); done !== undefined; done = starts.shift()) {
      const report = join(work, `${done}.json`);
      const own = ['--runs', String(Math.min(AT_ONCE, runs - done)), '--seed', String(seed + done), '--report', report];
      const rest = [
        '--spoiled',
        options.spoiled,
        '--command-of',
        options['command-of'],
        ...(options['cfn-lint'] ? ['--cfn-lint', options['cfn-lint']] : []),
      ];
      const status = await new Promise((end) =>
        spawn(process.execPath, [process.argv[1], ...own, ...rest], { stdio: 'inherit' }).on('close', end),
      );
      if (status !== 0) throw new Error(`seed ${seed + done} failed`);
      const made = JSON.parse(readFileSync(report, 'utf8'));
      for (const key of Object.keys(counts)) counts[key] += made.counts[key];
      failures.push(...made.failures);
      for (const failure of made.failures) console.error(failure);
      for (const leaf of made.seen) seen.add(leaf);
      for (const [map, entries] of [
        [reasons, made.reasons],
        [also, made.also],
      ])
        for (const [key, n] of entries) map.set(key, (map.get(key) ?? 0) + n);
      console.log(
        `seed ${seed + done}: ${made.counts.right} synthesized, ${made.counts.refused} refused, ${made.counts.wrong} spoiled refused`,
      );
    }
  };
  await Promise.all(Array.from({ length: Number(options.jobs) }, worker));
}

function summary() {
  console.log(
    `${counts.right} declarations synthesized with ${counts.resources} resources, ${counts.validated} of them for AWS and validated, ${counts.linted} templates linted; ` +
      `${counts.refused} refused; ${counts.hasty} hasty ones refused; ${counts.wrong} spoiled ones refused, with ${counts.faults} faults (seed ${seed})`,
  );
  for (const [title, map] of [
    ['refused because', reasons],
    ['said beside the fault', also],
  ]) {
    if (map.size) console.log(`${title}:`);
    for (const [reason, n] of [...map].sort((a, b) => b[1] - a[1]).slice(0, 40)) console.log(`  ${n} x ${reason}`);
  }
  if (failures.length) throw new Error(`${failures.length} failures${runs > AT_ONCE ? '' : `:\n${failures.join('\n\n')}`}`);
  if (counts.right < runs * 0.6) throw new Error(`only ${counts.right} of ${runs} declarations were right: the generator tries too little`);
  if (runs >= MANY) requireAll(seen, `${counts.right} declarations that synthesized`);
}

async function holds(declaration, dice) {
  const pick = (list) => list[dice.next().value % list.length];
  const first = await synth(work, stringify(declaration), { strict: true });
  if (!first.ok) {
    counts.refused++;
    checkRefusal(first);
    for (const { path, reason } of problemsIn(first.err)) note(reasons, `${path.replace(/^(\w+)\.[^.]+/, '$1.*')}: ${reason}`);
    return;
  }
  counts.right++;
  counts.resources += Object.values(first.addresses).flat().length;
  for (const leaf of leavesOf(declaration)) seen.add(leaf);
  for (const [file, text] of Object.entries(first.files)) {
    checkReferences(file, JSON.parse(text));
    if (!file.endsWith('.template.json')) continue;
    counts.validated++;
    mkdirSync(join(work, 'templates'), { recursive: true });
    if (options['cfn-lint']) writeFileSync(join(work, 'templates', `${counts.right}-${file}`), text);
  }
  checkOutputs(Object.values(first.files).map((text) => JSON.parse(text)));
  const second = await synth(work, stringify(shuffled(declaration, dice.next().value % 97)));
  same(first.files, second.files, 'another order of keys, in another folder');
  const more = { ...declaration, inference: { ...declaration.inference, 'added-later': { image: './app', access: 'public' } } };
  await leavesAlone(first, more);
  for (let n = 0; n < Number(options.spoiled); n++) await gather(() => refuses(declaration, pick));
}

/** A service that is added takes no resource away, and changes none that has nothing to do with it. */
async function leavesAlone(first, more) {
  const third = await synth(work, stringify(more));
  if (!third.ok) throw new Error(`a service that is added is refused: ${third.err}`);
  for (const [file, text] of Object.entries(first.files)) {
    const [before, after] = [contentsOf(text), contentsOf(third.files[file])];
    const gone = addressesOf(text).filter((address) => !(address in after));
    if (gone.length) throw new Error(`a service that is added changes addresses in ${file}: ${gone.slice(0, 5).join(', ')}`);
    const changed = Object.keys(before).filter((a) => before[a].content !== after[a].content && !SHARED.includes(before[a].type));
    if (changed.length) throw new Error(`a service that is added changes ${changed.join(', ')} in ${file}: ${stringify(more)}`);
  }
}

/** What was written in a hurry is right, or refused in words. */
async function holdsOrRefuses(declaration) {
  const made = await synth(work, stringify(declaration), { strict: true });
  if (made.ok) return;
  counts.hasty++;
  checkRefusal(made);
}

/** Things that a person gets wrong; the command refuses all of them, with the line. */
async function refuses(declaration, pick) {
  const { text, faults } = spoil(declaration, pick([1, 1, 1, 2, 3]), pick);
  const said = tried++ % Number(options['command-of']) ? await synth(work, text) : command(work, text);
  const told = () => `${faults.map((f) => `${f.about}: ${f.path}`).join('; ')}\n${said.err}\n${text}`;
  if (said.code === 0) throw new Error(`taken: ${told()}`);
  checkRefusal(said);
  const problems = problemsIn(said.err);
  // Where a target is not there at all nobody looks at what is for it.
  const blind = faults.some(({ path }) => /^targets(\.\w+)?$/.test(path));
  for (const { path, lines, ofCloud } of faults) {
    if (blind && ofCloud) continue;
    const named = problems.find((p) => p.path === path);
    if (!named) throw new Error(`${path} is not named: ${told()}`);
    if (!lines.includes(named.line)) throw new Error(`${path} is in line ${lines.join(' or ')}, not ${named.line}: ${told()}`);
  }
  counts.wrong++;
  counts.faults += faults.length;
  for (const { path, reason } of problems)
    if (!faults.some((f) => `${path}.`.startsWith(`${f.path}.`)))
      note(also, `${faults.map((f) => `${f.about}: ${f.path}`).join('; ')} => ${path}: ${reason}`);
}

function same(a, b, when) {
  for (const file of new Set([...Object.keys(a), ...Object.keys(b)]))
    if (a[file] !== b[file]) throw new Error(`${file} differs with ${when}: ${firstDifference(a[file] ?? '', b[file] ?? '')}`);
}

function firstDifference(a, b) {
  const at = [...a].findIndex((c, i) => c !== b[i]);
  return `...${a.slice(Math.max(0, at - 80), at + 80)}... and ...${b.slice(Math.max(0, at - 80), at + 80)}...`;
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
