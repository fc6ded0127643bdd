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
  judge: ({ type, body }, stack) => {
    if (at(body, 'view') !== undefined) return 'not-applicable';
    const own = at(body, 'default_encryption_configuration.kms_key_name') ?? at(body, 'encryption_configuration.kms_key_name');
    // A table takes the key of its dataset.
    const dataset =
      type === 'google_bigquery_table' &&
      stack.all('google_bigquery_dataset').find((d) => String(at(body, 'dataset_id')).includes(`${d.address}.`));
    return demand(
      own !== undefined || (dataset && at(dataset.body, 'default_encryption_configuration.kms_key_name') !== undefined) === true,
    );
  },
};
