import type { Rule } from '../model';
import { at, demand, listOf } from '../values';

export const rule: Rule = {
  id: 'gcp-firewall-open-to-internet',
  severity: 'high',
  types: ['google_compute_firewall'],
  what: 'No machine is reached from the internet.',
  why: 'SSH, RDP, FTP, MySQL and HTTP ports that the internet reaches are tried within minutes.',
  mend: 'Name the ranges or service accounts that may come in.',
  link: 'https://cloud.google.com/vpc/docs/firewalls',
  covers: ['CKV_GCP_2', 'CKV_GCP_3', 'CKV_GCP_75', 'CKV_GCP_77', 'CKV_GCP_88', 'CKV_GCP_106'],
  judge: ({ body }) =>
    !listOf(at(body, 'allow')).length || at(body, 'direction') === 'EGRESS'
      ? 'not-applicable'
      : demand(
          !listOf(at(body, 'source_ranges')).some((r) => r === '0.0.0.0/0' || r === '::/0') &&
            (listOf(at(body, 'source_ranges')).length > 0 ||
              listOf(at(body, 'source_tags')).length > 0 ||
              listOf(at(body, 'source_service_accounts')).length > 0),
        ),
};
