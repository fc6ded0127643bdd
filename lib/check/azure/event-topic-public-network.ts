import type { Rule } from '../model';
import { at, demandOneOf } from '../values';

export const rule: Rule = {
  id: 'azure-event-topic-public-network',
  severity: 'medium',
  types: ['azurerm_eventgrid_topic'],
  what: 'The topic is reached from chosen networks only.',
  why: 'A leaked token publishes events from anywhere.',
  mend: 'Set public_network_access_enabled to false.',
  link: 'https://learn.microsoft.com/azure/event-grid/configure-private-endpoints',
  covers: ['CKV_AZURE_193'],
  judge: ({ body }) => demandOneOf(at(body, 'public_network_access_enabled'), false),
};
