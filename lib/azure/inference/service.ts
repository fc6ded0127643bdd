import { Access, IInferenceService, ImageOwner, Rollout } from '../../core';
import { IPrincipal } from '../resource-group';

/** A web app of App Service that answers predictions. */
export interface IAppServiceInference extends IInferenceService {
  /** Id of the web app. */
  readonly webAppId: string;
  /** Id of the service plan, whose machines run the app and its slot. */
  readonly servicePlanId: string;
  /** Resource group that both are in. */
  readonly resourceGroupName: string;
  /** Who decides which version runs. */
  readonly imageOwner: ImageOwner;
  /** Who can reach it. */
  readonly access: Access;
  /** Path that answers 200 when the container is ready. */
  readonly healthPath: string;
  /** How a pipeline takes traffic over to a new version. */
  readonly rollout: Rollout;
  /** Name of the slot that new versions are tried in; absent where there is none. */
  readonly stagingSlotName?: string;
  /** Permissions on the service. */
  readonly grants: AppServiceInferenceGrants;

  /** Requests that it got. */
  metricRequests(): AzureMetric;
  /** Requests that it answered with a status of 500 or above. */
  metricErrors(): AzureMetric;
  /** How long it took to answer, in seconds. */
  metricResponseTime(): AzureMetric;
  /** How busy the processors of the plan are, in per cent. */
  metricCpu(): AzureMetric;
  /** How full the memory of the plan is, in per cent. */
  metricMemory(): AzureMetric;
}

/** A metric of Azure Monitor. */
export interface AzureMetric {
  /** Id of the resource that it is about. */
  readonly resourceId: string;
  /** Type of that resource: `Microsoft.Web/sites`. */
  readonly namespace: string;
  /** Name of the metric: `Http5xx`. */
  readonly metricName: string;
  /** How values are put together: `Total`, `Average`. */
  readonly aggregation: string;
}

/** Permissions on a service. */
export abstract class AppServiceInferenceGrants {
  /**
   * To call it. Puts the caller on the list of identities that the service lets through.
   *
   * Until somebody is on the list, every identity of the tenant that gets a token for the app registration is let through.
   * Where nobody's identity is checked (`public` and `private`), nothing changes, and synthesis says so.
   *
   * @param grantee who may call
   */
  public abstract invoke(grantee: IPrincipal): void;
  /**
   * To put versions into service: `Website Contributor` and `Monitoring Reader`, on the web app and nothing else.
   *
   * @param id construct id of the role assignments, unique among those of the service
   * @param grantee who may deploy
   */
  public abstract deploy(id: string, grantee: IPrincipal): void;
}

/** What is known of a web app that exists already. */
export interface AppServiceInferenceAttributes {
  /** Id of the web app. */
  readonly webAppId: string;
  /** Id of its service plan. */
  readonly servicePlanId: string;
  /**
   * Where it answers: `https://...`, without a path.
   *
   * @default - the web app's own host under azurewebsites.net
   */
  readonly url?: string;
  /**
   * Who can reach it.
   *
   * @default Access.PRIVATE
   */
  readonly access?: Access;
  /**
   * Path that answers 200 when the container is ready.
   *
   * @default "/health"
   */
  readonly healthPath?: string;
  /**
   * How a pipeline takes traffic over to a new version.
   *
   * @default - all at once
   */
  readonly rollout?: Rollout;
  /**
   * Name of the slot that new versions are tried in; required for a canary or blue-green rollout.
   *
   * @default - none
   */
  readonly stagingSlotName?: string;
}
