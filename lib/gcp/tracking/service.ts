import { IExperimentTrackingBase, TrackingEngine } from '../../core';
import { IMember } from '../member';

/** An MLflow server on Google Cloud. */
export interface IExperimentTracking extends IExperimentTrackingBase {
  /** What runs it. */
  readonly engine: TrackingEngine;
  /** Whether only programs in its network reach it. */
  readonly privateAccess: boolean;
  /** Who may use it. */
  readonly grants: ExperimentTrackingGrants;
  /** Who may approve which model, where the server keeps to that. */
  readonly approvals?: TrackingApprovals;
  /** The topic of Pub/Sub that it tells of registered and approved models: `projects/P/topics/T`. */
  readonly eventTopic?: string;
  /** Whom an ID token is for that the server accepts; nothing where it lets programs in by itself. */
  readonly audience?: string;
  /** Project of the server, where it is one of this library. */
  readonly project?: string;
  /** Region of the server, where it is one of this library. */
  readonly region?: string;
  /** Name of the Cloud Run service, where the server is one of this library. */
  readonly serviceName?: string;
  /** Name of the database's instance, where it was made for this server. */
  readonly databaseInstanceName?: string;

  /** The variables by which programs find the server and are let in; MLflow's client reads them by itself. */
  environment(): { readonly [name: string]: string };
}

/** Who may use a tracking server. */
export abstract class ExperimentTrackingGrants {
  /**
   * To log runs, and to register and read models (`roles/run.invoker` on the server's service). Who is let in may read and write all of it,
   * approvals apart.
   *
   * @param id construct id of the IAM member, unique in the server's scope
   * @param grantee who may use it
   */
  public abstract use(id: string, grantee: IMember): void;
}

/** Which models need an approval, and whose. */
export abstract class TrackingApprovals {
  /**
   * From now on only those who are allowed to may make a version of the model the one in service; nobody at first.
   *
   * @param modelName name that versions are registered under
   */
  public abstract demand(modelName: string): void;
  /**
   * Lets somebody approve versions of the model.
   *
   * @param modelName name that versions are registered under
   * @param approver who may approve: a person or a service account, because an ID token names no groups
   */
  public abstract allow(modelName: string, approver: IMember): void;
}
