import { ChangeClass, Finding } from '../../model';
import { all, at, isSymbol, keyOf, Rule, shown, Thing } from './thing';
import { quantityOf, timeText } from './quantity';

/** More about a rule. */
interface Options {
  /** What the provider takes where nothing is declared. */
  readonly absent?: unknown;
  /** Whether it is worth a word of a new resource, too. */
  readonly onAdd?: boolean;
}

const ONLY_THEN = 'is only known when it is applied';

/** An attribute that takes one of some values, and did not before. */
export function becomes(group: ChangeClass, path: string, values: readonly unknown[], sentence: string, options: Options = {}): Rule {
  const wanted = values.map((v) => key(v));
  return (thing) => {
    if (!thing.is || (thing.was ? !thing.touched(path) : !options.onAdd)) return [];
    const was = thing.was ? (at(thing.was, path) ?? options.absent) : undefined;
    const is = at(thing.is, path) ?? options.absent;
    if (thing.was && wanted.includes(key(was)) && !isSymbol(is)) return [];
    if (isSymbol(is))
      return is === was ? [] : [thing.finding(group, `${sentence} Whether it does ${ONLY_THEN}: \`${path}\` is ${String(is)}.`, true)];
    return wanted.includes(key(is)) ? [thing.finding(group, sentence, thing.kept(path))] : [];
  };
}

/** Somebody may do what nobody could. */
export function opens(path: string, values: readonly unknown[] | boolean, sentence: string, options: Options = {}): Rule {
  return becomes('access', path, Array.isArray(values) ? values : [values], sentence, options);
}

/** A protection that is switched off. */
export function loses(path: string, value: unknown, sentence: string, options: Options = {}): Rule {
  return becomes('data-loss', path, [value], sentence, options);
}

/** What no longer works while an attribute has a value. */
export function stops(path: string, value: unknown, sentence: string, options: Options = {}): Rule {
  return becomes('interrupt', path, [value], sentence, options);
}

/** A time that gets shorter. `subject` completes `are kept for`. */
export function shortens(path: string, absent: number | undefined, subject: string, unit: 'days' | 'seconds' = 'days', read = at): Rule {
  return falls(
    'data-loss',
    path,
    absent,
    (was, is) => `${subject} kept for ${timeText(is, unit)}, where it was ${timeText(was, unit)}.`,
    read,
  );
}

/** A number that gets lower. */
export function falls(
  group: ChangeClass,
  path: string,
  absent: number | undefined,
  sentence: (was: number, is: number) => string,
  read = at,
): Rule {
  return (thing) => {
    if (!thing.was || !thing.is || !thing.touched(path)) return [];
    const [was, is] = [thing.was, thing.is].map((b) => read(b, path) ?? absent ?? 0);
    const [before, after] = [was, is].map(quantityOf);
    if (before !== undefined && after !== undefined)
      return after < before ? [thing.finding(group, sentence(before, after), thing.kept(path))] : [];
    return was === is
      ? []
      : [thing.finding(group, `\`${path}\` changes from ${shown(was)} to ${shown(is)}: whether it gets lower ${ONLY_THEN}.`, true)];
  };
}

/** A value that moves down an order, the weakest first. */
export function weakens(
  group: ChangeClass,
  path: string,
  order: readonly (readonly string[] | string)[],
  sentence: (was: string, is: string) => string,
  options: Options = {},
): Rule {
  const rank = (v: unknown): number => order.findIndex((o) => [o].flat().some((x) => key(x) === key(v)));
  return (thing) => {
    if (!thing.is || (thing.was ? !thing.touched(path) : !options.onAdd)) return [];
    const was = thing.was ? (at(thing.was, path) ?? options.absent) : [order[order.length - 1]].flat()[0];
    const is = at(thing.is, path) ?? options.absent;
    if (key(was) === key(is)) return [];
    if (rank(was) < 0 || rank(is) < 0)
      return [thing.finding(group, `\`${path}\` changes from ${shown(was)} to ${shown(is)}, which may be weaker.`, true)];
    return rank(is) < rank(was) ? [thing.finding(group, sentence(shown(was), shown(is)), thing.kept(path))] : [];
  };
}

/** A size, a number or a choice of machine. `what` is the subject of the sentence. */
export function amount(path: string, what: string, absent?: unknown): Rule {
  return (thing) =>
    thing.was && thing.is && thing.touched(path) ? compared(thing, what, at(thing.was, path) ?? absent, at(thing.is, path) ?? absent) : [];
}

/** The sentence on an amount, if it differs. */
export function compared(thing: Thing, what: string, was: unknown, is: unknown): Finding[] {
  if (keyOf(was) === keyOf(is)) return [];
  if (was === undefined) return [thing.finding('capacity', `${what} is now ${shown(is)}, where nothing was declared.`)];
  if (is === undefined) return [thing.finding('capacity', `${what} is no longer declared, where it was ${shown(was)}.`)];
  const [before, after] = [quantityOf(was), quantityOf(is)];
  const verb = before === undefined || after === undefined || before === after ? 'changes' : before < after ? 'goes up' : 'goes down';
  return [thing.finding('capacity', `${what} ${verb} from ${shown(was)} to ${shown(is)}.`)];
}

/** Machines that come or go with the resource. */
export function brings(describe: (body: NonNullable<Thing['is']>) => string): Rule {
  return (thing) => {
    if (thing.change.action === 'add' && thing.is) return [thing.finding('capacity', `${describe(thing.is)} come with {it}.`)];
    return thing.change.action === 'remove' && thing.was ? [thing.finding('capacity', `${describe(thing.was)} go with {it}.`)] : [];
  };
}

/** A list that gets elements. */
export function gains(group: ChangeClass, path: string, sentence: (items: string) => string, onAdd = false): Rule {
  return (thing) => {
    if (!thing.is || (thing.was ? !thing.touched(path) : !onAdd)) return [];
    const come = missing(all(thing.is, path), all(thing.was, path));
    return come.length ? [thing.finding(group, sentence(shown(come)))] : [];
  };
}

/** A list that loses elements. */
export function drops(
  group: ChangeClass,
  path: string,
  sentence: (items: string, left: number) => string,
  name: (v: unknown) => unknown = (v) => v,
): Rule {
  return (thing) => {
    if (!thing.was || !thing.is || !thing.touched(path)) return [];
    const left = all(thing.is, path).map(name);
    const gone = missing(all(thing.was, path).map(name), left);
    return gone.length ? [thing.finding(group, sentence(shown(gone), left.length))] : [];
  };
}

/** A block or a reference that is there no more. */
export function vanishes(group: ChangeClass, path: string, sentence: string): Rule {
  return (thing) => {
    if (!thing.was || !thing.is || !thing.touched(path)) return [];
    const gone = !isEmpty(at(thing.was, path)) && isEmpty(at(thing.is, path));
    return gone ? [thing.finding(group, sentence, thing.kept(path))] : [];
  };
}

/** A reference that leads elsewhere: to another identity, another key. `sentence` takes the new one. */
export function leads(group: ChangeClass, path: string, sentence: (was: string, is: string) => string, conditional = false): Rule {
  return (thing) => {
    if (!thing.was || !thing.is || !thing.touched(path)) return [];
    const [was, is] = [at(thing.was, path), at(thing.is, path)];
    return keyOf(was) === keyOf(is) || isEmpty(is) ? [] : [thing.finding(group, sentence(shown(was), shown(is)), conditional)];
  };
}

/** Elements of a list that another does not have. */
export function missing(of: readonly unknown[], from: readonly unknown[]): unknown[] {
  const there = new Set(from.map(keyOf));
  return of.filter((v) => !there.has(keyOf(v)));
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);
}

function key(value: unknown): string {
  return typeof value === 'string' ? value.toLowerCase() : keyOf(value);
}
