import type { Rule } from '../model';
import { at, demand, listOf } from '../values';

export const rule: Rule = {
  id: 'azure-web-file-share',
  severity: 'low',
  types: ['azurerm_linux_web_app', 'azurerm_linux_web_app_slot'],
  what: 'Files that are mounted lie in Azure Files.',
  why: 'Mounted blobs are read-only and slow.',
  mend: 'Set storage_account.type to AzureFiles.',
  link: 'https://learn.microsoft.com/azure/app-service/configure-connect-to-azure-storage',
  covers: ['CKV_AZURE_88'],
  judge: ({ body }) =>
    at(body, 'storage_account') === undefined
      ? 'not-applicable'
      : demand(listOf(at(body, 'storage_account')).every((s) => at(s, 'type') === 'AzureFiles')),
};
