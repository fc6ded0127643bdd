import type { Rule } from '../model';
import { at, demandOneOf } from '../values';

export const rule: Rule = {
  id: 'azure-ml-workspace-public-network',
  severity: 'high',
  types: ['azurerm_machine_learning_workspace'],
  what: 'The workspace is reached from chosen networks only.',
  why: 'A leaked token reads data and models from anywhere.',
  mend: 'Set public_network_access_enabled to false.',
  link: 'https://learn.microsoft.com/azure/machine-learning/how-to-configure-private-link',
  covers: ['CKV_AZURE_144'],
  judge: ({ body }) => demandOneOf(at(body, 'public_network_access_enabled'), false),
};
