import { ModelReference } from '../../core';
import { Checks } from '../../core/errors';
import { MODEL_ENV } from '../../core/models';
import { TRACKING_ENV, TRACKING_PLUGIN } from '../../core/tracking';
import type { INetwork } from '../network';
import type { IExperimentTracking } from '../tracking';

/** Carries the address to a job of Azure ML, which sets the variable of MLflow to its own. */
const CARRIER = 'ML_TRACKING_URI';

/** How MLflow's client finds a server that asks for tokens of Entra ID. */
export function clientEnvironment(uri: string, audience: string): { readonly [name: string]: string } {
  return {
    [TRACKING_ENV.URI]: uri,
    [TRACKING_ENV.AUTH]: TRACKING_PLUGIN,
    [TRACKING_ENV.AUTH_KIND]: 'azure-entra',
    // The bare client id, for which Entra ID gives tokens whether or not the registration has an identifier URI.
    [TRACKING_ENV.AUDIENCE]: audience,
  };
}

/** The start of a command that asks an Entra-guarded server as whoever az knows. */
export function curlAs(audience: string): string {
  const token = `$(az account get-access-token --resource ${audience} --query accessToken --output tsv)`;
  return `curl --fail-with-body --header "Authorization: Bearer ${token}"`;
}

/** Whether a job's runs go to another server than the workspace that it runs in. */
export function tracksElsewhere(tracking: IExperimentTracking | undefined, workspaceId: string): boolean {
  return tracking !== undefined && tracking.workspaceId !== workspaceId;
}

/** The variables of a job of Azure ML. */
export function jobEnvironment(
  tracking: IExperimentTracking | undefined,
  workspaceId: string,
  modelName: string | undefined,
): { readonly [name: string]: string } {
  return {
    ...(tracking && tracksElsewhere(tracking, workspaceId) ? { ...tracking.environment(), [CARRIER]: tracking.trackingUri } : {}),
    ...(modelName === undefined ? {} : { [TRACKING_ENV.MODEL]: modelName }),
  };
}

/**
 * Part of a job's command that takes back what Azure ML says of its own tracking: the address, a token for it, and the run that it has
 * started there, which another server would not find. The name of the experiment stays.
 */
export function trackElsewhere(): string {
  return `unset MLFLOW_RUN_ID MLFLOW_EXPERIMENT_ID MLFLOW_TRACKING_TOKEN && export ${TRACKING_ENV.URI}="$${CARRIER}"`;
}

interface Tracked {
  readonly tracking?: IExperimentTracking;
  readonly network?: INetwork;
  readonly modelName?: string;
  readonly model?: ModelReference;
  readonly env?: { readonly [name: string]: string };
}

/** What is wrong with how a construct uses a tracking server. */
export function checkTracked(checks: Checks, props: Tracked): void {
  const { tracking, network, modelName, model, env = {} } = props;
  for (const [prop, value] of [
    ['modelName', modelName],
    ['model', model && String(model)],
  ] as const)
    checks.require(
      value === undefined || tracking !== undefined,
      'missing',
      'tracking',
      undefined,
      `${prop} ${value} is kept by a tracking server, and none is given`,
      'write tracking: and an ExperimentTracking',
    );
  checks.require(
    !tracking?.privateAccess || network !== undefined,
    'missing',
    'network',
    undefined,
    'the tracking server answers in its network only',
    'write network: and the network of the tracking server',
  );
  if (tracking && model) checks.collect(() => tracking.modelUri(model));
  const ours = tracking ? [...Object.values(TRACKING_ENV), CARRIER, ...(model ? [MODEL_ENV] : [])] : [];
  for (const name of Object.keys(env))
    checks.require(
      !ours.includes(name),
      'conflict',
      `env.${name}`,
      env[name],
      'it is set for the tracking server',
      'leave it out, or leave tracking out',
    );
}

/** The variables of a service. */
export function serviceEnvironment(
  tracking: IExperimentTracking | undefined,
  model: ModelReference | undefined,
): { readonly [name: string]: string } {
  if (!tracking) return {};
  return { ...tracking.environment(), ...(model ? { [MODEL_ENV]: tracking.modelUri(model) } : {}) };
}
