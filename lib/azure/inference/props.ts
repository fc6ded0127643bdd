import { Duration, InferenceBaseProps } from '../../core';
import { ISharedFileSystem } from '../file-system';
import { ILogWorkspace } from '../logs';
import { INetwork } from '../network';
import { IImageRegistry } from '../registry';
import { IResourceGroup } from '../resource-group';
import { ISecret } from '../secret';
import { IExperimentTracking } from '../tracking';

/** Props of `AppServiceInference`. */
export interface AppServiceInferenceProps extends InferenceBaseProps {
  /** Where it is put. */
  readonly resourceGroup: IResourceGroup;
  /**
   * The network that the app reaches out through, and, if access is private, is reached from.
   *
   * @default - none; required for private access
   */
  readonly network?: INetwork;
  /**
   * The registry that images are pulled from, and that an image directory is built in.
   *
   * @default - none; images are public
   */
  readonly registry?: IImageRegistry;
  /**
   * Server that the service loads its `model` from. The container finds it in `MLFLOW_TRACKING_URI` and is let in.
   *
   * @default - none; required for a `model`
   */
  readonly tracking?: IExperimentTracking;
  /**
   * Where requests, the container's output and traces are kept.
   *
   * @default - logs stay on the app's own disk for a few days; there is no Application Insights
   */
  readonly logWorkspace?: ILogWorkspace;
  /**
   * Size of the service plan, such as `P1v3`.
   *
   * @default - the smallest of Premium v3 that has the cpu and the memory
   */
  readonly skuName?: string;
  /**
   * Id of a Linux service plan that exists already. Its owner decides how it scales.
   *
   * @default - a plan of the service's own
   */
  readonly servicePlanId?: string;
  /**
   * Ranges of addresses that may call, such as `203.0.113.0/24`; all others are turned away. Not for private access.
   *
   * @default - every address
   */
  readonly allowedIps?: string[];
  /**
   * Client id of the app registration in Entra ID whose tokens authenticated access accepts.
   *
   * @default - none; required for authenticated access, and not used by any other
   */
  readonly entraClientId?: string;
  /**
   * Tenant of the app registration.
   *
   * @default - the tenant of whoever deploys
   */
  readonly entraTenantId?: string;
  /**
   * The longest that a container may take until it answers, loading its model included; at most 30 minutes.
   *
   * @default - 10 minutes
   * @see https://learn.microsoft.com/azure/app-service/reference-app-settings#custom-containers
   */
  readonly startTimeout?: Duration;
  /**
   * File systems of kind `posix` that the container sees, by path; five at most. App Service mounts them over NFS, through the network.
   *
   * @default - none
   */
  readonly mounts?: { readonly [path: string]: ISharedFileSystem };
  /**
   * Secrets that the container gets, by environment variable. App Service reads them from the vault; restart the app after a value was put.
   *
   * @default - none
   */
  readonly secrets?: { readonly [variable: string]: ISecret };
}
