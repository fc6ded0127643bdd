import type { Rule } from '../model';
import { at, demandOneOf } from '../values';

export const rule: Rule = {
  id: 'azure-ml-cluster-local-auth',
  severity: 'medium',
  types: ['azurerm_machine_learning_compute_cluster', 'azurerm_machine_learning_compute_instance'],
  what: 'Machines of the cluster take no local users.',
  why: 'Users of SSH have keys that Entra ID knows nothing of.',
  mend: 'Set local_auth_enabled to false.',
  link: 'https://learn.microsoft.com/azure/machine-learning/how-to-secure-training-vnet',
  covers: ['CKV_AZURE_142'],
  judge: ({ body }) => demandOneOf(at(body, 'local_auth_enabled'), false),
};
