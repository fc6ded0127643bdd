import { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import type { IGpuTrainingCluster } from './props';

/** Permissions on a training cluster. */
export class GpuTrainingClusterGrants {
  /** Permissions on a cluster, for implementations of your own. */
  public static of(cluster: IGpuTrainingCluster): GpuTrainingClusterGrants {
    return new GpuTrainingClusterGrants(cluster);
  }

  private constructor(private readonly cluster: IGpuTrainingCluster) {}

  /**
   * To start jobs, by the definition as it is now. A role of another stack holds back changes of the definition, because CloudFormation does
   * not change what another stack imports; keep it in the stack of the cluster.
   */
  public submit(grantee: IGrantable): Grant {
    return Grant.addToPrincipal({
      grantee,
      actions: ['batch:SubmitJob'],
      resourceArns: [this.cluster.jobQueueArn, this.cluster.jobDefinitionArn],
    });
  }
}
