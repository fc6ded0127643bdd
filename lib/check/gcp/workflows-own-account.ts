import type { Rule } from '../model';
import { at, demand } from '../values';

export const rule: Rule = {
  id: 'gcp-workflows-own-account',
  severity: 'medium',
  types: ['google_workflows_workflow'],
  what: 'The workflow runs as an account of its own.',
  why: 'The default account may do whatever any other program needs.',
  mend: 'Write service_account.',
  link: 'https://cloud.google.com/workflows/docs/authentication',
  judge: ({ body }) => demand(at(body, 'service_account') !== undefined),
};
