import { readFileSync } from 'fs';
import { join } from 'path';

/** As much of JSON Schema as the generated one uses. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly type?: 'object' | 'array' | 'string' | 'number' | 'integer' | 'boolean';
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly minItems?: number;
  readonly properties?: { readonly [field: string]: JsonSchema };
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly propertyNames?: JsonSchema;
  readonly items?: JsonSchema;
  readonly definitions?: { readonly [name: string]: JsonSchema };
}

/** Where the package is: two folders above this file, in the sources as in what is compiled from them. */
export const PACKAGE_ROOT = join(__dirname, '..', '..');
/** The schema's file. */
export const SCHEMA_FILE = join(PACKAGE_ROOT, 'schema', 'ml-platform.schema.json');

let cached: JsonSchema | undefined;

/** The declaration's schema. */
export function schema(): JsonSchema {
  return (cached ??= JSON.parse(readFileSync(SCHEMA_FILE, 'utf8')) as JsonSchema);
}

/** The schema of a field: what its own docstring says, over what its type says. */
export function fieldAt(path: readonly string[]): JsonSchema | undefined {
  let field: JsonSchema | undefined = schema();
  for (const step of path) {
    const { properties, additionalProperties, items }: JsonSchema = merged(field);
    field = properties?.[step] ?? (typeof additionalProperties === 'object' ? additionalProperties : undefined) ?? items;
    if (!field) return undefined;
  }
  return merged(field);
}

/** Follows the reference to a type, and keeps what the field itself says. */
export function merged(field: JsonSchema): JsonSchema {
  if (!field.$ref) return field;
  const { $ref, ...own } = field;
  return { ...merged(schema().definitions![$ref.slice('#/definitions/'.length)]), ...own };
}

/** What a field is, as a clause, from the first sentence of its docstring: `region, such as eu-west-1`. */
export function clause(field: JsonSchema): string {
  const sentence = (field.description ?? '').replace(/\s+/g, ' ').split(/\.(?:\s|$)/)[0];
  const plain = sentence.replace(/`/g, '').replace(/;.*/, '');
  return /^[A-Z][a-z]/.test(plain) ? plain.charAt(0).toLowerCase() + plain.slice(1) : plain;
}

/** A value that fits, where the docstring or the type names one. */
export function example(field: JsonSchema): string | undefined {
  const told = /such as `([^`]+)`/.exec(field.description ?? '')?.[1];
  return told ?? (field.default === undefined ? field.enum?.[0] : String(field.default));
}

/**
 * The least that is valid, to stand in for what is missing or wrong, so that the rest of the declaration can be checked as well.
 * What it causes is never reported.
 */
export function standIn(field: JsonSchema): unknown {
  // The one type without required fields in which nothing is not enough.
  if (field.$ref?.endsWith('/AcceleratorDeclaration')) return { memoryGib: 1 };
  const f = merged(field);
  if (f.type === 'object') return Object.fromEntries((f.required ?? []).map((name) => [name, standIn(f.properties![name])]));
  if (f.type === 'array') return [standIn(f.items!)];
  if (f.type === 'boolean') return false;
  if (f.type === 'string') return example(f)?.replace(/^"(.*)"$/, '$1') ?? 'stand-in';
  return f.default ?? f.minimum ?? 1;
}
