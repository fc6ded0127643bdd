import type { Rule } from '../model';
import { at, listOf, refuse } from '../values';

export const rule: Rule = {
  id: 'gcp-dns-signed-strongly',
  severity: 'low',
  types: ['google_dns_managed_zone'],
  what: 'A public zone is not signed with SHA-1.',
  why: 'Signatures with SHA-1 can be forged.',
  mend: 'Set dnssec_config.default_key_specs.algorithm to ecdsap256sha256 or rsasha256.',
  link: 'https://cloud.google.com/dns/docs/dnssec-advanced',
  covers: ['CKV_GCP_17'],
  judge: ({ body }) => {
    const algorithms = listOf(at(body, 'dnssec_config.default_key_specs')).map((k) => at(k, 'algorithm'));
    return at(body, 'visibility') === 'private' ? 'not-applicable' : refuse(algorithms.includes('rsasha1'), ...algorithms);
  },
};
