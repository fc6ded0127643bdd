import { Finding } from '../../model';
import { amount, at, becomes, falls, Kind, leads, loses, opens, plural, stops, Thing, vanishes, weakens } from '../terraform';
import { PUBLIC, TLS } from './storage';

const EVICTING = ['volatile-lru', 'allkeys-lru', 'volatile-lfu', 'allkeys-lfu', 'volatile-random', 'allkeys-random', 'volatile-ttl'];

/** Caches, which are also where features are looked up. */
export const CACHES: { readonly [type: string]: Kind } = {
  azurerm_redis_cache: {
    noun: 'cache',
    holds: 'what is in it',
    stops: 'whatever looks up in {it} finds nothing',
    rules: [
      PUBLIC,
      weakens('access', 'minimum_tls_version', ...TLS),
      opens('non_ssl_port_enabled', true, 'Whoever listens in may read what goes to {it}: its port without TLS is open.', {
        absent: false,
      }),
      opens('access_keys_authentication_enabled', true, 'Whoever has a key of {it} may use it without signing in.', { absent: true }),
      opens(
        'redis_configuration.authentication_enabled',
        false,
        'Whoever reaches {it} may read and change what is in it: it asks nobody.',
        {
          absent: true,
        },
      ),
      stops('redis_configuration.active_directory_authentication_enabled', false, 'Whoever signs in to {it} by Entra ID is refused.', {
        absent: false,
      }),
      becomes('data-loss', 'redis_configuration.maxmemory_policy', EVICTING, '{It} throws away what is in it once it is full.', {
        absent: 'volatile-lru',
      }),
      loses('redis_configuration.rdb_backup_enabled', false, 'What is in {it} is gone when its machines are: it is no longer backed up.', {
        absent: false,
      }),
      loses('redis_configuration.aof_backup_enabled', false, 'What is in {it} is gone when its machines are: writes are no longer kept.', {
        absent: false,
      }),
      falls(
        'data-loss',
        'redis_configuration.rdb_backup_max_snapshot_count',
        undefined,
        (was, is) => `${is} backups of {it} are kept, where it was ${was}.`,
      ),
      leads('interrupt', 'redis_version', (was, is) => `Connections to {it} break while it goes from version ${was} to ${is}.`),
      resized,
      falls(
        'interrupt',
        'replicas_per_primary',
        1,
        (was, is) => `{It} has ${plural(is, 'copy', 'copies')} to take over, where it was ${was}.`,
      ),
      amount('sku_name', 'The tier'),
      amount('family', 'The family of machines'),
      amount('capacity', 'The size'),
      amount('shard_count', 'The number of shards', 1),
      vanishes('interrupt', 'identity', '{It} has no identity any more: whatever it signs in to refuses it.'),
    ],
  },
  azurerm_managed_redis: { noun: 'cache', holds: 'what is in it', rules: [PUBLIC] },
};

/** https://learn.microsoft.com/azure/azure-cache-for-redis/cache-how-to-scale */
function resized(thing: Thing): Finding[] {
  const { was, is } = thing;
  if (!was || !is || !['sku_name', 'family', 'capacity', 'shard_count'].some((p) => at(was, p) !== at(is, p))) return [];
  return at(was, 'sku_name') === 'Basic'
    ? [thing.finding('data-loss', 'What is in {it} is lost when its size changes: the tier Basic keeps one copy.')]
    : [thing.finding('interrupt', 'Connections to {it} break for a moment while its size changes.')];
}
