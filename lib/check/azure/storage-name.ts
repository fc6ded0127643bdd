import type { Rule } from '../model';
import { at, demand } from '../values';

export const rule: Rule = {
  id: 'azure-storage-name',
  severity: 'low',
  types: ['azurerm_storage_account'],
  what: 'The name of the account is one that Azure takes.',
  why: 'The deployment fails half-way.',
  mend: 'Use 3 to 24 lower-case letters and digits.',
  link: 'https://learn.microsoft.com/azure/storage/common/storage-account-overview',
  covers: ['CKV_AZURE_43'],
  judge: ({ body }) => demand(/^[a-z0-9]{3,24}$/.test(String(at(body, 'name'))), at(body, 'name')),
};
