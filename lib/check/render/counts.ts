import type { CheckReport, Finding } from '../model';

/** The numbers of a report. */
export function countsOf({ findings, stacks }: CheckReport): { open: number; acknowledged: number; unknown: number; resources: number } {
  const of = (state: Finding['state']): number => findings.filter((f) => f.state === state).length;
  return {
    open: of('open'),
    acknowledged: of('acknowledged'),
    unknown: of('unknown'),
    resources: stacks.reduce((sum, s) => sum + s.resources, 0),
  };
}
