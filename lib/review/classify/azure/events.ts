import {
  amount,
  all,
  at,
  becomes,
  differing,
  drops,
  durationAt,
  falls,
  gains,
  Kind,
  leads,
  loses,
  missing,
  opens,
  plural,
  Rule,
  sentTo,
  shortens,
  shown,
  stops,
  vanishes,
  weakens,
} from '../terraform';
import { ownKey, PUBLIC, TLS } from './storage';

const keys: Rule = opens('local_auth_enabled', true, 'Whoever has a key of {it} may use it without signing in.', { absent: true });
const identity: Rule = vanishes('interrupt', 'identity', '{It} has no identity any more: whatever it signs in to refuses it.');

const addresses: Rule = (thing) => {
  if (!thing.was || !thing.is || !thing.touched('inbound_ip_rule')) return [];
  const [was, is] = [thing.was, thing.is].map((b) => all(b, 'inbound_ip_rule').map((r) => at(r, 'ip_mask')));
  const come = missing(is, was);
  return come.length ? [thing.finding('access', `${shown(come)} may send events to {it} from the internet.`)] : [];
};

const ENDPOINTS = [
  'webhook_endpoint.url',
  'azure_function_endpoint.function_id',
  'service_bus_queue_endpoint_id',
  'service_bus_topic_endpoint_id',
  'eventhub_endpoint_id',
  'hybrid_connection_endpoint_id',
  'storage_queue_endpoint.storage_account_id',
];

const subscription: Kind = {
  noun: 'event subscription',
  stops: 'nothing starts by {it} any more',
  rules: [
    sentTo(
      ENDPOINTS,
      (was, is) => `Events of {it} go to ${is}, where it was ${was}.`,
      (is) => (/^https?:/.test(is) ? `Events of {it} are sent to ${is}.` : undefined),
    ),
    leads('access', 'storage_queue_endpoint.queue_name', (was, is) => `Events of {it} go to the queue ${is}, where it was ${was}.`),
    vanishes(
      'access',
      'webhook_endpoint.active_directory_app_id_or_uri',
      'What {it} calls cannot tell any more who calls: its calls carry no token.',
    ),
    drops('interrupt', 'included_event_types', (items) => `Nothing starts any more by ${items}: {it} no longer takes it.`),
    differing(
      'interrupt',
      ['subject_filter', 'advanced_filter', 'advanced_filtering_on_arrays_enabled'],
      '{It} takes other events than before: some may start nothing any more, others something new.',
    ),
    leads('interrupt', 'expiration_time_utc', (_was, is) => `Nothing starts by {it} any more after ${is}: it expires.`),
    vanishes('interrupt', 'delivery_identity', 'Events of {it} are refused where they go if only an identity may bring them: it has none.'),
    leads('access', 'delivery_identity.user_assigned_identity', (was, is) => `{It} may do what ${is} may, where it was ${was}.`),
    vanishes(
      'data-loss',
      'storage_blob_dead_letter_destination',
      'Events of {it} that cannot be delivered are gone, and no longer put aside.',
    ),
    falls(
      'data-loss',
      'retry_policy.max_delivery_attempts',
      30,
      (was, is) => `An event of {it} that cannot be delivered is given up after ${plural(is, 'attempt')}, where it was ${was}.`,
    ),
    falls(
      'data-loss',
      'retry_policy.event_time_to_live',
      1440,
      (was, is) => `An event of {it} that cannot be delivered is given up after ${plural(is, 'minute')}, where it was ${was}.`,
    ),
  ],
};

/** Events, and the queues that they wait in. */
export const EVENTS: { readonly [type: string]: Kind } = {
  azurerm_eventgrid_topic: {
    noun: 'event topic',
    stops: 'events are refused, and nothing starts by {it}',
    anew: 'Nothing starts by {it} until its subscriptions are made for the new one.',
    rules: [PUBLIC, keys, addresses, identity],
  },
  azurerm_eventgrid_system_topic: {
    noun: 'event topic',
    stops: 'nothing starts by {it} any more',
    anew: 'Nothing starts by {it} until its subscriptions are made for the new one.',
    rules: [identity],
  },
  azurerm_eventgrid_event_subscription: subscription,
  azurerm_eventgrid_system_topic_event_subscription: subscription,
  azurerm_servicebus_namespace: {
    noun: 'service bus',
    holds: 'every message in it',
    stops: 'messages to {it} are refused, and nobody takes any from it',
    rules: [
      PUBLIC,
      keys,
      weakens('access', 'minimum_tls_version', ...TLS),
      opens('network_rule_set.default_action', ['Allow'], '{It} lets in every network that its rules do not name: they allow by default.', {
        absent: 'Allow',
      }),
      opens(
        'network_rule_set.public_network_access_enabled',
        true,
        '{It} may be reached from the internet, by whoever has the rights: its public endpoint is on.',
        { absent: true },
      ),
      gains('access', 'network_rule_set.ip_rules', (items) => `${items} may reach {it} from the internet.`),
      networks,
      opens('network_rule_set.trusted_services_allowed', true, 'Services of Azure get past the network rules of {it}.', { absent: false }),
      ownKey('customer_managed_key'),
      identity,
      amount('sku', 'The tier'),
      amount('capacity', 'The number of messaging units', 0),
    ],
  },
  azurerm_servicebus_queue: {
    noun: 'queue',
    holds: 'every message in it',
    stops: 'messages to {it} are refused, and nothing starts by them',
    rules: [
      shortens('default_message_ttl', Infinity, 'Messages that nobody takes from {it} are', 'seconds', durationAt),
      falls(
        'data-loss',
        'auto_delete_on_idle',
        Infinity,
        (_was, is) => `{It} is deleted once nobody uses it for ${plural(Math.round(is / 60), 'minute')}.`,
        durationAt,
      ),
      loses(
        'dead_lettering_on_message_expiration',
        false,
        'Messages of {it} that nobody takes in time are gone, and no longer put aside.',
        { absent: false },
      ),
      becomes('interrupt', 'status', ['Disabled', 'SendDisabled', 'ReceiveDisabled'], '{It} no longer takes or gives messages.', {
        absent: 'Active',
      }),
      sentTo(['forward_to'], (_was, is) => `Messages of {it} go on to ${is}.`),
      sentTo(['forward_dead_lettered_messages_to'], (_was, is) => `Messages of {it} that fail go on to ${is}.`),
      falls(
        'interrupt',
        'max_delivery_count',
        10,
        (was, is) => `A message of {it} that fails is put aside after ${plural(is, 'attempt')}, where it was ${was}.`,
      ),
      amount('max_size_in_megabytes', 'The size, in MB,'),
    ],
  },
  azurerm_servicebus_topic: { noun: 'topic', holds: 'every message in it' },
  azurerm_eventhub_namespace: {
    noun: 'event hub namespace',
    holds: 'every event in it',
    rules: [
      PUBLIC,
      opens('local_authentication_disabled', false, 'Whoever has a key of {it} may use it without signing in.', { absent: false }),
      opens('local_authentication_enabled', true, 'Whoever has a key of {it} may use it without signing in.', { absent: true }),
      weakens('access', 'minimum_tls_version', ...TLS),
    ],
  },
  azurerm_eventhub: {
    noun: 'event hub',
    holds: 'every event in it',
    stops: 'events to {it} are refused',
    rules: [
      shortens('message_retention', 7, 'Events of {it} are'),
      stops('status', 'Disabled', '{It} takes no events any more: it is disabled.', { absent: 'Active' }),
    ],
  },
};

function networks(thing: Parameters<Rule>[0]): ReturnType<Rule> {
  if (!thing.was || !thing.is || !thing.touched('network_rule_set.network_rules')) return [];
  const [was, is] = [thing.was, thing.is].map((b) => all(b, 'network_rule_set.network_rules').map((r) => at(r, 'subnet_id')));
  const come = missing(is, was);
  return come.length ? [thing.finding('access', `Machines in ${shown(come)} may reach {it}.`)] : [];
}
