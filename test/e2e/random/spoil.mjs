// What a hurried person gets wrong: faults put into a right declaration, each with the path that has to be named and the lines it may be at.
import { isMap, isSeq, LineCounter, parseDocument, stringify } from 'yaml';
import { resolved, schema } from './leaves.mjs';

const IMAGE = 'example.com/app:1';
/** Entries of a map that could be right but for their name. */
const ENTRIES = {
  training: { image: IMAGE, command: ['python', 'train.py'], accelerator: { memoryGib: 16 } },
  inference: { image: './app' },
  pipelines: { repository: { owner: 'acme', name: 'app' } },
  'storage.shared': { kind: 'posix' },
  secrets: {},
  models: {},
  features: { entity: { name: 'id' }, eventTime: 't', features: { a: 'int' } },
};
/** What a leaf may not be though the schema takes it, by the end of its path. */
const MEANINGLESS = [
  [/\.cron$/, ['61 * * * *', 'every day', '* * * *']],
  [/\.timeZone$/, ['Mars/Olympus']],
  [/\.accelerator\.type$/, ['Z9']],
  [/\.accelerator\.memoryGib$/, [4000]],
  [/\.mounts\.[^.]+$/, ['/data', '/mnt/../etc']],
  [/\.secrets\.[^.]+$/, ['no-such-secret']],
  [/\.deploys$/, ['no-such-service']],
  [/^training\.[^.]+\.model$/, ['no-such-model', 'models:/housing/3']],
  [/^inference\.[^.]+\.model$/, ['models:/no-such-model/3', 'models:/housing']],
  [/\.(image)$/, ['./no-such-folder', 'acme/UPPER:1']],
  [/\.entity\.type$/, ['float', 'bool', 'timestamp']],
  [/\.backupRetention$/, ['1d', '400d']],
  [/\.expire\w+$/, ['90m', '0d']],
  [/shared\.[^.]+\.size$/, ['0GiB']],
  [/\.percent$/, [0, 100]],
  [/\.timeout$/, ['0s', '2d']],
  [/\.maxDuration$/, ['0s']],
];
/** Scalars that are never right where another type belongs. */
const WRONG_TYPE = { string: [{ a: 1 }, ['a', 'b'], 12], number: ['many', [1], {}], integer: ['2 or 3', 1.5], boolean: ['perhaps', 1] };
const [NAME, MEANING] = ['a name that is none', 'a value without a meaning'];
/** What the clouds find, and not the schema. */
const OF_CLOUD = new Set([NAME, MEANING]);
/** What cannot be said of a field, because its absence or another value makes it right again, or its text is of the person's own choice. */
const AS_IT_LIKES = /^(tags|acknowledge)\b/;

/**
 * A declaration with as many faults as are asked for, none within another.
 *
 * @param pick one of a list, by chance
 */
export function spoil(declaration, count, pick) {
  const wrong = structuredClone(declaration);
  const places = placesOf(declaration);
  const faults = [];
  for (let tries = 0; faults.length < count && tries < 50; tries++) {
    const fault = pick(faultsOf(pick(places)));
    const apart = (a, b) => !`${a}.`.startsWith(`${b}.`) && !`${b}.`.startsWith(`${a}.`);
    if (!fault || !faults.every((f) => apart(f.path.join('.'), fault.path.join('.')))) continue;
    fault.spoil(wrong);
    faults.push(fault);
  }
  const text = stringify(wrong);
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  return {
    text,
    faults: faults.map(({ path, about }) => ({
      path: path.join('.'),
      about,
      lines: linesOf(document, lines, path),
      ofCloud: OF_CLOUD.has(about),
    })),
  };
}

/** Every place in a declaration, with what the schema says of it. */
function placesOf(value, node = schema, path = []) {
  const n = resolved(node);
  const here = { value, node: n, path };
  if (AS_IT_LIKES.test(path.join('.'))) return [];
  if (n.type !== 'object' || !value) return [here];
  const inner = Object.entries(value).flatMap(([key, v]) => placesOf(v, n.properties?.[key] ?? n.additionalProperties, [...path, key]));
  return [here, ...inner];
}

function faultsOf({ value, node, path }) {
  const found = [];
  const at = (steps, about, made, named = steps) =>
    found.push({
      path: named,
      about,
      spoil: (d) => {
        const holder = steps.slice(0, -1).reduce((o, step) => o[step], d);
        if (made === undefined) delete holder[steps.at(-1)];
        else holder[steps.at(-1)] = made;
      },
    });
  const where = path.join('.');
  if (node.properties) {
    at([...path, 'colour'], 'an unknown field', 'red');
    for (const field of node.required ?? []) if (field in value) at([...path, field], 'a missing field');
  }
  if (ENTRIES[where]) at([...path, 'My Thing'], NAME, ENTRIES[where]);
  if (!path.length) return found;
  const text = where.replace(/^(\w+)\.[^.]+/, '$1.*');
  for (const made of MEANINGLESS.find(([pattern]) => pattern.test(where))?.[1] ?? []) at(path, MEANING, made);
  if (node.enum) at(path, 'a word that is none of those', 'nonsense');
  else if (node.type === 'array' || node.type === 'object') at(path, `a word for a ${node.type} (${text})`, 'some');
  else for (const made of WRONG_TYPE[node.type]) at(path, `of another type than ${node.type}`, made);
  if (node.pattern) at(path, 'text of another form', '?!');
  if (node.type === 'array' && resolved(node.items).enum)
    at(path, 'a list with a word that is none of those', ['nonsense'], [...path, '0']);
  if (node.minItems) at(path, 'an empty list', []);
  if (node.minimum !== undefined) at(path, 'too little', node.minimum - 1);
  if (node.maximum !== undefined) at(path, 'too much', node.maximum + 1);
  if (node.exclusiveMaximum !== undefined) at(path, 'too much', node.exclusiveMaximum);
  at(path, 'nothing at all', null);
  return found;
}

/** The lines of the key and of the value; of what is missing, those of what it is missing in. */
function linesOf(document, counter, path) {
  let node = document.contents;
  let lines = [1];
  for (const step of path) {
    if (isSeq(node)) return [counter.linePos(node.items[Number(step)].range[0]).line];
    const pair = isMap(node) ? node.items.find(({ key }) => String(key.value) === step) : undefined;
    if (!pair) return lines;
    lines = [pair.key, pair.value].filter((n) => n?.range).map((n) => counter.linePos(n.range[0]).line);
    node = pair.value;
  }
  return lines;
}
