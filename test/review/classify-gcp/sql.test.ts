import { findGcp } from '../../../lib/review/classify/gcp';
import { Twins, tellTwins } from '../classify';

// What a change means, and what it means that it is taken back; without the latter it means nothing.
const TYPES: { readonly [type: string]: Twins } = {
  google_sql_database_instance: {
    base: { name: 'db', database_version: 'POSTGRES_16', deletion_protection: true },
    changes: [
      [
        'an instance that goes',
        { settings: { tier: 'db-g1-small' } },
        undefined,
        [
          'data-loss: The database instance db is destroyed with every database and backup on it. Terraform refuses that as long as `deletion_protection` is on.',
          'interrupt: Nobody reaches the databases on the database instance db.',
        ],
      ],
      [
        'an instance without protection',
        { settings: { tier: 'db-g1-small' } },
        { settings: { tier: 'db-g1-small' }, deletion_protection: false },
        ['data-loss: The database instance db is no longer protected from deletion.'],
      ],
      [
        'backups that go with it',
        { settings: { tier: 'db-g1-small', retain_backups_on_delete: true } },
        { settings: { tier: 'db-g1-small', retain_backups_on_delete: false } },
        ['data-loss: The backups of the database instance db go with it when it is deleted.'],
      ],
      [
        'no point in time',
        {
          settings: {
            tier: 'db-g1-small',
            backup_configuration: { enabled: true, point_in_time_recovery_enabled: true, transaction_log_retention_days: 7 },
          },
        },
        {
          settings: {
            tier: 'db-g1-small',
            backup_configuration: { enabled: true, point_in_time_recovery_enabled: false, transaction_log_retention_days: 3 },
          },
        },
        [
          'data-loss: The database instance db can no longer be brought back to a point in time.',
          'data-loss: Transaction logs of the database instance db are kept for 3 days, where it was 7 days.',
        ],
      ],
      [
        'fewer backups',
        { settings: { tier: 'db-g1-small', backup_configuration: { enabled: true, backup_retention_settings: { retained_backups: 14 } } } },
        { settings: { tier: 'db-g1-small', backup_configuration: { enabled: true, backup_retention_settings: { retained_backups: 7 } } } },
        ['data-loss: 7 backups of the database instance db are kept, where it was 14.'],
      ],
      [
        'a backup over it',
        { settings: { tier: 'db-g1-small' } },
        { settings: { tier: 'db-g1-small' }, restore_backup_context: { backup_run_id: 1 } },
        ['data-loss: What is in the databases on the database instance db is overwritten with what is in a backup.'],
      ],
      [
        'no TLS',
        { settings: { tier: 'db-g1-small', ip_configuration: { ipv4_enabled: false, ssl_mode: 'ENCRYPTED_ONLY' } } },
        { settings: { tier: 'db-g1-small', ip_configuration: { ipv4_enabled: false, ssl_mode: 'ALLOW_UNENCRYPTED_AND_ENCRYPTED' } } },
        ['access: Connections to the database instance db need ALLOW_UNENCRYPTED_AND_ENCRYPTED, where it was ENCRYPTED_ONLY.'],
      ],
      [
        'an address that is let in',
        { settings: { tier: 'db-g1-small', ip_configuration: { ipv4_enabled: false } } },
        { settings: { tier: 'db-g1-small', ip_configuration: { ipv4_enabled: false, authorized_networks: [{ value: '0.0.0.0/0' }] } } },
        ['access: {"value":"0.0.0.0/0"} may connect to the database instance db.'],
      ],
      [
        'another project',
        {
          settings: {
            tier: 'db-g1-small',
            ip_configuration: { ipv4_enabled: false, psc_config: [{ psc_enabled: true, allowed_consumer_projects: ['a'] }] },
          },
        },
        {
          settings: {
            tier: 'db-g1-small',
            ip_configuration: { ipv4_enabled: false, psc_config: [{ psc_enabled: true, allowed_consumer_projects: ['a', 'b'] }] },
          },
        },
        ['access: Whoever runs something in b may connect to the database instance db.'],
      ],
      [
        'services of Google',
        { settings: { tier: 'db-g1-small', ip_configuration: { ipv4_enabled: false } } },
        {
          settings: { tier: 'db-g1-small', ip_configuration: { ipv4_enabled: false, enable_private_path_for_google_cloud_services: true } },
        },
        ['access: Services of Google, such as BigQuery, may reach the database instance db.'],
      ],
      [
        'past the connectors',
        { settings: { tier: 'db-g1-small', connector_enforcement: 'REQUIRED' } },
        { settings: { tier: 'db-g1-small', connector_enforcement: 'NOT_REQUIRED' } },
        ['access: Whoever reaches the database instance db may sign in past the connectors of Cloud SQL.'],
      ],
      [
        'sign-in by IAM off',
        { settings: { tier: 'db-g1-small', database_flags: [{ name: 'cloudsql.iam_authentication', value: 'on' }] } },
        { settings: { tier: 'db-g1-small', database_flags: [{ name: 'cloudsql.iam_authentication', value: 'off' }] } },
        ['interrupt: Whoever signs in to the database instance db by IAM is refused: that is off.'],
        ['access?: Whoever has the right to may sign in to the database instance db by IAM, without a password.'],
      ],
      [
        'sign-in by IAM on',
        { settings: { tier: 'db-g1-small', database_flags: [] } },
        { settings: { tier: 'db-g1-small', database_flags: [{ name: 'cloudsql.iam_authentication', value: 'on' }] } },
        ['access?: Whoever has the right to may sign in to the database instance db by IAM, without a password.'],
        ['interrupt: Whoever signs in to the database instance db by IAM is refused: that is off.'],
      ],
      [
        'another flag',
        { settings: { tier: 'db-g1-small', database_flags: [{ name: 'max_connections', value: '100' }] } },
        { settings: { tier: 'db-g1-small', database_flags: [{ name: 'max_connections', value: '200' }] } },
        ['interrupt?: The database instance db restarts for some flags of its engine: max_connections differs.'],
        ['interrupt?: The database instance db restarts for some flags of its engine: max_connections differs.'],
      ],
      [
        'another network',
        { settings: { tier: 'db-g1-small', ip_configuration: { ipv4_enabled: false, private_network: 'a' } } },
        { settings: { tier: 'db-g1-small', ip_configuration: { ipv4_enabled: false, private_network: 'b' } } },
        ['interrupt: The database instance db is reached in b, where it was a: it restarts, and its clients are in the other one.'],
        ['interrupt: The database instance db is reached in a, where it was b: it restarts, and its clients are in the other one.'],
      ],
      [
        'no network',
        { settings: { tier: 'db-g1-small', ip_configuration: { ipv4_enabled: false, private_network: 'a' } } },
        { settings: { tier: 'db-g1-small', ip_configuration: { ipv4_enabled: false } } },
        [
          'data-loss?: If it is replaced, the database instance db is destroyed with every database and backup on it; the new one is empty. Terraform refuses that as long as `deletion_protection` is on.',
          'interrupt?: If it is replaced: until the new one is there, nobody reaches the databases on the database instance db.',
        ],
      ],
      [
        'an instance that is off',
        { settings: { tier: 'db-g1-small' } },
        { settings: { tier: 'db-g1-small', activation_policy: 'NEVER' } },
        ['interrupt: Nobody reaches the databases on the database instance db: it is off.'],
      ],
      [
        'no standby',
        { settings: { tier: 'db-g1-small', availability_type: 'REGIONAL' } },
        { settings: { tier: 'db-g1-small', availability_type: 'ZONAL' } },
        ['interrupt: The database instance db is down when its zone is: there is no standby any more.'],
      ],
      [
        'a disk that no longer grows',
        { settings: { tier: 'db-g1-small', disk_autoresize: true } },
        { settings: { tier: 'db-g1-small', disk_autoresize: false } },
        ['interrupt: The database instance db takes no more writes once its disk is full: it no longer grows by itself.'],
      ],
      [
        'no insights',
        { settings: { tier: 'db-g1-small', insights_config: { query_insights_enabled: true } } },
        { settings: { tier: 'db-g1-small', insights_config: { query_insights_enabled: false } } },
        ['interrupt: Nobody sees any more which queries of the database instance db are slow: query insights are off.'],
      ],
      [
        'another edition',
        { settings: { tier: 'db-g1-small', edition: 'ENTERPRISE' } },
        { settings: { tier: 'db-g1-small', edition: 'ENTERPRISE_PLUS' } },
        ['interrupt: The database instance db restarts for the edition ENTERPRISE_PLUS, where it was ENTERPRISE.'],
        ['interrupt: The database instance db restarts for the edition ENTERPRISE, where it was ENTERPRISE_PLUS.'],
      ],
      [
        'a smaller disk',
        { settings: { tier: 'db-g1-small', disk_size: 20 } },
        { settings: { tier: 'db-g1-small', disk_size: 10 } },
        [
          'data-loss?: If it is replaced, the database instance db is destroyed with every database and backup on it; the new one is empty. Terraform refuses that as long as `deletion_protection` is on.',
          'interrupt?: If it is replaced: until the new one is there, nobody reaches the databases on the database instance db.',
          'capacity: The disk, in GB, goes down from 20 to 10.',
        ],
        ['capacity: The disk, in GB, goes up from 10 to 20.'],
      ],
      [
        'any passwords',
        { settings: { tier: 'db-g1-small', password_validation_policy: { enable_password_policy: true } } },
        { settings: { tier: 'db-g1-small' } },
        ['access: Passwords of the database instance db may be weak: nothing checks them any more.'],
      ],
      [
        'another window',
        { settings: { tier: 'db-g1-small', maintenance_window: { day: 7, hour: 3 } } },
        { settings: { tier: 'db-g1-small', maintenance_window: { day: 6, hour: 3 } } },
        [],
      ],
    ],
  },
  google_sql_database: {
    base: { name: 'mlflow', instance: 'db' },
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
        'a database that stays',
        { deletion_policy: 'ABANDON' },
        undefined,
        ['cosmetic: The database mlflow stays where it is: Terraform only forgets it.'],
      ],
      [
        'another database',
        { deletion_policy: 'ABANDON' },
        { deletion_policy: 'ABANDON', name: 'other' },
        ['interrupt: The new one is empty; the database mlflow stays where it is, with what is in it.'],
        ['interrupt: The new one is empty; the database other stays where it is, with what is in it.'],
      ],
      [
        'a database that is deleted from now on',
        { deletion_policy: 'ABANDON' },
        {},
        ['data-loss: Destroying the database mlflow deletes it for good from now on: `deletion_policy` is DELETE.'],
      ],
    ],
  },
  google_sql_user: {
    base: { name: 'mlflow@acme.iam', instance: 'db' },
    changes: [
      [
        'a user',
        undefined,
        { type: 'CLOUD_IAM_SERVICE_ACCOUNT' },
        ['access: mlflow@acme.iam may sign in to the database instance db by IAM.'],
      ],
      [
        'a user with a password',
        undefined,
        { name: 'mlflow', password: 'x', host: '%' },
        ['access: mlflow may sign in to the database instance db with a password from %.'],
      ],
      [
        'a user that goes',
        { type: 'CLOUD_IAM_SERVICE_ACCOUNT' },
        undefined,
        ['interrupt: Whatever signs in as the database user mlflow@acme.iam is refused.'],
      ],
      [
        'a user that stays',
        { type: 'CLOUD_IAM_SERVICE_ACCOUNT', deletion_policy: 'ABANDON' },
        undefined,
        ['cosmetic: The database user mlflow@acme.iam stays where it is: Terraform only forgets it.'],
      ],
      [
        'another password',
        { password_wo_version: 1 },
        { password_wo_version: 2 },
        ['interrupt: Whatever signs in as the database user mlflow@acme.iam with the old password is refused.'],
        ['interrupt: Whatever signs in as the database user mlflow@acme.iam with the old password is refused.'],
      ],
    ],
  },
};

describe.each(Object.keys(TYPES))('%s', (type) => {
  tellTwins(findGcp, type, TYPES[type]);
});
