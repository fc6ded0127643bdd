import type { Rule } from '../model';
import { allowOneOf, at } from '../values';

export const rule: Rule = {
  id: 'gcp-run-invoker-check',
  severity: 'high',
  types: ['google_cloud_run_v2_service'],
  what: 'Callers of the service are asked who they are.',
  why: 'Anybody who reaches the address calls it; no grant is looked at.',
  mend: 'Set invoker_iam_disabled to false, or leave it out.',
  link: 'https://cloud.google.com/run/docs/securing/managing-access',
  judge: ({ body }) => allowOneOf(at(body, 'invoker_iam_disabled'), false),
};
