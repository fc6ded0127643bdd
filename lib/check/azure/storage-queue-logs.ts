import type { Rule } from '../model';
import { at, demand } from '../values';

export const rule: Rule = {
  id: 'azure-storage-queue-logs',
  severity: 'low',
  types: ['azurerm_storage_account'],
  what: 'Requests to the queues of the account are logged.',
  why: 'Nobody can tell afterwards who put or took a message.',
  mend: 'Write queue_properties.logging with delete, read and write.',
  link: 'https://learn.microsoft.com/azure/storage/queues/monitor-queue-storage',
  covers: ['CKV_AZURE_33'],
  judge: (resource, stack) =>
    !stack.referring('azurerm_storage_queue', resource).length
      ? 'not-applicable'
      : demand(['delete', 'read', 'write'].every((k) => at(resource.body, `queue_properties.logging.${k}`) === true)),
};
