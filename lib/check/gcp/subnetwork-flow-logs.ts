import type { Rule } from '../model';
import { at, demand } from '../values';

export const rule: Rule = {
  id: 'gcp-subnetwork-flow-logs',
  severity: 'low',
  types: ['google_compute_subnetwork'],
  what: 'Flows in the subnetwork are logged.',
  why: 'Nobody can tell afterwards where a machine sent what.',
  mend: 'Write log_config.',
  link: 'https://cloud.google.com/vpc/docs/flow-logs',
  covers: ['CKV_GCP_26'],
  judge: ({ body }) =>
    /^(REGIONAL_MANAGED_PROXY|GLOBAL_MANAGED_PROXY|INTERNAL_HTTPS_LOAD_BALANCER)$/.test(String(at(body, 'purpose')))
      ? 'not-applicable'
      : demand(at(body, 'log_config') !== undefined),
};
