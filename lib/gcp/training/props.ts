import { Duration, Size, TrainingBaseProps } from '../../core';
import { ISharedFileSystem } from '../file-system';
import { INetwork } from '../network';
import { IImageRegistry } from '../registry';
import { ISecret } from '../secret';
import { IArtifactStore } from '../storage';
import { IExperimentTracking } from '../tracking';

/** Options of a training cluster on Google Cloud. */
export interface GpuTrainingClusterProps extends TrainingBaseProps {
  /** Project id. No default: it decides who pays. */
  readonly project: string;
  /** Region of the machines. No default: data must not land where nobody chose. */
  readonly region: string;
  /** Network of the machines; they get no public address. No default: a construct never makes a network of its own. */
  readonly network: INetwork;
  /**
   * Where data, checkpoints and models are.
   *
   * @default - a store of the cluster's own
   */
  readonly artifacts?: IArtifactStore;
  /**
   * Registry that the image is in, or is pushed to if it is built from a directory.
   *
   * @default - none; required if the image is a directory
   */
  readonly registry?: IImageRegistry;
  /**
   * File systems that jobs find in folders of `/mnt`, by path: `{ '/mnt/scratch': scratch }`. Ordinary files only: Batch has no client of
   * Lustre. Every user of a machine may write to one that nobody but root could.
   *
   * @default - none
   */
  readonly mounts?: { readonly [path: string]: ISharedFileSystem };
  /**
   * Environment variables that hold secrets: `{ HF_TOKEN: token }`. Read when a job starts; the machines are allowed to.
   *
   * @default - none
   */
  readonly secrets?: { readonly [variable: string]: ISecret };
  /**
   * Where jobs track their runs, and register models. They are let in, and find it by the variables that MLflow's client reads; its image
   * needs the package of `runtime/mlflow-auth`. The network has to be the server's.
   *
   * @default - nowhere
   */
  readonly tracking?: IExperimentTracking;
  /**
   * Machine type, one of those that carry the accelerator in the number asked for, such as `g2-standard-16`.
   *
   * @default - the smallest of them
   * @see https://cloud.google.com/batch/docs/create-run-job-gpus
   */
  readonly machineType?: string;
  /**
   * Zones of the region that machines may be in, such as `europe-west4-a`.
   *
   * @default - any zone that has the accelerator
   */
  readonly zones?: string[];
  /**
   * Boot disk of a machine: the image is unpacked on it.
   *
   * @default - 200 GiB
   */
  readonly diskSize?: Size;
  /**
   * Memory that processes of a job share (`/dev/shm`), which data loaders need.
   *
   * @default - half the machine's memory
   */
  readonly sharedMemory?: Size;
  /**
   * How long a job waits for machines from one source of `capacity` before the next one is tried.
   * A machine takes up to ten minutes to start and install its driver; that counts.
   *
   * @default - 30 minutes
   */
  readonly capacityTimeout?: Duration;
  /**
   * Makes a firewall rule that lets the machines of a job reach each other, and nobody else.
   *
   * @default - if `nodesPerJob` is above 1
   */
  readonly openFirewall?: boolean;
  /**
   * Labels of jobs and machines, which Terraform does not make and therefore does not label.
   *
   * @default - none but the cluster's name
   */
  readonly labels?: { readonly [name: string]: string };
}
