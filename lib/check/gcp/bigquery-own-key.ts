import type { Rule } from '../model';
import { at, demand } from '../values';

export const rule: Rule = {
  id: 'gcp-bigquery-own-key',
  severity: 'low',
  types: ['google_bigquery_dataset', 'google_bigquery_table'],
  what: 'Tables are encrypted with a key of your own.',
  why: 'Without one, nobody can make all of them unreadable by disabling a key.',
  mend: 'Write default_encryption_configuration.kms_key_name in the dataset, or encryption_configuration.kms_key_name in the table.',
  link: 'https://cloud.google.com/bigquery/docs/customer-managed-encryption',
  covers: ['CKV_GCP_80', 'CKV_GCP_81'],
  judge: ({ body }) =>
    demand(
      at(body, 'default_encryption_configuration.kms_key_name') !== undefined ||
        at(body, 'encryption_configuration.kms_key_name') !== undefined,
    ),
};
