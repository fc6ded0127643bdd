import { Fn } from 'cdktf';
import { Checks, isUnresolved } from '../../core/errors';

/** Parts of the id of a resource: `/subscriptions/S/resourceGroups/G/providers/Microsoft.X/kind/NAME`. */
export interface ResourceId {
  /** The id in the spelling of azurerm, which refuses the `serverfarms` and `resourcegroups` that `az` prints at times. */
  readonly id: string;
  readonly subscriptionId: string;
  readonly resourceGroupName: string;
  /** Name of the resource itself, the last one where it is part of another. */
  readonly name: string;
}

/**
 * Takes the id of a resource apart.
 *
 * @param type such as `Microsoft.Storage/storageAccounts` or `Microsoft.Network/virtualNetworks/subnets`
 */
export function parseResourceId(checks: Checks, prop: string, id: string, type: string): ResourceId {
  const [namespace, ...kinds] = type.split('/');
  // A reference to another resource is taken apart by Terraform, when it is known.
  if (isUnresolved(id)) {
    const part = (n: number): string => Fn.element(Fn.split('/', id), n);
    return { id, subscriptionId: part(2), resourceGroupName: part(4), name: part(6 + 2 * kinds.length) };
  }
  const form = `/subscriptions/<subscription>/resourceGroups/<group>/providers/${namespace}${kinds.map((k) => `/${k}/<name>`).join('')}`;
  const pattern = new RegExp(`^${form.replace('.', '\\.').replace(/<\w+>/g, '([^/]+)')}$`, 'i');
  const values = pattern.exec(id)?.slice(1) ?? [];
  checks.require(values.length > 0, 'syntax', prop, id, `not the id of a ${type}`, `write ${form}`);
  const rest = [...values];
  const spelled = form.replace(/<\w+>/g, () => rest.shift() ?? '');
  return { id: spelled, subscriptionId: values[0] ?? '', resourceGroupName: values[1] ?? '', name: values.at(-1) ?? '' };
}
