import { ITerraformDependable } from 'cdktf';
import { IConstruct } from 'constructs';
import { ModelReference } from '../../core';
import { Checks } from '../../core/errors';
import { MODEL_ENV } from '../../core/models';
import { TRACKING_ENV, TRACKING_PLUGIN } from '../../core/tracking';
import type { IMember } from '../member';
import type { INetwork } from '../network';
import type { IExperimentTracking } from '../tracking';
import { granted } from './granted';
import { idFor } from './names';

/** How MLflow's client finds a server, and the token that it asks for. */
export function clientEnvironment(uri: string, audience: string | undefined): { readonly [name: string]: string } {
  if (audience === undefined) return { [TRACKING_ENV.URI]: uri };
  return {
    [TRACKING_ENV.URI]: uri,
    [TRACKING_ENV.AUTH]: TRACKING_PLUGIN,
    [TRACKING_ENV.AUTH_KIND]: 'google-id-token',
    [TRACKING_ENV.AUDIENCE]: audience,
  };
}

/** The start of a command that asks a server as whoever gcloud knows. */
export function curlAs(audience: string | undefined): string {
  return `curl --fail-with-body${audience === undefined ? '' : ' --header "Authorization: Bearer $(gcloud auth print-identity-token)"'}`;
}

interface Tracked {
  readonly tracking?: IExperimentTracking;
  readonly modelName?: string;
  readonly model?: ModelReference;
  readonly env?: { readonly [name: string]: string };
}

/** What is wrong with how a construct uses a tracking server. */
export function checkTracked(checks: Checks, { tracking, modelName, model, env = {} }: Tracked): void {
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
  const ours = [...(tracking ? Object.values(TRACKING_ENV) : []), ...(model ? [MODEL_ENV] : [])];
  for (const name of Object.keys(env))
    checks.require(
      !ours.includes(name as never),
      'conflict',
      `env.${name}`,
      env[name],
      'it is set for the tracking server',
      'leave it out, or leave tracking out',
    );
}

/** Refuses a service that the server's answers would not reach. */
export function checkTrackingNetwork(checks: Checks, tracking: IExperimentTracking | undefined, network: INetwork | undefined): void {
  checks.require(
    !tracking?.privateAccess || network !== undefined,
    'missing',
    'network',
    undefined,
    'the tracking server answers in its network only',
    'give the network of the tracking server',
  );
}

/** The variables of a program that tracks, registers or serves a model, and what lets it in. */
export function track(
  scope: IConstruct,
  { tracking, modelName, model }: Tracked,
  program: IMember,
): { readonly environment: { readonly [name: string]: string }; readonly dependsOn: ITerraformDependable[] } {
  if (!tracking) return { environment: {}, dependsOn: [] };
  const id = idFor(scope, 'Track');
  tracking.grants.use(id, program);
  const environment = {
    ...tracking.environment(),
    ...(modelName === undefined ? {} : { [TRACKING_ENV.MODEL]: modelName }),
    ...(model ? { [MODEL_ENV]: String(model) } : {}),
  };
  return { environment, dependsOn: granted(tracking, id) };
}
