import { Stack } from 'aws-cdk-lib/core';
import { Access, Duration, FileSystemKind, ImageOwner, ServiceLevelObjective, Size } from '../../core';
import { Checks, isUnresolved, thousands } from '../../core/errors';
import { INFERENCE_DEFAULTS } from '../../core/inference';
import { SLO_DEFAULTS } from '../../core/monitoring';
import { checkSecretVariables } from '../../core/variables';
import { LambdaInferenceProps } from '../inference/lambda-props';
import { SUPPORT } from '../support';
import { checkMounts, Secrets } from './mounts';
import { checkTracked, trackedEnv } from './tracked';
import { checkSubnets } from './vpc';

/** Memory that carries one processor. */
const MB_PER_VCPU = 1_769;
const MEMORY = { min: 128, max: 10_240 };
const MAX_VCPU = 6;
const EPHEMERAL = { min: 512, max: 10_240 };
const MAX_TIMEOUT_SECONDS = 900;
const MAX_ENV_BYTES = 4_096;
// The runtime API and Lambda Insights listen there.
const TAKEN_PORTS = [3000, 9001];
const RESERVED_ENV = new Set([
  '_HANDLER',
  '_X_AMZN_TRACE_ID',
  'AWS_ACCESS_KEY',
  'AWS_ACCESS_KEY_ID',
  'AWS_DEFAULT_REGION',
  'AWS_EXECUTION_ENV',
  'AWS_LAMBDA_FUNCTION_MEMORY_SIZE',
  'AWS_LAMBDA_FUNCTION_NAME',
  'AWS_LAMBDA_FUNCTION_VERSION',
  'AWS_LAMBDA_INITIALIZATION_TYPE',
  'AWS_LAMBDA_LOG_GROUP_NAME',
  'AWS_LAMBDA_LOG_STREAM_NAME',
  'AWS_LAMBDA_RUNTIME_API',
  'AWS_REGION',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'LAMBDA_RUNTIME_DIR',
  'LAMBDA_TASK_ROOT',
]);

/** What the props come to, within Lambda's limits. */
export interface LambdaSettings {
  readonly memoryMb: number;
  /** Memory was raised to carry the processors. */
  readonly raised: boolean;
  readonly timeout: Duration;
  readonly minInstances: number;
  /** Requests at once. */
  readonly executions: number;
  readonly access: Access;
  readonly environment: { [name: string]: string };
  readonly slo: { readonly availability: number; readonly percentile: number; readonly threshold: Duration };
}

/** Checks the props against Lambda's limits, and says what they come to. */
export function lambdaSettings(checks: Checks, props: LambdaInferenceProps): LambdaSettings {
  const port = props.port ?? INFERENCE_DEFAULTS.port;
  const healthPath = props.healthPath ?? INFERENCE_DEFAULTS.healthPath;
  checkServer(checks, port, healthPath);
  const timeout = props.timeout ?? INFERENCE_DEFAULTS.timeout;
  checks.require(
    timeout.toMillis() >= 1_000 && timeout.toSeconds() <= MAX_TIMEOUT_SECONDS,
    'limit',
    'timeout',
    timeout.toString(),
    'Lambda stops a request after 1 to 900 seconds',
    'write 1s to 15m',
  );
  if (props.accelerator)
    checks.refuse(
      'unsupported',
      'accelerator',
      props.accelerator.kind ?? `${props.accelerator.memoryGib} GiB`,
      'Lambda has no GPUs',
      'leave it out, or serve this model on Google Cloud (on: [gcp]), whose Cloud Run has them',
    );
  checkEphemeral(checks, props.ephemeralStorage);
  checkNetwork(checks, props);
  checkFileSystem(checks, props);
  return {
    ...memory(checks, props),
    timeout,
    ...scaling(checks, props),
    access: props.access ?? Access.PRIVATE,
    environment: environment(checks, props, port, healthPath),
    slo: objectives(checks, props.slo),
  };
}

/** The registry of a reference has to be one that Lambda pulls from. */
export function checkImage(checks: Checks, stack: Stack, props: LambdaInferenceProps): void {
  const reference = props.image.reference;
  // The pipeline's own images replace the placeholder; what the declaration names is not deployed.
  if (reference === undefined || props.imageOwner === ImageOwner.PIPELINE || isUnresolved(reference)) return;
  const ecr = ecrReference(reference);
  if (!ecr)
    checks.refuse(
      'unsupported',
      'image',
      reference,
      'Lambda pulls from private ECR repositories only',
      'push it to ECR and write that reference, or write a directory whose Dockerfile starts FROM it',
    );
  else if (!isUnresolved(stack.region) && ecr.region !== stack.region)
    checks.refuse(
      'conflict',
      'image',
      reference,
      `Lambda pulls from its own region only, which is ${stack.region}`,
      `replicate the repository to ${stack.region} and write its reference there`,
    );
}

/** The parts of a reference to private ECR. */
export function ecrReference(
  reference: string,
): { readonly account: string; readonly region: string; readonly name: string; readonly tagOrDigest: string } | undefined {
  const m = /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?\/([a-z0-9._/-]+?)(?:@(sha256:[0-9a-f]{64})|:([\w.-]+))?$/.exec(
    reference,
  );
  return m ? { account: m[1], region: m[2], name: m[3], tagOrDigest: m[4] ?? m[5] ?? 'latest' } : undefined;
}

function checkServer(checks: Checks, port: number, healthPath: string): void {
  checks.within('port', port, 1, 65_535, 'TCP');
  checks.require(
    !TAKEN_PORTS.includes(port),
    'conflict',
    'port',
    port,
    'Lambda itself listens on ports 3000 and 9001',
    'write another, such as 8080',
  );
  checks.require(healthPath.startsWith('/'), 'syntax', 'healthPath', healthPath, 'not a path', 'write a slash first, such as /health');
}

function memory(checks: Checks, props: LambdaInferenceProps): { memoryMb: number; raised: boolean } {
  const asked = props.memory ?? INFERENCE_DEFAULTS.memory;
  const cpu = props.cpu ?? INFERENCE_DEFAULTS.cpu;
  const mb = asked.toMebibytes();
  checks.require(mb <= MEMORY.max, 'limit', 'memory', asked.toString(), 'Lambda offers at most 10,240 MB', 'write 10GiB or less');
  checks.require(mb >= MEMORY.min, 'limit', 'memory', asked.toString(), 'Lambda needs at least 128 MB', 'write 128MiB or more');
  checks.require(
    cpu > 0 && cpu <= MAX_VCPU,
    'limit',
    'cpu',
    cpu,
    `Lambda offers at most ${MAX_VCPU} processors`,
    `write ${MAX_VCPU} or less`,
  );
  const carrying = Math.min(MEMORY.max, Math.ceil(cpu * MB_PER_VCPU));
  return { memoryMb: Math.max(mb, carrying), raised: carrying > mb };
}

/** Processors that come with an amount of memory, to two digits. */
export function vcpus(memoryMb: number): number {
  return Math.min(MAX_VCPU, Math.round((memoryMb / MB_PER_VCPU) * 100) / 100);
}

function scaling(checks: Checks, props: LambdaInferenceProps): { minInstances: number; executions: number } {
  const min = props.minInstances ?? INFERENCE_DEFAULTS.minInstances;
  const max = props.maxInstances ?? INFERENCE_DEFAULTS.maxInstances;
  const concurrency = props.concurrency ?? INFERENCE_DEFAULTS.concurrency;
  wholeNumber(checks, 'minInstances', min, 0);
  wholeNumber(checks, 'maxInstances', max, 1);
  wholeNumber(checks, 'concurrency', concurrency, 1);
  checks.require(
    min <= max,
    'conflict',
    'minInstances',
    min,
    `more than the ${max} that maxInstances allows`,
    `write ${max} or less, or raise maxInstances`,
  );
  return { minInstances: min, executions: max * concurrency };
}

function wholeNumber(checks: Checks, prop: string, value: number, min: number): void {
  checks.require(
    isUnresolved(value) || (Number.isInteger(value) && value >= min),
    'limit',
    prop,
    value,
    `not a whole number from ${min}`,
    `write a whole number from ${min}`,
  );
}

function checkEphemeral(checks: Checks, size: Size | undefined): void {
  const mb = size?.toMebibytes() ?? EPHEMERAL.min;
  checks.require(
    mb >= EPHEMERAL.min && mb <= EPHEMERAL.max,
    'limit',
    'ephemeralStorage',
    size?.toString(),
    'Lambda offers 512 to 10,240 MB of /tmp',
    'write 512MiB to 10GiB',
  );
}

function checkNetwork(checks: Checks, props: LambdaInferenceProps): void {
  const isPrivate = (props.access ?? Access.PRIVATE) === Access.PRIVATE;
  checks.require(
    !isPrivate || props.vpc !== undefined || props.apiEndpoint !== undefined,
    'missing',
    'vpc',
    undefined,
    'a private service is called from a network, and none is given',
    'give vpc, or apiEndpoint, or write access: authenticated',
  );
  checkSubnets(checks, props);
  const inapplicable: readonly (readonly [string, boolean, string])[] = [
    ['endpoint', isPrivate && props.endpoint !== undefined, 'a private service has one kind of endpoint, a private REST API'],
    ['apiEndpoint', !isPrivate && props.apiEndpoint !== undefined, 'only a private service is called through it'],
    ['signedRequests', !isPrivate && props.signedRequests !== undefined, 'only a private service has the choice'],
    ['vpcSubnets', !props.vpc && props.vpcSubnets !== undefined, 'there is no vpc to choose from'],
    ['securityGroups', !props.vpc && props.securityGroups !== undefined, 'the function is in no vpc'],
  ];
  for (const [prop, wrong, reason] of inapplicable) if (wrong) checks.refuse('conflict', prop, undefined, reason, 'leave it out');
}

function checkFileSystem(checks: Checks, { mounts, vpc }: LambdaInferenceProps): void {
  checkMounts(checks, mounts);
  const paths = Object.keys(mounts ?? {});
  checks.require(paths.length <= 1, 'limit', 'mounts', paths, 'Lambda mounts one file system', 'leave the others out');
  checks.require(
    paths.length === 0 || vpc !== undefined,
    'missing',
    'vpc',
    undefined,
    'a file system is mounted in a network, and none is given',
    'give the vpc of the file system',
  );
  for (const [path, fileSystem] of Object.entries(mounts ?? {}))
    checks.require(
      fileSystem.kind === FileSystemKind.POSIX,
      'unsupported',
      'mounts',
      path,
      SUPPORT['inference.mounts.parallel'].reason!,
      'write a file system of kind posix, or read from the artifact store',
    );
}

/** What tells a program which secret to read. */
export function secretVariable(variable: string): string {
  return `${variable}_SECRET_ARN`;
}

function secretEnv(secrets: Secrets = {}): { [name: string]: string } {
  return Object.fromEntries(Object.entries(secrets).map(([variable, { secretArn }]) => [secretVariable(variable), secretArn]));
}

function environment(checks: Checks, given: LambdaInferenceProps, port: number, healthPath: string): { [name: string]: string } {
  const { env = {}, secrets } = given;
  checkTracked(checks, given);
  checkSecretVariables(checks, secrets, env);
  for (const name of Object.keys(secrets ?? {}))
    checks.require(
      !name.startsWith('_'),
      'name',
      `secrets.${name}`,
      undefined,
      `Lambda gets it as ${secretVariable(name)}, and takes no name that begins with _`,
      'take another name',
    );
  const ours: { [name: string]: string } = {
    PORT: String(port),
    AWS_LWA_PORT: String(port),
    AWS_LWA_READINESS_CHECK_PATH: healthPath,
    // A model that takes more than ten seconds to load would otherwise be loaded twice.
    AWS_LWA_ASYNC_INIT: 'true',
  };
  const props: { readonly [name: string]: string } = { PORT: 'port', AWS_LWA_PORT: 'port', AWS_LWA_READINESS_CHECK_PATH: 'healthPath' };
  for (const name of Object.keys(env)) {
    if (props[name]) checks.refuse('conflict', `env.${name}`, env[name], 'it is set from another property', `set ${props[name]} instead`);
    else if (RESERVED_ENV.has(name)) checks.refuse('name', `env.${name}`, env[name], 'Lambda sets it itself', 'take another name');
    else if (!/^[a-zA-Z][a-zA-Z0-9_]+$/.test(name))
      checks.refuse(
        'name',
        `env.${name}`,
        env[name],
        'a name on Lambda is two or more letters, digits and underscores, a letter first',
        'take another name',
      );
  }
  const all = { ...ours, ...env, ...trackedEnv(given), ...secretEnv(secrets) };
  const bytes = Object.entries(all).reduce((n, [k, v]) => n + Buffer.byteLength(k) + (isUnresolved(v) ? 0 : Buffer.byteLength(v)), 0);
  checks.require(
    bytes <= MAX_ENV_BYTES,
    'limit',
    'env',
    undefined,
    `Lambda takes 4,096 bytes of variables, and these are ${thousands(bytes)}`,
    'put large values into a file of the image or into Secrets Manager',
  );
  return all;
}

/** The promise with its defaults. */
export function objectives(checks: Checks, slo: ServiceLevelObjective | undefined): LambdaSettings['slo'] {
  const promise = {
    availability: slo?.availability ?? SLO_DEFAULTS.availability,
    percentile: slo?.latency?.percentile ?? SLO_DEFAULTS.percentile,
    threshold: slo?.latency?.threshold ?? SLO_DEFAULTS.threshold,
  };
  for (const [prop, value] of [
    ['slo.availability', promise.availability],
    ['slo.latency.percentile', promise.percentile],
  ] as const)
    checks.require(
      value > 0 && value < 100,
      'limit',
      prop,
      value,
      'a share lies above 0 and below 100 per cent',
      'write a number such as 99.5',
    );
  checks.require(
    promise.threshold.toMillis() > 0,
    'limit',
    'slo.latency.threshold',
    promise.threshold.toString(),
    'no request takes no time',
    'write a duration such as 300ms',
  );
  return promise;
}

/** How the endpoint that callers reach limits the time to answer. */
export const ENDPOINT_SECONDS = { 'private-api': 29, 'http-api': 30, 'function-url': MAX_TIMEOUT_SECONDS } as const;
