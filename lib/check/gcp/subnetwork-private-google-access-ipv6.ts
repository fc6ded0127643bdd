import type { Rule } from '../model';
import { at, demandOneOf } from '../values';

export const rule: Rule = {
  id: 'gcp-subnetwork-private-google-access-ipv6',
  severity: 'low',
  types: ['google_compute_subnetwork'],
  what: 'Machines reach Google APIs over IPv6 without the internet.',
  why: 'Else traffic over IPv6 leaves the network.',
  mend: 'Set private_ipv6_google_access to ENABLE_OUTBOUND_VM_ACCESS_TO_GOOGLE.',
  link: 'https://cloud.google.com/vpc/docs/private-google-access',
  covers: ['CKV_GCP_76'],
  judge: ({ body }) =>
    /IPV6/.test(String(at(body, 'stack_type')))
      ? demandOneOf(at(body, 'private_ipv6_google_access'), 'ENABLE_OUTBOUND_VM_ACCESS_TO_GOOGLE', 'ENABLE_BIDIRECTIONAL_ACCESS_TO_GOOGLE')
      : 'not-applicable',
};
