import { Action, Body, Cause, Change, Finding, Replacement, ReviewError } from './model';
import { cloudOfType } from './terraform';
import { join, shown } from './terraform/attributes';
import { Attribute, Attributes, attributesOf } from './terraform/facts';
import { isRecord, keyOf, MASK, Symbolic, Value } from './terraform/value';

const UNKNOWN = '(known after apply)';

/**
 * The verdict of Terraform and the providers themselves, from `terraform show -json PLAN`.
 *
 * @throws ReviewError if it is not the output of that command, or of a version that is not understood
 */
export function diffPlan(plan: unknown): Change[] {
  if (
    !isRecord(plan) ||
    typeof plan.format_version !== 'string' ||
    (plan.resource_changes !== undefined && !Array.isArray(plan.resource_changes))
  )
    throw new ReviewError('this is no plan: write one with `terraform plan -out plan.bin && terraform show -json plan.bin > plan.json`');
  if (!/^1\./.test(plan.format_version))
    throw new ReviewError(`the plan is written in format ${plan.format_version}, and only format 1 is understood`);
  if (plan.errored === true) throw new ReviewError('planning failed, so that the plan is not complete');
  const stack = typeof plan.stack === 'string' ? plan.stack : 'plan';
  const changes = ((plan.resource_changes ?? []) as readonly Value[]).flatMap((c) => (isRecord(c) ? changeOf(c, stack) : []));
  const deferred = (Array.isArray(plan.deferred_changes) ? plan.deferred_changes : []).flatMap((d) =>
    isRecord(d) && isRecord(d.resource_change)
      ? changeOf(d.resource_change, stack).map((c): Change => ({
          ...c,
          findings: [...c.findings, { class: 'unknown', why: 'Terraform defers this change to a later plan.' }],
        }))
      : [],
  );
  return [...changes, ...deferred];
}

type Values = { readonly [key: string]: Value };

function changeOf(resource: Values, stack: string): Change[] {
  const { address, type, mode, previous_address: from } = resource;
  const change = resource.change;
  if (mode === 'data' || typeof address !== 'string' || typeof type !== 'string' || !isRecord(change)) return [];
  const actions = (Array.isArray(change.actions) ? change.actions : []).map(String);
  const moved = typeof from === 'string' && from !== address;
  const imported = isRecord(change.importing);
  const action = actionOf(actions, moved);
  if (action === undefined) return [];
  const facts = attributesOf(type);
  const before = isRecord(change.before) ? hidden(change.before, change.before_sensitive) : undefined;
  const after = isRecord(change.after) ? withUnknown(hidden(change.after, change.after_sensitive), change.after_unknown) : undefined;
  const forcing = (Array.isArray(change.replace_paths) ? change.replace_paths : []).map((p) => (Array.isArray(p) ? p.map(String) : []));
  const causes = before && after && action !== 'move' ? compare(facts, before, after, [], forcing, actions.length > 1) : [];
  const findings: Finding[] = [];
  if (action === 'replace') findings.push({ class: 'replace', why: whyReplaced(resource.action_reason, actions, causes) });
  if (imported) findings.push({ class: 'unknown', why: 'The resource exists already and is brought under management.' });
  return [
    {
      cloud: cloudOfType(type, 'terraform'),
      stack,
      address,
      type,
      action,
      replacement: action === 'replace' ? 'yes' : 'no',
      causes,
      findings,
      ...(moved ? { from } : {}),
      ...(actions.includes('forget') ? { advice: 'Terraform only forgets the old one: it stays deployed.' } : {}),
      ...(before ? { before: shown(facts, before) as Body } : {}),
      ...(after ? { after: shown(facts, after) as Body } : {}),
    },
  ];
}

function actionOf(actions: readonly string[], moved: boolean): Action | undefined {
  if (actions.length > 1) return 'replace';
  switch (actions[0]) {
    case 'create':
      return 'add';
    case 'delete':
    case 'forget':
      return 'remove';
    case 'update':
      return 'update';
    case 'no-op':
      return moved ? 'move' : undefined;
    case 'read':
      return undefined;
    default:
      throw new ReviewError(`the plan holds an action that is not understood: ${actions[0] ?? 'none'}`);
  }
}

function whyReplaced(reason: Value | undefined, actions: readonly string[], causes: readonly Cause[]): string {
  const order = actions[0] === 'create' ? 'A new one is made, then the old one is destroyed' : 'It is destroyed and made again';
  const paths = causes.filter((c) => c.replacement === 'yes').map((c) => `\`${c.path}\``);
  if (reason === 'replace_because_tainted') return `${order}: the last apply left it tainted.`;
  if (reason === 'replace_by_request') return `${order}: \`-replace\` asks for it.`;
  if (reason === 'replace_by_triggers') return `${order}: \`replace_triggered_by\` names something that changes.`;
  return `${order}: ${paths.length ? `${[...new Set(paths)].join(', ')} cannot be changed in place` : 'the provider says so'}.`;
}

/** Where a mask says so, the value can be compared and not be shown. */
function hidden(value: Values, mask: Value | undefined): Values {
  return marked(value, mask, (v) => new Symbolic(MASK, keyOf(v), { sensitive: true })) as Values;
}

function withUnknown(value: Values, mask: Value | undefined): Values {
  return marked(value, mask, (v) => new Symbolic(UNKNOWN, '', { certainty: 'unknown', sensitive: v instanceof Symbolic })) as Values;
}

/** A mask has the shape of the value, and `true` where the mark belongs. */
function marked(value: Value, mask: Value | undefined, mark: (value: Value) => Symbolic): Value {
  if (mask === true) return mark(value);
  if (Array.isArray(mask)) {
    const items = Array.isArray(value) ? value : [];
    return Array.from({ length: Math.max(items.length, mask.length) }, (_, i) => marked(items[i] ?? null, mask[i], mark));
  }
  if (!isRecord(mask)) return value;
  const entries: { [key: string]: Value } = isRecord(value) ? { ...value } : {};
  for (const [k, m] of Object.entries(mask)) if (k in entries || says(m)) entries[k] = marked(entries[k] ?? null, m, mark);
  return entries;
}

function says(mask: Value): boolean {
  return mask === true || (typeof mask === 'object' && mask !== null && Object.values(mask).some((m) => says(m as Value)));
}

/** What differs, attribute by attribute; a set as a whole. */
function compare(
  attributes: Attributes | undefined,
  before: Value | undefined,
  after: Value | undefined,
  path: readonly string[],
  forcing: readonly (readonly string[])[],
  replaced: boolean,
  attribute?: Attribute,
): Cause[] {
  if (keyOf(before) === keyOf(after)) return [];
  const whole = attribute?.kind === 'set' || attribute?.kind === 'block-set';
  if (isRecord(before) && isRecord(after) && !whole)
    return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((k) => {
      const inside = attributes?.get(k);
      // What the provider fills in anew is no cause.
      const value = after[k];
      if (replaced && value instanceof Symbolic && value.certainty === 'unknown' && !forcing.some((f) => starts(f, [...path, k])))
        return [];
      return compare(inside?.attributes, before[k] ?? undefined, after[k] ?? undefined, [...path, k], forcing, replaced, inside);
    });
  if (Array.isArray(before) && Array.isArray(after) && !whole && [...before, ...after].some(isRecord))
    return Array.from({ length: Math.max(before.length, after.length) }, (_, i) => i).flatMap((i) =>
      compare(attributes, before[i], after[i], [...path, String(i)], forcing, replaced),
    );
  if (whole && Array.isArray(before) && Array.isArray(after) && keyOf(sorted(before)) === keyOf(sorted(after))) return [];
  const replacement: Replacement = forcing.some((f) => starts(f, path) || starts(path, f)) ? 'yes' : 'no';
  const text = path.reduce((p, step) => (/^\d+$/.test(step) && p ? `${p}[${step}]` : join(p, step)), '');
  const sensitive = attribute?.sensitive || [before, after].some((v) => v instanceof Symbolic && v.about.sensitive);
  if (sensitive) return [{ path: text, replacement, sensitive: true }];
  const value = (v: Value | undefined, name: 'before' | 'after'): Partial<Cause> =>
    v === undefined ? {} : { [name]: shown(attributes, v) };
  return [{ path: text, ...value(before, 'before'), ...value(after, 'after'), replacement }];
}

function starts(path: readonly string[], beginning: readonly string[]): boolean {
  return beginning.every((step, i) => path[i] === step);
}

function sorted(values: readonly Value[]): Value[] {
  return [...values].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}
