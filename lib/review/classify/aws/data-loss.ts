import { Body, Change, Finding } from '../../model';
import {
  at,
  differs,
  isDown,
  isDownAmong,
  isEqual,
  isSet,
  isTrue,
  listOf,
  numberOf,
  passes,
  plain,
  recordOf,
  Test,
  theOne,
  verdictOn,
} from './body';
import { DATA_PLANE_PROTECTIONS } from './data-plane';
import { findShorterLifecycle } from './lifecycle';
import { HOLDS } from './stateful';

/** Something that holds data goes, or loses a protection that it had. */
export function findDataLoss(change: Change): Finding[] {
  const holds = HOLDS[change.type];
  const added = change.type.startsWith('Custom::') ? emptied(change) : [];
  return [
    ...(holds ? gone(change, holds) : []),
    ...weakerPolicy(change),
    ...unprotected(change),
    ...shorter(change),
    ...findShorterLifecycle(change),
    ...added,
  ];
}

function gone(change: Change, holds: string): Finding[] {
  const { action, replacement, before, after } = change;
  if (action !== 'remove' && action !== 'move' && action !== 'replace') {
    return [];
  }
  // A replaced one is kept by what the new template says; one that said otherwise before is not relied on.
  const name = action === 'replace' ? 'UpdateReplacePolicy' : 'DeletionPolicy';
  const policies = (action === 'replace' ? [before, after] : [before]).map((body) => policyOf(change.type, body, name));
  const kept = policies.map((p) => passes(isRetained, p));
  if (kept.every((k) => k === 'yes')) {
    return [];
  }
  const it = theOne(change.type);
  const how =
    action === 'remove'
      ? 'is removed'
      : action === 'move'
        ? 'is removed under its old id'
        : replacement === 'yes'
          ? 'is replaced'
          : 'may be replaced';
  const conditional = action === 'replace' && replacement !== 'yes' ? { conditional: true } : {};
  if (!kept.includes('no')) {
    const why = `${it} ${how}, and with it ${holds}, unless its ${name} retains it: that only the deployment knows.`;
    return [{ class: 'data-loss', why, conditional: true }];
  }
  if (policies.every((p, n) => p === 'Snapshot' || kept[n] === 'yes')) {
    return [{ class: 'data-loss', why: `${it} ${how}: all that stays of ${holds} is a final snapshot.`, ...conditional }];
  }
  const which = action === 'replace' ? 'and the old one is not retained' : 'and not retained';
  const fails =
    ['AWS::S3::Bucket', 'AWS::ECR::Repository'].includes(change.type) && !isTrue(at(before, 'EmptyOnDelete')) && !emptiesItself(change);
  return [
    {
      class: 'data-loss',
      why: `${it} ${how} ${which}, and with it ${holds}${fails ? '; while it holds any, CloudFormation leaves it behind' : ''}.`,
      ...conditional,
    },
  ];
}

function emptiesItself(change: Change): boolean {
  return listOf(at(change.before, 'Tags')).some((tag) => recordOf(tag).Key === 'aws-cdk:auto-delete-objects');
}

function emptied(change: Change): Finding[] {
  const what =
    change.type === 'Custom::S3AutoDeleteObjects' ? ['bucket', 'objects', 'BucketName'] : ['repository', 'images', 'RepositoryName'];
  return change.action === 'add' && /^Custom::(S3AutoDeleteObjects|ECRAutoDeleteImages)$/.test(change.type)
    ? [
        {
          class: 'data-loss',
          why: `When the ${what[0]} ${plain(at(change.after, what[2]))} is removed, its ${what[1]} are newly deleted with it.`,
        },
      ]
    : [];
}

const POLICIES = [
  ['DeletionPolicy', 'removed from the stack'],
  ['UpdateReplacePolicy', 'replaced'],
] as const;
const SAFETY = ['Delete', 'Snapshot', 'RetainExceptOnCreate', 'Retain'];

function isRetained(policy: unknown): boolean {
  return String(policy).startsWith('Retain');
}

// A database is kept as a snapshot where the template says nothing, unless it is a member of a cluster.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html
function policyOf(type: string, body: Body | undefined, name: 'DeletionPolicy' | 'UpdateReplacePolicy'): unknown {
  const isDatabase = type === 'AWS::RDS::DBCluster' || (type === 'AWS::RDS::DBInstance' && at(body, 'DBClusterIdentifier') === undefined);
  return body?.[name] ?? (isDatabase && name === 'DeletionPolicy' ? 'Snapshot' : 'Delete');
}

function weakerPolicy(change: Change): Finding[] {
  if (!change.before || !change.after) {
    return [];
  }
  return POLICIES.flatMap(([policy, when]): Finding[] => {
    const [was, is] = [change.before, change.after].map((body) => policyOf(change.type, body, policy));
    if (isEqual(was, is) || was === 'Delete' || isRetained(is)) {
      return [];
    }
    const [old, now] = [was, is].map((p) => SAFETY.indexOf(String(p)));
    if (old < 0 || now < 0) {
      const why = `Whether ${theOne(change.type).replace('The', 'the')} is still kept when it is ${when} only the deployment knows: ${policy} is another.`;
      return [{ class: 'data-loss', why, conditional: true }];
    }
    const why = `${theOne(change.type)} is no longer kept when it is ${when}: ${policy} goes from ${was} to ${is}.`;
    return now < old ? [{ class: 'data-loss', why }] : [];
  });
}

/** A switch that keeps data, and what it means that it is off. */
interface Protection {
  readonly types: RegExp;
  readonly path: string;
  readonly isOn: Test;
  readonly lost: string;
  /** Each member of the list is protected by itself. */
  readonly each?: true;
}

const on =
  (...values: string[]) =>
  (value: unknown): boolean =>
    values.includes(String(value));
const off =
  (...values: string[]) =>
  (value: unknown): boolean =>
    !values.includes(String(value));

const DELETABLE = 'nothing stops a deletion any more: deletion protection is off';
const PROTECTIONS: readonly Protection[] = [
  ...DATA_PLANE_PROTECTIONS,
  {
    types: /^AWS::(RDS|DocDB|Neptune)::DB(Instance|Cluster)$|^AWS::Cognito::UserPool$/,
    path: 'DeletionProtection',
    isOn: on('true', 'ACTIVE'),
    lost: DELETABLE,
  },
  { types: /^AWS::DynamoDB::Table$|^AWS::Logs::LogGroup$/, path: 'DeletionProtectionEnabled', isOn: on('true'), lost: DELETABLE },
  {
    types: /^AWS::DynamoDB::GlobalTable$/,
    path: 'Replicas.*.DeletionProtectionEnabled',
    isOn: isTrue,
    each: true,
    lost: DELETABLE,
  },
  { types: /^AWS::EC2::Instance$/, path: 'DisableApiTermination', isOn: on('true'), lost: DELETABLE },
  {
    types: /^AWS::S3::Bucket$/,
    path: 'VersioningConfiguration.Status',
    isOn: on('Enabled'),
    lost: 'overwritten and deleted objects cannot be brought back: versioning is off',
  },
  {
    types: /^AWS::S3::Bucket$/,
    path: 'ObjectLockEnabled',
    isOn: on('true'),
    lost: 'objects can be deleted before their time: object lock is off',
  },
  {
    types: /^AWS::S3::Bucket$/,
    path: 'ReplicationConfiguration',
    isOn: isSet,
    lost: 'new objects have no copy elsewhere: replication is off',
  },
  {
    types: /^AWS::ECR::Repository$/,
    path: 'EmptyOnDelete',
    isOn: off('true'),
    lost: 'its images are newly deleted with it when it is removed: EmptyOnDelete is on',
  },
  { types: /^AWS::EFS::FileSystem$/, path: 'BackupPolicy.Status', isOn: on('ENABLED'), lost: 'its files are no longer backed up' },
  {
    types: /^AWS::EFS::FileSystem$/,
    path: 'FileSystemProtection.ReplicationOverwriteProtection',
    isOn: off('DISABLED'),
    lost: 'replication may overwrite its files',
  },
  {
    types: /^AWS::DynamoDB::Table$/,
    path: 'PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled',
    isOn: on('true'),
    lost: 'it cannot be restored to a point in time any more',
  },
  {
    types: /^AWS::DynamoDB::Table$/,
    path: 'TimeToLiveSpecification.Enabled',
    isOn: off('true'),
    lost: 'its items newly expire: time to live is on',
  },
  {
    types: /^AWS::RDS::DB(Instance|Cluster)$/,
    path: 'DeleteAutomatedBackups',
    isOn: on('false'),
    lost: 'its automated backups are newly deleted with it',
  },
  { types: /^AWS::KMS::Key$/, path: 'Enabled', isOn: off('false'), lost: 'what is encrypted under it cannot be read: the key is disabled' },
  {
    types: /^AWS::Backup::BackupVault$/,
    path: 'LockConfiguration',
    isOn: isSet,
    lost: 'recovery points can be deleted before their time: the lock is off',
  },
  {
    types: /^AWS::OpenSearchService::Domain$/,
    path: 'SnapshotOptions.AutomatedSnapshotStartHour',
    isOn: isSet,
    lost: 'automated snapshots are off',
  },
  {
    types: /^AWS::EC2::LaunchTemplate$/,
    path: 'LaunchTemplateData.BlockDeviceMappings.*.Ebs.DeleteOnTermination',
    isOn: on('false'),
    each: true,
    lost: 'volumes are newly deleted with their machine',
  },
];

function unprotected(change: Change): Finding[] {
  const { type, before, after } = change;
  if (!before || !after) {
    return [];
  }
  return PROTECTIONS.filter(({ types }) => types.test(type)).flatMap(({ path, isOn, lost, each }) => {
    const down = each ? isDownAmong(isOn, path, before, after) : isDown(isOn, at(before, path), at(after, path));
    return verdictOn(down, { class: 'data-loss', why: `${lost.charAt(0).toUpperCase()}${lost.slice(1)}.` });
  });
}

/** A time that data is kept; absent or `forever` is without end. */
interface Retention {
  readonly types: RegExp;
  readonly path: string;
  readonly what: string;
  readonly unit: string;
  readonly absent: number;
}

const FOREVER = Infinity;
const RETENTIONS: readonly Retention[] = [
  { types: /^AWS::Logs::LogGroup$/, path: 'RetentionInDays', what: 'Logs are kept', unit: 'days', absent: FOREVER },
  {
    types: /^AWS::SQS::Queue$/,
    path: 'MessageRetentionPeriod',
    what: 'Messages that nobody fetches are kept',
    unit: 'seconds',
    absent: 345_600,
  },
  { types: /^AWS::Kinesis::Stream$/, path: 'RetentionPeriodHours', what: 'Records are kept', unit: 'hours', absent: 24 },
  {
    types: /^AWS::RDS::DB(Instance|Cluster)$|^AWS::(DocDB|Neptune)::DBCluster$/,
    path: 'BackupRetentionPeriod',
    what: 'Backups are kept',
    unit: 'days',
    absent: 1,
  },
  { types: /^AWS::KMS::Key$/, path: 'PendingWindowInDays', what: 'A deleted key can be brought back for', unit: 'days', absent: 30 },
  {
    types: /^AWS::FSx::FileSystem$/,
    path: 'LustreConfiguration.AutomaticBackupRetentionDays',
    what: 'Backups are kept',
    unit: 'days',
    absent: 0,
  },
  {
    types: /^AWS::ElastiCache::(ReplicationGroup|CacheCluster)$/,
    path: 'SnapshotRetentionLimit',
    what: 'Snapshots are kept',
    unit: 'days',
    absent: 0,
  },
  { types: /^AWS::Redshift::Cluster$/, path: 'AutomatedSnapshotRetentionPeriod', what: 'Snapshots are kept', unit: 'days', absent: 1 },
  {
    types: /^AWS::DynamoDB::Table$/,
    path: 'PointInTimeRecoverySpecification.RecoveryPeriodInDays',
    what: 'A point in time can be restored for',
    unit: 'days',
    absent: 35,
  },
  { types: /^AWS::Events::Archive$/, path: 'RetentionDays', what: 'Events are kept', unit: 'days', absent: FOREVER },
  { types: /^AWS::SNS::Topic$/, path: 'ArchivePolicy.MessageRetentionPeriod', what: 'Messages are kept', unit: 'days', absent: 0 },
  {
    types: /^AWS::RDS::DBInstance$/,
    path: 'PerformanceInsightsRetentionPeriod',
    what: 'Performance figures are kept',
    unit: 'days',
    absent: 7,
  },
];

function shorter(change: Change): Finding[] {
  return RETENTIONS.filter((r) => r.types.test(change.type) && differs(change, r.path)).flatMap((r): Finding[] => {
    const [was, is] = [change.before, change.after].map((body) => (at(body, r.path) === undefined ? r.absent : numberOf(at(body, r.path))));
    if (was === undefined || is === undefined) {
      return [
        {
          class: 'data-loss',
          conditional: true,
          why: `${r.what.replace(/ for$/, '')} for another time: whether it is shorter only the deployment knows.`,
        },
      ];
    }
    const time = (n: number): string => (n === FOREVER ? 'forever' : `${n} ${n === 1 ? r.unit.replace(/s$/, '') : r.unit}`);
    return is < was
      ? [{ class: 'data-loss', why: `${r.what} ${r.what.endsWith(' for') ? '' : 'for '}${time(is)}, before: ${time(was)}.` }]
      : [];
  });
}

/** Where the rules above and those of lifecycles read. */
export const DATA_PATHS: readonly { readonly types: RegExp; readonly path: string }[] = [
  ...PROTECTIONS,
  ...RETENTIONS,
  { types: /^AWS::S3::Bucket$/, path: 'LifecycleConfiguration' },
  { types: /^AWS::ECR::Repository$/, path: 'LifecyclePolicy' },
  { types: /^AWS::Backup::BackupPlan$/, path: 'BackupPlan' },
];
