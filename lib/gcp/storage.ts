import { TerraformOutput } from 'cdktf';
import { Construct } from 'constructs';
import { DataGoogleStorageProjectServiceAccount } from '@cdktf/provider-google/lib/data-google-storage-project-service-account';
import { KmsCryptoKeyIamMember } from '@cdktf/provider-google/lib/kms-crypto-key-iam-member';
import { StorageBucket, StorageBucketLifecycleRule } from '@cdktf/provider-google/lib/storage-bucket';
import { StorageBucketIamMember } from '@cdktf/provider-google/lib/storage-bucket-iam-member';
import { Duration, Environment, IArtifactStoreBase } from '../core';
import { policyOf } from '../core/environment';
import { isUnresolved } from '../core/errors';
import { physicalName } from '../core/naming';
import { parity } from '../core/parity';
import { ARTIFACT_PREFIXES } from '../core/storage';
import { IMember } from './member';
import { checkPlace } from './private/place';
import { checksFor } from './private/root';
import { enableServices } from './private/services';

/** A Cloud Storage bucket that holds data, checkpoints, models and captured requests. */
export interface IArtifactStore extends IArtifactStoreBase {
  /** Name of the bucket. */
  readonly bucketName: string;
  /** Permissions on the bucket. */
  readonly grants: ArtifactStoreGrants;
}

/**
 * Permissions on a bucket. Each call makes one IAM member, limited to a prefix by a condition where one is given;
 * the names of all objects can be listed nonetheless.
 */
export abstract class ArtifactStoreGrants {
  /**
   * To read objects.
   *
   * @param id construct id of the IAM member, unique in the store's scope
   * @param grantee who may read
   * @param prefix folder that it is limited to, such as `models`; without one the whole bucket
   */
  public abstract read(id: string, grantee: IMember, prefix?: string): void;
  /**
   * To read, write and delete objects.
   *
   * @param id construct id of the IAM member, unique in the store's scope
   * @param grantee who may write
   * @param prefix folder that it is limited to, such as `models`; without one the whole bucket
   */
  public abstract write(id: string, grantee: IMember, prefix?: string): void;
}

/** A bucket that exists already. */
export interface ArtifactStoreAttributes {
  /** Name of the bucket, without `gs://`. It has to have uniform access, without which it takes no conditions. */
  readonly bucketName: string;
}

/** Options of an artifact store. */
export interface ArtifactStoreProps {
  /** Project id. No default: it decides who pays. */
  readonly project: string;
  /** Region that the data is kept in. No default: data must not land where nobody chose. */
  readonly region: string;
  /**
   * Checkpoints are deleted when they are so old.
   *
   * @default - never
   */
  readonly checkpointExpiry?: Duration;
  /**
   * Deleted objects can be restored for so long: 7 to 90 days, or none.
   *
   * @default - 7 days
   * @see https://cloud.google.com/storage/docs/soft-delete
   */
  readonly softDelete?: Duration;
  /**
   * Key of Cloud KMS that encrypts the bucket: `projects/P/locations/R/keyRings/K/cryptoKeys/C`, in the bucket's region.
   * The storage service of the project is allowed to use it.
   *
   * @default - encrypted with a key of Google's
   */
  readonly kmsKeyName?: string;
  /**
   * Name of a bucket that access logs go to. It has to let `cloud-storage-analytics@google.com` write.
   *
   * @default - Cloud Audit Logs only
   */
  readonly accessLogBucket?: string;
  /**
   * What the store is for. In prod Terraform refuses to destroy it; in dev it goes with everything in it.
   *
   * @default Environment.DEV
   */
  readonly environment?: Environment;
}

/**
 * A bucket for data, checkpoints, models and captured requests.
 *
 * Defines a Cloud Storage bucket with uniform access, without any public access, with versions, whose old versions and abandoned uploads go
 * by lifecycle rules. Reached over TLS only, as everything at Google is.
 *
 * @example
 * const store = new gcp.ArtifactStore(this, 'Artifacts', { project: 'acme-ml-dev', region: 'europe-west4' });
 * store.grants.read('Analysts', gcp.IamMember.group('analysts@example.com'), 'data');
 *
 * @see https://cloud.google.com/storage/docs/buckets#naming
 */
export class ArtifactStore extends Construct implements IArtifactStore {
  /** A bucket that exists already; grants on it are added, nothing else is changed. */
  public static fromArtifactStoreAttributes(scope: Construct, id: string, attributes: ArtifactStoreAttributes): IArtifactStore {
    return new ImportedStore(scope, id, attributes);
  }

  public readonly bucketName: string;
  public readonly grants: ArtifactStoreGrants;

  public constructor(scope: Construct, id: string, props: ArtifactStoreProps) {
    super(scope, id);
    const checks = checksFor(this, 'gcp.ArtifactStore');
    const { project, region, softDelete = Duration.days(7) } = props;
    checkPlace(checks, project, region);
    if (softDelete.toMillis() !== 0)
      checks.require(
        softDelete.toDays() >= 7 && softDelete.toDays() <= 90,
        'limit',
        'softDelete',
        softDelete.toString(),
        'Cloud Storage keeps deleted objects for 7 to 90 days',
        'write 7 to 90 days, or Duration.days(0) to delete at once',
      );
    if (props.checkpointExpiry)
      checks.require(
        props.checkpointExpiry.toMillis() >= Duration.days(1).toMillis(),
        'limit',
        'checkpointExpiry',
        props.checkpointExpiry.toString(),
        'Cloud Storage counts the age of objects in days',
        'write Duration.days(1) or more',
      );
    if (props.kmsKeyName !== undefined && !isUnresolved(props.kmsKeyName))
      checks.require(
        /^projects\/[^/]+\/locations\/[^/]+\/keyRings\/[^/]+\/cryptoKeys\/[^/]+$/.test(props.kmsKeyName),
        'syntax',
        'kmsKeyName',
        props.kmsKeyName,
        'not the name of a key',
        'write projects/P/locations/R/keyRings/K/cryptoKeys/C',
      );
    checks.done();
    const policy = policyOf(props.environment);

    const dependsOn = enableServices(this, project, 'storage');
    if (props.kmsKeyName) {
      const agent = new DataGoogleStorageProjectServiceAccount(this, 'Agent', { project });
      dependsOn.push(
        new KmsCryptoKeyIamMember(this, 'KeyUser', {
          cryptoKeyId: props.kmsKeyName,
          role: 'roles/cloudkms.cryptoKeyEncrypterDecrypter',
          member: agent.member,
        }),
      );
    }
    // Read it from the resource where others need it, so that they wait for it; keep the text where commands are printed.
    const bucket = new StorageBucket(this, 'Resource', {
      project,
      name: bucketName(this, project),
      location: region,
      uniformBucketLevelAccess: true,
      publicAccessPrevention: 'enforced',
      versioning: { enabled: true },
      softDeletePolicy: { retentionDurationSeconds: softDelete.toSeconds() },
      lifecycleRule: lifecycleRules(policy.noncurrentVersionDays, props.checkpointExpiry),
      encryption: props.kmsKeyName ? { defaultKmsKeyName: props.kmsKeyName } : undefined,
      logging: props.accessLogBucket ? { logBucket: props.accessLogBucket, logObjectPrefix: `${this.node.id.toLowerCase()}/` } : undefined,
      forceDestroy: !policy.retainData,
      lifecycle: policy.retainData ? { preventDestroy: true } : undefined,
      dependsOn,
    });
    this.bucketName = bucket.name;
    this.grants = new BucketGrants(this, this.bucketName);
    new TerraformOutput(this, 'UploadCommand', {
      description: 'Uploads training data, which jobs see as ML_DATA_URI.',
      value: `gcloud storage cp --recursive DATA_DIRECTORY ${this.uri(ARTIFACT_PREFIXES.data)}/`,
    });
    parity.mapped(this, 'gcp', '', `Cloud Storage bucket in ${region}, with versions, without public access`);
  }

  public uri(prefix?: string): string {
    return uri(this.bucketName, prefix);
  }
}

class ImportedStore extends Construct implements IArtifactStore {
  public readonly bucketName: string;
  public readonly grants: ArtifactStoreGrants;

  public constructor(scope: Construct, id: string, attributes: ArtifactStoreAttributes) {
    super(scope, id);
    const checks = checksFor(this, 'gcp.ArtifactStore');
    this.bucketName = attributes.bucketName;
    if (!isUnresolved(this.bucketName))
      checks.require(
        /^[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]$/.test(this.bucketName),
        'name',
        'bucketName',
        this.bucketName,
        'not the name of a bucket',
        'write its name only, without gs:// and without a folder',
      );
    checks.done();
    this.grants = new BucketGrants(this, this.bucketName);
  }

  public uri(prefix?: string): string {
    return uri(this.bucketName, prefix);
  }
}

class BucketGrants extends ArtifactStoreGrants {
  public constructor(
    private readonly store: Construct,
    private readonly bucket: string,
  ) {
    super();
  }

  public read(id: string, grantee: IMember, prefix?: string): void {
    this.grant(id, grantee, 'roles/storage.objectViewer', prefix);
  }

  public write(id: string, grantee: IMember, prefix?: string): void {
    this.grant(id, grantee, 'roles/storage.objectUser', prefix);
  }

  private grant(id: string, grantee: IMember, role: string, prefix?: string): void {
    const folder = prefix === undefined ? undefined : `${prefix.replace(/^\/+|\/+$/g, '')}/`;
    new StorageBucketIamMember(this.store, id, {
      bucket: this.bucket,
      role,
      member: grantee.member,
      condition: folder
        ? {
            title: `Only ${folder}`.slice(0, 100),
            // Listing is asked of the bucket, not of an object. Who may not list is told 403 of an object that is not there, such as the
            // first checkpoint, and takes it for an error.
            expression:
              `resource.name == "projects/_/buckets/${this.bucket}" || ` +
              `resource.name.startsWith("projects/_/buckets/${this.bucket}/objects/${folder}")`,
          }
        : undefined,
    });
  }
}

function uri(bucket: string, prefix?: string): string {
  return prefix ? `gs://${bucket}/${prefix.replace(/^\/+|\/+$/g, '')}` : `gs://${bucket}`;
}

/** Bucket names are global, 3 to 63 characters, and must not speak of Google. */
function bucketName(scope: Construct, project: string): string {
  const prefix = scope.node.path.replace(/goo+gle/gi, 'g').replace(/^goog/i, 'g');
  return physicalName(scope, { max: 63, separator: '-', prefix, seed: project });
}

function lifecycleRules(noncurrentDays: number, checkpointExpiry: Duration | undefined): StorageBucketLifecycleRule[] {
  return [
    { action: { type: 'Delete' }, condition: { daysSinceNoncurrentTime: noncurrentDays, withState: 'ARCHIVED' } },
    { action: { type: 'AbortIncompleteMultipartUpload' }, condition: { age: 7 } },
    ...(checkpointExpiry
      ? [
          {
            action: { type: 'Delete' },
            condition: { age: checkpointExpiry.toDays(), matchesPrefix: [`${ARTIFACT_PREFIXES.checkpoints}/`], withState: 'LIVE' },
          },
        ]
      : []),
  ];
}
