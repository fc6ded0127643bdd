import { Body, Cause, Change, Finding, Snapshot } from '../model';
import { spread } from './cascade';
import { differencesOf, textOf } from './differences';
import { findMoves, findPublished, Resource, Resources } from './moves';
import { BOOKKEEPING, diffSections } from './sections';
import { knows } from './spec';
import { asBody, conditionOf, mapReferences, rendererOf } from './values';
import { adviceOnName, causeOf, strongest } from './verdict';
import { withoutSecrets } from './wording';

const STACK_IS_GONE = 'Nothing happens until somebody deletes the stack: one that its app no longer has stays deployed.';
const RETAINED = 'It stays in the account, outside of any stack: import it or delete it by hand.';
const REFACTOR = 'Rename without loss: deploy the new ids by themselves first, with `cdk refactor` (a CloudFormation stack refactor).';
const FOLLOWS = 'It is replaced only because what it refers to was renamed: with `cdk refactor` for that it stays as it is.';
const TYPE_CHANGED = 'CloudFormation refuses another type under the same logical id: give the construct a new id.';

const NOT_READ: Finding = {
  class: 'unknown',
  why: 'The template of the nested stack is another, and not among what is compared: what happens to its resources is not known.',
};

type Found = Omit<Change, 'cloud' | 'stack'>;

/** What CloudFormation would do between two syntheses of a stack. */
export function diffCloudFormation(before: Snapshot | undefined, after: Snapshot | undefined): Change[] {
  const { cloud, stack } = (after ?? before)!;
  const was = resourcesOf(before);
  const is = resourcesOf(after);
  const moves = findMoves(was, is);
  const published = findPublished(was, is);
  const origins = new Map([...moves, ...published].map(([from, to]) => [to, from]));
  const rename = (id: string): string => moves.get(id) ?? id;
  const found: Found[] = [];
  for (const [id, old] of was) {
    if (!is.has(id) && !moves.has(id) && !published.has(id)) {
      found.push(removed(id, old, after === undefined));
    }
  }
  for (const [id, now] of is) {
    const origin = origins.get(id) ?? id;
    const old = was.get(origin);
    found.push(
      ...(!old ? [added(id, now)] : published.has(origin) ? [publishedAnew(origin, id, old, now)] : updated(origin, id, old, now, rename)),
    );
  }
  const changes = spread(
    found.map((f) => ({ cloud, stack, ...(isUnreadNested(f, before, after) ? { ...f, findings: [NOT_READ] } : f) })),
    was,
    is,
    { cloud, stack },
  );
  return [...changes, ...diffSections(before?.body, after?.body, { cloud, stack })].map(withoutSecrets);
}

function resourcesOf(snapshot: Snapshot | undefined): Resources {
  const resources = new Map<string, Resource>();
  if (snapshot) {
    const render = rendererOf(snapshot.body);
    for (const [id, declared] of Object.entries(asBody(snapshot.body.Resources))) {
      const { Metadata, DependsOn, Condition, ...rest } = Array.isArray(declared)
        ? { Type: 'Fn::ForEach', Loop: declared }
        : asBody(declared);
      const metadata = asBody(Metadata);
      const own = Object.entries(metadata).filter(([key]) => !key.startsWith('aws:'));
      const body = {
        ...asBody(render(rest)),
        ...(DependsOn !== undefined && {
          DependsOn: [DependsOn]
            .flat()
            .sort()
            .map((other) => `\${${other}}`),
        }),
        ...(Condition !== undefined && { Condition: render(conditionOf(snapshot.body, String(Condition))) }),
        ...(own.length > 0 && { Metadata: render(Object.fromEntries(own)) }),
      } as Body;
      const path = snapshot.paths.get(id) ?? (metadata['aws:cdk:path'] as string | undefined);
      resources.set(id, { type: String(body.Type ?? ''), body, ...(path !== undefined && { path }) });
    }
  }
  return resources;
}

function subject(id: string, r: Resource): Pick<Found, 'address' | 'type' | 'path' | 'replacement' | 'causes' | 'findings'> {
  return {
    address: id,
    type: r.type,
    ...(r.path !== undefined && { path: r.path }),
    // Whether it is made or removed is certain; what it is may not be.
    replacement: isBookkeeping(r) || knows(r.type) ? 'no' : 'unknown',
    causes: [],
    findings: isBookkeeping(r) ? [BOOKKEEPING] : [],
  };
}

function isBookkeeping(r: Resource): boolean {
  return r.type === 'AWS::CDK::Metadata';
}

function added(id: string, now: Resource): Found {
  return { ...subject(id, now), action: 'add', after: now.body };
}

function removed(id: string, old: Resource, stackIsGone: boolean): Found {
  const kept = String(old.body.DeletionPolicy ?? '').startsWith('Retain');
  const advice = stackIsGone ? STACK_IS_GONE : kept ? RETAINED : undefined;
  return { ...subject(id, old), action: 'remove', before: old.body, ...(advice !== undefined && { advice }) };
}

function publishedAnew(origin: string, id: string, old: Resource, now: Resource): Found {
  const cause: Cause = { path: 'LogicalId', before: origin, after: `${id} (published anew)`, replacement: 'no' };
  return { ...subject(id, now), action: 'update', replacement: 'no', causes: [cause], before: old.body, after: now.body };
}

function updated(origin: string, id: string, old: Resource, now: Resource, rename: (id: string) => string): Found[] {
  const moved = origin !== id;
  const raw = differencesOf(old.body, now.body);
  if (raw.length === 0 && !moved) {
    return [];
  }
  if (isBookkeeping(now)) {
    return [
      {
        ...subject(id, now),
        action: 'update',
        causes: raw.map((d) => ({ path: textOf(d.path), replacement: 'no' })),
        before: old.body,
        after: now.body,
      },
    ];
  }
  const renamed = mapReferences(old.body, rename) as Body;
  const real = differencesOf(renamed, now.body);
  const { causes, findings } = judge(now, old.body, real, renamed, raw, moved);
  const own = strongest(causes.map((c) => c.replacement));
  const advice = adviceOn(old, now, causes, moved, real.length === 0);
  return [
    {
      ...subject(id, now),
      action: moved ? 'move' : own === 'yes' || own === 'conditional' ? 'replace' : 'update',
      ...(moved && { from: origin }),
      replacement: moved ? 'yes' : own,
      causes,
      findings: moved ? [renamedAs(origin, causes.length === 0), ...findings] : findings,
      ...(advice !== undefined && { advice }),
      before: renamed,
      after: now.body,
    },
  ];
}

/** An assembly brings the templates of its nested stacks, named by their content; a template alone does not. */
function isUnreadNested(found: Found, before: Snapshot | undefined, after: Snapshot | undefined): boolean {
  const cause = found.causes.find((c) => /^Properties\.Template(URL|Body)/.test(c.path));
  if (found.type !== 'AWS::CloudFormation::Stack' || !cause) {
    return false;
  }
  const areAssemblies = before?.terminationProtection !== undefined && after?.terminationProtection !== undefined;
  return !areAssemblies || ![found.before, found.after].every((body) => /[0-9a-f]{64}/.test(String(asBody(body?.Properties).TemplateURL)));
}

function adviceOn(old: Resource, now: Resource, causes: readonly Cause[], moved: boolean, follows: boolean): string | undefined {
  if (old.type !== now.type) {
    return TYPE_CHANGED;
  }
  const own = strongest(causes.map((c) => c.replacement));
  if (moved) {
    return own === 'no' ? REFACTOR : undefined;
  }
  return own === 'no' ? undefined : follows ? FOLLOWS : own === 'yes' ? adviceOnName(now, causes) : undefined;
}

function renamedAs(origin: string, alone: boolean): Finding {
  return {
    class: 'replace',
    why: `${alone ? 'Only the' : 'The'} logical id changes, from ${origin}: unless it is refactored, CloudFormation makes it anew and removes the old one.`,
  };
}

type Differences = ReturnType<typeof differencesOf>;

function judge(
  now: Resource,
  old: Body,
  real: Differences,
  renamed: Body,
  raw: Differences,
  moved: boolean,
): { causes: Cause[]; findings: Finding[] } {
  const causes = real.filter((d) => !d.reordered).map((d) => causeOf(now.type, d, [renamed, now.body]));
  const findings: Finding[] = [];
  // The service sees a set; whether CloudFormation does where it cannot update, nobody promises.
  const reordered = real.filter((d) => d.reordered).map((d) => causeOf(now.type, d, [now.body]));
  const doubted = reordered.filter((c) => c.replacement !== 'no');
  causes.push(...doubted.map((c) => (c.replacement === 'yes' ? { ...c, replacement: 'conditional' as const } : c)));
  if (causes.length === 0 && reordered.length > 0) {
    causes.push(...reordered);
    findings.push(
      ...reordered.map((c): Finding => ({
        class: 'cosmetic',
        why: `Only the order or the writing of \`${c.path}\` differs, which means nothing there.`,
      })),
    );
  }
  if (!moved) {
    // Unless that is refactored, what refers to a renamed resource gets another one.
    const known = new Set(real.map((d) => textOf(d.path)));
    const referring = raw.filter((d) => !known.has(textOf(d.path))).map((d) => causeOf(now.type, d, [old, now.body]));
    const harmless = referring.every((c) => c.replacement === 'no');
    const named = referring.filter((c) => !c.path.startsWith('DependsOn'));
    causes.push(...(causes.length > 0 && harmless ? [] : named.length > 0 ? named : referring));
    if (real.length === 0 && harmless) {
      findings.push({ class: 'cosmetic', why: 'Only the logical id that it refers to differs: the resource behind it was renamed.' });
    }
  }
  return { causes, findings };
}
