import { ITrainingCluster } from '../../core';
import { IMember } from '../member';
import { IModelEventTarget } from '../tracking';

/** GPU machines of Google Cloud Batch, started by a workflow. */
export interface IGpuTrainingCluster extends ITrainingCluster, IModelEventTarget {
  /** Name of the workflow that submits jobs. */
  readonly workflowName: string;
  /** Cloud Monitoring filter of the metric that counts failed runs: one point for each job that failed. */
  readonly failureMetricFilter: string;
  /** Cloud Logging filter that matches once for each job that no machine comes for. */
  readonly stuckLogFilter: string;
  /** Permissions to use the cluster. */
  readonly grants: GpuTrainingClusterGrants;
}

/** Permissions to use a training cluster. */
export abstract class GpuTrainingClusterGrants {
  /**
   * To start jobs (`roles/workflows.invoker`).
   *
   * Google Cloud grants it on projects only: who may start this workflow may start any workflow of the project.
   *
   * @param id construct id of the IAM member, unique in the cluster's scope
   * @param grantee who may submit
   */
  public abstract submit(id: string, grantee: IMember): void;
}

/** A cluster that exists already. */
export interface GpuTrainingClusterAttributes {
  /** Project id. */
  readonly project: string;
  /** Region of the workflow. */
  readonly region: string;
  /** Name of the workflow that submits jobs. */
  readonly workflowName: string;
  /** Where checkpoints go: `gs://...`. */
  readonly checkpointUri: string;
}
