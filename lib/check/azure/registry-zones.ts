import type { Rule } from '../model';
import { at, demandOneOf } from '../values';

export const rule: Rule = {
  id: 'azure-registry-zones',
  severity: 'low',
  types: ['azurerm_container_registry'],
  what: 'The registry survives the loss of a zone.',
  why: 'Nothing can start while the zone is down.',
  mend: 'Set zone_redundancy_enabled to true.',
  link: 'https://learn.microsoft.com/azure/container-registry/zone-redundancy',
  covers: ['CKV_AZURE_233'],
  judge: ({ body }) => demandOneOf(at(body, 'zone_redundancy_enabled'), true),
};
