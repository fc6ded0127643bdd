import { TerraformStack } from 'cdktf';
import { GpuTrainingCluster } from '../../lib/azure/training';
import { Accelerator } from '../../lib/core';
import { trainingContract } from '../contract/training';
import { FakeGroup, FakeNetwork, ROOM } from './helper';
import { synthWithJobs } from './jobs';

trainingContract({
  ...ROOM,
  className: 'azure.GpuTrainingCluster',
  render: (fill) => synthWithJobs((stack: TerraformStack) => fill(stack)),
  // Azure ML cannot run the command of an image that it does not know, so that there is always one here.
  make: (stack, id, props) =>
    new GpuTrainingCluster(stack, id, {
      resourceGroup: new FakeGroup(stack, `${id}Group`),
      network: new FakeNetwork(stack, `${id}Network`),
      command: ['python', 'train.py'],
      ...props,
    }),
  idleMachines: ({ resources }) =>
    resources
      .filter((r) => r.type === 'azurerm_machine_learning_compute_cluster')
      .reduce((sum, r) => sum + (r.body as { scale_settings: { min_node_count: number } }).scale_settings.min_node_count, 0),
  storeType: 'azurerm_storage_account',
  keepsData: ({ resources }) =>
    resources
      .filter((r) => r.type === 'azurerm_storage_account')
      .every((r) => (r.body as { lifecycle?: { prevent_destroy?: boolean } }).lifecycle?.prevent_destroy === true),
  lacks: { accelerator: Accelerator.L4, instead: 'T4' },
});
