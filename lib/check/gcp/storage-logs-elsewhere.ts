import type { Rule } from '../model';
import { at, demand } from '../values';

export const rule: Rule = {
  id: 'gcp-storage-logs-elsewhere',
  severity: 'low',
  types: ['google_storage_bucket'],
  what: 'The bucket does not log to itself.',
  why: 'A log in the bucket that it is about goes with it, and logs its own writing.',
  mend: 'Name another bucket in logging.log_bucket.',
  link: 'https://cloud.google.com/storage/docs/access-logs',
  covers: ['CKV_GCP_63'],
  judge: ({ address, body }) =>
    at(body, 'logging.log_bucket') === undefined
      ? 'not-applicable'
      : demand(at(body, 'logging.log_bucket') !== at(body, 'name') && !String(at(body, 'logging.log_bucket')).includes(`${address}.`)),
};
