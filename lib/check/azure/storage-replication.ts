import type { Rule } from '../model';
import { at, demand } from '../values';

export const rule: Rule = {
  id: 'azure-storage-replication',
  severity: 'low',
  types: ['azurerm_storage_account'],
  what: 'Data is in more than one data centre.',
  why: 'A fire in one data centre loses all of it.',
  mend: 'Set account_replication_type to ZRS, GRS, GZRS or one with read access.',
  link: 'https://learn.microsoft.com/azure/storage/common/storage-redundancy',
  covers: ['CKV_AZURE_206'],
  judge: ({ body }) =>
    demand(/^(ZRS|(RA)?G(ZRS|RS))$/.test(String(at(body, 'account_replication_type'))), at(body, 'account_replication_type')),
};
