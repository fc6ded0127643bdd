import { Accelerator, ContainerImage, ImageOwner, INFERENCE_DEFAULTS, InferenceBaseProps, Size } from '../../core';
import { checkSecretVariables } from '../../core/variables';
import { memoryOf } from '../../core/catalogue';
import { Checks, isUnresolved, oneOf, thousands } from '../../core/errors';
import type { IImageRegistry } from '../registry';
import { checkMounts, Mounts } from './mounts';
import { SecretEnv } from './secrets';

/** What an instance is made of, after the defaults and rules of Cloud Run. */
export interface CloudRunShape {
  readonly cpu: number;
  readonly memory: Size;
  readonly concurrency: number;
  readonly minInstances: number;
  readonly maxInstances: number;
  /** What Cloud Run calls the GPU. */
  readonly gpu?: string;
}

/** The image that a service starts from where a pipeline deploys the real one. Answers 200 on every path of `$PORT`. */
export const PLACEHOLDER = 'us-docker.pkg.dev/cloudrun/container/hello';

/** Cpu of an instance, with the least and most memory it may have in MiB. Second generation takes no less than 512 MiB. */
const SIZES: readonly { readonly cpu: number; readonly min: number; readonly max: number }[] = [
  { cpu: 1, min: 512, max: 4_096 },
  { cpu: 2, min: 512, max: 8_192 },
  { cpu: 4, min: 2_048, max: 16_384 },
  { cpu: 6, min: 4_096, max: 24_576 },
  { cpu: 8, min: 4_096, max: 32_768 },
];
const LARGEST = SIZES[SIZES.length - 1];
const L4_REGIONS = ['asia-south1', 'asia-southeast1', 'europe-west1', 'europe-west4', 'us-central1', 'us-east4'];
/** The quota for GPUs without zonal redundancy that a project starts with. */
const GPU_QUOTA = 3;
const RESERVED_ENV = /^(PORT|K_SERVICE|K_REVISION|K_CONFIGURATION|X_GOOGLE_.*)$/;
const ENV_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Checks everything that Cloud Run has rules about, and says what an instance is made of. */
export function checkInference(
  checks: Checks,
  props: InferenceBaseProps & {
    readonly secrets?: SecretEnv;
    readonly mounts?: Mounts;
    readonly network?: unknown;
    readonly registry?: IImageRegistry;
  },
  region: string,
): CloudRunShape {
  const gpu = checkGpu(checks, props.accelerator, region);
  const cpu = props.cpu ?? (gpu ? 4 : INFERENCE_DEFAULTS.cpu);
  const memory = props.memory ?? (gpu ? Size.gibibytes(16) : INFERENCE_DEFAULTS.memory);
  const fraction = cpu > 0 && cpu < 1;
  const shape: CloudRunShape = {
    cpu,
    memory,
    concurrency: props.concurrency ?? (fraction ? 1 : INFERENCE_DEFAULTS.concurrency),
    minInstances: props.minInstances ?? INFERENCE_DEFAULTS.minInstances,
    maxInstances: props.maxInstances ?? (gpu ? GPU_QUOTA : INFERENCE_DEFAULTS.maxInstances),
    gpu,
  };
  if (!isUnresolved(cpu)) checkSize(checks, shape, gpu !== undefined);
  checkScaling(checks, shape, fraction);

  const seconds = (props.timeout ?? INFERENCE_DEFAULTS.timeout).toSeconds();
  if (seconds < 1 || seconds > 3_600)
    checks.refuse('limit', 'timeout', props.timeout!.toString(), 'Cloud Run lets a request take 1 to 3,600 seconds', 'write 60m or less');
  checks.within('port', props.port, 1, 65_535, 'TCP');
  const path = props.healthPath ?? INFERENCE_DEFAULTS.healthPath;
  checks.require(
    isUnresolved(path) || /^\/[\w./-]*$/.test(path),
    'syntax',
    'healthPath',
    path,
    'not the path of a URL',
    'write one that starts with a slash, such as /health',
  );
  checkEnv(checks, props.env ?? {}, props.secrets ?? {});
  checkSecretVariables(checks, props.secrets, props.env);
  checkMounts(checks, props.mounts, 'inference.mounts.parallel');
  if (Object.keys(props.mounts ?? {}).length) checkReach(checks, props.network, fraction, cpu);
  checkHost(checks, props);
  return shape;
}

function checkGpu(checks: Checks, wanted: Accelerator | undefined, region: string): string | undefined {
  if (!wanted) return undefined;
  if (wanted.kind !== undefined && wanted.kind !== 'L4')
    checks.refuse(
      'unsupported',
      'accelerator.type',
      wanted.kind,
      `Cloud Run has no ${wanted.kind}`,
      'write L4 (24 GiB), or leave it out; the other kinds serve on GKE or Compute Engine',
    );
  if (wanted.memoryGib !== undefined && wanted.memoryGib > memoryOf('L4'))
    checks.refuse('limit', 'accelerator.memoryGib', wanted.memoryGib, 'Cloud Run has L4 only, with 24 GiB', 'write 24 or less');
  if (!isUnresolved(region) && !L4_REGIONS.includes(region))
    checks.refuse(
      'unsupported',
      'accelerator',
      wanted.kind ?? `${wanted.memoryGib} GiB`,
      `Cloud Run has no GPU in ${region}`,
      `move the service to ${oneOf(L4_REGIONS)}, or leave the accelerator out`,
    );
  return 'nvidia-l4';
}

function checkSize(checks: Checks, { cpu, memory }: CloudRunShape, gpu: boolean): void {
  const mib = memory.toMebibytes();
  const fraction = cpu >= 0.08 && cpu < 1;
  const size = fraction ? { cpu, min: 128, max: cpu < 0.5 ? 512 : 1_024 } : SIZES.find((s) => s.cpu === cpu);
  if (!size) {
    checks.refuse(
      'choice',
      'cpu',
      cpu,
      `Cloud Run offers ${SIZES.map((s) => s.cpu).join(', ')} cpu, or a part of one from 0.08`,
      `write ${oneOf(SIZES.filter((s) => !gpu || s.cpu >= 4).map((s) => String(s.cpu)))}`,
    );
  }
  if (gpu && size && cpu < 4) checks.refuse('limit', 'cpu', cpu, 'an instance with an L4 needs at least 4 cpu', 'write 4, 6 or 8');
  if (gpu && mib < 16_384)
    checks.refuse('limit', 'memory', memory.toString(), 'an instance with an L4 needs at least 16GiB', 'write 16GiB or more');
  else if (mib > LARGEST.max)
    checks.refuse('limit', 'memory', memory.toString(), 'Cloud Run offers at most 32GiB', 'write 32GiB or less, with cpu: 8');
  else if (size && (mib < size.min || mib > size.max)) {
    const range = `${Size.mebibytes(size.min).toString()} to ${Size.mebibytes(size.max).toString()}`;
    const other = SIZES.find((s) => mib >= s.min && mib <= s.max && (!gpu || s.cpu >= 4));
    checks.refuse(
      'limit',
      'memory',
      memory.toString(),
      `Cloud Run gives ${cpu} cpu ${range}`,
      `write ${range}${other ? `, or cpu: ${other.cpu}` : ''}`,
    );
  }
}

function checkScaling(checks: Checks, shape: CloudRunShape, fraction: boolean): void {
  const { minInstances: min, maxInstances: max, concurrency } = shape;
  const count = (prop: string, value: number, least: number) =>
    checks.require(
      isUnresolved(value) || (Number.isInteger(value) && value >= least),
      'limit',
      prop,
      value,
      `not a whole number of at least ${least}`,
      `write ${least} or more`,
    );
  count('minInstances', min, 0);
  count('maxInstances', max, 1);
  if (!isUnresolved(min) && !isUnresolved(max) && min > max)
    checks.refuse('conflict', 'minInstances', min, `more than the ${thousands(max)} instances there may be`, `write ${max} or less`);
  if (fraction && concurrency !== 1)
    checks.refuse(
      'conflict',
      'concurrency',
      concurrency,
      'an instance with less than one cpu takes one request at a time',
      'write 1, or cpu: 1 or more',
    );
  else checks.within('concurrency', concurrency, 1, 1_000, 'Cloud Run');
}

function checkEnv(checks: Checks, env: { readonly [name: string]: string }, secrets: SecretEnv): void {
  const names = [...Object.keys(env).map((n) => ['env', n]), ...Object.keys(secrets).map((n) => ['secrets', n])];
  for (const [prop, name] of names) {
    if (RESERVED_ENV.test(name))
      checks.refuse(
        'conflict',
        `${prop}.${name}`,
        undefined,
        'Cloud Run sets this variable itself',
        'choose another name, or leave it out',
      );
    else if (prop === 'env' && !ENV_NAME.test(name))
      checks.refuse(
        'name',
        `${prop}.${name}`,
        undefined,
        'not the name of an environment variable',
        'write letters, digits and underscores, a letter first',
      );
  }
}

/** @see https://cloud.google.com/run/docs/configuring/services/nfs-volume-mounts */
function checkReach(checks: Checks, network: unknown, fraction: boolean, cpu: number): void {
  checks.require(
    network !== undefined,
    'missing',
    'network',
    undefined,
    'a service reaches a file system through a network only',
    'give the network that the file system is in',
  );
  checks.require(
    !fraction,
    'conflict',
    'cpu',
    cpu,
    'only the second generation mounts file systems, and it has no less than one cpu',
    'write 1 or more',
  );
}

/** Registries that Cloud Run pulls from; a reference without a host is on Docker Hub. */
const PULLED_FROM = /^([a-z0-9-]+\.)?gcr\.io$|^[a-z0-9-]+-docker\.pkg\.dev$|^(registry-\d\.|index\.)?docker\.io$/;

function checkHost(checks: Checks, { image, imageOwner, registry }: InferenceBaseProps & { readonly registry?: IImageRegistry }): void {
  if (imageOwner !== ImageOwner.PIPELINE) checkPulled(checks, 'image', image, registry);
}

/** Refuses an image of a registry that Cloud Run does not pull from. */
export function checkPulled(checks: Checks, prop: string, image: ContainerImage, registry: IImageRegistry | undefined): void {
  if (image.reference === undefined || isUnresolved(image.reference)) return;
  const reference = registry?.throughCache(image.reference) ?? image.reference;
  const [host] = reference.split('/');
  const named = reference.includes('/') && /[.:]|^localhost$/.test(host);
  checks.require(
    !named || PULLED_FROM.test(host),
    'unsupported',
    prop,
    image.reference,
    'Cloud Run pulls from Artifact Registry and Docker Hub only',
    `add ${host} to pullThrough of the registry, or write a directory whose Dockerfile starts FROM it`,
  );
}

/** The smallest instance of the second generation that has both processors and memory. */
export function sizeFor(checks: Checks, cpu: number, memory: Size): { readonly cpu: number; readonly memory: Size } | undefined {
  const mib = memory.toMebibytes();
  if (isUnresolved(cpu) || isUnresolved(mib)) return undefined;
  const size = SIZES.find((s) => s.cpu >= cpu && s.max >= mib);
  checks.require(
    size !== undefined || mib <= LARGEST.max,
    'limit',
    'memory',
    memory.toString(),
    'Cloud Run offers at most 32GiB',
    'write 32GiB or less',
  );
  return size && { cpu: size.cpu, memory: mib < size.min ? Size.mebibytes(size.min) : memory };
}
