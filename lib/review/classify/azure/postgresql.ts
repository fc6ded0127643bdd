import { amount, at, Kind, leads, loses, opens, Rule, shortens, shown, stops, vanishes } from '../terraform';
import { ownKey, PUBLIC } from './storage';

/** What is alike of servers of PostgreSQL and MySQL. */
export const FLEXIBLE: readonly Rule[] = [
  PUBLIC,
  shortens('backup_retention_days', 7, 'Backups of {it} are'),
  loses('geo_redundant_backup_enabled', false, 'No copy of the backups of {it} is kept in another region any more.', { absent: false }),
  opens('authentication.password_auth_enabled', true, 'Whoever has a password of {it} may sign in past Entra ID.', { absent: true }),
  ownKey('customer_managed_key'),
  vanishes('interrupt', 'high_availability', '{It} is down when its machine or zone is: there is no standby any more.'),
  // A lower version is another server.
  (thing) =>
    Number(at(thing.is, 'version')) < Number(at(thing.was, 'version'))
      ? []
      : leads(
          'interrupt',
          'version',
          (was, is) => `{It} is down while its engine goes from ${was} to ${is}, which cannot be taken back.`,
        )(thing),
  leads('interrupt', 'sku_name', () => '{It} restarts for the other machine.'),
  amount('sku_name', 'The machine'),
  amount('storage_mb', 'The storage, in MB,'),
];

/** A server whose clients notice when it is gone. */
export const serverOf = (...rules: Rule[]): Kind => ({
  noun: 'database server',
  holds: 'every database and backup on it',
  stops: 'nobody reaches the databases on {it}',
  rules: [...FLEXIBLE, ...rules],
});

const administrator: Rule = (thing) => {
  const who = (body: typeof thing.is): string => `${shown(at(body, 'principal_name'))} (${shown(at(body, 'object_id'))})`;
  const where = (body: typeof thing.is): string => `the database server ${shown(at(body, 'server_name'))}`;
  const same = ['object_id', 'server_name', 'tenant_id'].every((p) => at(thing.was, p) === at(thing.is, p));
  if (same && thing.was && thing.is) return [];
  return [
    ...(thing.is ? [thing.finding('access', `${who(thing.is)} may do everything in every database of ${where(thing.is)}.`)] : []),
    ...(thing.was
      ? [
          thing.finding(
            'interrupt',
            `${who(thing.was)} may no longer sign in to ${where(thing.was)} as administrator: what runs as it is refused.`,
          ),
        ]
      : []),
  ];
};

/** PostgreSQL, and who may sign in to it. */
export const POSTGRESQL: { readonly [type: string]: Kind } = {
  azurerm_postgresql_flexible_server: serverOf(
    (thing) =>
      at(thing.was, 'high_availability.mode') === 'ZoneRedundant' && at(thing.is, 'high_availability.mode') === 'SameZone'
        ? [thing.finding('interrupt', '{It} is down when its zone is: its standby is in the same one.')]
        : [],
    stops('authentication.active_directory_auth_enabled', false, 'Whoever signs in to {it} by Entra ID is refused.', { absent: false }),
    leads(
      'access',
      'authentication.tenant_id',
      (was, is) => `People of the tenant ${is} may sign in to {it}, where it was those of ${was}.`,
    ),
    stops('auto_grow_enabled', false, '{It} takes no more writes once its storage is full: it no longer grows by itself.', {
      absent: false,
    }),
    stops('replication_role', 'None', '{It} no longer follows the server that it was made from.'),
    amount('storage_tier', 'The tier of the storage'),
  ),
  azurerm_postgresql_flexible_server_database: {
    noun: 'database',
    holds: 'every table in it',
    stops: 'whatever connects to {it} is refused',
  },
  azurerm_postgresql_flexible_server_active_directory_administrator: { noun: 'administrator', rules: [administrator] },
};
