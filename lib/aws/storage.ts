import { Effect, Grant, IGrantable, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { IKey } from 'aws-cdk-lib/aws-kms';
import { BlockPublicAccess, Bucket, BucketEncryption, CfnBucket, IBucket, LifecycleRule, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { CfnOutput, Duration as CdkDuration, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { Duration, Environment, IArtifactStoreBase } from '../core';
import { policyOf } from '../core/environment';
import { parity } from '../core/parity';
import { ARTIFACT_PREFIXES } from '../core/storage';
import { acknowledge } from './private/acknowledge';
import { removalOf } from './private/logs';
import { checksOf } from './private/scope';

/** An S3 bucket that holds data, checkpoints, models and captured requests. */
export interface IArtifactStore extends IArtifactStoreBase {
  /** The bucket. */
  readonly bucket: IBucket;
  /** Permissions on the bucket. */
  readonly grants: ArtifactStoreGrants;
}

/** What an artifact store takes. */
export interface ArtifactStoreProps {
  /**
   * What the store is for: `prod` is retained when its stack goes, the others are emptied and deleted.
   *
   * @default Environment.DEV
   */
  readonly environment?: Environment;
  /**
   * Key that objects are encrypted with.
   *
   * @default - a key of S3's own (SSE-S3)
   */
  readonly encryptionKey?: IKey;
  /**
   * Checkpoints are deleted after this long, in whole days.
   *
   * @default - they are kept
   */
  readonly checkpointExpiry?: Duration;
  /**
   * Bucket that gets the access log. It must let S3's log service write.
   *
   * @default - a bucket made for it
   */
  readonly accessLogBucket?: IBucket;
}

abstract class ArtifactStoreBase extends Construct implements IArtifactStore {
  public abstract readonly bucket: IBucket;
  public abstract readonly grants: ArtifactStoreGrants;

  public uri(prefix?: string): string {
    return `s3://${this.bucket.bucketName}${prefix ? `/${trimSlashes(prefix)}` : ''}`;
  }
}

/**
 * A bucket that holds data, checkpoints, models and captured requests.
 *
 * Defines a versioned S3 bucket, encrypted, closed to the public and to callers without TLS, and a second bucket for its access log.
 * Lifecycle rules delete old versions after 7, 30 or 90 days by `environment`, unfinished uploads after 7 days, and checkpoints if so asked.
 *
 * Outside `prod` a deletion of the stack empties and deletes the buckets, by a Lambda function, because CloudFormation cannot.
 *
 * @example
 * declare const role: iam.IRole;
 * const artifacts = new aws.ArtifactStore(this, 'Artifacts', { checkpointExpiry: Duration.days(30) });
 * artifacts.grants.read(role, 'models');
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html
 */
export class ArtifactStore extends ArtifactStoreBase {
  /** A bucket that exists already. */
  public static fromBucket(scope: Construct, id: string, bucket: IBucket): IArtifactStore {
    return new ImportedArtifactStore(scope, id, bucket);
  }

  public readonly bucket: IBucket;
  public readonly grants: ArtifactStoreGrants;

  public constructor(scope: Construct, id: string, props: ArtifactStoreProps = {}) {
    super(scope, id);
    const checks = checksOf(this, 'aws.ArtifactStore');
    const days = props.checkpointExpiry && props.checkpointExpiry.toMillis() / 86_400_000;
    checks.require(
      days === undefined || (Number.isInteger(days) && days >= 1),
      'unit',
      'checkpointExpiry',
      props.checkpointExpiry?.toString(),
      'S3 deletes by whole days',
      'write 1d or more, such as 30d',
    );
    checks.done();

    const policy = policyOf(props.environment);
    const removal = { removalPolicy: removalOf(props.environment), autoDeleteObjects: !policy.retainData };
    const bucket = new Bucket(this, 'Resource', {
      versioned: true,
      ...(props.encryptionKey
        ? { encryption: BucketEncryption.KMS, encryptionKey: props.encryptionKey, bucketKeyEnabled: true }
        : { encryption: BucketEncryption.S3_MANAGED }),
      ...CLOSED,
      lifecycleRules: lifecycle(policy.noncurrentVersionDays, days),
      ...removal,
    });
    this.bucket = bucket;
    this.grants = ArtifactStoreGrants.of(bucket);
    const log = props.accessLogBucket ?? this.logBucket(bucket, policy.logRetentionDays, removal);
    // Through the resource: the L2's way sets an ACL on the log bucket unless a feature flag is on.
    (bucket.node.defaultChild as CfnBucket).loggingConfiguration = { destinationBucketName: log.bucketName, logFilePrefix: 'access/' };

    parity.mapped(this, 'aws', '', 'S3 bucket, versioned, encrypted, TLS only');
    new CfnOutput(this, 'Uri', { value: this.uri(), description: 'Where data, checkpoints and models live' });
    new CfnOutput(this, 'UploadCommand', {
      value: `aws s3 cp --recursive ./data ${this.uri(ARTIFACT_PREFIXES.data)}`,
      description: 'Uploads a folder of data for training',
    });
  }

  private logBucket(source: Bucket, retentionDays: number, removal: object): Bucket {
    const log = new Bucket(this, 'AccessLogs', {
      encryption: BucketEncryption.S3_MANAGED,
      ...CLOSED,
      lifecycleRules: [{ id: 'expire', expiration: CdkDuration.days(retentionDays) }],
      ...removal,
    });
    log.addToResourcePolicy(
      new PolicyStatement({
        effect: Effect.ALLOW,
        principals: [new ServicePrincipal('logging.s3.amazonaws.com')],
        actions: ['s3:PutObject'],
        resources: [log.arnForObjects('access/*')],
        conditions: {
          ArnLike: { 'aws:SourceArn': source.bucketArn },
          StringEquals: { 'aws:SourceAccount': Stack.of(this).account },
        },
      }),
    );
    acknowledge(log, { S1: 'It is the bucket that holds the access log; a log of the log would never end.' });
    return log;
  }
}

class ImportedArtifactStore extends ArtifactStoreBase {
  public readonly grants: ArtifactStoreGrants;
  public constructor(
    scope: Construct,
    id: string,
    public readonly bucket: IBucket,
  ) {
    super(scope, id);
    this.grants = ArtifactStoreGrants.of(bucket);
    parity.mapped(this, 'aws', '', 'your S3 bucket');
  }
}

/** Permissions on the bucket of an artifact store. A prefix limits whose contents; names of objects can be listed all the same. */
export class ArtifactStoreGrants {
  /** Permissions on a bucket, for artifact stores of your own. */
  public static of(bucket: IBucket): ArtifactStoreGrants {
    return new ArtifactStoreGrants(bucket);
  }

  private constructor(private readonly bucket: IBucket) {}

  /**
   * To list and read objects.
   *
   * @param prefix such as `models`; the whole bucket when not given
   */
  public read(grantee: IGrantable, prefix?: string): Grant {
    return this.grant(grantee, prefix, ['s3:GetObject'], ['kms:Decrypt']);
  }

  /**
   * To list, read, write and delete objects.
   *
   * @param prefix such as `models`; the whole bucket when not given
   */
  public write(grantee: IGrantable, prefix?: string): Grant {
    return this.grant(
      grantee,
      prefix,
      ['s3:GetObject', 's3:PutObject', 's3:DeleteObject', 's3:AbortMultipartUpload', 's3:ListMultipartUploadParts'],
      ['kms:Decrypt', 'kms:GenerateDataKey'],
    );
  }

  private grant(grantee: IGrantable, prefix: string | undefined, actions: string[], keyActions: string[]): Grant {
    const { bucket } = this;
    const folder = prefix && trimSlashes(prefix);
    bucket.encryptionKey?.grant(grantee, ...keyActions);
    // Of all names, even where a folder limits the contents: S3 says 403 and not 404 of an object that is missing to whoever may not
    // list it, and a look for a checkpoint, which names no prefix, would fail where there is none yet.
    const list = Grant.addToPrincipalOrResource({
      grantee,
      actions: ['s3:ListBucket'],
      resourceArns: [bucket.bucketArn],
      resource: bucket,
    });
    return list.combine(Grant.addToPrincipalOrResource({ grantee, actions, resourceArns: [objectsArn(bucket, folder)], resource: bucket }));
  }
}

const CLOSED = {
  blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
  objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
  enforceSSL: true,
  minimumTLSVersion: 1.2,
};

function lifecycle(noncurrentDays: number, checkpointDays: number | undefined): LifecycleRule[] {
  return [
    { id: 'unfinished-uploads', abortIncompleteMultipartUploadAfter: CdkDuration.days(7) },
    { id: 'old-versions', noncurrentVersionExpiration: CdkDuration.days(noncurrentDays), expiredObjectDeleteMarker: true },
    ...(checkpointDays
      ? [{ id: 'checkpoints', prefix: `${ARTIFACT_PREFIXES.checkpoints}/`, expiration: CdkDuration.days(checkpointDays) }]
      : []),
  ];
}

function objectsArn(bucket: IBucket, folder: string | undefined): string {
  return bucket.arnForObjects(folder ? `${folder}/*` : '*');
}

function trimSlashes(prefix: string): string {
  return prefix.replace(/^\/+|\/+$/g, '');
}
