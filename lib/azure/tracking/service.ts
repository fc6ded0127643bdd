import { IExperimentTrackingBase, ModelReference, TrackingEngine } from '../../core';
import { IPrincipal } from '../resource-group';

/** An MLflow server on Azure. */
export interface IExperimentTracking extends IExperimentTrackingBase {
  /** What runs it. */
  readonly engine: TrackingEngine;
  /** Whether only programs in its network reach it. */
  readonly privateAccess: boolean;
  /** Who may do what. */
  readonly grants: ExperimentTrackingGrants;
  /** Who may approve which model, where the server keeps to that. */
  readonly approvals?: TrackingApprovals;
  /** Id of the Event Grid topic that it tells of registered and approved models. */
  readonly eventTopicId?: string;
  /** Who the topic is in Entra ID, when it hands events to a queue. */
  readonly eventPrincipal?: IPrincipal;
  /** Whom a token is for that the server accepts; nothing where it lets programs in by itself. */
  readonly audience?: string;
  /** Id of the Azure ML workspace, where that is the server. */
  readonly workspaceId?: string;
  /** Id of the container app, where the server is one of this library. */
  readonly containerAppId?: string;
  /** Whether a server runs even if nobody asks, where it is one of this library. */
  readonly alwaysOn?: boolean;
  /** Id of the database's server, where it was made for this one. */
  readonly databaseServerId?: string;

  /** The variables by which programs find the server and are let in. */
  environment(): { readonly [name: string]: string };
  /** URI by which a program opens a registered model here, for `ML_MODEL_URI`. */
  modelUri(model: ModelReference): string;
}

/** Who may use a tracking server. */
export abstract class ExperimentTrackingGrants {
  /**
   * To log runs and to register and read models.
   *
   * Self-hosted: puts the caller on the list of identities that are let in; nobody else is. Only users, managed identities and applications:
   * a list that holds a group too would shut out every managed identity, whose tokens name no groups.
   * Managed: assigns a role of its own on the workspace, for experiments, runs and models.
   *
   * @param id construct id of the role assignment, unique in the server's scope
   * @param grantee who may use it
   */
  public abstract use(id: string, grantee: IPrincipal): void;
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
   * @param approver who may approve; a user, a managed identity or an application
   */
  public abstract allow(modelName: string, approver: IPrincipal): void;
}
