import { Accelerator, Capacity } from '../../core';
import { Machine, selectMachines } from '../../core/catalogue';

/** What a cluster runs on. */
export interface Machines {
  /** The machine that jobs are fitted to. */
  readonly smallest: Machine;
  /** Machines that may stand in for it on spot capacity, itself included. */
  readonly spot: readonly Machine[];
}

/** How much larger than needed a spot machine may be. Spot likes variety; a machine far too large is no bargain. */
const SPOT_OVERSIZE = 4;

/**
 * The machines for a cluster.
 *
 * Jobs of several machines get those with EFA where there are any. On-demand capacity gets the smallest machine only: Batch prefers
 * the lowest price per vCPU, so that among several it would take the largest for a job that needs the smallest.
 */
export function machinesFor(accelerator: Accelerator, count: number, nodesPerJob: number): Machines {
  const all = prefer(selectMachines('aws', accelerator, count), (m) => !m.type.endsWith('.metal'));
  const fit = nodesPerJob > 1 ? prefer(all, (m) => m.efa > 0) : all;
  return { smallest: fit[0], spot: fit.filter((m) => m.vcpu <= fit[0].vcpu * SPOT_OVERSIZE) };
}

/** The machines of one link of the capacity chain. Machines kept when idle are all of the size that was asked for. */
export function machinesOfLink(machines: Machines, capacity: Capacity, keepsIdle: boolean): readonly Machine[] {
  return capacity === Capacity.SPOT && !keepsIdle ? machines.spot : [machines.smallest];
}

/**
 * Memory that a job can have on a machine, in MiB. The kernel, the driver and the agent take the rest; a job that asks for all there is
 * never starts.
 *
 * @see https://docs.aws.amazon.com/batch/latest/userguide/memory-management.html
 */
export function jobMemoryMib(machine: Machine): number {
  return Math.floor(machine.ramGib * 1024 * 0.9);
}

function prefer(machines: readonly Machine[], wanted: (m: Machine) => boolean): readonly Machine[] {
  const some = machines.filter(wanted);
  return some.length ? some : machines;
}
