import type { Rule } from '../model';
import { at, demandOneOf } from '../values';

export const rule: Rule = {
  id: 'azure-vault-public-network',
  severity: 'high',
  types: ['azurerm_key_vault'],
  what: 'The vault is reached from chosen networks only.',
  why: 'A leaked token opens it from anywhere.',
  mend: 'Set public_network_access_enabled to false.',
  link: 'https://learn.microsoft.com/azure/key-vault/general/network-security',
  covers: ['CKV_AZURE_189'],
  judge: ({ body }) => demandOneOf(at(body, 'public_network_access_enabled'), false),
};
