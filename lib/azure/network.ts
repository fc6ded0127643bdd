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
import { parity } from '../core/parity';
import { overlap } from './private/cidr';
import { keepRange } from './private/subnet';
import { localName } from './private/name';
import { inbound, KEPT, LONGEST_KEPT, plan, PREFIX, Ranges, TITLE } from './private/network-plan';
import { parseResourceId } from './private/resource-id';
import { checksFor } from './private/root';
import { IResourceGroup } from './resource-group';

/** What a subnet is kept for, because Azure lets nothing else into it. */
export enum SubnetUse {
  /** One Container Apps environment; delegated to `Microsoft.App/environments`. A /27 at least. */
  CONTAINER_APPS = 'container-apps',
  /** PostgreSQL flexible servers; delegated to `Microsoft.DBforPostgreSQL/flexibleServers`. A /28 at least. */
  POSTGRESQL = 'postgresql',
  /** Managed Lustre file systems; not delegated. */
  MANAGED_LUSTRE = 'managed-lustre',
}

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
  /**
   * Id of the subnet that is kept for one use. Made at the first call for a use, shared afterwards.
   * Nothing for an imported network whose owner has named none.
   */
  subnetId(use: SubnetUse): string | undefined;
  /**
   * Lets machines of the network reach private endpoints on a further TCP port beside 443, such as 2049 of NFS.
   * Does nothing for an imported network: its owner runs its security groups.
   */
  allowToPrivateEndpoints(port: number): void;
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
   * Addresses of the subnet for a Container Apps environment, which is there if something asks for it; a /27 at least.
   *
   * @default - the third eighth of the network
   */
  readonly containerAppsPrefix?: string;
  /**
   * Addresses of the subnet for PostgreSQL flexible servers, which is there if something asks for it; a /28 at least.
   *
   * @default - the first half of the fourth eighth of the network
   */
  readonly postgresqlPrefix?: string;
  /**
   * Addresses of the subnet for Managed Lustre, which is there if something asks for it; a /27 at least, larger for more than 16 TiB.
   *
   * @default - the second half of the fourth eighth of the network
   */
  readonly managedLustrePrefix?: string;
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
   * Id of a subnet of a /27 at least that is delegated to `Microsoft.App/environments`, in which nothing else is.
   *
   * @default - none; a tracking server of the platform's own needs it
   */
  readonly containerAppsSubnetId?: string;
  /**
   * Id of a subnet that is delegated to `Microsoft.DBforPostgreSQL/flexibleServers`.
   *
   * @default - none
   */
  readonly postgresqlSubnetId?: string;
  /**
   * Id of a subnet of a /27 at least for Managed Lustre, with a way out to Azure's services.
   *
   * @default - none; a parallel file system needs it
   */
  readonly managedLustreSubnetId?: string;
  /**
   * Ids of the private DNS zones that its owner has linked to it, by zone: `privatelink.blob.core.windows.net`.
   *
   * @default - none; the owner's policy, or a person, enters the names of private endpoints
   */
  readonly privateDnsZoneIds?: { readonly [zone: string]: string };
}

/**
 * A private network in which an ML platform lives: nothing in it can be reached from the internet.
 *
 * Defines a virtual network with three subnets (private endpoints, App Service, training), a network security group for each,
 * a NAT gateway for the way out, and private DNS zones as they are needed. Further subnets, for Container Apps, PostgreSQL and Managed Lustre,
 * are made when something asks for them.
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
  private readonly subnets = new Map<SubnetUse, string>();
  private readonly opened = new Set<number>();
  private readonly ranges: Ranges;
  private readonly nat: NatGateway | undefined;

  public constructor(scope: Construct, id: string, props: MlNetworkProps) {
    super(scope, id);
    const checks = checksFor(this, 'azure.MlNetwork');
    const ranges = (this.ranges = plan(checks, props));
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
    const nat = (this.nat = (props.natGateway ?? true) ? this.natGateway() : undefined);
    this.privateEndpointSubnetId = this.subnet('PrivateEndpoints', ranges.privateEndpoints, this.endpointRules());
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

  public subnetId(use: SubnetUse): string | undefined {
    const known = this.subnets.get(use);
    if (known) return known;
    const range = this.ranges.kept[use];
    const checks = checksFor(this, 'azure.MlNetwork');
    checks.require(
      range.bits <= LONGEST_KEPT[use],
      'limit',
      PREFIX[use],
      range.text,
      `a subnet for ${TITLE[use]} needs a /${LONGEST_KEPT[use]} at least`,
      `write a larger part of ${this.ranges.network} that is free, or a larger addressSpace`,
    );
    for (const other of this.ranges.all)
      if (other.prop !== PREFIX[use])
        checks.require(
          !overlap(range, other.range),
          'conflict',
          PREFIX[use],
          range.text,
          `a subnet for ${TITLE[use]} is needed, and it overlaps ${other.prop}, ${other.range.text}`,
          `write a part of ${this.ranges.network} that is free`,
        );
    checks.done();
    const { id, rules, delegation, serviceEndpoints } = KEPT[use](range.text);
    const made = this.subnet(id, range.text, rules, this.nat, delegation, serviceEndpoints);
    this.subnets.set(use, made);
    keepRange(this, use, range);
    return made;
  }

  public allowToPrivateEndpoints(port: number): void {
    if (port === 443 || port === 445 || this.opened.has(port)) return;
    this.opened.add(port);
    const group = this.node.findChild('PrivateEndpoints').node.findChild('SecurityGroup') as NetworkSecurityGroup;
    group.putSecurityRule(this.endpointRules());
  }

  /** In the order of their ports, so that they do not depend on who asked first. */
  private endpointRules(): NetworkSecurityGroupSecurityRule[] {
    const tcp = (priority: number, name: string, port: number): NetworkSecurityGroupSecurityRule => ({
      ...inbound(priority, name, 'Allow', 'VirtualNetwork'),
      protocol: 'Tcp',
      destinationPortRange: String(port),
    });
    const further = [...this.opened].sort((a, b) => a - b).map((port) => tcp(200 + (port % 3800), `AllowPort${port}`, port));
    // Azure ML mounts file shares of its own account.
    return [tcp(100, 'AllowNetwork', 443), tcp(110, 'AllowFileShares', 445), ...further, inbound(4096, 'DenyRest', 'Deny', '*')];
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
    serviceEndpoints?: string[],
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
      serviceEndpoints,
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
  private readonly subnets: { readonly [use in SubnetUse]: string | undefined };

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
    const kept = (prop: 'containerAppsSubnetId' | 'postgresqlSubnetId' | 'managedLustreSubnetId'): string | undefined => {
      const given = attributes[prop];
      return given === undefined ? undefined : spelled(prop, given, subnet);
    };
    this.subnets = {
      [SubnetUse.CONTAINER_APPS]: kept('containerAppsSubnetId'),
      [SubnetUse.POSTGRESQL]: kept('postgresqlSubnetId'),
      [SubnetUse.MANAGED_LUSTRE]: kept('managedLustreSubnetId'),
    };
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

  public subnetId(use: SubnetUse): string | undefined {
    return this.subnets[use];
  }

  public allowToPrivateEndpoints(_port: number): void {}
}
