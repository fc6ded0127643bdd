import { readFileSync } from 'fs';
import { join } from 'path';

/** What the providers' schemas say of an attribute or a nested block. */
export interface Attribute {
  readonly kind: 'string' | 'number' | 'bool' | 'map' | 'list' | 'set' | 'blocks' | 'block-set' | 'any';
  /** Of what a list or set is. */
  readonly element?: 'string' | 'number' | 'bool';
  /** A change of it replaces the resource. */
  readonly forcesNew: boolean;
  /** The provider fills it in where nothing is declared. */
  readonly computed: boolean;
  readonly sensitive: boolean;
  /** A block that counts as left alone if it is absent, and not as empty. */
  readonly asAttribute: boolean;
  readonly default?: string | number | boolean;
  /** What is in a block. */
  readonly attributes?: Attributes;
}

/** Of a resource type or a block: attribute by name. */
export type Attributes = ReadonlyMap<string, Attribute>;

type Compact = { readonly [name: string]: string | readonly [string, Compact] };

const KINDS: { readonly [letter: string]: Attribute['kind'] } = {
  s: 'string',
  n: 'number',
  b: 'bool',
  m: 'map',
  l: 'list',
  t: 'set',
  L: 'blocks',
  T: 'block-set',
  d: 'any',
};
const SCALARS: { readonly [letter: string]: Attribute['element'] } = { s: 'string', n: 'number', b: 'bool' };

/** Of Terraform itself. */
const BUILT_IN: { readonly [type: string]: Compact } = {
  terraform_data: { id: 's~', input: 'd', output: 'd~', triggers_replace: 'd!' },
};

let table: { readonly versions: { readonly [provider: string]: string }; readonly types: { readonly [type: string]: Compact } } | undefined;
const expanded = new Map<string, Attributes | undefined>();

/** The versions of the providers that the facts are of, by name. */
export function factVersions(): { readonly [provider: string]: string } {
  return load().versions;
}

/** The types that facts are known of. */
export function knownTypes(): string[] {
  return [...Object.keys(load().types), ...Object.keys(BUILT_IN)];
}

/** What is known of a type; undefined if nothing is. */
export function attributesOf(type: string): Attributes | undefined {
  if (!expanded.has(type)) {
    const known = own(BUILT_IN, type) ?? own(load().types, type);
    expanded.set(type, known && expand(known));
  }
  return expanded.get(type);
}

function load(): NonNullable<typeof table> {
  return (table ??= JSON.parse(readFileSync(join(__dirname, 'facts.json'), 'utf8')));
}

function own<T>(record: { readonly [key: string]: T }, key: string): T | undefined {
  return Object.prototype.hasOwnProperty.call(record, key) ? record[key] : undefined;
}

function expand(compact: Compact): Attributes {
  return new Map(
    Object.entries(compact).map(([name, entry]) => {
      const [text, inside] = typeof entry === 'string' ? [entry, undefined] : entry;
      return [name, attribute(text, inside)];
    }),
  );
}

function attribute(text: string, inside?: Compact): Attribute {
  const [, letters, marks, , value] = /^(\w+)([!~*@]*)(=([^]*))?$/.exec(text)!;
  const kind = KINDS[letters[0]];
  return {
    kind,
    element: SCALARS[letters[1]],
    forcesNew: marks.includes('!'),
    computed: marks.includes('~'),
    sensitive: marks.includes('*'),
    asAttribute: marks.includes('@'),
    default: value === undefined ? undefined : kind === 'number' ? Number(value) : kind === 'bool' ? value === 'true' : value,
    attributes: inside && expand(inside),
  };
}
