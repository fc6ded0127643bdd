// How long `mlops diff` takes to compare, at 200 and 2,000 resources a platform, and how that grows. Run `npm run build` before.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const SELF = fileURLToPath(import.meta.url);
const ROOT = fileURLToPath(new URL('..', import.meta.url));
const SIZES = [200, 2000];
const LIMIT_MS = 1000;
const RUNS = 5;
const STACKS = {
  aws: 'cdk.out/housing-dev.template.json',
  azure: 'cdktf.out/stacks/housing-dev-azure/cdk.tf.json',
  gcp: 'cdktf.out/stacks/housing-dev-gcp/cdk.tf.json',
};

if (process.argv[2] === 'measure') measure(process.argv[3], process.argv[4]);
else bench();

/** One comparison in a process of its own, after a start: the code and the facts about all types are loaded by a pair of one resource. */
function measure(before, after) {
  const begun = performance.now();
  const { compare, read, readPair } = require('../lib/review/index.js');
  const [{ kind, cloud }] = read(before);
  const one = (name) => {
    const body =
      kind === 'terraform'
        ? { resource: { google_pubsub_topic: { a: { name } } } }
        : { Resources: { A: { Type: 'AWS::SNS::Topic', Properties: { TopicName: name } } } };
    return [{ kind, cloud, stack: 's', file: 'f', body, paths: new Map() }];
  };
  compare(one('a'), one('b'));
  const started = performance.now();
  const pair = readPair(before, after);
  const done = performance.now();
  const { changes } = compare(pair.before, pair.after);
  const compared = performance.now();
  process.stdout.write(JSON.stringify({ start: started - begun, read: done - started, compare: compared - done, changes: changes.length }));
}

function bench() {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  try {
    const env = { ...process.env, CDK_VALIDATION: 'false' };
    run([join(ROOT, 'bin/mlops.js'), 'synth', join(ROOT, 'examples/housing/ml-platform.yaml'), '--out', folder], env);
    console.log('| platform | resources | changes | start | read | compare | growth |');
    console.log('|---|--:|--:|--:|--:|--:|--:|');
    let slowest = 0;
    for (const [cloud, file] of Object.entries(STACKS)) {
      const stack = JSON.parse(readFileSync(join(folder, file), 'utf8'));
      let former;
      for (const size of SIZES) {
        const [before, after] = ['before', 'after'].map((name) =>
          join(folder, `${cloud}-${size}-${name}.${cloud === 'aws' ? '' : 'tf.'}json`),
        );
        const grown = cloud === 'aws' ? growTemplate(stack, size) : growTerraform(stack, size);
        writeFileSync(before, JSON.stringify(grown));
        writeFileSync(after, JSON.stringify(cloud === 'aws' ? changeTemplate(grown) : changeTerraform(grown)));
        const times = Array.from({ length: RUNS }, () => JSON.parse(run([SELF, 'measure', before, after])));
        // The fastest: what the others took longer, the machine did for somebody else.
        const [{ start, read, compare, changes }] = times.sort((a, b) => a.read + a.compare - b.read - b.compare);
        const growth = former === undefined ? '' : `${(compare / former).toFixed(1)} times`;
        console.log(`| ${[cloud, size.toLocaleString('en-US'), changes, ms(start), ms(read), ms(compare), growth].join(' | ')} |`);
        former = compare;
        slowest = Math.max(slowest, read + compare);
      }
    }
    console.log(`\nfastest of ${RUNS} processes; Node ${process.version}; slowest ${ms(slowest)}, of ${ms(LIMIT_MS)} allowed`);
    if (slowest > LIMIT_MS) process.exitCode = 1;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function run(args, env = process.env) {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { env, encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return stdout;
}

function ms(time) {
  return `${Math.round(time).toLocaleString('en-US')} ms`;
}

/** Copies of all resources that refer to each other within their copy, as many as are asked for. */
function growTemplate(template, size) {
  const ids = Object.keys(template.Resources);
  return { ...template, Resources: Object.fromEntries(copies(template.Resources, ids, size).flatMap(Object.entries).slice(0, size)) };
}

function growTerraform(stack, size) {
  const names = [...new Set(Object.values(stack.resource).flatMap(Object.keys))];
  const resource = {};
  let left = size;
  for (const copy of copies(stack.resource, names, size))
    for (const [type, blocks] of Object.entries(copy))
      for (const [name, body] of Object.entries(blocks)) if (left-- > 0) (resource[type] ??= {})[name] = body;
  return { ...stack, resource };
}

function copies(resources, names, size) {
  const escaped = names.sort((a, b) => b.length - a.length).map((name) => name.replace(/[^\w]/g, '\\$&'));
  const anyName = new RegExp(`(?<![\\w-])(${escaped.join('|')})(?![\\w-])`, 'g');
  const text = JSON.stringify(resources);
  return Array.from({ length: Math.ceil((size * 2) / names.length) }, (_, i) =>
    JSON.parse(text.replace(anyName, `$1x${i}`).replace(/(housing-dev[\w-]*\/)Platform\//g, `$1Platform${i}/`)),
  );
}

/** Of every hundred resources ten change, two are gone and two have another name. */
function changeEach(entries, change) {
  return Object.fromEntries(
    entries.flatMap(([name, body], i) => {
      if (i % 50 === 7) return [];
      if (i % 50 === 9) return [[`${name}Renamed`, body]];
      return [[name, i % 10 === 0 ? change(body) : body]];
    }),
  );
}

function changeTemplate(template) {
  const change = (resource) => ({ ...resource, Properties: changeScalar(resource.Properties ?? {}) });
  return { ...template, Resources: changeEach(Object.entries(template.Resources), change) };
}

function changeTerraform(stack) {
  const resource = Object.fromEntries(
    Object.entries(stack.resource).map(([type, blocks]) => [type, changeEach(Object.entries(blocks), changeScalar)]),
  );
  return { ...stack, resource };
}

function changeScalar(body) {
  const [key, value] = Object.entries(body).find(([k, v]) => k !== '//' && typeof v === 'string') ?? ['Description', ''];
  return { ...body, [key]: `${value}-changed` };
}
