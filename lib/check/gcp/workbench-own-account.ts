import type { Rule } from '../model';
import { at, demand } from '../values';

export const rule: Rule = {
  id: 'gcp-workbench-own-account',
  severity: 'medium',
  types: ['google_workbench_instance'],
  what: 'The notebook runs as an account of its own.',
  why: 'The default account may do whatever any other program needs.',
  mend: 'Write gce_setup.service_accounts.',
  link: 'https://cloud.google.com/vertex-ai/docs/workbench/instances/manage-access-jupyterlab',
  judge: ({ body }) => demand(at(body, 'gce_setup.service_accounts.email') !== undefined),
};
