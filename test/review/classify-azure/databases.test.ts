import { findAzure } from '../../../lib/review/classify/azure';
import { Twins, tellTwins } from '../classify';

// What a change means, and what it means that it is taken back; without the latter it means nothing.
const TYPES: { readonly [type: string]: Twins } = {
  azurerm_postgresql_flexible_server: {
    base: { name: 'db', public_network_access_enabled: false },
    changes: [
      [
        'a server that goes',
        {},
        undefined,
        [
          'data-loss: The database server db is destroyed with every database and backup on it.',
          'interrupt: Nobody reaches the databases on the database server db.',
        ],
      ],
      [
        'a server in another place',
        { location: 'a' },
        { location: 'b' },
        [
          'data-loss: The database server db is destroyed with every database and backup on it; the new one is empty.',
          'interrupt: Until the new one is there, nobody reaches the databases on the database server db.',
        ],
        [
          'data-loss: The database server db is destroyed with every database and backup on it; the new one is empty.',
          'interrupt: Until the new one is there, nobody reaches the databases on the database server db.',
        ],
      ],
      [
        'passwords switched on',
        { authentication: { active_directory_auth_enabled: true, password_auth_enabled: false } },
        { authentication: { active_directory_auth_enabled: true, password_auth_enabled: true } },
        ['access: Whoever has a password of the database server db may sign in past Entra ID.'],
      ],
      [
        'Entra ID switched off',
        { authentication: { active_directory_auth_enabled: true, password_auth_enabled: true } },
        { authentication: { active_directory_auth_enabled: false, password_auth_enabled: true } },
        ['interrupt: Whoever signs in to the database server db by Entra ID is refused.'],
      ],
      [
        'another tenant',
        { authentication: { password_auth_enabled: false, tenant_id: 'a' } },
        { authentication: { password_auth_enabled: false, tenant_id: 'b' } },
        ['access: People of the tenant b may sign in to the database server db, where it was those of a.'],
        ['access: People of the tenant a may sign in to the database server db, where it was those of b.'],
      ],
      [
        'a server on the internet',
        { public_network_access_enabled: false },
        { public_network_access_enabled: true },
        ['access: The database server db may be reached from the internet, by whoever has the rights: its public endpoint is on.'],
      ],
      [
        'no standby',
        { high_availability: { mode: 'ZoneRedundant' } },
        {},
        ['interrupt: The database server db is down when its machine or zone is: there is no standby any more.'],
      ],
      [
        'a standby in the same zone',
        { high_availability: { mode: 'ZoneRedundant' } },
        { high_availability: { mode: 'SameZone' } },
        ['interrupt: The database server db is down when its zone is: its standby is in the same one.'],
      ],
      [
        'no copy of backups elsewhere',
        { geo_redundant_backup_enabled: true },
        { geo_redundant_backup_enabled: false },
        [
          'data-loss: The database server db is destroyed with every database and backup on it; the new one is empty.',
          'interrupt: Until the new one is there, nobody reaches the databases on the database server db.',
          'data-loss: No copy of the backups of the database server db is kept in another region any more.',
        ],
        [
          'data-loss: The database server db is destroyed with every database and backup on it; the new one is empty.',
          'interrupt: Until the new one is there, nobody reaches the databases on the database server db.',
        ],
      ],
      [
        'storage that no longer grows',
        { auto_grow_enabled: true },
        { auto_grow_enabled: false },
        ['interrupt: The database server db takes no more writes once its storage is full: it no longer grows by itself.'],
      ],
      [
        'another machine',
        { sku_name: 'B_Standard_B1ms' },
        { sku_name: 'GP_Standard_D2s_v3' },
        [
          'interrupt: The database server db restarts for the other machine.',
          'capacity: The machine changes from B_Standard_B1ms to GP_Standard_D2s_v3.',
        ],
        [
          'interrupt: The database server db restarts for the other machine.',
          'capacity: The machine changes from GP_Standard_D2s_v3 to B_Standard_B1ms.',
        ],
      ],
      [
        'less storage',
        { storage_mb: 65536 },
        { storage_mb: 32768 },
        [
          'data-loss?: If it is replaced, the database server db is destroyed with every database and backup on it; the new one is empty.',
          'interrupt?: If it is replaced: until the new one is there, nobody reaches the databases on the database server db.',
          'capacity: The storage, in MB, goes down from 65536 to 32768.',
        ],
        ['capacity: The storage, in MB, goes up from 32768 to 65536.'],
      ],
      [
        'a lower version',
        { version: '16' },
        { version: '15' },
        [
          'data-loss?: If it is replaced, the database server db is destroyed with every database and backup on it; the new one is empty.',
          'interrupt?: If it is replaced: until the new one is there, nobody reaches the databases on the database server db.',
        ],
        ['interrupt: The database server db is down while its engine goes from 15 to 16, which cannot be taken back.'],
      ],
      [
        'a replica of its own',
        { replication_role: 'AsyncReplica' },
        { replication_role: 'None' },
        ['interrupt: The database server db no longer follows the server that it was made from.'],
      ],
    ],
  },
  azurerm_postgresql_flexible_server_database: {
    base: { name: 'mlflow', server_id: '${azurerm_postgresql_flexible_server.db.id}' },
    changes: [
      [
        'a database that goes',
        {},
        undefined,
        [
          'data-loss: The database mlflow is destroyed with every table in it.',
          'interrupt: Whatever connects to the database mlflow is refused.',
        ],
      ],
      [
        'another charset',
        { charset: 'UTF8' },
        { charset: 'SQL_ASCII' },
        [
          'data-loss: The database mlflow is destroyed with every table in it; the new one is empty.',
          'interrupt: Until the new one is there, whatever connects to the database mlflow is refused.',
        ],
        [
          'data-loss: The database mlflow is destroyed with every table in it; the new one is empty.',
          'interrupt: Until the new one is there, whatever connects to the database mlflow is refused.',
        ],
      ],
    ],
  },
  azurerm_postgresql_flexible_server_active_directory_administrator: {
    base: { server_name: '${azurerm_postgresql_flexible_server.db.name}', principal_type: 'ServicePrincipal', tenant_id: 't' },
    changes: [
      [
        'an administrator',
        undefined,
        { object_id: 'o', principal_name: 'mlflow' },
        ['access: mlflow (o) may do everything in every database of the database server azurerm_postgresql_flexible_server.db.'],
      ],
      [
        'another administrator',
        { object_id: 'o', principal_name: 'mlflow' },
        { object_id: 'p', principal_name: 'ops' },
        [
          'access: ops (p) may do everything in every database of the database server azurerm_postgresql_flexible_server.db.',
          'interrupt: mlflow (o) may no longer sign in to the database server azurerm_postgresql_flexible_server.db as administrator: what runs as it is refused.',
        ],
        [
          'access: mlflow (o) may do everything in every database of the database server azurerm_postgresql_flexible_server.db.',
          'interrupt: ops (p) may no longer sign in to the database server azurerm_postgresql_flexible_server.db as administrator: what runs as it is refused.',
        ],
      ],
    ],
  },
  azurerm_redis_cache: {
    base: { name: 'online', public_network_access_enabled: false, sku_name: 'Standard', family: 'C', capacity: 1 },
    changes: [
      [
        'a cache that goes',
        {},
        undefined,
        ['data-loss: The cache online is destroyed with what is in it.', 'interrupt: Whatever looks up in the cache online finds nothing.'],
      ],
      [
        'keys',
        { access_keys_authentication_enabled: false },
        { access_keys_authentication_enabled: true },
        ['access: Whoever has a key of the cache online may use it without signing in.'],
      ],
      [
        'nobody is asked',
        { redis_configuration: { authentication_enabled: true } },
        { redis_configuration: { authentication_enabled: false } },
        ['access: Whoever reaches the cache online may read and change what is in it: it asks nobody.'],
      ],
      [
        'Entra ID switched off',
        { redis_configuration: { active_directory_authentication_enabled: true } },
        { redis_configuration: { active_directory_authentication_enabled: false } },
        ['interrupt: Whoever signs in to the cache online by Entra ID is refused.'],
      ],
      [
        'a cache that evicts',
        { redis_configuration: { maxmemory_policy: 'noeviction' } },
        { redis_configuration: { maxmemory_policy: 'allkeys-lru' } },
        ['data-loss: The cache online throws away what is in it once it is full.'],
      ],
      [
        'no TLS',
        { non_ssl_port_enabled: false },
        { non_ssl_port_enabled: true },
        ['access: Whoever listens in may read what goes to the cache online: its port without TLS is open.'],
      ],
      [
        'older TLS',
        { minimum_tls_version: '1.2' },
        { minimum_tls_version: '1.0' },
        [
          'access: Whoever listens in may break the encryption of connections to the cache online: they may use 1.0, where it was at least 1.2.',
        ],
      ],
      [
        'a larger cache',
        { capacity: 1 },
        { capacity: 3 },
        [
          'interrupt: Connections to the cache online break for a moment while its size changes.',
          'capacity: The size goes up from 1 to 3.',
        ],
        [
          'interrupt: Connections to the cache online break for a moment while its size changes.',
          'capacity: The size goes down from 3 to 1.',
        ],
      ],
      [
        'a larger cache of one copy',
        { sku_name: 'Basic' },
        { sku_name: 'Basic', capacity: 2 },
        [
          'data-loss: What is in the cache online is lost when its size changes: the tier Basic keeps one copy.',
          'capacity: The size goes up from 1 to 2.',
        ],
        [
          'data-loss: What is in the cache online is lost when its size changes: the tier Basic keeps one copy.',
          'capacity: The size goes down from 2 to 1.',
        ],
      ],
      [
        'a lower tier',
        { sku_name: 'Premium', family: 'P' },
        {},
        [
          'data-loss?: If it is replaced, the cache online is destroyed with what is in it; the new one is empty.',
          'interrupt?: If it is replaced: until the new one is there, whatever looks up in the cache online finds nothing.',
          'interrupt: Connections to the cache online break for a moment while its size changes.',
          'capacity: The tier changes from Premium to Standard.',
          'capacity: The family of machines changes from P to C.',
        ],
        [
          'interrupt: Connections to the cache online break for a moment while its size changes.',
          'capacity: The tier changes from Standard to Premium.',
          'capacity: The family of machines changes from C to P.',
        ],
      ],
      [
        'no backups',
        { redis_configuration: { rdb_backup_enabled: true } },
        { redis_configuration: { rdb_backup_enabled: false } },
        ['data-loss: What is in the cache online is gone when its machines are: it is no longer backed up.'],
      ],
      [
        'fewer copies',
        { replicas_per_primary: 2 },
        { replicas_per_primary: 1 },
        ['interrupt: The cache online has 1 copy to take over, where it was 2.'],
      ],
      ['other patches', { patch_schedule: [{ day_of_week: 'Sunday' }] }, { patch_schedule: [{ day_of_week: 'Monday' }] }, []],
    ],
  },
};

describe.each(Object.keys(TYPES))('%s', (type) => {
  tellTwins(findAzure, type, TYPES[type]);
});
