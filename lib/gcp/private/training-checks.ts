import { Capacity, Duration, Size } from '../../core';
import { Machine, selectMachines } from '../../core/catalogue';
import { Checks, isUnresolved, oneOf } from '../../core/errors';
import { defaultCapacity } from '../../core/training';
import { checkSecretVariables } from '../../core/variables';
import { SUPPORT } from '../support';
import type { GpuTrainingClusterProps } from '../training/props';
import { neverOnDemand, zoneOf } from './batch-job';
import { checkImage } from '../../core/image';
import { checkMounts } from './mounts';
import { checkTracked } from './tracking-client';
import { checkPlace, isRegion } from './place';

/** What the props of a cluster come down to. */
export interface TrainingPlan {
  readonly machine: Machine;
  readonly capacity: readonly Capacity[];
  readonly nodes: number;
  readonly maxNodes: number;
  readonly retries: number;
  readonly maxDuration: Duration;
  readonly disk: Size;
  readonly patience: Duration;
}

/** Refuses what Batch would refuse, all of it at once, and fills the defaults in. */
export function planTraining(checks: Checks, props: GpuTrainingClusterProps): TrainingPlan {
  const { nodesPerJob: nodes = 1, maxNodes = 1, retries = 3, maxDuration = Duration.hours(24) } = props;
  const { diskSize: disk = Size.gibibytes(200), capacityTimeout: patience = Duration.minutes(30) } = props;
  checkPlace(checks, props.project, props.region);
  checkImage(checks, props.image, props.registry);
  checkRegion(checks, props);

  const machines = checks.collect(() => selectMachines('gcp', props.accelerator, props.acceleratorCount ?? 1)) ?? [];
  const machine = props.machineType === undefined ? machines[0] : machines.find((m) => m.type === props.machineType);
  if (machines.length && !machine)
    checks.refuse(
      'choice',
      'machineType',
      props.machineType,
      `not a machine with ${machines[0].gpus} x ${machines[0].accelerator}`,
      `write ${oneOf(machines.map((m) => m.type))}`,
    );

  checks.require(
    (props.minNodes ?? 0) === 0,
    'unsupported',
    'minNodes',
    props.minNodes,
    SUPPORT['training.minNodes'].reason!,
    'write 0, or leave it out',
  );
  checks.within('nodesPerJob', nodes, 1, 1000, 'Google Cloud Batch');
  checks.require(
    nodes <= maxNodes || nodes < 1,
    'conflict',
    'nodesPerJob',
    nodes,
    `a job of ${nodes} machines never fits into the ${maxNodes} that there may be`,
    `write maxNodes: ${nodes} or more`,
  );
  checks.require(maxNodes >= 1, 'limit', 'maxNodes', maxNodes, 'no job could run', 'write 1 or more');
  checks.within('retries', retries, 0, 10, 'Google Cloud Batch');
  for (const [prop, value] of Object.entries({ nodesPerJob: nodes, maxNodes, retries }))
    checks.require(Number.isInteger(value) || isUnresolved(value), 'unit', prop, value, 'not a whole number', 'write a whole number');
  checks.within('diskSize', disk.toGibibytes(), 50, 65_536, 'a boot disk (in GiB)');
  if (props.sharedMemory && machine)
    checks.within('sharedMemory', props.sharedMemory.toGibibytes(), 1, machine.ramGib, `${machine.type} (in GiB)`);
  checks.within('capacityTimeout', patience.toMinutes(), 15, 10_080, 'the workflow (in minutes)');

  const capacity = props.capacity ?? (machine && neverOnDemand(machine) ? SPOT_OR_FLEX : defaultCapacity(nodes));
  checkCapacity(checks, props, capacity, maxDuration);
  checks.require(
    !(machine && neverOnDemand(machine) && capacity.includes(Capacity.ON_DEMAND)),
    'unsupported',
    'capacity',
    capacity,
    `Google Cloud does not sell ${machine?.type} on demand`,
    'write spot, flex-start or a reservation',
  );
  checkEnv(checks, props.env ?? {});
  checkMounts(checks, props.mounts, 'training.mounts.parallel');
  checkSecretVariables(checks, props.secrets, props.env);
  checkTracked(checks, props);
  checkLabels(checks, props.labels ?? {});
  return { machine: machine!, capacity, nodes, maxNodes, retries, maxDuration, disk, patience };
}

const SPOT_OR_FLEX = [Capacity.SPOT, Capacity.FLEX_START];

function checkCapacity(checks: Checks, props: GpuTrainingClusterProps, capacity: readonly Capacity[], maxDuration: Duration): void {
  checks.require(
    capacity.length > 0 && new Set(capacity).size === capacity.length,
    'choice',
    'capacity',
    capacity,
    capacity.length ? 'names a source twice' : 'names no source of machines',
    `write each of ${oneOf(Object.values(Capacity))} at most once`,
  );
  const longest = capacity.includes(Capacity.FLEX_START) ? 7 : 14;
  checks.require(
    maxDuration.toMinutes() >= 1 && maxDuration.toMillis() <= Duration.days(longest).toMillis(),
    'limit',
    'maxDuration',
    maxDuration.toString(),
    longest === 7 ? 'flex-start machines run for at most 7 days' : 'jobs of Google Cloud Batch run for a minute to 14 days',
    longest === 7 ? 'write 7d or less, or leave flex-start out' : 'write 1m to 14d',
  );
  const { reservation, region } = props;
  if (!capacity.includes(Capacity.RESERVATION)) return;
  if (reservation === undefined) {
    checks.refuse(
      'missing',
      'reservation',
      undefined,
      'capacity names a reservation, but not which',
      'write projects/P/zones/Z/reservations/R',
    );
  } else if (!isUnresolved(reservation)) {
    const ok = /^projects\/[^/]+\/zones\/[^/]+\/reservations\/[^/]+$/.test(reservation);
    checks.require(ok, 'syntax', 'reservation', reservation, 'not the path of a reservation', 'write projects/P/zones/Z/reservations/R');
    if (ok && !isUnresolved(region))
      checks.require(
        zoneOf(reservation).startsWith(`${region}-`),
        'conflict',
        'reservation',
        reservation,
        `its zone is not in ${region}`,
        `name a reservation in ${region}`,
      );
  }
}

function checkRegion(checks: Checks, { zones, region, network }: GpuTrainingClusterProps): void {
  if (!isRegion(region)) return;
  for (const zone of zones ?? [])
    checks.require(
      isUnresolved(zone) || new RegExp(`^${region}-[a-z]$`).test(zone),
      'choice',
      'zones',
      zone,
      `not a zone of ${region}`,
      `write a zone such as ${region}-a`,
    );
  const of = /\/regions\/([^/]+)\//.exec(network.subnetworkId)?.[1];
  if (of !== undefined && !isUnresolved(of))
    checks.require(of === region, 'conflict', 'network', of, `its subnetwork is not in ${region}`, `give a subnetwork in ${region}`);
}

function checkEnv(checks: Checks, env: { readonly [name: string]: string }): void {
  for (const name of Object.keys(env))
    checks.require(
      /^[A-Za-z_][A-Za-z0-9_]*$/.test(name),
      'name',
      `env.${name}`,
      name,
      'not a name of an environment variable',
      'write letters, digits and underscores, a letter first',
    );
}

function checkLabels(checks: Checks, labels: { readonly [name: string]: string }): void {
  for (const [name, value] of Object.entries(labels))
    checks.require(
      /^[a-z][a-z0-9_-]{0,62}$/.test(name) && (isUnresolved(value) || /^[a-z0-9_-]{0,63}$/.test(value)),
      'name',
      `labels.${name}`,
      value,
      'not a label of Google Cloud',
      'write at most 63 lower-case letters, digits, dashes and underscores',
    );
}
