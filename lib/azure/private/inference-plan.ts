import { Checks, oneOf } from '../../core/errors';
import { Size } from '../../core/units';

/** What an App Service plan of one size offers. */
export interface PlanSize {
  readonly sku: string;
  /** Processors and memory of one instance; absent where this library does not know them. */
  readonly machine?: { readonly vcpu: number; readonly memoryGib: number };
  /** Most instances. */
  readonly maxInstances: number;
  readonly slots: boolean;
  readonly autoscale: boolean;
  readonly zones: boolean;
}

// https://learn.microsoft.com/azure/app-service/overview-hosting-plans#new-pricing-tier-premiumv3 and
// https://azure.microsoft.com/pricing/details/app-service/linux/ (Basic and Standard); in the order of their price.
const CHOSEN = 'P0v3 1/4 P1v3 2/8 P1mv3 2/16 P2v3 4/16 P2mv3 4/32 P3v3 8/32 P3mv3 8/64 P4mv3 16/128 P5mv3 32/256';
const ON_REQUEST = 'B1 1/1.75 B2 2/3.5 B3 4/7 S1 1/1.75 S2 2/3.5 S3 4/7';
const KNOWN = /^(B[1-3]|S[1-3]|P[1-3]v2|P[0-3]v3|P[1-5]mv3|P[0-3]v4|P[1-5]mv4)$/;

const machines = (table: string): Map<string, { vcpu: number; memoryGib: number }> => {
  const words = table.split(' ');
  return new Map(
    words.flatMap((sku, i): [string, { vcpu: number; memoryGib: number }][] => {
      if (i % 2) return [];
      const [vcpu, memoryGib] = words[i + 1].split('/').map(Number);
      return [[sku, { vcpu, memoryGib }]];
    }),
  );
};
const DEFAULTS = machines(CHOSEN);
const ALL = new Map([...DEFAULTS, ...machines(ON_REQUEST)]);

/** What is asked of a plan. */
export interface PlanNeed {
  readonly cpu: number;
  readonly memory: Size;
  /** A staging slot runs beside the app, on the same machines. */
  readonly slot: boolean;
  readonly zones: boolean;
  readonly autoscale: boolean;
}

/** The smallest size that fits, or the one that was asked for if it does. */
export function planSize(checks: Checks, need: PlanNeed, sku?: string): PlanSize {
  const gib = need.memory.toGibibytes() * (need.slot ? 2 : 1);
  const fits = (m: { vcpu: number; memoryGib: number }): boolean => m.vcpu >= need.cpu && m.memoryGib >= gib;
  if (sku === undefined) {
    const chosen = [...DEFAULTS].find(([, m]) => fits(m));
    if (!chosen) refuseSize(checks, need, gib);
    return describePlan(chosen?.[0] ?? 'P5mv3');
  }
  checks.require(
    KNOWN.test(sku),
    'choice',
    'skuName',
    sku,
    'not a size of a Basic, Standard or Premium plan',
    `write one of ${oneOf([...ALL.keys()])}, or give a plan of your own by servicePlanId`,
  );
  const size = describePlan(sku);
  const lacks = (what: string): void =>
    checks.refuse('unsupported', 'skuName', sku, `the tier has no ${what}`, 'write P0v3 or a larger size of Premium v3, or leave it out');
  if (size.machine && !fits(size.machine))
    checks.refuse(
      'limit',
      'skuName',
      sku,
      `it has ${size.machine.vcpu} vCPU and ${size.machine.memoryGib} GiB, and ${need.cpu} vCPU and ${gib} GiB are needed${beside(need)}`,
      'leave it out to get the smallest size that fits',
    );
  if (KNOWN.test(sku)) {
    if (need.slot && !size.slots) lacks('deployment slots, which the rollout needs');
    if (need.autoscale && !size.autoscale)
      lacks('autoscale; to keep a fixed number of instances, make minInstances and maxInstances equal');
    if (need.zones && !size.zones) lacks('zone redundancy, which prod has');
  }
  return size;
}

function refuseSize(checks: Checks, need: PlanNeed, gib: number): void {
  const largest = [...DEFAULTS.values()].reduce((a, b) => (b.vcpu > a.vcpu ? b : a));
  if (need.cpu > largest.vcpu)
    checks.refuse('limit', 'cpu', need.cpu, `App Service has at most ${largest.vcpu} vCPU`, `write ${largest.vcpu} or less`);
  if (gib > largest.memoryGib)
    checks.refuse(
      'limit',
      'memory',
      need.memory.toString(),
      `App Service has at most ${largest.memoryGib} GiB${beside(need)}`,
      `write ${largest.memoryGib / (need.slot ? 2 : 1)}GiB or less`,
    );
}

function beside(need: PlanNeed): string {
  return need.slot ? ', and the staging slot takes as much again' : '';
}

function describePlan(sku: string): PlanSize {
  const tier = sku[0];
  return {
    sku,
    machine: ALL.get(sku),
    // https://learn.microsoft.com/azure/azure-resource-manager/management/azure-subscription-service-limits#azure-app-service-limits
    maxInstances: tier === 'B' ? 3 : tier === 'S' ? 10 : 30,
    slots: tier !== 'B',
    autoscale: tier !== 'B',
    zones: tier === 'P',
  };
}
