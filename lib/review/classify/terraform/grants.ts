import { Finding } from '../../model';
import { Thing } from './thing';

/** A right that somebody has on something. */
export interface Grant {
  readonly who: string;
  readonly role: string;
  readonly on: string;
  /** Under what condition; empty if always. */
  readonly condition: string;
}

/** Roles of a family, each of which holds those before it. */
export type Family = readonly string[];

/** How a role reads: `read objects of`. */
export interface Roles {
  readonly verbs: { readonly [role: string]: string };
  readonly families: readonly Family[];
}

/** Rights that somebody has now, and not before. */
export function widened(thing: Thing, was: readonly Grant[], is: readonly Grant[], roles: Roles): Finding[] {
  return is
    .filter((grant) => !was.some((old) => holds(old, grant, roles.families)))
    .map((grant) => {
      const freed = was.some((old) => holds({ ...old, condition: '' }, { ...grant, condition: '' }, roles.families));
      return freed && grant.condition
        ? thing.finding('access', `${sentence(grant, roles)} Whether that is more than before is not known: the condition differs.`, true)
        : thing.finding('access', sentence(grant, roles));
    });
}

/** Rights that somebody had. Whoever still needs one is refused. */
export function withdrawn(thing: Thing, was: readonly Grant[], is: readonly Grant[], roles: Roles): Finding[] {
  return was
    .filter((grant) => !is.some((other) => other.who === grant.who && other.on === grant.on))
    .map((grant) =>
      thing.finding('interrupt', sentence(grant, roles).replace(' may ', ' may no longer ').replace(' gets ', ' loses '), true),
    );
}

function holds(old: Grant, grant: Grant, families: readonly Family[]): boolean {
  const same = old.who === grant.who && old.on === grant.on && (old.condition === '' || old.condition === grant.condition);
  return same && (old.role === grant.role || families.some((f) => f.includes(grant.role) && f.indexOf(grant.role) <= f.indexOf(old.role)));
}

function sentence({ who, role, on, condition }: Grant, { verbs }: Roles): string {
  const verb = verbs[role];
  const right = verb ? `may ${verb} ${on} (${role})` : `gets the role ${role} on ${on}`;
  return `${who} ${right}${condition ? `, if ${condition}` : ''}.`;
}
