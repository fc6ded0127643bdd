import { Body, Finding } from '../../model';
import { all, at, beyond, Flow, flowText, gains, Kind, leads, opens, shown, Thing, vanishes } from '../terraform';

/** Networks and what filters them. */
export const NETWORK: { readonly [type: string]: Kind } = {
  azurerm_virtual_network: {
    noun: 'network',
    stops: 'nothing in {it} reaches anything',
    rules: [vanishes('access', 'encryption', 'Traffic between machines of {it} is no longer encrypted.')],
  },
  azurerm_virtual_network_peering: {
    noun: 'peering',
    stops: 'the networks that {it} joins no longer reach each other',
    rules: [
      (thing) =>
        thing.was
          ? []
          : [
              thing.finding(
                'access',
                `Machines in ${shown(at(thing.is, 'remote_virtual_network_id'))} and in ${shown(at(thing.is, 'virtual_network_name'))} may reach each other.`,
              ),
            ],
    ],
  },
  azurerm_subnet: {
    noun: 'subnet',
    stops: 'nothing in {it} reaches anything',
    rules: [
      opens(
        'default_outbound_access_enabled',
        true,
        'Machines of {it} may reach the internet by an address of Azure, past the gateway of the network.',
        { absent: true },
      ),
      opens(
        'private_endpoint_network_policies',
        ['Disabled', 'RouteTableEnabled'],
        'No security rule of {it} filters what reaches its private endpoints.',
        { absent: 'Disabled' },
      ),
    ],
  },
  azurerm_network_security_group: {
    noun: 'security group',
    rules: [
      (thing) =>
        thing.was && thing.is && thing.touched('security_rule')
          ? filters(thing, all(thing.was, 'security_rule'), all(thing.is, 'security_rule'))
          : [],
      (thing) => (!thing.was && thing.is ? filters(thing, [], all(thing.is, 'security_rule')) : []),
    ],
  },
  azurerm_network_security_rule: { noun: 'security rule', rules: [(thing) => filters(thing, rule(thing.was), rule(thing.is))] },
  azurerm_subnet_network_security_group_association: {
    noun: 'association',
    rules: [
      (thing) =>
        thing.change.action === 'remove'
          ? [
              thing.finding(
                'access',
                `Whatever reaches the network may reach every port in ${shown(at(thing.was, 'subnet_id'))}: no security group filters it any more.`,
              ),
            ]
          : [],
      (thing) =>
        thing.was && thing.is && thing.touched('network_security_group_id')
          ? [
              thing.finding(
                'access',
                `Other rules say who may reach ${shown(at(thing.is, 'subnet_id'))}: those of ${shown(at(thing.is, 'network_security_group_id'))}.`,
                true,
              ),
            ]
          : [],
    ],
  },
  azurerm_nat_gateway: { noun: 'gateway', stops: 'machines behind {it} no longer reach the internet' },
  azurerm_nat_gateway_public_ip_association: { noun: 'association', stops: 'machines behind the gateway no longer reach the internet' },
  azurerm_subnet_nat_gateway_association: { noun: 'association', stops: 'machines in the subnet no longer reach the internet' },
  azurerm_public_ip: {
    noun: 'address',
    stops: 'the address of {it} goes back to Azure, for others to get',
    anew: 'The address of {it} is another one from now on: who let the old one in refuses the new one.',
  },
  azurerm_private_endpoint: {
    noun: 'private endpoint',
    stops: 'whoever reaches a service by {it} is cut off',
    rules: [
      vanishes('interrupt', 'private_dns_zone_group', 'The name of the service no longer leads to {it}.'),
      (thing) =>
        thing.change.action === 'remove'
          ? [thing.finding('access', `What still reaches ${target(thing.was)} does so by its public endpoint: the private one is gone.`)]
          : [],
    ],
  },
  azurerm_private_dns_zone: { noun: 'zone', stops: 'names of {it} no longer lead to private addresses' },
  azurerm_private_dns_a_record: {
    noun: 'record',
    stops: '{it} leads nowhere',
    rules: [leads('interrupt', 'records', (was, is) => `{It} leads to ${is}, where it was ${was}.`)],
  },
  azurerm_private_dns_zone_virtual_network_link: {
    noun: 'link',
    stops: 'names of the zone no longer lead to private addresses in the network',
  },
  azurerm_application_gateway: {
    noun: 'gateway',
    stops: 'nothing answers at the address of {it}',
    rules: [gains('access', 'frontend_ip_configuration', () => '{It} may be reached at another address.')],
  },
};

/** What a private endpoint leads to. */
function target(body: Body | undefined): string {
  return shown(at(body, 'private_service_connection.private_connection_resource_id') ?? 'the service');
}

function rule(body: Body | undefined): readonly unknown[] {
  return body ? [body] : [];
}

function filters(thing: Thing, was: readonly unknown[], is: readonly unknown[]): Finding[] {
  const flows = (rules: readonly unknown[], access: string): Flow[] => rules.filter((r) => at(r, 'access') === access).map(flow);
  const opened = beyond(flows(is, 'Allow'), flows(was, 'Allow')).map((f) => thing.finding('access', `${flowText(f)}: {it} allows it.`));
  // A group that goes with its machines lets nobody in.
  const freed = thing.is
    ? beyond(flows(was, 'Deny'), flows(is, 'Deny')).map((f) =>
        thing.finding('access', `${flowText(f)} where another rule allows it: {it} no longer denies it.`),
      )
    : [];
  if (opened.length || freed.length) return [...opened, ...freed];
  const order = (rules: readonly unknown[]): string =>
    [...rules]
      .sort((a, b) => Number(at(a, 'priority')) - Number(at(b, 'priority')))
      .map((r) => String(at(r, 'name')))
      .join();
  return was.length > 1 && is.length === was.length && order(was) !== order(is)
    ? [thing.finding('access', 'The rules of {it} apply in another order: what one denied, another may allow first.', true)]
    : [];
}

function flow(rule: unknown): Flow {
  const texts = (...paths: string[]): string[] => {
    const found = paths.flatMap((p) => all(rule, p).map(String));
    return found.includes('*') ? [] : found;
  };
  const protocol = String(at(rule, 'protocol') ?? '*').toLowerCase();
  return {
    inbound: at(rule, 'direction') !== 'Outbound',
    protocol: protocol === '*' ? '' : protocol,
    ports: texts('destination_port_range', 'destination_port_ranges'),
    from: texts('source_address_prefix', 'source_address_prefixes', 'source_application_security_group_ids'),
    to: texts('destination_address_prefix', 'destination_address_prefixes', 'destination_application_security_group_ids'),
  };
}
