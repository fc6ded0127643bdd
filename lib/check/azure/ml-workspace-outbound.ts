import type { Rule } from '../model';
import { at, demand } from '../values';

export const rule: Rule = {
  id: 'azure-ml-workspace-outbound',
  severity: 'low',
  types: ['azurerm_machine_learning_workspace'],
  what: 'Machines of the workspace reach only what was approved.',
  why: 'A package with a hidden purpose sends data anywhere.',
  mend: 'Set managed_network.isolation_mode to AllowOnlyApprovedOutbound, or put every cluster into a subnet.',
  link: 'https://learn.microsoft.com/azure/machine-learning/how-to-managed-network',
  judge: (resource, stack) => {
    const mode = at(resource.body, 'managed_network.isolation_mode');
    const clusters = stack.referring('azurerm_machine_learning_compute_cluster', resource);
    const inSubnets = clusters.length > 0 && clusters.every((c) => at(c.body, 'subnet_resource_id') !== undefined);
    return demand(mode === 'AllowOnlyApprovedOutbound' || inSubnets, mode);
  },
};
