import { Body, Finding } from '../../model';
import { all, at, beyond, drops, Flow, flowText, gains, Kind, leads, missing, opens, shown, stops, Thing, vanishes } from '../terraform';

/** Networks and what filters them. */
export const NETWORK: { readonly [type: string]: Kind } = {
  google_compute_network: { noun: 'network', stops: 'nothing in {it} reaches anything' },
  google_compute_subnetwork: {
    noun: 'subnetwork',
    stops: 'nothing in {it} reaches anything',
    rules: [
      opens('ipv6_access_type', ['EXTERNAL'], 'Machines of {it} get public IPv6 addresses.', { onAdd: true }),
      stops(
        'private_ip_google_access',
        false,
        'Machines of {it} without a public address no longer reach the APIs of Google past the internet.',
        { absent: false },
      ),
      vanishes('interrupt', 'log_config', 'Nobody sees the traffic of {it} any more: its flow logs are gone.'),
    ],
  },
  google_compute_firewall: {
    noun: 'firewall rule',
    rules: [firewall, vanishes('interrupt', 'log_config', 'Nobody sees any more what {it} lets in or keeps out: its log is off.')],
  },
  google_compute_router: { noun: 'router', stops: 'machines without a public address no longer reach the internet by {it}' },
  google_compute_router_nat: {
    noun: 'NAT',
    stops: 'machines without a public address no longer reach the internet by {it}',
    rules: [stops('log_config.enable', false, 'Nobody sees any more what {it} drops: its log is off.', { absent: false })],
  },
  google_compute_address: {
    noun: 'address',
    stops: 'the address of {it} goes back to Google, for others to get',
    anew: 'The address of {it} is another one from now on.',
  },
  google_compute_global_address: {
    noun: 'address',
    stops: 'the address of {it} goes back to Google, for others to get',
    anew: 'The address of {it} is another one from now on.',
  },
  google_service_networking_connection: {
    noun: 'connection to services',
    stays: ({ deletion_policy }) => deletion_policy === 'ABANDON',
    stops: 'services of Google with private addresses are no longer reached',
    rules: [
      drops('interrupt', 'reserved_peering_ranges', (items) => `Services of Google with addresses of ${items} are no longer reached.`),
      gains('access', 'reserved_peering_ranges', (items) => `Services of Google with addresses of ${items} are in reach of the network.`),
    ],
  },
  google_vpc_access_connector: { noun: 'connector', stops: 'services that use {it} no longer reach the network' },
  google_dns_managed_zone: {
    noun: 'zone',
    holds: 'every record in it',
    guard: ({ force_destroy }) =>
      force_destroy === true ? undefined : 'Google refuses that as long as records are in it, because `force_destroy` is off.',
    stops: 'names in {it} lead nowhere',
    rules: [
      opens('visibility', ['public'], 'Everybody may look up the names in {it}.', { absent: 'public', onAdd: true }),
      visible,
      opens('dnssec_config.state', ['off'], 'Whoever answers first may say where names in {it} lead: it is no longer signed.', {
        absent: 'off',
      }),
      stops('cloud_logging_config.enable_logging', false, 'Nobody sees any more who looks up what in {it}: its log is off.', {
        absent: false,
      }),
      ...['forwarding_config.target_name_servers', 'peering_config.target_network.network_url'].map((p) =>
        leads('access', p, (was, is) => `Whoever runs ${is} says where names in {it} lead, where it was ${was}.`),
      ),
    ],
  },
  google_dns_record_set: {
    noun: 'record',
    stops: '{it} leads nowhere',
    rules: [leads('interrupt', 'rrdatas', (was, is) => `{It} leads to ${is}, where it was ${was}.`)],
  },
};

/** The networks that a private zone answers in. */
function visible(thing: Thing): Finding[] {
  const path = 'private_visibility_config.networks';
  if (!thing.was || !thing.is || !thing.touched(path)) return [];
  const [was, is] = [thing.was, thing.is].map((b) => all(b, path).map((n) => at(n, 'network_url')));
  const [come, gone] = [missing(is, was), missing(was, is)];
  return [
    ...(come.length ? [thing.finding('access', `Machines in ${shown(come)} may look up the names in {it}.`)] : []),
    ...(gone.length ? [thing.finding('interrupt', `Names in {it} lead nowhere for machines in ${shown(gone)}.`)] : []),
  ];
}

function firewall(thing: Thing): Finding[] {
  const { was, is } = thing;
  const [before, after] = [was, is].map((b) => ({ allow: flows(b, 'allow'), deny: flows(b, 'deny') }));
  const moved = was && is && network(was) !== network(is);
  const opened = beyond(after.allow, moved ? [] : before.allow).map((f) =>
    thing.finding('access', `${flowText(f)} in the network ${network(is)}: {it} allows it.`),
  );
  const freed = beyond(before.deny, moved ? [] : after.deny).map((f) =>
    thing.finding('access', `${flowText(f)} in the network ${network(was)} where another rule allows it: {it} no longer denies it.`),
  );
  if (opened.length || freed.length || !was || !is) return [...opened, ...freed];
  const [from, to] = [was, is].map((b) => Number(at(b, 'priority') ?? 1000));
  const stronger = after.allow.length ? to < from : to > from;
  return stronger
    ? [
        thing.finding(
          'access',
          `{It} counts ${after.allow.length ? 'before' : 'after'} others now: its priority is ${to}, where it was ${from}.`,
          true,
        ),
      ]
    : [];
}

function network(body: Body | undefined): string {
  return String(at(body, 'network') ?? '').replace(/^\$\{(.*)\.\w+\}$/, '$1');
}

function flows(body: Body | undefined, effect: 'allow' | 'deny'): Flow[] {
  if (!body || at(body, 'disabled') === true) return [];
  const inbound = String(at(body, 'direction') ?? 'INGRESS').toUpperCase() !== 'EGRESS';
  const texts = (...paths: string[]): string[] => paths.flatMap((p) => all(body, p).map(String));
  const targets = texts('target_tags', 'target_service_accounts');
  const sources = texts('source_ranges', 'source_tags', 'source_service_accounts');
  const destinations = texts('destination_ranges');
  return all(body, effect).map((entry) => {
    const protocol = String(at(entry, 'protocol') ?? 'all').toLowerCase();
    return {
      inbound,
      protocol: protocol === 'all' ? '' : protocol,
      ports: all(entry, 'ports').map(String),
      from: inbound ? sources : targets,
      to: inbound ? targets : destinations,
    };
  });
}
