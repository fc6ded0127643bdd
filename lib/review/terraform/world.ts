import { addressOf, attributesIn, Block, Configuration, list } from './configuration';
import { evaluate, Reference, Resolve } from './expression';
import { Attribute, attributesOf } from './facts';
import { Certainty, convert, isRecord, keyOf, Symbolic, Value } from './value';

/** What became of a block that others may refer to. */
export interface Entry {
  readonly block: Block;
  /** Attributes, as far as references can be followed. */
  readonly values: { readonly [name: string]: Value };
  /** What the provider computed: `known` stays, `maybe` may change, `unknown` is only known after apply. */
  readonly computed: Certainty;
  /** Whether Terraform does anything to it. */
  readonly changes: boolean;
  /** Attributes that it keeps although they are no longer declared. */
  readonly kept?: { readonly [name: string]: Value };
}

/** One revision of a stack, with references followed. */
export class World {
  public readonly entries = new Map<string, Entry>();

  public constructor(
    public readonly configuration: Configuration,
    /** How an address is called after `moved` blocks, so that both revisions name alike. */
    private readonly renamed: (address: string) => string = (a) => a,
  ) {}

  public readonly resolve: Resolve = (reference) => {
    const entry = this.entries.get(reference.address);
    if (!entry) return undefined;
    return this.lookUp(entry, reference);
  };

  /** The attributes of a block, with references followed. */
  public valuesOf(block: Block): { [name: string]: Value } {
    return attributesIn(block.raw, this.resolve);
  }

  /** Follows a block that nothing is done to: a variable, a local, a data source. */
  public addPassive(block: Block, changed: (address: string) => boolean = () => false): void {
    const values = this.valuesOf(block);
    if (block.mode !== 'data') this.entries.set(block.address, { block, values, computed: 'known', changes: false });
    else {
      // It is read while planning, unless something that it depends on is still to be made.
      const waits = list(block.raw.depends_on).some((raw) => changed(addressOf(raw) ?? ''));
      const certainties = waits ? ['unknown'] : certaintiesIn(values);
      const computed = certainties.includes('unknown') ? 'unknown' : certainties.includes('maybe') ? 'maybe' : 'known';
      this.entries.set(block.address, { block, values, computed, changes: false });
    }
  }

  private lookUp(entry: Entry, { address, path }: Reference): Value | undefined {
    const { block } = entry;
    if (block.mode === 'variable') return this.variable(block, path);
    if (block.mode === 'local') return walk(entry.values.value, path) ?? this.symbol(entry, address, path);
    const facts = block.mode === 'resource' ? attributesOf(block.type) : undefined;
    if (!path.length) return this.symbol(entry, address, path);
    let value: Value | undefined = entry.values;
    let attribute: Attribute | undefined = { ...WHOLE, attributes: facts };
    let within = false;
    for (const step of path) {
      if (typeof step === 'number' && value instanceof Symbolic) within = true;
      else if (typeof step === 'number') value = Array.isArray(value) ? value[step] : step === 0 && isRecord(value) ? value : undefined;
      else if (step === '*') return this.symbol(entry, address, path);
      else {
        const inside: Attribute | undefined = attribute?.attributes?.get(step);
        // With `count`, the index comes before the attribute.
        if (value === undefined && attribute && attribute.kind === 'any') value = entry.values;
        if (isRecord(value)) {
          const declared: Value | undefined = convert(value[step], inside);
          value = declared ?? (value === entry.values ? entry.kept?.[step] : undefined);
        } else {
          within = value instanceof Symbolic;
          value = within ? value : undefined;
        }
        attribute = attribute?.attributes ? inside : undefined;
        if (value === undefined && inside && !inside.computed) return inside.default ?? null;
      }
      if (value === undefined && typeof step === 'string') break;
    }
    if (value === undefined) return this.symbol(entry, address, path);
    // Of what is in something that is not known, nothing is known either.
    if (value instanceof Symbolic && within) return new Symbolic(textOf(address, path), `${value.key}>${textOf('', path)}`, value.about);
    return attribute?.sensitive ? new Symbolic(textOf(address, path), keyOf(value), { sensitive: true }) : value;
  }

  private variable(block: Block, path: Reference['path']): Value {
    const value =
      block.raw.default === undefined
        ? undefined
        : walk(
            evaluate(block.raw.default, () => undefined),
            path,
          );
    const text = textOf(block.address, path);
    const sensitive = block.raw.sensitive === true;
    // Whoever applies may set another value than the default; but the same before and after.
    return value === undefined || sensitive ? new Symbolic(text, `${text}=${keyOf(value)}`, { sensitive }) : value;
  }

  /** What only the cloud knows. */
  private symbol(entry: Entry, address: string, path: Reference['path']): Symbolic {
    const { block, computed } = entry;
    // What is found by values, or is made of all of them, may be another with other values.
    const byValues = block.mode === 'data' || !path.length || path.includes('*');
    const key = `${textOf(this.renamed(address), path)}${byValues ? keyOf(entry.values) : ''}`;
    const certainty =
      computed === 'known' && block.type === 'terraform_data' && path[0] === 'output' && entry.changes ? 'unknown' : computed;
    const above = Object.values(entry.values).flatMap((v) => (v instanceof Symbolic ? (v.about.causes ?? []) : []));
    return new Symbolic(textOf(address, path), key, {
      certainty,
      computed: byValues,
      causes: certainty === 'known' ? [] : block.mode === 'data' && above.length ? above : [address],
    });
  }
}

const WHOLE: Attribute = { kind: 'any', forcesNew: false, computed: true, sensitive: false, asAttribute: false };

function textOf(address: string, path: Reference['path']): string {
  return `\${${address}${path.map((step) => (typeof step === 'number' ? `[${step}]` : /^[\w-]+$/.test(step) ? `.${step}` : step === '*' ? '[*]' : `[${JSON.stringify(step)}]`)).join('')}}`;
}

function walk(value: Value | undefined, path: Reference['path']): Value | undefined {
  for (const step of path) {
    if (value instanceof Symbolic) return value;
    value = Array.isArray(value) ? value[Number(step)] : isRecord(value) ? value[String(step)] : undefined;
  }
  return value;
}

function certaintiesIn(value: Value): string[] {
  if (value instanceof Symbolic) return [value.certainty];
  if (Array.isArray(value)) return value.flatMap(certaintiesIn);
  return isRecord(value) ? Object.values(value).flatMap(certaintiesIn) : [];
}
