import { Access, IInferenceService, ImageOwner, Rollout } from '../../core';
import { IMember } from '../member';

/** A Cloud Run service that answers predictions. As a member it is the service account that its containers run as. */
export interface ICloudRunInference extends IInferenceService, IMember {
  /** Project it runs in. */
  readonly project: string;
  /** Region it runs in. */
  readonly region: string;
  /** E-mail of the service account that its containers run as. */
  readonly serviceAccountEmail: string;
  /** Who decides which version runs. */
  readonly imageOwner: ImageOwner;
  /** Who can reach it. */
  readonly access: Access;
  /** Path that answers 200 when the container is ready. */
  readonly healthPath: string;
  /** Most instances at once. */
  readonly maxInstances: number;
  /** How a pipeline takes traffic over to a new revision. */
  readonly rollout: Rollout;
  /** Permissions on the service. */
  readonly grants: CloudRunInferenceGrants;

  /** Cloud Monitoring filter of the requests that its containers got, by `response_code_class`. */
  metricRequestCount(): string;
  /** Cloud Monitoring filter of how long they took, in milliseconds. */
  metricRequestLatencies(): string;
  /** Cloud Monitoring filter of the containers that run, by `state`. */
  metricInstanceCount(): string;
}

/** Permissions on a Cloud Run service. Each is given on the service itself, never on the project. */
export abstract class CloudRunInferenceGrants {
  /**
   * To call it (`roles/run.invoker`). A caller of a private service has to be in the network, too.
   *
   * @param id construct id of the IAM member, unique in the service's scope
   * @param grantee who may call
   */
  public abstract invoke(id: string, grantee: IMember): void;
  /**
   * To deploy revisions and shift traffic (`roles/run.developer`), and to run them as the service's own account.
   *
   * @param id construct id of the IAM member, unique in the service's scope
   * @param grantee who may deploy
   */
  public abstract deploy(id: string, grantee: IMember): void;
}

/** What is known of a Cloud Run service that exists already. */
export interface CloudRunInferenceAttributes {
  /** Project it runs in. */
  readonly project: string;
  /** Region it runs in. */
  readonly region: string;
  /** Its name. */
  readonly serviceName: string;
  /** Where it answers: `https://...`, without a path. */
  readonly url: string;
  /** E-mail of the service account that its containers run as. */
  readonly serviceAccountEmail: string;
  /**
   * Who can reach it.
   *
   * @default Access.AUTHENTICATED
   */
  readonly access?: Access;
  /**
   * Path that answers 200 when the container is ready.
   *
   * @default "/health"
   */
  readonly healthPath?: string;
  /**
   * Most instances at once.
   *
   * @default 100
   */
  readonly maxInstances?: number;
  /**
   * How a pipeline takes traffic over to a new revision.
   *
   * @default - all at once
   */
  readonly rollout?: Rollout;
}
