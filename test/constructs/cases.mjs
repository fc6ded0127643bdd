// Every construct of a room, declared with as few props as it takes and with as many: what is synthesized of each, and what is forgotten.
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { constructsOf, offered, optionalOnes, Recorder } from './coverage.mjs';

const require = createRequire(import.meta.url);
const { isValidationError } = require('../../lib/core/errors.js');

/**
 * Makes the constructs of one case.
 *
 * @param room what `./<cloud>/index.mjs` exports
 * @param out folder that is written to when the app is synthesized
 * @param options `without`: a prop to leave out: `ArtifactStoreProps.network`; `app`: where to put it, if not into an app of its own
 * @returns the app, and a `Recorder` of what was used of the room
 * @throws whatever the library refuses
 */
export function declare({ cloud, cases, world }, name, out, { without, app: shared } = {}) {
  mkdirSync(out, { recursive: true });
  const recorder = new Recorder(cloud, without);
  const { app, context } = world(
    recorder.watch(require(`mlops-constructs/${cloud}`)),
    require('mlops-constructs/core'),
    kebab(name),
    out,
    shared,
  );
  cases[name](context);
  return { app, recorder };
}

/** What is wrong with the cases themselves: something forgotten, or a minimal case that is none. */
export function problemsOf(room, out, declared) {
  const names = Object.keys(room.cases);
  const used = new Set([...declared.values()].flatMap(({ used }) => [...used]));
  const all = offered(room.cloud);
  return [
    ...constructsOf(room.cloud).flatMap((name) =>
      ['minimal', 'maximal']
        .filter((kind) => !names.some((n) => n.startsWith(`${name} ${kind}`)))
        .map((kind) => `${name} has no ${kind} case`),
    ),
    ...all.filter((what) => !used.has(what) && !(what in room.left)).map((what) => `${what} is used by no case`),
    ...Object.keys(room.left).flatMap((what) => {
      if (!all.includes(what)) return [`${what} is left out, and there is no such thing`];
      return used.has(what) ? [`${what} is left out, and yet used`] : [];
    }),
    ...[...declared].filter(([name]) => /^\w+ minimal/.test(name)).flatMap(([name, recorder]) => notMinimal(room, name, out, recorder)),
  ];
}

/** The optional props of a minimal case that the construct does as well without. */
function notMinimal(room, name, out, { made }) {
  const subject = name.split(' ')[0];
  const set = made.filter((m) => m.name === subject).flatMap(({ struct, props }) => props.map((prop) => `${struct}.${prop}`));
  return set.filter((prop) => outcome(room, name, out, prop) !== REFUSED).map((prop) => `${name} sets ${prop}, which may be left out`);
}

/** The props that change nothing, in whichever case they are left out: accepted and ignored. */
export function ignored(room, out, declared) {
  const texts = new Map([...declared.keys()].map((name) => [name, outcome(room, name, out)]));
  // Small ones first, because one that differs is enough.
  const names = [...declared.keys()].sort((a, b) => texts.get(a).length - texts.get(b).length);
  const found = optionalOnes(room.cloud).filter((prop) => {
    const setting = names.filter((name) => declared.get(name).used.has(prop));
    return setting.length > 0 && setting.every((name) => outcome(room, name, out, prop) === texts.get(name));
  });
  return [
    ...found.filter((prop) => !(prop in room.idle)).map((prop) => `${prop} may be set or left out, and nothing changes`),
    ...Object.keys(room.idle).flatMap((prop) => (found.includes(prop) ? [] : [`${prop} is said to change nothing, and does`])),
  ];
}

const REFUSED = 'refused';

/** All that is written for a case, perhaps without a prop. */
function outcome(room, name, out, without) {
  const folder = join(out, '.without');
  try {
    const { app } = declare(room, name, folder, { without });
    app.skipValidation = true;
    app.synth({ skipValidation: true });
    return synthesized(folder);
  } catch (error) {
    if (isValidationError(error)) return REFUSED;
    throw new Error(`${name} without ${without} is not refused, but crashes: ${error.stack}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** But for the manifest, whose warnings hold stack traces. */
function synthesized(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== 'manifest.json')
    .map((entry) => readFileSync(join(entry.parentPath ?? entry.path, entry.name), 'utf8'))
    .sort()
    .join('\n');
}

/** `ArtifactStore maximal, replicated` as a folder and as a stack's id. */
export function kebab(name) {
  return name
    .replace(/([a-z])([A-Z])/g, '$1-$2')
    .replace(/[^A-Za-z0-9]+/g, '-')
    .toLowerCase();
}
