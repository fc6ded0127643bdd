import { IConstruct } from 'constructs';
import { Environment } from './environment';
import { Duration, Size } from './units';

/** What runs the tracking server. */
export enum TrackingEngine {
  /** The platform's own MLflow server in a container, with a managed PostgreSQL: the same on every cloud. */
  SELF_HOSTED = 'self-hosted',
  /** The cloud's managed MLflow, where it has one. */
  MANAGED = 'managed',
}

/** What experiment tracking needs on every cloud. */
export interface ExperimentTrackingBaseProps {
  /**
   * What runs the server.
   *
   * @default TrackingEngine.SELF_HOSTED
   */
  readonly engine?: TrackingEngine;
  /**
   * The database has a standby in another zone. Self-hosted only.
   *
   * @default - in prod
   */
  readonly databaseHighAvailability?: boolean;
  /**
   * Backups of the database are kept this long, 7 to 35 days. Self-hosted only.
   *
   * @default - 7 days, in prod 14
   */
  readonly databaseBackupRetention?: Duration;
  /**
   * Virtual processors of one server. Self-hosted only.
   *
   * @default 1
   */
  readonly cpu?: number;
  /**
   * Memory of one server. Self-hosted only.
   *
   * @default - 2 GiB
   */
  readonly memory?: Size;
  /**
   * What tracking is for; chooses retention, protection and redundancy.
   *
   * @default Environment.DEV
   */
  readonly environment?: Environment;
}

/** A server that keeps experiments, on any cloud. */
export interface IExperimentTrackingBase extends IConstruct {
  /** What `MLFLOW_TRACKING_URI` is for programs in the platform. */
  readonly trackingUri: string;
}

/** The variables by which programs find the tracking server; MLflow's client reads them by itself. */
export const TRACKING_ENV = {
  /** Where the server is. */
  URI: 'MLFLOW_TRACKING_URI',
  /** Which plugin of MLflow's client signs its requests. */
  AUTH: 'MLFLOW_TRACKING_AUTH',
  /** How the plugin signs them. */
  AUTH_KIND: 'ML_TRACKING_AUTH',
  /** Whom a token is for. */
  AUDIENCE: 'ML_TRACKING_AUDIENCE',
  /** Name that a training job registers its model under. */
  MODEL: 'ML_MODEL_NAME',
} as const;

/** Name of the plugin of `runtime/mlflow-auth`. */
export const TRACKING_PLUGIN = 'mlops-constructs';
