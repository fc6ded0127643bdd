import { amount, at, falls, Kind, leads, loses, opens, placeText, Rule, shortens, vanishes, weakens } from '../terraform';
import { serverOf } from './postgresql';
import { PUBLIC, TLS } from './storage';

const store = (noun: string, holds: string, ...rules: Rule[]): Kind => ({ noun, holds, rules: [PUBLIC, ...rules] });
const keys: Rule = opens('local_authentication_disabled', false, 'Whoever has a key of {it} may use it without signing in.', {
  absent: false,
});
const keysToo: Rule = opens('local_auth_enabled', true, 'Whoever has a key of {it} may use it without signing in.', { absent: true });

const range: Rule = (thing) => {
  if (!thing.is) return [];
  const [from, to] = [at(thing.is, 'start_ip_address'), at(thing.is, 'end_ip_address')].map(String);
  // Azure takes this range for every service of Azure, whoever runs it.
  const whoever =
    from === '0.0.0.0' && to === '0.0.0.0'
      ? 'Everything that runs in Azure, whoever runs it,'
      : from === '0.0.0.0'
        ? placeText([])
        : from === to
          ? from
          : `${from} to ${to}`;
  return [thing.finding('access', `${whoever} may connect to the database server: {it} lets it in.`)];
};

/** Databases, search and machines with disks of their own. */
export const DATABASES: { readonly [type: string]: Kind } = {
  azurerm_postgresql_flexible_server_firewall_rule: { noun: 'firewall rule', rules: [range] },
  azurerm_mysql_flexible_server: serverOf(),
  azurerm_mysql_flexible_database: { noun: 'database', holds: 'every table in it' },
  azurerm_mysql_flexible_server_firewall_rule: { noun: 'firewall rule', rules: [range] },
  azurerm_mssql_server: store(
    'database server',
    'every database on it',
    weakens('access', 'minimum_tls_version', ...TLS),
    opens('azuread_administrator.azuread_authentication_only', false, 'Whoever has a password of {it} may sign in past Entra ID.', {
      absent: false,
    }),
    leads('interrupt', 'version', (was, is) => `{It} is down while its engine goes from ${was} to ${is}.`),
  ),
  azurerm_mssql_database: store(
    'database',
    'every table in it',
    shortens('short_term_retention_policy.retention_days', 7, 'Backups of {it} are'),
    loses('geo_backup_enabled', false, 'No copy of the backups of {it} is kept in another region any more.', { absent: true }),
    opens(
      'transparent_data_encryption_enabled',
      false,
      'Whoever gets hold of the files of {it} can read them: they are no longer encrypted.',
      { absent: true },
    ),
    falls('capacity', 'max_size_gb', undefined, (was, is) => `{It} may hold ${is} GB, where it was ${was}.`),
    amount('sku_name', 'The machine'),
  ),
  azurerm_mssql_firewall_rule: { noun: 'firewall rule', rules: [range] },
  azurerm_mssql_managed_instance: store('database instance', 'every database on it', weakens('access', 'minimum_tls_version', ...TLS)),
  azurerm_mssql_managed_database: { noun: 'database', holds: 'every table in it' },
  azurerm_cosmosdb_account: store(
    'database account',
    'every database in it',
    keys,
    shortens('backup.retention_in_hours', 8, 'Backups of {it}, in hours, are'),
    opens('is_virtual_network_filter_enabled', false, '{It} may be reached from any network.', { absent: false }),
  ),
  azurerm_cosmosdb_sql_database: { noun: 'database', holds: 'every container in it' },
  azurerm_cosmosdb_sql_container: { noun: 'container', holds: 'every item in it' },
  azurerm_cosmosdb_mongo_database: { noun: 'database', holds: 'every collection in it' },
  azurerm_cosmosdb_mongo_collection: { noun: 'collection', holds: 'every document in it' },
  azurerm_cosmosdb_table: { noun: 'table', holds: 'every row in it' },
  azurerm_search_service: store(
    'search service',
    'every index in it',
    opens('local_authentication_enabled', true, 'Whoever has a key of {it} may use it without signing in.', { absent: true }),
  ),
  azurerm_kusto_cluster: store('data explorer', 'every database in it'),
  azurerm_kusto_database: { noun: 'database', holds: 'every table in it' },
  azurerm_app_configuration: store(
    'configuration store',
    'every setting in it',
    loses('purge_protection_enabled', false, '{It} can be destroyed for good before its time.'),
    keysToo,
  ),
  azurerm_databricks_workspace: store('workspace', 'its notebooks, jobs and tables'),
  azurerm_synapse_workspace: store('workspace', 'its scripts and pools'),
  azurerm_linux_virtual_machine: {
    noun: 'machine',
    holds: 'everything on its disk',
    stops: '{it} does not run',
    rules: [amount('size', 'The machine type'), amount('priority', 'The priority', 'Regular')],
  },
  azurerm_kubernetes_cluster: {
    noun: 'cluster',
    holds: 'every volume that its workloads keep on it',
    stops: 'nothing on {it} runs',
    rules: [
      opens('local_account_disabled', false, 'Whoever has the administrator certificate of {it} may do everything in it.', {
        absent: false,
      }),
      vanishes('access', 'api_server_access_profile', 'The control plane of {it} may be reached from anywhere.'),
    ],
  },
  azurerm_kubernetes_cluster_node_pool: {
    noun: 'node pool',
    stops: 'what runs on {it} has nowhere to run',
    rules: [
      amount('vm_size', 'The machine type'),
      amount('priority', 'The priority', 'Regular'),
      amount('min_count', 'The minimum of nodes', 0),
      amount('max_count', 'The maximum of nodes'),
      amount('node_count', 'The number of nodes'),
    ],
  },
};
