import { Change, Finding } from '../../model';
import { at, differs, listOf, numberOf, plain, recordOf } from './body';

/** Rules by which a store deletes what it holds: new, or earlier than before. */
export function findShorterLifecycle(change: Change): Finding[] {
  return change.type === 'AWS::S3::Bucket'
    ? shorterExpiry(change)
    : change.type === 'AWS::ECR::Repository'
      ? fewerImages(change)
      : change.type === 'AWS::EFS::FileSystem' || change.type === 'AWS::Backup::BackupPlan'
        ? shorterBackups(change)
        : [];
}

// Where a rule of a bucket says how long something lives, and what it is.
const EXPIRIES = [
  ['ExpirationInDays', 'Objects'],
  ['ExpirationDate', 'Objects'],
  ['NoncurrentVersionExpiration.NoncurrentDays', 'Earlier versions of objects'],
  ['NoncurrentVersionExpirationInDays', 'Earlier versions of objects'],
  ['NoncurrentVersionExpiration.NewerNoncurrentVersions', 'Earlier versions of objects but the newest'],
] as const;

function shorterExpiry(change: Change): Finding[] {
  const path = 'LifecycleConfiguration.Rules';
  if (!differs(change, path)) {
    return [];
  }
  const [was, is] = [change.before, change.after].map((body) => expiriesOf(listOf(at(body, path))));
  return [...is].flatMap(([key, { what, days }]): Finding[] => {
    const old = was.get(key)?.days;
    const [now, then] = [numberOf(days), numberOf(old)];
    if (old !== undefined && (String(days) === String(old) || (now !== undefined && then !== undefined && now >= then))) {
      return [];
    }
    const unit = what.endsWith('newest') ? '' : ' days';
    const when = now === undefined ? `on ${plain(days)}` : what.endsWith('newest') ? `${now}` : `after ${now}${unit}`;
    const text = what.endsWith('newest') ? what.replace('the newest', `the newest ${now}`) : what;
    const before = old === undefined ? 'never' : then === undefined ? plain(old) : `${then}${unit}`;
    const deleted = what.endsWith('newest') ? `${text} are deleted` : `${text} are deleted ${when}`;
    return [{ class: 'data-loss', why: `${deleted}${scopeOf(key)}, before: ${before}.` }];
  });
}

function expiriesOf(rules: readonly unknown[]): Map<string, { what: string; days: unknown }> {
  const found = new Map<string, { what: string; days: unknown }>();
  for (const rule of rules.map(recordOf).filter((r) => r.Status === 'Enabled')) {
    for (const [path, what] of EXPIRIES) {
      const days = path.split('.').reduce<unknown>((v, step) => recordOf(v)[step], rule);
      if (days !== undefined) {
        const key = JSON.stringify([what, rule.Prefix ?? '', rule.TagFilters ?? []]);
        const known = numberOf(found.get(key)?.days);
        const number = numberOf(days);
        // The earliest of several rules counts.
        if (known === undefined || (number !== undefined && number < known)) {
          found.set(key, { what, days });
        }
      }
    }
  }
  return found;
}

function scopeOf(key: string): string {
  const [, prefix, tags] = JSON.parse(key) as [string, string, unknown[]];
  return `${prefix === '' ? '' : ` under "${plain(prefix)}"`}${tags.length > 0 ? ` with the tag ${tags.map((t) => `${recordOf(t).Key}=${recordOf(t).Value}`).join()}` : ''}`;
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
        const tags = [selection.tagPrefixList, selection.tagPatternList].flatMap(listOf);
        const which =
          tags.length > 0
            ? `Images tagged ${tags.map((t) => `${t}*`).join(', ')}`
            : selection.tagStatus === 'untagged'
              ? 'Untagged images'
              : 'Images';
        const isAge = selection.countType === 'sinceImagePushed';
        const how = isAge ? `are deleted after ${count} ${String(selection.countUnit ?? 'days')}` : `are deleted but the newest ${count}`;
        return [JSON.stringify(selection), { count, text: `${which} ${how}` }] as const;
      }),
    );
  } catch {
    return undefined;
  }
}

function shorterBackups(change: Change): Finding[] {
  const path = 'BackupPlan.BackupPlanRule';
  if (change.type !== 'AWS::Backup::BackupPlan' || !differs(change, path)) {
    return [];
  }
  const days = (body: Change['before']): Map<string, number> =>
    new Map(
      listOf(at(body, path))
        .map(recordOf)
        .map((r) => [String(r.RuleName), numberOf(recordOf(r.Lifecycle).DeleteAfterDays) ?? Infinity]),
    );
  const [was, is] = [days(change.before), days(change.after)];
  return [...was].flatMap(([name, old]): Finding[] => {
    const now = is.get(name);
    return now === undefined
      ? [{ class: 'data-loss', why: `The backup rule "${name}" goes: nothing backs up by it any more.` }]
      : now < old
        ? [
            {
              class: 'data-loss',
              why: `Backups by "${name}" are kept for ${now} days, before: ${old === Infinity ? 'forever' : `${old} days`}.`,
            },
          ]
        : [];
  });
}
