import type { Rule } from '../model';
import { at, demandOneOf } from '../values';

export const rule: Rule = {
  id: 'azure-event-topic-keys',
  severity: 'medium',
  types: ['azurerm_eventgrid_topic'],
  what: 'The topic has no keys.',
  why: 'Whoever has a copy of the key publishes events.',
  mend: 'Set local_auth_enabled to false.',
  link: 'https://learn.microsoft.com/azure/event-grid/authenticate-with-microsoft-entra-id',
  covers: ['CKV_AZURE_192'],
  judge: ({ body }) => demandOneOf(at(body, 'local_auth_enabled'), false),
};
