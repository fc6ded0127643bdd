import type { Rule } from '../model';
import { at, demand } from '../values';

export const rule: Rule = {
  id: 'azure-service-bus-own-key',
  severity: 'low',
  types: ['azurerm_servicebus_namespace'],
  what: 'Messages are encrypted with a key of your own, and twice.',
  why: 'Without one, nobody can make all of them unreadable by disabling a key.',
  mend: 'Write customer_managed_key with infrastructure_encryption_enabled; it needs the Premium tier.',
  link: 'https://learn.microsoft.com/azure/service-bus-messaging/configure-customer-managed-key',
  covers: ['CKV_AZURE_199', 'CKV_AZURE_201'],
  judge: ({ body }) => {
    const twice = at(body, 'customer_managed_key.infrastructure_encryption_enabled');
    return demand(at(body, 'customer_managed_key.key_vault_key_id') !== undefined && twice === true, twice);
  },
};
