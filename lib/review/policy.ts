import { Change, ChangeClass, classesOf, Report, ReviewError } from './model';

/**
 * What fails a review where a team says nothing else: what cannot be undone, what opens something, and what nobody can vouch for.
 * An interruption ends by itself, and capacity shows on the bill.
 */
export const DEFAULT_FAIL_ON: readonly ChangeClass[] = ['data-loss', 'replace', 'access', 'unknown'];

/** What a team lets pass. */
export interface Policy {
  /** Classes that fail the review. */
  readonly failOn: readonly ChangeClass[];
  /**
   * Changes that are let pass: by address (`aws_x.y`, or `stack/aws_x.y` where several stacks have it), or by construct path.
   * A path stands for everything below it too, except for losses of data: each of those has to be named itself.
   */
  readonly allow: readonly string[];
}

/** A change that fails the review. */
export interface Failure {
  readonly change: Change;
  /** The failing classes that it is in. */
  readonly classes: readonly ChangeClass[];
}

/** What a policy says about a report. */
export interface Verdict {
  readonly failOn: readonly ChangeClass[];
  readonly failing: readonly Failure[];
  /** Changes that would fail, and are let pass by name. */
  readonly allowed: readonly Change[];
  /** Names that are let pass, and that no change has. */
  readonly unused: readonly string[];
}

/**
 * Applies a policy.
 *
 * @throws ReviewError if a name that is let pass stands for changes of several stacks
 */
export function judge(report: Report, policy: Policy): Verdict {
  for (const name of policy.allow) {
    const stacks = report.changes.filter((c) => c.address === name).map((c) => c.stack);
    if (stacks.length > 1)
      throw new ReviewError(
        `${name} is in the stacks ${stacks.join(', ')}. Say which: --allow ${stacks.map((s) => `${s}/${name}`).join(',')}`,
      );
  }
  const risky = report.changes
    .map((change) => ({ change, classes: classesOf(change).filter((c) => policy.failOn.includes(c)) }))
    .filter(({ classes }) => classes.length);
  const failing = risky
    .map(({ change, classes }) => ({ change, classes: classes.filter((c) => !isAllowed(change, c, policy.allow)) }))
    .filter(({ classes }) => classes.length);
  const failed = new Set(failing.map(({ change }) => change));
  return {
    failOn: policy.failOn,
    failing,
    allowed: risky.map(({ change }) => change).filter((change) => !failed.has(change)),
    unused: policy.allow.filter((name) => !report.changes.some((change) => isNamed(change, name) || isBelow(change, name))),
  };
}

function isAllowed(change: Change, danger: ChangeClass, allow: readonly string[]): boolean {
  return allow.some((name) => isNamed(change, name) || (danger !== 'data-loss' && isBelow(change, name)));
}

function isNamed(change: Change, name: string): boolean {
  return name === change.address || name === `${change.stack}/${change.address}` || name === change.path;
}

function isBelow(change: Change, path: string): boolean {
  return change.path?.startsWith(`${path.replace(/\/$/, '')}/`) ?? false;
}
