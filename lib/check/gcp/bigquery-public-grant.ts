import type { Rule } from '../model';
import { isParameter } from '../patterns';
import { at, listOf, refuse } from '../values';

export const rule: Rule = {
  id: 'gcp-bigquery-public-grant',
  severity: 'high',
  types: [
    'google_bigquery_dataset',
    'google_bigquery_dataset_iam_member',
    'google_bigquery_dataset_iam_binding',
    'google_bigquery_dataset_access',
    'google_bigquery_table_iam_member',
    'google_bigquery_table_iam_binding',
  ],
  what: 'Nobody on the internet is granted anything on the dataset or table.',
  why: 'allUsers and allAuthenticatedUsers are everybody, or everybody with a Google account.',
  mend: 'Grant it to a group or a service account.',
  link: 'https://cloud.google.com/bigquery/docs/dataset-access-controls',
  covers: ['CKV_GCP_15', 'CKV_GCP_100'],
  judge: ({ body }) => {
    const grants = [body, ...listOf(at(body, 'access'))].flatMap((g) =>
      ['special_group', 'iam_member', 'member', 'members'].flatMap((who) => listOf(at(g, who))),
    );
    return refuse(
      grants.some((who) => /^(iam_member:)?all(Authenticated)?Users$/i.test(String(who))),
      ...grants.filter(isParameter),
    );
  },
};
