import { Capacity } from '../../core';
import { ACCELERATORS, Machine } from '../../core/catalogue';
import { RENDEZVOUS_PORT } from '../../core/training';
import { INetwork } from '../network';
import { $ } from './workflow-source';

/** A folder of every machine that a file system is mounted in. */
export interface NfsMount {
  readonly path: string;
  readonly server: string;
  readonly remotePath: string;
}

/** All that is known of a job when the stack is synthesized. */
export interface JobSettings {
  readonly region: string;
  readonly image: string;
  readonly machine: Machine;
  readonly network: INetwork;
  readonly nodes: number;
  readonly retries: number;
  readonly seconds: number;
  readonly diskGib: number;
  readonly shmGib: number;
  readonly zones: readonly string[] | undefined;
  readonly reservation: string | undefined;
  readonly serviceAccount: string;
  readonly mounts: readonly NfsMount[];
  /** Versions of secrets by environment variable. */
  readonly secrets: { readonly [variable: string]: string };
  readonly labels: { readonly [name: string]: string };
}

/** Ports that workers of torchrun and NCCL meet at: the rendezvous, and what Linux hands out. */
export const WORKER_PORTS = [String(RENDEZVOUS_PORT), '32768-60999'];

/** Exit codes that Batch reserves for a machine that was lost: preempted, silent, rebooted, recreated. */
const MACHINE_LOST = [50001, 50002, 50003, 50006];
/** Ended by SIGTERM: the program was told that its machine goes, and had time to save. */
const TERMINATED = 143;

/** Matches a report of Batch in which a machine was lost. */
export const MACHINE_LOST_PATTERN = `exit.?[cC]ode[^0-9]*(${MACHINE_LOST.join('|')})`;
/** Matches a report of Batch in which there were no machines to be had. */
export const NO_CAPACITY_PATTERN = 'RESOURCE_POOL_EXHAUSTED|QUOTA_EXCEEDED|STOCKOUT|not have enough resources';

const RENDEZVOUS_FILE = '/var/lib/ml-rendezvous.env';

/** Rendezvous variables that are known beforehand; with several machines the rest is found out on each of them. */
export function rendezvous(settings: Pick<JobSettings, 'nodes' | 'machine'>): { [name: string]: string } {
  const { nodes, machine } = settings;
  return {
    MASTER_PORT: String(RENDEZVOUS_PORT),
    NNODES: String(nodes),
    NPROC_PER_NODE: String(machine.gpus),
    ...(nodes === 1 ? { MASTER_ADDR: 'localhost', NODE_RANK: '0' } : {}),
  };
}

/** The job as the Batch API takes it; `command`, `env` and `links` are variables of the workflow. */
export function batchJob(settings: JobSettings): object {
  const { nodes, machine, retries } = settings;
  return {
    taskGroups: [
      {
        taskCount: nodes,
        parallelism: nodes,
        taskCountPerNode: 1,
        ...(nodes > 1 ? { requireHostsFile: true, permissiveSsh: false } : {}),
        taskSpec: {
          runnables: runnables(settings),
          computeResource: { cpuMilli: machine.vcpu * 1000, memoryMib: Math.floor(machine.ramGib * 1024 * 0.9) },
          maxRunDuration: `${settings.seconds}s`,
          // Several machines are of use only together: the workflow submits the whole job again.
          maxRetryCount: nodes > 1 ? 0 : retries,
          ...(nodes === 1 && retries > 0
            ? { lifecyclePolicies: [{ action: 'RETRY_TASK', actionCondition: { exitCodes: [...MACHINE_LOST, TERMINATED] } }] }
            : {}),
          ...(settings.mounts.length
            ? { volumes: settings.mounts.map(({ path, server, remotePath }) => ({ nfs: { server, remotePath }, mountPath: path })) }
            : {}),
          environment: {
            variables: $('env'),
            ...(Object.keys(settings.secrets).length ? { secretVariables: settings.secrets } : {}),
          },
        },
      },
    ],
    allocationPolicy: $('links[link].allocationPolicy'),
    labels: settings.labels,
    logsPolicy: { destination: 'CLOUD_LOGGING' },
  };
}

function runnables({ nodes, image, shmGib, mounts }: JobSettings): object[] {
  // Batch adds what gives the container its GPUs.
  const options = [`--shm-size=${shmGib}g`];
  const container = (more: string[]): object => ({
    container: { imageUri: image, commands: $('command'), options: [...options, ...more].join(' ') },
  });
  const open = mounts.length ? [openMounts(mounts)] : [];
  if (nodes === 1) return [...open, container([])];
  const script = [
    '#!/bin/bash',
    'set -eu',
    `echo "MASTER_ADDR=$BATCH_MAIN_NODE_HOSTNAME" >${RENDEZVOUS_FILE}`,
    `echo "NODE_RANK=$BATCH_NODE_INDEX" >>${RENDEZVOUS_FILE}`,
  ];
  return [
    ...open,
    { displayName: 'rendezvous', script: { text: `${script.join('\n')}\n` } },
    { displayName: 'all machines are there', barrier: { name: 'machines-ready' } },
    container(['--network host', `--env-file ${RENDEZVOUS_FILE}`]),
  ];
}

/** A new file system belongs to root, and programs do not all run as root. Batch mounts volumes in containers by itself, in the same folder. */
function openMounts(mounts: readonly NfsMount[]): object {
  const script = [
    '#!/bin/sh',
    'set -eu',
    `for folder in ${mounts.map(({ path }) => path).join(' ')}; do`,
    '  if [ "$(stat -c %u:%a "$folder")" = 0:755 ]; then chmod 1777 "$folder"; fi',
    'done',
  ];
  return { displayName: 'file systems', script: { text: `${script.join('\n')}\n` } };
}

/** Where machines come from, for one link of the capacity chain. */
export function link(capacity: Capacity, settings: JobSettings): object {
  const { machine, network, nodes, region, zones, reservation } = settings;
  const reserved = capacity === Capacity.RESERVATION;
  return {
    name: capacity,
    allocationPolicy: {
      location: {
        allowedLocations: reserved ? [`zones/${zoneOf(reservation!)}`] : (zones?.map((z) => `zones/${z}`) ?? [`regions/${region}`]),
      },
      instances: [
        {
          installGpuDrivers: true,
          blockProjectSshKeys: true,
          policy: {
            machineType: machine.type,
            accelerators: [{ type: ACCELERATORS.find((a) => a.name === machine.accelerator)!.gcpType, count: machine.gpus }],
            provisioningModel: reserved && newest(machine) ? 'RESERVATION_BOUND' : MODEL[capacity],
            ...(reserved ? { reservation } : capacity === Capacity.FLEX_START ? { reservation: 'NO_RESERVATION' } : {}),
            bootDisk: {
              sizeGb: settings.diskGib,
              type: newest(machine) ? 'hyperdisk-balanced' : 'pd-balanced',
              // With NVIDIA's container toolkit, which gives any image the driver; on Container-Optimized OS, Batch's default, an image has
              // to look for it in /usr/local/nvidia, and the ports that workers meet at are shut.
              image: 'batch-debian',
            },
          },
        },
      ],
      network: {
        networkInterfaces: [{ network: network.networkId, subnetwork: network.subnetworkId, noExternalIpAddress: true }],
      },
      serviceAccount: { email: settings.serviceAccount },
      labels: settings.labels,
      ...(collocated(capacity, nodes, machine) ? { placement: { collocation: 'COLLOCATED' } } : {}),
    },
  };
}

/**
 * Whether the machines of a job are placed close together. Neither N1 nor flex-start knows compact placement; a reservation was placed when
 * it was made, and gives nothing to machines that ask for a placement of their own.
 */
export function collocated(capacity: Capacity, nodes: number, machine: Machine): boolean {
  return nodes > 1 && (capacity === Capacity.SPOT || capacity === Capacity.ON_DEMAND) && !machine.type.startsWith('n1-');
}

/** Zone of `projects/P/zones/Z/reservations/R`. */
export function zoneOf(reservation: string): string {
  return reservation.split('/')[3];
}

/** Whether Google does not sell a machine by the hour: the parts of an A3 machine, and the newest. */
export function neverOnDemand(machine: Machine): boolean {
  return newest(machine) || /^a3-highgpu-[124]g$/.test(machine.type);
}

const MODEL: { readonly [c in Capacity]: string } = {
  [Capacity.RESERVATION]: 'STANDARD',
  [Capacity.SPOT]: 'SPOT',
  [Capacity.ON_DEMAND]: 'STANDARD',
  [Capacity.FLEX_START]: 'FLEX_START',
};

/** These boot from Hyperdisk only, and are reserved as blocks. */
function newest(machine: Machine): boolean {
  return /^(a3-ultragpu|a4)-/.test(machine.type);
}
