import { changesInPlace } from './table-schema';
import { isRecord, Symbolic, Value } from './value';

/** A replacement that the provider decides on by the values, which its schema therefore does not tell. */
interface Condition {
  /** Says so if these values replace it. `all` is everything declared of the resource afterwards. */
  readonly replaces: (before: Value | undefined, after: Value | undefined, all: { readonly [name: string]: Value }) => boolean;
  /** A clause. */
  readonly reason: string;
}

const text = (value: Value | undefined): string => (typeof value === 'string' ? value.toUpperCase() : '');
const ZONAL = ['ZRS', 'GZRS', 'RAGZRS'];

const inAccount = (what: string): Condition => ({
  replaces: () => true,
  reason: `${what} is made anew in another account, unless it is only named by id now that was named by name before`,
});
const CONTAINER = inAccount('a container');
const SHARE = inAccount('a share');

/** A block or a value that cannot be taken away again. */
const staying = (reason: string): Condition => ({ replaces: (before, after) => isThere(before) && !isThere(after), reason });

const SIZES = ['BASIC', 'STANDARD', 'PREMIUM'];
const isThere = (value: Value | undefined): boolean => value !== undefined && value !== null && value !== '';
const isEmpty = (value: Value | undefined): boolean => !Array.isArray(value) || value.length === 0;

/** By type and attribute, as azurerm 4 and google 6 decide in their code. */
const CONDITIONS: { readonly [attribute: string]: Condition } = {
  'azurerm_storage_account.account_replication_type': {
    replaces: (before, after) => ZONAL.includes(text(before)) !== ZONAL.includes(text(after)),
    reason: 'an account cannot be turned from replication within a zone to replication across zones, nor back',
  },
  'azurerm_storage_account.account_kind': {
    replaces: (before, after) => text(before) !== 'STORAGE' && text(after) !== 'STORAGEV2',
    reason: 'an account can only be upgraded to StorageV2',
  },
  'azurerm_storage_container.storage_account_id': CONTAINER,
  'azurerm_storage_container.storage_account_name': CONTAINER,
  'azurerm_storage_share.storage_account_id': SHARE,
  'azurerm_storage_share.storage_account_name': SHARE,
  'azurerm_log_analytics_workspace.sku': {
    replaces: (before, after) => {
      const [from, to] = [text(before), text(after)];
      const reserves = [from, to].sort().join() === 'CAPACITYRESERVATION,PERGB2018';
      return from !== 'LACLUSTER' && !reserves;
    },
    reason: 'a workspace changes its sku in place only between PerGB2018 and CapacityReservation',
  },
  'azurerm_service_plan.zone_balancing_enabled': {
    replaces: (before, after, all) => before !== true && after === true && !(Number(all.worker_count) >= 2),
    reason: 'zones are balanced in place only with two workers or more',
  },
  'azurerm_public_ip.domain_name_label_scope': {
    replaces: (before, after) => text(before) !== '' || text(after) === '',
    reason: 'the scope of a name can be set once and not be changed',
  },
  'azurerm_postgresql_flexible_server.version': {
    replaces: (before, after) => Number(after) < Number(before),
    reason: 'an engine can be upgraded, and a lower version is another server',
  },
  'azurerm_postgresql_flexible_server.storage_mb': {
    replaces: (before, after) => Number(after) < Number(before),
    reason: 'storage can grow, not shrink',
  },
  'azurerm_postgresql_flexible_server.administrator_login': {
    replaces: (before) => isThere(before),
    reason: 'an administrator can be named once and not be renamed',
  },
  'azurerm_postgresql_flexible_server.identity.type': {
    replaces: (before, after) => text(before).includes('USERASSIGNED') && !text(after).includes('USERASSIGNED'),
    reason: 'identities can be added to a server, not taken away',
  },
  'azurerm_redis_cache.sku_name': {
    replaces: (before, after) => SIZES.indexOf(text(after)) < SIZES.indexOf(text(before)),
    reason: 'a cache cannot be brought down to a lower tier',
  },
  'azurerm_servicebus_namespace.sku': {
    replaces: (before, after) => (text(before) === 'PREMIUM') !== (text(after) === 'PREMIUM'),
    reason: 'a namespace cannot be turned into a Premium one, nor back',
  },
  'azurerm_servicebus_namespace.customer_managed_key': staying('a key of your own cannot be taken away from a namespace again'),
  'azurerm_managed_lustre_file_system.encryption_key': staying('a key of your own cannot be taken away from a file system again'),
  'azurerm_container_app_environment.workload_profile': {
    replaces: (before, after) => isEmpty(before) !== isEmpty(after),
    reason: 'an environment is made with workload profiles or without',
  },
  'google_compute_subnetwork.ip_cidr_range': {
    replaces: (before, after) => !contains(after, before),
    reason: 'a range can be widened, not narrowed or moved',
  },
  'google_storage_bucket.retention_policy.is_locked': {
    replaces: (before, after) => before === true && after !== true,
    reason: 'a locked retention policy cannot be unlocked',
  },
  'google_sql_database_instance.settings.disk_size': {
    replaces: (before, after) => Number(after) < Number(before),
    reason: 'a disk can grow, not shrink',
  },
  'google_sql_database_instance.settings.ip_configuration.private_network': staying('an instance cannot be taken out of its network again'),
  'google_bigquery_table.schema': {
    replaces: (before, after, all) => !changesInPlace(before, after, all.external_data_configuration !== undefined),
    reason: 'columns can be added or dropped, not both at once, and none can be required, renamed or given another type later',
  },
};

/** Why a change of an attribute replaces the resource though the schema does not say so; undefined if it does not. */
export function conditionFor(
  type: string,
  path: string,
  before: Value | undefined,
  after: Value | undefined,
  all: { readonly [name: string]: Value },
): string | undefined {
  const name = `${type}.${path.replace(/\[0\]/g, '')}`;
  // A whole block that comes or goes takes what is in it along.
  const found = CONDITIONAL.find((c) => c === name || c.startsWith(`${name}.`));
  if (!found) return undefined;
  const below = found.slice(name.length + 1);
  const condition = CONDITIONS[found];
  const [was, is] = below ? [member(before, below), member(after, below)] : [before, after];
  // Values that are not known might be the ones.
  return was instanceof Symbolic || is instanceof Symbolic || condition.replaces(was, is, all) ? condition.reason : undefined;
}

/** Every attribute with such a condition, `type.path`. */
export const CONDITIONAL: readonly string[] = Object.keys(CONDITIONS);

function member(value: Value | undefined, name: string): Value | undefined {
  return isRecord(value) ? value[name] : undefined;
}

/** Whether the first range of IPv4 addresses holds the second. */
function contains(outer: Value | undefined, inner: Value | undefined): boolean {
  const [a, b] = [range(outer), range(inner)];
  return a !== undefined && b !== undefined && a.first <= b.first && a.last >= b.last;
}

function range(cidr: Value | undefined): { first: number; last: number } | undefined {
  const match = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\/(\d+)$/.exec(typeof cidr === 'string' ? cidr : '');
  if (!match) return undefined;
  const [a, b, c, d, bits] = match.slice(1).map(Number);
  const size = 2 ** (32 - bits);
  const first = Math.floor((((a * 256 + b) * 256 + c) * 256 + d) / size) * size;
  return { first, last: first + size - 1 };
}
