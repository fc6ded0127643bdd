import { IConstruct } from 'constructs';

/** A virtual network with the subnets that an ML platform needs. */
export interface INetwork extends IConstruct {
  /** Id of the virtual network. */
  readonly virtualNetworkId: string;
  /** Id of the subnet for private endpoints. */
  readonly privateEndpointSubnetId: string;
  /** Id of the subnet that is delegated to App Service. */
  readonly appServiceSubnetId: string;
  /** Id of the subnet for training machines. */
  readonly trainingSubnetId: string;
  /**
   * Id of a private DNS zone that is linked to the network, such as `privatelink.azurewebsites.net`.
   * Made at the first call for a zone, shared afterwards. Nothing for an imported network: its owner runs DNS.
   */
  privateDnsZoneId(zone: string): string | undefined;
}
