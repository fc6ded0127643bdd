import type { Rule } from '../model';
import { at, demandOneOf } from '../values';

export const rule: Rule = {
  id: 'gcp-storage-uniform-access',
  severity: 'medium',
  types: ['google_storage_bucket'],
  what: 'Access to the bucket is decided by IAM alone.',
  why: 'Access lists of single objects let in whom no policy of the bucket names.',
  mend: 'Set uniform_bucket_level_access to true.',
  link: 'https://cloud.google.com/storage/docs/uniform-bucket-level-access',
  covers: ['CKV_GCP_29'],
  judge: ({ body }) => demandOneOf(at(body, 'uniform_bucket_level_access'), true),
};
