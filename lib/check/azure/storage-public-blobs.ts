import type { Rule } from '../model';
import { at, demandOneOf } from '../values';

export const rule: Rule = {
  id: 'azure-storage-public-blobs',
  severity: 'high',
  types: ['azurerm_storage_account'],
  what: 'No container of the account can be opened to the public.',
  why: 'A container that is set to public access is read by anybody who guesses its name.',
  mend: 'Set allow_nested_items_to_be_public to false; it is true by default.',
  link: 'https://learn.microsoft.com/azure/storage/blobs/anonymous-read-access-prevent',
  covers: ['CKV_AZURE_190'],
  judge: ({ body }) => demandOneOf(at(body, 'allow_nested_items_to_be_public'), false),
};
