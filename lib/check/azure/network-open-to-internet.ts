import type { Rule } from '../model';
import { at, demand, listOf } from '../values';

export const rule: Rule = {
  id: 'azure-network-open-to-internet',
  severity: 'high',
  types: ['azurerm_network_security_group', 'azurerm_network_security_rule'],
  what: 'No machine is reached from the internet.',
  why: 'Ports that the internet reaches are tried within minutes.',
  mend: 'Name the prefixes that may come in.',
  link: 'https://learn.microsoft.com/azure/virtual-network/network-security-groups-overview',
  covers: ['CKV_AZURE_77'],
  judge: ({ body }) =>
    demand(
      ![...listOf(at(body, 'security_rule')), body].some(
        (r) =>
          at(r, 'direction') === 'Inbound' &&
          at(r, 'access') === 'Allow' &&
          [...listOf(at(r, 'source_address_prefix')), ...listOf(at(r, 'source_address_prefixes'))].some((p) =>
            /^(\*|Internet|0\.0\.0\.0(\/0)?|::\/0|any)$/i.test(String(p)),
          ),
      ),
    ),
};
