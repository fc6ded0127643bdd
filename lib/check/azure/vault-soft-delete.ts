import type { Rule } from '../model';
import { at, demand } from '../values';

export const rule: Rule = {
  id: 'azure-vault-soft-delete',
  severity: 'low',
  types: ['azurerm_key_vault'],
  what: 'What is deleted from the vault is kept for a week at least.',
  why: 'A mistake is noticed too late.',
  mend: 'Set soft_delete_retention_days to 7 or more.',
  link: 'https://learn.microsoft.com/azure/key-vault/general/soft-delete-overview',
  covers: ['CKV_AZURE_111'],
  judge: ({ body }) => demand(Number(at(body, 'soft_delete_retention_days') ?? 90) >= 7, at(body, 'soft_delete_retention_days')),
};
