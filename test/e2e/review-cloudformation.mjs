// node test/e2e/review-cloudformation.mjs [--most N] [--list]: run `npm run build` before.
// Changes the examples' templates in every way that a single property, list or resource can be changed (one of each kind per type and
// property), and compares what `mlops diff` says with what `cdk diff` says of the same pair, and with the properties that CDK's validator
// knows to be create-only (I9001). Fails on a disagreement that EXPLAINED has no reason for.
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { declarationOf, VARIANTS } from './variants.mjs';
import { mutationsOf } from './cloudformation-mutations.mjs';

process.env.CDK_VALIDATION = 'false';
const require = createRequire(import.meta.url);
const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const { diffCloudFormation } = require('../../lib/review/cloudformation');
const { values: options } = parseArgs({ options: { most: { type: 'string' }, list: { type: 'boolean' } } });
// Mutations that one run of `cdk diff` is asked about: each adds the resource and all that depends on it.
const BATCH = 60;
const { types: facts } = JSON.parse(readFileSync(join(root, 'lib', 'review', 'cloudformation', 'facts.json'), 'utf8'));

/** Why the two may differ; each is a place where `mlops diff` is the stricter, or says what `cdk diff` leaves out. */
const EXPLAINED = {
  joined: 'a reference to a replaced resource within Fn::Join or Fn::Sub: cdk diff does not look there',
  perhaps: 'a reference to a resource that may be replaced: cdk diff follows replacements that are certain only',
  version: 'the latest version of a launch template that is changed: cdk diff does not follow it',
  condition: 'a resource under another condition, which may come or go: cdk diff says update',
  custom: 'a custom resource, or one that refers to what is replaced: nobody knows what its handler does, cdk diff says update',
  follows: 'a reference to a resource that is replaced for one of the other causes: cdk diff does not see the first, nor what follows',
  value: 'an attribute whose property changes feeds a create-only property: cdk diff does not follow attributes',
  nested: 'a property below the top that CloudFormation documents as create-only: cdk diff judges by the top',
  schema: 'a property that only the schema says may replace (lib/review/cloudformation/facts.json): cdk diff does not read it',
  reordered: 'the order of a list that is a set, where it cannot be updated: cdk diff says replaced, mlops diff that it may be',
};

/** What cdk diff itself breaks on. */
const broken = [];
const STRICTNESS = ['nothing', 'update', 'may be replaced', 'replace'];

const out = mkdtempSync(join(tmpdir(), 'review-'));
try {
  await main();
} finally {
  rmSync(out, { recursive: true, force: true });
}

async function main() {
  const seen = new Set();
  const islands = [];
  for (const [name, template] of await templates()) {
    for (const mutation of mutationsOf(template)) {
      const key = `${mutation.type} ${mutation.path.map((s) => (typeof s === 'number' ? '*' : s)).join('.')} ${mutation.kind}`;
      if (!seen.has(key)) {
        seen.add(key);
        islands.push(islandOf(name, template, mutation, islands.length));
      }
    }
  }
  const chosen = options.most ? islands.filter((_, n) => n % Math.ceil(islands.length / Number(options.most)) === 0) : islands;
  const batches = Array.from({ length: Math.ceil(chosen.length / BATCH) }, (_, n) => chosen.slice(n * BATCH, (n + 1) * BATCH));
  const said = [];
  const work = batches.map((batch, n) => [batch, n]);
  await Promise.all(
    [0, 1].map(async () => {
      for (let next = work.shift(); next; next = work.shift()) said[next[1]] = await cdkDiff(next[0], next[1]);
    }),
  );
  const figures = { pairs: 0, agree: 0, verdicts: 0, same: 0 };
  const reasons = {};
  const unexplained = [];
  batches.forEach((batch, n) =>
    batch.forEach((island) => {
      if (broken.includes(island)) return;
      const theirs = said[n];
      const ours = verdictsOf(island);
      let agrees = true;
      for (const id of new Set([
        ...ours.keys(),
        ...Object.keys(island.after)
          .concat(Object.keys(island.before))
          .filter((i) => theirs.has(i)),
      ])) {
        const [we, they] = [ours.get(id)?.verdict ?? 'nothing', theirs.get(id) ?? 'nothing'];
        figures.verdicts++;
        if (we === they) {
          figures.same++;
          continue;
        }
        agrees = false;
        const reason = explain(island, ours.get(id)?.change, we, they, theirs.get(island.id));
        if (reason) reasons[reason] = (reasons[reason] ?? 0) + 1;
        else
          unexplained.push(
            `${island.mutation.kind} ${island.mutation.type} ${island.mutation.path.join('.')}: ${id}: we ${we}, cdk ${they}`,
          );
      }
      figures.pairs++;
      figures.agree += agrees ? 1 : 0;
    }),
  );
  const types = new Set(chosen.map((i) => i.mutation.type));
  const percent = (a, b) => `${a} of ${b} (${((100 * a) / b).toFixed(1)} %)`;
  const versionOf = (name) => JSON.parse(readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8')).version;
  const versions = ['aws-cdk', 'aws-cdk-lib', '@aws-cdk/cloudformation-diff'].map((name) => `${name} ${versionOf(name)}`);
  console.log(versions.join(', '));
  console.log(
    `cdk diff: ${types.size} types; ${percent(figures.agree, figures.pairs)} pairs agree, ${percent(figures.same, figures.verdicts)} verdicts`,
  );
  for (const [reason, count] of Object.entries(reasons)) console.log(`  ${count} explained: ${EXPLAINED[reason]}`);
  for (const { mutation } of broken)
    console.log(`  left out, as cdk diff breaks on it: ${mutation.kind} ${mutation.type} ${mutation.path.join('.')}`);
  const facts = againstValidator(chosen);
  console.log(`validator (I9001): ${percent(facts.same, facts.asked)} properties agree`);
  for (const [reason, count] of Object.entries(facts.reasons)) console.log(`  ${count} explained: ${reason}`);
  const open = [...unexplained, ...facts.unexplained];
  for (const line of options.list ? open : open.slice(0, 20)) console.log(`  UNEXPLAINED ${line}`);
  process.exitCode = open.length > 0 ? 1 : 0;
}

async function templates() {
  const { App } = require('aws-cdk-lib/core');
  const { aws } = require('mlops-constructs');
  const found = new Map();
  const collect = (name, build) => {
    const outdir = join(out, name);
    const app = new App({ outdir });
    build(app);
    app.synth();
    const [file] = readdirSync(outdir).filter((f) => f.endsWith('.template.json'));
    found.set(name, JSON.parse(readFileSync(join(outdir, file), 'utf8')));
  };
  for (const name of VARIANTS) {
    const declaration = await declarationOf(name);
    collect(name, (app) => new aws.MlPlatformStack(app, 'review', declaration));
  }
  const { PricingStack } = require('../../examples/compose/aws.js');
  collect('compose', (app) => new PricingStack(app, 'review', { env: { region: 'eu-west-1' } }));
  return found;
}

/** The resource with all that depends on it, under names of its own, before and after. */
function islandOf(name, template, mutation, number) {
  const users = new Map();
  for (const [id, resource] of Object.entries(template.Resources)) {
    for (const [, reference] of JSON.stringify(resource.Properties ?? {}).matchAll(/(?:"Ref":"|"Fn::GetAtt":\["|\$\{)(\w+)/g)) {
      if (template.Resources[reference]) users.set(reference, new Set([...(users.get(reference) ?? []), id]));
    }
  }
  const reached = new Set([mutation.id]);
  for (const id of reached) for (const user of users.get(id) ?? []) reached.add(user);
  const rename = (resources, from, to) => {
    const names = new RegExp(`("Ref":"|"Fn::GetAtt":\\["|\\$\\{)(${from.join('|')})(?=["}.])`, 'g');
    return JSON.parse(JSON.stringify(resources).replace(names, (_, before, id) => `${before}${to(id)}`));
  };
  const own = (id) => `M${number}x${id}`;
  const part = [...reached].map((id) => [own(id), { ...template.Resources[id], DependsOn: undefined }]);
  const before = rename(Object.fromEntries(part), [...reached], own);
  const id = own(mutation.id);
  let after = structuredClone(before);
  let was = before;
  if (mutation.kind === 'delete' || mutation.kind === 'add') {
    // By itself: what refers to it would not be deployable without it.
    const alone = { [`M${number}xOther`]: { Type: 'AWS::CloudFormation::WaitConditionHandle' } };
    after = mutation.kind === 'delete' ? alone : { ...alone, [id]: before[id] };
    was = mutation.kind === 'delete' ? { ...alone, [id]: before[id] } : alone;
  } else if (mutation.kind === 'rename') {
    const { [id]: moved, ...rest } = after;
    after = rename({ ...rest, [`${id}2`]: moved }, [id], (i) => `${i}2`);
  } else {
    mutation.apply(after[id]);
  }
  return { name, mutation, id, before: was, after };
}

async function cdkDiff(batch, number) {
  const folder = join(out, `diff-${number}`);
  cpSync(join(out, 'housing'), folder, { recursive: true, filter: (file) => !/asset\.[0-9a-f]+/.test(file) });
  const merged = (side) => ({ Resources: Object.assign({}, ...batch.map((island) => island[side])) });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'before.json'), JSON.stringify(merged('before')));
  writeFileSync(join(folder, 'review.template.json'), JSON.stringify(merged('after')));
  const args = [
    require.resolve('aws-cdk/bin/cdk'),
    'diff',
    'review',
    '--app',
    folder,
    '--template',
    join(folder, 'before.json'),
    '--no-color',
    '--strict',
  ];
  const child = spawn(process.execPath, args, { cwd: folder });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (text += chunk));
  const code = await new Promise((resolve) => child.on('close', resolve));
  if (code !== 0 && /Cannot read properties of undefined/.test(text)) {
    // It breaks on some policies without a document: whoever is to blame is left out.
    if (batch.length === 1) {
      broken.push(batch[0]);
      return new Map();
    }
    const half = Math.ceil(batch.length / 2);
    const first = await cdkDiff(batch.slice(0, half), `${number}-1`);
    return new Map([...first, ...(await cdkDiff(batch.slice(half), `${number}-2`))]);
  }
  if (code !== 0) throw new Error(`cdk diff: ${text.slice(-2000)}`);
  const said = new Map();
  for (const line of text.split('\n')) {
    const match = /^\[([~+-])\] \S+::\S+ .*?(M\d+x\w+)(?: (replace|may be replaced|destroy|orphan))?\s*$/.exec(line);
    if (match) said.set(match[2], match[3] ?? (match[1] === '+' ? 'add' : match[1] === '-' ? 'destroy' : 'update'));
    else if (/^\[.\] AWS::|^\[.\] .*M\d+x/.test(line)) throw new Error(`cdk diff says what is not understood here: ${line}`);
  }
  return said;
}

/** What we say, in the words of `cdk diff`. */
function verdictsOf({ before, after }) {
  const snapshot = (Resources) => ({ kind: 'cloudformation', cloud: 'aws', stack: 's', file: 'f', body: { Resources }, paths: new Map() });
  const verdicts = new Map();
  for (const change of diffCloudFormation(snapshot(before), snapshot(after))) {
    const kept = String(change.before?.DeletionPolicy ?? '').startsWith('Retain') ? 'orphan' : 'destroy';
    if (change.action === 'move') {
      verdicts.set(change.from, { verdict: kept, change });
      verdicts.set(change.address, { verdict: 'add', change });
      continue;
    }
    const verdict =
      { add: 'add', remove: kept }[change.action] ??
      { yes: 'replace', conditional: 'may be replaced', no: 'update', unknown: 'unknown' }[change.replacement];
    verdicts.set(change.address, { verdict, change });
  }
  return verdicts;
}

/** Whether a cause lies below the top of a resource, or holds what does. */
function holdsMore(cause) {
  return cause.path.split('.').length > 2 || typeof (cause.after ?? cause.before) === 'object';
}

function explain({ mutation, id }, change, we, they, first) {
  if (!change) return undefined;
  if (mutation.kind === 'reorder' && we === 'may be replaced' && they === 'replace') return 'reordered';
  if (change.type.startsWith('Custom::') && we === 'unknown' && (they === 'update' || they === 'nothing')) return 'custom';
  const decisive = change.causes.filter((c) => c.replacement === change.replacement);
  if (we === 'unknown') return mutation.kind === 'Condition' && they === 'update' ? 'condition' : undefined;
  const isStricter = STRICTNESS.indexOf(we) > STRICTNESS.indexOf(they) && STRICTNESS.includes(they);
  if (!isStricter) return undefined;
  if (decisive.some((c) => String(c.after).endsWith(' (a new version)'))) return 'version';
  if (change.address !== id && decisive.every((c) => String(c.after).endsWith(' (replaced)'))) {
    if (we === 'may be replaced') return 'perhaps';
    // A Ref or Fn::GetAtt that stands alone between the braces is followed by cdk diff, too, at the top of a resource.
    const alone = decisive.filter((c) => /^\$\{[\w.]+\} \(/.test(String(c.after)));
    if (!alone.length) return 'joined';
    if (alone.every(holdsMore)) return 'nested';
    return first === 'replace' ? undefined : 'follows';
  }
  if (change.address === id && decisive.every((c) => facts[change.type]?.[c.path.replace('Properties.', '')])) return 'schema';
  if (decisive.every((c) => String(c.after).endsWith(' (a new value)'))) return 'value';
  return decisive.every(holdsMore) ? 'nested' : undefined;
}

/** Whether the properties that were changed are create-only, by the schemas that CDK's validator has. */
function againstValidator(islands) {
  const { CelEngine, TemplateContent } = require(
    require.resolve('@aws/cloudformation-validate', { paths: [dirname(require.resolve('aws-cdk-lib/package.json'))] }),
  );
  const engine = new CelEngine();
  const facts = { asked: 0, same: 0, reasons: {}, unexplained: [] };
  for (const island of islands.filter((i) => i.mutation.kind === 'change' || i.mutation.kind === 'declare')) {
    const { mutation, id } = island;
    const holding = mutation.kind === 'declare' ? island.after : island.before;
    const report = engine.validateTemplate(new TemplateContent(JSON.stringify({ Resources: { [id]: holding[id] } })));
    const path = `Properties.${mutation.path.join('.')}`;
    const told = report.diagnostics.filter(
      (d) => d.ruleId === 'I9001' && d.entity.logicalId === id && `${path}.`.startsWith(`${d.propertyPath.replace(/\[(\d+)\]/g, '.$1')}.`),
    );
    const they = told.some((d) => d.context.lifecycle === 'create-only') ? 'yes' : told.length > 0 ? 'conditional' : 'no';
    const change = verdictsOf(island).get(id)?.change;
    const we = change ? change.replacement : 'nothing';
    facts.asked++;
    if (we === they) {
      facts.same++;
      continue;
    }
    const example = change?.causes[0]?.after;
    const stays = change?.after?.Properties?.ReplaceComputeEnvironment === false;
    const reason =
      change?.type.startsWith('Custom::') && we === 'unknown'
        ? 'a custom resource, of which nobody knows'
        : stays && they === 'conditional' && we === 'no'
          ? 'a Batch compute environment with ReplaceComputeEnvironment off: its machines are replaced, it stays'
          : (we === 'yes' && they !== 'yes') || (we === 'conditional' && they === 'no' && typeof example !== 'object')
            ? 'replaced by the service specification, which cdk diff reads, too; the schema is milder'
            : we === 'conditional' && they === 'no' && typeof example === 'object'
              ? 'declared as a whole, with a create-only property in it'
              : undefined;
    if (reason) facts.reasons[reason] = (facts.reasons[reason] ?? 0) + 1;
    else facts.unexplained.push(`${mutation.type} ${path}: we ${we}, validator ${they}`);
  }
  engine.free();
  return facts;
}
