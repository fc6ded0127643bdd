import type { Rule } from '../model';
import { at, demandOneOf } from '../values';

export const rule: Rule = {
  id: 'azure-storage-local-users',
  severity: 'medium',
  types: ['azurerm_storage_account'],
  what: 'Nobody has a user of the account itself.',
  why: 'Users of SFTP have passwords and keys that Entra ID knows nothing of.',
  mend: 'Set local_user_enabled to false; it is true by default.',
  link: 'https://learn.microsoft.com/azure/storage/blobs/secure-file-transfer-protocol-support',
  covers: ['CKV_AZURE_244'],
  judge: ({ body }) => demandOneOf(at(body, 'local_user_enabled'), false),
};
