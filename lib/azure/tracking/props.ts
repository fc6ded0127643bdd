import { ContainerImage, ExperimentTrackingBaseProps } from '../../core';
import { ILogWorkspace } from '../logs';
import { INetwork } from '../network';
import { IImageRegistry } from '../registry';
import { IResourceGroup } from '../resource-group';
import { IArtifactStore } from '../storage';

/** Props of `ExperimentTracking`. */
export interface ExperimentTrackingProps extends ExperimentTrackingBaseProps {
  /** Where it is put. */
  readonly resourceGroup: IResourceGroup;
  /**
   * Network that the server answers in. It needs a way out to the internet, through which the server gets its tokens.
   *
   * @default - none; required for a self-hosted server
   */
  readonly network?: INetwork;
  /**
   * Where artifacts are put, in a folder that only the server reaches. Self-hosted only.
   *
   * @default - a store of its own
   */
  readonly artifacts?: IArtifactStore;
  /**
   * Registry that the server's image is built in. Self-hosted only.
   *
   * @default - none; required unless `image` is a reference
   */
  readonly registry?: IImageRegistry;
  /**
   * Image of the server. Self-hosted only.
   *
   * @default - built from `runtime/mlflow` of this library
   */
  readonly image?: ContainerImage;
  /**
   * Client id of the app registration in Entra ID whose tokens the server accepts. Self-hosted only.
   *
   * @default - none; required for a self-hosted server
   */
  readonly entraClientId?: string;
  /**
   * Tenant of that app registration.
   *
   * @default - the tenant of whoever deploys
   */
  readonly entraTenantId?: string;
  /**
   * A PostgreSQL database that exists already. Self-hosted only.
   *
   * @default - a flexible server of its own
   */
  readonly database?: TrackingDatabase;
  /**
   * Size of the database's machine, such as `GP_Standard_D4ds_v5`. Self-hosted only.
   *
   * @default - B_Standard_B1ms; GP_Standard_D2ds_v5 in prod or with a standby, which the small one cannot have
   */
  readonly databaseSkuName?: string;
  /**
   * Backups of the database are kept in the paired region too. Can only be chosen when the server is made. Self-hosted only.
   *
   * @default false
   */
  readonly databaseGeoRedundantBackup?: boolean;
  /**
   * The database starts as a copy of another server at a point in time. Self-hosted only. Keep it as long as the server is: without it Terraform
   * would make another one. The tables belong to the identity of the server that made them, so that has to be the same.
   *
   * @default - it starts empty
   */
  readonly databaseRestore?: TrackingDatabaseRestore;
  /**
   * Servers that run even if nobody asks. At none, the first request waits about half a minute for a start. Self-hosted only.
   *
   * @default - 1, in prod 2
   */
  readonly minReplicas?: number;
  /**
   * Most servers at once; one is added for every ten requests that are answered at the same time. Self-hosted only.
   *
   * @default - 1, in prod 4
   */
  readonly maxReplicas?: number;
  /**
   * Where logs of server and database go. Self-hosted only.
   *
   * @default - nowhere; they can be watched while they are written
   */
  readonly logWorkspace?: ILogWorkspace;
  /**
   * Id of the Azure ML workspace whose MLflow endpoint is used. Managed only.
   *
   * @default - none; required for the managed engine
   */
  readonly workspaceId?: string;
  /**
   * Location of that workspace. Managed only.
   *
   * @default - that of the resource group
   */
  readonly workspaceLocation?: string;
}

/** A PostgreSQL server that exists already, with Entra authentication, in or peered with the server's network. */
export interface TrackingDatabase {
  /** Host name, such as `mlflow.postgres.database.azure.com`. */
  readonly host: string;
  /**
   * Name of the database.
   *
   * @default "mlflow"
   */
  readonly name?: string;
  /**
   * Name of the Entra user in it that the server's identity logs in as.
   *
   * @default - the name of the server's identity, which an output tells
   */
  readonly user?: string;
}

/** What a database is a copy of. */
export interface TrackingDatabaseRestore {
  /** Id of the flexible server. */
  readonly sourceServerId: string;
  /** The moment, in UTC, such as `2026-11-20T08:00:00Z`; within the days that backups are kept. */
  readonly pointInTime: string;
}

/** An MLflow server that exists already. */
export interface TrackingServerAttributes {
  /** Where it answers, such as `https://mlflow.example.com`. */
  readonly trackingUri: string;
  /**
   * Client id of the app registration in Entra ID whose tokens it accepts.
   *
   * @default - none; it has to let programs in by itself
   */
  readonly entraClientId?: string;
  /**
   * Id of the Event Grid topic that it tells of registered and approved models.
   *
   * @default - none
   */
  readonly eventTopicId?: string;
  /**
   * Whether only programs in a network reach it.
   *
   * @default false
   */
  readonly privateAccess?: boolean;
}
