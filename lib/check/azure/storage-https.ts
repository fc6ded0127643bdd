import type { Rule } from '../model';
import { allowOneOf, at } from '../values';

export const rule: Rule = {
  id: 'azure-storage-https',
  severity: 'high',
  types: ['azurerm_storage_account'],
  what: 'The account takes encrypted connections only.',
  why: 'Data crosses the network in the clear.',
  mend: 'Set https_traffic_only_enabled to true.',
  link: 'https://learn.microsoft.com/azure/storage/common/storage-require-secure-transfer',
  covers: ['CKV_AZURE_3'],
  judge: ({ body }) => allowOneOf(at(body, 'https_traffic_only_enabled'), true),
};
