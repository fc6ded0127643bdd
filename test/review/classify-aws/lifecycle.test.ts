import { findDataLoss } from '../../../lib/review/classify/aws/data-loss';
import { Body } from '../../../lib/review/model';
import { either, findings, PARAMETER } from './change';

const UNKNOWN = 'data-loss?: Objects are deleted by other rules: whether by stricter ones only the deployment knows.';

describe('a lifecycle of a bucket', () => {
  const rule = (x: Body): Body => ({ Status: 'Enabled', ...x });
  const bucket = (...Rules: unknown[]): Body => (Rules.length > 0 ? { LifecycleConfiguration: { Rules } } : {});
  const days = (ExpirationInDays: unknown, x: Body = {}): Body => bucket(rule({ ExpirationInDays, ...x }));
  const versions = (NoncurrentDays: number, NewerNoncurrentVersions?: number): Body =>
    bucket(
      rule({ NoncurrentVersionExpiration: { NoncurrentDays, ...(NewerNoncurrentVersions !== undefined && { NewerNoncurrentVersions }) } }),
    );
  const tag = (Value: string): Body => ({ TagFilters: [{ Key: 'team', Value }] });

  const STRICTER: readonly (readonly [string, Body, Body, string])[] = [
    ['is new', bucket(), days(30), 'Objects are deleted after 30 days, before: never.'],
    ['comes earlier', days(90), days(1), 'Objects are deleted after 1 day, before: 90 days.'],
    ['is switched on', days(30, { Status: 'Disabled' }), days(30), 'Objects are deleted after 30 days, before: never.'],
    ['is new on a prefix', bucket(), days(7, { Prefix: 'tmp/' }), 'Objects are deleted after 7 days under "tmp/", before: never.'],
    ['loses its prefix', days(7, { Prefix: 'tmp/' }), days(7), 'Objects are deleted after 7 days, before: never.'],
    [
      'has a shorter prefix',
      days(7, { Prefix: 'tmp/a' }),
      days(7, { Prefix: 'tmp/' }),
      'Objects are deleted after 7 days under "tmp/", before: never.',
    ],
    ['has another tag', days(7, tag('a')), days(7, tag('b')), 'Objects are deleted after 7 days with the tag team=b, before: never.'],
    [
      'comes earlier on a prefix and a tag',
      days(9, { Prefix: 'a/', ...tag('a') }),
      days(7, { Prefix: 'a/', ...tag('a') }),
      'Objects are deleted after 7 days under "a/" with the tag team=a, before: 9 days.',
    ],
    ['loses its least size', days(7, { ObjectSizeGreaterThan: 1000 }), days(7), 'Objects are deleted after 7 days, before: never.'],
    [
      'has another least size',
      days(7, { ObjectSizeGreaterThan: 1000 }),
      days(7, { ObjectSizeGreaterThan: 10 }),
      'Objects are deleted after 7 days of over 10 bytes, before: never.',
    ],
    ['has a date', bucket(), bucket(rule({ ExpirationDate: '2027-01-01' })), 'Objects are deleted on 2027-01-01, before: never.'],
    [
      'has an earlier date',
      bucket(rule({ ExpirationDate: '2027-06-01T00:00:00Z' })),
      bucket(rule({ ExpirationDate: '2027-01-01' })),
      'Objects are deleted on 2027-01-01, before: 2027-06-01.',
    ],
    [
      'of earlier versions comes earlier',
      versions(90),
      versions(30),
      'Earlier versions of objects are deleted after 30 days, before: 90 days.',
    ],
    [
      'of earlier versions keeps fewer',
      versions(30, 5),
      versions(30, 3),
      'Earlier versions of objects are deleted after 30 days but for the newest 3, before: 30 days but for the newest 5.',
    ],
    [
      'of earlier versions keeps none any more',
      versions(30, 5),
      versions(30),
      'Earlier versions of objects are deleted after 30 days, before: 30 days but for the newest 5.',
    ],
    [
      'of earlier versions, in the older way of writing',
      bucket(),
      bucket(rule({ NoncurrentVersionExpirationInDays: 7 })),
      'Earlier versions of objects are deleted after 7 days, before: never.',
    ],
    [
      'is a second one',
      days(90),
      bucket(rule({ ExpirationInDays: 90 }), rule({ ExpirationInDays: 7, Prefix: 'tmp/' })),
      'Objects are deleted after 7 days under "tmp/", before: never.',
    ],
  ];

  test.each(STRICTER)('that deletes more is told: it %s', (_name, before, after, why) => {
    expect(findings(findDataLoss, 'AWS::S3::Bucket', before, after)).toEqual([`data-loss: ${why}`]);
  });

  const LENIENT: readonly (readonly [string, Body, Body])[] = [
    ...STRICTER.filter(([name]) => !name.startsWith('has another')).map(
      ([name, before, after]) => [`not: ${name}`, after, before] as const,
    ),
    ['narrowed to a prefix', days(7), days(7, { Prefix: 'tmp/' })],
    [
      'later on a prefix that a wider one covers',
      days(7),
      bucket(rule({ ExpirationInDays: 7 }), rule({ ExpirationInDays: 9, Prefix: 'a/' })),
    ],
    ['one of transitions', bucket(), bucket(rule({ Transitions: [{ StorageClass: 'GLACIER', TransitionInDays: 30 }] }))],
    ['its id only', days(7, { Id: 'a' }), days(7, { Id: 'b' })],
  ];

  test.each(LENIENT)('that deletes no more is not told: %s', (_name, before, after) => {
    expect(findings(findDataLoss, 'AWS::S3::Bucket', before, after)).toEqual([]);
  });

  test.each([
    ['days', days(30), days(PARAMETER)],
    ['days that are known now', days(either(7, 30)), days(30)],
    ['a status', days(30, { Status: 'Disabled' }), days(30, { Status: PARAMETER })],
    ['a prefix', days(30, { Prefix: 'tmp/' }), days(30, { Prefix: either('tmp/', 'a/') })],
    ['a rule', bucket(), bucket(either(rule({ ExpirationInDays: 1 }), undefined))],
    ['all rules', days(30), { LifecycleConfiguration: either({ Rules: [rule({ ExpirationInDays: 1 })] }, undefined) }],
    ['versions', versions(30), bucket(rule({ NoncurrentVersionExpiration: either({ NoncurrentDays: 1 }, undefined) }))],
  ])('that only the deployment knows may delete more: %s', (_name, before, after) => {
    expect(findings(findDataLoss, 'AWS::S3::Bucket', before, after)).toEqual([UNKNOWN]);
  });

  test('that stays, whatever it is, is not told', () => {
    const before = { ...days(either(7, 30)), Tags: [{ Key: 'a', Value: 'b' }] };
    expect(findings(findDataLoss, 'AWS::S3::Bucket', before, days(either(7, 30)))).toEqual([]);
  });
});

describe('a lifecycle of a registry', () => {
  const images = (...selections: Body[]): Body => ({
    LifecyclePolicy: {
      LifecyclePolicyText: JSON.stringify({
        rules: selections.map((selection, n) => ({ rulePriority: n + 1, selection, action: { type: 'expire' } })),
      }),
    },
  });
  const newest = (countNumber: number, x: Body = { tagStatus: 'any' }): Body => ({ ...x, countType: 'imageCountMoreThan', countNumber });
  const older = (countNumber: number, x: Body = { tagStatus: 'any' }): Body => ({
    ...x,
    countType: 'sinceImagePushed',
    countUnit: 'days',
    countNumber,
  });

  test.each([
    ['is new', {}, images(newest(10)), 'Images are deleted but the newest 10, before: all are kept.'],
    ['keeps fewer', images(newest(10)), images(newest(5)), 'Images are deleted but the newest 5, before: 10.'],
    ['comes earlier', images(older(30)), images(older(1)), 'Images are deleted after 1 day, before: 30.'],
    [
      'is of untagged images',
      {},
      images(older(7, { tagStatus: 'untagged' })),
      'Untagged images are deleted after 7 days, before: all are kept.',
    ],
    [
      'is of tags that begin',
      {},
      images(newest(5, { tagStatus: 'tagged', tagPrefixList: ['prod', 'v'] })),
      'Images tagged prod*, v* are deleted but the newest 5, before: all are kept.',
    ],
    [
      'is of a pattern',
      {},
      images(newest(5, { tagStatus: 'tagged', tagPatternList: ['v*.0'] })),
      'Images tagged v*.0 are deleted but the newest 5, before: all are kept.',
    ],
  ])('that deletes more is told: it %s', (_name, before, after, why) => {
    expect(findings(findDataLoss, 'AWS::ECR::Repository', before, after)).toEqual([`data-loss: ${why}`]);
    expect(findings(findDataLoss, 'AWS::ECR::Repository', after, before)).toEqual([]);
  });

  test.each([
    ['a parameter', { LifecyclePolicy: { LifecyclePolicyText: PARAMETER } }],
    ['a condition', { LifecyclePolicy: either({ LifecyclePolicyText: '{}' }, undefined) }],
    ['no JSON', { LifecyclePolicy: { LifecyclePolicyText: 'keep' } }],
  ])('that nobody can read may delete more: %s', (_name, after) => {
    expect(findings(findDataLoss, 'AWS::ECR::Repository', images(newest(5)), after)).toEqual([
      'data-loss?: Images are deleted by other rules: whether by stricter ones only the deployment knows.',
    ]);
  });
});

describe('a backup plan', () => {
  const plan = (...rules: Body[]): Body => ({ BackupPlan: { BackupPlanName: 'p', BackupPlanRule: rules } });
  const rule = (RuleName: string, DeleteAfterDays?: unknown, x: Body = {}): Body => ({
    RuleName,
    TargetBackupVault: 'v',
    ...(DeleteAfterDays !== undefined && { Lifecycle: { DeleteAfterDays } }),
    ...x,
  });
  const told = (before: Body, after: Body) => findings(findDataLoss, 'AWS::Backup::BackupPlan', before, after);

  test.each([
    ['keeps for less', plan(rule('daily', 30)), plan(rule('daily', 7)), 'Backups by "daily" are kept for 7 days, before: 30 days.'],
    ['keeps no longer for ever', plan(rule('daily')), plan(rule('daily', 1)), 'Backups by "daily" are kept for 1 day, before: forever.'],
    [
      'loses a rule',
      plan(rule('daily'), rule('monthly')),
      plan(rule('daily')),
      'The backup rule "monthly" goes: nothing backs up by it any more.',
    ],
  ])('that %s is told', (_name, before, after, why) => {
    expect(told(before, after)).toEqual([`data-loss: ${why}`]);
    expect(told(after, before)).toEqual([]);
  });

  test('that backs up at other times may back up less', () => {
    expect(
      told(
        plan(rule('daily', 7, { ScheduleExpression: 'cron(0 5 * * ? *)' })),
        plan(rule('daily', 7, { ScheduleExpression: 'cron(0 5 1 * ? *)' })),
      ),
    ).toEqual(['data-loss?: Backups by "daily" are made at other times: cron(0 5 1 * ? *), before: cron(0 5 * * ? *).']);
  });

  test.each([
    ['a parameter', PARAMETER],
    ['a condition', either(1, 30)],
  ])('that keeps for what %s says may keep for less', (_name, value) => {
    expect(told(plan(rule('daily', 30)), plan(rule('daily', value)))).toEqual([
      'data-loss?: Backups by "daily" may be kept for another time: whether it is shorter only the deployment knows.',
    ]);
  });
});
