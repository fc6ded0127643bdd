import type { Rule } from '../model';
import { at, demandOneOf } from '../values';

export const rule: Rule = {
  id: 'gcp-sql-public-network',
  severity: 'high',
  types: ['google_sql_database_instance'],
  what: 'The database has no address on the internet.',
  why: 'Whoever finds a password or a fault in the server gets in from anywhere.',
  mend: 'Set settings.ip_configuration.ipv4_enabled to false, and name a private_network.',
  link: 'https://cloud.google.com/sql/docs/postgres/private-ip',
  covers: ['CKV_GCP_11'],
  judge: ({ body }) => demandOneOf(at(body, 'settings.ip_configuration.ipv4_enabled'), false),
};
