import { Template } from 'aws-cdk-lib/assertions';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Duration as CdkDuration, Stack } from 'aws-cdk-lib/core';
import { ArtifactReplication, ArtifactStore, ArtifactStoreProps, IArtifactStore } from '../../lib/aws/storage';
import { Duration, Environment } from '../../lib/core';
import { Match, properties, refusals, statementsOf, synth } from './helper';

const store = (props?: ArtifactStoreProps) => synth((stack) => void new ArtifactStore(stack, 'Artifacts', props));
const role = (stack: Stack) => new Role(stack, 'Reader', { assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com') });
const granted = (grant: (store: IArtifactStore, role: Role) => void, props?: ArtifactStoreProps) =>
  statementsOf(
    synth((stack) => grant(new ArtifactStore(stack, 'Artifacts', props), role(stack))),
    'Reader',
  );
const MAIN = /^Artifacts[0-9A-F]{8}$/;
const mainOf = (props?: ArtifactStoreProps) => {
  const [, main] = Object.entries(store(props).findResources('AWS::S3::Bucket')).find(([id]) => MAIN.test(id))!;
  return main;
};

describe('ArtifactStore', () => {
  test('is versioned, encrypted and closed to the public', () => {
    expect(mainOf().Properties).toMatchObject({
      VersioningConfiguration: { Status: 'Enabled' },
      BucketEncryption: { ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }] },
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
    });
  });

  test('turns away callers without TLS 1.2', () => {
    const denied = properties(store(), 'AWS::S3::BucketPolicy', 'ArtifactsPolicy').PolicyDocument as { Statement: object[] };
    expect(denied.Statement).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
        expect.objectContaining({ Effect: 'Deny', Condition: { NumericLessThan: { 's3:TlsVersion': 1.2 } } }),
      ]),
    );
  });

  test('takes a key of yours', () => {
    const template = synth((stack) => void new ArtifactStore(stack, 'Artifacts', { encryptionKey: new Key(stack, 'Key') }));
    template.hasResourceProperties('AWS::S3::Bucket', {
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [
          {
            BucketKeyEnabled: true,
            ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: { 'Fn::GetAtt': [Match.anyValue(), 'Arn'] } },
          },
        ],
      },
    });
  });

  test.each([
    [Environment.DEV, 7, 'Delete'],
    [Environment.STAGING, 30, 'Delete'],
    [Environment.PROD, 90, 'Retain'],
  ])('in %s it keeps old versions for %d days, and its bucket: %s', (environment, days, policy) => {
    const main = mainOf({ environment });
    expect(main.Properties.LifecycleConfiguration.Rules).toContainEqual(
      expect.objectContaining({ Id: 'old-versions', NoncurrentVersionExpiration: { NoncurrentDays: days } }),
    );
    expect(main).toMatchObject({ DeletionPolicy: policy, UpdateReplacePolicy: policy });
  });

  test('is emptied before it is deleted, but for prod', () => {
    store().resourceCountIs('Custom::S3AutoDeleteObjects', 2);
    store({ environment: Environment.PROD }).resourceCountIs('Custom::S3AutoDeleteObjects', 0);
  });

  test('gives up unfinished uploads after a week', () => {
    expect(mainOf().Properties.LifecycleConfiguration.Rules).toContainEqual({
      Id: 'unfinished-uploads',
      Status: 'Enabled',
      AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
    });
  });

  test('keeps checkpoints unless they are to expire', () => {
    const rule = (props?: ArtifactStoreProps) =>
      mainOf(props).Properties.LifecycleConfiguration.Rules.find((r: { Id: string }) => r.Id === 'checkpoints');
    expect(rule()).toBeUndefined();
    expect(rule({ checkpointExpiry: Duration.days(30) })).toMatchObject({ Prefix: 'checkpoints/', ExpirationInDays: 30 });
  });

  test('logs access to a bucket that only the log service of S3 writes to, for this bucket', () => {
    const template = store();
    expect(mainOf().Properties.LoggingConfiguration).toMatchObject({ LogFilePrefix: 'access/' });
    template.hasResourceProperties('AWS::S3::BucketPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Action: 's3:PutObject',
            Principal: { Service: 'logging.s3.amazonaws.com' },
            Condition: {
              ArnLike: { 'aws:SourceArn': { 'Fn::GetAtt': [Match.stringLikeRegexp('^Artifacts[0-9A-F]{8}$'), 'Arn'] } },
              StringEquals: { 'aws:SourceAccount': '123456789012' },
            },
          }),
        ]),
      },
    });
  });

  test('logs access to a bucket of yours', () => {
    const template = synth((stack) => {
      new ArtifactStore(stack, 'Artifacts', { accessLogBucket: Bucket.fromBucketName(stack, 'Logs', 'acme-logs') });
    });
    template.resourceCountIs('AWS::S3::Bucket', 1);
    template.hasResourceProperties('AWS::S3::Bucket', { LoggingConfiguration: { DestinationBucketName: 'acme-logs' } });
  });

  test('names folders by URI', () => {
    synth((stack) => {
      const artifacts = ArtifactStore.fromBucket(stack, 'Artifacts', Bucket.fromBucketName(stack, 'Theirs', 'acme-ml'));
      expect([artifacts.uri(), artifacts.uri('models'), artifacts.uri('/models/churn/')]).toEqual([
        's3://acme-ml',
        's3://acme-ml/models',
        's3://acme-ml/models/churn',
      ]);
    });
  });

  test('lets a reader read one folder, and see which objects are missing', () => {
    expect(granted((s, r) => void s.grants.read(r, 'models'))).toEqual([
      { Effect: 'Allow', Action: 's3:ListBucket', Resource: { 'Fn::GetAtt': [expect.stringMatching(MAIN), 'Arn'] } },
      {
        Effect: 'Allow',
        Action: 's3:GetObject',
        Resource: { 'Fn::Join': ['', [{ 'Fn::GetAtt': [expect.stringMatching(MAIN), 'Arn'] }, '/models/*']] },
      },
    ]);
  });

  test('lets a writer read, write and delete', () => {
    const [, objects] = granted((s, r) => void s.grants.write(r, 'checkpoints'));
    expect(objects.Action).toEqual([
      's3:GetObject',
      's3:PutObject',
      's3:DeleteObject',
      's3:AbortMultipartUpload',
      's3:ListMultipartUploadParts',
    ]);
  });

  test('lets a reader of the whole bucket read all of it', () => {
    expect(granted((s, r) => void s.grants.read(r))[1].Resource).toEqual({
      'Fn::Join': ['', [{ 'Fn::GetAtt': [expect.stringMatching(MAIN), 'Arn'] }, '/*']],
    });
  });

  test('lets those use the key who may use the objects', () => {
    const template = synth((stack) => {
      const artifacts = new ArtifactStore(stack, 'Artifacts', { encryptionKey: new Key(stack, 'Key') });
      artifacts.grants.write(role(stack), 'models');
    });
    expect(statementsOf(template, 'Reader')).toContainEqual(expect.objectContaining({ Action: ['kms:Decrypt', 'kms:GenerateDataKey'] }));
  });

  test('grants nothing public and no wildcard of actions', () => {
    for (const statement of granted((s, r) => void s.grants.write(r))) expect(JSON.stringify(statement.Action)).not.toContain('*');
  });

  test('says how data is uploaded', () => {
    store().hasOutput('*', { Description: 'Uploads a folder of data for training' });
  });

  test.each(['checkpointExpiry', 'captureExpiry'])('refuses a part of a day: %s', (prop) => {
    expect(refusals(() => store({ [prop]: Duration.hours(36) }))).toEqual([
      { code: 'unit', prop, value: '36h', reason: 'S3 deletes by whole days', instead: 'write 1d or more, such as 30d' },
    ]);
  });

  test('deletes captured requests if they are to expire, and what rules of yours say', () => {
    const { Rules } = mainOf({
      captureExpiry: Duration.days(90),
      lifecycleRules: [{ id: 'tmp', prefix: 'tmp/', expiration: CdkDuration.days(1) }],
    }).Properties.LifecycleConfiguration;
    expect(Rules).toContainEqual({ Id: 'capture', Prefix: 'capture/', ExpirationInDays: 90, Status: 'Enabled' });
    expect(Rules).toContainEqual({ Id: 'tmp', Prefix: 'tmp/', ExpirationInDays: 1, Status: 'Enabled' });
  });

  test('keeps no old versions where none are wanted', () => {
    const { Properties } = mainOf({ versioned: false });
    expect(Properties.VersioningConfiguration).toBeUndefined();
    expect(Properties.LifecycleConfiguration.Rules.map((r: { Id: string }) => r.Id)).toEqual(['unfinished-uploads']);
  });
});

describe('the event hook of an ArtifactStore', () => {
  test('runs for new data, by EventBridge and no function', () => {
    const template = synth((stack) => {
      new ArtifactStore(stack, 'Artifacts').onObjectCreated('New', { target: { bind: () => ({ arn: 'arn:aws:sqs:eu-west-1:1:q' }) } });
    });
    template.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        source: ['aws.s3'],
        'detail-type': ['Object Created'],
        detail: { bucket: { name: [{ Ref: Match.stringLikeRegexp(MAIN.source) }] }, object: { key: [{ prefix: 'data/' }] } },
      },
      Targets: [{ Arn: 'arn:aws:sqs:eu-west-1:1:q', Id: 'Target0' }],
    });
    template.hasResourceProperties('AWS::S3::Bucket', {
      NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } },
    });
    template.resourceCountIs('Custom::S3BucketNotifications', 0);
  });

  test('runs for another folder, or for all', () => {
    const detailOf = (prefix: string) =>
      properties(
        synth((stack) => void new ArtifactStore(stack, 'Artifacts').onObjectCreated('New', { prefix })),
        'AWS::Events::Rule',
      ).EventPattern as { detail: { object?: object } };
    expect(detailOf('/capture/').detail.object).toEqual({ key: [{ prefix: 'capture/' }] });
    expect(detailOf('').detail.object).toBeUndefined();
  });

  test('runs for a bucket that was brought in', () => {
    const template = synth((stack) => {
      ArtifactStore.fromBucket(stack, 'Artifacts', Bucket.fromBucketName(stack, 'Theirs', 'acme-ml')).onObjectCreated('New');
    });
    template.hasResourceProperties('AWS::Events::Rule', { EventPattern: { detail: { bucket: { name: ['acme-ml'] } } } });
  });

  test('is off where nobody asks', () => {
    expect(mainOf().Properties.NotificationConfiguration).toBeUndefined();
  });
});

describe('the replication of an ArtifactStore', () => {
  const DESTINATION = 'arn:aws:s3:::acme-copy';
  const copied = (props: Partial<ArtifactReplication> = {}, own: boolean = false) =>
    synth((stack) => {
      const destination = Bucket.fromBucketArn(stack, 'Copy', DESTINATION);
      const encryptionKey = own ? new Key(stack, 'Key') : undefined;
      new ArtifactStore(stack, 'Artifacts', { encryptionKey, replication: { destination, ...props } });
    });
  const rulesOf = (template: Template) =>
    Object.values(template.findResources('AWS::S3::Bucket'))
      .map((b) => b.Properties.ReplicationConfiguration?.Rules)
      .find(Boolean);

  test('copies everything new, and no deletions', () => {
    expect(rulesOf(copied())).toEqual([
      {
        Id: 'all',
        Priority: 1,
        Status: 'Enabled',
        Filter: { Prefix: '' },
        DeleteMarkerReplication: { Status: 'Disabled' },
        Destination: { Bucket: DESTINATION },
      },
    ]);
  });

  test('copies the folders that are named', () => {
    expect(rulesOf(copied({ prefixes: ['models', 'data/'] }))).toMatchObject([
      { Id: 'models', Priority: 1, Filter: { Prefix: 'models/' } },
      { Id: 'data', Priority: 2, Filter: { Prefix: 'data/' } },
    ]);
  });

  test('reads this bucket and writes that one', () => {
    const of = (path: string) => ({ 'Fn::Join': ['', [{ 'Fn::GetAtt': [expect.stringMatching(MAIN), 'Arn'] }, path]] });
    expect(statementsOf(copied(), 'ArtifactsReplicationRole')).toEqual([
      {
        Effect: 'Allow',
        Action: ['s3:GetReplicationConfiguration', 's3:ListBucket'],
        Resource: { 'Fn::GetAtt': [expect.stringMatching(MAIN), 'Arn'] },
      },
      {
        Effect: 'Allow',
        Action: ['s3:GetObjectVersionForReplication', 's3:GetObjectVersionAcl', 's3:GetObjectVersionTagging'],
        Resource: of('/*'),
      },
      {
        Effect: 'Allow',
        Action: ['s3:ReplicateObject', 's3:ReplicateDelete', 's3:ReplicateTags', 's3:ObjectOwnerOverrideToBucketOwner'],
        Resource: `${DESTINATION}/*`,
      },
    ]);
  });

  test('has a role without a name, which two stacks could not both have', () => {
    copied().hasResourceProperties('AWS::IAM::Role', { Description: 'Copies new objects of Stack/Artifacts', RoleName: Match.absent() });
  });

  test('names the key of the copies where the store has its own', () => {
    const template = synth((stack) => {
      new ArtifactStore(stack, 'Artifacts', {
        encryptionKey: new Key(stack, 'Key'),
        replication: { destination: Bucket.fromBucketArn(stack, 'Copy', DESTINATION), encryptionKey: new Key(stack, 'CopyKey') },
      });
    });
    expect(rulesOf(template)).toMatchObject([
      {
        SourceSelectionCriteria: { SseKmsEncryptedObjects: { Status: 'Enabled' } },
        Destination: { EncryptionConfiguration: { ReplicaKmsKeyID: { 'Fn::GetAtt': [expect.stringMatching(/^CopyKey/), 'Arn'] } } },
      },
    ]);
  });

  test('needs that key', () => {
    expect(refusals(() => copied({}, true))).toEqual([
      {
        code: 'missing',
        prop: 'replication.encryptionKey',
        value: undefined,
        reason: 'the store has a key of its own, and S3 has to know by which key copies are encrypted',
        instead: "give a key of the destination's region",
      },
    ]);
  });

  test('needs versions, and names a folder if it names any', () => {
    const make = (stack: Stack) =>
      new ArtifactStore(stack, 'Artifacts', {
        versioned: false,
        replication: { destination: Bucket.fromBucketArn(stack, 'Copy', DESTINATION), prefixes: [] },
      });
    expect(refusals(() => synth((stack) => void make(stack)))).toEqual([
      {
        code: 'conflict',
        prop: 'versioned',
        value: false,
        reason: 'S3 replicates versioned buckets only',
        instead: 'leave it out, or leave replication out',
      },
      {
        code: 'limit',
        prop: 'replication.prefixes',
        value: 0,
        reason: 'S3 takes 1 to 1,000 replication rules',
        instead: 'name a folder, or leave it out for the whole store',
      },
    ]);
  });
});
