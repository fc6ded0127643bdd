import type { Rule } from '../model';
import { at, demandOneOf } from '../values';

export const rule: Rule = {
  id: 'gcp-sql-backups',
  severity: 'high',
  types: ['google_sql_database_instance'],
  what: 'The database is backed up every day.',
  why: 'Without a backup, a mistake or a fault loses all of it.',
  mend: 'Set settings.backup_configuration.enabled to true.',
  link: 'https://cloud.google.com/sql/docs/postgres/backup-recovery/backups',
  covers: ['CKV_GCP_14'],
  judge: ({ body }) =>
    at(body, 'master_instance_name') !== undefined
      ? 'not-applicable'
      : demandOneOf(at(body, 'settings.backup_configuration.enabled'), true),
};
