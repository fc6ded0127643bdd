import type { Rule } from '../model';
import { isParameter } from '../patterns';
import { at, refuse } from '../values';

export const rule: Rule = {
  id: 'gcp-storage-logs-elsewhere',
  severity: 'low',
  types: ['google_storage_bucket'],
  what: 'The bucket does not log to itself.',
  why: 'A log in the bucket that it is about goes with it, and logs its own writing.',
  mend: 'Name another bucket in logging.log_bucket.',
  link: 'https://cloud.google.com/storage/docs/access-logs',
  covers: ['CKV_GCP_63'],
  judge: ({ address, body }) => {
    const log = at(body, 'logging.log_bucket');
    if (log === undefined) return 'not-applicable';
    return refuse(log === at(body, 'name') || String(log).includes(`{${address}.`), ...[log].filter(isParameter));
  },
};
