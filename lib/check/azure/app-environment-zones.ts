import type { Rule } from '../model';
import { at, demandOneOf } from '../values';

export const rule: Rule = {
  id: 'azure-app-environment-zones',
  severity: 'low',
  types: ['azurerm_container_app_environment'],
  what: 'Apps survive the loss of a zone.',
  why: 'All of them are down while the zone is.',
  mend: 'Set zone_redundancy_enabled to true; it needs a subnet, and cannot be changed later.',
  link: 'https://learn.microsoft.com/azure/reliability/reliability-azure-container-apps',
  judge: ({ body }) => demandOneOf(at(body, 'zone_redundancy_enabled'), true),
};
