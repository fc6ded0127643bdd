import { TerraformOutput } from 'cdktf';
import { Construct } from 'constructs';
import { BigqueryDataset } from '@cdktf/provider-google/lib/bigquery-dataset';
import { BigqueryDatasetIamMember } from '@cdktf/provider-google/lib/bigquery-dataset-iam-member';
import { BigqueryTable } from '@cdktf/provider-google/lib/bigquery-table';
import { DataGoogleProject } from '@cdktf/provider-google/lib/data-google-project';
import { VertexAiFeatureGroup } from '@cdktf/provider-google/lib/vertex-ai-feature-group';
import { VertexAiFeatureGroupFeature } from '@cdktf/provider-google/lib/vertex-ai-feature-group-feature';
import { VertexAiFeatureOnlineStoreFeatureview } from '@cdktf/provider-google/lib/vertex-ai-feature-online-store-featureview';
import { FeatureType, Schedule } from '../../core';
import { policyOf } from '../../core/environment';
import { Checks, isUnresolved } from '../../core/errors';
import { checkFeatures } from '../../core/features';
import { parity } from '../../core/parity';
import { literal } from '../../core/terraform-text';
import { FeatureGrants } from '../private/feature-grants';
import { checkKey } from '../private/keys';
import { nameIn } from '../private/names';
import { checkPlace } from '../private/place';
import { checksFor } from '../private/root';
import { enableServices } from '../private/services';
import { SUPPORT } from '../support';
import { FeatureOnlineStore } from './online-store';
import { FeatureStoreAttributes, FeatureStoreGrants, FeatureStoreProps, IFeatureStore } from './props';
import { acknowledge } from '../private/acknowledge';

/** As BigQuery gives them back, which in SQL are called INT64, FLOAT64 and BOOL. */
const TYPES: { readonly [type in FeatureType]: string } = {
  [FeatureType.STRING]: 'STRING',
  [FeatureType.INT]: 'INTEGER',
  [FeatureType.FLOAT]: 'FLOAT',
  [FeatureType.BOOL]: 'BOOLEAN',
  [FeatureType.TIMESTAMP]: 'TIMESTAMP',
};
const MOST = { count: 1000, whose: 'this library' };
/** What Vertex AI wants the column to be called that says when a row became true. */
const TIMESTAMP = 'feature_timestamp';
const TABLE = 'rows';
const VIEW = 'source';
const HOURLY = '0 * * * *';
/** How far back deleted rows can be restored: what BigQuery allows least, and most. */
const RESTORE_HOURS = { least: '48', most: '168' };

/**
 * A group of features about one kind of entity: a table of BigQuery to train from, which Vertex AI knows, and looks up online.
 *
 * Defines a dataset with a table `rows`, divided by day of the event time and sorted by entity; a view of it in the words of Vertex AI; a
 * feature group over the view, with each column as a feature; and, with `online`, a feature view that copies the newest row of each entity to
 * an online store by schedule.
 *
 * Rows are added, never changed: training looks at those that were true at the time. A column can be added later, in place; to take one away or
 * change its type is to make another table, which Terraform refuses in prod. A feature that is a moment is looked up as microseconds since 1970. Deleted rows can be restored for two days, in prod for seven.
 *
 * The table costs by what it holds and what queries read. An online store costs by the hour, whether or not somebody asks, see
 * `FeatureOnlineStore`.
 *
 * @example
 * const listings = new gcp.FeatureStore(this, 'Listings', {
 *   project: 'acme-ml-dev',
 *   region: 'europe-west4',
 *   entity: { name: 'listing_id' },
 *   eventTime: 'updated_at',
 *   features: { rooms: FeatureType.INT, sqm: FeatureType.FLOAT, zip: FeatureType.STRING },
 * });
 * listings.grants.read('Trainers', gcp.IamMember.group('ml-trainers@example.com'));
 *
 * @see https://cloud.google.com/vertex-ai/docs/featurestore/latest/prepare-data-source
 */
export class FeatureStore extends Construct implements IFeatureStore {
  /** A group that exists already; grants on it are added, nothing else is changed. */
  public static fromFeatureStoreAttributes(scope: Construct, id: string, attributes: FeatureStoreAttributes): IFeatureStore {
    return new ImportedFeatureStore(scope, id, attributes);
  }

  public readonly featureGroupName: string;
  public readonly tableName: string;
  public readonly featureViewName?: string;
  public readonly grants: FeatureStoreGrants;

  public constructor(scope: Construct, id: string, props: FeatureStoreProps) {
    super(scope, id);
    const checks = checksFor(this, 'gcp.FeatureStore');
    const { project, region, entity, features } = props;
    check(checks, props);
    checks.done();
    const name = nameIn(this, project, { max: 60, separator: '_' });
    const table = this.table(props, name);
    const group = new VertexAiFeatureGroup(this, 'Resource', {
      project,
      region,
      name,
      description: props.description === undefined ? undefined : literal(props.description),
      bigQuery: {
        bigQuerySource: { inputUri: `bq://${project}.${table.datasetId}.${this.view(props, table).tableId}` },
        entityIdColumns: [entity.name],
      },
      dependsOn: enableServices(this, project, 'aiplatform'),
    });
    const holder = new Construct(this, 'Features');
    const columns = Object.keys(features).map(
      (column) =>
        new VertexAiFeatureGroupFeature(holder, column, {
          project,
          region,
          featureGroup: group.name,
          name: column,
          versionColumnName: column,
        }),
    );
    this.featureGroupName = group.name;
    this.tableName = `${project}.${table.datasetId}.${table.tableId}`;
    this.featureViewName = props.online ? this.online(props, group, columns, table.datasetId) : undefined;
    this.grants = new FeatureGrants(this, {
      project,
      datasetId: table.datasetId,
      tableId: table.tableId,
      online: this.featureViewName !== undefined,
    });
    this.outputs(props, table);
    parity.mapped(this, 'gcp', '', SUPPORT.features.by);
    for (const [feature, type] of Object.entries(props.online ? features : {}))
      if (type === FeatureType.TIMESTAMP)
        parity.approximated(
          this,
          'gcp',
          `features.${feature}`,
          'TIMESTAMP in the table, microseconds since 1970 in the online store',
          'no feature value of Vertex AI is a moment',
        );
    if (props.online) parity.mapped(this, 'gcp', 'online', `${SUPPORT['features.online'].by}, copied ${scheduleOf(props.sync)}`);
  }

  private table(props: FeatureStoreProps, name: string): BigqueryTable {
    const { project, region, entity, eventTime, features, environment, kmsKeyName } = props;
    const { deletionProtection, retainData } = policyOf(environment);
    const lifecycle = retainData ? { preventDestroy: true } : undefined;
    acknowledge(this, {
      'bigquery-own-key': 'Google holds the key; a default key of the project, or of the organization, goes before it.',
      ...(deletionProtection
        ? {}
        : { 'bigquery-deletion-protection': 'The environment is to be destroyed cleanly, with everything in it.' }),
    });
    const dataset = new BigqueryDataset(this, 'Dataset', {
      project,
      location: region,
      datasetId: name,
      description: `Features of ${this.node.path}`,
      deleteContentsOnDestroy: !retainData,
      maxTimeTravelHours: retainData ? RESTORE_HOURS.most : RESTORE_HOURS.least,
      defaultEncryptionConfiguration: kmsKeyName === undefined ? undefined : { kmsKeyName },
      lifecycle,
      dependsOn: enableServices(this, project, 'bigquery'),
    });
    const column = (of: string, type: FeatureType, mode = 'NULLABLE') => ({ name: of, type: TYPES[type], mode });
    return new BigqueryTable(this, 'Table', {
      project,
      datasetId: dataset.datasetId,
      tableId: TABLE,
      description: props.description === undefined ? undefined : literal(props.description),
      schema: JSON.stringify([
        column(entity.name, entity.type ?? FeatureType.STRING, 'REQUIRED'),
        column(eventTime, FeatureType.TIMESTAMP, 'REQUIRED'),
        ...Object.entries(features).map(([feature, type]) => column(feature, type)),
      ]),
      timePartitioning: { type: 'DAY', field: eventTime },
      clustering: [entity.name],
      encryptionConfiguration: kmsKeyName === undefined ? undefined : { kmsKeyName },
      deletionProtection,
      lifecycle,
    });
  }

  /** The same rows, with the event time under the one name that Vertex AI looks for, and in types that it knows. */
  private view({ project, entity, eventTime, features, environment }: FeatureStoreProps, table: BigqueryTable): BigqueryTable {
    const columns = [
      `\`${entity.name}\``,
      `\`${eventTime}\` AS \`${TIMESTAMP}\``,
      // https://cloud.google.com/vertex-ai/docs/reference/rest/v1/FeatureValue: no value is a moment.
      ...Object.entries(features).map(([name, type]) =>
        type === FeatureType.TIMESTAMP ? `UNIX_MICROS(\`${name}\`) AS \`${name}\`` : `\`${name}\``,
      ),
    ];
    return new BigqueryTable(this, 'View', {
      project,
      datasetId: table.datasetId,
      tableId: VIEW,
      description: `What Vertex AI reads of ${TABLE}`,
      view: {
        query: `SELECT ${columns.join(', ')} FROM \`${project}.${table.datasetId}.${table.tableId}\``,
        useLegacySql: false,
      },
      deletionProtection: policyOf(environment).deletionProtection,
    });
  }

  /** Copies the newest rows to an online store; returns what is looked up. */
  private online(props: FeatureStoreProps, group: VertexAiFeatureGroup, columns: VertexAiFeatureGroupFeature[], datasetId: string): string {
    const { project, region, environment, sync } = props;
    const store = props.onlineStore ?? new FeatureOnlineStore(this, 'Online', { project, region, environment });
    const { number } = new DataGoogleProject(this, 'StoreProject', { projectId: store.project });
    // It is there as soon as the project has a feature group.
    const reader = new BigqueryDatasetIamMember(this, 'Sync', {
      project,
      datasetId,
      role: 'roles/bigquery.dataViewer',
      member: `serviceAccount:service-${number}@gcp-sa-aiplatform.iam.gserviceaccount.com`,
      dependsOn: [group],
    });
    const view = new VertexAiFeatureOnlineStoreFeatureview(this, 'FeatureView', {
      project: store.project,
      region: store.region,
      featureOnlineStore: store.onlineStoreName,
      name: group.name,
      featureRegistrySource: {
        featureGroups: [{ featureGroupId: group.name, featureIds: columns.map((c) => c.name) }],
      },
      syncConfig: { cron: sync === undefined ? HOURLY : `TZ=${sync.timeZone} ${sync.toCron()}` },
      timeouts: { create: '40m', update: '40m', delete: '40m' },
      dependsOn: [reader],
    });
    return `projects/${store.project}/locations/${store.region}/featureOnlineStores/${store.onlineStoreName}/featureViews/${view.name}`;
  }

  private outputs({ project, region }: FeatureStoreProps, { datasetId, tableId }: BigqueryTable): void {
    new TerraformOutput(this, 'LoadCommand', {
      description: 'Adds rows of a Parquet file, whose columns are those of the table; write its path for FILE',
      value: `bq load --project_id ${project} --location ${region} --source_format PARQUET ${project}:${datasetId}.${tableId} FILE`,
    });
    if (this.featureViewName === undefined) return;
    const api = `https://${region}-aiplatform.googleapis.com/v1/${this.featureViewName}`;
    const curl = `curl --fail-with-body --request POST --header "Authorization: Bearer $(gcloud auth print-access-token)" --header 'Content-Type: application/json'`;
    new TerraformOutput(this, 'LookUpCommand', {
      description: 'Looks up the newest row of an entity; write its id for ENTITY',
      value: `${curl} --data '{"dataKey": {"key": "ENTITY"}, "dataFormat": "KEY_VALUE"}' ${api}:fetchFeatureValues`,
    });
    new TerraformOutput(this, 'SyncCommand', {
      description: 'Copies the newest rows to the online store now',
      value: `${curl} --data '{}' ${api}:sync`,
    });
  }
}

function check(checks: Checks, props: FeatureStoreProps): void {
  checkPlace(checks, props.project, props.region);
  checkFeatures(checks, props, MOST);
  checkKey(checks, props.kmsKeyName);
  for (const [prop, name] of [
    ['entity.name', props.entity.name],
    ...Object.keys(props.features).map((feature) => [`features.${feature}`, feature]),
  ])
    checks.require(name !== TIMESTAMP, 'conflict', prop, name, 'Vertex AI takes this name for the event time', 'write another name');
  const { onlineStore, online, sync, project, region } = props;
  for (const [prop, value] of Object.entries({ onlineStore, sync }))
    checks.require(
      value === undefined || online === true,
      'conflict',
      prop,
      undefined,
      'nothing is looked up online',
      'leave it out, or write online: true',
    );
  for (const [theirs, ours] of onlineStore
    ? [
        [onlineStore.project, project],
        [onlineStore.region, region],
      ]
    : [])
    checks.require(
      isUnresolved(theirs) || isUnresolved(ours) || theirs === ours,
      'conflict',
      'onlineStore',
      theirs,
      `the table is in ${ours}, and an online store reads tables of its own project and region`,
      `give an online store in ${ours}`,
    );
}

function scheduleOf(sync: Schedule | undefined): string {
  return sync === undefined ? 'every hour' : `at ${sync.toCron()} ${sync.timeZone}`;
}

class ImportedFeatureStore extends Construct implements IFeatureStore {
  public readonly featureGroupName: string;
  public readonly tableName: string;
  public readonly featureViewName?: string;
  public readonly grants: FeatureStoreGrants;

  public constructor(scope: Construct, id: string, attributes: FeatureStoreAttributes) {
    super(scope, id);
    const checks = checksFor(this, 'gcp.FeatureStore');
    const { project, region, featureGroupName, datasetId, tableId, featureViewName } = attributes;
    checkPlace(checks, project, region);
    checks.require(
      featureViewName === undefined ||
        isUnresolved(featureViewName) ||
        /^projects\/[^/]+\/locations\/[^/]+\/featureOnlineStores\/[^/]+\/featureViews\/[^/]+$/.test(featureViewName),
      'syntax',
      'featureViewName',
      featureViewName,
      'not the path of a feature view',
      'write projects/P/locations/R/featureOnlineStores/S/featureViews/V',
    );
    checks.done();
    this.featureGroupName = featureGroupName;
    this.tableName = `${project}.${datasetId}.${tableId}`;
    this.featureViewName = featureViewName;
    this.grants = new FeatureGrants(this, { project, datasetId, tableId, online: featureViewName !== undefined });
  }
}
