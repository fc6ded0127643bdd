import type { Rule } from '../model';
import { at, demandOneOf } from '../values';

export const rule: Rule = {
  id: 'azure-ml-cluster-public-address',
  severity: 'high',
  types: ['azurerm_machine_learning_compute_cluster', 'azurerm_machine_learning_compute_instance'],
  what: 'Machines of the cluster have no address on the internet.',
  why: 'A training job runs whatever is submitted.',
  mend: 'Set node_public_ip_enabled to false, in a subnet.',
  link: 'https://learn.microsoft.com/azure/machine-learning/how-to-secure-training-vnet',
  judge: ({ body }) => demandOneOf(at(body, 'node_public_ip_enabled'), false),
};
