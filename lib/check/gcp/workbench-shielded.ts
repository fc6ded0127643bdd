import type { Rule } from '../model';
import { at, demand } from '../values';

export const rule: Rule = {
  id: 'gcp-workbench-shielded',
  severity: 'low',
  types: ['google_workbench_instance'],
  what: 'The notebook starts from an image that is verified.',
  why: 'A changed boot loader stays unseen.',
  mend: 'Write gce_setup.shielded_instance_config with enable_vtpm and enable_integrity_monitoring.',
  link: 'https://cloud.google.com/compute/shielded-vm/docs/shielded-vm',
  judge: ({ body }) =>
    demand(
      at(body, 'gce_setup.shielded_instance_config.enable_vtpm') === true &&
        at(body, 'gce_setup.shielded_instance_config.enable_integrity_monitoring') === true,
    ),
};
