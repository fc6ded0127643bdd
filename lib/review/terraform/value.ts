import { Attribute } from './facts';

/** A value as far as it is known before anything is applied. */
export type Value = null | string | number | boolean | Symbolic | readonly Value[] | { readonly [key: string]: Value };

/** How sure it is that what a value refers to stays as it is. */
export type Certainty = 'known' | 'maybe' | 'unknown';

/** A value that only the cloud knows, or that must not be shown. */
export class Symbolic {
  public constructor(
    /** As the reviewer reads it: `${google_storage_bucket.b.url}`. */
    public readonly text: string,
    /** Equal for equal values. */
    public readonly key: string,
    public readonly about: {
      /** `unknown`: only known after apply. `maybe`: only if what it refers to is replaced, which is not sure. */
      readonly certainty?: Certainty;
      readonly sensitive?: boolean;
      /** A function of values: a different expression need not be a different value. */
      readonly computed?: boolean;
      /** Addresses because of which it is not known. */
      readonly causes?: readonly string[];
    } = {},
  ) {}

  public get certainty(): Certainty {
    return this.about.certainty ?? 'known';
  }
}

/** What is shown in place of a sensitive value. */
export const MASK = '(sensitive)';

export function isRecord(value: unknown): value is { readonly [key: string]: Value } {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Symbolic);
}

/** Equal for equal values, whatever the order of keys. */
export function keyOf(value: Value | undefined): string {
  if (value instanceof Symbolic) return `<${value.certainty === 'unknown' ? '?' : ''}${value.key}>`;
  if (Array.isArray(value)) return `[${value.map(keyOf).join()}]`;
  if (isRecord(value)) {
    const keys = Object.keys(value).filter((k) => value[k] !== null && value[k] !== undefined);
    return `{${keys
      .sort()
      .map((k) => `${JSON.stringify(k)}:${keyOf(value[k])}`)
      .join()}}`;
  }
  return JSON.stringify(value ?? null);
}

/** The symbolic values in a value. */
export function symbolsIn(value: Value | undefined): Symbolic[] {
  if (value instanceof Symbolic) return [value];
  if (Array.isArray(value)) return value.flatMap(symbolsIn);
  return isRecord(value) ? Object.values(value).flatMap(symbolsIn) : [];
}

/** Converts as Terraform does for the attribute, so that `"30"` is 30. */
export function convert(value: Value | undefined, attribute: Attribute | undefined): Value | undefined {
  if (value === null) return undefined;
  if (!attribute || value === undefined || value instanceof Symbolic) return value;
  switch (attribute.kind) {
    case 'string':
    case 'number':
    case 'bool':
      return scalar(value, attribute.kind);
    case 'list':
    case 'set':
      return (Array.isArray(value) ? value : [value]).map((v) => scalar(v, attribute.element));
    case 'blocks':
    case 'block-set':
      return Array.isArray(value) ? value : [value];
    case 'map':
      return isRecord(value) ? Object.fromEntries(Object.entries(value).map(([k, v]) => [k, scalar(v, 'string')])) : value;
    default:
      return value;
  }
}

function scalar(value: Value, to: Attribute['element']): Value {
  if (to === 'string') return typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;
  if (to === 'number') return typeof value === 'string' && value.trim() !== '' && !Number.isNaN(Number(value)) ? Number(value) : value;
  if (to === 'bool') return value === 'true' ? true : value === 'false' ? false : value;
  return value;
}

const SECRET = /(^|[_-])(password|passwd|secret|token|api_?key|access_?key|private_?key|credentials?|connection_?string)$/i;

/** Whether a name says that its value is a secret, where no schema does. */
export function soundsSecret(name: string): boolean {
  return SECRET.test(name.replace(/([a-z])([A-Z])/g, '$1_$2'));
}
