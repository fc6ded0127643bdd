import type { Judgement } from './model';

/**
 * The value at a dotted path; blocks are looked into whether they are written as one or as a list of one, and whether they are
 * written out or `dynamic`. `*` stands for every element of a list, and gives a list.
 */
export function at(body: unknown, path: string): unknown {
  return follow(body, path.split('.'));
}

type Fields = { readonly [key: string]: unknown };

function follow(value: unknown, steps: readonly string[]): unknown {
  if (!steps.length || value === undefined || value === null || isReference(value)) return value ?? undefined;
  const [step, ...rest] = steps;
  if (step === '*') return listOf(value).map((v) => follow(v, rest));
  const one = Array.isArray(value) ? (value as unknown[])[0] : value;
  return typeof one === 'object' && one !== null ? follow((one as Fields)[step] ?? dynamic(one as Fields, step), rest) : undefined;
}

/** What a block holds that is repeated for each of something. */
function dynamic(body: Fields, block: string): unknown {
  return (body.dynamic as { readonly [block: string]: { readonly content?: unknown } } | undefined)?.[block]?.content;
}

/** A list, whether it is written as one or not. */
export function listOf(value: unknown): unknown[] {
  return value === undefined || value === null ? [] : Array.isArray(value) ? (value as unknown[]) : [value];
}

/** Whether only the deployment knows the value, or something in it. */
export function isReference(value: unknown): boolean {
  return typeof value === 'string' ? /\$\{/.test(value) : Array.isArray(value) && value.some(isReference);
}

/** Compliant if it holds; unknown if that hangs on a value that only the deployment knows. */
export function demand(holds: boolean, ...values: readonly unknown[]): Judgement {
  return holds ? 'compliant' : values.some(isReference) ? 'unknown' : 'non-compliant';
}

/** The other way round: non-compliant if it is broken; unknown if it may be, by a value that only the deployment knows. */
export function refuse(broken: boolean, ...values: readonly unknown[]): Judgement {
  return broken ? 'non-compliant' : values.some(isReference) ? 'unknown' : 'compliant';
}

/** A value has to be one of these: for attributes whose default is bad. */
export function demandOneOf(value: unknown, ...wanted: readonly unknown[]): Judgement {
  return demand(
    wanted.some((w) => same(value, w)),
    value,
  );
}

/** A value is one of these, or left out: for attributes whose default is good. */
export function allowOneOf(value: unknown, ...wanted: readonly unknown[]): Judgement {
  return value === undefined ? 'compliant' : demandOneOf(value, ...wanted);
}

/** Terraform takes `"true"` for `true`. */
function same(value: unknown, wanted: unknown): boolean {
  return value === wanted || (typeof wanted === 'boolean' && value === String(wanted));
}
