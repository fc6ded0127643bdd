import { Body, Cause, Replacement } from '../model';
import { Difference, textOf } from './differences';
import { Resource } from './moves';
import { identifiersOf, replacementAt, Step } from './spec';
import { asBody } from './values';
import { isSensitive, namingCode } from './wording';

/** A difference with what it does to a resource of the type. */
export function causeOf(type: string, difference: Difference, bodies: readonly Body[]): Cause {
  const { path, before, after } = difference;
  const replacement = replacementOf(type, path, asBody(bodies.at(-1)?.Properties), [before, after]);
  if (isSensitive(path, difference, bodies)) {
    return { path: textOf(path), replacement, sensitive: true };
  }
  const values = Object.entries(namingCode(before, after)).filter(([, v]) => v !== undefined);
  return { path: textOf(path), ...Object.fromEntries(values), replacement };
}

// What is declared about a resource beside its properties is not in the service spec.
const BESIDE: ReadonlyMap<unknown, Replacement> = new Map([
  ['Type', 'yes'],
  ['DeletionPolicy', 'no'],
  ['UpdateReplacePolicy', 'no'],
  ['UpdatePolicy', 'no'],
  ['CreationPolicy', 'no'],
  ['DependsOn', 'no'],
  ['Metadata', 'no'],
]);

function replacementOf(type: string, path: readonly Step[], properties: Body, values: readonly unknown[]): Replacement {
  const [section, ...rest] = path;
  if (section !== 'Properties') {
    return BESIDE.get(section) ?? 'unknown';
  }
  const wholesale = (): Replacement[] =>
    values.flatMap((v) => Object.entries(asBody(v)).map(([name, value]) => replacementAt(type, [name], properties, [value])));
  return rest.length > 0 ? replacementAt(type, rest, properties, values) : strongest(wholesale());
}

const STRENGTH: readonly Replacement[] = ['yes', 'unknown', 'conditional', 'no'];

export function strongest(all: readonly Replacement[]): Replacement {
  return STRENGTH.find((r) => all.includes(r)) ?? 'no';
}

export function isStronger(a: Replacement, b: Replacement): boolean {
  return STRENGTH.indexOf(a) < STRENGTH.indexOf(b);
}

/** What to do about a name of its own: it is in use until the old resource is gone, which is after the new one is made. */
export function adviceOnName(now: Resource, causes: readonly Cause[]): string | undefined {
  const properties = asBody(now.body.Properties);
  const name = identifiersOf(now.type).find((n) => n.endsWith('Name') && properties[n] !== undefined);
  const value = name === undefined ? undefined : properties[name];
  if (typeof value !== 'string' || value.includes('${') || causes.some((c) => c.path === `Properties.${name}`)) {
    return undefined;
  }
  return `Give it another ${name} in the same change: CloudFormation makes the new one first, and cannot while "${value}" is taken.`;
}
