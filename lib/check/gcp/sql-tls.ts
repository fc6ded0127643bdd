import type { Rule } from '../model';
import { at, demandOneOf } from '../values';

export const rule: Rule = {
  id: 'gcp-sql-tls',
  severity: 'high',
  types: ['google_sql_database_instance'],
  what: 'The database takes encrypted connections only.',
  why: 'Passwords and rows cross the network in the clear.',
  mend: 'Set settings.ip_configuration.ssl_mode to ENCRYPTED_ONLY.',
  link: 'https://cloud.google.com/sql/docs/postgres/configure-ssl-instance',
  covers: ['CKV_GCP_6'],
  judge: ({ body }) => demandOneOf(at(body, 'settings.ip_configuration.ssl_mode'), 'ENCRYPTED_ONLY', 'TRUSTED_CLIENT_CERTIFICATE_REQUIRED'),
};
