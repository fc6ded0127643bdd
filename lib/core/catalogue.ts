import type { Accelerator } from './accelerator';
import { oneOf, refuse } from './errors';

/** A cloud, as the declaration names it. */
export type CloudName = 'aws' | 'azure' | 'gcp';

/** How users call the clouds. */
export const CLOUD_TITLE: { readonly [c in CloudName]: string } = { aws: 'AWS', azure: 'Azure', gcp: 'Google Cloud' };

/** A kind of accelerator, the same on every cloud that has it. */
export interface AcceleratorKind {
  readonly name: string;
  /** Memory of one device in GiB, as the maker states it. */
  readonly memoryGib: number;
  /** What Google calls it in Compute Engine, Batch and GKE; absent where Google has none. */
  readonly gcpType?: string;
}

/** The order is the order of preference where only a need is stated: the smallest memory first, then the cheaper. */
export const ACCELERATORS: readonly AcceleratorKind[] = [
  { name: 'T4', memoryGib: 16, gcpType: 'nvidia-tesla-t4' },
  { name: 'L4', memoryGib: 24, gcpType: 'nvidia-l4' },
  { name: 'A10G', memoryGib: 24 },
  { name: 'A10', memoryGib: 24 },
  { name: 'A100_40GB', memoryGib: 40, gcpType: 'nvidia-tesla-a100' },
  { name: 'L40S', memoryGib: 48 },
  { name: 'A100_80GB', memoryGib: 80, gcpType: 'nvidia-a100-80gb' },
  { name: 'H100', memoryGib: 80, gcpType: 'nvidia-h100-80gb' },
  { name: 'H100_MEGA', memoryGib: 80, gcpType: 'nvidia-h100-mega-80gb' },
  { name: 'H100_NVL', memoryGib: 94 },
  { name: 'H200', memoryGib: 141, gcpType: 'nvidia-h200-141gb' },
  { name: 'B200', memoryGib: 180, gcpType: 'nvidia-b200' },
];

/** A machine type with whole accelerators in it. */
export interface Machine {
  readonly cloud: CloudName;
  readonly accelerator: string;
  /** What the cloud calls it: `g6.xlarge`, `Standard_NC4as_T4_v3`, `g2-standard-4`. */
  readonly type: string;
  readonly gpus: number;
  readonly vcpu: number;
  readonly ramGib: number;
  /** AWS: how many network interfaces carry EFA; 0 where none does. */
  readonly efa: number;
  /** Azure: InfiniBand; Google: GPUDirect or RDMA networks. */
  readonly rdma: boolean;
}

// One line per machine: type gpus/vcpu/RAM GiB[/EFA interfaces or 'rdma'].
const AWS: { readonly [accelerator: string]: string } = {
  T4: 'g4dn.xlarge 1/4/16 g4dn.2xlarge 1/8/32 g4dn.4xlarge 1/16/64 g4dn.8xlarge 1/32/128/1 g4dn.16xlarge 1/64/256/1 g4dn.12xlarge 4/48/192/1 g4dn.metal 8/96/384/1',
  L4: 'g6.xlarge 1/4/16 g6.2xlarge 1/8/32 g6.4xlarge 1/16/64 g6.8xlarge 1/32/128/1 g6.16xlarge 1/64/256/1 g6.12xlarge 4/48/192/1 g6.24xlarge 4/96/384/1 g6.48xlarge 8/192/768/1',
  A10G: 'g5.xlarge 1/4/16 g5.2xlarge 1/8/32 g5.4xlarge 1/16/64 g5.8xlarge 1/32/128/1 g5.16xlarge 1/64/256/1 g5.12xlarge 4/48/192/1 g5.24xlarge 4/96/384/1 g5.48xlarge 8/192/768/1',
  L40S: 'g6e.xlarge 1/4/32 g6e.2xlarge 1/8/64 g6e.4xlarge 1/16/128 g6e.8xlarge 1/32/256/1 g6e.16xlarge 1/64/512/1 g6e.12xlarge 4/48/384/1 g6e.24xlarge 4/96/768/2 g6e.48xlarge 8/192/1536/4',
  A100_40GB: 'p4d.24xlarge 8/96/1152/4',
  A100_80GB: 'p4de.24xlarge 8/96/1152/4',
  H100: 'p5.4xlarge 1/16/256/1 p5.48xlarge 8/192/2048/32',
  H200: 'p5en.48xlarge 8/192/2048/16 p5e.48xlarge 8/192/2048/32',
  B200: 'p6-b200.48xlarge 8/192/2048/8',
};
const AZURE: { readonly [accelerator: string]: string } = {
  T4: 'Standard_NC4as_T4_v3 1/4/28 Standard_NC8as_T4_v3 1/8/56 Standard_NC16as_T4_v3 1/16/110 Standard_NC64as_T4_v3 4/64/440',
  A10: 'Standard_NV36ads_A10_v5 1/36/440 Standard_NV36adms_A10_v5 1/36/880 Standard_NV72ads_A10_v5 2/72/880',
  A100_40GB: 'Standard_ND96asr_v4 8/96/900/rdma',
  A100_80GB:
    'Standard_NC24ads_A100_v4 1/24/220 Standard_NC48ads_A100_v4 2/48/440 Standard_NC96ads_A100_v4 4/96/880 Standard_ND96amsr_A100_v4 8/96/1900/rdma',
  H100: 'Standard_ND96isr_H100_v5 8/96/1900/rdma',
  H100_NVL: 'Standard_NC40ads_H100_v5 1/40/320 Standard_NC80adis_H100_v5 2/80/640',
  H200: 'Standard_ND96isr_H200_v5 8/96/1850/rdma',
};
const GCP: { readonly [accelerator: string]: string } = {
  T4: 'n1-standard-4 1/4/15 n1-standard-8 1/8/30 n1-standard-16 2/16/60 n1-standard-32 4/32/120',
  L4: 'g2-standard-4 1/4/16 g2-standard-8 1/8/32 g2-standard-12 1/12/48 g2-standard-16 1/16/64 g2-standard-32 1/32/128 g2-standard-24 2/24/96 g2-standard-48 4/48/192 g2-standard-96 8/96/384',
  A100_40GB: 'a2-highgpu-1g 1/12/85 a2-highgpu-2g 2/24/170 a2-highgpu-4g 4/48/340 a2-highgpu-8g 8/96/680 a2-megagpu-16g 16/96/1360',
  A100_80GB: 'a2-ultragpu-1g 1/12/170 a2-ultragpu-2g 2/24/340 a2-ultragpu-4g 4/48/680 a2-ultragpu-8g 8/96/1360',
  H100: 'a3-highgpu-1g 1/26/234 a3-highgpu-2g 2/52/468 a3-highgpu-4g 4/104/936 a3-highgpu-8g 8/208/1872/rdma',
  H100_MEGA: 'a3-megagpu-8g 8/208/1872/rdma',
  H200: 'a3-ultragpu-8g 8/224/2952/rdma',
  B200: 'a4-highgpu-8g 8/224/3968/rdma',
};

/** Every machine of one cloud that this library knows, in the catalogue's order: by memory, then the smaller machine first. */
export function machinesOf(cloud: CloudName): readonly Machine[] {
  return (cache[cloud] ??= read(cloud, { aws: AWS, azure: AZURE, gcp: GCP }[cloud]));
}
const cache: { [cloud: string]: readonly Machine[] } = {};

function read(cloud: CloudName, rows: { readonly [accelerator: string]: string }): Machine[] {
  return ACCELERATORS.flatMap(({ name: accelerator }) => {
    const words = (rows[accelerator] ?? '').split(' ').filter(Boolean);
    return words.flatMap((type, i): Machine[] => {
      if (i % 2) return [];
      const [gpus, vcpu, ramGib, fabric] = words[i + 1].split('/');
      const rdma = fabric === 'rdma';
      return [{ cloud, accelerator, type, gpus: +gpus, vcpu: +vcpu, ramGib: +ramGib, efa: rdma ? 0 : Number(fabric ?? 0), rdma }];
    });
  });
}

/**
 * The machines of a cloud that give exactly what is needed, the smallest first; all of one accelerator kind.
 *
 * @throws a problem that says what the cloud has instead
 */
export function selectMachines(cloud: CloudName, accelerator: Accelerator, count: number): readonly Machine[] {
  const all = machinesOf(cloud);
  const title = CLOUD_TITLE[cloud];
  if (accelerator.kind !== undefined) {
    const same = all.filter((m) => m.accelerator === accelerator.kind);
    if (!same.length)
      refuse(
        'unsupported',
        'accelerator.type',
        accelerator.kind,
        `${title} has no ${accelerator.kind}`,
        `write one of ${kinds(all)}, or { memoryGib: N } to take what each cloud has`,
      );
    const exact = same.filter((m) => m.gpus === count);
    if (!exact.length)
      refuse(
        'choice',
        'accelerator.count',
        count,
        `${title} offers ${accelerator.kind} in machines of ${oneOf(counts(same))}`,
        `write count: ${oneOf(counts(same))}`,
      );
    return exact;
  }
  const enough = all.filter((m) => memoryOf(m.accelerator) >= (accelerator.memoryGib ?? 0));
  if (!enough.length)
    refuse(
      'limit',
      'accelerator.memoryGib',
      accelerator.memoryGib,
      `no accelerator of ${title} has that much memory`,
      `write ${Math.max(...all.map((m) => memoryOf(m.accelerator)))} or less`,
    );
  const exact = enough.filter((m) => m.gpus === count);
  if (!exact.length)
    refuse(
      'choice',
      'accelerator.count',
      count,
      `${title} offers ${accelerator.memoryGib ?? 0} GiB or more in machines of ${oneOf(counts(enough))}`,
      `write count: ${oneOf(counts(enough))}`,
    );
  return exact.filter((m) => m.accelerator === exact[0].accelerator);
}

/** Memory of one device in GiB. */
export function memoryOf(accelerator: string): number {
  return ACCELERATORS.find((a) => a.name === accelerator)?.memoryGib ?? 0;
}

function counts(machines: readonly Machine[]): string[] {
  return [...new Set(machines.map((m) => m.gpus))].sort((a, b) => a - b).map(String);
}
function kinds(machines: readonly Machine[]): string {
  return [...new Set(machines.map((m) => `${m.accelerator} (${memoryOf(m.accelerator)} GiB)`))].join(', ');
}
