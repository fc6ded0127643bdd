import { classify } from './classify';
import { inOrder } from './compare';
import { Change, Report, ReviewError, Snapshot } from './model';
import { diffPlan } from './plan';

/**
 * A report with what Terraform itself plans, where it says something: its verdict on a resource goes before ours.
 *
 * @param plan what `terraform show -json` says of one of the stacks
 * @param after the stacks that it may be of
 * @throws ReviewError if it is no plan, or of none of the stacks
 */
export function withPlan(report: Report, plan: unknown, after: readonly Snapshot[]): Report {
  // What is no plan at all is refused here.
  diffPlan(plan);
  const listed = addressesOf(plan);
  const snapshot = stackOf(listed, after);
  const { stack, cloud } = snapshot;
  const isOurs = (change: Change): boolean => change.stack === stack && change.cloud === cloud;
  const known = new Map(report.changes.filter(isOurs).map((c) => [c.address, c]));
  const planned = diffPlan({ ...(plan as object), stack }).map((change) => {
    const own = known.get(change.address);
    const path = own?.path ?? snapshot.paths.get(change.address.replace(/\[[^\]]*\]$/, ''));
    const advice = change.advice ?? own?.advice;
    return classify({ ...change, cloud, ...(path === undefined ? {} : { path }), ...(advice === undefined ? {} : { advice }) });
  });
  // A resource that the plan lists without a change has none; of one that it does not list it says nothing.
  const rest = report.changes.filter((change) => !isOurs(change) || !listed.has(change.address));
  return { ...report, changes: inOrder([...rest, ...planned]) };
}

function addressesOf(plan: unknown): ReadonlySet<string> {
  const { resource_changes: changes = [] } = plan as { resource_changes?: readonly { address?: string }[] };
  return new Set(changes.map((c) => c.address ?? ''));
}

/** The stack that has most of the plan's resources. */
function stackOf(addresses: ReadonlySet<string>, after: readonly Snapshot[]): Snapshot {
  const [best] = after
    .filter((s) => s.kind === 'terraform')
    .map((snapshot) => ({ snapshot, shared: resourcesOf(snapshot).filter((a) => addresses.has(a)).length }))
    .sort((a, b) => b.shared - a.shared);
  if (!best?.shared) throw new ReviewError('it plans resources of none of the stacks that are compared');
  return best.snapshot;
}

function resourcesOf({ body }: Snapshot): string[] {
  const types = (body.resource ?? {}) as { readonly [type: string]: object };
  return Object.entries(types).flatMap(([type, named]) => Object.keys(named).map((name) => `${type}.${name}`));
}
