import type { Rule } from '../model';
import { at, demandOneOf } from '../values';

export const rule: Rule = {
  id: 'azure-registry-data-endpoints',
  severity: 'low',
  types: ['azurerm_container_registry'],
  what: 'Layers of images come from an address of the registry.',
  why: 'Firewalls have to let all of Azure Storage out else.',
  mend: 'Set data_endpoint_enabled to true.',
  link: 'https://learn.microsoft.com/azure/container-registry/container-registry-dedicated-data-endpoints',
  covers: ['CKV_AZURE_237'],
  judge: ({ body }) => demandOneOf(at(body, 'data_endpoint_enabled'), true),
};
