import { TerraformStack } from 'cdktf';
import { Environment, FeatureType, Schedule } from '../../lib/core';
import { parity } from '../../lib/core/parity';
import { FeatureOnlineStore, FeatureOnlineStoreProps, FeatureStore, FeatureStoreProps } from '../../lib/gcp/feature-store';
import { problemsOf } from '../contract/room';
import { ALICE, PLACE, synth, Synthesized } from './helper';

const PROPS: FeatureStoreProps = {
  ...PLACE,
  entity: { name: 'listing_id' },
  eventTime: 'updated_at',
  features: { rooms: FeatureType.INT, sqm: FeatureType.FLOAT },
};
const make = (stack: TerraformStack, props: Partial<FeatureStoreProps> = {}) => new FeatureStore(stack, 'Listings', { ...PROPS, ...props });
function features(props: Partial<FeatureStoreProps> = {}, then: (f: FeatureStore) => void = () => undefined): Synthesized {
  return synth((stack) => then(make(stack, props)));
}
const refused = (props: Partial<FeatureStoreProps>) => problemsOf(() => features(props));
const table = (s: Synthesized) => s.find('google_bigquery_table', 'Table');
const roles = (s: Synthesized, type: string) => s.all(type).map(({ role }) => role);

describe('FeatureStore', () => {
  describe('the table', () => {
    test('is divided by day of the event time and sorted by entity', () => {
      expect(table(features())).toMatchObject({ time_partitioning: { type: 'DAY', field: 'updated_at' }, clustering: ['listing_id'] });
    });

    test('demands entity and event time, and takes rows without some feature', () => {
      expect(JSON.parse(table(features()).schema)).toEqual([
        { name: 'listing_id', type: 'STRING', mode: 'REQUIRED' },
        { name: 'updated_at', type: 'TIMESTAMP', mode: 'REQUIRED' },
        { name: 'rooms', type: 'INTEGER', mode: 'NULLABLE' },
        { name: 'sqm', type: 'FLOAT', mode: 'NULLABLE' },
      ]);
    });

    test('goes with its rows in dev', () => {
      const s = features();
      expect(table(s).deletion_protection).toBe(false);
      expect(s.only('google_bigquery_dataset')).toMatchObject({ delete_contents_on_destroy: true, max_time_travel_hours: '48' });
    });

    test('stays in prod', () => {
      const s = features({ environment: Environment.PROD });
      expect(table(s)).toMatchObject({ deletion_protection: true, lifecycle: { prevent_destroy: true } });
      expect(s.only('google_bigquery_dataset')).toMatchObject({
        delete_contents_on_destroy: false,
        max_time_travel_hours: '168',
        lifecycle: { prevent_destroy: true },
      });
    });

    test('may have a key of its own', () => {
      const kmsKeyName = 'projects/p/locations/r/keyRings/k/cryptoKeys/c';
      const s = features({ kmsKeyName });
      expect(table(s).encryption_configuration).toEqual({ kms_key_name: kmsKeyName });
      expect(s.only('google_bigquery_dataset').default_encryption_configuration).toEqual({ kms_key_name: kmsKeyName });
      expect(refused({ kmsKeyName: 'key' })).toMatchObject([{ code: 'syntax', prop: 'kmsKeyName' }]);
    });
  });

  describe('the feature group', () => {
    test('has a name of letters, digits and underscores', () => {
      expect(features().only('google_vertex_ai_feature_group').name).toMatch(/^listings_[0-9a-f]{8}$/);
    });

    test('reads a view in which the event time is called what Vertex AI wants', () => {
      const s = features();
      expect(s.find('google_bigquery_table', 'View').view).toMatchObject({
        query: expect.stringMatching(/^SELECT `listing_id`, `updated_at` AS `feature_timestamp`, `rooms`, `sqm` FROM `acme-ml-dev\./),
        use_legacy_sql: false,
      });
      expect(s.only('google_vertex_ai_feature_group').big_query).toMatchObject({
        big_query_source: { input_uri: expect.stringMatching(/^bq:\/\/acme-ml-dev\..*View.*table_id\}$/) },
        entity_id_columns: ['listing_id'],
      });
    });

    test('reads moments as whole numbers, for want of a type, and says so', () => {
      let root: FeatureStore;
      const s = features({ online: true, features: { sold: FeatureType.TIMESTAMP } }, (f) => (root = f));
      expect(s.find('google_bigquery_table', 'View').view.query).toContain('UNIX_MICROS(`sold`) AS `sold`');
      expect(parity.report(root!).find((e) => e.path === 'test/Listings.features.sold')).toMatchObject({
        kind: 'approximated',
        became: 'TIMESTAMP in the table, microseconds since 1970 in the online store',
        reason: 'no feature value of Vertex AI is a moment',
      });
    });

    test('has each column as a feature', () => {
      expect(
        features()
          .all('google_vertex_ai_feature_group_feature')
          .map((f) => f.version_column_name),
      ).toEqual(['rooms', 'sqm']);
    });
  });

  describe('online', () => {
    test('is off by default, because it costs by the hour', () => {
      expect(features().all('google_vertex_ai_feature_online_store')).toEqual([]);
    });

    test('copies all features each hour to a store of its own', () => {
      const s = features({ online: true });
      expect(s.only('google_vertex_ai_feature_online_store').bigtable.auto_scaling).toEqual({
        min_node_count: 1,
        max_node_count: 2,
        cpu_utilization_target: 50,
      });
      const view = s.only('google_vertex_ai_feature_online_store_featureview');
      expect(view.sync_config).toEqual({ cron: '0 * * * *' });
      expect(view.feature_registry_source.feature_groups[0].feature_ids).toHaveLength(2);
      expect(s.output('LookUpCommand')).toMatch(/\/featureViews\/.*:fetchFeatureValues$/);
    });

    test('lets Vertex AI read the dataset, before the first copy', () => {
      const s = features({ online: true });
      expect(s.only('google_bigquery_dataset_iam_member')).toMatchObject({
        role: 'roles/bigquery.dataViewer',
        member: expect.stringMatching(
          /^serviceAccount:service-\$\{data\.google_project\..*\}@gcp-sa-aiplatform\.iam\.gserviceaccount\.com$/,
        ),
      });
      expect(s.only('google_vertex_ai_feature_online_store_featureview').depends_on.join()).toContain('google_bigquery_dataset_iam_member');
    });

    test('may share a store, and copy when it suits', () => {
      const s = synth((stack) => {
        const onlineStore = new FeatureOnlineStore(stack, 'Online', PLACE);
        make(stack, { online: true, onlineStore, sync: Schedule.cron('0 3 * * *', 'Europe/Berlin') });
        new FeatureStore(stack, 'More', { ...PROPS, online: true, onlineStore });
      });
      expect(s.all('google_vertex_ai_feature_online_store')).toHaveLength(1);
      const crons = s.all('google_vertex_ai_feature_online_store_featureview').map((v) => v.sync_config.cron);
      expect(crons).toEqual(['TZ=Europe/Berlin 0 3 * * *', '0 * * * *']);
    });

    test('refuses what is of no use offline, and a store elsewhere', () => {
      expect(refused({ sync: Schedule.cron('0 3 * * *') })).toMatchObject([
        { code: 'conflict', prop: 'sync', reason: 'nothing is looked up online', instead: 'leave it out, or write online: true' },
      ]);
      const elsewhere = (stack: TerraformStack) =>
        FeatureOnlineStore.fromFeatureOnlineStoreAttributes(stack, 'Online', {
          project: 'acme-ml-dev',
          region: 'us-east1',
          onlineStoreName: 'online',
        });
      expect(problemsOf(() => synth((stack) => make(stack, { online: true, onlineStore: elsewhere(stack) })))).toMatchObject([
        { code: 'conflict', prop: 'onlineStore', value: 'us-east1', instead: 'give an online store in europe-west4' },
      ]);
    });
  });

  describe('grants', () => {
    test('to read: the dataset, and jobs to read it with', () => {
      const s = features({}, (f) => f.grants.read('Alice', ALICE));
      expect(roles(s, 'google_bigquery_dataset_iam_member')).toEqual(['roles/bigquery.dataViewer']);
      expect(roles(s, 'google_project_iam_member')).toEqual(['roles/bigquery.jobUser']);
    });

    test('to read online: a role that looks up, and nothing else', () => {
      const s = features({ online: true }, (f) => {
        f.grants.read('Alice', ALICE);
        f.grants.read('Bob', { member: 'user:bob@example.com' });
      });
      expect(s.only('google_project_iam_custom_role').permissions).toEqual([
        'aiplatform.featureOnlineStores.get',
        'aiplatform.featureViews.fetchFeatureValues',
        'aiplatform.featureViews.get',
      ]);
      expect(s.all('google_project_iam_member').filter((m) => /custom_role/.test(m.role))).toHaveLength(2);
    });

    test('to write: the table only', () => {
      const s = features({}, (f) => f.grants.write('Alice', ALICE));
      expect(s.only('google_bigquery_table_iam_member')).toMatchObject({
        role: 'roles/bigquery.dataEditor',
        member: 'user:alice@example.com',
      });
      expect(roles(s, 'google_project_iam_member')).toEqual(['roles/bigquery.jobUser']);
    });
  });

  test('a column cannot be called what Vertex AI calls the event time', () => {
    expect(refused({ features: { feature_timestamp: FeatureType.INT } })).toMatchObject([
      { code: 'conflict', prop: 'features.feature_timestamp', instead: 'write another name' },
    ]);
    expect(() => features({ eventTime: 'feature_timestamp' })).not.toThrow();
  });

  test('one that exists already can be granted on', () => {
    const attributes = { ...PLACE, featureGroupName: 'listings', datasetId: 'features', tableId: 'listings' };
    const s = synth((stack) => {
      const f = FeatureStore.fromFeatureStoreAttributes(stack, 'Theirs', attributes);
      expect(f.tableName).toBe('acme-ml-dev.features.listings');
      f.grants.read('Alice', ALICE);
    });
    expect(s.only('google_bigquery_dataset_iam_member')).toMatchObject({ dataset_id: 'features', role: 'roles/bigquery.dataViewer' });
    expect(
      problemsOf(() => synth((stack) => FeatureStore.fromFeatureStoreAttributes(stack, 'T', { ...attributes, featureViewName: 'view' }))),
    ).toMatchObject([{ code: 'syntax', prop: 'featureViewName' }]);
  });
});

describe('FeatureOnlineStore', () => {
  const online = (props: Partial<FeatureOnlineStoreProps> = {}) =>
    synth((stack) => new FeatureOnlineStore(stack, 'Online', { ...PLACE, ...props }));

  test('has more nodes at most in prod, and is not deleted with what it serves', () => {
    const store = online({ environment: Environment.PROD }).only('google_vertex_ai_feature_online_store');
    expect(store).toMatchObject({ force_destroy: false, bigtable: { auto_scaling: { min_node_count: 1, max_node_count: 5 } } });
  });

  test('refuses nodes that Vertex AI does not take', () => {
    expect(problemsOf(() => online({ minNodes: 0 })).map((p) => p.prop)).toContain('minNodes');
    expect(problemsOf(() => online({ minNodes: 2, maxNodes: 30 }))).toMatchObject([
      { code: 'limit', prop: 'maxNodes', value: 30, instead: 'write 2 to 20' },
    ]);
  });

  test('one that exists already is known by its last path segment', () => {
    expect(
      problemsOf(() =>
        synth((stack) => FeatureOnlineStore.fromFeatureOnlineStoreAttributes(stack, 'O', { ...PLACE, onlineStoreName: 'projects/x' })),
      ),
    ).toMatchObject([{ code: 'name', prop: 'onlineStoreName' }]);
  });
});
