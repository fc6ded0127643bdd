import type { Rule } from '../model';
import { at, demand } from '../values';

export const rule: Rule = {
  id: 'azure-storage-public-network',
  severity: 'high',
  types: ['azurerm_storage_account'],
  what: 'The account is reached from chosen networks only.',
  why: 'A leaked token opens it from anywhere.',
  mend: 'Set public_network_access_enabled to false, or network_rules.default_action to Deny.',
  link: 'https://learn.microsoft.com/azure/storage/common/storage-network-security',
  covers: ['CKV_AZURE_35', 'CKV_AZURE_59'],
  judge: (resource, stack) => {
    const { body } = resource;
    const rules = stack.referring('azurerm_storage_account_network_rules', resource).map((r) => at(r.body, 'default_action'));
    const [network, action] = [at(body, 'public_network_access_enabled'), at(body, 'network_rules.default_action') ?? rules[0]];
    return demand(network === false || action === 'Deny', network, action);
  },
};
