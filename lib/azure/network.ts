import { NatGateway } from '@cdktf/provider-azurerm/lib/nat-gateway';
import { NatGatewayPublicIpAssociation } from '@cdktf/provider-azurerm/lib/nat-gateway-public-ip-association';
import { NetworkSecurityGroup, NetworkSecurityGroupSecurityRule } from '@cdktf/provider-azurerm/lib/network-security-group';
import { PrivateDnsZone } from '@cdktf/provider-azurerm/lib/private-dns-zone';
import { PrivateDnsZoneVirtualNetworkLink } from '@cdktf/provider-azurerm/lib/private-dns-zone-virtual-network-link';
import { PublicIp } from '@cdktf/provider-azurerm/lib/public-ip';
import { Subnet, SubnetDelegation } from '@cdktf/provider-azurerm/lib/subnet';
import { SubnetNatGatewayAssociation } from '@cdktf/provider-azurerm/lib/subnet-nat-gateway-association';
import { SubnetNetworkSecurityGroupAssociation } from '@cdktf/provider-azurerm/lib/subnet-network-security-group-association';
import { VirtualNetwork } from '@cdktf/provider-azurerm/lib/virtual-network';
import { Construct, IConstruct } from 'constructs';
import { Checks } from '../core/errors';
import { parity } from '../core/parity';
import { Cidr, inside, overlap, parseCidr, part } from './private/cidr';
import { localName } from './private/name';
import { parseResourceId } from './private/resource-id';
import { checksFor } from './private/root';
import { IResourceGroup } from './resource-group';

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

/** Props of `MlNetwork`. */
export interface MlNetworkProps {
  /** Where it is put. */
  readonly resourceGroup: IResourceGroup;
  /**
   * Addresses of the network, from a /8 to a /24. Not 172.17.0.0/16, which Docker uses on training machines.
   *
   * @default "10.40.0.0/16"
   */
  readonly addressSpace?: string;
  /**
   * Addresses of the subnet for private endpoints; each endpoint takes one, each workspace some ten.
   *
   * @default - the first eighth of the network
   */
  readonly privateEndpointPrefix?: string;
  /**
   * Addresses of the subnet that is delegated to App Service; each instance of a service takes one.
   *
   * @default - the second eighth of the network
   */
  readonly appServicePrefix?: string;
  /**
   * Addresses of the subnet for training; each machine takes one.
   *
   * @default - the second half of the network
   */
  readonly trainingPrefix?: string;
  /**
   * A NAT gateway, through which training machines and services reach the internet. It costs about 33 USD a month, and its traffic.
   * Training machines have no public address, so without it they need another way out, such as a firewall in a peered network.
   *
   * @default true
   */
  readonly natGateway?: boolean;
}

/** A virtual network that exists already. */
export interface NetworkAttributes {
  /** Its id. */
  readonly virtualNetworkId: string;
  /** Id of a subnet for private endpoints. */
  readonly privateEndpointSubnetId: string;
  /** Id of a subnet that is delegated to `Microsoft.Web/serverFarms`. */
  readonly appServiceSubnetId: string;
  /** Id of a subnet for training machines, not delegated, with a way out to the internet. */
  readonly trainingSubnetId: string;
  /**
   * Ids of the private DNS zones that its owner has linked to it, by zone: `privatelink.blob.core.windows.net`.
   *
   * @default - none; the owner's policy, or a person, enters the names of private endpoints
   */
  readonly privateDnsZoneIds?: { readonly [zone: string]: string };
}

/** Azure keeps five addresses of each subnet for itself; under a /28 App Service cannot scale. */
const LONGEST_PREFIX = 28;

/**
 * A private network in which an ML platform lives: nothing in it can be reached from the internet.
 *
 * Defines a virtual network with three subnets (private endpoints, App Service, training), a network security group for each,
 * a NAT gateway for the way out, and private DNS zones as they are needed.
 * Subnets have no default outbound access. Training machines reach each other; nobody else reaches them.
 *
 * The NAT gateway costs about 33 USD a month even when nothing runs, a private DNS zone half a dollar.
 *
 * @example
 * const network = new azure.MlNetwork(this, 'Network', { resourceGroup: group, addressSpace: '10.12.0.0/16' });
 *
 * @see https://learn.microsoft.com/azure/app-service/overview-vnet-integration#subnet-requirements
 */
export class MlNetwork extends Construct implements INetwork {
  /** A network that exists already; nothing is created in it but private endpoints. */
  public static fromNetworkAttributes(scope: Construct, id: string, attributes: NetworkAttributes): INetwork {
    return new ImportedNetwork(scope, id, attributes);
  }

  public readonly virtualNetworkId: string;
  public readonly privateEndpointSubnetId: string;
  public readonly appServiceSubnetId: string;
  public readonly trainingSubnetId: string;
  private readonly group: IResourceGroup;
  private readonly network: VirtualNetwork;
  private readonly name: string;
  private readonly zones = new Map<string, string>();

  public constructor(scope: Construct, id: string, props: MlNetworkProps) {
    super(scope, id);
    const checks = checksFor(this, 'azure.MlNetwork');
    const ranges = plan(checks, props);
    checks.done();
    this.group = props.resourceGroup;
    this.name = localName(this, 50);
    this.network = new VirtualNetwork(this, 'Resource', {
      name: this.name,
      resourceGroupName: this.group.resourceGroupName,
      location: this.group.location,
      addressSpace: [ranges.network],
    });
    this.virtualNetworkId = this.network.id;
    const nat = (props.natGateway ?? true) ? this.natGateway() : undefined;
    this.privateEndpointSubnetId = this.subnet('PrivateEndpoints', ranges.privateEndpoints, [
      { ...inbound(100, 'AllowNetwork', 'Allow', 'VirtualNetwork'), protocol: 'Tcp', destinationPortRange: '443' },
      // Azure ML mounts file shares of its own account.
      { ...inbound(110, 'AllowFileShares', 'Allow', 'VirtualNetwork'), protocol: 'Tcp', destinationPortRange: '445' },
      inbound(4096, 'DenyRest', 'Deny', '*'),
    ]);
    this.appServiceSubnetId = this.subnet('AppService', ranges.appService, [inbound(4096, 'DenyAll', 'Deny', '*')], nat, [
      {
        name: 'app-service',
        serviceDelegation: { name: 'Microsoft.Web/serverFarms', actions: ['Microsoft.Network/virtualNetworks/subnets/action'] },
      },
    ]);
    this.trainingSubnetId = this.subnet(
      'Training',
      ranges.training,
      [inbound(100, 'AllowGang', 'Allow', ranges.training), inbound(4096, 'DenyRest', 'Deny', '*')],
      nat,
    );
    parity.mapped(this, 'azure', '', 'virtual network with subnets for private endpoints, App Service and training');
  }

  public privateDnsZoneId(zone: string): string | undefined {
    const known = this.zones.get(zone);
    if (known) return known;
    const holder = new Construct(this, `Zone-${zone}`);
    const made = new PrivateDnsZone(holder, 'Resource', { name: zone, resourceGroupName: this.group.resourceGroupName });
    new PrivateDnsZoneVirtualNetworkLink(holder, 'Link', {
      name: this.name,
      resourceGroupName: this.group.resourceGroupName,
      privateDnsZoneName: made.name,
      virtualNetworkId: this.virtualNetworkId,
    });
    const id = made.id;
    this.zones.set(zone, id);
    return id;
  }

  private natGateway(): NatGateway {
    const { resourceGroupName, location } = this.group;
    const gateway = new NatGateway(this, 'Nat', { name: `${this.name}-nat`, resourceGroupName, location });
    const address = new PublicIp(this, 'NatAddress', {
      name: `${this.name}-nat`,
      resourceGroupName,
      location,
      allocationMethod: 'Static',
      sku: 'Standard',
    });
    new NatGatewayPublicIpAssociation(this, 'NatAddressAssociation', { natGatewayId: gateway.id, publicIpAddressId: address.id });
    return gateway;
  }

  private subnet(
    id: string,
    prefix: string,
    rules: NetworkSecurityGroupSecurityRule[],
    nat?: NatGateway,
    delegation?: SubnetDelegation[],
  ): string {
    const { resourceGroupName, location } = this.group;
    const holder = new Construct(this, id);
    const subnet = new Subnet(holder, 'Resource', {
      name: id.replace(/([a-z])([A-Z])/g, '$1-$2').toLowerCase(),
      resourceGroupName,
      virtualNetworkName: this.network.name,
      addressPrefixes: [prefix],
      defaultOutboundAccessEnabled: false,
      privateEndpointNetworkPolicies: 'NetworkSecurityGroupEnabled',
      delegation,
    });
    const group = new NetworkSecurityGroup(holder, 'SecurityGroup', {
      name: localName(holder),
      resourceGroupName,
      location,
      securityRule: rules,
    });
    new SubnetNetworkSecurityGroupAssociation(holder, 'SecurityGroupAssociation', {
      subnetId: subnet.id,
      networkSecurityGroupId: group.id,
    });
    if (nat) new SubnetNatGatewayAssociation(holder, 'NatAssociation', { subnetId: subnet.id, natGatewayId: nat.id });
    return subnet.id;
  }
}

class ImportedNetwork extends Construct implements INetwork {
  public readonly virtualNetworkId: string;
  public readonly privateEndpointSubnetId: string;
  public readonly appServiceSubnetId: string;
  public readonly trainingSubnetId: string;
  private readonly zones: { readonly [zone: string]: string };

  public constructor(scope: Construct, id: string, attributes: NetworkAttributes) {
    super(scope, id);
    const checks = checksFor(this, 'azure.MlNetwork');
    const spelled = (prop: string, given: string, kind: string): string =>
      parseResourceId(checks, prop, given, `Microsoft.Network/${kind}`).id;
    const subnet = 'virtualNetworks/subnets';
    this.virtualNetworkId = spelled('virtualNetworkId', attributes.virtualNetworkId, 'virtualNetworks');
    this.privateEndpointSubnetId = spelled('privateEndpointSubnetId', attributes.privateEndpointSubnetId, subnet);
    this.appServiceSubnetId = spelled('appServiceSubnetId', attributes.appServiceSubnetId, subnet);
    this.trainingSubnetId = spelled('trainingSubnetId', attributes.trainingSubnetId, subnet);
    this.zones = Object.fromEntries(
      Object.entries(attributes.privateDnsZoneIds ?? {}).map(([zone, zoneId]) => [
        zone,
        spelled(`privateDnsZoneIds.${zone}`, zoneId, 'privateDnsZones'),
      ]),
    );
    checks.done();
  }

  public privateDnsZoneId(zone: string): string | undefined {
    return this.zones[zone];
  }
}

function inbound(priority: number, name: string, access: string, from: string): NetworkSecurityGroupSecurityRule {
  return {
    name,
    priority,
    direction: 'Inbound',
    access,
    protocol: '*',
    sourceAddressPrefix: from,
    sourcePortRange: '*',
    destinationAddressPrefix: '*',
    destinationPortRange: '*',
  };
}

interface Ranges {
  readonly network: string;
  readonly privateEndpoints: string;
  readonly appService: string;
  readonly training: string;
}

/** Divides the network, and checks what was asked for. */
function plan(checks: Checks, props: MlNetworkProps): Ranges {
  const read = (prop: string, text: string): Cidr | undefined => checks.collect(() => parseCidr(prop, text));
  const network = read('addressSpace', props.addressSpace ?? '10.40.0.0/16');
  if (!network) return { network: '', privateEndpoints: '', appService: '', training: '' };
  checks.require(
    network.bits >= 8 && network.bits <= 24,
    'limit',
    'addressSpace',
    network.text,
    'a network of this kind needs a /24 at least, and Azure takes a /8 at most',
    'write a range from /8 to /24, such as 10.40.0.0/16',
  );
  checks.require(
    !overlap(network, parseCidr('', '172.17.0.0/16')),
    'conflict',
    'addressSpace',
    network.text,
    'Docker uses 172.17.0.0/16 on training machines',
    'write another range, such as 10.40.0.0/16',
  );
  const subnets = [
    { prop: 'privateEndpointPrefix', given: props.privateEndpointPrefix, rest: part(network, 3, 0) },
    { prop: 'appServicePrefix', given: props.appServicePrefix, rest: part(network, 3, 1) },
    { prop: 'trainingPrefix', given: props.trainingPrefix, rest: part(network, 1, 1) },
  ].map(({ prop, given, rest }) => ({ prop, range: (given === undefined ? rest : read(prop, given)) ?? rest }));
  subnets.forEach(({ prop, range }, i) => {
    checks.require(
      inside(range, network),
      'conflict',
      prop,
      range.text,
      `not within the network, ${network.text}`,
      `write a part of ${network.text}`,
    );
    checks.require(
      range.bits <= LONGEST_PREFIX,
      'limit',
      prop,
      range.text,
      'Azure keeps five addresses of a subnet for itself, and too few are left',
      'write a /28 or a larger range',
    );
    for (const other of subnets.slice(0, i))
      checks.require(
        !overlap(range, other.range),
        'conflict',
        prop,
        range.text,
        `overlaps ${other.prop}, ${other.range.text}`,
        'write ranges that have no address in common',
      );
  });
  return {
    network: network.text,
    privateEndpoints: subnets[0].range.text,
    appService: subnets[1].range.text,
    training: subnets[2].range.text,
  };
}
