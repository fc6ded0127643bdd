import type { Rule } from '../model';
import { allowOneOf, at } from '../values';

export const rule: Rule = {
  id: 'azure-storage-container-private',
  severity: 'high',
  types: ['azurerm_storage_container'],
  what: 'The container is private.',
  why: 'Anybody who guesses a name reads it.',
  mend: 'Set container_access_type to private.',
  link: 'https://learn.microsoft.com/azure/storage/blobs/anonymous-read-access-configure',
  covers: ['CKV_AZURE_34'],
  judge: ({ body }) => allowOneOf(at(body, 'container_access_type'), 'private'),
};
