import type { Rule } from '../model';
import { at, demand } from '../values';

export const rule: Rule = {
  id: 'gcp-sql-deletion-protection',
  severity: 'medium',
  types: ['google_sql_database_instance'],
  what: 'The database cannot be deleted before somebody switches its protection off.',
  why: 'A renamed construct deletes the database, and after seven days its backups.',
  mend: 'Set deletion_protection and settings.deletion_protection_enabled to true.',
  link: 'https://cloud.google.com/sql/docs/postgres/deletion-protection',
  judge: ({ body }) => demand(at(body, 'settings.deletion_protection_enabled') === true),
};
