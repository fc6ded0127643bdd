import { Cause, Change, Replacement } from '../model';
import { textOf } from './differences';
import { Resources } from './moves';
import { replacementAt, Step } from './spec';
import { asBody, referencesIn } from './values';
import { adviceOnName, isStronger, strongest } from './verdict';

type Common = Pick<Change, 'cloud' | 'stack'>;

interface Use {
  readonly by: string;
  readonly path: readonly Step[];
  readonly value: string;
}

/**
 * The changes, and those that follow from them: a resource whose property cannot be updated is replaced when what the property refers to is.
 *
 * `cdk diff` does not look into Fn::Join and Fn::Sub for that.
 */
export function spread(changes: readonly Change[], before: Resources, after: Resources, common: Common): Change[] {
  const byAddress = new Map(changes.map((c) => [c.address, c]));
  const queue = changes.filter((c) => strengthOf(c) !== 'no' || hasVersions(c)).map((c) => c.address);
  const uses = queue.length > 0 ? usesOf(after) : new Map<string, Use[]>();
  while (queue.length > 0) {
    const source = queue.pop()!;
    const strength = strengthOf(byAddress.get(source)!);
    const isVersioned = strength === 'no';
    for (const use of uses.get(source) ?? []) {
      if (isVersioned && !use.value.includes(`\${${source}.LatestVersionNumber}`)) {
        continue;
      }
      const known = byAddress.get(use.by);
      const user = after.get(use.by)!;
      const here = replacementAt(user.type, use.path, asBody(user.body.Properties), []);
      if ((here === 'no' && !isVersioned) || known?.action === 'add' || (known === undefined && !before.has(use.by))) {
        continue;
      }
      const replacement = here === 'yes' && !isVersioned ? strength : here;
      const path = `Properties.${textOf(use.path)}`;
      const same = known?.causes.find((c) => c.path === path);
      if (same && !isStronger(replacement, same.replacement)) {
        continue;
      }
      const cause: Cause = { path, before: use.value, after: `${use.value} (${isVersioned ? 'a new version' : 'replaced'})`, replacement };
      const causes = [...(known?.causes ?? []).filter((c) => c !== same), same ? { ...same, replacement } : cause];
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
      if (strengthOf(next) !== (known ? strengthOf(known) : 'no')) {
        queue.push(use.by);
      }
    }
  }
  return [...byAddress.values()];
}

/** How surely another resource takes the place of this one, so that references to it change. */
function strengthOf(change: Change): Replacement {
  const counts = change.action === 'replace' || change.action === 'update';
  return counts && (change.replacement === 'yes' || change.replacement === 'conditional') ? change.replacement : 'no';
}

/** A launch template stays, and what names its latest version gets another one. */
function hasVersions(change: Change): boolean {
  return change.type === 'AWS::EC2::LaunchTemplate' && change.causes.some((c) => c.path.startsWith('Properties.LaunchTemplateData'));
}

function usesOf(resources: Resources): Map<string, Use[]> {
  const uses = new Map<string, Use[]>();
  for (const [by, resource] of resources) {
    const properties = asBody(resource.body.Properties);
    referencesIn(properties, (id, path, value) => {
      if (resources.has(id)) {
        const list = uses.get(id) ?? [];
        uses.set(id, list);
        list.push({ by, path, value });
      }
    });
  }
  return uses;
}
