import { IConstruct } from 'constructs';
import { Accelerator } from './accelerator';
import { Environment } from './environment';
import { ContainerImage } from './image';
import { Duration, Schedule } from './units';

/** Where machines come from, and at what price. */
export enum Capacity {
  /** Capacity that was reserved and is paid for anyway. */
  RESERVATION = 'reservation',
  /** Spare capacity, cheap, taken back at short notice. */
  SPOT = 'spot',
  /** The ordinary price. */
  ON_DEMAND = 'on-demand',
  /**
   * Google Cloud: queued until all machines are there at once, at most seven days.
   *
   * @see https://cloud.google.com/compute/docs/instances/provisioning-models
   */
  FLEX_START = 'flex-start',
}

/** What a training cluster needs on every cloud. */
export interface TrainingBaseProps {
  /** The image that trains. */
  readonly image: ContainerImage;
  /**
   * What runs in the image, as a list of arguments.
   *
   * @default - the image's own command
   */
  readonly command?: string[];
  /** The kind of GPU. No default: it decides the price. */
  readonly accelerator: Accelerator;
  /**
   * GPUs per machine.
   *
   * @default 1
   */
  readonly acceleratorCount?: number;
  /**
   * Machines kept when nothing trains. They cost money.
   *
   * @default 0
   */
  readonly minNodes?: number;
  /**
   * Most machines at once, over all jobs.
   *
   * @default 1
   */
  readonly maxNodes?: number;
  /**
   * Machines that work on one job together. More than one: scheduled as a gang, close together, over the fast interconnect where the machine has one.
   *
   * @default 1
   */
  readonly nodesPerJob?: number;
  /**
   * Where machines come from, in the order they are tried.
   *
   * @default - spot, then on-demand; on-demand only if `nodesPerJob` is above 1
   */
  readonly capacity?: Capacity[];
  /**
   * The cloud's name for the reservation that `Capacity.RESERVATION` uses.
   *
   * @default - none; required if the capacity names a reservation
   */
  readonly reservation?: string;
  /**
   * A job is stopped after this long.
   *
   * @default - 24 hours
   */
  readonly maxDuration?: Duration;
  /**
   * How often a job is tried again after its machine was lost. A failure of the program itself is never tried again.
   *
   * @default 3
   */
  readonly retries?: number;
  /**
   * When a job starts by itself.
   *
   * @default - only when somebody submits one
   */
  readonly schedule?: Schedule;
  /**
   * Environment variables of the job, beside those of the training contract.
   *
   * @default - none
   */
  readonly env?: { readonly [name: string]: string };
  /**
   * Name that jobs register their model under, as `ML_MODEL_NAME`. Needs a tracking server.
   *
   * @default - none
   */
  readonly modelName?: string;
  /**
   * What the cluster is for; chooses retention and protection.
   *
   * @default Environment.DEV
   */
  readonly environment?: Environment;
}

/** A cluster that trains models in containers, on any cloud. */
export interface ITrainingCluster extends IConstruct {
  /** The exact command that starts a job with the default settings. */
  readonly submitCommand: string;
  /** Where checkpoints go: what jobs see as `ML_CHECKPOINT_URI`. */
  readonly checkpointUri: string;
}

/** The variables that every engine sets for a job; a program that reads them trains on any cloud. */
export const TRAINING_ENV = {
  /** Where to save and resume checkpoints. */
  CHECKPOINT: 'ML_CHECKPOINT_URI',
  /** Where the data is. */
  DATA: 'ML_DATA_URI',
  /** Where the model goes. */
  OUTPUT: 'ML_OUTPUT_URI',
} as const;

/** The rendezvous variables of torchrun, set on every engine. */
export const RENDEZVOUS_ENV = ['MASTER_ADDR', 'MASTER_PORT', 'NNODES', 'NODE_RANK', 'NPROC_PER_NODE'] as const;

/** The port that torchrun's workers meet at. */
export const RENDEZVOUS_PORT = 29500;

/** The capacity chain that is used when none is given. */
export function defaultCapacity(nodesPerJob: number): Capacity[] {
  return nodesPerJob > 1 ? [Capacity.ON_DEMAND] : [Capacity.SPOT, Capacity.ON_DEMAND];
}
