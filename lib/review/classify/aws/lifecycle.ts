import { Body, Change, Finding } from '../../model';
import { at, differs, isEqual, isOpaque, listOf, numberOf, plain, recordOf } from './body';

/** Rules by which a store deletes what it holds: new, or earlier than before. */
export function findShorterLifecycle(change: Change): Finding[] {
  return change.type === 'AWS::S3::Bucket'
    ? shorterExpiry(change)
    : change.type === 'AWS::ECR::Repository'
      ? fewerImages(change)
      : change.type === 'AWS::Backup::BackupPlan'
        ? shorterBackups(change)
        : [];
}

/** By when something in a bucket is deleted, and how many of it are kept all the same. */
interface Expiry {
  readonly what: string;
  /** Days, or a date in milliseconds. */
  readonly at: number;
  readonly isDate: boolean;
  readonly kept: number;
  readonly prefix: string;
  /** Tags and sizes, as text. */
  readonly only: readonly string[];
}

function shorterExpiry(change: Change): Finding[] {
  const path = 'LifecycleConfiguration.Rules';
  if (!differs(change, path)) {
    return [];
  }
  const [was, is] = [change.before, change.after].map((body) => expiriesOf(at(body, path)));
  if (!was || !is) {
    const why = 'Objects are deleted by other rules: whether by stricter ones only the deployment knows.';
    return [{ class: 'data-loss', conditional: true, why }];
  }
  return is
    .filter((now) => !was.some((old) => isAsStrict(old, now)))
    .map((now): Finding => {
      const old = was.find((o) => o.what === now.what && o.isDate === now.isDate && scopeOf(o) === scopeOf(now));
      return {
        class: 'data-loss',
        why: `${now.what} are deleted ${timeOf(now)}${scopeOf(now)}, before: ${old ? timeOf(old).replace(/^(after|on) /, '') : 'never'}.`,
      };
    });
}

/** Whether all that the one deletes is deleted by the other as early. */
function isAsStrict(old: Expiry, now: Expiry): boolean {
  return (
    old.what === now.what &&
    old.isDate === now.isDate &&
    old.at <= now.at &&
    old.kept <= now.kept &&
    now.prefix.startsWith(old.prefix) &&
    old.only.every((o) => now.only.includes(o))
  );
}

function timeOf({ at: time, isDate, kept }: Expiry): string {
  const when = isDate ? `on ${new Date(time).toISOString().slice(0, 10)}` : `after ${time} ${time === 1 ? 'day' : 'days'}`;
  return kept > 0 ? `${when} but for the newest ${kept}` : when;
}

/** Undefined where only the deployment knows a rule. */
function expiriesOf(rules: unknown): Expiry[] | undefined {
  if (isOpaque(rules)) {
    return undefined;
  }
  const expiries = listOf(rules).map(recordOf).flatMap(expiriesOfRule);
  return expiries.some((e) => isNaN(e.at) || isNaN(e.kept)) ? undefined : expiries;
}

function expiriesOfRule(rule: Body): Expiry[] {
  if (rule.Status === 'Disabled') {
    return [];
  }
  const tags = listOf(rule.TagFilters).map((t) => `with the tag ${recordOf(t).Key}=${recordOf(t).Value}`);
  const sizes = [
    ['ObjectSizeGreaterThan', 'over'],
    ['ObjectSizeLessThan', 'under'],
  ].flatMap(([name, way]) => (rule[name] === undefined ? [] : [`of ${way} ${plain(rule[name])} bytes`]));
  const isKnown = rule.Status === 'Enabled' && ![rule.Prefix, rule.TagFilters].some((v) => v !== undefined && isOpaque(v));
  const of = (what: string, value: unknown, isDate = false, keeps?: unknown): Expiry[] => {
    const time = isDate ? Date.parse(String(value)) : (numberOf(value) ?? NaN);
    const kept = keeps === undefined ? 0 : (numberOf(keeps) ?? NaN);
    const scope = { prefix: String(rule.Prefix ?? ''), only: [...tags, ...sizes] };
    return value === undefined ? [] : [{ what, at: isKnown ? time : NaN, isDate, kept, ...scope }];
  };
  const noncurrent = recordOf(rule.NoncurrentVersionExpiration);
  return [
    ...of('Objects', isOpaque(rule) ? rule : rule.ExpirationInDays),
    ...of('Objects', rule.ExpirationDate, true),
    ...of('Earlier versions of objects', rule.NoncurrentVersionExpirationInDays),
    ...of(
      'Earlier versions of objects',
      isOpaque(noncurrent) ? noncurrent : noncurrent.NoncurrentDays,
      false,
      noncurrent.NewerNoncurrentVersions,
    ),
  ];
}

function scopeOf({ prefix, only }: Expiry): string {
  const where = prefix === '' ? '' : ` under "${plain(prefix)}"`;
  return only.length > 0 ? `${where} ${only.join(' ')}` : where;
}

function fewerImages(change: Change): Finding[] {
  const path = 'LifecyclePolicy.LifecyclePolicyText';
  if (!differs(change, path)) {
    return [];
  }
  const [was, is] = [change.before, change.after].map((body) => imageRules(at(body, path)));
  if (!was || !is) {
    return [
      {
        class: 'data-loss',
        conditional: true,
        why: 'Images are deleted by other rules: whether by stricter ones only the deployment knows.',
      },
    ];
  }
  return [...is].flatMap(([key, { count, text }]): Finding[] => {
    const old = was.get(key);
    return old !== undefined && count >= old.count
      ? []
      : [{ class: 'data-loss', why: `${text}, before: ${old ? old.count : 'all are kept'}.` }];
  });
}

function imageRules(text: unknown): Map<string, { count: number; text: string }> | undefined {
  if (text === undefined) {
    return new Map();
  }
  try {
    const rules = listOf(recordOf(JSON.parse(String(text))).rules).map(recordOf);
    return new Map(
      rules.map((rule) => {
        const { countNumber, ...selection } = recordOf(rule.selection);
        const count = Number(countNumber);
        const tags = [...listOf(selection.tagPrefixList).map((t) => `${t}*`), ...listOf(selection.tagPatternList)];
        const which =
          tags.length > 0 ? `Images tagged ${tags.join(', ')}` : selection.tagStatus === 'untagged' ? 'Untagged images' : 'Images';
        const isAge = selection.countType === 'sinceImagePushed';
        const how = isAge ? `are deleted after ${count} ${count === 1 ? 'day' : 'days'}` : `are deleted but the newest ${count}`;
        return [JSON.stringify(selection), { count, text: `${which} ${how}` }] as const;
      }),
    );
  } catch {
    return undefined;
  }
}

function shorterBackups(change: Change): Finding[] {
  const path = 'BackupPlan.BackupPlanRule';
  if (!differs(change, path)) {
    return [];
  }
  const rulesOf = (body: Change['before']): Map<string, Body> =>
    new Map(listOf(at(body, path)).map((r) => [plain(recordOf(r).RuleName ?? 'what only the deployment knows'), recordOf(r)]));
  const is = rulesOf(change.after);
  return [...rulesOf(change.before)].flatMap(([name, old]): Finding[] => {
    const now = is.get(name);
    if (!now) {
      return [{ class: 'data-loss', why: `The backup rule "${name}" goes: nothing backs up by it any more.` }];
    }
    const [was, next] = [old, now].map((r) => daysOf(recordOf(r.Lifecycle)));
    const [then, schedule] = [old, now].map((r) => plain(r.ScheduleExpression));
    const findings: Finding[] = [];
    if (was === undefined || next === undefined ? !isEqual(old, now) : next < was) {
      const why =
        was === undefined || next === undefined
          ? `Backups by "${name}" may be kept for another time: whether it is shorter only the deployment knows.`
          : `Backups by "${name}" are kept for ${next} ${next === 1 ? 'day' : 'days'}, before: ${was === Infinity ? 'forever' : `${was} days`}.`;
      findings.push({ class: 'data-loss', why, ...((was === undefined || next === undefined) && { conditional: true }) });
    }
    if (schedule !== then) {
      const why = `Backups by "${name}" are made at other times: ${schedule}, before: ${then}.`;
      findings.push({ class: 'data-loss', conditional: true, why });
    }
    return findings;
  });
}

/** Without end where nothing is said; undefined where only the deployment knows. */
function daysOf(lifecycle: Body): number | undefined {
  const days = lifecycle.DeleteAfterDays;
  return isOpaque(lifecycle) ? undefined : days === undefined ? Infinity : numberOf(days);
}
