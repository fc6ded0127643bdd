import type { Rule } from '../model';
import { at, demand, listOf } from '../values';

export const rule: Rule = {
  id: 'azure-network-dns',
  severity: 'low',
  types: ['azurerm_virtual_network'],
  what: 'Names are resolved by Azure, or by two servers in the network.',
  why: 'A single server that is down takes everything with it; a foreign one learns every name.',
  mend: 'Leave dns_servers out, or name two private addresses.',
  link: 'https://learn.microsoft.com/azure/virtual-network/virtual-networks-name-resolution-for-vms-and-role-instances',
  covers: ['CKV_AZURE_182', 'CKV_AZURE_183'],
  judge: ({ body }) => {
    const servers = listOf(at(body, 'dns_servers'));
    const inside = /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|f[cd][0-9a-f]{2}:|168\.63\.129\.16$)/i;
    if (!servers.length) return 'compliant';
    return demand(servers.length >= 2 && servers.every((s) => inside.test(String(s))), ...servers);
  },
};
