import type { Rule } from '../model';
import { allowOneOf, at } from '../values';

export const rule: Rule = {
  id: 'azure-storage-tls',
  severity: 'high',
  types: ['azurerm_storage_account'],
  what: 'The account refuses TLS before 1.2.',
  why: 'Older versions can be broken.',
  mend: 'Set min_tls_version to TLS1_2 or TLS1_3.',
  link: 'https://learn.microsoft.com/azure/storage/common/transport-layer-security-configure-minimum-version',
  covers: ['CKV_AZURE_44'],
  judge: ({ body }) => allowOneOf(at(body, 'min_tls_version'), 'TLS1_2', 'TLS1_3'),
};
