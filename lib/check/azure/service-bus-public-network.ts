import type { Rule } from '../model';
import { at, demandOneOf } from '../values';

export const rule: Rule = {
  id: 'azure-service-bus-public-network',
  severity: 'medium',
  types: ['azurerm_servicebus_namespace'],
  what: 'The namespace is reached from chosen networks only.',
  why: 'A leaked token puts and takes messages from anywhere.',
  mend: 'Set public_network_access_enabled to false; private endpoints need the Premium tier.',
  link: 'https://learn.microsoft.com/azure/service-bus-messaging/private-link-service',
  covers: ['CKV_AZURE_204'],
  judge: ({ body }) => demandOneOf(at(body, 'public_network_access_enabled'), false),
};
