import { Body, Change, Finding } from '../../model';
import { Kind, Rule, Thing } from './thing';

export * from './grants';
export * from './items';
export * from './quantity';
export * from './ranges';
export * from './rules';
export * from './thing';

/** What a change means, as far as a table of types tells. `otherwise` is what attributes of any type mean, where the table says nothing. */
export function find(change: Change, kind: Kind | undefined, otherwise: readonly Rule[]): Finding[] {
  const thing = new Thing(change, kind?.noun ?? nounOf(change.type));
  const whole = kind ? [...losses(thing, kind), ...interruptions(thing, kind)] : ignorance(thing);
  const left = thing.was && thing.change.action === 'remove' && kind?.stays?.(thing.was);
  if (left) return [{ class: 'cosmetic', why: thing.say('{It} stays where it is: Terraform only forgets it.', thing.was) }];
  const found = [...whole, ...(kind?.rules ?? []).flatMap((rule) => rule(thing))];
  const more = otherwise.flatMap((rule) => rule(thing)).filter((m) => !found.some((f) => f.class === m.class));
  return [...new Map([...found, ...more].map((f) => [`${f.class}:${f.why}`, f])).values()];
}

/** Words of a type: `google_spanner_instance` is a spanner instance. */
export function nounOf(type: string): string {
  return type.split('_').slice(1).join(' ');
}

/** Whether it is destroyed, with or without another in its place; `maybe` if that depends on the values. */
function destruction({ change }: Thing): 'yes' | 'maybe' | 'no' {
  // Said of a resource that a `removed` block takes out of the state alone.
  if (change.action === 'remove') return change.advice?.startsWith('A `removed` block keeps it') ? 'no' : 'yes';
  if (change.action === 'add') return 'no';
  return change.replacement === 'yes' ? 'yes' : change.replacement === 'conditional' ? 'maybe' : 'no';
}

function losses(thing: Thing, { holds: lost, guard, stays }: Kind): Finding[] {
  const destroyed = destruction(thing);
  const holds = typeof lost === 'function' ? thing.was && lost(thing.was) : lost;
  if (!holds || destroyed === 'no' || !thing.was) return [];
  const anew = thing.change.action !== 'remove';
  const kept = (group: Finding['class'], sentence: string): Finding => ({
    class: group,
    why: capital(thing.say(sentence, thing.was)),
    ...(destroyed === 'maybe' ? { conditional: true } : {}),
  });
  if (stays?.(thing.was)) return anew ? [kept('interrupt', 'the new one is empty; {it} stays where it is, with what is in it.')] : [];
  const follows = anew ? '; the new one is empty' : '';
  const sentence = thing.say(`{it} is destroyed with ${holds}${follows}.`, thing.was);
  const guards = [
    thing.is && lifecycle(thing.is).prevent_destroy === true ? 'Terraform refuses that as long as `prevent_destroy` is set.' : undefined,
    guard?.(thing.was),
  ].filter((g) => g !== undefined);
  const why = [destroyed === 'maybe' ? `If it is replaced, ${sentence}` : capital(sentence), ...guards].join(' ');
  return [{ class: 'data-loss', why, ...(destroyed === 'maybe' ? { conditional: true } : {}) }];
}

function interruptions(thing: Thing, kind: Kind): Finding[] {
  const destroyed = destruction(thing);
  if (!kind.stops || destroyed === 'no' || (thing.was && kind.stays?.(thing.was))) return [];
  if (thing.change.action === 'remove') return [{ class: 'interrupt', why: capital(thing.say(`${kind.stops}.`, thing.was)) }];
  if (kind.anew === '') return [];
  const made = thing.is && lifecycle(thing.is).create_before_destroy === true;
  if (made && kind.anew === undefined) return [];
  const sentence = kind.anew ?? `until the new one is there, ${kind.stops}.`;
  const why = thing.say(destroyed === 'maybe' ? `If it is replaced: ${sentence}` : sentence, thing.was);
  return [{ class: 'interrupt', why: capital(why), ...(destroyed === 'maybe' ? { conditional: true } : {}) }];
}

function ignorance(thing: Thing): Finding[] {
  return destruction(thing) === 'no'
    ? []
    : [{ class: 'unknown', why: `It is destroyed, and whether a ${thing.change.type} holds something that is lost with it is not known.` }];
}

function lifecycle(body: Body): Body {
  return Object.assign({}, ...[body.lifecycle ?? []].flat());
}

function capital(text: string): string {
  return text[0].toUpperCase() + text.slice(1);
}
