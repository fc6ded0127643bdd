import type { Rule } from '../model';
import { at, demandOneOf } from '../values';

export const rule: Rule = {
  id: 'gcp-workbench-public-address',
  severity: 'high',
  types: ['google_workbench_instance'],
  what: 'The notebook has no address on the internet.',
  why: 'A notebook runs whatever is typed into it.',
  mend: 'Set gce_setup.disable_public_ip to true.',
  link: 'https://cloud.google.com/vertex-ai/docs/workbench/instances/create',
  judge: ({ body }) => demandOneOf(at(body, 'gce_setup.disable_public_ip'), true),
};
