import { Construct } from 'constructs';
import { Access, Duration, ImageOwner, Rollout, RolloutStrategy } from '../../core';
import { policyOf } from '../../core/environment';
import { Checks, isUnresolved } from '../../core/errors';
import { INFERENCE_DEFAULTS } from '../../core/inference';
import { parity } from '../../core/parity';
import { AppServiceInferenceProps } from '../inference/props';
import { SUPPORT } from '../support';
import { parseCidr } from './cidr';
import { checkImage } from '../../core/image';
import { checkSecretVariables } from '../../core/variables';
import { PlanSize, planSize } from './inference-plan';
import { checkSiteMounts } from './inference-mounts';
import { checkEnv, isOurs } from './inference-site';
import { parseResourceId } from './resource-id';
import { checksFor } from './root';
import { checkTracked } from './tracking-client';

/** App Service ends requests after this long, whatever the app wants. */
const FRONT_END_SECONDS = 230;

/** Jobs on Microsoft-hosted agents end after six hours; staging and swapping need some of that. */
const LONGEST_CANARY_HOURS = 5;

/** Props with defaults filled in. */
export interface ResolvedInference {
  readonly imageOwner: ImageOwner;
  readonly access: Access;
  readonly rollout: Rollout;
  /** Versions are tried in a slot of their own. */
  readonly slot: boolean;
  /** Id of the plan that others own. */
  readonly servicePlanId: string | undefined;
  /** Size of the plan; absent where others own it. */
  readonly size: PlanSize | undefined;
  readonly zones: boolean;
  readonly minInstances: number;
  readonly maxInstances: number;
  readonly port: number;
  readonly healthPath: string;
  readonly timeout: Duration;
  readonly concurrency: number;
  readonly startTimeout: Duration;
}

/** Checks all props, and fills in defaults. */
export function resolveInference(scope: Construct, props: AppServiceInferenceProps): ResolvedInference {
  const checks = checksFor(scope, 'azure.AppServiceInference');
  const zones = policyOf(props.environment).multiZone && props.servicePlanId === undefined;
  const minInstances = Math.max(props.minInstances ?? INFERENCE_DEFAULTS.minInstances, zones ? 2 : 1);
  const maxInstances = props.maxInstances ?? Math.max(INFERENCE_DEFAULTS.maxInstances, minInstances);
  const rollout = props.rollout ?? Rollout.allAtOnce();
  const imageOwner = props.imageOwner ?? ImageOwner.STACK;
  // A stack that owns the image changes it in place: nobody would swap a slot.
  const slot = imageOwner === ImageOwner.PIPELINE && rollout.strategy !== RolloutStrategy.ALL_AT_ONCE;
  const need = {
    cpu: props.cpu ?? INFERENCE_DEFAULTS.cpu,
    memory: props.memory ?? INFERENCE_DEFAULTS.memory,
    slot,
    zones,
    autoscale: maxInstances > minInstances,
  };
  const d = {
    imageOwner,
    access: props.access ?? Access.PRIVATE,
    rollout,
    slot,
    servicePlanId: props.servicePlanId && parseResourceId(checks, 'servicePlanId', props.servicePlanId, 'Microsoft.Web/serverFarms').id,
    size: props.servicePlanId === undefined ? planSize(checks, need, props.skuName) : undefined,
    zones,
    minInstances,
    maxInstances,
    port: props.port ?? INFERENCE_DEFAULTS.port,
    healthPath: props.healthPath ?? INFERENCE_DEFAULTS.healthPath,
    timeout: props.timeout ?? INFERENCE_DEFAULTS.timeout,
    concurrency: props.concurrency ?? INFERENCE_DEFAULTS.concurrency,
    startTimeout: props.startTimeout ?? Duration.minutes(10),
  };
  checkInstances(checks, props, d);
  if (slot)
    checks.require(
      rollout.interval.toHours() <= LONGEST_CANARY_HOURS,
      'limit',
      'rollout.interval',
      rollout.interval.toString(),
      'a job of Azure Pipelines watches the canary, and runs for six hours at most',
      `write ${LONGEST_CANARY_HOURS}h or less`,
    );
  checkRequests(checks, props, d);
  checkCallers(checks, props, d.access);
  checkSource(checks, props, imageOwner);
  checkEnv(checks, props.env ?? {});
  checkTracked(checks, props);
  checkSiteMounts(checks, props);
  checkSecretVariables(checks, props.secrets, props.env, isOurs);
  if (props.accelerator)
    checks.refuse(
      'unsupported',
      'accelerator',
      props.accelerator.kind ?? `${props.accelerator.memoryGib} GiB`,
      SUPPORT['inference.accelerator'].reason!,
      'leave it out, or write on: [gcp] to serve it on Cloud Run',
    );
  checks.done();
  return d;
}

function checkInstances(checks: Checks, props: AppServiceInferenceProps, d: ResolvedInference): void {
  const { minInstances: min, maxInstances: max } = props;
  if (!d.size) {
    for (const prop of ['minInstances', 'maxInstances', 'skuName'] as const)
      checks.require(
        props[prop] === undefined,
        'conflict',
        prop,
        props[prop],
        'the plan of servicePlanId exists already, and its owner decides that',
        'leave it out, or leave servicePlanId out to get a plan of its own',
      );
    return;
  }
  for (const [prop, least] of [
    ['minInstances', 0],
    ['maxInstances', 1],
  ] as const)
    checks.within(prop, props[prop], least, d.size.maxInstances, `a plan of size ${d.size.sku}`);
  if (min !== undefined && min > d.maxInstances)
    checks.refuse('conflict', 'minInstances', min, `more than the ${d.maxInstances} of maxInstances`, `write ${d.maxInstances} or less`);
  if (d.zones && max === 1)
    checks.refuse('conflict', 'maxInstances', max, 'prod runs in several zones, with two instances at least', 'write 2 or more');
}

function checkRequests(checks: Checks, props: AppServiceInferenceProps, d: ResolvedInference): void {
  checks.within('port', props.port, 1, 65535, 'TCP');
  checks.within('concurrency', props.concurrency, 1, 10_000, 'autoscale');
  checks.require(
    d.healthPath.startsWith('/'),
    'syntax',
    'healthPath',
    d.healthPath,
    'a path starts with a slash',
    `write /${d.healthPath.replace(/^\/*/, '')}`,
  );
  const seconds = d.timeout.toMillis() / 1000;
  checks.require(
    seconds > 0 && seconds <= FRONT_END_SECONDS,
    'limit',
    'timeout',
    d.timeout.toString(),
    `App Service ends a request after ${FRONT_END_SECONDS} seconds`,
    `write ${FRONT_END_SECONDS}s or less, and let longer work run as a job`,
  );
  checks.require(
    d.startTimeout.toSeconds() > 0 && d.startTimeout.toSeconds() <= 1800,
    'limit',
    'startTimeout',
    d.startTimeout.toString(),
    'App Service waits at most 30 minutes for a container',
    'write 30m or less',
  );
}

function checkCallers(checks: Checks, props: AppServiceInferenceProps, access: Access): void {
  if (access === Access.PRIVATE) {
    checks.require(
      props.network !== undefined,
      'missing',
      'network',
      undefined,
      'access is private, and there is no network to be reached from',
      'write network: and an MlNetwork, or access: authenticated',
    );
    checks.require(
      !props.allowedIps?.length,
      'conflict',
      'allowedIps',
      props.allowedIps,
      'access is private, and addresses on the internet reach it not at all',
      'leave it out, or write access: authenticated',
    );
  }
  if (access === Access.AUTHENTICATED)
    checks.require(
      props.entraClientId !== undefined,
      'missing',
      'access',
      access,
      'App Service accepts the tokens of an app registration in Entra ID, and none is given',
      'run: id=$(az ad app create --display-name ml-platform --requested-access-token-version 2 --query appId --output tsv) && az ad sp create --id $id --output none && echo $id, and write what it prints as targets.azure.entraClientId (entraClientId of the construct)',
    );
  (props.allowedIps ?? []).forEach((range, i) => {
    if (!isUnresolved(range)) checks.collect(() => parseCidr(`allowedIps.${i}`, range));
  });
}

function checkSource(checks: Checks, props: AppServiceInferenceProps, imageOwner: ImageOwner): void {
  if (imageOwner === ImageOwner.PIPELINE) return;
  checkImage(checks, props.image, props.registry);
  const reference = props.image.reference;
  checks.require(
    reference === undefined || !isUnresolved(reference) || reference.replace(/\$\{[^}]*\}/g, '').includes('/'),
    'syntax',
    'image',
    reference,
    'App Service takes registry and image apart, and this one is known only after deployment',
    'write the registry and the name of the image apart, such as `${registry.loginServer}/app:1.0`',
  );
}

/** Says in the parity report what became of the props. */
export function noteInference(scope: Construct, props: AppServiceInferenceProps, d: ResolvedInference): void {
  const exact = (prop: string, became: string): void => parity.mapped(scope, 'azure', prop, became);
  const near = (row: keyof typeof SUPPORT, prop: string, became: string): void =>
    parity.approximated(scope, 'azure', prop, became, SUPPORT[row].reason!);
  const machine = d.size?.machine ? ` (${d.size.machine.vcpu} vCPU, ${d.size.machine.memoryGib} GiB)` : '';
  const plan = d.size ? `plan of size ${d.size.sku}${machine}` : 'plan that exists already';
  exact('', `App Service web app for containers on a ${plan}`);
  for (const prop of ['cpu', 'memory'] as const) if (props[prop] !== undefined && d.size) near('inference.cpu', prop, plan);
  if (props.timeout)
    near('inference.timeout', 'timeout', `${FRONT_END_SECONDS}s; auto-heal restarts instances that are often slower than asked`);
  if (d.size && (props.minInstances ?? 0) < d.minInstances)
    near('inference.scaling.min', 'scaling.min', `${d.minInstances} always on${d.zones ? ', in several zones' : ''}`);
  if (props.maxInstances !== undefined && d.size)
    exact(
      'scaling.max',
      d.maxInstances > d.minInstances ? `autoscale to ${d.maxInstances} instances` : `${d.maxInstances} instances, always`,
    );
  if (props.concurrency !== undefined)
    near('inference.scaling.concurrency', 'scaling.concurrency', `an instance is added when ${d.concurrency} requests wait`);
  if (props.access !== undefined) exact('access', SUPPORT[`inference.access.${d.access}`].by);
  if (props.mounts) exact('mounts', SUPPORT['inference.mounts.posix'].by);
  if (props.secrets) exact('secrets', SUPPORT['inference.secrets'].by);
  if (props.model) exact('model', `ML_MODEL_URI=${props.tracking!.modelUri(props.model)}`);
  if (!props.rollout || d.rollout.strategy === RolloutStrategy.ALL_AT_ONCE) return;
  const row = `inference.rollout.${d.rollout.strategy}` as const;
  if (d.slot) exact('rollout', SUPPORT[row].by);
  else near(row, 'rollout', 'the new container takes over in place, once it answers');
}
