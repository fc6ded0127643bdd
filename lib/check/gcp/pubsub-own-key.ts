import type { Rule } from '../model';
import { at, demand } from '../values';

export const rule: Rule = {
  id: 'gcp-pubsub-own-key',
  severity: 'low',
  types: ['google_pubsub_topic'],
  what: 'Messages are encrypted with a key of your own.',
  why: 'Without one, nobody can make stored messages unreadable by disabling a key.',
  mend: 'Write kms_key_name.',
  link: 'https://cloud.google.com/pubsub/docs/encryption',
  covers: ['CKV_GCP_83'],
  judge: ({ body }) => demand(at(body, 'kms_key_name') !== undefined),
};
