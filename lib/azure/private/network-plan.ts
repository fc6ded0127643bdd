import type { NetworkSecurityGroupSecurityRule } from '@cdktf/provider-azurerm/lib/network-security-group';
import type { SubnetDelegation } from '@cdktf/provider-azurerm/lib/subnet';
import { Checks } from '../../core/errors';
import type { MlNetworkProps, SubnetUse } from '../network';
import { Cidr, inside, overlap, parseCidr, part } from './cidr';

/** Azure keeps five addresses of each subnet for itself; under a /28 App Service cannot scale. */
const LONGEST_PREFIX = 28;

/** A rule of a security group for what comes in. */
export function inbound(priority: number, name: string, access: string, from: string): NetworkSecurityGroupSecurityRule {
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

/** How a network is divided. */
export interface Ranges {
  readonly network: string;
  readonly privateEndpoints: string;
  readonly appService: string;
  readonly training: string;
  /** The subnets that are there, and those that were placed, by their props. */
  readonly all: readonly { readonly prop: string; readonly range: Cidr }[];
  /** Where subnets for one use go. */
  readonly kept: { readonly [use in SubnetUse]: Cidr };
}

const NONE: Cidr = { text: '', start: 0, end: 0, bits: 0 };
const NO_RANGES: Ranges = {
  network: '',
  privateEndpoints: '',
  appService: '',
  training: '',
  all: [],
  kept: { 'container-apps': NONE, postgresql: NONE, 'managed-lustre': NONE },
};

/** What the network makes of a subnet that is kept for one use. */
export interface Kept {
  readonly id: string;
  readonly rules: NetworkSecurityGroupSecurityRule[];
  readonly delegation?: SubnetDelegation[];
  readonly serviceEndpoints?: string[];
}

/** What the service is called. */
export const TITLE: { readonly [use in SubnetUse]: string } = {
  'container-apps': 'Container Apps',
  postgresql: 'PostgreSQL',
  'managed-lustre': 'Managed Lustre',
};
/** The prop that says where each goes. */
export const PREFIX: { readonly [use in SubnetUse]: 'containerAppsPrefix' | 'postgresqlPrefix' | 'managedLustrePrefix' } = {
  'container-apps': 'containerAppsPrefix',
  postgresql: 'postgresqlPrefix',
  'managed-lustre': 'managedLustrePrefix',
};
/** The longest prefix that each takes. */
export const LONGEST_KEPT: { readonly [use in SubnetUse]: number } = {
  'container-apps': 27,
  postgresql: 28,
  'managed-lustre': 27,
};
/** How each subnet is made, by its range. */
export const KEPT: { readonly [use in SubnetUse]: (range: string) => Kept } = {
  // https://learn.microsoft.com/azure/container-apps/firewall-integration
  'container-apps': (range) => ({
    id: 'ContainerApps',
    rules: [
      inbound(100, 'AllowEnvironment', 'Allow', range),
      { ...inbound(110, 'AllowNetwork', 'Allow', 'VirtualNetwork'), protocol: 'Tcp', destinationPortRange: '443' },
      { ...inbound(120, 'AllowNetworkToProxy', 'Allow', 'VirtualNetwork'), protocol: 'Tcp', destinationPortRange: '31443' },
      { ...inbound(130, 'AllowProbes', 'Allow', 'AzureLoadBalancer'), protocol: 'Tcp', destinationPortRange: '30000-32767' },
      inbound(4096, 'DenyRest', 'Deny', '*'),
    ],
    delegation: delegatedTo('Microsoft.App/environments', 'container-apps'),
  }),
  // https://learn.microsoft.com/azure/postgresql/network/concepts-networking-private
  postgresql: () => ({
    id: 'Postgresql',
    rules: [
      { ...inbound(100, 'AllowNetwork', 'Allow', 'VirtualNetwork'), protocol: 'Tcp', destinationPortRange: '5432' },
      { ...inbound(110, 'AllowPooler', 'Allow', 'VirtualNetwork'), protocol: 'Tcp', destinationPortRange: '6432' },
      inbound(4096, 'DenyRest', 'Deny', '*'),
    ],
    delegation: delegatedTo('Microsoft.DBforPostgreSQL/flexibleServers', 'postgresql'),
    // Azure adds it by itself, for the log that is shipped to storage.
    serviceEndpoints: ['Microsoft.Storage'],
  }),
  // https://learn.microsoft.com/azure/azure-managed-lustre/amlfs-prerequisites
  'managed-lustre': (range) => ({
    id: 'ManagedLustre',
    rules: [
      inbound(100, 'AllowServers', 'Allow', range),
      { ...inbound(110, 'AllowClients', 'Allow', 'VirtualNetwork'), protocol: 'Tcp', destinationPortRange: '988' },
      { ...inbound(120, 'AllowClientsReserved', 'Allow', 'VirtualNetwork'), protocol: 'Tcp', destinationPortRange: '1019-1023' },
      inbound(4096, 'DenyRest', 'Deny', '*'),
    ],
  }),
};

function delegatedTo(service: string, name: string): SubnetDelegation[] {
  return [{ name, serviceDelegation: { name: service, actions: ['Microsoft.Network/virtualNetworks/subnets/join/action'] } }];
}

/** Divides the network, and checks what was asked for. */
export function plan(checks: Checks, props: MlNetworkProps): Ranges {
  const read = (prop: string, text: string): Cidr | undefined => checks.collect(() => parseCidr(prop, text));
  const network = read('addressSpace', props.addressSpace ?? '10.40.0.0/16');
  if (!network) return NO_RANGES;
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
  const kept = {
    'container-apps': part(network, 3, 2),
    postgresql: part(network, 4, 6),
    'managed-lustre': part(network, 4, 7),
  };
  // Where they are when nobody says it is looked at when somebody asks for them: most networks have none of them.
  for (const use of Object.keys(PREFIX) as SubnetUse[]) {
    const given = props[PREFIX[use]];
    if (given === undefined) continue;
    kept[use] = read(PREFIX[use], given) ?? kept[use];
    subnets.push({ prop: PREFIX[use], range: kept[use] });
  }
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
    all: subnets,
    kept,
  };
}
