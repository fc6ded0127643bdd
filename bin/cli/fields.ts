import type { ErrorObject, ValidateFunction } from 'ajv';
import { fieldAt, standIn } from './schema';
import { FieldProblem, isMap, TextAt, translate } from './wording';

type Data = { [field: string]: unknown };

// Written by bin/dev/validator.mjs.
// eslint-disable-next-line @typescript-eslint/no-require-imports
const validator = (): ValidateFunction => require('./fields.generated');

/** What the schema finds wrong, in plain words. */
export function checkFields(data: unknown, at: TextAt): FieldProblem[] {
  const validate = validator();
  if (validate(data)) return [];
  const found = withoutEchoes(validate.errors!)
    .map((e) => translate(e, data, at))
    .filter((p) => p !== undefined);
  // `acelerator:` is one mistake, not an unknown field and a missing one.
  const meant = new Set(found.flatMap((p) => (p.meant ? [p.meant.join('\n')] : [])));
  return found.filter((p) => p.code !== 'missing' || !meant.has(p.path.join('\n')));
}

/** A word of the wrong type is not among the words either: what can be written says more, unless nothing was. */
function withoutEchoes(errors: readonly ErrorObject[]): ErrorObject[] {
  const words = new Set(errors.filter((e) => e.keyword === 'enum').map((e) => e.instancePath));
  return errors.filter((e) => !words.has(e.instancePath) || (e.data === null ? e.keyword !== 'enum' : e.keyword !== 'type'));
}

/**
 * The declaration with everything that is wrong left out, or replaced where it cannot be done without,
 * and the paths where that was done. Nothing if too little is left.
 */
export function withoutProblems(
  data: Data,
  problems: readonly FieldProblem[],
  at: TextAt,
): { data: Data; replaced: string[][] } | undefined {
  const copy = structuredClone(data);
  const replaced: string[][] = [];
  let rest: readonly FieldProblem[] = problems;
  for (let round = 0; rest.length && round < 5; round++) {
    for (const p of rest) {
      // So that nothing misses what is there under a wrong name.
      if (p.meant) rename(copy, p.path, p.meant);
      const path = p.meant ?? replace(copy, p.path);
      if (path) replaced.push([...path]);
    }
    rest = checkFields(copy, at);
  }
  return rest.length ? undefined : { data: copy, replaced };
}

function rename(data: Data, from: readonly string[], to: readonly string[]): void {
  const parent = from.slice(0, -1).reduce<unknown>((d, step) => (isMap(d) ? d[step] : undefined), data);
  if (!isMap(parent)) return;
  parent[to[to.length - 1]] = parent[from[from.length - 1]];
  delete parent[from[from.length - 1]];
}

/** Puts a stand-in where one is required; else leaves the field out. */
function replace(data: Data, path: readonly string[]): readonly string[] | undefined {
  const end = path.findIndex((_, i) => isWhole(path.slice(0, i + 1), path[i + 1]));
  const whole = end < 0 ? path : path.slice(0, end + 1);
  const parentPath = whole.slice(0, -1);
  const name = whole[whole.length - 1];
  const parent = parentPath.reduce<unknown>((d, step) => (isMap(d) ? d[step] : undefined), data);
  if (name === undefined || !isMap(parent)) return undefined;
  const type = fieldAt(parentPath);
  const needed = type?.required?.includes(name) || typeof type?.additionalProperties === 'object';
  const field = type?.properties?.[name] ?? fieldAt(whole);
  if (needed && field) parent[name] = standIn(field);
  else delete parent[name];
  return whole;
}

/** A list is one field, and so is an accelerator without what it is chosen by: the rest could mean something else. */
function isWhole(path: readonly string[], wrong: string | undefined): boolean {
  const { type, properties } = fieldAt(path) ?? {};
  return type === 'array' || (properties?.memoryGib !== undefined && (wrong === 'memoryGib' || wrong === 'type'));
}
