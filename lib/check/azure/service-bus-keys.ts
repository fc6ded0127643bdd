import type { Rule } from '../model';
import { at, demandOneOf } from '../values';

export const rule: Rule = {
  id: 'azure-service-bus-keys',
  severity: 'medium',
  types: ['azurerm_servicebus_namespace'],
  what: 'The namespace has no keys.',
  why: 'Whoever has a copy of the key puts and takes messages.',
  mend: 'Set local_auth_enabled to false; it is true by default.',
  link: 'https://learn.microsoft.com/azure/service-bus-messaging/disable-local-authentication',
  covers: ['CKV_AZURE_203'],
  judge: ({ body }) => demandOneOf(at(body, 'local_auth_enabled'), false),
};
