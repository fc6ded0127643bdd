import type { Rule } from '../model';
import { at, demandOneOf } from '../values';

export const rule: Rule = {
  id: 'azure-storage-account-keys',
  severity: 'medium',
  types: ['azurerm_storage_account'],
  what: 'The account has no keys.',
  why: 'A key opens everything in the account, for whoever has a copy of it.',
  mend: 'Set shared_access_key_enabled to false.',
  link: 'https://learn.microsoft.com/azure/storage/common/shared-key-authorization-prevent',
  judge: ({ body }) => demandOneOf(at(body, 'shared_access_key_enabled'), false),
};
