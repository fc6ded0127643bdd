import type { Rule } from '../model';
import { noPublicMember } from '../patterns';

export const rule: Rule = {
  id: 'gcp-run-public-invoker',
  severity: 'high',
  types: ['google_cloud_run_v2_service_iam_member', 'google_cloud_run_v2_service_iam_binding'],
  what: 'Callers of the service are known.',
  why: 'allUsers calls it without saying who they are; every call is paid for by you.',
  mend: 'Grant roles/run.invoker to a group or a service account.',
  link: 'https://cloud.google.com/run/docs/authenticating/overview',
  judge: ({ body }) => noPublicMember(body),
};
