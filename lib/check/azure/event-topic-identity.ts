import type { Rule } from '../model';
import { at, demand } from '../values';

export const rule: Rule = {
  id: 'azure-event-topic-identity',
  severity: 'low',
  types: ['azurerm_eventgrid_topic'],
  what: 'The topic has an identity of its own.',
  why: 'It needs keys to deliver events else.',
  mend: 'Write identity.',
  link: 'https://learn.microsoft.com/azure/event-grid/enable-identity-custom-topics-domains',
  covers: ['CKV_AZURE_191'],
  judge: ({ body }) => demand(at(body, 'identity.type') !== undefined),
};
