import { ImageOwner } from '../image';
import { Access } from '../inference';
import { RolloutStrategy } from '../rollout';
import { AcceleratorDeclaration, Cloud } from './shared';

/** A service that answers predictions. */
export interface InferenceDeclaration {
  /** A directory with a Dockerfile (starts with `./`), or an image reference. No default: it is what serves. */
  readonly image: string;
  /**
   * Who decides which version runs.
   *
   * @default - the pipeline if one deploys this service, else the stack
   */
  readonly imageOwner?: ImageOwner;
  /**
   * The port the container listens on; handed to it as `PORT`.
   *
   * @default 8080
   * @minimum 1
   * @maximum 65535
   * @TJS-type integer
   */
  readonly port?: number;
  /**
   * Path that answers 200 when the container is ready, such as `/health`.
   *
   * @default /health
   * @pattern ^/[\w./-]*$
   */
  readonly healthPath?: string;
  /**
   * Virtual processors of one instance.
   *
   * @default 1
   * @minimum 0.08
   */
  readonly cpu?: number;
  /**
   * Memory of one instance, such as `2GiB`.
   *
   * @default 2GiB
   * @pattern ^\d+(\.\d+)?\s*(MiB|GiB|TiB)$
   */
  readonly memory?: string;
  /**
   * The longest a request may take, such as `30s`.
   *
   * @default 30s
   * @pattern ^\d+(\.\d+)?\s*(ms|s|m|h|d)$
   */
  readonly timeout?: string;
  /**
   * Instances and requests per instance.
   *
   * @default - none when idle, 10 at most, 8 requests each
   */
  readonly scaling?: ScalingDeclaration;
  /**
   * Who can reach it: the platform's network, callers with the cloud's identity, or anybody.
   *
   * @default private
   */
  readonly access?: Access;
  /**
   * How traffic goes over to a new version.
   *
   * @default - all at once
   */
  readonly rollout?: RolloutDeclaration;
  /**
   * Environment variables of the container.
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
   * The registered model that it serves, such as `models:/housing/production`, or `models:/housing/3` for one version; handed to it as
   * `ML_MODEL_URI`. Needs `tracking`.
   *
   * @default - none
   * @pattern ^models:/.+$
   */
  readonly model?: string;
  /**
   * A GPU for each instance.
   *
   * @default - none
   */
  readonly accelerator?: AcceleratorDeclaration;
  /**
   * Clouds that get this service.
   *
   * @default - every target
   * @minItems 1
   */
  readonly on?: Cloud[];
}

/** Instances and requests per instance. */
export interface ScalingDeclaration {
  /**
   * Instances kept when there is no traffic.
   *
   * @default 0
   * @minimum 0
   * @TJS-type integer
   */
  readonly min?: number;
  /**
   * Most instances at once.
   *
   * @default 10
   * @minimum 1
   * @TJS-type integer
   */
  readonly max?: number;
  /**
   * Requests that one instance handles at the same time.
   *
   * @default 8
   * @minimum 1
   * @TJS-type integer
   */
  readonly concurrency?: number;
}

/** How traffic goes over to a new version. */
export interface RolloutDeclaration {
  /**
   * Which way.
   *
   * @default all-at-once
   */
  readonly strategy?: RolloutStrategy;
  /**
   * Canary: share of the traffic in the first step, in per cent.
   *
   * @default 10
   */
  readonly percent?: number;
  /**
   * Canary: how long the first step lasts, such as `10m`.
   *
   * @default 10m
   * @pattern ^\d+(\.\d+)?\s*(ms|s|m|h|d)$
   */
  readonly interval?: string;
}
