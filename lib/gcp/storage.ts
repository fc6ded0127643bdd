import { TerraformOutput } from 'cdktf';
import { Construct } from 'constructs';
import { KmsCryptoKeyIamMember } from '@cdktf/provider-google/lib/kms-crypto-key-iam-member';
import { StorageBucket } from '@cdktf/provider-google/lib/storage-bucket';
import { StorageBucketIamMember } from '@cdktf/provider-google/lib/storage-bucket-iam-member';
import { ArtifactStoreBaseProps, Duration, IArtifactStoreBase } from '../core';
import { policyOf } from '../core/environment';
import { isUnresolved, refuse } from '../core/errors';
import { physicalName } from '../core/naming';
import { parity } from '../core/parity';
import { ARTIFACT_PREFIXES } from '../core/storage';
import { IMember } from './member';
import { checkPlace } from './private/place';
import { checksFor } from './private/root';
import { enableServices } from './private/services';
import { checkStore, continentOf, lifecycleRules } from './private/storage-checks';
import { objectEvents, storageAgent } from './private/storage-events';
import { acknowledge } from './private/acknowledge';

/** A Cloud Storage bucket that holds data, checkpoints, models and captured requests. */
export interface IArtifactStore extends IArtifactStoreBase {
  /** Name of the bucket. */
  readonly bucketName: string;
  /** Permissions on the bucket. */
  readonly grants: ArtifactStoreGrants;

  /**
   * Sends a message to a Pub/Sub topic whenever an object was written, such as new data; a push subscription or Eventarc takes it from there.
   *
   * Makes a notification of the bucket, a topic unless one is given, and lets the storage service publish to it. A bucket takes ten
   * notifications for one kind of event. The message's `objectId` and `bucketId` attributes say what was written.
   *
   * @param id construct id, unique in the store's scope
   * @param props which objects, and where to
   * @returns the topic: `projects/P/topics/T`
   * @see https://cloud.google.com/storage/docs/pubsub-notifications
   */
  onObjectCreated(id: string, props?: ObjectCreatedProps): string;
}

/** Which new objects are told of, and where to. */
export interface ObjectCreatedProps {
  /**
   * Only objects in this folder, such as `data`.
   *
   * @default - all objects
   */
  readonly prefix?: string;
  /**
   * A topic that exists already: `projects/P/topics/T`.
   *
   * @default - a topic of its own
   */
  readonly topic?: string;
}

/** What becomes of the objects in one folder. */
export interface FolderLifecycle {
  /** The folder, such as `data/raw`. No default: rules for everything in a store are its own. */
  readonly prefix: string;
  /**
   * Objects are deleted when they are so old, in whole days.
   *
   * @default - never
   */
  readonly expiry?: Duration;
  /**
   * Objects become cheaper to keep and dearer to read (storage class Nearline, for what is read once a month) when they are so old.
   *
   * @default - never
   */
  readonly nearlineAfter?: Duration;
  /**
   * Objects become cheaper still (storage class Coldline, for what is read once in three months) when they are so old.
   *
   * @default - never
   */
  readonly coldlineAfter?: Duration;
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
  /**
   * Project of the bucket.
   *
   * @default - not known, which `onObjectCreated` needs
   */
  readonly project?: string;
}

/** Options of an artifact store. */
export interface ArtifactStoreProps extends ArtifactStoreBaseProps {
  /** Project id. No default: it decides who pays. */
  readonly project: string;
  /** Region that the data is kept in. No default: data must not land where nobody chose. */
  readonly region: string;
  /**
   * Deleted objects can be restored for so long: 7 to 90 days, or none.
   *
   * @default - 7 days if versioned, else none
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
   * A second region of the same continent (EU, US or Asia) that everything is copied to, within twelve hours at the latest; reads and writes
   * go on if one of the two is lost. Storage costs about twice as much. It is chosen when the bucket is made: to change it is to replace the
   * bucket. Only some regions pair.
   *
   * @default - the region only
   * @see https://cloud.google.com/storage/docs/locations#location-dr
   */
  readonly replicaRegion?: string;
  /**
   * New objects are in both regions within 15 minutes (turbo replication). It costs for each byte written.
   *
   * @default false
   * @see https://cloud.google.com/storage/docs/availability-durability#turbo-replication
   */
  readonly turboReplication?: boolean;
  /**
   * What becomes of objects by folder and age, beside checkpoints and captured requests.
   *
   * @default - nothing
   */
  readonly folders?: FolderLifecycle[];
}

/**
 * A bucket for data, checkpoints, models and captured requests.
 *
 * Defines a Cloud Storage bucket with uniform access, without any public access, with versions, whose old versions and abandoned uploads go
 * by lifecycle rules. Reached over TLS only, as everything at Google is. In prod Terraform refuses to destroy it; in dev and staging it goes
 * with everything in it.
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
  private readonly place: { readonly project: string; readonly region: string };

  public constructor(scope: Construct, id: string, props: ArtifactStoreProps) {
    super(scope, id);
    this.place = { project: props.project, region: props.region };
    const checks = checksFor(this, 'gcp.ArtifactStore');
    const { project, region, versioned = true, replicaRegion } = props;
    const softDelete = props.softDelete ?? Duration.days(versioned ? 7 : 0);
    checkPlace(checks, project, region);
    checkStore(checks, props, softDelete);
    checks.done();
    const policy = policyOf(props.environment);

    const dependsOn = enableServices(this, project, 'storage');
    if (props.kmsKeyName) {
      dependsOn.push(
        new KmsCryptoKeyIamMember(this, 'KeyUser', {
          cryptoKeyId: props.kmsKeyName,
          role: 'roles/cloudkms.cryptoKeyEncrypterDecrypter',
          member: storageAgent(this, project),
        }),
      );
    }
    // Read it from the resource where others need it, so that they wait for it; keep the text where commands are printed.
    const bucket = new StorageBucket(this, 'Resource', {
      project,
      name: bucketName(this, project),
      location: replicaRegion === undefined ? region : continentOf(region)!,
      customPlacementConfig:
        replicaRegion === undefined ? undefined : { dataLocations: [region, replicaRegion].map((r) => r.toUpperCase()).sort() },
      rpo: replicaRegion === undefined ? undefined : props.turboReplication ? 'ASYNC_TURBO' : 'DEFAULT',
      uniformBucketLevelAccess: true,
      publicAccessPrevention: 'enforced',
      versioning: { enabled: versioned },
      softDeletePolicy: { retentionDurationSeconds: softDelete.toSeconds() },
      lifecycleRule: lifecycleRules(policy.noncurrentVersionDays, props),
      encryption: props.kmsKeyName ? { defaultKmsKeyName: props.kmsKeyName } : undefined,
      logging: props.accessLogBucket ? { logBucket: props.accessLogBucket, logObjectPrefix: `${this.node.id.toLowerCase()}/` } : undefined,
      forceDestroy: !policy.retainData,
      lifecycle: policy.retainData ? { preventDestroy: true } : undefined,
      dependsOn,
    });
    acknowledge(bucket, {
      ...(props.accessLogBucket
        ? {}
        : { 'storage-access-logs': 'accessLogBucket asks for them; data access logs of Cloud Audit Logs tell the same.' }),
      ...(versioned ? {} : { 'storage-versioning': 'versioned: false was asked for by name.' }),
    });
    this.bucketName = bucket.name;
    this.grants = new BucketGrants(this, this.bucketName);
    new TerraformOutput(this, 'UploadCommand', {
      description: 'Uploads training data, which jobs see as ML_DATA_URI.',
      value: `gcloud storage cp --recursive DATA_DIRECTORY ${this.uri(ARTIFACT_PREFIXES.data)}/`,
    });
    const places = replicaRegion === undefined ? region : `${region} and ${replicaRegion}`;
    parity.mapped(this, 'gcp', '', `Cloud Storage bucket in ${places}, with${versioned ? '' : 'out'} versions, without public access`);
  }

  public uri(prefix?: string): string {
    return uri(this.bucketName, prefix);
  }

  public onObjectCreated(id: string, props: ObjectCreatedProps = {}): string {
    return objectEvents(this, id, { ...this.place, bucket: this.bucketName, ...props });
  }
}

class ImportedStore extends Construct implements IArtifactStore {
  public readonly bucketName: string;
  public readonly grants: ArtifactStoreGrants;
  private readonly project?: string;

  public constructor(scope: Construct, id: string, attributes: ArtifactStoreAttributes) {
    super(scope, id);
    const checks = checksFor(this, 'gcp.ArtifactStore');
    this.bucketName = attributes.bucketName;
    this.project = attributes.project;
    if (this.project !== undefined) checkPlace(checks, this.project);
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

  public onObjectCreated(id: string, props: ObjectCreatedProps = {}): string {
    const { project } = this;
    if (project === undefined)
      refuse(
        'missing',
        'project',
        undefined,
        "the storage service of the bucket's project is who publishes, and the project is not known",
        'give project beside bucketName',
      );
    return objectEvents(this, id, { project, bucket: this.bucketName, ...props });
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
