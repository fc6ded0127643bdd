// What the schema lets a person write, down to each word of a choice; and what of it a declaration says.
import { readFileSync } from 'node:fs';

export const schema = JSON.parse(readFileSync(new URL('../../../schema/ml-platform.schema.json', import.meta.url), 'utf8'));

/** What can never be in a right declaration, and why. */
const NEVER = Object.fromEntries(
  ['float', 'bool', 'timestamp'].map((type) => [`features.*.entity.type=${type}`, 'rows are looked up by a string or an int only']),
);

/** A node of the schema, with what it refers to. */
export function resolved(node) {
  const { $ref, ...own } = node;
  return $ref ? { ...schema.definitions[$ref.split('/').pop()], ...own } : node;
}

/** Whether a person can write something there. */
export function isField(steps, node = schema) {
  const [step, ...rest] = steps;
  if (step === undefined) return true;
  const n = resolved(node);
  if (n.type === 'array') return /^\d+$/.test(step) && isField(rest, n.items);
  if (typeof n.additionalProperties === 'object')
    // The name of a map's entry may hold dots.
    return resolved(n.additionalProperties).type === 'string' || isField(rest, n.additionalProperties);
  return n.properties?.[step] !== undefined && isField(rest, n.properties[step]);
}

/** All leaves of the schema: `training.*.image`, `environment=prod`, `registry.immutableTags=true`. */
export function allLeaves(node = schema, path = '') {
  const n = resolved(node);
  if (n.enum) return n.enum.map((word) => `${path}=${word}`);
  if (n.type === 'boolean') return [`${path}=false`, `${path}=true`];
  if (n.type === 'array') return allLeaves(n.items, `${path}[]`);
  if (typeof n.additionalProperties === 'object') return allLeaves(n.additionalProperties, `${path}.*`);
  if (n.type !== 'object') return [path];
  return Object.entries(n.properties).flatMap(([key, field]) => allLeaves(field, path ? `${path}.${key}` : key));
}

/** The leaves that a declaration has. */
export function leavesOf(value, node = schema, path = '') {
  const n = resolved(node);
  if (value === undefined) return [];
  if (n.enum || n.type === 'boolean') return [`${path}=${value}`];
  if (n.type === 'array') return value.flatMap((v) => leavesOf(v, n.items, `${path}[]`));
  if (typeof n.additionalProperties === 'object')
    return Object.values(value).flatMap((v) => leavesOf(v, n.additionalProperties, `${path}.*`));
  if (n.type !== 'object') return [path];
  return Object.entries(n.properties).flatMap(([key, field]) => leavesOf(value[key], field, path ? `${path}.${key}` : key));
}

/** Throws if a leaf was in none of the declarations, unless it never can be; and if one was that never can be. */
export function requireAll(seen, of) {
  const lacking = allLeaves().filter((leaf) => !seen.has(leaf) && !(leaf in NEVER));
  if (lacking.length) throw new Error(`in none of ${of}: ${lacking.join(', ')}`);
  const possible = Object.keys(NEVER).filter((leaf) => seen.has(leaf));
  if (possible.length) throw new Error(`in some of ${of}, although it never can be: ${possible.join(', ')}`);
}
