import { OnEventOptions, Rule } from 'aws-cdk-lib/aws-events';
import { Effect, Grant, IGrantable, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { IKey } from 'aws-cdk-lib/aws-kms';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  CfnBucket,
  IBucket,
  LifecycleRule,
  ObjectOwnership,
  ReplicationRule,
} from 'aws-cdk-lib/aws-s3';
import { CfnOutput, Duration as CdkDuration, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { ArtifactStoreBaseProps, Duration, IArtifactStoreBase } from '../core';
import { policyOf } from '../core/environment';
import { Checks } from '../core/errors';
import { parity } from '../core/parity';
import { ARTIFACT_PREFIXES } from '../core/storage';
import { acknowledgeAutoDelete, acknowledge, acknowledgeWildcards } from './private/acknowledge';
import { sendEvents } from './private/bucket-events';
import { removalOf } from './private/logs';
import { checksOf } from './private/scope';

/** An S3 bucket that holds data, checkpoints, models and captured requests. */
export interface IArtifactStore extends IArtifactStoreBase {
  /** The bucket. */
  readonly bucket: IBucket;
  /** Permissions on the bucket. */
  readonly grants: ArtifactStoreGrants;
  /**
   * A rule of EventBridge that runs for each new or changed object, to start what the data is for.
   *
   * A bucket that was brought in has to send its events to EventBridge already.
   */
  onObjectCreated(id: string, options?: OnObjectCreatedOptions): Rule;
}

/** Which new objects a rule runs for, and what it runs. */
export interface OnObjectCreatedOptions extends OnEventOptions {
  /**
   * Only objects below this folder.
   *
   * @default "data"
   */
  readonly prefix?: string;
}

/** Where an artifact store is copied to. */
export interface ArtifactReplication {
  /**
   * A versioned bucket, in this region or another. If it is another account's, its policy has to let the role of this store replicate.
   * No default: it names what you own.
   */
  readonly destination: IBucket;
  /**
   * Folders that are copied.
   *
   * @default - the whole store
   */
  readonly prefixes?: string[];
  /**
   * Key that copies are encrypted with. Required if the store has a key of its own, because its key stays in its region.
   *
   * @default - the destination's own encryption
   */
  readonly encryptionKey?: IKey;
}

/** What an artifact store on AWS takes. */
export interface ArtifactStoreProps extends ArtifactStoreBaseProps {
  /**
   * Key that objects are encrypted with.
   *
   * @default - a key of S3's own (SSE-S3)
   */
  readonly encryptionKey?: IKey;
  /**
   * Bucket that gets the access log. It must let S3's log service write.
   *
   * @default - a bucket made for it
   */
  readonly accessLogBucket?: IBucket;
  /**
   * Rules for further folders, beside those for checkpoints, captured requests and old versions.
   *
   * @default - none
   */
  readonly lifecycleRules?: LifecycleRule[];
  /**
   * New and changed objects are copied to another bucket. What is there already is not, nor are deletions.
   *
   * @default - they are not
   * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication.html
   */
  readonly replication?: ArtifactReplication;
}

abstract class ArtifactStoreBase extends Construct implements IArtifactStore {
  public abstract readonly bucket: IBucket;
  public abstract readonly grants: ArtifactStoreGrants;

  public uri(prefix?: string): string {
    return `s3://${this.bucket.bucketName}${prefix ? `/${trimSlashes(prefix)}` : ''}`;
  }

  public onObjectCreated(id: string, { prefix = ARTIFACT_PREFIXES.data, ...options }: OnObjectCreatedOptions = {}): Rule {
    sendEvents(this.bucket);
    const { target, eventPattern, ruleName, description } = options;
    const folder = trimSlashes(prefix);
    const rule = new Rule(options.crossStackScope ?? this, id, {
      ruleName,
      description: description ?? `New objects of ${this.node.path}`,
      eventPattern: {
        ...eventPattern,
        source: ['aws.s3'],
        detailType: ['Object Created'],
        detail: {
          ...eventPattern?.detail,
          bucket: { name: [this.bucket.bucketName] },
          ...(folder ? { object: { key: [{ prefix: `${folder}/` }] } } : {}),
        },
      },
    });
    rule.addTarget(target);
    return rule;
  }
}

/**
 * A bucket that holds data, checkpoints, models and captured requests.
 *
 * Defines a versioned S3 bucket, encrypted, closed to the public and to callers without TLS, and a second bucket for its access log.
 * Lifecycle rules delete old versions after 7, 30 or 90 days by `environment`, unfinished uploads after 7 days, and checkpoints and captured
 * requests if so asked. With `replication` a role copies new objects to a bucket of yours.
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
    const expiries = {
      [ARTIFACT_PREFIXES.checkpoints]: daysOf(checks, 'checkpointExpiry', props.checkpointExpiry),
      [ARTIFACT_PREFIXES.capture]: daysOf(checks, 'captureExpiry', props.captureExpiry),
    };
    const versioned = props.versioned ?? true;
    checkReplication(checks, props, versioned);
    checks.done();

    const policy = policyOf(props.environment);
    const removal = { removalPolicy: removalOf(props.environment), autoDeleteObjects: !policy.retainData };
    const replicationRole = props.replication && this.replicationRole();
    const bucket = new Bucket(this, 'Resource', {
      versioned,
      ...(props.encryptionKey
        ? { encryption: BucketEncryption.KMS, encryptionKey: props.encryptionKey, bucketKeyEnabled: true }
        : { encryption: BucketEncryption.S3_MANAGED }),
      ...CLOSED,
      lifecycleRules: [...lifecycle(versioned ? policy.noncurrentVersionDays : undefined, expiries), ...(props.lifecycleRules ?? [])],
      ...(props.replication
        ? { replicationRole, replicationRules: replicationRules(props.replication, props.encryptionKey !== undefined) }
        : {}),
      ...removal,
    });
    acknowledgeAutoDelete(this);
    this.bucket = bucket;
    this.grants = ArtifactStoreGrants.of(bucket);
    const log = props.accessLogBucket ?? this.logBucket(bucket, policy.logRetentionDays, removal);
    // Through the resource: the L2's way sets an ACL on the log bucket unless a feature flag is on.
    (bucket.node.defaultChild as CfnBucket).loggingConfiguration = { destinationBucketName: log.bucketName, logFilePrefix: 'access/' };

    if (replicationRole) this.letReplicate(replicationRole, bucket, props);

    parity.mapped(this, 'aws', '', `S3 bucket, ${versioned ? 'versioned, ' : ''}encrypted, TLS only`);
    new CfnOutput(this, 'Uri', { value: this.uri(), description: 'Where data, checkpoints and models live' });
    new CfnOutput(this, 'UploadCommand', {
      value: `aws s3 cp --recursive ./data ${this.uri(ARTIFACT_PREFIXES.data)}`,
      description: 'Uploads a folder of data for training',
    });
  }

  /** Not the L2's role, whose name can be there once in an account. */
  private replicationRole(): Role {
    return new Role(this, 'ReplicationRole', {
      assumedBy: new ServicePrincipal('s3.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
      description: `Copies new objects of ${this.node.path}`,
    });
  }

  private letReplicate(role: Role, source: Bucket, { replication, encryptionKey }: ArtifactStoreProps): void {
    const { destination, encryptionKey: destinationKey } = replication!;
    source.grantReplicationPermission(role, {
      sourceDecryptionKey: encryptionKey,
      destinations: [{ bucket: destination, encryptionKey: destinationKey }],
    });
    acknowledgeWildcards(
      role,
      [source.arnForObjects('*'), destination.arnForObjects('*')],
      'Replication copies objects by their own names.',
    );
    if (destinationKey)
      acknowledge(role, {
        'IAM5[Action::kms:GenerateDataKey*]': 'The action has two forms, for one key.',
        'IAM5[Action::kms:ReEncrypt*]': 'The action has two forms, for one key.',
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

function lifecycle(noncurrentDays: number | undefined, expiries: { readonly [prefix: string]: number | undefined }): LifecycleRule[] {
  return [
    { id: 'unfinished-uploads', abortIncompleteMultipartUploadAfter: CdkDuration.days(7) },
    ...(noncurrentDays
      ? [{ id: 'old-versions', noncurrentVersionExpiration: CdkDuration.days(noncurrentDays), expiredObjectDeleteMarker: true }]
      : []),
    ...Object.entries(expiries).flatMap(([prefix, days]) =>
      days ? [{ id: prefix, prefix: `${prefix}/`, expiration: CdkDuration.days(days) }] : [],
    ),
  ];
}

function daysOf(checks: Checks, prop: string, expiry: Duration | undefined): number | undefined {
  const days = expiry && expiry.toMillis() / 86_400_000;
  checks.require(
    days === undefined || (Number.isInteger(days) && days >= 1),
    'unit',
    prop,
    expiry?.toString(),
    'S3 deletes by whole days',
    'write 1d or more, such as 30d',
  );
  return days;
}

function checkReplication(checks: Checks, { replication, encryptionKey }: ArtifactStoreProps, versioned: boolean): void {
  if (!replication) return;
  checks.require(
    versioned,
    'conflict',
    'versioned',
    false,
    'S3 replicates versioned buckets only',
    'leave it out, or leave replication out',
  );
  checks.require(
    !encryptionKey || replication.encryptionKey !== undefined,
    'missing',
    'replication.encryptionKey',
    undefined,
    'the store has a key of its own, and S3 has to know by which key copies are encrypted',
    "give a key of the destination's region",
  );
  checks.require(
    replication.prefixes === undefined || (replication.prefixes.length > 0 && replication.prefixes.length <= 1_000),
    'limit',
    'replication.prefixes',
    replication.prefixes?.length,
    'S3 takes 1 to 1,000 replication rules',
    'name a folder, or leave it out for the whole store',
  );
}

function replicationRules({ destination, prefixes, encryptionKey }: ArtifactReplication, encrypted: boolean): ReplicationRule[] {
  return (prefixes ?? [undefined]).map((prefix, i) => ({
    destination,
    id: prefix === undefined ? 'all' : trimSlashes(prefix).replace(/[^\w.-]+/g, '-'),
    priority: i + 1,
    ...(prefix === undefined ? {} : { filter: { prefix: `${trimSlashes(prefix)}/` } }),
    ...(encryptionKey ? { kmsKey: encryptionKey } : {}),
    ...(encrypted ? { sseKmsEncryptedObjects: true } : {}),
  }));
}

function objectsArn(bucket: IBucket, folder: string | undefined): string {
  return bucket.arnForObjects(folder ? `${folder}/*` : '*');
}

function trimSlashes(prefix: string): string {
  return prefix.replace(/^\/+|\/+$/g, '');
}
