import { Body, Finding } from '../../model';
import {
  all,
  amount,
  at,
  exchanged,
  falls,
  gains,
  Kind,
  leads,
  loses,
  missing,
  named,
  opens,
  shortens,
  shown,
  stops,
  Thing,
  vanishes,
  weakens,
} from '../terraform';
import { unlocked } from './storage';

const DELETE = loses('deletion_policy', 'DELETE', 'Destroying {it} deletes it for good from now on: `deletion_policy` is DELETE.', {
  absent: 'DELETE',
});
const abandoned = ({ deletion_policy }: Body): boolean => deletion_policy === 'ABANDON';

/** Cloud SQL, and who may sign in to it. */
export const SQL: { readonly [type: string]: Kind } = {
  google_sql_database_instance: {
    noun: 'database instance',
    holds: 'every database and backup on it',
    guard: ({ deletion_protection }) =>
      deletion_protection === false ? undefined : 'Terraform refuses that as long as `deletion_protection` is on.',
    stops: 'nobody reaches the databases on {it}',
    rules: [
      unlocked,
      loses('settings.deletion_protection_enabled', false, '{It} can be deleted in the console and by the API.', { absent: false }),
      loses('settings.retain_backups_on_delete', false, 'The backups of {it} go with it when it is deleted.', { absent: false }),
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
      restored,
      opens(
        'settings.ip_configuration.ipv4_enabled',
        true,
        '{It} has a public address: whoever is in its authorized networks may reach it from the internet.',
        { absent: true, onAdd: true },
      ),
      gains('access', 'settings.ip_configuration.authorized_networks', (items) => `${items} may connect to {it}.`, true),
      gains(
        'access',
        'settings.ip_configuration.psc_config.allowed_consumer_projects',
        (items) => `Whoever runs something in ${items} may connect to {it}.`,
        true,
      ),
      opens(
        'settings.ip_configuration.enable_private_path_for_google_cloud_services',
        true,
        'Services of Google, such as BigQuery, may reach {it}.',
        { absent: false },
      ),
      weakens(
        'access',
        'settings.ip_configuration.ssl_mode',
        ['ALLOW_UNENCRYPTED_AND_ENCRYPTED', 'ENCRYPTED_ONLY', 'TRUSTED_CLIENT_CERTIFICATE_REQUIRED'],
        (was, is) => `Connections to {it} need ${is}, where it was ${was}.`,
        {
          absent: 'ALLOW_UNENCRYPTED_AND_ENCRYPTED',
        },
      ),
      opens('settings.connector_enforcement', ['NOT_REQUIRED'], 'Whoever reaches {it} may sign in past the connectors of Cloud SQL.', {
        absent: 'NOT_REQUIRED',
      }),
      vanishes('access', 'encryption_key_name', '{It} is no longer encrypted with a key of your own.'),
      vanishes('access', 'settings.password_validation_policy', 'Passwords of {it} may be weak: nothing checks them any more.'),
      flags,
      exchanged(
        'interrupt',
        'settings.ip_configuration.private_network',
        (was, is) => `{It} is reached in ${is}, where it was ${was}: it restarts, and its clients are in the other one.`,
      ),
      stops('settings.activation_policy', 'NEVER', 'Nobody reaches the databases on {it}: it is off.', { absent: 'ALWAYS' }),
      stops('settings.availability_type', 'ZONAL', '{It} is down when its zone is: there is no standby any more.', { absent: 'ZONAL' }),
      stops('settings.disk_autoresize', false, '{It} takes no more writes once its disk is full: it no longer grows by itself.', {
        absent: true,
      }),
      stops(
        'settings.insights_config.query_insights_enabled',
        false,
        'Nobody sees any more which queries of {it} are slow: query insights are off.',
        { absent: false },
      ),
      leads(
        'interrupt',
        'database_version',
        (was, is) => `{It} is down while its engine goes from ${was} to ${is}, which cannot be taken back.`,
      ),
      leads('interrupt', 'settings.tier', () => '{It} restarts for the other machine.'),
      leads('interrupt', 'settings.edition', (was, is) => `{It} restarts for the edition ${is}, where it was ${was}.`),
      amount('settings.tier', 'The machine'),
      amount('settings.disk_size', 'The disk, in GB,'),
      amount('settings.disk_autoresize_limit', 'The size to which the disk may grow, in GB,', 0),
    ],
  },
  google_sql_database: {
    noun: 'database',
    holds: 'every table in it',
    stays: abandoned,
    stops: 'whatever connects to {it} is refused',
    rules: [DELETE],
  },
  google_sql_user: { noun: 'database user', stays: abandoned, stops: 'whatever signs in as {it} is refused', anew: '', rules: [user] },
};

function restored(thing: Thing): Finding[] {
  const [was, is] = [thing.was, thing.is].map((b) => at(b, 'restore_backup_context'));
  return thing.was && is !== undefined && JSON.stringify(was) !== JSON.stringify(is)
    ? [thing.finding('data-loss', 'What is in the databases on {it} is overwritten with what is in a backup.')]
    : [];
}

const SIGN_IN = ['cloudsql.iam_authentication', 'cloudsql_iam_authentication'];

function flags(thing: Thing): Finding[] {
  const path = 'settings.database_flags';
  if (!thing.was || !thing.is || !thing.touched(path)) return [];
  const value = (body: Body | undefined, name: string): unknown => at(named(body, path, name), 'value');
  const names = [...new Set([...all(thing.was, path), ...all(thing.is, path)].map((f) => String(at(f, 'name'))))];
  const other = names.filter((n) => value(thing.was, n) !== value(thing.is, n));
  const on = (body: Body | undefined): boolean => SIGN_IN.some((n) => String(value(body, n)).toLowerCase() === 'on');
  const found: Finding[] = [];
  if (on(thing.was) && !on(thing.is)) found.push(thing.finding('interrupt', 'Whoever signs in to {it} by IAM is refused: that is off.'));
  if (!on(thing.was) && on(thing.is))
    found.push(thing.finding('access', 'Whoever has the right to may sign in to {it} by IAM, without a password.', true));
  const rest = missing(other, SIGN_IN);
  if (rest.length) found.push(thing.finding('interrupt', `{It} restarts for some flags of its engine: ${shown(rest)} differs.`, true));
  return found;
}

const TYPES: { readonly [type: string]: string } = {
  BUILT_IN: 'with a password',
  CLOUD_IAM_USER: 'by IAM',
  CLOUD_IAM_SERVICE_ACCOUNT: 'by IAM',
  CLOUD_IAM_GROUP: 'by IAM, as everybody in the group',
};

function user(thing: Thing): Finding[] {
  const { was, is } = thing;
  if (!is) return [];
  const who = (b: Body | undefined): string =>
    `${shown(at(b, 'name'))} may sign in to the database instance ${shown(at(b, 'instance'))} ${TYPES[String(at(b, 'type') ?? 'BUILT_IN')] ?? shown(at(b, 'type'))}${at(b, 'host') === undefined ? '' : ` from ${shown(at(b, 'host'))}`}.`;
  if (!was || who(was) !== who(is)) return [thing.finding('access', who(is))];
  return ['password', 'password_wo', 'password_wo_version'].some((p) => thing.touched(p))
    ? [thing.finding('interrupt', 'Whatever signs in as {it} with the old password is refused.')]
    : [];
}
