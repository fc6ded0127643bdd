import { Action, Body, Cause, Change, ChangeClass, CLASSES, classesOf, Cloud, Report } from '../model';

/** What is shown in the place of a sensitive value. */
export const HIDDEN = '(sensitive)';

export const CLOUD_NAME: { readonly [c in Cloud]: string } = { aws: 'AWS', azure: 'Azure', gcp: 'Google Cloud', terraform: 'Terraform' };
export const ACTIONS: readonly Action[] = ['replace', 'remove', 'move', 'update', 'add'];
export const ACTION_MARK: { readonly [a in Action]: string } = { add: '+', update: '~', replace: '!', remove: '-', move: '>' };

/** What a class means, for a reader who meets it first. */
export const CLASS_MEANING: { readonly [c in ChangeClass]: string } = {
  'data-loss': 'something that holds data goes, or loses a protection that it had',
  replace: 'made anew; what it was is gone or stays behind',
  interrupt: 'the service is down or degraded while it happens',
  access: 'somebody can do what nobody could before',
  unknown: 'not understood well enough to be called safe',
  capacity: 'accelerators, nodes, concurrency or always-on instances',
  cosmetic: 'tags, descriptions, metadata, order',
};

/** Why a property's difference matters to the resource as a whole. */
export const REPLACEMENT_WORD = { yes: 'replaces', conditional: 'may replace', unknown: 'replacement unknown', no: '' } as const;

/** How many changes there are of each kind. */
export interface Counts {
  readonly actions: { readonly [a in Action]: number };
  /** A change is counted in each class that it is in. */
  readonly classes: { readonly [c in ChangeClass]: number };
}

export function countsOf({ changes }: Report): Counts {
  const count = <T extends string>(names: readonly T[], of: (change: Change) => readonly T[]): { [n in T]: number } => {
    const found = Object.fromEntries(names.map((n) => [n, 0])) as { [n in T]: number };
    for (const change of changes) for (const name of of(change)) found[name]++;
    return found;
  };
  return { actions: count(ACTIONS, (c) => [c.action]), classes: count(CLASSES, classesOf) };
}

/** Whether nobody needs to look at it. */
export function isCosmetic(change: Change): boolean {
  const classes = classesOf(change);
  return classes.length > 0 && classes.every((c) => c === 'cosmetic') && change.action === 'update';
}

/** What the reader calls it: the construct path if there is one. */
export function nameOf({ path, address }: Change): string {
  return clean(path ?? address);
}

/** Type, and address where that is not the name: a Terraform address begins with the type. */
export function kindOf({ type, address, path }: Change): string[] {
  if (path === undefined) return [type];
  return address.startsWith(`${type}.`) ? [address] : [type, address];
}

/** A value on one line, as JSON, shortened. */
export function show(value: unknown, longest: number): string {
  if (value === undefined) return 'not set';
  return shorten(clean(JSON.stringify(value) ?? String(value)), longest);
}

/** What a property was and is, both cut to where they begin to differ. */
export function sidesOf({ before, after, sensitive }: Cause, longest: number): [string, string] {
  if (sensitive) return [HIDDEN, HIDDEN];
  if (before === undefined || after === undefined) return [show(before, longest), show(after, longest)];
  return focus(show(before, Infinity), show(after, Infinity), longest);
}

/** Two texts, cut to where they begin to differ. */
export function focus(before: string, after: string, longest: number): [string, string] {
  if (before.length <= longest && after.length <= longest) return [before, after];
  let same = 0;
  while (same < before.length && before[same] === after[same]) same++;
  const from = Math.max(0, same - Math.floor(longest / 3));
  const cut = (text: string): string => {
    const rest = from > 3 ? `...${text.slice(from + 3)}` : text;
    return rest.length <= longest ? rest : `${rest.slice(0, longest - 3)}...`;
  };
  return [cut(before), cut(after)];
}

/** Cuts the middle out, because values of the same property often start alike. */
export function shorten(text: string, longest: number): string {
  if (text.length <= longest) return text;
  const end = Math.floor((longest - 3) / 3);
  return `${text.slice(0, longest - 3 - end)}...${text.slice(text.length - end)}`;
}

/** Without what would change a terminal or the direction of the text around it. */
export function clean(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, (c) =>
    c === '\n' || c === '\t' ? ' ' : '\uFFFD',
  );
}

/** Properties that replace before those that do not. */
export function byWeight(causes: readonly Cause[]): Cause[] {
  const order = ['yes', 'conditional', 'unknown', 'no'];
  return [...causes].sort((a, b) => order.indexOf(a.replacement) - order.indexOf(b.replacement));
}

const SECRET =
  /passw(or)?d|passphrase|private_?key|client_?secret|secret_?(string|value|data)|(access|account|api|shared)_?key$|connection_?string|sas_?(token|url)|auth_?token/i;

/** What is declared about a resource, a line each, without what reads like a secret and is written out. */
export function linesOf(body: Body): { readonly path: string; readonly value: unknown }[] {
  const lines: { path: string; value: unknown }[] = [];
  const visit = (value: unknown, path: string, secret: boolean): void => {
    const literal = typeof value === 'string' && !value.includes('${');
    if (secret && literal) lines.push({ path, value: HIDDEN });
    else if (typeof value !== 'object' || value === null || !Object.keys(value).length) lines.push({ path, value });
    else if (Array.isArray(value)) value.forEach((entry, i) => visit(entry, `${path}[${i}]`, secret));
    else {
      const entry = value as Body;
      // `{ name: 'DB_PASSWORD', value: '...' }`, as containers have it.
      const named = SECRET.test(String(entry.name ?? entry.Name ?? ''));
      for (const [key, inner] of Object.entries(entry))
        visit(inner, path ? `${path}.${key}` : key, SECRET.test(key) || (named && /^value$/i.test(key)));
    }
  };
  visit(body, '', false);
  return lines;
}

/** `1 change`, `2 changes`, `2,000 changes`. */
export function plural(n: number, noun: string): string {
  return `${thousands(n)} ${noun}${n === 1 ? '' : 's'}`;
}

/** A count such as `2,000`; without Intl, whose first use in a process takes longer than a small review. */
export function thousands(n: number): string {
  return String(n).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** Groups, in the order in which they appear. */
export function groupBy<T, K>(items: readonly T[], key: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const of = key(item);
    const group = groups.get(of);
    if (group) group.push(item);
    else groups.set(of, [item]);
  }
  return groups;
}
