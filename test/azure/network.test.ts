import { MlNetwork, MlNetworkProps, NetworkAttributes, SubnetUse } from '../../lib/azure/network';
import { subnetFor } from '../../lib/azure/private/subnet';
import { Checks } from '../../lib/core/errors';
import { problemsOf } from '../contract/room';
import { FakeGroup, FakeNetwork, SUBSCRIPTION, Synthesized, synth } from './helper';

const network = (props: Partial<MlNetworkProps> = {}, use: (n: MlNetwork) => void = () => {}): Synthesized =>
  synth((stack) => use(new MlNetwork(stack, 'Network', { resourceGroup: new FakeGroup(stack, 'Group'), ...props })));
const subnets = (s: Synthesized) => new Map(s.all('azurerm_subnet').map((n) => [n.name as string, n]));
const rules = (s: Synthesized, subnet: string) =>
  s
    .all('azurerm_network_security_group')
    .find((g) => g.name.includes(subnet))!
    .security_rule.map((r: { [key: string]: unknown }) => `${r.access} ${r.source_address_prefix} ${r.destination_port_range}`);

test('the network is divided into three subnets without a way out of their own', () => {
  const s = network();
  expect(s.only('azurerm_virtual_network').address_space).toEqual(['10.40.0.0/16']);
  for (const [name, prefix] of [
    ['private-endpoints', '10.40.0.0/19'],
    ['app-service', '10.40.32.0/19'],
    ['training', '10.40.128.0/17'],
  ])
    expect(subnets(s).get(name)).toMatchObject({ address_prefixes: [prefix], default_outbound_access_enabled: false });
  expect(s.all('azurerm_subnet_network_security_group_association')).toHaveLength(3);
});

test('only App Service has its subnet delegated to it', () => {
  const s = subnets(network());
  expect(s.get('app-service')!.delegation[0].service_delegation.name).toBe('Microsoft.Web/serverFarms');
  expect(s.get('training')!.delegation).toBeUndefined();
  expect(s.get('private-endpoints')!.delegation).toBeUndefined();
});

test('nobody from outside reaches a subnet, and training machines reach each other', () => {
  const s = network();
  expect(rules(s, 'training')).toEqual(['Allow 10.40.128.0/17 *', 'Deny * *']);
  expect(rules(s, 'appservice')).toEqual(['Deny * *']);
  expect(rules(s, 'privateendpoints')).toEqual(['Allow VirtualNetwork 443', 'Allow VirtualNetwork 445', 'Deny * *']);
});

test('a NAT gateway leads out of the subnets that compute', () => {
  const s = network();
  expect(s.only('azurerm_public_ip')).toMatchObject({ allocation_method: 'Static', sku: 'Standard' });
  expect(s.all('azurerm_subnet_nat_gateway_association')).toHaveLength(2);
});

test('the NAT gateway can be left out', () => {
  const s = network({ natGateway: false });
  for (const type of ['azurerm_nat_gateway', 'azurerm_public_ip', 'azurerm_subnet_nat_gateway_association'])
    expect(s.all(type)).toEqual([]);
});

test('a private DNS zone is made when it is asked for, once, and linked', () => {
  const s = network({}, (n) => {
    expect(n.privateDnsZoneId('privatelink.azurecr.io')).toBe(n.privateDnsZoneId('privatelink.azurecr.io'));
  });
  expect(s.only('azurerm_private_dns_zone').name).toBe('privatelink.azurecr.io');
  expect(s.all('azurerm_private_dns_zone_virtual_network_link')).toHaveLength(1);
  expect(network().all('azurerm_private_dns_zone')).toEqual([]);
});

test('ranges can be given', () => {
  const s = network({
    addressSpace: '192.168.0.0/22',
    privateEndpointPrefix: '192.168.0.0/28',
    appServicePrefix: '192.168.0.64/26',
    trainingPrefix: '192.168.2.0/23',
  });
  const prefixes = s.all('azurerm_subnet').map((n) => n.address_prefixes[0]);
  expect(prefixes.sort()).toEqual(['192.168.0.0/28', '192.168.0.64/26', '192.168.2.0/23']);
});

test.each<[Partial<MlNetworkProps>, string, string]>([
  [{ addressSpace: '10.0.0.0' }, 'addressSpace', 'write an address and a length, such as 10.40.0.0/16'],
  [{ addressSpace: '10.300.0.0/16' }, 'addressSpace', 'write an address and a length, such as 10.40.0.0/16'],
  [{ addressSpace: '10.40.1.0/16' }, 'addressSpace', 'write 10.40.0.0/16'],
  [{ addressSpace: '10.0.0.0/25' }, 'addressSpace', 'write a range from /8 to /24, such as 10.40.0.0/16'],
  [{ addressSpace: '172.17.0.0/20' }, 'addressSpace', 'write another range, such as 10.40.0.0/16'],
  [{ trainingPrefix: '10.41.0.0/24' }, 'trainingPrefix', 'write a part of 10.40.0.0/16'],
  [{ appServicePrefix: '10.40.32.0/29' }, 'appServicePrefix', 'write a /28 or a larger range'],
  [{ trainingPrefix: '10.40.0.0/24' }, 'trainingPrefix', 'write ranges that have no address in common'],
  [{ privateEndpointPrefix: 'here' }, 'privateEndpointPrefix', 'write an address and a length, such as 10.40.0.0/16'],
])('fails for %p', (props, prop, instead) => {
  expect(problemsOf(() => network(props))).toMatchObject([{ prop, instead }]);
});

const VNET = `/subscriptions/${SUBSCRIPTION}/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/hub`;
const ZONE = `/subscriptions/${SUBSCRIPTION}/resourceGroups/net/providers/Microsoft.Network/privateDnsZones/privatelink.azurecr.io`;
const OWN: NetworkAttributes = {
  virtualNetworkId: VNET,
  privateEndpointSubnetId: `${VNET}/subnets/endpoints`,
  appServiceSubnetId: `${VNET}/subnets/apps`,
  trainingSubnetId: `${VNET}/subnets/training`,
};

test('an existing network creates nothing, and its owner runs DNS', () => {
  const s = synth((stack) => {
    const own = MlNetwork.fromNetworkAttributes(stack, 'Network', OWN);
    expect(own).toMatchObject(OWN);
    expect(own.privateDnsZoneId('privatelink.azurecr.io')).toBeUndefined();
    const zones = MlNetwork.fromNetworkAttributes(stack, 'Zones', { ...OWN, privateDnsZoneIds: { 'privatelink.azurecr.io': ZONE } });
    expect(zones.privateDnsZoneId('privatelink.azurecr.io')).toBe(ZONE);
  });
  expect(s.resources).toEqual([]);
});

test('an existing network is known by ids', () => {
  const wrong = { ...OWN, virtualNetworkId: 'hub', trainingSubnetId: VNET, privateDnsZoneIds: { blob: 'zone' } };
  expect(problemsOf(() => synth((stack) => MlNetwork.fromNetworkAttributes(stack, 'Network', wrong)))).toMatchObject([
    { prop: 'virtualNetworkId', value: 'hub', reason: 'not the id of a Microsoft.Network/virtualNetworks' },
    { prop: 'trainingSubnetId', value: VNET, reason: 'not the id of a Microsoft.Network/virtualNetworks/subnets' },
    { prop: 'privateDnsZoneIds.blob', value: 'zone', reason: 'not the id of a Microsoft.Network/privateDnsZones' },
  ]);
});

test('ids of what exists already are spelled as azurerm takes them', () => {
  synth((stack) => {
    const careless = { ...OWN, appServiceSubnetId: `${VNET.replace('resourceGroups', 'resourcegroups')}/Subnets/Apps` };
    expect(MlNetwork.fromNetworkAttributes(stack, 'Network', careless).appServiceSubnetId).toBe(`${VNET}/subnets/Apps`);
  });
});

describe('a subnet that is kept for one use', () => {
  const { CONTAINER_APPS, POSTGRESQL, MANAGED_LUSTRE } = SubnetUse;

  test('is there when something asks for it, once', () => {
    const s = network({}, (n) => {
      expect(n.subnetId(CONTAINER_APPS)).toBe(n.subnetId(CONTAINER_APPS));
    });
    expect([...subnets(s).keys()].sort()).toEqual(['app-service', 'container-apps', 'private-endpoints', 'training']);
    expect([...subnets(network()).keys()]).not.toContain('container-apps');
  });

  test('does not change the others', () => {
    const others = (s: Synthesized) => ['private-endpoints', 'app-service', 'training'].map((name) => subnets(s).get(name));
    const all = network({}, (n) => [CONTAINER_APPS, POSTGRESQL, MANAGED_LUSTRE].forEach((use) => n.subnetId(use)));
    expect(others(all)).toEqual(others(network()));
  });

  test.each([
    [CONTAINER_APPS, '10.40.64.0/19', 'Microsoft.App/environments'],
    [POSTGRESQL, '10.40.96.0/20', 'Microsoft.DBforPostgreSQL/flexibleServers'],
    [MANAGED_LUSTRE, '10.40.112.0/20', undefined],
  ])('%s is in the part of the network that was free', (use, prefix, service) => {
    const made = subnets(network({}, (n) => void n.subnetId(use))).get(use)!;
    expect(made).toMatchObject({ address_prefixes: [prefix], default_outbound_access_enabled: false });
    expect(made.delegation?.[0].service_delegation.name).toBe(service);
  });

  test.each([
    [CONTAINER_APPS, 'containerapps', '31443'],
    [POSTGRESQL, 'postgresql', '5432'],
    [MANAGED_LUSTRE, 'managedlustre', '988'],
  ])('%s is reached from the network only', (use, name, port) => {
    const found = rules(
      network({}, (n) => void n.subnetId(use)),
      name,
    );
    expect(found).toContain(`Allow VirtualNetwork ${port}`);
    expect(found.at(-1)).toBe('Deny * *');
    expect(found.filter((r: string) => /^Allow (\*|Internet)/.test(r))).toEqual([]);
  });

  test('has its way out through the NAT gateway', () => {
    const s = network({}, (n) => void n.subnetId(CONTAINER_APPS));
    expect(s.all('azurerm_subnet_nat_gateway_association')).toHaveLength(3);
  });

  test('can be placed', () => {
    const s = network({ containerAppsPrefix: '10.40.64.0/27' }, (n) => void n.subnetId(CONTAINER_APPS));
    expect(subnets(s).get('container-apps')!.address_prefixes).toEqual(['10.40.64.0/27']);
    expect(problemsOf(() => network({ postgresqlPrefix: '10.40.0.0/28' }))).toMatchObject([
      { prop: 'postgresqlPrefix', reason: 'overlaps privateEndpointPrefix, 10.40.0.0/19' },
    ]);
  });

  test('that has no place is refused when it is asked for, and not before', () => {
    const full = (use: (n: MlNetwork) => void = () => {}) => network({ appServicePrefix: '10.40.64.0/18' }, use);
    expect(full().all('azurerm_subnet')).toHaveLength(3);
    expect(problemsOf(() => full((n) => void n.subnetId(CONTAINER_APPS)))).toMatchObject([
      {
        prop: 'containerAppsPrefix',
        reason: 'a subnet for Container Apps is needed, and it overlaps appServicePrefix, 10.40.64.0/18',
        instead: 'write a part of 10.40.0.0/16 that is free',
      },
    ]);
  });

  test('of an existing network is the one that its owner names', () => {
    synth((stack) => {
      const own = MlNetwork.fromNetworkAttributes(stack, 'Network', { ...OWN, containerAppsSubnetId: `${VNET}/subnets/aca` });
      expect(own.subnetId(CONTAINER_APPS)).toBe(`${VNET}/subnets/aca`);
      expect(own.subnetId(POSTGRESQL)).toBeUndefined();
    });
    const wrong = { ...OWN, managedLustreSubnetId: 'lustre' };
    expect(problemsOf(() => synth((stack) => MlNetwork.fromNetworkAttributes(stack, 'Network', wrong)))).toMatchObject([
      { prop: 'managedLustreSubnetId', value: 'lustre' },
    ]);
  });

  test('is had by one alone where Azure lets no other in', () => {
    synth((stack) => {
      const own = new FakeNetwork(stack, 'Network');
      const [one, two] = ['One', 'Two'].map((id) => new FakeGroup(stack, id));
      const checks = new Checks(stack, 'azure.Test');
      subnetFor(checks, own, CONTAINER_APPS, one);
      subnetFor(checks, own, CONTAINER_APPS, one);
      expect(checks.found).toEqual([]);
      subnetFor(checks, own, CONTAINER_APPS, two);
      expect(checks.found).toMatchObject([
        { prop: 'network', reason: "test/One has the network's subnet of this kind, and Azure lets no other in" },
      ]);
    });
  });
});

test('further ports of private endpoints are opened once, in an order of their own', () => {
  const ports = (...opened: number[]) =>
    rules(
      network({}, (n) => opened.forEach((port) => n.allowToPrivateEndpoints(port))),
      'privateendpoints',
    );
  expect(ports(5432, 2049, 443, 2049)).toEqual(ports(2049, 5432));
  expect(ports(2049)).toEqual(['Allow VirtualNetwork 443', 'Allow VirtualNetwork 445', 'Allow VirtualNetwork 2049', 'Deny * *']);
});
