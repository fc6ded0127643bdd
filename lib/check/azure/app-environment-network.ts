import type { Rule } from '../model';
import { at, demand } from '../values';

export const rule: Rule = {
  id: 'azure-app-environment-network',
  severity: 'medium',
  types: ['azurerm_container_app_environment'],
  what: 'Apps run in a network of yours.',
  why: 'What they send cannot be routed or filtered else, and databases have to be open to Azure.',
  mend: 'Write infrastructure_subnet_id.',
  link: 'https://learn.microsoft.com/azure/container-apps/custom-virtual-networks',
  judge: ({ body }) => demand(at(body, 'infrastructure_subnet_id') !== undefined),
};
