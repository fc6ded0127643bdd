import { createRequire } from 'node:module';
import { DATA_PATHS, findDataLoss } from '../../../lib/review/classify/aws/data-loss';
import { DATA_PLANE_PROTECTIONS } from '../../../lib/review/classify/aws/data-plane';
import { HOLDS } from '../../../lib/review/classify/aws/stateful';
import { diffCloudFormation } from '../../../lib/review/cloudformation';
import { Body, Change, Finding } from '../../../lib/review/model';
import { changesOf, either, findings, found, PARAMETER, put, stackOf } from './change';
import { texts } from '../classify';

/** The types that `cdk diff` warns about. */
function statefulTypes(): string[] {
  const library = createRequire(require.resolve('@aws-cdk/cloudformation-diff'))('@aws-cdk/aws-service-spec');
  const resources: Iterable<{ readonly cloudFormationType: string; readonly isStateful?: boolean }> = library
    .loadAwsServiceSpecSync()
    .all('resource');
  return [...resources].filter((r) => r.isStateful).map((r) => r.cloudFormationType);
}

const LEFT = '; while it holds any, CloudFormation leaves it behind';
const GONE: readonly (readonly [string, string])[] = [
  ['AWS::Backup::BackupVault', 'The backup vault is removed and not retained, and with it its recovery points.'],
  ['AWS::CloudFormation::Stack', 'The nested stack is removed and not retained, and with it whatever it holds.'],
  ['AWS::CodeArtifact::Repository', 'The repository is removed and not retained, and with it its packages.'],
  ['AWS::CodeCommit::Repository', 'The repository is removed and not retained, and with it its commits.'],
  ['AWS::Cognito::UserPool', 'The user pool is removed and not retained, and with it its users.'],
  ['AWS::DocDB::DBCluster', 'The database cluster is removed and not retained, and with it its data.'],
  ['AWS::DocDB::DBInstance', 'The database is removed and not retained, and with it its data.'],
  ['AWS::DynamoDB::GlobalTable', 'The table is removed and not retained, and with it its items.'],
  ['AWS::DynamoDB::Table', 'The table is removed and not retained, and with it its items.'],
  ['AWS::EC2::Instance', 'The instance is removed and not retained, and with it what is on its root volume.'],
  ['AWS::EC2::Volume', 'The volume is removed and not retained, and with it its data.'],
  ['AWS::ECR::Repository', `The repository is removed and not retained, and with it its images${LEFT}.`],
  ['AWS::EFS::FileSystem', 'The file system is removed and not retained, and with it its files.'],
  ['AWS::EMR::Cluster', 'The cluster is removed and not retained, and with it what its nodes hold.'],
  ['AWS::ElastiCache::CacheCluster', 'The cache cluster is removed and not retained, and with it its entries.'],
  ['AWS::ElastiCache::ReplicationGroup', 'The replication group is removed and not retained, and with it its entries.'],
  ['AWS::ElastiCache::ServerlessCache', 'The serverless cache is removed and not retained, and with it its entries.'],
  ['AWS::Elasticsearch::Domain', 'The domain is removed and not retained, and with it its indexes.'],
  ['AWS::FSx::FileSystem', 'The file system is removed and not retained, and with it its files.'],
  ['AWS::FSx::Volume', 'The volume is removed and not retained, and with it its files.'],
  ['AWS::Glue::Database', 'The database is removed and not retained, and with it its table definitions.'],
  ['AWS::Glue::Table', 'The table is removed and not retained, and with it its definition.'],
  ['AWS::KMS::Key', 'The key is removed and not retained, and with it whatever is encrypted under it.'],
  ['AWS::Kinesis::Stream', 'The stream is removed and not retained, and with it the records in it.'],
  ['AWS::Logs::LogGroup', 'The log group is removed and not retained, and with it its logs.'],
  ['AWS::MSK::Cluster', 'The cluster is removed and not retained, and with it its topics.'],
  ['AWS::MemoryDB::Cluster', 'The cluster is removed and not retained, and with it its data.'],
  ['AWS::Neptune::DBCluster', 'The database cluster is removed and not retained, and with it its data.'],
  ['AWS::Neptune::DBInstance', 'The database is removed and not retained, and with it its data.'],
  ['AWS::OpenSearchServerless::Collection', 'The collection is removed and not retained, and with it its indexes.'],
  ['AWS::OpenSearchService::Domain', 'The domain is removed and not retained, and with it its indexes.'],
  ['AWS::Organizations::Account', 'The account is removed and not retained, and with it everything in the account.'],
  ['AWS::QLDB::Ledger', 'The ledger is removed and not retained, and with it its journal.'],
  ['AWS::RDS::DBCluster', 'The database cluster is removed and not retained, and with it its data.'],
  ['AWS::RDS::DBInstance', 'The database is removed and not retained, and with it its data.'],
  ['AWS::Redshift::Cluster', 'The cluster is removed and not retained, and with it its data.'],
  ['AWS::RedshiftServerless::Namespace', 'The namespace is removed and not retained, and with it its data.'],
  ['AWS::S3::Bucket', `The bucket is removed and not retained, and with it its objects${LEFT}.`],
  ['AWS::S3Tables::TableBucket', 'The table bucket is removed and not retained, and with it its tables.'],
  ['AWS::S3Vectors::VectorBucket', 'The vector bucket is removed and not retained, and with it its vectors.'],
  ['AWS::SDB::Domain', 'The domain is removed and not retained, and with it its items.'],
  ['AWS::SQS::Queue', 'The queue is removed and not retained, and with it the messages that wait in it.'],
  ['AWS::SSM::Parameter', 'The parameter is removed and not retained, and with it its value and history.'],
  ['AWS::SageMaker::Domain', 'The domain is removed and not retained, and with it the home directories of its users.'],
  ['AWS::SageMaker::FeatureGroup', 'The feature group is removed and not retained, and with it its online records.'],
  ['AWS::SageMaker::MlflowTrackingServer', 'The MLflow tracking server is removed and not retained, and with it its runs.'],
  ['AWS::SageMaker::ModelPackage', 'The model package is removed and not retained, and with it the registered model.'],
  ['AWS::SageMaker::ModelPackageGroup', 'The model package group is removed and not retained, and with it its registered models.'],
  ['AWS::SageMaker::NotebookInstance', 'The notebook instance is removed and not retained, and with it what is on its volume.'],
  ['AWS::SageMaker::Space', 'The space is removed and not retained, and with it what is on its volume.'],
  ['AWS::SageMaker::UserProfile', 'The user profile is removed and not retained, and with it the home directory of its user.'],
  ['AWS::SecretsManager::Secret', 'The secret is removed and not retained, and with it its value.'],
  ['AWS::Timestream::Database', 'The database is removed and not retained, and with it its tables.'],
  ['AWS::Timestream::Table', 'The table is removed and not retained, and with it its records.'],
];

describe('what holds data and is removed', () => {
  const removed = (type: string, beside: Body, properties: Body = {}): string[] =>
    findings(findDataLoss, type, properties, undefined, beside);

  test.each(GONE)('takes it along: %s', (type, why) => {
    expect(removed(type, { DeletionPolicy: 'Delete' })).toEqual([`data-loss: ${why}`]);
  });

  test.each(GONE)('leaves it where it is retained: %s', (type) => {
    expect(removed(type, { DeletionPolicy: 'Retain' })).toEqual([]);
    expect(removed(type, { DeletionPolicy: 'RetainExceptOnCreate' })).toEqual([]);
  });

  test('has a case here, and so has every type that the service spec calls stateful', () => {
    expect(GONE.map(([type]) => type).sort()).toEqual(Object.keys(HOLDS).sort());
    expect(statefulTypes().filter((type) => !HOLDS[type])).toEqual([]);
  });

  test('takes it along where nothing is said', () => {
    expect(removed('AWS::DynamoDB::Table', {})).toEqual(['data-loss: The table is removed and not retained, and with it its items.']);
  });

  test('leaves a snapshot where the policy says so', () => {
    expect(removed('AWS::EC2::Volume', { DeletionPolicy: 'Snapshot' })).toEqual([
      'data-loss: The volume is removed: all that stays of its data is a final snapshot.',
    ]);
  });

  test.each([
    ['AWS::RDS::DBCluster', {}, 'The database cluster is removed: all that stays of its data is a final snapshot.'],
    ['AWS::RDS::DBInstance', {}, 'The database is removed: all that stays of its data is a final snapshot.'],
    ['AWS::RDS::DBInstance', { DBClusterIdentifier: 'c' }, 'The database is removed and not retained, and with it its data.'],
  ])('leaves a snapshot of a database by default, but of a member of a cluster: %s %j', (type, properties, why) => {
    expect(removed(type, {}, properties)).toEqual([`data-loss: ${why}`]);
  });

  test.each([
    ['a condition', either('Retain', 'Delete')],
    ['a parameter', PARAMETER],
  ])('may take it along where %s decides', (_name, DeletionPolicy) => {
    expect(removed('AWS::S3::Bucket', { DeletionPolicy })).toEqual([
      'data-loss?: The bucket is removed, and with it its objects, unless its DeletionPolicy retains it: that only the deployment knows.',
    ]);
  });

  test.each([
    ['AWS::S3::Bucket', { Tags: [{ Key: 'aws-cdk:auto-delete-objects', Value: 'true' }] }, 'bucket', 'its objects'],
    ['AWS::ECR::Repository', { EmptyOnDelete: true }, 'repository', 'its images'],
  ])('is not left behind where it is emptied: %s', (type, properties, what, holds) => {
    expect(removed(type, {}, properties)).toEqual([`data-loss: The ${what} is removed and not retained, and with it ${holds}.`]);
  });

  test('is of no account where it holds nothing', () => {
    expect(removed('AWS::Events::Rule', {})).toEqual([]);
  });
});

describe('what holds data and is replaced', () => {
  const bucket = (BucketName: string, UpdateReplacePolicy?: unknown): Body => ({
    ...(UpdateReplacePolicy !== undefined && { UpdateReplacePolicy }),
    DeletionPolicy: 'Retain',
    Properties: { BucketName },
  });

  test.each([
    ['Retain', 'Retain', []],
    [undefined, undefined, [`data-loss: The bucket is replaced and the old one is not retained, and with it its objects${LEFT}.`]],
    ['Delete', 'Retain', [`data-loss: The bucket is replaced and the old one is not retained, and with it its objects${LEFT}.`]],
    ['Snapshot', 'Retain', ['data-loss: The bucket is replaced: all that stays of its objects is a final snapshot.']],
    [
      PARAMETER,
      'Retain',
      [
        'data-loss?: The bucket is replaced, and with it its objects, unless its UpdateReplacePolicy retains it: that only the deployment knows.',
      ],
    ],
  ])('is kept only if it was to be kept before and after: %j, %j', (was, is, expected) => {
    expect(found(findDataLoss, 'AWS::S3::Bucket', bucket('a', was), bucket('b', is))).toEqual(expected);
  });

  test('may be lost where it may be replaced', () => {
    const [change] = changesOf('AWS::RDS::DBInstance', { Properties: { DBInstanceClass: 'a' } }, { Properties: { DBInstanceClass: 'b' } });
    expect(texts(findDataLoss({ ...change, action: 'replace', replacement: 'conditional' }))).toEqual([
      'data-loss?: The database may be replaced and the old one is not retained, and with it its data.',
    ]);
  });

  test('is not lost where it is updated in place', () => {
    expect(findings(findDataLoss, 'AWS::DynamoDB::Table', { BillingMode: 'PROVISIONED' }, { BillingMode: 'PAY_PER_REQUEST' })).toEqual([]);
  });

  test('goes under its old id when it is renamed', () => {
    const table: Body = { Type: 'AWS::DynamoDB::Table', Properties: { TableName: 'runs' } };
    const lost = (beside: Body) =>
      diffCloudFormation(stackOf({ Old: { ...table, ...beside } }), stackOf({ New: { ...table, ...beside } })).flatMap((c) =>
        texts(findDataLoss(c)),
      );
    expect(lost({})).toEqual(['data-loss: The table is removed under its old id and not retained, and with it its items.']);
    expect(lost({ DeletionPolicy: 'Retain' })).toEqual([]);
  });
});

describe('a policy of the template', () => {
  const policy = (type: string, was: Body, is: Body) => found(findDataLoss, type, { ...was, Properties: {} }, { ...is, Properties: {} });

  test.each([
    [
      'AWS::S3::Bucket',
      { DeletionPolicy: 'Retain' },
      { DeletionPolicy: 'Delete' },
      'The bucket is no longer kept when it is removed from the stack: DeletionPolicy goes from Retain to Delete.',
    ],
    [
      'AWS::S3::Bucket',
      { UpdateReplacePolicy: 'Retain' },
      {},
      'The bucket is no longer kept when it is replaced: UpdateReplacePolicy goes from Retain to Delete.',
    ],
    [
      'AWS::EC2::Volume',
      { DeletionPolicy: 'Retain' },
      { DeletionPolicy: 'Snapshot' },
      'The volume is no longer kept when it is removed from the stack: DeletionPolicy goes from Retain to Snapshot.',
    ],
    [
      'AWS::RDS::DBCluster',
      {},
      { DeletionPolicy: 'Delete' },
      'The database cluster is no longer kept when it is removed from the stack: DeletionPolicy goes from Snapshot to Delete.',
    ],
    [
      'AWS::IAM::User',
      { DeletionPolicy: 'Retain' },
      {},
      'The user is no longer kept when it is removed from the stack: DeletionPolicy goes from Retain to Delete.',
    ],
  ])('that keeps less is told: %s %j → %j', (type, was, is, why) => {
    expect(policy(type, was, is)).toEqual([`data-loss: ${why}`]);
    expect(policy(type, is, was)).toEqual([]);
  });

  test('that keeps as much under another name is not', () => {
    expect(policy('AWS::S3::Bucket', { DeletionPolicy: 'Retain' }, { DeletionPolicy: 'RetainExceptOnCreate' })).toEqual([]);
    expect(policy('AWS::S3::Bucket', {}, { DeletionPolicy: 'Delete' })).toEqual([]);
  });

  test.each([
    [{ DeletionPolicy: 'Retain' }, { DeletionPolicy: PARAMETER }],
    [{ DeletionPolicy: PARAMETER }, { DeletionPolicy: 'Delete' }],
    [{ DeletionPolicy: 'Retain' }, { DeletionPolicy: either('Retain', 'Delete') }],
  ])('that only the deployment knows may keep less: %j → %j', (was, is) => {
    expect(policy('AWS::S3::Bucket', was, is)).toEqual([
      'data-loss?: Whether the bucket is still kept when it is removed from the stack only the deployment knows: DeletionPolicy is another.',
    ]);
    expect(policy('AWS::S3::Bucket', { DeletionPolicy: PARAMETER }, { DeletionPolicy: 'Retain' })).toEqual([]);
  });
});

/** Some of these may be replaced as well, which is told elsewhere. */
function inPlace(change: Change): Finding[] {
  return findDataLoss({ ...change, action: change.action === 'replace' ? 'update' : change.action });
}

const DELETABLE = 'Nothing stops a deletion any more: deletion protection is off.';
const PROTECTIONS: readonly (readonly [string, string, unknown, unknown, string])[] = [
  ['AWS::RDS::DBInstance', 'DeletionProtection', true, false, DELETABLE],
  ['AWS::Cognito::UserPool', 'DeletionProtection', 'ACTIVE', 'INACTIVE', DELETABLE],
  ['AWS::DynamoDB::Table', 'DeletionProtectionEnabled', true, undefined, DELETABLE],
  ['AWS::Logs::LogGroup', 'DeletionProtectionEnabled', true, false, DELETABLE],
  ['AWS::DynamoDB::GlobalTable', 'Replicas.*.DeletionProtectionEnabled', true, false, DELETABLE],
  ['AWS::EC2::Instance', 'DisableApiTermination', true, false, DELETABLE],
  [
    'AWS::S3::Bucket',
    'VersioningConfiguration.Status',
    'Enabled',
    'Suspended',
    'Overwritten and deleted objects cannot be brought back: versioning is off.',
  ],
  ['AWS::S3::Bucket', 'ObjectLockEnabled', true, false, 'Objects can be deleted before their time: object lock is off.'],
  [
    'AWS::S3::Bucket',
    'ReplicationConfiguration',
    { Role: 'r', Rules: [] },
    undefined,
    'New objects have no copy elsewhere: replication is off.',
  ],
  ['AWS::ECR::Repository', 'EmptyOnDelete', false, true, 'Its images are newly deleted with it when it is removed: EmptyOnDelete is on.'],
  ['AWS::EFS::FileSystem', 'BackupPolicy.Status', 'ENABLED', 'DISABLED', 'Its files are no longer backed up.'],
  [
    'AWS::EFS::FileSystem',
    'FileSystemProtection.ReplicationOverwriteProtection',
    'ENABLED',
    'DISABLED',
    'Replication may overwrite its files.',
  ],
  [
    'AWS::DynamoDB::Table',
    'PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled',
    true,
    false,
    'It cannot be restored to a point in time any more.',
  ],
  ['AWS::DynamoDB::Table', 'TimeToLiveSpecification.Enabled', false, true, 'Its items newly expire: time to live is on.'],
  ['AWS::RDS::DBCluster', 'DeleteAutomatedBackups', false, true, 'Its automated backups are newly deleted with it.'],
  ['AWS::KMS::Key', 'Enabled', true, false, 'What is encrypted under it cannot be read: the key is disabled.'],
  [
    'AWS::Backup::BackupVault',
    'LockConfiguration',
    { MinRetentionDays: 7 },
    undefined,
    'Recovery points can be deleted before their time: the lock is off.',
  ],
  ['AWS::OpenSearchService::Domain', 'SnapshotOptions.AutomatedSnapshotStartHour', 3, undefined, 'Automated snapshots are off.'],
  [
    'AWS::EC2::LaunchTemplate',
    'LaunchTemplateData.BlockDeviceMappings.*.Ebs.DeleteOnTermination',
    false,
    true,
    'Volumes are newly deleted with their machine.',
  ],
];

describe('a protection', () => {
  test.each(PROTECTIONS)('that is off is told: %s %s %j → %j', (type, path, on, off, why) => {
    expect(findings(inPlace, type, put(path, on), put(path, off))).toEqual([`data-loss: ${why}`]);
  });

  test.each(PROTECTIONS)('that is on is not: %s %s', (type, path, on, off) => {
    expect(findings(inPlace, type, put(path, off), put(path, on))).toEqual([]);
    expect(findings(inPlace, type, undefined, put(path, off))).toEqual([]);
  });

  test.each(PROTECTIONS)('that stays is not: %s %s', (type, path, on, off) => {
    for (const value of [on, off, either(on, off)]) {
      const [before, after] = ['a', 'b'].map((Value) => ({ ...put(path, value), Tags: [{ Key: 'team', Value }] }));
      expect(findings(inPlace, type, before, after)).toEqual([]);
    }
  });

  test.each(PROTECTIONS)('that only the deployment knows may be off: %s %s', (type, path, on, off, why) => {
    expect(findings(inPlace, type, put(path, on), put(path, either(on, off)))).toEqual([`data-loss?: ${why}`]);
    const isSet = typeof on === 'object' || typeof on === 'number';
    expect(findings(inPlace, type, put(path, on), put(path, PARAMETER))).toEqual(isSet ? [] : [`data-loss?: ${why}`]);
  });

  test('of one of two replicas is told', () => {
    const replicas = (...on: boolean[]) => ({ Replicas: on.map((DeletionProtectionEnabled) => ({ DeletionProtectionEnabled })) });
    const type = 'AWS::DynamoDB::GlobalTable';
    expect(findings(inPlace, type, replicas(true, true), replicas(true, false))).toEqual([`data-loss: ${DELETABLE}`]);
    expect(findings(inPlace, type, replicas(true, false), replicas(true, true))).toEqual([]);
  });
});

const RETENTIONS: readonly (readonly [string, string, unknown, unknown, string])[] = [
  ['AWS::Logs::LogGroup', 'RetentionInDays', undefined, 30, 'Logs are kept for 30 days, before: forever.'],
  ['AWS::Logs::LogGroup', 'RetentionInDays', 30, '1', 'Logs are kept for 1 day, before: 30 days.'],
  [
    'AWS::SQS::Queue',
    'MessageRetentionPeriod',
    undefined,
    60,
    'Messages that nobody fetches are kept for 60 seconds, before: 345600 seconds.',
  ],
  ['AWS::Kinesis::Stream', 'RetentionPeriodHours', 48, undefined, 'Records are kept for 24 hours, before: 48 hours.'],
  ['AWS::RDS::DBInstance', 'BackupRetentionPeriod', 7, 0, 'Backups are kept for 0 days, before: 7 days.'],
  ['AWS::Neptune::DBCluster', 'BackupRetentionPeriod', 7, undefined, 'Backups are kept for 1 day, before: 7 days.'],
  ['AWS::KMS::Key', 'PendingWindowInDays', undefined, 7, 'A deleted key can be brought back for 7 days, before: 30 days.'],
  [
    'AWS::FSx::FileSystem',
    'LustreConfiguration.AutomaticBackupRetentionDays',
    7,
    undefined,
    'Backups are kept for 0 days, before: 7 days.',
  ],
  ['AWS::ElastiCache::ReplicationGroup', 'SnapshotRetentionLimit', 5, 1, 'Snapshots are kept for 1 day, before: 5 days.'],
  ['AWS::Redshift::Cluster', 'AutomatedSnapshotRetentionPeriod', 7, 1, 'Snapshots are kept for 1 day, before: 7 days.'],
  [
    'AWS::DynamoDB::Table',
    'PointInTimeRecoverySpecification.RecoveryPeriodInDays',
    undefined,
    7,
    'A point in time can be restored for 7 days, before: 35 days.',
  ],
  ['AWS::Events::Archive', 'RetentionDays', undefined, 7, 'Events are kept for 7 days, before: forever.'],
  ['AWS::SNS::Topic', 'ArchivePolicy.MessageRetentionPeriod', 30, 7, 'Messages are kept for 7 days, before: 30 days.'],
  ['AWS::RDS::DBInstance', 'PerformanceInsightsRetentionPeriod', 731, 7, 'Performance figures are kept for 7 days, before: 731 days.'],
];

describe('a retention', () => {
  test.each(RETENTIONS)('that is shorter is told: %s %s %j → %j', (type, path, long, short, why) => {
    expect(findings(inPlace, type, put(path, long), put(path, short))).toEqual([`data-loss: ${why}`]);
  });

  test.each(RETENTIONS)('that is longer, or stays, is not: %s %s %j → %j', (type, path, long, short) => {
    expect(findings(inPlace, type, put(path, short), put(path, long))).toEqual([]);
    expect(findings(inPlace, type, { ...put(path, short), Tags: [] }, put(path, String(short ?? '') || undefined))).toEqual([]);
  });

  test.each(RETENTIONS)('that only the deployment knows may be shorter: %s %s', (type, path, long, _short, why) => {
    const told = `data-loss?: ${why.replace(/ for \d.*$/, '')} for another time: whether it is shorter only the deployment knows.`;
    for (const value of [either(long, 1), PARAMETER]) {
      expect(findings(inPlace, type, put(path, 9), put(path, value))).toEqual([told]);
    }
  });
});

test('every rule that reads a property has a case here or in lifecycle.test.ts', () => {
  const cases = [...PROTECTIONS, ...RETENTIONS];
  const missing = DATA_PATHS.filter((rule) => !DATA_PLANE_PROTECTIONS.some((p) => p.path === rule.path)).filter(
    (rule) => !cases.some(([type, path]) => rule.types.test(type) && rule.path === path),
  );
  expect(missing.map((rule) => rule.path)).toEqual(['LifecycleConfiguration', 'LifecyclePolicy', 'BackupPlan']);
});

test.each([
  [
    'Custom::S3AutoDeleteObjects',
    { BucketName: { Ref: 'Data' } },
    'When the bucket Data is removed, its objects are newly deleted with it.',
  ],
  [
    'Custom::ECRAutoDeleteImages',
    { RepositoryName: 'images' },
    'When the repository images is removed, its images are newly deleted with it.',
  ],
])('what empties a store before it is removed is told: %s', (type, properties, why) => {
  expect(findings(findDataLoss, type, undefined, properties)).toEqual([`data-loss: ${why}`]);
  expect(findings(findDataLoss, type, properties, undefined)).toEqual([]);
});
