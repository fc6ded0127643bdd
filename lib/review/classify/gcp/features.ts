import { columnsOf } from '../../terraform/table-schema';
import { Body, Finding } from '../../model';
import {
  all,
  amount,
  at,
  drops,
  exchanged,
  falls,
  gains,
  Kind,
  leads,
  loses,
  missing,
  opens,
  scaledAt,
  shortens,
  shown,
  stops,
  Thing,
  vanishes,
} from '../terraform';
import { unlocked } from './storage';

const ownKey = (path: string): ReturnType<typeof vanishes> =>
  vanishes('access', path, '{It} is no longer encrypted with a key of your own.');
// Of a view, or of rows that are elsewhere, nothing is lost.
const isTable = (was: Body): boolean => ['view', 'materialized_view', 'external_data_configuration'].every((b) => at(was, b) === undefined);

/** BigQuery, and what looks features up. */
export const FEATURES: { readonly [type: string]: Kind } = {
  google_bigquery_dataset: {
    noun: 'dataset',
    holds: 'every table in it',
    guard: ({ delete_contents_on_destroy }) =>
      delete_contents_on_destroy === true
        ? undefined
        : 'Terraform refuses that as long as tables are in it, because `delete_contents_on_destroy` is off.',
    stops: 'queries on {it} fail',
    rules: [
      loses(
        'delete_contents_on_destroy',
        true,
        'Destroying {it} deletes every table in it from now on: `delete_contents_on_destroy` is on.',
        { absent: false },
      ),
      shortens('max_time_travel_hours', 168 * 3600, 'Deleted rows of {it} are', 'seconds', scaledAt(3600)),
      shortens('default_table_expiration_ms', Infinity, 'New tables of {it} are', 'seconds', scaledAt(0.001)),
      shortens('default_partition_expiration_ms', Infinity, 'Rows of new tables of {it} are', 'seconds', scaledAt(0.001)),
      ownKey('default_encryption_configuration'),
      gains('access', 'access', (items) => `{It} is opened to ${items}.`, true),
      drops('interrupt', 'access', (items) => `{It} is closed to ${items}.`),
    ],
  },
  google_bigquery_table: {
    noun: 'table',
    holds: (was) => (isTable(was) ? 'every row in it' : undefined),
    guard: ({ deletion_protection }) =>
      deletion_protection === false ? undefined : 'Terraform refuses that as long as `deletion_protection` is on.',
    stops: 'queries on {it} fail',
    rules: [
      unlocked,
      columns,
      leads('interrupt', 'view.query', () => 'What reads {it} gets the result of another query.', true),
      leads('interrupt', 'materialized_view.query', () => 'What reads {it} gets the result of another query.', true),
      leads('interrupt', 'external_data_configuration.source_uris', (was, is) => `Rows of {it} come from ${is}, where it was ${was}.`),
      falls('data-loss', 'expiration_time', Infinity, (_was, is) => `{It} is deleted at ${moment(is)}.`),
      shortens('time_partitioning.expiration_ms', Infinity, 'Rows of {it} are', 'seconds', scaledAt(0.001)),
      stops('require_partition_filter', true, 'Queries on {it} that name no range of its partitions fail.', { absent: false }),
      ownKey('encryption_configuration'),
    ],
  },
  google_vertex_ai_featurestore: { noun: 'feature store', holds: 'every feature in it', rules: [unlocked] },
  // The rows are in BigQuery, and stay there.
  google_vertex_ai_feature_group: {
    noun: 'feature group',
    stops: 'nobody finds the features of {it}, and views of it are no longer filled',
    rules: [
      leads('interrupt', 'big_query.big_query_source.input_uri', (was, is) => `Features of {it} come from ${is}, where it was ${was}.`),
      leads('interrupt', 'big_query.entity_id_columns', (was, is) => `Features of {it} are looked up by ${is}, where it was by ${was}.`),
    ],
  },
  google_vertex_ai_feature_group_feature: {
    noun: 'feature',
    stops: 'nobody finds {it}, and views that name it are no longer filled',
    rules: [leads('interrupt', 'version_column_name', (was, is) => `Values of {it} come from the column ${is}, where it was ${was}.`)],
  },
  google_vertex_ai_feature_online_store: {
    noun: 'feature store',
    holds: 'every feature in it',
    guard: ({ force_destroy }) =>
      force_destroy === true ? undefined : 'Terraform refuses that as long as views are in it, because `force_destroy` is off.',
    stops: 'nobody looks up features in {it}',
    anew: 'Nobody looks up features in {it} until its views are made in the new one, and filled.',
    rules: [
      loses('force_destroy', true, 'Destroying {it} deletes every feature in it from now on: `force_destroy` is on.', { absent: false }),
      amount('bigtable.auto_scaling.min_node_count', 'The minimum of nodes'),
      amount('bigtable.auto_scaling.max_node_count', 'The maximum of nodes'),
      amount('bigtable.auto_scaling.cpu_utilization_target', 'The percentage of CPU that nodes are added for'),
      opens(
        'dedicated_serving_endpoint.private_service_connect_config.enable_private_service_connect',
        false,
        '{It} may be reached from the internet, by whoever has the rights.',
        { absent: false },
      ),
      gains(
        'access',
        'dedicated_serving_endpoint.private_service_connect_config.project_allowlist',
        (items) => `Machines of ${items} may reach {it}.`,
      ),
    ],
  },
  google_vertex_ai_feature_online_store_featureview: {
    noun: 'feature view',
    stops: 'nobody looks up features by {it}',
    anew: 'Nobody looks up features by {it} until the new one is there and filled.',
    rules: [
      exchanged('interrupt', 'sync_config.cron', (was, is) => `Features of {it} are copied by the schedule ${is}, where it was ${was}.`),
      vanishes('interrupt', 'sync_config', 'Features of {it} grow old: no schedule copies them any more.'),
      looked,
      leads('interrupt', 'big_query_source.uri', (was, is) => `Features of {it} come from ${is}, where it was ${was}.`),
      leads(
        'interrupt',
        'big_query_source.entity_id_columns',
        (was, is) => `Features of {it} are looked up by ${is}, where it was by ${was}.`,
      ),
    ],
  },
};

/** Columns that go, with what is in them. */
function columns(thing: Thing): Finding[] {
  const { was, is } = thing;
  if (!was || !is || !thing.touched('schema') || !isTable(was)) return [];
  const [before, after] = [was, is].map((b) => columnsOf(at(b, 'schema')));
  if (!before || !after) return [thing.finding('unknown', 'The columns of {it} differ; its schema is not JSON, and is not looked into.')];
  const gone = missing([...before.keys()], [...after.keys()]);
  return gone.length
    ? [thing.finding('data-loss', `What is in the column${gone.length > 1 ? 's' : ''} ${shown(gone)} of {it} is lost.`)]
    : [];
}

/** Features that a view looks up no more. */
function looked(thing: Thing): Finding[] {
  const path = 'feature_registry_source.feature_groups';
  if (!thing.was || !thing.is || !thing.touched(path)) return [];
  const [was, is] = [thing.was, thing.is].map((b) =>
    all(b, path).flatMap((g) => all(g, 'feature_ids').map((f) => `${shown(f)} of ${shown(at(g, 'feature_group_id'))}`)),
  );
  const gone = missing(was, is);
  return gone.length ? [thing.finding('interrupt', `Nobody looks up ${shown(gone)} by {it} any more.`)] : [];
}

function moment(milliseconds: number): string {
  const date = new Date(milliseconds);
  return Number.isNaN(date.getTime()) ? String(milliseconds) : date.toISOString();
}
