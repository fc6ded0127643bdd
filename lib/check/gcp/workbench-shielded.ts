import type { Rule } from '../model';
import { at, demand } from '../values';

export const rule: Rule = {
  id: 'gcp-workbench-shielded',
  severity: 'low',
  types: ['google_workbench_instance'],
  what: 'The notebook starts from an image that is verified.',
  why: 'A changed boot loader stays unseen.',
  mend: 'Leave enable_vtpm and enable_integrity_monitoring of gce_setup.shielded_instance_config out, or set them to true.',
  link: 'https://cloud.google.com/compute/shielded-vm/docs/shielded-vm',
  judge: ({ body }) => {
    // Both are on by default.
    const parts = ['enable_vtpm', 'enable_integrity_monitoring'].map((p) => at(body, `gce_setup.shielded_instance_config.${p}`));
    return demand(
      parts.every((on) => on === undefined || on === true),
      ...(parts.includes(false) ? [] : parts),
    );
  },
};
