import type { Rule } from '../model';
import { at, demand } from '../values';

export const rule: Rule = {
  id: 'gcp-bigquery-public-grant',
  severity: 'high',
  types: ['google_bigquery_dataset', 'google_bigquery_dataset_iam_member', 'google_bigquery_dataset_access'],
  what: 'Nobody on the internet is granted anything on the dataset.',
  why: 'allUsers and allAuthenticatedUsers are everybody, or everybody with a Google account.',
  mend: 'Grant it to a group or a service account.',
  link: 'https://cloud.google.com/bigquery/docs/dataset-access-controls',
  covers: ['CKV_GCP_15'],
  judge: ({ body }) =>
    demand(
      !/\ball(Authenticated)?Users\b/.test(
        JSON.stringify([at(body, 'access'), at(body, 'member'), at(body, 'special_group'), at(body, 'iam_member')]),
      ),
    ),
};
