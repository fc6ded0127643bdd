import type { Rule } from '../model';
import { at, demandOneOf } from '../values';

export const rule: Rule = {
  id: 'gcp-dns-signed',
  severity: 'low',
  types: ['google_dns_managed_zone'],
  what: 'Answers of a public zone are signed.',
  why: 'Whoever answers first sends users to another address.',
  mend: 'Set dnssec_config.state to on.',
  link: 'https://cloud.google.com/dns/docs/dnssec-config',
  covers: ['CKV_GCP_16'],
  judge: ({ body }) =>
    at(body, 'visibility') === 'private' ? 'not-applicable' : demandOneOf(at(body, 'dnssec_config.state'), 'on', 'transfer'),
};
