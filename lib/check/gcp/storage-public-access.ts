import type { Rule } from '../model';
import { at, demandOneOf } from '../values';

export const rule: Rule = {
  id: 'gcp-storage-public-access',
  severity: 'high',
  types: ['google_storage_bucket'],
  what: 'The bucket refuses public access.',
  why: 'One grant to allUsers, made by mistake, publishes everything in it.',
  mend: 'Set public_access_prevention to enforced.',
  link: 'https://cloud.google.com/storage/docs/public-access-prevention',
  covers: ['CKV_GCP_114'],
  judge: ({ body }) => demandOneOf(at(body, 'public_access_prevention'), 'enforced'),
};
