import { Checks, thousands } from '../../core/errors';
import { SharedFileSystemBaseProps } from '../../core/storage';
import { Cidr } from './cidr';

/** A speed of Managed Lustre: `AMLFS-Durable-Premium-<throughput>`. */
export interface LustreStep {
  /** MB/s for each TiB. */
  readonly throughput: number;
  /** Smallest size in TiB, and what it grows by. */
  readonly step: number;
  readonly max: number;
}

// https://learn.microsoft.com/azure/azure-managed-lustre/create-file-system-portal#file-system-details
const LUSTRE: readonly LustreStep[] = [
  { throughput: 40, step: 48, max: 768 },
  { throughput: 125, step: 16, max: 128 },
  { throughput: 250, step: 8, max: 128 },
  { throughput: 500, step: 4, max: 128 },
];
// https://learn.microsoft.com/azure/storage/files/storage-files-scale-targets
const SHARE_GIB = { min: 100, max: 102_400 };
/** Addresses that Managed Lustre needs in its subnet, by size in TiB. */
const LUSTRE_PREFIX: readonly { readonly upTo: number; readonly bits: number }[] = [
  { upTo: 16, bits: 27 },
  { upTo: 40, bits: 26 },
  { upTo: 92, bits: 25 },
  { upTo: 196, bits: 24 },
  { upTo: 400, bits: 23 },
  { upTo: Infinity, bits: 22 },
];

/** How large a share of Azure Files is made, in GiB. */
export function shareSize(checks: Checks, props: SharedFileSystemBaseProps): number {
  checks.require(
    props.throughput === undefined,
    'conflict',
    'throughput',
    props.throughput,
    'throughput of Azure Files comes with the size of the share',
    'leave it out, or write kind: parallel',
  );
  const asked = Math.ceil(props.size?.toGibibytes() ?? 0);
  checks.require(
    asked <= SHARE_GIB.max,
    'limit',
    'size',
    props.size?.toString(),
    'a share of Azure Files holds 100 TiB at most',
    'write 100TiB or less',
  );
  return Math.max(asked, SHARE_GIB.min);
}

/** How fast and how large a Managed Lustre file system is made; the size in TiB. */
export function lustreSize(checks: Checks, props: SharedFileSystemBaseProps): { readonly step: LustreStep; readonly tebibytes: number } {
  const { throughput, size } = props;
  const asked = (size?.toGibibytes() ?? 0) / 1024;
  const rounded = ({ step }: LustreStep): number => Math.max(1, Math.ceil(asked / step)) * step;
  const fits = (s: LustreStep): boolean => rounded(s) <= s.max;
  const fast = LUSTRE.find((s) => s.throughput >= (throughput ?? 0));
  checks.require(
    throughput === undefined || (throughput >= 1 && fast !== undefined),
    'limit',
    'throughput',
    throughput,
    'Managed Lustre offers 40, 125, 250 or 500 MB/s for each TiB',
    'write a number from 1 to 500',
  );
  // Without a speed that was asked for: the least storage that is paid for, then the slowest.
  const free = [...LUSTRE].filter(fits).sort((a, b) => rounded(a) - rounded(b) || a.throughput - b.throughput)[0];
  const step = throughput === undefined ? (free ?? LUSTRE[0]) : (fast ?? LUSTRE[0]);
  if (!fits(step) && (throughput === undefined || fast)) {
    const slower = LUSTRE.filter(fits).map((s) => s.throughput);
    checks.refuse(
      'limit',
      'size',
      size?.toString(),
      `Managed Lustre of ${step.throughput} MB/s for each TiB holds ${step.max} TiB at most`,
      `write ${step.max}TiB or less${slower.length ? `, or throughput: ${slower[0]}` : ''}`,
    );
  }
  return { step, tebibytes: rounded(step) };
}

/** Checks that the subnet has addresses enough, where it is known how large it is. */
export function checkLustreSubnet(checks: Checks, tebibytes: number, range: Cidr | undefined): void {
  const bits = LUSTRE_PREFIX.find(({ upTo }) => tebibytes <= upTo)!.bits;
  checks.require(
    range === undefined || range.bits <= bits,
    'limit',
    'network',
    range?.text,
    `Managed Lustre of ${thousands(tebibytes)} TiB needs a subnet of a /${bits} at least`,
    'write a larger managedLustrePrefix or addressSpace for the network',
  );
}
