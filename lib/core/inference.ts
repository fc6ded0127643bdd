import { IConstruct } from 'constructs';
import { Accelerator } from './accelerator';
import { Environment } from './environment';
import { ContainerImage, ImageOwner } from './image';
import { ModelReference } from './models';
import { Rollout } from './rollout';
import { Duration, Size } from './units';

/** Who can reach a service. */
export enum Access {
  /** Only callers in the platform's network. */
  PRIVATE = 'private',
  /** Anybody on the internet whom the cloud's identity service lets through. */
  AUTHENTICATED = 'authenticated',
  /** Anybody. Has to be asked for by name. */
  PUBLIC = 'public',
}

/**
 * What an inference service needs on every cloud.
 *
 * The image listens on `$PORT`, answers `GET <healthPath>`, takes JSON on `POST /predict` and logs JSON lines.
 */
export interface InferenceBaseProps {
  /** The image that serves. */
  readonly image: ContainerImage;
  /**
   * Who decides which version runs.
   *
   * @default ImageOwner.STACK
   */
  readonly imageOwner?: ImageOwner;
  /**
   * The port the container listens on; handed to it as `PORT`.
   *
   * @default 8080
   */
  readonly port?: number;
  /**
   * Path that answers 200 when the container is ready.
   *
   * @default "/health"
   */
  readonly healthPath?: string;
  /**
   * Virtual processors of one instance.
   *
   * @default 1
   */
  readonly cpu?: number;
  /**
   * Memory of one instance.
   *
   * @default - 2 GiB
   */
  readonly memory?: Size;
  /**
   * The longest a request may take.
   *
   * @default - 30 seconds
   */
  readonly timeout?: Duration;
  /**
   * Instances kept when there is no traffic. Zero makes the first request wait for a start.
   *
   * @default 0
   */
  readonly minInstances?: number;
  /**
   * Most instances at once.
   *
   * @default 10
   */
  readonly maxInstances?: number;
  /**
   * Requests that one instance handles at the same time.
   *
   * @default 8
   */
  readonly concurrency?: number;
  /**
   * Who can reach it.
   *
   * @default Access.PRIVATE
   */
  readonly access?: Access;
  /**
   * How traffic goes over to a new version.
   *
   * @default - all at once
   */
  readonly rollout?: Rollout;
  /**
   * Environment variables of the container.
   *
   * @default - none
   */
  readonly env?: { readonly [name: string]: string };
  /**
   * The registered model that it serves, as `ML_MODEL_URI`. Needs a tracking server.
   *
   * @default - none
   */
  readonly model?: ModelReference;
  /**
   * A GPU for each instance.
   *
   * @default - none
   */
  readonly accelerator?: Accelerator;
  /**
   * What the service is for; chooses retention and protection.
   *
   * @default Environment.DEV
   */
  readonly environment?: Environment;
}

/** A service that answers predictions over HTTPS, on any cloud. */
export interface IInferenceService extends IConstruct {
  /** Where it answers: `https://...`, without a path. */
  readonly url: string;
  /** What the cloud calls it. */
  readonly serviceName: string;
}

/** Defaults that every engine shares. */
export const INFERENCE_DEFAULTS = {
  port: 8080,
  healthPath: '/health',
  cpu: 1,
  memory: Size.gibibytes(2),
  timeout: Duration.seconds(30),
  minInstances: 0,
  maxInstances: 10,
  concurrency: 8,
} as const;
