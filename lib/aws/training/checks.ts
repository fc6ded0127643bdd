import { Capacity } from '../../core';
import { Checks, isUnresolved, thousands } from '../../core/errors';
import { RENDEZVOUS_ENV, TRAINING_ENV, defaultCapacity } from '../../core/training';
import { checkSecretVariables } from '../../core/variables';
import { checkMounts } from '../private/mounts';
import { checkTracked } from '../private/tracked';
import { checkSubnets } from '../private/vpc';
import { SUPPORT } from '../support';
import { Machines, jobMemoryMib, machinesFor } from './machines';
import { GpuTrainingClusterProps } from './props';

/** The props with their defaults. */
export interface Settled {
  readonly machines: Machines;
  readonly gpus: number;
  readonly minNodes: number;
  readonly maxNodes: number;
  readonly nodesPerJob: number;
  readonly capacity: readonly Capacity[];
  readonly retries: number;
}

/** Gathers all that is wrong with the props, and says what they amount to. */
export function settle(checks: Checks, props: GpuTrainingClusterProps): Settled {
  const gpus = props.acceleratorCount ?? 1;
  const nodesPerJob = props.nodesPerJob ?? 1;
  const maxNodes = props.maxNodes ?? nodesPerJob;
  const minNodes = props.minNodes ?? 0;
  const retries = props.retries ?? 3;
  const capacity = props.capacity ?? defaultCapacity(nodesPerJob);

  const machines = checks.collect(() => machinesFor(props.accelerator, gpus, nodesPerJob));
  for (const [prop, value, min] of [
    ['minNodes', minNodes, 0],
    ['maxNodes', maxNodes, 1],
    ['nodesPerJob', nodesPerJob, 1],
  ] as const)
    checks.require(isWhole(value, min), 'limit', prop, value, 'machines come whole', `write a whole number from ${min}`);
  checks.require(
    minNodes <= maxNodes,
    'conflict',
    'minNodes',
    minNodes,
    `no more than ${maxNodes} may run`,
    `write ${maxNodes} or less, or raise maxNodes`,
  );
  checks.require(
    nodesPerJob <= maxNodes,
    'conflict',
    'nodesPerJob',
    nodesPerJob,
    `no more than ${maxNodes} may run, so that no job would ever start`,
    `write ${maxNodes} or less, or raise maxNodes`,
  );
  checks.require(nodesPerJob <= 1_000, 'limit', 'nodesPerJob', nodesPerJob, 'Batch allows 1 to 1,000', 'write a number from 1 to 1000');
  checks.require(
    isWhole(retries, 0) && retries <= 9,
    'limit',
    'retries',
    retries,
    'Batch tries a job at most 10 times in all',
    'write a whole number from 0 to 9',
  );
  const seconds = props.maxDuration?.toSeconds();
  checks.require(
    seconds === undefined || seconds >= 60,
    'limit',
    'maxDuration',
    props.maxDuration?.toString(),
    'Batch stops a job after a minute at the earliest',
    'write 1m or more',
  );
  const gib = props.rootVolumeSize?.toGibibytes();
  checks.require(
    gib === undefined || (Number.isInteger(gib) && gib >= 30 && gib <= 16_384),
    'limit',
    'rootVolumeSize',
    props.rootVolumeSize?.toString(),
    'a gp3 volume under the ECS image has 30 GiB to 16 TiB',
    'write a size from 30GiB to 16TiB, such as 200GiB',
  );
  const shared = props.sharedMemory?.toMebibytes();
  const memory = machines && jobMemoryMib(machines.smallest);
  checks.require(
    shared === undefined || memory === undefined || (shared >= 1 && shared <= memory),
    'limit',
    'sharedMemory',
    props.sharedMemory?.toString(),
    `a job on ${machines?.smallest.type} has ${thousands(memory ?? 0)} MiB of memory, shared memory included`,
    `write ${memory}MiB or less, or leave it out`,
  );
  checkSubnets(checks, props);
  checkCapacity(checks, props, capacity, nodesPerJob);
  checkJob(checks, props, nodesPerJob);
  // Only read once `checks.done()` found no problem.
  return { machines: machines!, gpus, minNodes, maxNodes, nodesPerJob, capacity, retries };
}

function checkCapacity(checks: Checks, props: GpuTrainingClusterProps, capacity: readonly Capacity[], nodesPerJob: number): void {
  checks.require(capacity.length > 0, 'missing', 'capacity', capacity, 'no machine would ever come', 'write capacity: [on-demand]');
  checks.require(
    new Set(capacity).size === capacity.length,
    'choice',
    'capacity',
    capacity,
    'it names the same capacity twice',
    'name each once, in the order they are tried',
  );
  checks.require(
    !capacity.includes(Capacity.FLEX_START),
    'unsupported',
    'capacity',
    Capacity.FLEX_START,
    SUPPORT['training.capacity.flex-start'].reason!,
    'write reservation and the id of a Capacity Block, or on-demand',
  );
  checks.require(
    nodesPerJob === 1 || !capacity.includes(Capacity.SPOT),
    'unsupported',
    'capacity',
    Capacity.SPOT,
    'AWS Batch does not run a job of several machines on spot capacity',
    'write capacity: [on-demand] or [reservation], or nodesPerJob: 1',
  );
  const reserved = capacity.includes(Capacity.RESERVATION);
  checks.require(
    !reserved || props.reservation !== undefined,
    'missing',
    'reservation',
    undefined,
    'capacity names a reservation, but its id is missing',
    'write the id of an EC2 capacity reservation, such as cr-0123456789abcdef0',
  );
  checks.require(
    props.reservation === undefined || isUnresolved(props.reservation) || /^cr-[0-9a-f]+$/.test(props.reservation),
    'syntax',
    'reservation',
    props.reservation,
    'not the id of an EC2 capacity reservation',
    'write an id such as cr-0123456789abcdef0',
  );
  checks.require(
    reserved || props.reservation === undefined,
    'conflict',
    'reservation',
    props.reservation,
    'capacity does not name it, so that nothing would use it',
    'add reservation to capacity, or leave it out',
  );
  checks.require(
    reserved || !props.capacityBlock,
    'conflict',
    'capacityBlock',
    true,
    'capacity names no reservation',
    'add reservation to capacity, or leave it out',
  );
}

const OURS: readonly string[] = [...Object.values(TRAINING_ENV), ...RENDEZVOUS_ENV];

function checkJob(checks: Checks, props: GpuTrainingClusterProps, nodesPerJob: number): void {
  checks.require(
    nodesPerJob === 1 || (props.command?.length ?? 0) > 0,
    'missing',
    'command',
    props.command,
    'each machine of a job learns its place from a wrapper around the command, and the image does not tell its own',
    'write the command, such as [torchrun, train.py]',
  );
  for (const name of Object.keys(props.env ?? {})) {
    checks.require(
      !name.startsWith('AWS_BATCH'),
      'name',
      `env.${name}`,
      props.env![name],
      'Batch keeps names that start with AWS_BATCH for itself',
      'choose another name',
    );
    checks.require(!OURS.includes(name), 'conflict', `env.${name}`, props.env![name], 'the training contract sets it', 'leave it out');
  }
  checkTracked(checks, props);
  checkMounts(checks, props.mounts);
  checkSecretVariables(checks, props.secrets, props.env);
  const groups = props.securityGroups?.length ?? 1;
  checks.require(
    groups >= 1 && groups <= 5,
    'limit',
    'securityGroups',
    groups,
    'a network interface has 1 to 5 security groups',
    'give 1 to 5, or leave it out',
  );
}

function isWhole(value: number, min: number): boolean {
  return isUnresolved(value) || (Number.isInteger(value) && value >= min);
}
