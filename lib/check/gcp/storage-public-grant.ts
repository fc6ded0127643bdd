import type { Rule } from '../model';
import { noPublicMember } from '../patterns';

export const rule: Rule = {
  id: 'gcp-storage-public-grant',
  severity: 'high',
  types: ['google_storage_bucket_iam_member', 'google_storage_bucket_iam_binding'],
  what: 'Nobody on the internet is granted anything on the bucket.',
  why: 'allUsers and allAuthenticatedUsers are everybody, or everybody with a Google account.',
  mend: 'Grant it to a group or a service account.',
  link: 'https://cloud.google.com/storage/docs/access-control/iam',
  covers: ['CKV_GCP_28'],
  judge: ({ body }) => noPublicMember(body),
};
