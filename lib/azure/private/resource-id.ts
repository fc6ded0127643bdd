import { Fn } from 'cdktf';
import { Checks, isUnresolved } from '../../core/errors';

/** Parts of the id of a resource: `/subscriptions/S/resourceGroups/G/providers/Microsoft.X/kind/NAME`. */
export interface ResourceId {
  readonly subscriptionId: string;
  readonly resourceGroupName: string;
  readonly name: string;
}

/**
 * Takes the id of a resource apart.
 *
 * @param type such as `Microsoft.Storage/storageAccounts`
 */
export function parseResourceId(checks: Checks, prop: string, id: string, type: string): ResourceId {
  // A reference to another resource is taken apart by Terraform, when it is known.
  if (isUnresolved(id)) {
    const part = (n: number): string => Fn.element(Fn.split('/', id), n);
    return { subscriptionId: part(2), resourceGroupName: part(4), name: part(8) };
  }
  const m = new RegExp(`^/subscriptions/([^/]+)/resourceGroups/([^/]+)/providers/${type.replace('.', '\\.')}/([^/]+)$`, 'i').exec(id);
  checks.require(
    m !== null,
    'syntax',
    prop,
    id,
    `not the id of a ${type}`,
    `write /subscriptions/<subscription>/resourceGroups/<group>/providers/${type}/<name>`,
  );
  return { subscriptionId: m?.[1] ?? '', resourceGroupName: m?.[2] ?? '', name: m?.[3] ?? '' };
}
