import type { Rule } from '../model';
import { at, demandOneOf } from '../values';

export const rule: Rule = {
  id: 'azure-registry-public-network',
  severity: 'high',
  types: ['azurerm_container_registry'],
  what: 'The registry is reached from chosen networks only.',
  why: 'A leaked token opens it from anywhere.',
  mend: 'Set public_network_access_enabled to false.',
  link: 'https://learn.microsoft.com/azure/container-registry/container-registry-private-link',
  covers: ['CKV_AZURE_139'],
  judge: ({ body }) => demandOneOf(at(body, 'public_network_access_enabled'), false),
};
