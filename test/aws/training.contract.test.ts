import { GpuTrainingCluster } from '../../lib/aws/training';
import { Accelerator } from '../../lib/core';
import { trainingContract } from '../contract/training';
import { ROOM } from './helper';

interface Compute {
  readonly Properties: { readonly ComputeResources: { readonly MinvCpus: number } };
}

trainingContract({
  ...ROOM,
  className: 'aws.GpuTrainingCluster',
  make: (stack, id, props) => new GpuTrainingCluster(stack, id, props),
  idleMachines: ({ resources }) =>
    resources
      .filter((r) => r.type === 'AWS::Batch::ComputeEnvironment')
      .reduce((n, r) => n + (r.body as Compute).Properties.ComputeResources.MinvCpus, 0),
  storeType: 'AWS::S3::Bucket',
  keepsData: ({ resources }) =>
    resources
      .filter((r) => r.type === 'AWS::S3::Bucket')
      .every((r) => (r.body as { DeletionPolicy: string }).DeletionPolicy === 'Retain') &&
    !resources.some((r) => r.type === 'Custom::S3AutoDeleteObjects'),
  lacks: { accelerator: Accelerator.A10, instead: 'A10G' },
});
