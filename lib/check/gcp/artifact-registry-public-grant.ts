import type { Rule } from '../model';
import { noPublicMember } from '../patterns';

export const rule: Rule = {
  id: 'gcp-artifact-registry-public-grant',
  severity: 'high',
  types: ['google_artifact_registry_repository_iam_member', 'google_artifact_registry_repository_iam_binding'],
  what: 'Nobody on the internet is granted anything on the repository.',
  why: 'Images hold code, and often more than was meant to be published.',
  mend: 'Grant it to a group or a service account.',
  link: 'https://cloud.google.com/artifact-registry/docs/access-control',
  covers: ['CKV_GCP_101'],
  judge: ({ body }) => noPublicMember(body),
};
