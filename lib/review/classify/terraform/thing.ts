import { Body, Change, ChangeClass, Finding } from '../../model';
import { attributesOf } from '../../terraform/facts';

/** What is known of a type of resource. */
export interface Kind {
  /** What a sentence calls it: `storage account`. */
  readonly noun: string;
  /** What is lost with it: `every blob in it`. Absent where it holds nothing that cannot be made again. */
  readonly holds?: string | ((was: Body) => string | undefined);
  /** Whether the cloud keeps it when Terraform destroys it. */
  readonly stays?: (was: Body) => boolean;
  /** What stands between it and its destruction, as a sentence. */
  readonly guard?: (was: Body) => string | undefined;
  /** What no longer works once it is gone, as a clause; `{it}` is the resource. */
  readonly stops?: string;
  /** What is true of a new one that takes its place, as a sentence; by default what `stops` says, until it is there. */
  readonly anew?: string;
  readonly rules?: readonly Rule[];
}

/** What a type's attributes tell about a change. */
export type Rule = (thing: Thing) => readonly Finding[];

/** A changed resource, with words for it. */
export class Thing {
  public readonly was: Body | undefined;
  public readonly is: Body | undefined;

  public constructor(
    public readonly change: Change,
    public readonly noun: string,
  ) {
    this.was = change.before;
    this.is = change.after;
  }

  /** Whether a cause is at a path, above it or below it. Indexes do not count. */
  public touched(path: string): boolean {
    return this.change.causes.some((c) => {
      const at = c.path.replace(/\[\d+\]/g, '');
      return at === path || isBelow(at, path) || isBelow(path, at);
    });
  }

  /** Whether the provider leaves what is at a path as it is, because the block that says it is no longer declared. */
  public kept(path: string): boolean {
    return this.change.causes.some((c) => {
      const block = c.path.replace(/\[\d+\]/g, '');
      return c.after === undefined && (path === block || isBelow(path, block)) && isComputed(this.change.type, block);
    });
  }

  /** Puts the resource into a sentence. */
  public say(sentence: string, body: Body | undefined = this.is ?? this.was): string {
    const it = `${this.noun} ${this.called(body)}`;
    return sentence.replace(/\{(it|about|It)\}/g, (_all, word: string) =>
      word === 'it' ? `the ${it}` : word === 'It' ? `The ${it}` : this.about(body),
    );
  }

  /** What it is for: the first sentence of its description. */
  private about(body: Body | undefined): string {
    const text = body?.description ?? body?.display_name;
    const first = typeof text === 'string' ? /^[^]*?(?=\.\s|\.?$)/.exec(text)?.[0] : undefined;
    return first ? `"${first}"` : `what the ${this.noun} ${this.called(body)} watches`;
  }

  /** Its name where it has one, or else where it is. */
  public called(body: Body | undefined = this.is ?? this.was): string {
    const name = NAMES.map((n) => body?.[n]).find((n) => typeof n === 'string' && n !== '' && !isSymbol(n));
    return typeof name === 'string' ? name : (this.change.path ?? this.change.address);
  }

  public finding(group: ChangeClass, sentence: string, conditional = false): Finding {
    return { class: group, why: this.say(sentence), ...(conditional ? { conditional: true } : {}) };
  }
}

const NAMES = [
  'name',
  'repository_id',
  'table_id',
  'dataset_id',
  'secret_id',
  'account_id',
  'instance_id',
  'role_id',
  'display_name',
  'service',
  'slo_id',
];

/** Whether a value is only known once it is applied. */
export function isSymbol(value: unknown): boolean {
  return typeof value === 'string' && (value.includes('${') || value === '(sensitive)');
}

/** The value at a dotted path; of blocks written as lists, in the first. */
export function at(body: unknown, path: string): unknown {
  let value = body;
  for (const step of path.split('.')) {
    const one = Array.isArray(value) ? value[0] : value;
    // A whole block may be a reference.
    if (isSymbol(one)) return one;
    value = isBody(one) ? one[step] : undefined;
  }
  return value ?? undefined;
}

/** The blocks at a dotted path, or the elements of a list. */
export function all(body: unknown, path: string): readonly unknown[] {
  const value = at(body, path);
  return value === undefined ? [] : Array.isArray(value) ? value : [value];
}

export function isBody(value: unknown): value is Body {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** As a reviewer reads a value: the address where it is a reference. */
export function shown(value: unknown): string {
  if (Array.isArray(value)) return listed(value.map(shown));
  if (typeof value !== 'string') return value === undefined ? 'nothing' : typeof value === 'object' ? JSON.stringify(value) : String(value);
  return value.replace(/^\$\{((?:data\.)?\w+\.[\w-]+)(?:\.[\w.[\]]+)?\}$/, '$1');
}

/** `a, b and c`. */
export function listed(items: readonly string[]): string {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items[items.length - 1]}`;
}

/** Equal for equal values, whatever the order of keys. */
export function keyOf(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(keyOf).join()}]`;
  if (!isBody(value)) return JSON.stringify(value ?? null);
  const entries = Object.entries(value).filter(([, v]) => v !== undefined && v !== null);
  return `{${entries
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([k, v]) => `${k}:${keyOf(v)}`)
    .join()}}`;
}

function isBelow(path: string, above: string): boolean {
  return path.startsWith(`${above}.`) || path.startsWith(`${above}[`);
}

function isComputed(type: string, path: string): boolean {
  const [first, ...rest] = path.split('.');
  let attribute = attributesOf(type)?.get(first);
  for (const step of rest) attribute = attribute?.attributes?.get(step);
  return attribute?.computed === true;
}
