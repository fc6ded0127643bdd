import type { Rule } from '../model';
import { at, demand } from '../values';

export const rule: Rule = {
  id: 'gcp-storage-access-logs',
  severity: 'low',
  types: ['google_storage_bucket'],
  what: 'Access to the bucket is logged to another bucket.',
  why: 'Nobody can tell afterwards who read what, unless data access logs of Cloud Audit Logs are on.',
  mend: 'Write logging.log_bucket.',
  link: 'https://cloud.google.com/storage/docs/access-logs',
  covers: ['CKV_GCP_62'],
  judge: ({ body }) => demand(at(body, 'logging.log_bucket') !== undefined),
};
