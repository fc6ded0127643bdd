import type { Rule } from '../model';
import { at, demand } from '../values';

export const rule: Rule = {
  id: 'azure-ml-cluster-idle',
  severity: 'low',
  types: ['azurerm_machine_learning_compute_cluster'],
  what: 'The cluster has no machines when nothing trains.',
  why: 'Idle GPUs are the largest part of many bills.',
  mend: 'Set scale_settings.min_node_count to 0.',
  link: 'https://learn.microsoft.com/azure/machine-learning/how-to-manage-optimize-cost',
  covers: ['CKV_AZURE_150'],
  judge: ({ body }) => demand(Number(at(body, 'scale_settings.min_node_count')) === 0, at(body, 'scale_settings.min_node_count')),
};
