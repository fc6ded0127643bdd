import type { Judgement } from './model';

/**
 * The value at a dotted path; blocks are looked into whether they are written as one or as a list of one.
 * `*` stands for every element of a list, and gives a list.
 */
export function at(body: unknown, path: string): unknown {
  return follow(body, path.split('.'));
}

function follow(value: unknown, steps: readonly string[]): unknown {
  if (!steps.length || value === undefined || value === null || isReference(value)) return value ?? undefined;
  const [step, ...rest] = steps;
  if (step === '*') return listOf(value).map((v) => follow(v, rest));
  const one = Array.isArray(value) ? (value as unknown[])[0] : value;
  return typeof one === 'object' && one !== null ? follow((one as { readonly [key: string]: unknown })[step], rest) : undefined;
}

/** A list, whether it is written as one or not. */
export function listOf(value: unknown): unknown[] {
  return value === undefined || value === null ? [] : Array.isArray(value) ? (value as unknown[]) : [value];
}

/** Whether only the deployment knows the value. */
export function isReference(value: unknown): boolean {
  return typeof value === 'string' && /\$\{/.test(value);
}

/** Compliant if it holds; unknown if that hangs on a value that only the deployment knows. */
export function demand(holds: boolean, ...values: readonly unknown[]): Judgement {
  return holds ? 'compliant' : values.some(isReference) ? 'unknown' : 'non-compliant';
}

/** A value has to be one of these. */
export function demandOneOf(value: unknown, ...wanted: readonly unknown[]): Judgement {
  return demand(wanted.includes(value), value);
}
