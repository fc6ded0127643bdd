import type { Rule } from '../model';
import { at, demand } from '../values';

export const rule: Rule = {
  id: 'gcp-sql-passwords',
  severity: 'medium',
  types: ['google_sql_user'],
  what: 'The user of the database is an identity and not a password.',
  why: 'A password can be copied, stays valid, and is in the state of Terraform.',
  mend: 'Set type to CLOUD_IAM_SERVICE_ACCOUNT, CLOUD_IAM_USER or CLOUD_IAM_GROUP.',
  link: 'https://cloud.google.com/sql/docs/postgres/iam-authentication',
  judge: ({ body }) => demand(/^CLOUD_IAM/.test(String(at(body, 'type'))), at(body, 'type')),
};
