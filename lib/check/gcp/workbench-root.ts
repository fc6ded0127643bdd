import type { Rule } from '../model';
import { at, demandOneOf } from '../values';

export const rule: Rule = {
  id: 'gcp-workbench-root',
  severity: 'low',
  types: ['google_workbench_instance'],
  what: 'Whoever uses the notebook is not root on its machine.',
  why: 'Root reads the tokens of the account that the machine runs as, and switches its logs off.',
  mend: 'Set gce_setup.metadata.notebook-disable-root to true.',
  link: 'https://cloud.google.com/vertex-ai/docs/workbench/instances/manage-metadata',
  judge: ({ body }) => demandOneOf(at(body, 'gce_setup.metadata.notebook-disable-root'), true),
};
