import { Action, Cause, ChangeClass, classesOf, Cloud, Finding, Replacement, Report } from '../model';
import { Verdict } from '../policy';
import { Counts, countsOf } from './values';

/** What `mlops diff --format json` writes. */
export interface ReviewOutput {
  /** Version of this format. Goes up when something is taken away or changes its meaning; fields may be added at any time. */
  readonly schemaVersion: 1;
  readonly verdict: VerdictOutput;
  readonly summary: Counts;
  /** Stacks that were compared. */
  readonly stacks: readonly StackOutput[];
  /** The dangerous first. */
  readonly changes: readonly ChangeOutput[];
}

/** What the team's policy says. */
export interface VerdictOutput {
  readonly pass: boolean;
  /** Classes that fail the review. */
  readonly failOn: readonly ChangeClass[];
  readonly failing: readonly FailureOutput[];
  /** Changes that would fail, and are let pass by name. */
  readonly allowed: readonly ReferenceOutput[];
  /** Names that are let pass, and that no change has. */
  readonly unused: readonly string[];
}

/** Which change is meant. */
export interface ReferenceOutput {
  readonly stack: string;
  readonly address: string;
}

/** A change that fails the review. */
export interface FailureOutput extends ReferenceOutput {
  readonly classes: readonly ChangeClass[];
}

/** A stack, and in which revisions it is. */
export interface StackOutput {
  readonly cloud: Cloud;
  readonly stack: string;
  readonly before: boolean;
  readonly after: boolean;
}

/** One changed resource. */
export interface ChangeOutput {
  readonly cloud: Cloud;
  readonly stack: string;
  /** Logical id (CloudFormation) or `type.name` (Terraform). */
  readonly address: string;
  /** Construct path, where the output has one. */
  readonly path?: string;
  readonly type: string;
  readonly action: Action;
  /** Of the resource as a whole: the strongest of its causes. */
  readonly replacement: Replacement;
  /** The most dangerous first. */
  readonly classes: readonly ChangeClass[];
  readonly findings: readonly Finding[];
  /** Properties that differ; a sensitive one has no values. */
  readonly causes: readonly Cause[];
  /** `move` only: the address it had. */
  readonly from?: string;
  /** What avoids the danger. */
  readonly advice?: string;
}

/** A report for machines, as schema/review.schema.json describes it. */
export function renderJson(report: Report, verdict: Verdict): string {
  return `${JSON.stringify(outputOf(report, verdict), null, 2)}\n`;
}

function outputOf(report: Report, { failOn, failing, allowed, unused }: Verdict): ReviewOutput {
  return {
    schemaVersion: 1,
    verdict: {
      pass: !failing.length,
      failOn,
      failing: failing.map(({ change: { stack, address }, classes }) => ({ stack, address, classes })),
      allowed: allowed.map(({ stack, address }) => ({ stack, address })),
      unused,
    },
    summary: countsOf(report),
    stacks: report.stacks.map(({ cloud, stack, before, after }) => ({ cloud, stack, before, after })),
    changes: report.changes.map((change) => {
      const { cloud, stack, address, path, type, action, replacement, findings, causes, from, advice } = change;
      return {
        cloud,
        stack,
        address,
        path,
        type,
        action,
        replacement,
        classes: classesOf(change),
        findings: findings.map(({ class: name, why, conditional }) => ({ class: name, why, conditional })),
        causes: causes.map((cause) => {
          const { path: property, replacement: effect, sensitive } = cause;
          if (sensitive) return { path: property, replacement: effect, sensitive };
          return { path: property, before: cause.before, after: cause.after, replacement: effect };
        }),
        from,
        advice,
      };
    }),
  };
}
