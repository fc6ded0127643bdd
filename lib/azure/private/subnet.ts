import { IConstruct } from 'constructs';
import { Checks } from '../../core/errors';
import type { INetwork, SubnetUse } from '../network';
import { Cidr } from './cidr';

const ranges = new WeakMap<INetwork, Map<SubnetUse, Cidr>>();
const takers = new Map<SubnetUse, WeakMap<INetwork, IConstruct>>();

/** Remembers how large the subnet is that a network has made. */
export function keepRange(network: INetwork, use: SubnetUse, range: Cidr): void {
  ranges.set(network, (ranges.get(network) ?? new Map<SubnetUse, Cidr>()).set(use, range));
}

/** How large the subnet for a use is; unknown where others own the network. */
export function rangeOf(network: INetwork, use: SubnetUse): Cidr | undefined {
  return ranges.get(network)?.get(use);
}

const ATTRIBUTE: { readonly [use in SubnetUse]: string } = {
  'container-apps': 'containerAppsSubnetId',
  postgresql: 'postgresqlSubnetId',
  'managed-lustre': 'managedLustreSubnetId',
};
const SERVICE: { readonly [use in SubnetUse]: string } = {
  'container-apps': 'a Container Apps environment needs a subnet of its own that is delegated to Microsoft.App/environments',
  postgresql: 'a PostgreSQL flexible server needs a subnet that is delegated to Microsoft.DBforPostgreSQL/flexibleServers',
  'managed-lustre': 'Managed Lustre needs a subnet',
};

/**
 * Id of the network's subnet for a use; refused where the owner of an imported network has named none.
 *
 * @param taker who needs it for itself alone, where Azure lets only one in
 */
export function subnetFor(checks: Checks, network: INetwork, use: SubnetUse, taker?: IConstruct): string {
  const id = checks.collect(() => network.subnetId(use) ?? '');
  checks.require(
    id !== '',
    'missing',
    'network',
    undefined,
    `${SERVICE[use]}, and the network that exists already names none`,
    `give its id as ${ATTRIBUTE[use]} of the network (targets.azure.existing.network)`,
  );
  if (!taker) return id ?? '';
  const taken = takers.get(use) ?? new WeakMap<INetwork, IConstruct>();
  takers.set(use, taken);
  const other = taken.get(network);
  checks.require(
    other === undefined || other === taker,
    'conflict',
    'network',
    undefined,
    `${other?.node.path} has the network's subnet of this kind, and Azure lets no other in`,
    'use one together, or give this one a network of its own',
  );
  if (!other) taken.set(network, taker);
  return id ?? '';
}
