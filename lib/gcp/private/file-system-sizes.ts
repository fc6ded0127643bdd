import { Size } from '../../core';
import { Checks, isUnresolved, oneOf, thousands } from '../../core/errors';

/** A file system that is really made. */
export interface Fitted {
  readonly gib: number;
  /** MB/s for each TiB of a parallel one. */
  readonly throughput?: number;
  /** Why it is larger than what was asked for, if it is. */
  readonly roundedUp?: string;
  /** Why it is faster than what was asked for, if it is. */
  readonly spedUp?: string;
}

/** Sizes on offer from `from` GiB on, `step` GiB apart. */
interface Range {
  readonly from: number;
  readonly to: number;
  readonly step: number;
}

/** A tier of Filestore, and whether it is a region's or a zone's. */
export type Tier = 'BASIC_HDD' | 'BASIC_SSD' | 'ZONAL' | 'REGIONAL';

/** @see https://cloud.google.com/filestore/docs/service-tiers */
const FILESTORE: { readonly [tier in Tier]: readonly Range[] } = {
  BASIC_HDD: [{ from: 1024, to: 65_433, step: 1 }],
  BASIC_SSD: [{ from: 2560, to: 65_433, step: 1 }],
  ZONAL: [
    { from: 1024, to: 9984, step: 256 },
    { from: 10_240, to: 102_400, step: 2560 },
  ],
  REGIONAL: [
    { from: 1024, to: 9984, step: 256 },
    { from: 10_240, to: 102_400, step: 2560 },
  ],
};

/**
 * Sizes of Managed Lustre by MB/s for each TiB, and what a GiB costs against the slowest. All give the same speed at their smallest.
 *
 * @see https://cloud.google.com/managed-lustre/docs/performance-tiers
 * @see https://cloud.google.com/managed-lustre/pricing
 */
const LUSTRE: readonly { readonly throughput: number; readonly price: number; readonly sizes: readonly Range[] }[] = [
  { throughput: 125, price: 1, sizes: [{ from: 72_000, to: 12_240_000, step: 72_000 }] },
  { throughput: 250, price: 1.45, sizes: steps(36_000, 6_120_000, 288_000, 40_032_000) },
  { throughput: 500, price: 2.34, sizes: steps(18_000, 3_060_000, 144_000, 20_016_000) },
  { throughput: 1000, price: 4.14, sizes: steps(9000, 1_530_000, 72_000, 10_008_000) },
];

/** From the first step on in that step, above a threshold in larger ones. */
function steps(step: number, threshold: number, large: number, max: number): Range[] {
  return [
    { from: step, to: threshold, step },
    { from: Math.ceil((threshold + 1) / large) * large, to: max, step: large },
  ];
}

/** Ordinary files: the next size up of a tier. */
export function fitFilestore(checks: Checks, tier: Tier, size: Size | undefined): Fitted {
  const ranges = FILESTORE[tier];
  const asked = size?.toGibibytes() ?? ranges[0].from;
  const gib = fit(ranges, asked);
  if (gib === undefined) return tooLarge(checks, size!, `Filestore of tier ${tier}`, ranges);
  return { gib, roundedUp: rounded(gib, asked, `Filestore of tier ${tier}`, ranges) };
}

/** A parallel file system: the next throughput up, or without one the cheapest that is large enough, in the next size up. */
export function fitLustre(checks: Checks, size: Size | undefined, throughput: number | undefined): Fitted {
  if (throughput !== undefined && !isUnresolved(throughput) && !(throughput >= 1 && throughput <= 1000)) {
    checks.refuse(
      'limit',
      'throughput',
      throughput,
      'Managed Lustre gives at most 1,000 MB/s for each TiB',
      `write ${oneOf(LUSTRE.map((t) => String(t.throughput)))}, or a larger size: all of it together is what counts`,
    );
    return { gib: 0 };
  }
  const asked = size?.toGibibytes() ?? 0;
  const tiers = LUSTRE.filter((t) => throughput === undefined || t.throughput >= throughput);
  const fitting = (throughput === undefined ? tiers : tiers.slice(0, 1)).flatMap((tier) => {
    const gib = fit(tier.sizes, asked);
    return gib === undefined ? [] : [{ ...tier, gib }];
  });
  const [best] = [...fitting].sort((a, b) => a.gib * a.price - b.gib * b.price);
  if (!best) return tooLarge(checks, size!, `Managed Lustre of ${tiers[0].throughput} MB/s for each TiB`, tiers[0].sizes);
  const what = `Managed Lustre of ${best.throughput} MB/s for each TiB`;
  return {
    gib: best.gib,
    throughput: best.throughput,
    roundedUp: size === undefined ? undefined : rounded(best.gib, asked, what, best.sizes),
    spedUp:
      throughput === undefined || throughput === best.throughput
        ? undefined
        : `Managed Lustre offers ${oneOf(LUSTRE.map((t) => thousands(t.throughput)))} MB/s for each TiB`,
  };
}

function fit(ranges: readonly Range[], asked: number): number | undefined {
  const range = ranges.find((r) => asked <= r.to);
  return range && range.from + Math.ceil(Math.max(0, asked - range.from) / range.step) * range.step;
}

function rounded(gib: number, asked: number, what: string, ranges: readonly Range[]): string | undefined {
  if (gib === asked) return undefined;
  const { from, step } = ranges.find((r) => gib >= r.from && gib <= r.to)!;
  return `${what} comes in steps of ${thousands(step)} GiB from ${thousands(from)} GiB on, and all of it is paid for`;
}

function tooLarge(checks: Checks, size: Size, what: string, ranges: readonly Range[]): Fitted {
  const max = ranges[ranges.length - 1].to;
  checks.refuse('limit', 'size', size.toString(), `${what} holds at most ${thousands(max)} GiB`, `write ${max}GiB or less`);
  return { gib: 0 };
}
