import { PrivateEndpoint } from '@cdktf/provider-azurerm/lib/private-endpoint';
import { Construct } from 'constructs';
import { INetwork } from '../network';
import { IResourceGroup } from '../resource-group';
import { localName } from './name';

/** What a private endpoint leads to. */
export interface PrivateEndpointTarget {
  readonly resourceGroup: IResourceGroup;
  readonly network: INetwork;
  /** Id of the resource. */
  readonly resourceId: string;
  /** Part of the resource, such as `blob`. */
  readonly subresource: string;
  /** Private DNS zones that its names are written into. */
  readonly zones: string[];
}

/** An address in the network that leads to one resource, with its names in private DNS. */
export function privateEndpoint(scope: Construct, id: string, target: PrivateEndpointTarget): PrivateEndpoint {
  const holder = new Construct(scope, id);
  const zoneIds = target.zones.flatMap((zone) => target.network.privateDnsZoneId(zone) ?? []);
  return new PrivateEndpoint(holder, 'Resource', {
    name: localName(holder),
    resourceGroupName: target.resourceGroup.resourceGroupName,
    location: target.resourceGroup.location,
    subnetId: target.network.privateEndpointSubnetId,
    privateServiceConnection: {
      name: target.subresource,
      privateConnectionResourceId: target.resourceId,
      subresourceNames: [target.subresource],
      isManualConnection: false,
    },
    privateDnsZoneGroup: zoneIds.length ? { name: 'default', privateDnsZoneIds: zoneIds } : undefined,
  });
}
