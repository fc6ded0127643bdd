import { Capacity } from '../training';
import { AcceleratorDeclaration, Cloud } from './shared';

/** A cluster that trains models; costs nothing when idle. */
export interface TrainingDeclaration {
  /** A directory with a Dockerfile (starts with `./`), or an image reference. No default: it is what trains. */
  readonly image: string;
  /**
   * What runs in the image, as a list of arguments.
   *
   * @default - the image's own command
   */
  readonly command?: string[];
  /** Which GPU, by name or by need, such as `{ memoryGib: 24 }`. No default: it decides the price. */
  readonly accelerator: AcceleratorDeclaration;
  /**
   * How many machines.
   *
   * @default - none when idle, one at most
   */
  readonly nodes?: NodesDeclaration;
  /**
   * Machines that work on one job together.
   *
   * @default 1
   * @minimum 1
   * @maximum 1000
   * @TJS-type integer
   */
  readonly nodesPerJob?: number;
  /**
   * Where machines come from, in the order they are tried.
   *
   * @default - spot, then on-demand; on-demand only if `nodesPerJob` is above 1
   * @minItems 1
   * @uniqueItems true
   */
  readonly capacity?: Capacity[];
  /**
   * The reservation that `capacity: [reservation]` uses, by cloud: `aws: cr-0123456789abcdef0`.
   *
   * @default - none
   */
  readonly reservations?: ReservationsDeclaration;
  /**
   * A job is stopped after this long, such as `12h`.
   *
   * @default 24h
   * @pattern ^\d+(\.\d+)?\s*(ms|s|m|h|d)$
   */
  readonly maxDuration?: string;
  /**
   * How often a job is tried again after its machine was lost.
   *
   * @default 3
   * @minimum 0
   * @maximum 9
   * @TJS-type integer
   */
  readonly retries?: number;
  /**
   * When a job starts by itself.
   *
   * @default - only when somebody submits one
   */
  readonly schedule?: ScheduleDeclaration;
  /**
   * Environment variables of the job.
   *
   * @default - none
   */
  readonly env?: { readonly [name: string]: string };
  /**
   * Where file systems of `storage.shared` are mounted, a folder of `/mnt`: `{ scratch: /mnt/scratch }`.
   *
   * @default - none
   */
  readonly mounts?: { readonly [fileSystem: string]: string };
  /**
   * Environment variables that hold secrets of `secrets`: `{ HF_TOKEN: hugging-face }`.
   *
   * @default - none
   */
  readonly secrets?: { readonly [variable: string]: string };
  /**
   * The model of `models` that jobs register their result as; handed to them as `ML_MODEL_NAME`. Needs `tracking`.
   *
   * @default - none
   */
  readonly model?: string;
  /**
   * Clouds that get this cluster.
   *
   * @default - every target
   * @minItems 1
   */
  readonly on?: Cloud[];
}

/** Reservations by cloud. */
export interface ReservationsDeclaration {
  /**
   * Id of an EC2 capacity reservation, such as `cr-0123456789abcdef0`.
   *
   * @default - none
   * @pattern ^cr-[0-9a-f]+$
   */
  readonly aws?: string;
  /**
   * A Compute Engine reservation: `projects/P/zones/Z/reservations/R`.
   *
   * @default - none
   */
  readonly gcp?: string;
}

/** How many machines. */
export interface NodesDeclaration {
  /**
   * Machines kept when nothing trains. They cost money.
   *
   * @default 0
   * @minimum 0
   * @TJS-type integer
   */
  readonly min?: number;
  /**
   * Most machines at once.
   *
   * @default 1
   * @minimum 1
   * @TJS-type integer
   */
  readonly max?: number;
}

/** When something runs by itself. */
export interface ScheduleDeclaration {
  /** Five fields: minute hour day month weekday, such as `0 3 * * 1`. No default: it is the schedule. */
  readonly cron: string;
  /**
   * IANA name of the time zone.
   *
   * @default UTC
   */
  readonly timeZone?: string;
}
