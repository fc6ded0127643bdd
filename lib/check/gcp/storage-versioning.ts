import type { Rule } from '../model';
import { at, demandOneOf } from '../values';

export const rule: Rule = {
  id: 'gcp-storage-versioning',
  severity: 'medium',
  types: ['google_storage_bucket'],
  what: 'The bucket keeps old versions of objects.',
  why: 'What is overwritten or deleted by mistake is gone at once.',
  mend: 'Set versioning.enabled to true, with a lifecycle rule that ends old versions.',
  link: 'https://cloud.google.com/storage/docs/object-versioning',
  covers: ['CKV_GCP_78'],
  judge: ({ body }) => demandOneOf(at(body, 'versioning.enabled'), true),
};
