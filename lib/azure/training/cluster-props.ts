import { Duration, Size, TrainingBaseProps } from '../../core';
import { ISharedFileSystem } from '../file-system';
import { ILogWorkspace } from '../logs';
import { INetwork } from '../network';
import { IImageRegistry } from '../registry';
import { IResourceGroup } from '../resource-group';
import { ISecret } from '../secret';
import { IArtifactStore } from '../storage';
import { IExperimentTracking } from '../tracking';
import { ITrainingWorkspace } from './workspace';

/** Props of `GpuTrainingCluster`. */
export interface GpuTrainingClusterProps extends TrainingBaseProps {
  /** Where it is put. */
  readonly resourceGroup: IResourceGroup;
  /** Network that machines are in. No default: they have no public address, so they need a private way to Azure ML. */
  readonly network: INetwork;
  /**
   * Where data, checkpoints and models are.
   *
   * @default - a store of its own
   */
  readonly artifacts?: IArtifactStore;
  /**
   * Registry that the image is pushed to, and pulled from.
   *
   * @default - none; required for an image that is built from a directory
   */
  readonly registry?: IImageRegistry;
  /**
   * Server that jobs log runs to and register models with. They find it in `MLFLOW_TRACKING_URI` and are let in; Azure ML's own variables,
   * which would send runs to the workspace, are taken back.
   *
   * @default - the MLflow endpoint of the workspace, which Azure ML names to every job
   */
  readonly tracking?: IExperimentTracking;
  /**
   * Azure ML workspace to share with other clusters.
   *
   * @default - a workspace of its own
   */
  readonly workspace?: ITrainingWorkspace;
  /**
   * Where the logs of a workspace of its own go.
   *
   * @default - a log workspace of its own
   */
  readonly logWorkspace?: ILogWorkspace;
  /**
   * How long a machine is kept after its last job.
   *
   * @default - 2 minutes
   */
  readonly idleBeforeScaleDown?: Duration;
  /**
   * Shared memory of the container, in which data loaders of PyTorch hand over batches.
   *
   * @default - half of the machine's memory
   */
  readonly sharedMemory?: Size;
  /**
   * Folder of the image in which the command runs.
   *
   * @default - the Dockerfile's WORKDIR for an image built from a directory, else a folder that Azure ML chooses
   */
  readonly workingDirectory?: string;
  /**
   * Shows the folders of the artifact store as folders of the machine, for programs that cannot open URIs:
   * `ML_DATA_URI` and its like are paths then. Programs have to run as root in the image.
   *
   * @default false
   */
  readonly mountArtifacts?: boolean;
  /**
   * File systems of kind `posix` that jobs mount, by path. The job mounts them itself, as root, by the NFS client of the image (`nfs-common`);
   * the container gets the capability SYS_ADMIN for it.
   *
   * @default - none
   */
  readonly mounts?: { readonly [path: string]: ISharedFileSystem };
  /**
   * Secrets that jobs get, by environment variable. They are read from the vault by the machine's identity when a job starts, with the Python 3
   * of the image; a job whose secret has no value yet stops and says so.
   *
   * @default - none
   */
  readonly secrets?: { readonly [variable: string]: ISecret };
}
