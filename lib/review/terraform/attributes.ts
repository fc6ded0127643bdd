import { Cause, Replacement } from '../model';
import { conditionFor } from './conditional';
import { Attribute, Attributes } from './facts';
import { convert, isRecord, keyOf, MASK, soundsSecret, Symbolic, symbolsIn, Value } from './value';

type Values = { readonly [name: string]: Value };

/** What differs between two bodies of a resource. */
export interface Difference {
  readonly causes: Cause[];
  /** Sentences on causes that need one. */
  readonly notes: { readonly text: string; readonly replacement: Replacement }[];
}

/** Compares what is declared about a resource, as the provider of its type would. */
export function diffAttributes(type: string, facts: Attributes | undefined, before: Values, after: Values): Difference {
  return new Comparison(type, facts, after).run(before, after);
}

/** `labels["a.b"]` where a dot would not do. */
export function join(path: string, name: string): string {
  return /^[\w-]+$/.test(name) ? (path ? `${path}.${name}` : name) : `${path}[${JSON.stringify(name)}]`;
}

class Comparison implements Difference {
  public readonly causes: Cause[] = [];
  public readonly notes: { text: string; replacement: Replacement }[] = [];

  public constructor(
    private readonly type: string,
    private readonly facts: Attributes | undefined,
    private readonly all: Values,
  ) {}

  public run(before: Values, after: Values): this {
    this.block(this.facts, before, after, '', undefined);
    return this;
  }

  /** `within` is the block that holds the attributes. */
  private block(attributes: Attributes | undefined, before: Values, after: Values, path: string, within: Attribute | undefined): void {
    for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
      const here = join(path, name);
      const attribute = attributes?.get(name);
      const was = convert(before[name], attribute);
      const is = convert(after[name], attribute);
      if (name === 'timeouts' && !path) this.anything(here, was, is, 'no', false);
      else if (!attribute) this.anything(here, was, is, 'unknown', Boolean(within?.sensitive));
      else this.attribute(namesSecret(name, before, after) ? { ...attribute, sensitive: true } : attribute, was, is, here);
    }
  }

  private attribute(attribute: Attribute, was: Value | undefined, is: Value | undefined, path: string): void {
    const whole = was instanceof Symbolic || is instanceof Symbolic;
    switch (attribute.kind) {
      case 'map':
        if (whole) return this.scalar(attribute, was, is, path);
        if (is === undefined && attribute.computed) return;
        return this.map(attribute, (was ?? {}) as Values, (is ?? {}) as Values, path);
      case 'set':
        return this.scalar(attribute, sortedSet(was), sortedSet(is), path, was, is);
      case 'blocks':
        return whole
          ? this.scalar(attribute, was, is, path)
          : this.blocks(attribute, was as readonly Value[], is as readonly Value[], path);
      case 'block-set':
        return whole
          ? this.scalar(attribute, was, is, path)
          : this.blockSet(attribute, was as readonly Value[], is as readonly Value[], path);
      default:
        return this.scalar(attribute, was, is, path);
    }
  }

  private scalar(
    attribute: Attribute,
    declaredBefore: Value | undefined,
    declaredAfter: Value | undefined,
    path: string,
    shownBefore = declaredBefore,
    shownAfter = declaredAfter,
  ): void {
    const was = declaredBefore ?? attribute.default;
    const is = declaredAfter ?? attribute.default;
    // What is no longer declared, and the provider fills in, stays as it is.
    if (is === undefined && attribute.computed) return;
    const symbols = symbolsIn(is);
    const unknown = symbols.some((s) => s.certainty === 'unknown');
    const maybe = !unknown && symbols.some((s) => s.certainty === 'maybe');
    if (keyOf(was) === keyOf(is)) {
      if (maybe) {
        const replacement = attribute.forcesNew ? 'conditional' : this.replacement(attribute, was, is, false, path);
        this.add(path, shownBefore ?? was, shownAfter ?? is, replacement, attribute.sensitive);
      }
      return;
    }
    this.add(path, shownBefore ?? was, shownAfter ?? is, this.replacement(attribute, was, is, unknown, path), attribute.sensitive);
  }

  private replacement(attribute: Attribute, was: Value | undefined, is: Value | undefined, unknown: boolean, path: string): Replacement {
    if (attribute.forcesNew) {
      if (unknown) return 'yes';
      if (was === undefined && attribute.computed) {
        this.notes.push({
          text: `\`${path}\` was chosen by the provider before; if that is what is declared now, nothing is replaced.`,
          replacement: 'conditional',
        });
        return 'conditional';
      }
      if (was === undefined && (is === '' || is === false || is === 0)) return 'conditional';
      const computed = [...symbolsIn(was), ...symbolsIn(is)].some((s) => s.about.computed);
      if (computed) {
        this.notes.push({
          text: `\`${path}\` is the result of a function, which may be the same as before.`,
          replacement: 'conditional',
        });
        return 'conditional';
      }
      return 'yes';
    }
    const reason = conditionFor(this.type, path, was, is, this.all);
    if (!reason) return 'no';
    this.condition(path, reason);
    return 'conditional';
  }

  private condition(path: string, reason: string): void {
    this.notes.push({ text: `\`${path}\` replaces the resource for some values: ${reason}.`, replacement: 'conditional' });
  }

  private map(attribute: Attribute, was: Values, is: Values, path: string): void {
    for (const key of new Set([...Object.keys(was), ...Object.keys(is)])) {
      const entry: Attribute = { ...attribute, kind: 'string', computed: false, sensitive: attribute.sensitive || soundsSecret(key) };
      this.scalar(entry, was[key] ?? undefined, is[key] ?? undefined, join(path, key));
    }
  }

  private blocks(attribute: Attribute, was: readonly Value[] | undefined, is: readonly Value[] | undefined, path: string): void {
    if (attribute.computed && (attribute.asAttribute ? is === undefined : !is?.length)) {
      if (!attribute.asAttribute && was?.length) this.keptBlock(path, was);
      return;
    }
    const [before, after] = [was ?? [], is ?? []];
    for (let i = 0; i < Math.max(before.length, after.length); i++) {
      const [b, a] = [before[i], after[i]];
      const here = `${path}[${i}]`;
      if (isRecord(b) && isRecord(a)) this.block(attribute.attributes, b, a, here, attribute);
      else if (b instanceof Symbolic || a instanceof Symbolic || (b !== undefined && a !== undefined)) this.scalar(attribute, b, a, here);
      else this.add(here, b, a, this.comesOrGoes(attribute, b, a, here), attribute.sensitive);
    }
  }

  /** Of a block that is added or removed. */
  private comesOrGoes(attribute: Attribute, before: Value | undefined, after: Value | undefined, path: string): Replacement {
    if (attribute.forcesNew) return attribute.computed && before === undefined ? 'conditional' : 'yes';
    if (setsForcing(attribute.attributes, before ?? after)) return 'yes';
    return this.replacement({ ...attribute, forcesNew: false }, before, after, false, path);
  }

  private keptBlock(path: string, was: readonly Value[]): void {
    this.add(path, was, undefined, 'no', false);
    this.notes.push({
      text: `\`${path}\` is no longer declared; the provider computes it where it is absent, so what is deployed may stay as it is.`,
      replacement: 'no',
    });
  }

  private blockSet(attribute: Attribute, was: readonly Value[] | undefined, is: readonly Value[] | undefined, path: string): void {
    if (attribute.computed && (attribute.asAttribute ? is === undefined : !is?.length)) {
      if (!attribute.asAttribute && was?.length) this.keptBlock(path, was);
      return;
    }
    const key = (v: Value): string => canonical(attribute.attributes, v);
    const before = new Map((was ?? []).map((v) => [key(v), v]));
    const after = new Map((is ?? []).map((v) => [key(v), v]));
    const doubtful = new Set([...after].filter(([, v]) => symbolsIn(v).some((s) => s.certainty !== 'known')).map(([k]) => k));
    const gone = [...before].filter(([k]) => !after.has(k) || doubtful.has(k)).map(([, v]) => v);
    const come = [...after].filter(([k]) => !before.has(k) || doubtful.has(k)).map(([, v]) => v);
    if (!gone.length && !come.length) return;
    const forces =
      (attribute.forcesNew && before.size !== after.size) || [...gone, ...come].some((v) => setsForcing(attribute.attributes, v));
    this.add(
      path,
      gone.length ? gone : undefined,
      come.length ? come : undefined,
      forces ? 'yes' : this.replacement({ ...attribute, forcesNew: false }, was ?? [], is ?? [], false, path),
      attribute.sensitive,
      attribute.attributes,
    );
  }

  /** Of which no schema says anything. */
  private anything(path: string, was: Value | undefined, is: Value | undefined, replacement: Replacement, sensitive: boolean): void {
    if (Array.isArray(was) && Array.isArray(is)) {
      for (let i = 0; i < Math.max(was.length, is.length); i++) this.anything(`${path}[${i}]`, was[i], is[i], replacement, sensitive);
    } else if (isRecord(was) && isRecord(is)) {
      for (const k of new Set([...Object.keys(was), ...Object.keys(is)])) {
        this.anything(join(path, k), was[k] ?? undefined, is[k] ?? undefined, replacement, sensitive || soundsSecret(k));
      }
    } else if (keyOf(was) !== keyOf(is) || symbolsIn(is).some((s) => s.certainty !== 'known')) {
      const condition = replacement === 'unknown' ? conditionFor(this.type, path, was, is, this.all) : undefined;
      if (condition) this.condition(path, condition);
      this.add(path, was, is, condition ? 'conditional' : replacement, sensitive || soundsSecret(path.split('.').pop()!));
    }
  }

  private add(
    path: string,
    before: Value | undefined,
    after: Value | undefined,
    replacement: Replacement,
    sensitive: boolean,
    inside?: Attributes,
  ): void {
    if (sensitive || [before, after].some((v) => v instanceof Symbolic && v.about.sensitive)) {
      this.causes.push({ path, replacement, sensitive: true });
      return;
    }
    const attributes = inside ?? blockAt(this.facts, path);
    this.causes.push({
      path,
      ...(before === undefined ? {} : { before: shown(attributes, before) }),
      ...(after === undefined ? {} : { after: shown(attributes, after, true) }),
      replacement,
    });
  }
}

const SUFFIX = { known: '', maybe: ' (known after apply if that is replaced)', unknown: ' (known after apply)' };

/** A value as it is shown: references as text, nothing sensitive. `unknown`: say what is only known after apply. */
export function shown(attributes: Attributes | undefined, value: Value, unknown = false): unknown {
  if (value instanceof Symbolic) return value.about.sensitive ? MASK : value.text + (unknown ? SUFFIX[value.certainty] : '');
  if (Array.isArray(value)) return value.map((v) => shown(attributes, v, unknown));
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, v]) => {
      if (v === null || v === undefined) return [];
      const attribute = attributes?.get(name);
      // No schema says which entries of a map are secrets.
      const secret = namesSecret(name, value) || (attribute ? attribute.sensitive : soundsSecret(name) && typeof v !== 'object');
      return [[name, secret ? MASK : shown(attribute?.attributes, convert(v, attribute) ?? null, unknown)]];
    }),
  );
}

/** Of pairs such as `{ name = "DB_PASSWORD", value = ... }`. */
function namesSecret(attribute: string, ...pairs: readonly Values[]): boolean {
  return attribute === 'value' && pairs.some(({ name }) => typeof name === 'string' && soundsSecret(name));
}

function blockAt(facts: Attributes | undefined, path: string): Attributes | undefined {
  let attributes = facts;
  for (const name of path.replace(/\[\d+\]/g, '').split('.')) attributes = attributes?.get(name)?.attributes;
  return attributes;
}

function sortedSet(value: Value | undefined): Value | undefined {
  if (!Array.isArray(value)) return value;
  const byKey = new Map(value.map((v): [string, Value] => [keyOf(v), v]));
  return [...byKey.keys()].sort().map((k) => byKey.get(k)!);
}

/** Equal for elements that the provider takes for the same: defaults filled in, inner sets sorted. */
function canonical(attributes: Attributes | undefined, value: Value): string {
  if (!isRecord(value) || !attributes) return keyOf(value);
  const names = new Set([...Object.keys(value), ...attributes.keys()]);
  const entries: string[] = [];
  for (const name of [...names].sort()) {
    const attribute = attributes.get(name);
    const v = convert(value[name], attribute) ?? attribute?.default;
    if (v === undefined) continue;
    const isBlock = attribute?.attributes && Array.isArray(v);
    if (isBlock && !v.length) continue;
    const keys = isBlock ? v.map((e) => canonical(attribute.attributes, e)) : [keyOf(attribute?.kind === 'set' ? sortedSet(v) : v)];
    entries.push(`${name}=${(attribute?.kind === 'block-set' ? keys.sort() : keys).join()}`);
  }
  return entries.join(';');
}

/** Whether an element sets anything that forces a replacement. */
function setsForcing(attributes: Attributes | undefined, value: Value | undefined): boolean {
  return (
    isRecord(value) &&
    Object.entries(value).some(([name, v]) => {
      const attribute = attributes?.get(name);
      if (!attribute || v === null || v === undefined) return false;
      if (attribute.forcesNew) return true;
      return (
        attribute.attributes !== undefined && (convert(v, attribute) as readonly Value[]).some((e) => setsForcing(attribute.attributes, e))
      );
    })
  );
}
