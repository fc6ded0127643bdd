import type { Rule } from '../model';
import { at, demandOneOf } from '../values';

export const rule: Rule = {
  id: 'gcp-subnetwork-private-google-access',
  severity: 'medium',
  types: ['google_compute_subnetwork'],
  what: 'Machines without a public address reach Google APIs.',
  why: 'Else they need a way to the internet to read their own bucket.',
  mend: 'Set private_ip_google_access to true.',
  link: 'https://cloud.google.com/vpc/docs/private-google-access',
  covers: ['CKV_GCP_74'],
  judge: ({ body }) =>
    /^(REGIONAL_MANAGED_PROXY|GLOBAL_MANAGED_PROXY|INTERNAL_HTTPS_LOAD_BALANCER)$/.test(String(at(body, 'purpose')))
      ? 'not-applicable'
      : demandOneOf(at(body, 'private_ip_google_access'), true),
};
