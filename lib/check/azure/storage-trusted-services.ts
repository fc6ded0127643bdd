import type { Rule } from '../model';
import { at, demand, listOf } from '../values';

export const rule: Rule = {
  id: 'azure-storage-trusted-services',
  severity: 'low',
  types: ['azurerm_storage_account'],
  what: 'Services of Azure that the subscription trusts reach the account past its network rules.',
  why: 'Backup, logging and Azure ML fail else.',
  mend: 'Add AzureServices to network_rules.bypass.',
  link: 'https://learn.microsoft.com/azure/storage/common/storage-network-security',
  covers: ['CKV_AZURE_36'],
  judge: ({ body }) => {
    const bypass = at(body, 'network_rules.bypass');
    if (at(body, 'network_rules.default_action') !== 'Deny') return 'not-applicable';
    return bypass === undefined ? 'compliant' : demand(listOf(bypass).includes('AzureServices'), bypass);
  },
};
