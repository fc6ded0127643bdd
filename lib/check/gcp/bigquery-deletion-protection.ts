import type { Rule } from '../model';
import { allowOneOf, at } from '../values';

export const rule: Rule = {
  id: 'gcp-bigquery-deletion-protection',
  severity: 'medium',
  types: ['google_bigquery_table'],
  what: 'The table cannot be deleted before somebody switches its protection off.',
  why: 'A renamed construct drops the table with all rows.',
  mend: 'Set deletion_protection to true.',
  link: 'https://cloud.google.com/bigquery/docs/managing-tables',
  covers: ['CKV_GCP_121'],
  // A view has no rows of its own.
  judge: ({ body }) => (at(body, 'view') !== undefined ? 'not-applicable' : allowOneOf(at(body, 'deletion_protection'), true)),
};
