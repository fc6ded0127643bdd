import type { Rule } from '../model';
import { at, demandOneOf } from '../values';

export const rule: Rule = {
  id: 'azure-vault-firewall',
  severity: 'high',
  types: ['azurerm_key_vault'],
  what: 'The vault refuses networks that it does not know.',
  why: 'A leaked token opens it from anywhere.',
  mend: 'Set network_acls.default_action to Deny.',
  link: 'https://learn.microsoft.com/azure/key-vault/general/network-security',
  covers: ['CKV_AZURE_109'],
  judge: ({ body }) => demandOneOf(at(body, 'network_acls.default_action'), 'Deny'),
};
