import { ChangeClass, Finding } from '../../model';
import { findTracking, variablesOf } from '../tracking';
import { compared, missing } from './rules';
import { attributesOf } from '../../terraform/facts';
import { all, at, isBody, keyOf, Rule, shown, Thing } from './thing';

/** Text that is JSON; undefined if it is not. */
export function json(text: unknown): unknown {
  try {
    return typeof text === 'string' ? JSON.parse(text) : undefined;
  } catch {
    return undefined;
  }
}

/** A rule for types that have an attribute; of a type that is not known, where it is declared. */
export function wherever(attribute: string, rule: Rule): Rule {
  return (thing) =>
    attributesOf(thing.change.type)?.has(attribute) || [thing.was, thing.is].some((b) => at(b, attribute) !== undefined) ? rule(thing) : [];
}

/** A value that is another one, and was there before. */
export function exchanged(group: ChangeClass, path: string, sentence: (was: string, is: string) => string, conditional = false): Rule {
  return (thing) => {
    const [was, is] = [thing.was, thing.is].map((b) => at(b, path));
    return was === undefined || is === undefined || keyOf(was) === keyOf(is)
      ? []
      : [thing.finding(group, sentence(shown(was), shown(is)), conditional)];
  };
}

/** A number of each of some named blocks, such as the CPU of each container. */
export function amounts(path: string, pairs: readonly (readonly [path: string, what: string, absent?: unknown])[]): Rule {
  return (thing) => {
    if (!thing.was || !thing.is || !thing.touched(path)) return [];
    const [before, after] = [thing.was, thing.is].map((b) => all(b, path));
    return after.flatMap((block, i) => {
      const name = at(block, 'name');
      const old = before.find((b) => at(b, 'name') === name) ?? (before.length === after.length ? before[i] : undefined);
      const of = after.length > 1 ? ` of ${shown(name ?? i + 1)}` : '';
      return old === undefined
        ? []
        : pairs.flatMap(([p, what, absent]) => compared(thing, `${what}${of}`, at(old, p) ?? absent, at(block, p) ?? absent));
    });
  };
}

/** Where something is sent: the first of some paths that is declared. */
export function sentTo(
  paths: readonly string[],
  sentence: (was: string, is: string) => string,
  added?: (is: string) => string | undefined,
): Rule {
  const target = (body: unknown): unknown => paths.map((p) => at(body, p)).find((v) => v !== undefined && v !== '');
  return (thing) => {
    if (!thing.is) return [];
    const [was, is] = [target(thing.was), target(thing.is)];
    if (!thing.was) return words(thing, is === undefined ? undefined : added?.(shown(is)));
    return is === undefined || keyOf(was) === keyOf(is) ? [] : words(thing, sentence(shown(was), shown(is)));
  };
}

function words(thing: Thing, sentence: string | undefined): Finding[] {
  return sentence === undefined ? [] : [thing.finding('access', sentence)];
}

/** What a list of rights gets and loses; whoever needs what is lost is refused. */
export function rights(paths: readonly string[], gets: (items: string) => string, loses: (items: string) => string): Rule {
  return (thing) => {
    if (!thing.was || !thing.is) return [];
    const [was, is] = [thing.was, thing.is].map((b) => paths.flatMap((p) => all(b, p)));
    const [come, gone] = [missing(is, was), missing(was, is)];
    return [
      ...(come.length ? [thing.finding('access', gets(shown(come)))] : []),
      ...(gone.length ? [thing.finding('interrupt', loses(shown(gone)), true)] : []),
    ];
  };
}

/** Blocks that differ in what is in them, whatever their number. */
export function differing(group: ChangeClass, paths: readonly string[], sentence: string): Rule {
  return (thing) =>
    thing.was && thing.is && paths.some((p) => thing.touched(p) && keyOf(at(thing.was, p)) !== keyOf(at(thing.is, p)))
      ? [thing.finding(group, sentence, true)]
      : [];
}

const DURATION = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/;

/** Seconds of a duration as Azure writes it: `P14D`, `PT1M`. */
export function durationAt(body: unknown, path: string): unknown {
  const value = at(body, path);
  const match = typeof value === 'string' ? DURATION.exec(value) : null;
  if (!match) return value;
  const [days, hours, minutes, seconds] = match.slice(1).map((n) => Number(n ?? 0));
  return ((days * 24 + hours) * 60 + minutes) * 60 + seconds;
}

/** A number in another unit. */
export function scaledAt(factor: number): typeof at {
  return (body, path) => {
    const value = at(body, path);
    return typeof value === 'number' ? value * factor : typeof value === 'string' && /^\d+$/.test(value) ? Number(value) * factor : value;
  };
}

/** The entry of a list of named blocks. */
export function named(body: unknown, path: string, name: string): unknown {
  return all(body, path).find((b) => isBody(b) && b.name === name);
}

/** What the variables of containers mean, where they are those of our tracking server. */
export function tracking(path: string): Rule {
  return (thing) => {
    if (!thing.was || !thing.is || !thing.touched(path)) return [];
    const [was, is] = [thing.was, thing.is].map((b) => variablesOf(all(b, path), 'env', 'name', 'value'));
    return findTracking(was, is);
  };
}
