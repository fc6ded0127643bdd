import type { Rule } from '../model';
import { at, demand } from '../values';

export const rule: Rule = {
  id: 'gcp-artifact-registry-own-key',
  severity: 'low',
  types: ['google_artifact_registry_repository'],
  what: 'Images are encrypted with a key of your own.',
  why: 'Without one, nobody can make all of them unreadable by disabling a key.',
  mend: 'Write kms_key_name.',
  link: 'https://cloud.google.com/artifact-registry/docs/cmek',
  covers: ['CKV_GCP_84'],
  judge: ({ body }) => demand(at(body, 'kms_key_name') !== undefined),
};
