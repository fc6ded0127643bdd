import type { Rule } from '../model';
import { noPublicMember } from '../patterns';

export const rule: Rule = {
  id: 'gcp-pubsub-public-grant',
  severity: 'high',
  types: [
    'google_pubsub_topic_iam_member',
    'google_pubsub_topic_iam_binding',
    'google_pubsub_subscription_iam_member',
    'google_pubsub_subscription_iam_binding',
  ],
  what: 'Nobody on the internet is granted anything on the topic.',
  why: 'Whoever may publish starts whatever listens to it.',
  mend: 'Grant it to a group or a service account.',
  link: 'https://cloud.google.com/pubsub/docs/access-control',
  covers: ['CKV_GCP_99'],
  judge: ({ body }) => noPublicMember(body),
};
