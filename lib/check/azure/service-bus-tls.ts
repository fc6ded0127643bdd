import type { Rule } from '../model';
import { allowOneOf, at } from '../values';

export const rule: Rule = {
  id: 'azure-service-bus-tls',
  severity: 'high',
  types: ['azurerm_servicebus_namespace'],
  what: 'The namespace refuses TLS before 1.2.',
  why: 'Older versions can be broken.',
  mend: 'Set minimum_tls_version to 1.2.',
  link: 'https://learn.microsoft.com/azure/service-bus-messaging/transport-layer-security-enforce-minimum-version',
  covers: ['CKV_AZURE_205'],
  judge: ({ body }) => allowOneOf(at(body, 'minimum_tls_version'), '1.2', '1.3'),
};
