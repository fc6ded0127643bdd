import { ITrainingCluster } from '../../core';
import { IPrincipal } from '../resource-group';

/** Azure ML compute clusters that train models. */
export interface IGpuTrainingCluster extends ITrainingCluster {
  /** Id of the Azure ML workspace, whose metrics (`Failed Runs`, `Queued Runs`) and logs tell of the jobs. */
  readonly workspaceId: string;
  /** Name of the Azure ML workspace. */
  readonly workspaceName: string;
  /** Name that all jobs of the cluster run under; the dimension `ExperimentName` of the workspace's metrics. */
  readonly experimentName: string;
  /** Names of the compute clusters, one for each link of the capacity chain, in its order. */
  readonly computeNames: string[];
  /** Permissions to use the cluster. */
  readonly grants: GpuTrainingClusterGrants;
}

/** Permissions to use a training cluster. Each call makes one role assignment on the workspace. */
export abstract class GpuTrainingClusterGrants {
  /**
   * To submit, watch and cancel jobs (`AzureML Data Scientist`).
   *
   * @param id construct id of the role assignment, unique in the cluster's scope
   * @param grantee who may submit
   */
  public abstract submit(id: string, grantee: IPrincipal): void;
}
