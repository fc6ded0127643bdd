import type { Rule } from '../model';
import { at, demandOneOf } from '../values';

export const rule: Rule = {
  id: 'azure-vault-purge-protection',
  severity: 'medium',
  types: ['azurerm_key_vault'],
  what: 'What is deleted from the vault can be brought back until its time is over.',
  why: 'Whoever may delete a key makes what it encrypts unreadable for good.',
  mend: 'Set purge_protection_enabled to true.',
  link: 'https://learn.microsoft.com/azure/key-vault/general/soft-delete-overview',
  covers: ['CKV_AZURE_110', 'CKV_AZURE_42'],
  judge: ({ body }) => demandOneOf(at(body, 'purge_protection_enabled'), true),
};
