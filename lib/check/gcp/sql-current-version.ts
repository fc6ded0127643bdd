import type { Rule } from '../model';
import { at, demand } from '../values';

export const rule: Rule = {
  id: 'gcp-sql-current-version',
  severity: 'low',
  types: ['google_sql_database_instance'],
  what: 'The database runs a version that is maintained for years to come.',
  why: 'An old major version stops getting fixes, and costs more for extended support.',
  mend: 'Set database_version to POSTGRES_16, MYSQL_8_4, SQLSERVER_2022_STANDARD or later.',
  link: 'https://cloud.google.com/sql/docs/postgres/db-versions',
  covers: ['CKV_GCP_79'],
  judge: ({ body }) =>
    demand(
      /^(POSTGRES_(1[6-9]|2\d)|MYSQL_(8_4|9)|SQLSERVER_202[2-9])/.test(String(at(body, 'database_version'))),
      at(body, 'database_version'),
    ),
};
