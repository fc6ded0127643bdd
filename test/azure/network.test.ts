import { MlNetwork, MlNetworkProps, NetworkAttributes } from '../../lib/azure/network';
import { problemsOf } from '../contract/room';
import { FakeGroup, SUBSCRIPTION, Synthesized, synth } from './helper';

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
