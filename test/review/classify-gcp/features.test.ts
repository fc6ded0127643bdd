import { findGcp } from '../../../lib/review/classify/gcp';
import { Twins, tellTwins } from '../classify';

// What a change means, and what it means that it is taken back; without the latter it means nothing.
const TYPES: { readonly [type: string]: Twins } = {
  google_bigquery_dataset: {
    base: { dataset_id: 'listings' },
    changes: [
      [
        'a dataset that goes',
        {},
        undefined,
        [
          'data-loss: The dataset listings is destroyed with every table in it. Terraform refuses that as long as tables are in it, because `delete_contents_on_destroy` is off.',
          'interrupt: Queries on the dataset listings fail.',
        ],
      ],
      [
        'a dataset that goes with its tables',
        { delete_contents_on_destroy: true },
        undefined,
        ['data-loss: The dataset listings is destroyed with every table in it.', 'interrupt: Queries on the dataset listings fail.'],
      ],
      [
        'tables that go with it',
        { delete_contents_on_destroy: false },
        { delete_contents_on_destroy: true },
        ['data-loss: Destroying the dataset listings deletes every table in it from now on: `delete_contents_on_destroy` is on.'],
      ],
      [
        'less time to look back',
        { max_time_travel_hours: '168' },
        { max_time_travel_hours: '48' },
        ['data-loss: Deleted rows of the dataset listings are kept for 2 days, where it was 7 days.'],
      ],
      [
        'tables that expire',
        {},
        { default_table_expiration_ms: 86400000 },
        ['data-loss: New tables of the dataset listings are kept for 1 day, where it was for good.'],
      ],
      [
        'rows that expire',
        { default_partition_expiration_ms: 864000000 },
        { default_partition_expiration_ms: 86400000 },
        ['data-loss: Rows of new tables of the dataset listings are kept for 1 day, where it was 10 days.'],
      ],
      [
        'no key of ours',
        { default_encryption_configuration: { kms_key_name: 'k' } },
        {},
        ['access: The dataset listings is no longer encrypted with a key of your own.'],
      ],
      [
        'somebody else',
        { access: [{ role: 'READER', user_by_email: 'ann' }] },
        {
          access: [
            { role: 'READER', user_by_email: 'ann' },
            { role: 'READER', special_group: 'allAuthenticatedUsers' },
          ],
        },
        ['access: The dataset listings is opened to {"role":"READER","special_group":"allAuthenticatedUsers"}.'],
        ['interrupt: The dataset listings is closed to {"role":"READER","special_group":"allAuthenticatedUsers"}.'],
      ],
      ['a label', { labels: { a: 'b' } }, { labels: { a: 'c' } }, []],
    ],
  },
  google_bigquery_table: {
    base: { dataset_id: 'listings', table_id: 'rows' },
    changes: [
      [
        'a table that goes',
        { schema: '[{"name":"id","type":"STRING"}]' },
        undefined,
        [
          'data-loss: The table rows is destroyed with every row in it. Terraform refuses that as long as `deletion_protection` is on.',
          'interrupt: Queries on the table rows fail.',
        ],
      ],
      ['a view that goes', { view: { query: 'SELECT 1' } }, undefined, ['interrupt: Queries on the table rows fail.']],
      [
        'a table without protection',
        { deletion_protection: true },
        { deletion_protection: false },
        ['data-loss: The table rows is no longer protected from deletion.'],
      ],
      [
        'a column that goes',
        { schema: '[{"name":"id","type":"STRING"},{"name":"sqm","type":"STRING"}]' },
        { schema: '[{"name":"id","type":"STRING"}]' },
        ['data-loss: What is in the column sqm of the table rows is lost.'],
      ],
      [
        'a column of another type',
        { schema: '[{"name":"id","type":"STRING"},{"name":"sqm","type":"FLOAT"}]' },
        { schema: '[{"name":"id","type":"STRING"},{"name":"sqm","type":"INTEGER"}]' },
        [
          'data-loss?: If it is replaced, the table rows is destroyed with every row in it; the new one is empty. Terraform refuses that as long as `deletion_protection` is on.',
          'interrupt?: If it is replaced: until the new one is there, queries on the table rows fail.',
        ],
        [
          'data-loss?: If it is replaced, the table rows is destroyed with every row in it; the new one is empty. Terraform refuses that as long as `deletion_protection` is on.',
          'interrupt?: If it is replaced: until the new one is there, queries on the table rows fail.',
        ],
      ],
      [
        'a column that is renamed',
        { schema: '[{"name":"id","type":"STRING"},{"name":"sqm","type":"STRING"}]' },
        { schema: '[{"name":"id","type":"STRING"},{"name":"area","type":"STRING"}]' },
        [
          'data-loss?: If it is replaced, the table rows is destroyed with every row in it; the new one is empty. Terraform refuses that as long as `deletion_protection` is on.',
          'interrupt?: If it is replaced: until the new one is there, queries on the table rows fail.',
          'data-loss: What is in the column sqm of the table rows is lost.',
        ],
        [
          'data-loss?: If it is replaced, the table rows is destroyed with every row in it; the new one is empty. Terraform refuses that as long as `deletion_protection` is on.',
          'interrupt?: If it is replaced: until the new one is there, queries on the table rows fail.',
          'data-loss: What is in the column area of the table rows is lost.',
        ],
      ],
      [
        'a column that is required',
        { schema: '[{"name":"id","type":"STRING"}]' },
        { schema: '[{"name":"id","type":"STRING"},{"name":"sqm","type":"FLOAT","mode":"REQUIRED"}]' },
        [
          'data-loss?: If it is replaced, the table rows is destroyed with every row in it; the new one is empty. Terraform refuses that as long as `deletion_protection` is on.',
          'interrupt?: If it is replaced: until the new one is there, queries on the table rows fail.',
        ],
        ['data-loss: What is in the column sqm of the table rows is lost.'],
      ],
      [
        'a schema that is not known',
        { schema: '[{"name":"id","type":"STRING"}]' },
        { schema: '${var.schema}' },
        [
          'data-loss?: If it is replaced, the table rows is destroyed with every row in it; the new one is empty. Terraform refuses that as long as `deletion_protection` is on.',
          'interrupt?: If it is replaced: until the new one is there, queries on the table rows fail.',
          'unknown: The columns of the table rows differ; its schema is not JSON, and is not looked into.',
        ],
        [
          'data-loss?: If it is replaced, the table rows is destroyed with every row in it; the new one is empty. Terraform refuses that as long as `deletion_protection` is on.',
          'interrupt?: If it is replaced: until the new one is there, queries on the table rows fail.',
          'unknown: The columns of the table rows differ; its schema is not JSON, and is not looked into.',
        ],
      ],
      [
        'another query',
        { view: { query: 'SELECT 1' } },
        { view: { query: 'SELECT 2' } },
        ['interrupt?: What reads the table rows gets the result of another query.'],
        ['interrupt?: What reads the table rows gets the result of another query.'],
      ],
      [
        'a table that expires',
        {},
        { expiration_time: 1800000000000 },
        ['data-loss: The table rows is deleted at 2027-01-15T08:00:00.000Z.'],
      ],
      [
        'rows that expire',
        { time_partitioning: { type: 'DAY', field: 't' } },
        { time_partitioning: { type: 'DAY', field: 't', expiration_ms: 86400000 } },
        ['data-loss: Rows of the table rows are kept for 1 day, where it was for good.'],
      ],
      [
        'queries that must be narrow',
        {},
        { require_partition_filter: true },
        ['interrupt: Queries on the table rows that name no range of its partitions fail.'],
      ],
      ['a description', { description: 'a' }, { description: 'b' }, []],
    ],
  },
  google_vertex_ai_feature_group: {
    base: { name: 'listings' },
    changes: [
      [
        'a group that goes',
        {},
        undefined,
        ['interrupt: Nobody finds the features of the feature group listings, and views of it are no longer filled.'],
      ],
      [
        'rows of another table',
        { big_query: { big_query_source: { input_uri: 'bq://a' }, entity_id_columns: ['id'] } },
        { big_query: { big_query_source: { input_uri: 'bq://b' }, entity_id_columns: ['listing'] } },
        [
          'interrupt: Features of the feature group listings come from bq://b, where it was bq://a.',
          'interrupt: Features of the feature group listings are looked up by listing, where it was by id.',
        ],
        [
          'interrupt: Features of the feature group listings come from bq://a, where it was bq://b.',
          'interrupt: Features of the feature group listings are looked up by id, where it was by listing.',
        ],
      ],
    ],
  },
  google_vertex_ai_feature_group_feature: {
    base: { name: 'rooms', feature_group: 'listings', region: 'r' },
    changes: [
      ['a feature that goes', {}, undefined, ['interrupt: Nobody finds the feature rooms, and views that name it are no longer filled.']],
      [
        'values of another column',
        { version_column_name: 'rooms' },
        { version_column_name: 'beds' },
        ['interrupt: Values of the feature rooms come from the column beds, where it was rooms.'],
        ['interrupt: Values of the feature rooms come from the column rooms, where it was beds.'],
      ],
    ],
  },
  google_vertex_ai_feature_online_store: {
    base: { name: 'online' },
    changes: [
      [
        'a store that goes',
        { bigtable: { auto_scaling: { min_node_count: 1, max_node_count: 2 } } },
        undefined,
        [
          'data-loss: The feature store online is destroyed with every feature in it. Terraform refuses that as long as views are in it, because `force_destroy` is off.',
          'interrupt: Nobody looks up features in the feature store online.',
        ],
      ],
      [
        'a store in another region',
        { region: 'a' },
        { region: 'b' },
        [
          'data-loss: The feature store online is destroyed with every feature in it; the new one is empty. Terraform refuses that as long as views are in it, because `force_destroy` is off.',
          'interrupt: Nobody looks up features in the feature store online until its views are made in the new one, and filled.',
        ],
        [
          'data-loss: The feature store online is destroyed with every feature in it; the new one is empty. Terraform refuses that as long as views are in it, because `force_destroy` is off.',
          'interrupt: Nobody looks up features in the feature store online until its views are made in the new one, and filled.',
        ],
      ],
      [
        'a store that goes with its views',
        { force_destroy: false },
        { force_destroy: true },
        ['data-loss: Destroying the feature store online deletes every feature in it from now on: `force_destroy` is on.'],
      ],
      [
        'more nodes',
        { bigtable: { auto_scaling: { min_node_count: 1, max_node_count: 2 } } },
        { bigtable: { auto_scaling: { min_node_count: 2, max_node_count: 4 } } },
        ['capacity: The minimum of nodes goes up from 1 to 2.', 'capacity: The maximum of nodes goes up from 2 to 4.'],
        ['capacity: The minimum of nodes goes down from 2 to 1.', 'capacity: The maximum of nodes goes down from 4 to 2.'],
      ],
      [
        'a store on the internet',
        {
          dedicated_serving_endpoint: {
            private_service_connect_config: { enable_private_service_connect: true, project_allowlist: ['a'] },
          },
        },
        {
          dedicated_serving_endpoint: {
            private_service_connect_config: { enable_private_service_connect: false, project_allowlist: ['a', 'b'] },
          },
        },
        [
          'access: The feature store online may be reached from the internet, by whoever has the rights.',
          'access: Machines of b may reach the feature store online.',
        ],
      ],
    ],
  },
  google_vertex_ai_feature_online_store_featureview: {
    base: { name: 'listings', feature_online_store: 'online' },
    changes: [
      ['a view that goes', {}, undefined, ['interrupt: Nobody looks up features by the feature view listings.']],
      [
        'a view of another store',
        {},
        { feature_online_store: 'other' },
        ['interrupt: Nobody looks up features by the feature view listings until the new one is there and filled.'],
        ['interrupt: Nobody looks up features by the feature view listings until the new one is there and filled.'],
      ],
      [
        'another schedule',
        { sync_config: { cron: '0 * * * *' } },
        { sync_config: { cron: '0 0 * * *' } },
        ['interrupt: Features of the feature view listings are copied by the schedule 0 0 * * *, where it was 0 * * * *.'],
        ['interrupt: Features of the feature view listings are copied by the schedule 0 * * * *, where it was 0 0 * * *.'],
      ],
      [
        'no schedule',
        { sync_config: { cron: '0 * * * *' } },
        {},
        ['interrupt: Features of the feature view listings grow old: no schedule copies them any more.'],
      ],
      [
        'fewer features',
        { feature_registry_source: { feature_groups: [{ feature_group_id: 'listings', feature_ids: ['rooms', 'sqm'] }] } },
        { feature_registry_source: { feature_groups: [{ feature_group_id: 'listings', feature_ids: ['rooms'] }] } },
        ['interrupt: Nobody looks up sqm of listings by the feature view listings any more.'],
      ],
      [
        'rows of another table',
        { big_query_source: { uri: 'bq://a', entity_id_columns: ['a'] } },
        { big_query_source: { uri: 'bq://b', entity_id_columns: ['a'] } },
        ['interrupt: Features of the feature view listings come from bq://b, where it was bq://a.'],
        ['interrupt: Features of the feature view listings come from bq://a, where it was bq://b.'],
      ],
    ],
  },
};

describe.each(Object.keys(TYPES))('%s', (type) => {
  tellTwins(findGcp, type, TYPES[type]);
});
