import type { Rule } from '../model';
import { noPublicMember } from '../patterns';

export const rule: Rule = {
  id: 'gcp-kms-public-grant',
  severity: 'high',
  types: ['google_kms_crypto_key_iam_member', 'google_kms_crypto_key_iam_binding'],
  what: 'Nobody on the internet may use the key.',
  why: 'Whoever may use the key reads what it encrypts.',
  mend: 'Grant it to a service account.',
  link: 'https://cloud.google.com/kms/docs/iam',
  covers: ['CKV_GCP_112'],
  judge: ({ body }) => noPublicMember(body),
};
