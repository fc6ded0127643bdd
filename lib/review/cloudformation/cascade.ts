import { Cause, Change } from '../model';
import { textOf } from './differences';
import { Resources } from './moves';
import { replacementAt, Step } from './spec';
import { asBody, at, referencesIn } from './values';
import { adviceOnName, isStronger, strongest } from './verdict';

type Common = Pick<Change, 'cloud' | 'stack'>;

interface Use {
  readonly by: string;
  readonly path: readonly Step[];
  readonly value: string;
  /** What is declared at the path, all of a function's arguments where it is one. */
  readonly declared: unknown;
  /** `.Endpoint.Port`; empty for a Ref. */
  readonly attribute: string;
}

/** What a change does to those who refer to the resource. */
interface Effect {
  readonly strength: 'yes' | 'conditional';
  readonly becomes: string;
  /** The attributes that it reaches, where it does not reach every reference. */
  readonly attributes?: ReadonlySet<string>;
}

/**
 * The changes, and those that follow from them: a resource whose property cannot be updated is replaced when what the property refers to
 * is, or gets another value.
 *
 * `cdk diff` does not look into Fn::Join and Fn::Sub for that, nor at the values of attributes.
 */
export function spread(changes: readonly Change[], before: Resources, after: Resources, common: Common): Change[] {
  const byAddress = new Map(changes.map((c) => [c.address, c]));
  const queue = changes.filter((c) => effectOf(c) !== undefined).map((c) => c.address);
  const uses = queue.length > 0 ? usesOf(after) : new Map<string, Use[]>();
  while (queue.length > 0) {
    const source = queue.pop()!;
    const effect = effectOf(byAddress.get(source)!)!;
    for (const use of uses.get(source) ?? []) {
      const known = byAddress.get(use.by);
      const user = after.get(use.by)!;
      if (!reaches(effect, use) || known?.action === 'add' || (known === undefined && !before.has(use.by))) {
        continue;
      }
      const here = replacementAt(user.type, use.path, asBody(user.body.Properties), [use.declared]);
      // A new version is worth a row wherever it is used; what else is updated in place stays as it reads.
      if (here === 'no' && effect.becomes !== NEW_VERSION) {
        continue;
      }
      const replacement = here === 'yes' ? effect.strength : here;
      const path = `Properties.${textOf(use.path)}`;
      const same = known?.causes.find((c) => c.path === path);
      if (same && !isStronger(replacement, same.replacement)) {
        continue;
      }
      const cause: Cause = { path, before: use.value, after: `${use.value} (${effect.becomes})`, replacement };
      // A difference of its own keeps its values; what followed from another change says what it follows from now.
      const isOwn = same !== undefined && !String(same.after).startsWith(`${use.value} (`);
      const causes = [...(known?.causes ?? []).filter((c) => c !== same), isOwn ? { ...same, replacement } : cause];
      const own = strongest(causes.map((c) => c.replacement));
      const advice = known?.advice ?? (own === 'yes' ? adviceOnName(user, causes) : undefined);
      const next: Change = {
        ...common,
        address: use.by,
        ...(user.path === undefined ? {} : { path: user.path }),
        type: user.type,
        findings: [],
        before: before.get(use.by)?.body,
        after: user.body,
        ...known,
        action: known?.action === 'move' ? 'move' : own === 'yes' || own === 'conditional' ? 'replace' : 'update',
        replacement: known?.action === 'move' ? 'yes' : own,
        causes,
        ...(advice === undefined ? {} : { advice }),
      };
      byAddress.set(use.by, next);
      if (known?.replacement !== next.replacement && effectOf(next)) {
        queue.push(use.by);
      }
    }
  }
  return [...byAddress.values()];
}

const NEW_VERSION = 'a new version';

function effectOf(change: Change): Effect | undefined {
  if (change.action !== 'replace' && change.action !== 'update') {
    return undefined;
  }
  switch (change.replacement) {
    case 'yes':
    case 'conditional':
      return { strength: change.replacement, becomes: 'replaced' };
    case 'unknown':
      // Under another condition it is there or not, and where it is it is the same.
      return change.causes.some((c) => c.replacement === 'unknown' && c.path.startsWith('Properties'))
        ? { strength: 'conditional', becomes: 'may become another' }
        : undefined;
  }
  // A launch template stays, and what names its latest version gets another one.
  if (change.type === 'AWS::EC2::LaunchTemplate') {
    const isVersioned = change.causes.some((c) => c.path.startsWith('Properties.LaunchTemplateData'));
    return isVersioned ? { strength: 'yes', becomes: NEW_VERSION, attributes: new Set(['LatestVersionNumber']) } : undefined;
  }
  const changed = change.causes.map((c) => /^Properties\.(\w+)/.exec(c.path)?.[1]).filter((name) => name !== undefined);
  return changed.length > 0 ? { strength: 'yes', becomes: 'a new value', attributes: new Set(changed) } : undefined;
}

function reaches({ attributes }: Effect, use: Use): boolean {
  return !attributes || use.attribute.split('.').some((name) => attributes.has(name));
}

function usesOf(resources: Resources): Map<string, Use[]> {
  const uses = new Map<string, Use[]>();
  for (const [by, resource] of resources) {
    const properties = asBody(resource.body.Properties);
    referencesIn(properties, (id, path, value, attribute) => {
      if (resources.has(id)) {
        const list = uses.get(id) ?? [];
        uses.set(id, list);
        list.push({ by, path, value, declared: at(properties, path), attribute });
      }
    });
  }
  return uses;
}
