import type { Rule } from '../model';
import { at, demand } from '../values';

export const rule: Rule = {
  id: 'azure-storage-https',
  severity: 'high',
  types: ['azurerm_storage_account'],
  what: 'The account takes encrypted connections only.',
  why: 'Data crosses the network in the clear.',
  mend: 'Set https_traffic_only_enabled to true.',
  link: 'https://learn.microsoft.com/azure/storage/common/storage-require-secure-transfer',
  covers: ['CKV_AZURE_3'],
  judge: ({ body }) => demand(at(body, 'https_traffic_only_enabled') !== false),
};
