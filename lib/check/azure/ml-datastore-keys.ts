import type { Rule } from '../model';
import { at, demand } from '../values';

export const rule: Rule = {
  id: 'azure-ml-datastore-keys',
  severity: 'medium',
  types: ['azurerm_machine_learning_datastore_blobstorage', 'azurerm_machine_learning_datastore_fileshare'],
  what: 'Data is read by identities, and not by a key.',
  why: 'Whoever may use the workspace reads all that the key opens.',
  mend: 'Leave account_key and shared_access_signature out.',
  link: 'https://learn.microsoft.com/azure/machine-learning/how-to-datastore',
  judge: ({ body }) => demand(at(body, 'account_key') === undefined && at(body, 'shared_access_signature') === undefined),
};
