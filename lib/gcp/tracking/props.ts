import { ContainerImage, ExperimentTrackingBaseProps } from '../../core';
import { INetwork } from '../network';
import { IImageRegistry } from '../registry';
import { IArtifactStore } from '../storage';

/** Options of experiment tracking on Google Cloud. */
export interface ExperimentTrackingProps extends ExperimentTrackingBaseProps {
  /** Project id. No default: it decides who pays. */
  readonly project: string;
  /** Region of server and database. No default: data must not land where nobody chose. */
  readonly region: string;
  /**
   * Network that the server answers in, and that the database has its address in. Its subnetwork needs private Google access, and it
   * needs a default route.
   */
  readonly network: INetwork;
  /**
   * Where artifacts are put, in the folder `mlflow`, which only the server reaches.
   *
   * @default - a store of its own
   */
  readonly artifacts?: IArtifactStore;
  /**
   * Registry that the server's image is built in.
   *
   * @default - none; required unless `image` is a reference
   */
  readonly registry?: IImageRegistry;
  /**
   * Image of the server: `runtime/mlflow` of this package, or one that understands the same environment.
   *
   * @default - built from `runtime/mlflow` of this package
   */
  readonly image?: ContainerImage;
  /**
   * Image of nginx, 1.25.1 or later, that runs beside the server and takes its requests; it needs no more than what the official ones have.
   *
   * @default - docker.io/nginxinc/nginx-unprivileged
   */
  readonly frontImage?: ContainerImage;
  /**
   * A PostgreSQL database that exists already.
   *
   * @default - an instance of Cloud SQL of its own
   */
  readonly database?: TrackingDatabase;
  /**
   * Machine of the database, such as `db-custom-2-7680`.
   *
   * @default - db-custom-1-3840, in prod db-custom-2-7680
   * @see https://cloud.google.com/sql/docs/postgres/instance-settings#machine-type-2ndgen
   */
  readonly databaseTier?: string;
  /**
   * Statements that the database ran can be looked at in Query Insights.
   *
   * @default - in prod
   */
  readonly queryInsights?: boolean;
  /**
   * Key of Cloud KMS that encrypts the database: `projects/P/locations/R/keyRings/K/cryptoKeys/C`, in its region.
   * The service agent of Cloud SQL has to be allowed to use it. It cannot be changed later.
   *
   * @default - encrypted with a key of Google's
   */
  readonly kmsKeyName?: string;
  /**
   * Servers that run even if nobody asks. At none, the first request waits about half a minute for a start.
   *
   * @default - 0, in staging and prod 1
   */
  readonly minInstances?: number;
  /**
   * Most servers at once. Each has up to 30 connections to the database.
   *
   * @default - 1, in prod 3
   */
  readonly maxInstances?: number;
}

/** An instance of Cloud SQL for PostgreSQL that exists already, with IAM authentication and an address in the server's network. */
export interface TrackingDatabase {
  /** Name of the instance, in the server's project, such as `mlflow`. */
  readonly instance: string;
  /** Its private address or host name. */
  readonly host: string;
  /**
   * Name of the database in it.
   *
   * @default "mlflow"
   */
  readonly name?: string;
  /**
   * Role of PostgreSQL that may make tables in it, such as its owner. The server's user is made a member by `gcloud` while it is applied.
   *
   * @default - none: the owner runs the command of the output `DatabaseCommand`. Until then the server does not start: the first apply stops
   * there, and a second one goes on
   */
  readonly role?: string;
}

/** An MLflow server that exists already. */
export interface TrackingServerAttributes {
  /** Where it answers, such as `https://mlflow.example.com`. */
  readonly trackingUri: string;
  /**
   * Whom an ID token has to be for that it accepts: the address of a Cloud Run service, or the client id of an Identity-Aware Proxy.
   *
   * @default - none; it has to let programs in by itself
   */
  readonly audience?: string;
  /**
   * The Cloud Run service that it is, to grant permissions on and to watch.
   *
   * @default - it is none, or none of yours; programs have their permissions already
   */
  readonly service?: TrackingServiceAttributes;
  /**
   * The topic of Pub/Sub that it tells of registered and approved models: `projects/P/topics/T`.
   *
   * @default - none
   */
  readonly eventTopic?: string;
  /**
   * Whether only programs in a network reach it.
   *
   * @default false
   */
  readonly privateAccess?: boolean;
}

/** The Cloud Run service of an MLflow server that exists already. */
export interface TrackingServiceAttributes {
  /** Project it runs in. */
  readonly project: string;
  /** Region it runs in. */
  readonly region: string;
  /** Its name. */
  readonly serviceName: string;
}
