import type { Rule } from '../model';
import { at, demand } from '../values';

export const rule: Rule = {
  id: 'azure-service-bus-identity',
  severity: 'low',
  types: ['azurerm_servicebus_namespace'],
  what: 'The namespace has an identity of its own.',
  why: 'It needs keys else to read a key of your own.',
  mend: 'Write identity.',
  link: 'https://learn.microsoft.com/azure/service-bus-messaging/service-bus-managed-service-identity',
  covers: ['CKV_AZURE_202'],
  judge: ({ body }) => demand(at(body, 'identity.type') !== undefined),
};
