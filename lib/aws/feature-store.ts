import { Grant, IGrantable, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { IKey } from 'aws-cdk-lib/aws-kms';
import { CfnFeatureGroup } from 'aws-cdk-lib/aws-sagemaker';
import { CfnOutput, Stack, Token } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { Duration, FeatureStoreBaseProps, FeatureType, IFeatureStoreBase } from '../core';
import { Checks } from '../core/errors';
import { checkFeatures } from '../core/features';
import { contentHash, physicalName } from '../core/naming';
import { parity } from '../core/parity';
import { acknowledgeWildcards } from './private/acknowledge';
import { removalOf } from './private/logs';
import { checksOf } from './private/scope';
import { ArtifactStore, IArtifactStore } from './storage';

/** What a feature store takes. */
export interface FeatureStoreProps extends FeatureStoreBaseProps {
  /**
   * Where the rows go for training, below `features/`.
   *
   * @default - a store of the feature store's own
   */
  readonly artifacts?: IArtifactStore;
  /**
   * Key of the online store. It cannot be changed later.
   *
   * @default - a key of AWS's own
   */
  readonly encryptionKey?: IKey;
  /**
   * Rows leave the online store so long after their event time, in whole seconds; those for training stay.
   *
   * @default - they stay until a newer one comes
   */
  readonly onlineExpiry?: Duration;
}

/** A feature group of SageMaker. */
export interface IFeatureStore extends IFeatureStoreBase {
  /** ARN of the feature group. */
  readonly featureGroupArn: string;
  /** Permissions on the rows. */
  readonly grants: FeatureStoreGrants;
}

/** What is known of a feature group that exists already. */
export interface FeatureStoreAttributes {
  /** Name of the feature group, in this account and region. */
  readonly featureGroupName: string;
  /**
   * Where its rows for training are.
   *
   * @default - permissions cover the online store only
   */
  readonly artifacts?: IArtifactStore;
}

const PREFIX = 'features';
/** SageMaker makes these columns itself. */
const TAKEN = ['is_deleted', 'write_time', 'api_invocation_time'];
/** Where SageMaker makes the tables of all offline stores. */
const GLUE_DATABASE = 'sagemaker_featurestore';
const TYPES: { readonly [type in FeatureType]: 'String' | 'Integral' | 'Fractional' } = {
  string: 'String',
  int: 'Integral',
  float: 'Fractional',
  bool: 'Integral',
  timestamp: 'String',
};
const MAX_FEATURES = 2_500;

/**
 * Features of one kind of entity, the same for training and for serving.
 *
 * Defines a feature group of SageMaker: an offline store, which keeps every row in the artifact store as an Iceberg table that Glue knows and
 * Athena asks, and, with `online`, an online store that has the newest row of each entity within milliseconds; and the role by which SageMaker
 * writes rows. Iceberg, and not Glue's own format, because its small files can be merged and its rows deleted, as privacy may demand.
 *
 * A `bool` is the number 0 or 1, a `timestamp` text such as `2026-01-31T08:00:00Z`; so is the event time. Features can be added later, but
 * SageMaker neither removes them nor changes their type: the deployment fails, and nothing is lost. Another entity, another event time, or an
 * online store more or less make a new group, empty and under another name; backfill it from the rows of the old one, which stay in the
 * artifact store, as does their table. Description, keys and tags cannot be changed either, so that the group has no tags.
 *
 * The group goes with its stack, but in `prod`. Its rows in the artifact store stay as long as the store. Reads and writes are billed by
 * size, about 1.25 USD for a million writes of a kilobyte; the online store 0.45 USD a month for each GB.
 *
 * @example
 * declare const artifacts: aws.ArtifactStore;
 * declare const job: iam.IRole;
 * const listings = new aws.FeatureStore(this, 'Listings', {
 *   artifacts,
 *   entity: { name: 'listing_id' },
 *   eventTime: 'updated_at',
 *   features: { rooms: FeatureType.INT, sqm: FeatureType.FLOAT, zip: FeatureType.STRING },
 *   online: true,
 * });
 * listings.grants.write(job);
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/feature-store-quotas.html
 */
export class FeatureStore extends Construct implements IFeatureStore {
  /** A feature group that exists already. */
  public static fromFeatureStoreAttributes(scope: Construct, id: string, attrs: FeatureStoreAttributes): IFeatureStore {
    return new ImportedFeatureStore(scope, id, attrs);
  }

  public readonly featureGroupName: string;
  public readonly featureGroupArn: string;
  public readonly grants: FeatureStoreGrants;
  /** Where the rows go for training. */
  public readonly artifacts: IArtifactStore;

  public constructor(scope: Construct, id: string, props: FeatureStoreProps) {
    super(scope, id);
    const checks = checksOf(this, 'aws.FeatureStore');
    settle(checks, props);
    checks.done();

    this.artifacts = props.artifacts ?? new ArtifactStore(this, 'Artifacts', { environment: props.environment });
    this.featureGroupName = nameOf(this, props);
    const role = this.writer(this.artifacts);
    const group = new CfnFeatureGroup(this, 'Resource', {
      featureGroupName: this.featureGroupName,
      description: props.description,
      recordIdentifierFeatureName: props.entity.name,
      eventTimeFeatureName: props.eventTime,
      featureDefinitions: [
        { featureName: props.entity.name, featureType: TYPES[props.entity.type ?? FeatureType.STRING] },
        { featureName: props.eventTime, featureType: TYPES.timestamp },
        ...Object.entries(props.features).map(([featureName, type]) => ({ featureName, featureType: TYPES[type] })),
      ],
      roleArn: role.roleArn,
      offlineStoreConfig: {
        S3StorageConfig: {
          S3Uri: this.artifacts.uri(PREFIX),
          ...(this.artifacts.bucket.encryptionKey ? { KmsKeyId: this.artifacts.bucket.encryptionKey.keyArn } : {}),
        },
        TableFormat: 'Iceberg',
      },
      ...(props.online ? { onlineStoreConfig: online(props) } : {}),
    });
    // A change of them replaces the group, and a stack may change tags for a hundred reasons.
    group.addPropertyDeletionOverride('Tags');
    group.applyRemovalPolicy(removalOf(props.environment));
    // SageMaker tries the role when it makes the group.
    const policy = role.node.tryFindChild('DefaultPolicy');
    if (policy) group.node.addDependency(policy);
    this.featureGroupArn = groupArn(this, this.featureGroupName);
    this.grants = FeatureStoreGrants._of(this, this.artifacts, props.encryptionKey);
    this.report(props);
    this.output();
  }

  /** The role by which SageMaker writes rows. AWS's managed policy for it wants a bucket with `sagemaker` in its name. */
  private writer(artifacts: IArtifactStore): Role {
    const { bucket } = artifacts;
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('sagemaker.amazonaws.com'),
      description: `Writes rows of ${this.node.path}`,
    });
    const objects = bucket.arnForObjects(`${PREFIX}/*`);
    const tables = glueTables(this, this.featureGroupName);
    role.addToPolicy(new PolicyStatement({ actions: ['s3:GetObject', 's3:PutObject', 's3:PutObjectAcl'], resources: [objects] }));
    role.addToPolicy(new PolicyStatement({ actions: ['s3:GetBucketAcl'], resources: [bucket.bucketArn] }));
    role.addToPolicy(new PolicyStatement({ actions: ['glue:GetTable', 'glue:UpdateTable'], resources: tables }));
    bucket.encryptionKey?.grant(role, 'kms:Decrypt', 'kms:GenerateDataKey');
    acknowledgeWildcards(role, [objects, ...tables], 'SageMaker names objects and table after the moment the group was made.');
    return role;
  }

  private report(props: FeatureStoreProps): void {
    parity.mapped(this, 'aws', '', 'SageMaker feature group, offline store as an Iceberg table in S3');
    if (props.online) parity.mapped(this, 'aws', 'online', 'SageMaker online store');
    parity.mapped(this, 'aws', 'eventTime', `${props.eventTime}: text such as 2026-01-31T08:00:00Z`);
    for (const [name, type] of Object.entries(props.features)) {
      if (type === FeatureType.BOOL) parity.approximated(this, 'aws', `features.${name}`, 'Integral, 0 or 1', REASON);
      else if (type === FeatureType.TIMESTAMP)
        parity.approximated(this, 'aws', `features.${name}`, 'String, such as 2026-01-31T08:00:00Z', REASON);
      else parity.mapped(this, 'aws', `features.${name}`, TYPES[type]);
    }
  }

  private output(): void {
    const { region } = Stack.of(this);
    const name = this.featureGroupName;
    new CfnOutput(this, 'PutCommand', {
      value: `aws sagemaker-featurestore-runtime put-record --region ${region} --feature-group-name ${name} --record file://record.json`,
      description: 'Writes a row; record.json is a list of {"FeatureName": ..., "ValueAsString": ...}',
    });
    new CfnOutput(this, 'TableCommand', {
      value: `aws sagemaker describe-feature-group --region ${region} --feature-group-name ${name} --query OfflineStoreConfig.DataCatalogConfig`,
      description: 'Says which table Athena finds the rows in',
    });
  }
}

const REASON = 'SageMaker knows text, whole numbers and fractions only';

class ImportedFeatureStore extends Construct implements IFeatureStore {
  public readonly featureGroupName: string;
  public readonly featureGroupArn: string;
  public readonly grants: FeatureStoreGrants;

  public constructor(scope: Construct, id: string, attrs: FeatureStoreAttributes) {
    super(scope, id);
    checksOf(this, 'aws.FeatureStore');
    this.featureGroupName = attrs.featureGroupName;
    this.featureGroupArn = groupArn(this, attrs.featureGroupName);
    this.grants = FeatureStoreGrants._of(this, attrs.artifacts, undefined);
    parity.mapped(this, 'aws', '', 'your feature group');
  }
}

/** Permissions on a feature store. */
export class FeatureStoreGrants {
  /** @internal */
  public static _of(store: IFeatureStore, artifacts: IArtifactStore | undefined, key: IKey | undefined): FeatureStoreGrants {
    return new FeatureStoreGrants(store, artifacts, key);
  }

  private constructor(
    private readonly store: IFeatureStore,
    private readonly artifacts: IArtifactStore | undefined,
    private readonly key: IKey | undefined,
  ) {}

  /** To look rows up online, and to read those for training and what Glue knows of their table. Athena itself takes permissions of its own. */
  public read(grantee: IGrantable): Grant {
    this.key?.grant(grantee, 'kms:Decrypt');
    return this.offline(grantee).combine(
      this.give(grantee, ['sagemaker:BatchGetRecord', 'sagemaker:DescribeFeatureGroup', 'sagemaker:GetRecord']),
    );
  }

  /** To write and delete rows, and to read them. */
  public write(grantee: IGrantable): Grant {
    this.key?.grant(grantee, 'kms:GenerateDataKey');
    return this.read(grantee).combine(this.give(grantee, ['sagemaker:DeleteRecord', 'sagemaker:PutRecord']));
  }

  private give(grantee: IGrantable, actions: string[]): Grant {
    return Grant.addToPrincipal({ grantee, actions, resourceArns: [this.store.featureGroupArn] });
  }

  private offline(grantee: IGrantable): Grant {
    const { artifacts, store } = this;
    if (!artifacts) return Grant.drop(grantee, 'nothing is known of the rows for training');
    const tables = glueTables(store as unknown as Construct, store.featureGroupName);
    const { grantPrincipal } = grantee;
    if (Construct.isConstruct(grantPrincipal))
      acknowledgeWildcards(
        grantPrincipal,
        [artifacts.bucket.arnForObjects(`${PREFIX}/*`), ...tables],
        'SageMaker names objects and table after the moment the group was made.',
      );
    return artifacts.grants
      .read(grantee, PREFIX)
      .combine(Grant.addToPrincipal({ grantee, actions: ['glue:GetTable', 'glue:GetTables'], resourceArns: tables }));
  }
}

function settle(checks: Checks, props: FeatureStoreProps): void {
  // Two of them are entity and event time.
  checkFeatures(checks, props, { count: MAX_FEATURES - 2, whose: 'SageMaker, with entity and event time,' });
  const columns = [
    ['entity.name', props.entity.name],
    ['eventTime', props.eventTime],
    ...Object.keys(props.features).map((name) => [`features.${name}`, name]),
  ];
  for (const [prop, name] of columns) {
    checks.require(!TAKEN.includes(name), 'name', prop, name, 'SageMaker has a column of that name itself', 'take another name');
    checks.require(!name.endsWith('_'), 'name', prop, name, 'SageMaker takes no name that ends in an underscore', 'take another name');
  }
  checks.require(
    props.description === undefined || props.description.length <= 128,
    'limit',
    'description',
    props.description,
    'SageMaker takes at most 128 characters',
    'shorten it',
  );
  for (const prop of ['encryptionKey', 'onlineExpiry'] as const)
    checks.require(
      props[prop] === undefined || props.online === true,
      'conflict',
      prop,
      undefined,
      'there is no online store',
      'leave it out, or write online: true',
    );
  checks.require(
    props.onlineExpiry === undefined || props.onlineExpiry.toMillis() >= 1_000,
    'limit',
    'onlineExpiry',
    props.onlineExpiry?.toString(),
    'SageMaker counts whole seconds',
    'write 1s or more, such as 30d',
  );
}

function online({ encryptionKey, onlineExpiry }: FeatureStoreProps): object {
  return {
    EnableOnlineStore: true,
    StorageType: 'Standard',
    ...(encryptionKey ? { SecurityConfig: { KmsKeyId: encryptionKey.keyArn } } : {}),
    ...(onlineExpiry ? { TtlDuration: { Unit: 'Seconds', Value: onlineExpiry.toSeconds() } } : {}),
  };
}

/**
 * The cloud demands a name, and replaces the group when one of some properties changes, which it cannot under the same name. So these are part
 * of the name. A feature that is removed is not: SageMaker refuses that, and the rows stay.
 */
function nameOf(scope: Construct, props: FeatureStoreProps): string {
  const { stackName } = Stack.of(scope);
  const lasting = [props.entity.name, props.entity.type ?? FeatureType.STRING, props.eventTime, Boolean(props.online)];
  const seed = [Token.isUnresolved(stackName) ? '' : stackName, contentHash(JSON.stringify(lasting))].join(':');
  return physicalName(scope, { max: 64, separator: '-', seed });
}

function groupArn(scope: Construct, name: string): string {
  return Stack.of(scope).formatArn({ service: 'sagemaker', resource: 'feature-group', resourceName: name.toLowerCase() });
}

/** The catalog, the database, and the table, which is named after the group and the moment it was made. */
function glueTables(scope: Construct, featureGroupName: string): string[] {
  const glue = (resource: string, resourceName?: string): string => Stack.of(scope).formatArn({ service: 'glue', resource, resourceName });
  const table = `${featureGroupName.toLowerCase().replace(/-/g, '_')}_*`;
  return [glue('catalog'), glue('database', GLUE_DATABASE), glue('table', `${GLUE_DATABASE}/${table}`)];
}
