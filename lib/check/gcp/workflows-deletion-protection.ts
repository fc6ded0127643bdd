import type { Rule } from '../model';
import { allowOneOf, at } from '../values';

export const rule: Rule = {
  id: 'gcp-workflows-deletion-protection',
  severity: 'low',
  types: ['google_workflows_workflow'],
  what: 'The workflow cannot be deleted by Terraform before somebody switches its protection off.',
  why: 'A renamed construct stops what it does in the middle.',
  mend: 'Set deletion_protection to true; it is true by default.',
  link: 'https://cloud.google.com/workflows/docs/creating-updating-workflow',
  judge: ({ body }) => allowOneOf(at(body, 'deletion_protection'), true),
};
