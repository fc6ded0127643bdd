import type { Rule } from '../model';
import { at, demand } from '../values';

export const rule: Rule = {
  id: 'gcp-run-deletion-protection',
  severity: 'low',
  types: ['google_cloud_run_v2_service'],
  what: 'The service cannot be deleted by Terraform before somebody switches its protection off.',
  why: 'A renamed construct takes the service down.',
  mend: 'Set deletion_protection to true.',
  link: 'https://cloud.google.com/run/docs/deleting',
  judge: ({ body }) => demand(at(body, 'deletion_protection') !== false),
};
