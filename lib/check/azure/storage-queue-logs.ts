import type { Rule } from '../model';
import { at, demand } from '../values';

export const rule: Rule = {
  id: 'azure-storage-queue-logs',
  severity: 'low',
  types: ['azurerm_storage_account'],
  what: 'Requests to the queues of the account are logged.',
  why: 'Nobody can tell afterwards who put or took a message.',
  mend: 'Write azurerm_storage_account_queue_properties with logging of delete, read and write.',
  link: 'https://learn.microsoft.com/azure/storage/queues/monitor-queue-storage',
  covers: ['CKV_AZURE_33'],
  judge: (resource, stack) => {
    if (!stack.referring('azurerm_storage_queue', resource).length) return 'not-applicable';
    const separate = stack.referring('azurerm_storage_account_queue_properties', resource)[0];
    const logging = at(resource.body, 'queue_properties.logging') ?? at(separate?.body, 'logging');
    const kinds = ['delete', 'read', 'write'].map((kind) => at(logging, kind));
    return demand(
      kinds.every((logged) => logged === true),
      ...kinds,
    );
  },
};
