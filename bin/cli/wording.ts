import type { ErrorObject } from 'ajv';
import { closest, distance } from 'fastest-levenshtein';
import { isValidationError, oneOf, thousands } from '../../lib/core/errors';
import { Duration, Size } from '../../lib/core/units';
import { clause, example, fieldAt, JsonSchema, merged } from './schema';
import { Place } from './source';

/** What is wrong with one field, before its place is known. */
export interface FieldProblem {
  readonly path: readonly string[];
  readonly code: string;
  readonly reason: string;
  readonly instead: string;
  /** Shown at the key, not at the value. */
  readonly atKey?: boolean;
  /** The known field that an unknown one was probably meant to be, if that is not there as well. */
  readonly meant?: readonly string[];
}

/** Where a path stands in the file, and its text as it was typed. */
export type TextAt = (path: readonly string[]) => Place;

/** What one finding of the schema means. Nothing where the platform itself says it better. */
export function translate(e: ErrorObject, data: unknown, at: TextAt): FieldProblem | undefined {
  const path = e.instancePath
    .split('/')
    .slice(1)
    .map((step) => step.replace(/~1/g, '/').replace(/~0/g, '~'));
  // Names of services and clusters are checked by the platform itself, which suggests one.
  if (e.keyword === 'propertyNames' || e.propertyName !== undefined) return undefined;
  const field = fieldAt(path) ?? {};
  const limit = (e.params as { limit?: number }).limit ?? 0;
  const problem = (code: string, reason: string, instead: string): FieldProblem => ({ path, code, reason, instead });
  switch (e.keyword) {
    case 'additionalProperties':
      return unknownField(path, (e.params as { additionalProperty: string }).additionalProperty, data);
    case 'required': {
      const name = (e.params as { missingProperty: string }).missingProperty;
      const missing = fieldAt([...path, name]) ?? {};
      return {
        path: [...path, name],
        code: 'missing',
        reason: `is missing: ${clause(missing)}`,
        instead: `write ${name}: ${least(missing)}`,
      };
    }
    case 'type':
      return { path, ...wrongType(field, e.data, at(path).text, path) };
    case 'enum':
      return problem('choice', `is not one of ${(field.enum ?? []).join(', ')}`, `write ${nearestWord(String(e.data), field.enum ?? [])}`);
    case 'pattern':
      return { path, ...wrongText(field, String(e.data)) };
    case 'minLength':
      return problem('limit', `${count(String(e.data).length, 'character')}, and ${limit} is the least`, `write ${limit} or more`);
    case 'maxLength': {
      const why = /At most [^.]*/.exec(field.description ?? '')?.[0];
      const told = why ? why.charAt(0).toLowerCase() + why.slice(1) : `${limit} is the most`;
      return problem('limit', `${count(String(e.data).length, 'character')}; ${told}`, `shorten it to ${limit} characters`);
    }
    case 'minimum':
    case 'maximum':
    case 'exclusiveMinimum':
    case 'exclusiveMaximum':
      return problem(
        'limit',
        `${thousands(e.data as number)} is ${e.keyword.endsWith('inimum') ? 'too little' : 'too much'}`,
        `write ${bounds(field)}`,
      );
    case 'minItems':
      return problem('limit', 'the list is empty', 'write at least one entry, or leave the field out');
    case 'minProperties':
      return problem('missing', 'is empty', `write one of ${Object.keys(field.properties ?? {}).join(', ')}`);
    case 'uniqueItems':
      return problem('conflict', 'an entry is there twice', 'write each once');
    default:
      return problem('syntax', e.message ?? e.keyword, `write ${shape(field)}`);
  }
}

function unknownField(path: readonly string[], name: string, data: unknown): FieldProblem {
  const known = fieldAt(path)?.properties ?? {};
  const written = path.reduce<unknown>((d, step) => (isMap(d) ? d[step] : undefined), data);
  const free = Object.keys(known).filter((k) => !isMap(written) || !(k in written));
  const nearest = similar(name, free) ?? similar(name, Object.keys(known));
  const base = { path: [...path, name], code: 'unknown', atKey: true };
  if (nearest)
    return {
      ...base,
      reason: 'there is no such field',
      instead: `did you mean ${nearest}?`,
      ...(free.includes(nearest) ? { meant: [...path, nearest] } : {}),
    };
  const home = Object.keys(known).find((k) => fieldAt([...path, k])?.properties?.[name]);
  if (home) return { ...base, reason: 'there is no such field here', instead: `write it under ${home}: { ${name}: ... }` };
  return { ...base, reason: 'there is no such field', instead: `leave it out; known are ${Object.keys(known).join(', ')}` };
}

/** The word that was probably meant: the same but for case, dashes and order, or a few letters away. */
export function similar(word: string, words: readonly string[]): string | undefined {
  const plain = (w: string): string => w.toLowerCase().replace(/[-_\s]/g, '');
  const letters = (w: string): string => [...plain(w)].sort().join('');
  const same = words.find((w) => plain(w) === plain(word)) ?? words.find((w) => letters(w) === letters(word));
  if (same || !words.length) return same;
  const nearest = closest(word, [...words]);
  const begun = words.filter((w) => word.length > 2 && (plain(w).startsWith(plain(word)) || plain(word).startsWith(plain(w))));
  if (distance(word, nearest) <= Math.max(1, Math.floor(Math.min(word.length, nearest.length) / 3))) return nearest;
  return begun.length === 1 ? begun[0] : undefined;
}

function nearestWord(given: string, words: readonly string[]): string {
  return similar(given, words) ?? oneOf(words);
}

function wrongType(
  field: JsonSchema,
  value: unknown,
  text: string | undefined,
  path: readonly string[],
): Pick<FieldProblem, 'code' | 'reason' | 'instead'> {
  const wanted = field.type ?? 'object';
  const name = path[path.length - 1] ?? '';
  const required = fieldAt(path.slice(0, -1))?.required?.includes(name);
  if (value === null)
    return {
      code: 'syntax',
      reason: 'has no value',
      instead: `write ${required ? least(field) : shape(field)} behind it${required ? '' : ', or leave the field out'}`,
    };
  const reason = `${kind(value)}, where ${KINDS[wanted]} is expected`;
  const told = text ?? String(value);
  const instead = ((): string => {
    switch (wanted) {
      case 'string':
        if (isScalarValue(value) && fits(told, field)) return `write "${told}", in quotes`;
        return `write ${shape(field)}`;
      case 'number':
      case 'integer':
        if (typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value)))
          return `write ${Number(value)}, without quotes`;
        return `write ${bounds(field)}`;
      case 'boolean':
        return 'write true or false';
      case 'array':
        return isScalarValue(value)
          ? `write [${String(value)
              .split(/[\s,]+/)
              .join(', ')}]`
          : `write a list: [${shape(field.items ?? {})}]`;
      default:
        return field.properties
          ? `write ${name}: ${shape(field)}`
          : `write entries below it, each with a name: { NAME: ${shape(values(field))} }`;
    }
  })();
  return { code: 'syntax', reason, instead };
}

function wrongText(field: JsonSchema, value: string): Pick<FieldProblem, 'code' | 'reason' | 'instead'> {
  // The core says best what is wrong with a quantity.
  const quantity = field.pattern?.includes('|GiB|') ? Size : field.pattern?.includes('|h|d)') ? Duration : undefined;
  try {
    quantity?.parse(value);
  } catch (e) {
    if (isValidationError(e)) return { code: e.problems[0].code, reason: e.problems[0].reason, instead: e.problems[0].instead };
  }
  return { code: 'syntax', reason: `does not fit: ${clause(field)}`, instead: `write something like ${example(field)}` };
}

function fits(text: string, field: JsonSchema): boolean {
  return field.pattern === undefined || new RegExp(field.pattern, 'u').test(text);
}

/** What can be written, in short. */
function shape(field: JsonSchema): string {
  const told = /such as `([^`]+)`/.exec(field.description ?? '')?.[1];
  if (told) return told;
  if (field.enum) return oneOf(field.enum);
  if (field.properties) {
    const required = field.required ?? [];
    return `{ ${(required.length ? required : Object.keys(field.properties)).map((name) => `${name}: ...`).join(', ')} }`;
  }
  switch (field.type) {
    case 'object':
      return `{ NAME: ${shape(values(field))} }`;
    case 'array':
      return `[${shape(field.items ?? {})}]`;
    case 'boolean':
      return 'true or false';
    case 'number':
    case 'integer':
      return bounds(field);
    default:
      return example(field) ?? 'text';
  }
}
/** The least that can be written: nothing, where everything has a default. */
function least(field: JsonSchema): string {
  const short = shape(field);
  return field.properties && !field.required?.length && short.includes(': ...') ? '{}' : short;
}
function values(field: JsonSchema): JsonSchema {
  return typeof field.additionalProperties === 'object' ? merged(field.additionalProperties) : {};
}

function bounds(field: JsonSchema): string {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = field;
  const what = field.type === 'integer' ? 'a whole number' : 'a number';
  if (exclusiveMinimum !== undefined && exclusiveMaximum !== undefined)
    return `${what} above ${exclusiveMinimum} and below ${exclusiveMaximum}`;
  if (minimum !== undefined && maximum !== undefined) return `${what} from ${minimum} to ${maximum}`;
  if (minimum !== undefined) return `${what}, ${minimum} or more`;
  return what;
}

const KINDS: { readonly [type: string]: string } = {
  string: 'text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map of fields',
};
function kind(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'number') return Number.isInteger(value) ? 'a number' : 'a fraction';
  return typeof value === 'object' ? 'a map of fields' : typeof value === 'boolean' ? 'true or false' : 'text';
}
function isScalarValue(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}
/** Whether it is a map of fields. */
export function isMap(value: unknown): value is { [field: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
function count(n: number, noun: string): string {
  return `${thousands(n)} ${noun}${n === 1 ? '' : 's'}`;
}
