// TF_DIFF_CHECKER=CMD node test/e2e/review-terraform.mjs [--pairs N] [--seed N] [--record FILE]
// Changes the examples' Terraform one attribute, or one resource, at a time, and compares what `mlops diff` says of it with what
// Terraform plans. `CMD --diff BEFORE AFTER` applies the stack folder BEFORE, plans AFTER, and prints
// [{"address", "action": "no-op" | "update" | "create" | "delete" | "delete+create" | "create+delete"}].
// Changes of resources that do not refer to each other are tried together, since each run of Terraform takes seconds.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const require = createRequire(import.meta.url);
const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const { diffTerraform } = require('../../lib/review/terraform');
const FACTS = JSON.parse(readFileSync(join(root, 'lib', 'review', 'terraform', 'facts.json'), 'utf8')).types;

const { values: options } = parseArgs({
  options: { pairs: { type: 'string', default: '240' }, seed: { type: 'string', default: '1' }, record: { type: 'string' } },
});
const checker = process.env.TF_DIFF_CHECKER;
if (!checker) {
  console.error('TF_DIFF_CHECKER names the command that asks Terraform (see the head of this file)');
  process.exit(2);
}
const wanted = Number(options.pairs);
const random = mulberry32(Number(options.seed));
const META = new Set(['//', 'depends_on', 'lifecycle', 'provisioner', 'connection', 'count', 'provider']);
const clone = (value) => structuredClone(value);

/** Each stack of the examples as it is written, by name. */
function stacks() {
  const { load } = require('../../bin/cli/load');
  const { buildPlatforms } = require('../../bin/cli/platforms');
  const { App } = require('cdktf');
  const housing = join(root, 'examples', 'housing', 'ml-platform.yaml');
  const variants = JSON.parse(readFileSync(join(root, 'test', 'e2e', 'variants.json'), 'utf8'));
  const out = mkdtempSync(join(tmpdir(), 'review-'));
  const found = new Map();
  const collect = (name, app) => {
    app.synth();
    for (const stack of Object.keys(app.manifest.stacks)) {
      const body = JSON.parse(readFileSync(join(app.outdir, 'stacks', stack, 'cdk.tf.json'), 'utf8'));
      for (const ofType of Object.values(body.resource))
        for (const resource of Object.values(ofType)) {
          // Whoever applies sets the variables that these depend on.
          delete resource.count;
          // Terraform plans nothing at all where it is in the way.
          delete resource.lifecycle?.prevent_destroy;
        }
      for (const variable of Object.values(body.variable ?? {})) variable.default ||= 'set';
      found.set(`${name}/${stack}`, body);
    }
  };
  try {
    for (const [name, replacements] of Object.entries(variants)) {
      const text = replacements.reduce((t, [from, to]) => t.replace(from, to), readFileSync(housing, 'utf8'));
      const file = join(dirname(housing), `.review-${name}.yaml`);
      try {
        writeFileSync(file, text);
        const platforms = buildPlatforms(load(file).declaration, ['azure', 'gcp'], { terraform: join(out, name) });
        if (platforms.problems.length || platforms.failures.length)
          throw new Error(JSON.stringify([platforms.problems, platforms.failures.map(String)]));
        collect(name, platforms.terraform);
      } finally {
        rmSync(file, { force: true });
      }
    }
    for (const cloud of ['azure', 'gcp']) {
      const { PricingStack } = require(`../../examples/compose/${cloud}`);
      const app = new App({ outdir: join(out, `compose-${cloud}`), stackTraces: false });
      new PricingStack(app, 'pricing');
      collect(`compose-${cloud}`, app);
    }
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
  return found;
}

/** Every single change that can be made to a resource: what it is, and how it is made. */
function mutationsOf(body, type, name) {
  const address = `${type}.${name}`;
  const resource = body.resource[type][name];
  const found = [];
  const add = (kind, path, apply) => found.push({ address, type, kind, path, apply });
  const at = (stack, path) => path.slice(0, -1).reduce((o, k) => o[k], stack.resource[type][name]);
  const set = (path, value) => (stack) => (at(stack, path)[path.at(-1)] = clone(value));
  const remove = (path) => (stack) => delete at(stack, path)[path.at(-1)];

  const visit = (value, path, facts) => {
    for (const [key, v] of Object.entries(value)) {
      if ((!path.length && META.has(key)) || v === null) continue;
      const here = [...path, key];
      const fact = facts?.[key];
      const [text, inside] = Array.isArray(fact) ? fact : [fact ?? ''];
      add('remove', here, remove(here));
      if (typeof v === 'string') {
        add('change', here, { values: [changed(v), ...(v.includes('${') ? [] : [`${v}x`])], set: (value) => set(here, value) });
      } else if (typeof v === 'number') {
        add('change', here, set(here, v + 1));
        add('same', here, set(here, String(v)));
      } else if (typeof v === 'boolean') {
        add('change', here, set(here, !v));
        add('same', here, set(here, String(v)));
      } else if (Array.isArray(v)) {
        if (v.length > 1) add('reorder', here, set(here, [...v].reverse()));
        if (v.length) {
          add('grow', here, set(here, [...v, typeof v[0] === 'string' ? changed(v[0]) : clone(v[0])]));
          add('shrink', here, set(here, v.slice(1)));
        }
        v.forEach((e, i) => e && typeof e === 'object' && visit(e, [...here, i], inside));
      } else if (text.startsWith('m')) {
        add('grow', here, (stack) => (at(stack, here)[key].added = 'x'));
        for (const k of Object.keys(v)) {
          add('change', [...here, k], set([...here, k], 'x'));
          add('remove', [...here, k], remove([...here, k]));
        }
      } else visit(v, here, inside);
    }
    for (const [key, fact] of Object.entries(facts ?? {})) {
      if (value[key] !== undefined || Array.isArray(fact)) continue;
      const [, kind, marks, , def] = /^(\w+)([!~*@]*)(=([^]*))?$/.exec(fact);
      const here = [...path, key];
      const typed = (t) => (kind === 'n' ? Number(t) : kind === 'b' ? t === 'true' : t);
      if (def !== undefined) add('default', here, set(here, typed(def)));
      // What is only ever computed cannot be set; a failed run drops the change.
      if (kind === 'b') add('add', here, set(here, def !== 'true'));
      else if (kind === 'n') add('add', here, set(here, Number(def ?? 0) + 1));
      else if (kind === 's') add('add', here, { values: ['added', '10'], set: (v) => set(here, v) });
      else if (kind === 'ls' || kind === 'ts') add('add', here, set(here, ['added']));
      else if (kind === 'm' && marks !== '~') add('add', here, set(here, { added: 'x' }));
    }
  };
  visit(resource, [], FACTS[type]);

  add('remove resource', [], (stack) => {
    delete stack.resource[type][name];
  });
  add('add resource', [], (stack) => {
    stack.resource[type][`${name}_added`] = clone(resource);
  });
  add('rename', [], (stack) => {
    const text = JSON.stringify(stack.resource).replaceAll(new RegExp(`${type}\\.${name}(?![\\w-])`, 'g'), `${address}_renamed`);
    stack.resource = JSON.parse(text);
    stack.resource[type][`${name}_renamed`] = stack.resource[type][name];
    delete stack.resource[type][name];
    if (stack.output)
      stack.output = JSON.parse(
        JSON.stringify(stack.output).replaceAll(new RegExp(`${type}\\.${name}(?![\\w-])`, 'g'), `${address}_renamed`),
      );
  });
  return found;
}

function changed(text) {
  return text.includes('${') ? `${text}-x` : /^\d+\.\d+\.\d+\.\d+/.test(text) ? text.replace(/^\d+/, '11') : `x${text}`;
}

/** Which resources each one refers to, and is referred to by, directly or not. */
function relations(body) {
  const addresses = Object.entries(body.resource).flatMap(([type, ofType]) => Object.keys(ofType).map((name) => `${type}.${name}`));
  const known = new Set(addresses);
  const up = new Map();
  for (const address of addresses) {
    const [type, name] = split(address);
    const text = JSON.stringify(body.resource[type][name]);
    up.set(address, new Set([...text.matchAll(/[a-z]\w*\.[A-Za-z_][\w-]*/g)].map(([a]) => a).filter((a) => known.has(a) && a !== address)));
  }
  const closure = (from) => {
    const seen = new Set();
    const queue = [from];
    while (queue.length) for (const a of up.get(queue.pop())) if (!seen.has(a)) queue.push(a) && seen.add(a);
    return seen;
  };
  const ancestors = new Map(addresses.map((a) => [a, closure(a)]));
  const referred = new Set([...up.values()].flatMap((s) => [...s]));
  const texts = JSON.stringify([body.output ?? {}, body.data ?? {}]);
  return {
    related: (a, b) => a === b || ancestors.get(a).has(b) || ancestors.get(b).has(a),
    ancestors,
    referred: (a) => referred.has(a) || texts.includes(`${a}.`),
  };
}

function split(address) {
  const dot = address.indexOf('.');
  return [address.slice(0, dot), address.slice(dot + 1)];
}

/** What Terraform says, by address; undefined with the reason if it refuses the stack. */
function ask(before, after) {
  const folder = mkdtempSync(join(tmpdir(), 'review-pair-'));
  try {
    for (const [name, body] of Object.entries({ before, after })) {
      mkdirSync(join(folder, name));
      writeFileSync(join(folder, name, 'cdk.tf.json'), JSON.stringify(body, undefined, 1));
    }
    const run = spawnSync(checker, ['--diff', join(folder, 'before'), join(folder, 'after')], {
      encoding: 'utf8',
      maxBuffer: 1 << 28,
      shell: false,
    });
    if (run.error) throw run.error;
    const start = run.stdout.indexOf('[\n');
    if (run.status !== 0 || start < 0) return { refused: `${run.stdout}\n${run.stderr}` };
    return { actions: new Map(JSON.parse(run.stdout.slice(start)).map((c) => [c.address, c.action])) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const snapshot = (body) => ({ kind: 'terraform', cloud: 'terraform', stack: 'stack', file: 'cdk.tf.json', body, paths: new Map() });

/** What we say, by address, as the set of Terraform's words that it agrees with. */
function verdicts(before, after) {
  const found = new Map();
  for (const change of diffTerraform(snapshot(before), snapshot(after))) {
    const { address, action, replacement, from } = change;
    const replace = ['delete+create', 'create+delete'];
    if (action === 'move' && replacement === 'yes') found.set(from, { agrees: ['delete'], change });
    found.set(address, {
      change,
      agrees:
        action === 'add' || (action === 'move' && replacement === 'yes')
          ? ['create']
          : action === 'remove'
            ? ['delete']
            : action === 'move'
              ? ['no-op']
              : replacement === 'yes'
                ? replace
                : replacement === 'conditional'
                  ? ['no-op', 'update', ...replace]
                  : replacement === 'unknown'
                    ? ['update', ...replace]
                    : // Changes only if something else is replaced, which is conditional.
                      change.causes.every((c) => JSON.stringify(c.after ?? '').includes('known after apply if'))
                      ? ['no-op', 'update']
                      : ['update'],
    });
  }
  return found;
}

/** What a checker with a stand-in for the provider gets wrong, and the provider does not; undefined if it is not that. */
function explained(theirs, said) {
  const { change } = said ?? {};
  if (!change) return undefined;
  const everyCause = (test) => change.causes.length > 0 && change.causes.every(test);
  if (theirs === 'no-op' && everyCause((c) => isBlockSet(change.type, c.path)))
    return 'the stand-in takes an element of a set for unchanged where an attribute of it is unknown or gone';
  if (everyCause((c) => /\$\{[\w.-]+\}/.test(JSON.stringify(c.before ?? '')) && /\$\{[\w.-]+\}/.test(JSON.stringify(c.after ?? ''))))
    return 'the stand-in computes the same value for every resource, so that references to different ones look alike';
  if (
    theirs === 'update' &&
    change.replacement === 'yes' &&
    change.causes.every((c) => c.replacement !== 'yes' || /\]$/.test(c.path) || isBlockSet(change.type, c.path))
  )
    return 'the stand-in does not look for what forces a replacement within a block that is added or removed; the providers do';
  return undefined;
}

function isBlockSet(type, path) {
  let attributes = FACTS[type];
  let spec = '';
  for (const name of path.replace(/\[\d+\]/g, '').split('.')) {
    const fact = attributes?.[name];
    [spec, attributes] = Array.isArray(fact) ? fact : [fact ?? '', undefined];
  }
  return spec.startsWith('T');
}

const tallies = { pairs: 0, agree: 0, conditional: 0, addresses: 0, disagreeing: 0, runs: 0, dropped: 0 };
const kinds = new Map();
const types = new Set();
const disagreements = [];
const recorded = [];

/** Tries changes together; those that Terraform refuses are dropped. */
function tryTogether(name, body, batch) {
  let left = batch;
  for (let attempt = 0; left.length && attempt < 6; attempt++) {
    const after = clone(body);
    for (const m of left) (typeof m.apply === 'function' ? m.apply : m.apply.set(m.value ?? m.apply.values[0]))(after);
    const answer = ask(body, after);
    tallies.runs++;
    if (answer.actions) return score(name, body, after, left, answer.actions);
    left = repaired(left, answer.refused);
  }
  tallies.dropped += left.length;
}

function repaired(batch, refusal) {
  const blamed = new Set(
    [...refusal.matchAll(/in resource\.([\w]+)\.([\w-]+)/g), ...refusal.matchAll(/with ([a-z]\w+)\.([\w-]+),/g)].map(
      ([, type, name]) => `${type}.${name}`,
    ),
  );
  const kept = [];
  for (const m of batch) {
    if (!blamed.has(m.address) && !blamed.has(`${m.address}_added`) && !blamed.has(`${m.address}_renamed`)) kept.push(m);
    else {
      const [, list] =
        new RegExp(`expected ${m.path.at(-1)} to be\\s+one of\\s+(\\[[^\\]]*\\])`).exec(refusal.replace(/\n[\s│|]*/g, ' ')) ?? [];
      const current =
        list && m.apply.values && JSON.parse(list).filter((v) => v !== '' && !m.apply.values.some((x) => x === `x${v}` || x === `${v}x`));
      if (current?.length && !m.value) kept.push({ ...m, value: current[0] });
      else tallies.dropped++;
    }
  }
  // Nobody to blame: half of them, so that the rest is tried.
  if (kept.length === batch.length && ![...kept].some((m, i) => m !== batch[i])) {
    tallies.dropped += batch.length - Math.floor(batch.length / 2);
    if (process.env.DEBUG) console.error(refusal.slice(0, 1500));
    return batch.slice(0, Math.floor(batch.length / 2));
  }
  return kept;
}

function score(name, body, after, batch, actions) {
  const ours = verdicts(body, after);
  const { ancestors } = relations(after);
  const wrong = new Map();
  const addresses = new Set([...actions.keys(), ...ours.keys()].filter((a) => !a.startsWith('provider.')));
  for (const address of addresses) {
    tallies.addresses++;
    const theirs = actions.get(address) ?? 'no-op';
    const said = ours.get(address);
    if (said ? said.agrees.includes(theirs) : theirs === 'no-op') continue;
    wrong.set(address, { theirs, said });
  }
  tallies.disagreeing += wrong.size;
  for (const m of batch) {
    tallies.pairs++;
    types.add(m.type);
    const tally = kinds.get(m.kind) ?? { pairs: 0, agree: 0 };
    kinds.set(m.kind, tally);
    tally.pairs++;
    const mine = [...wrong].filter(([address, { said }]) => {
      const base = address.replace(/_(added|renamed)$/, '');
      if (batch.some((other) => other.address === base)) return base === m.address;
      // To blame is what the difference names, if it does.
      const text = JSON.stringify(said?.change.causes ?? []);
      const named = batch.filter((other) => text.includes(`${other.address}.`) || text.includes(`${other.address}_renamed.`));
      if (named.length) return named.includes(m);
      const related = ancestors.get(address) ?? new Set();
      return related.has(m.address) || related.has(`${m.address}_renamed`);
    });
    const [own] = [ours.get(m.address)];
    if (own?.change.replacement === 'conditional') tallies.conditional++;
    if (!mine.length) {
      tally.agree++;
      tallies.agree++;
    } else
      for (const [address, { theirs, said }] of mine)
        disagreements.push({
          stack: name,
          change: `${m.kind} ${m.address} ${m.path.join('.')}`,
          address,
          terraform: theirs,
          ours: said
            ? `${said.change.action} (${said.change.replacement}): ${said.change.causes.map((c) => `${c.path} ${c.replacement}`).join(', ')}`
            : 'no-op',
          why: explained(theirs, said),
        });
    if (options.record && !mine.length && m.path.length) recorded.push(record(body, after, m, actions));
  }
}

/** The attribute that was changed, before and after, and what Terraform does. */
function record(body, after, m, actions) {
  const [type, name] = split(m.address);
  const only = (resource) => ({ [m.path[0]]: resource[m.path[0]] });
  return {
    type,
    change: `${m.kind} ${m.path.join('.')}`,
    before: only(body.resource[type][name]),
    after: only(after.resource[type][name]),
    terraform: actions.get(m.address) ?? 'no-op',
  };
}

function mulberry32(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

function shuffled(items) {
  const order = items.map((item) => [random(), item]).sort((a, b) => a[0] - b[0]);
  return order.map(([, item]) => item);
}

// Every type once per kind of change before any gets a second turn.
const all = [...stacks()];
const queues = new Map();
for (const [name, body] of all) {
  const { related, referred } = relations(body);
  const mutations = Object.entries(body.resource).flatMap(([type, ofType]) =>
    Object.keys(ofType).flatMap((n) => mutationsOf(body, type, n)),
  );
  queues.set(name, { body, related, mutations: shuffled(mutations.filter((m) => m.kind !== 'remove resource' || !referred(m.address))) });
}
const turns = new Map();
const turn = (m) => turns.get(`${m.type} ${m.kind}`) ?? 0;
for (let round = 0; tallies.pairs < wanted && round < 500; round++) {
  const [name] = all[round % all.length];
  const queue = queues.get(name);
  const batch = [];
  for (const m of [...queue.mutations].sort((a, b) => turn(a) - turn(b))) {
    if (batch.length === 20) break;
    if (batch.some((other) => queue.related(other.address, m.address))) continue;
    batch.push(m);
    turns.set(`${m.type} ${m.kind}`, turn(m) + 1);
  }
  queue.mutations = queue.mutations.filter((m) => !batch.includes(m));
  if (batch.length) tryTogether(name, queue.body, batch);
  if (process.stderr.isTTY || process.env.DEBUG) console.error(`${tallies.runs} runs, ${tallies.pairs} pairs, ${tallies.agree} agree`);
}

for (const [kind, { pairs, agree }] of kinds) console.log(`${kind.padEnd(16)} ${String(agree).padStart(4)} of ${pairs}`);
console.log(
  `${tallies.agree} of ${tallies.pairs} pairs agree (${types.size} resource types, ${tallies.runs} runs of Terraform, ${tallies.conditional} said to be conditional, ${tallies.dropped} refused by Terraform)`,
);
console.log(`${tallies.addresses - tallies.disagreeing} of ${tallies.addresses} verdicts on single addresses agree`);
for (const d of disagreements)
  console.log(
    `${d.why ? 'EXPLAINED' : 'DISAGREE'} ${d.stack}: ${d.change}\n  ${d.address}: Terraform ${d.terraform}, we ${d.ours}${d.why ? `\n  because ${d.why}` : ''}`,
  );
if (options.record) writeFileSync(options.record, JSON.stringify(recorded, undefined, 1));
process.exitCode = disagreements.some((d) => !d.why) ? 1 : 0;
