import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Stack } from 'aws-cdk-lib/core';
import { ArtifactStore, ArtifactStoreProps, IArtifactStore } from '../../lib/aws/storage';
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

  test('refuses a part of a day', () => {
    expect(refusals(() => store({ checkpointExpiry: Duration.hours(36) }))).toEqual([
      {
        code: 'unit',
        prop: 'checkpointExpiry',
        value: '36h',
        reason: 'S3 deletes by whole days',
        instead: 'write 1d or more, such as 30d',
      },
    ]);
  });
});
