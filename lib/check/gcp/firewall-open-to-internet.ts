import type { Rule } from '../model';
import { isParameter } from '../patterns';
import { at, listOf, refuse } from '../values';

export const rule: Rule = {
  id: 'gcp-firewall-open-to-internet',
  severity: 'high',
  types: ['google_compute_firewall'],
  what: 'No machine is reached from the internet.',
  why: 'SSH, RDP, FTP, MySQL and HTTP ports that the internet reaches are tried within minutes.',
  mend: 'Name the ranges or service accounts that may come in.',
  link: 'https://cloud.google.com/vpc/docs/firewalls',
  covers: ['CKV_GCP_2', 'CKV_GCP_3', 'CKV_GCP_75', 'CKV_GCP_77', 'CKV_GCP_88', 'CKV_GCP_106'],
  judge: ({ body }) => {
    if (!listOf(at(body, 'allow')).length || at(body, 'direction') === 'EGRESS' || at(body, 'disabled') === true) return 'not-applicable';
    const ranges = listOf(at(body, 'source_ranges'));
    const named = [...listOf(at(body, 'source_tags')), ...listOf(at(body, 'source_service_accounts'))];
    // Where no source is named, everything is one.
    return refuse(
      ranges.some((r) => /\/0$/.test(String(r))) || (!ranges.length && !named.length),
      at(body, 'direction'),
      ...ranges.filter(isParameter),
    );
  },
};
