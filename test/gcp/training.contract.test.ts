import { Accelerator } from '../../lib/core';
import { GpuTrainingCluster } from '../../lib/gcp/training';
import { trainingContract } from '../contract/training';
import { FakeNetwork, Json, PLACE, ROOM } from './helper';

trainingContract({
  ...ROOM,
  className: 'gcp.GpuTrainingCluster',
  make: (stack, id, props) =>
    // The network is of no matter where the root is wrong: nothing may be synthesized there.
    new GpuTrainingCluster(stack, id, { ...PLACE, network: new FakeNetwork(stack, `${id}Network`), ...props }),
  // Machines are in no template: Batch makes them for a job.
  idleMachines: (rendered) => rendered.resources.filter((r) => /instance|node_pool/.test(r.type)).length,
  storeType: 'google_storage_bucket',
  keepsData: (rendered) => {
    const { body } = rendered.resources.find((r) => r.type === 'google_storage_bucket')!;
    const { force_destroy, lifecycle } = body as Json;
    return !force_destroy && lifecycle?.prevent_destroy === true;
  },
  lacks: { accelerator: Accelerator.A10, instead: 'L4 (24 GiB)' },
});
