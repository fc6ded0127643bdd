import type { Rule } from '../model';
import { allowOneOf, at } from '../values';

export const rule: Rule = {
  id: 'gcp-run-deletion-protection',
  severity: 'low',
  types: ['google_cloud_run_v2_service'],
  what: 'The service cannot be deleted by Terraform before somebody switches its protection off.',
  why: 'A renamed construct takes the service down.',
  mend: 'Set deletion_protection to true; it is true by default.',
  link: 'https://cloud.google.com/run/docs/deleting',
  judge: ({ body }) => allowOneOf(at(body, 'deletion_protection'), true),
};
