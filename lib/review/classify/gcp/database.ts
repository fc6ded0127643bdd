import { amount, falls, gains, Kind, loses, opens, Rule, shortens, stops, vanishes, weakens, leads } from '../terraform';
import { unlocked } from './storage';

const keyGone: Rule = vanishes('access', 'kms_key_name', '{It} is no longer encrypted with a key of your own.');
const store = (noun: string, holds: string, ...rules: Rule[]): Kind => ({ noun, holds, rules: [unlocked, keyGone, ...rules] });

/** Databases, warehouses, feature stores, and machines with disks of their own. */
export const DATABASES: { readonly [type: string]: Kind } = {
  google_sql_database_instance: {
    noun: 'database instance',
    holds: 'every database and backup on it',
    guard: ({ deletion_protection }) =>
      deletion_protection === false ? undefined : 'Terraform refuses that as long as `deletion_protection` is on.',
    stops: 'nobody reaches the databases on {it}',
    rules: [
      unlocked,
      loses('settings.deletion_protection_enabled', false, '{It} can be deleted in the console and by the API.', { absent: false }),
      loses('settings.backup_configuration.enabled', false, '{It} is no longer backed up.', { absent: false }),
      loses(
        'settings.backup_configuration.point_in_time_recovery_enabled',
        false,
        '{It} can no longer be brought back to a point in time.',
        { absent: false },
      ),
      falls(
        'data-loss',
        'settings.backup_configuration.backup_retention_settings.retained_backups',
        7,
        (was, is) => `${is} backups of {it} are kept, where it was ${was}.`,
      ),
      shortens('settings.backup_configuration.transaction_log_retention_days', 7, 'Transaction logs of {it} are'),
      opens(
        'settings.ip_configuration.ipv4_enabled',
        true,
        '{It} has a public address: whoever is in its authorized networks may reach it from the internet.',
        { absent: true, onAdd: true },
      ),
      gains('access', 'settings.ip_configuration.authorized_networks', (items) => `${items} may connect to {it}.`, true),
      weakens(
        'access',
        'settings.ip_configuration.ssl_mode',
        ['ALLOW_UNENCRYPTED_AND_ENCRYPTED', 'ENCRYPTED_ONLY', 'TRUSTED_CLIENT_CERTIFICATE_REQUIRED'],
        (was, is) => `Connections to {it} need ${is}, where it was ${was}.`,
        {
          absent: 'ALLOW_UNENCRYPTED_AND_ENCRYPTED',
        },
      ),
      vanishes('access', 'encryption_key_name', '{It} is no longer encrypted with a key of your own.'),
      stops('settings.availability_type', 'ZONAL', '{It} is down when its zone is: there is no standby any more.', { absent: 'ZONAL' }),
      leads(
        'interrupt',
        'database_version',
        (was, is) => `{It} is down while its engine goes from ${was} to ${is}, which cannot be taken back.`,
      ),
      leads('interrupt', 'settings.tier', () => '{It} restarts for the other machine.'),
      amount('settings.tier', 'The machine'),
      amount('settings.disk_size', 'The disk, in GB,'),
    ],
  },
  google_sql_database: { noun: 'database', holds: 'every table in it' },
  google_alloydb_cluster: store('database cluster', 'every database and backup on it'),
  google_alloydb_instance: { noun: 'database instance', stops: 'nobody reaches the databases on {it}' },
  google_spanner_instance: store(
    'database instance',
    'every database on it',
    loses('force_destroy', true, 'Destroying {it} deletes its backups from now on: `force_destroy` is on.'),
  ),
  google_spanner_database: store(
    'database',
    'every table in it',
    shortens('version_retention_period', 3600, 'Old versions of rows in {it} are', 'seconds'),
  ),
  google_bigtable_instance: store('database instance', 'every table on it'),
  google_bigtable_table: store('table', 'every row in it'),
  google_firestore_database: store(
    'database',
    'every document in it',
    loses('delete_protection_state', 'DELETE_PROTECTION_DISABLED', '{It} is no longer protected from deletion.'),
  ),
  google_redis_instance: store(
    'cache',
    'what is in it',
    opens('auth_enabled', false, 'Whoever reaches {it} may read it without a password.', { absent: false }),
  ),
  google_memcache_instance: store('cache', 'what is in it'),
  google_bigquery_dataset: store(
    'dataset',
    'every table in it',
    loses(
      'delete_contents_on_destroy',
      true,
      'Destroying {it} deletes every table in it from now on: `delete_contents_on_destroy` is on.',
      { absent: false },
    ),
    shortens('max_time_travel_hours', 168, 'Deleted rows of {it}, in hours, are'),
    gains('access', 'access', (items) => `{It} is opened to ${items}.`, true),
  ),
  google_bigquery_table: store('table', 'every row in it'),
  google_vertex_ai_featurestore: store('feature store', 'every feature in it'),
  google_vertex_ai_feature_online_store: store('feature store', 'every feature in it'),
  google_vertex_ai_feature_group: store('feature group', 'its features'),
  google_vertex_ai_dataset: store('dataset', 'its annotations'),
  google_vertex_ai_index: store('index', 'every vector in it'),
  google_vertex_ai_tensorboard: store('tensorboard', 'every run in it'),
  google_dataproc_metastore_service: store('metastore', 'every table definition in it'),
  google_workbench_instance: store('workbench', 'everything on its disks'),
  google_notebooks_instance: store('notebook', 'everything on its disks'),
  google_compute_instance: {
    noun: 'machine',
    holds: 'everything on the disks that go with it',
    stops: '{it} does not run',
    rules: [
      unlocked,
      amount('machine_type', 'The machine type'),
      amount('scheduling.provisioning_model', 'The provisioning model', 'STANDARD'),
      amount('guest_accelerator', 'The accelerators'),
      gains('access', 'network_interface.access_config', () => '{It} has a public address.', true),
    ],
  },
  google_container_cluster: {
    noun: 'cluster',
    holds: 'every volume that its workloads keep on it',
    stops: 'nothing on {it} runs',
    rules: [
      unlocked,
      vanishes('access', 'private_cluster_config', 'The nodes of {it} get public addresses.'),
      vanishes('access', 'master_authorized_networks_config', 'The control plane of {it} may be reached from anywhere.'),
      opens('enable_legacy_abac', true, 'Whoever runs in {it} may do everything in it: legacy authorization is on.', { absent: false }),
    ],
  },
  google_container_node_pool: {
    noun: 'node pool',
    stops: 'what runs on {it} has nowhere to run',
    rules: [
      amount('node_config.machine_type', 'The machine type', 'e2-medium'),
      amount('node_config.guest_accelerator', 'The accelerators'),
      amount('node_config.spot', 'Spot', false),
      amount('autoscaling.min_node_count', 'The minimum of nodes', 0),
      amount('autoscaling.max_node_count', 'The maximum of nodes'),
      amount('node_count', 'The number of nodes'),
    ],
  },
};
