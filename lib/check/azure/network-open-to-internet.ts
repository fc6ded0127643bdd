import type { Rule } from '../model';
import { isParameter } from '../patterns';
import { at, listOf, refuse } from '../values';

export const rule: Rule = {
  id: 'azure-network-open-to-internet',
  severity: 'high',
  types: ['azurerm_network_security_group', 'azurerm_network_security_rule'],
  what: 'No machine is reached from the internet.',
  why: 'Ports that the internet reaches are tried within minutes.',
  mend: 'Name the prefixes that may come in.',
  link: 'https://learn.microsoft.com/azure/virtual-network/network-security-groups-overview',
  covers: ['CKV_AZURE_77'],
  judge: ({ body }) => {
    const open = [...listOf(at(body, 'security_rule')), body].filter(
      (r) => at(r, 'direction') === 'Inbound' && at(r, 'access') === 'Allow',
    );
    const sources = open.flatMap((r) => [...listOf(at(r, 'source_address_prefix')), ...listOf(at(r, 'source_address_prefixes'))]);
    return refuse(
      sources.some((p) => /^(\*|Internet|any|([0-9.]+|[0:]*)\/0|0\.0\.0\.0)$/i.test(String(p))),
      ...sources.filter(isParameter),
    );
  },
};
