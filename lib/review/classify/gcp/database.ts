import { amount, gains, Kind, loses, opens, Rule, shortens, vanishes } from '../terraform';
import { unlocked } from './storage';

const keyGone: Rule = vanishes('access', 'kms_key_name', '{It} is no longer encrypted with a key of your own.');
const store = (noun: string, holds: string, ...rules: Rule[]): Kind => ({ noun, holds, rules: [unlocked, keyGone, ...rules] });

/** Databases, indexes, and machines with disks of their own. */
export const DATABASES: { readonly [type: string]: Kind } = {
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
