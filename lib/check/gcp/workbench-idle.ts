import type { Rule } from '../model';
import { at, demand } from '../values';

export const rule: Rule = {
  id: 'gcp-workbench-idle',
  severity: 'low',
  types: ['google_workbench_instance'],
  what: 'The notebook stops when nobody uses it.',
  why: 'Idle GPUs are the largest part of many bills.',
  mend: 'Leave gce_setup.metadata.idle-timeout-seconds out, which means three hours, or set it to more than 0.',
  link: 'https://cloud.google.com/vertex-ai/docs/workbench/instances/idle-shutdown',
  judge: ({ body }) => {
    const seconds = at(body, 'gce_setup.metadata.idle-timeout-seconds');
    return seconds === undefined ? 'compliant' : demand(Number(seconds) > 0, seconds);
  },
};
