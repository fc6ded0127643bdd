import { Capacity, Duration } from '../../core';
import { Machine, selectMachines } from '../../core/catalogue';
import { Checks, thousands } from '../../core/errors';
import { RENDEZVOUS_ENV, TRAINING_ENV, defaultCapacity } from '../../core/training';
import { imageConfig } from '../private/dockerfile';
import { checkImage } from '../../core/image';
import { checkSecretVariables } from '../../core/variables';
import { checkTracked } from '../private/tracking-client';
import { SUPPORT } from '../support';
import { checkMounts } from './at-start';
import { GpuTrainingClusterProps } from './cluster-props';

/** What the checks found out on the way. */
export interface CheckedTraining {
  readonly machine: Machine;
  readonly capacity: readonly Capacity[];
  readonly command: readonly string[];
}

// https://learn.microsoft.com/azure/machine-learning/how-to-manage-quotas#azure-machine-learning-compute
const MAX_NODES = 65_000;
const MAX_GANG = 100;
const MAX_DURATION = Duration.days(21);
const MAX_SPOT_DURATION = Duration.days(7);
const UNSUPPORTED = {
  [Capacity.RESERVATION]: SUPPORT['training.capacity.reservation'],
  [Capacity.FLEX_START]: SUPPORT['training.capacity.flex-start'],
};

/** Checks all props of a training cluster. */
export function checkTraining(checks: Checks, props: GpuTrainingClusterProps): CheckedTraining {
  const { minNodes = 0, maxNodes = 1, nodesPerJob = 1, acceleratorCount = 1, retries } = props;
  const machines = checks.collect(() => selectMachines('azure', props.accelerator, acceleratorCount)) ?? [];
  const machine = (nodesPerJob > 1 ? machines.find((m) => m.rdma) : undefined) ?? machines[0];
  checkNodes(checks, minNodes, maxNodes, nodesPerJob);
  const capacity = props.capacity ?? defaultCapacity(nodesPerJob);
  checkCapacity(checks, props, capacity, nodesPerJob);
  checkDuration(checks, props.maxDuration, capacity);
  checks.within('retries', retries, 0, 9, 'this library');
  checkImage(checks, props.image, props.registry);
  const command = commandOf(checks, props);
  checkTracked(checks, props);
  checkMounts(checks, props);
  checkSecretVariables(checks, props.secrets, props.env);
  for (const name of Object.keys(props.env ?? {}))
    checks.require(
      !isOurs(name),
      'conflict',
      `env.${name}`,
      props.env![name],
      'the training contract sets this variable',
      'leave it out, or choose another name',
    );
  if (props.idleBeforeScaleDown)
    checks.require(
      props.idleBeforeScaleDown.toSeconds() >= 1,
      'limit',
      'idleBeforeScaleDown',
      props.idleBeforeScaleDown.toString(),
      'machines would go before they get a job',
      'write a duration such as Duration.minutes(2)',
    );
  if (props.sharedMemory && machine)
    checks.require(
      props.sharedMemory.toGibibytes() >= 1 && props.sharedMemory.toGibibytes() <= machine.ramGib,
      'limit',
      'sharedMemory',
      props.sharedMemory.toString(),
      `${machine.type} has ${thousands(machine.ramGib)} GiB of memory`,
      `write 1GiB to ${machine.ramGib}GiB`,
    );
  if (props.workingDirectory !== undefined)
    checks.require(
      props.workingDirectory.startsWith('/'),
      'syntax',
      'workingDirectory',
      props.workingDirectory,
      'not an absolute path',
      'write the folder as it is in the image, such as /app',
    );
  return { machine, capacity, command };
}

function checkNodes(checks: Checks, minNodes: number, maxNodes: number, nodesPerJob: number): void {
  checks.within('minNodes', minNodes, 0, MAX_NODES, 'an Azure ML compute cluster');
  checks.within(
    'maxNodes',
    maxNodes,
    1,
    nodesPerJob > 1 ? MAX_GANG : MAX_NODES,
    nodesPerJob > 1 ? 'a compute cluster whose machines talk to each other' : 'an Azure ML compute cluster',
  );
  checks.within('nodesPerJob', nodesPerJob, 1, MAX_GANG, 'a job of Azure ML');
  checks.require(
    minNodes <= maxNodes,
    'conflict',
    'minNodes',
    minNodes,
    `more than maxNodes, ${maxNodes}`,
    `write ${maxNodes} or less, or raise maxNodes`,
  );
  checks.require(
    nodesPerJob <= maxNodes,
    'conflict',
    'nodesPerJob',
    nodesPerJob,
    `a job could never start with at most ${maxNodes} machine${maxNodes === 1 ? '' : 's'}`,
    `raise maxNodes to ${nodesPerJob} or more`,
  );
}

function checkCapacity(checks: Checks, props: GpuTrainingClusterProps, capacity: readonly Capacity[], nodesPerJob: number): void {
  checks.require(capacity.length > 0, 'missing', 'capacity', capacity, 'there would be no machine', 'write spot, on-demand, or both');
  checks.require(
    new Set(capacity).size === capacity.length,
    'conflict',
    'capacity',
    capacity,
    'the same capacity is named twice',
    'write each once',
  );
  for (const link of [Capacity.RESERVATION, Capacity.FLEX_START] as const)
    if (capacity.includes(link))
      checks.refuse('unsupported', 'capacity', link, UNSUPPORTED[link].reason!, 'write spot, on-demand, or both');
  if (props.reservation !== undefined)
    checks.refuse('unsupported', 'reservation', props.reservation, UNSUPPORTED[Capacity.RESERVATION].reason!, 'leave it out');
  checks.require(
    nodesPerJob === 1 || !capacity.includes(Capacity.SPOT),
    'conflict',
    'capacity',
    Capacity.SPOT,
    'a job on several machines stops altogether when one of them is taken, and starts anew when all are free again',
    'write on-demand, or nodesPerJob: 1',
  );
}

function checkDuration(checks: Checks, maxDuration: Duration | undefined, capacity: readonly Capacity[]): void {
  if (!maxDuration) return;
  const spot = capacity.includes(Capacity.SPOT);
  const most = spot ? MAX_SPOT_DURATION : MAX_DURATION;
  checks.require(
    maxDuration.toSeconds() >= 60 && maxDuration.toMillis() <= most.toMillis(),
    'limit',
    'maxDuration',
    maxDuration.toString(),
    `a job of Azure ML runs from one minute to ${most.toDays()} days${spot ? ' on low-priority machines' : ''}`,
    `write 1m to ${most.toString()}`,
  );
}

/** The program to run. Azure ML always starts one of the job's own, so it has to be known here. */
function commandOf(checks: Checks, props: GpuTrainingClusterProps): readonly string[] {
  const config = props.image.directory === undefined ? {} : imageConfig(props.image.directory);
  const command = [...(config.entrypoint ?? []), ...(props.command ?? config.command ?? [])];
  checks.require(
    command.length > 0,
    'missing',
    'command',
    undefined,
    "Azure ML does not run an image's own command, and cannot read it from a registry",
    'write command: [python, train.py]',
  );
  return command;
}

function isOurs(variable: string): boolean {
  return [...Object.values(TRAINING_ENV), ...RENDEZVOUS_ENV].includes(variable as never);
}
