import type { Rule } from '../model';
import { at, demand, isReference } from '../values';

export const rule: Rule = {
  id: 'gcp-sql-deletion-protection',
  severity: 'medium',
  types: ['google_sql_database_instance'],
  what: 'The database cannot be deleted before somebody switches its protection off.',
  why: 'A renamed construct deletes the database, and after seven days its backups.',
  mend: 'Set settings.deletion_protection_enabled to true, and leave deletion_protection as it is by default, true.',
  link: 'https://cloud.google.com/sql/docs/postgres/deletion-protection',
  judge: ({ body }) => {
    const [terraform, service] = [at(body, 'deletion_protection'), at(body, 'settings.deletion_protection_enabled')];
    return demand(
      terraform !== false && !isReference(terraform) && service === true,
      ...(terraform === false || service === false ? [] : [terraform, service]),
    );
  },
};
