import { findAzure } from '../../../lib/review/classify/azure';
import { Twins, tellTwins } from '../classify';

// What a change means, and what it means that it is taken back; without the latter it means nothing.
const TYPES: { readonly [type: string]: Twins } = {
  azurerm_eventgrid_topic: {
    base: { name: 'models', public_network_access_enabled: false, local_auth_enabled: false },
    changes: [
      ['a topic that goes', {}, undefined, ['interrupt: Events are refused, and nothing starts by the event topic models.']],
      [
        'a topic in another place',
        { location: 'a' },
        { location: 'b' },
        ['interrupt: Nothing starts by the event topic models until its subscriptions are made for the new one.'],
        ['interrupt: Nothing starts by the event topic models until its subscriptions are made for the new one.'],
      ],
      ['keys', {}, { local_auth_enabled: true }, ['access: Whoever has a key of the event topic models may use it without signing in.']],
      [
        'a topic on the internet',
        {},
        { public_network_access_enabled: true },
        ['access: The event topic models may be reached from the internet, by whoever has the rights: its public endpoint is on.'],
      ],
      [
        'an address that is let in',
        { inbound_ip_rule: [{ ip_mask: '1.2.3.4' }] },
        { inbound_ip_rule: [{ ip_mask: '1.2.3.4' }, { ip_mask: '5.6.7.0/24' }] },
        ['access: 5.6.7.0/24 may send events to the event topic models from the internet.'],
      ],
      [
        'no identity',
        { identity: { type: 'SystemAssigned' } },
        {},
        ['interrupt: The event topic models has no identity any more: whatever it signs in to refuses it.'],
      ],
    ],
  },
  azurerm_eventgrid_system_topic: {
    base: { name: 'blobs' },
    changes: [
      ['a source of events that goes', {}, undefined, ['interrupt: Nothing starts by the event topic blobs any more.']],
      [
        'events of another account',
        { source_resource_id: 'a' },
        { source_resource_id: 'b' },
        ['interrupt: Nothing starts by the event topic blobs until its subscriptions are made for the new one.'],
        ['interrupt: Nothing starts by the event topic blobs until its subscriptions are made for the new one.'],
      ],
      [
        'no identity',
        { identity: { type: 'SystemAssigned' } },
        {},
        ['interrupt: The event topic blobs has no identity any more: whatever it signs in to refuses it.'],
      ],
    ],
  },
  azurerm_eventgrid_event_subscription: {
    base: { name: 'new-data' },
    changes: [
      [
        'a subscription that goes',
        { service_bus_queue_endpoint_id: 'q' },
        undefined,
        ['interrupt: Nothing starts by the event subscription new-data any more.'],
      ],
      [
        'events for somebody else',
        { webhook_endpoint: { url: 'https://a.example' } },
        { webhook_endpoint: { url: 'https://b.example' } },
        ['access: Events of the event subscription new-data go to https://b.example, where it was https://a.example.'],
        ['access: Events of the event subscription new-data go to https://a.example, where it was https://b.example.'],
      ],
      [
        'events for a web hook',
        undefined,
        { webhook_endpoint: { url: 'https://a.example' } },
        ['access: Events of the event subscription new-data are sent to https://a.example.'],
      ],
      ['events for a queue', undefined, { service_bus_queue_endpoint_id: '${azurerm_servicebus_queue.q.id}' }, []],
      [
        'fewer kinds of events',
        { included_event_types: ['a', 'b'] },
        { included_event_types: ['a'] },
        ['interrupt: Nothing starts any more by b: the event subscription new-data no longer takes it.'],
      ],
      [
        'another filter',
        { subject_filter: { subject_begins_with: '/data' } },
        { subject_filter: { subject_begins_with: '/models' } },
        [
          'interrupt?: The event subscription new-data takes other events than before: some may start nothing any more, others something new.',
        ],
        [
          'interrupt?: The event subscription new-data takes other events than before: some may start nothing any more, others something new.',
        ],
      ],
      [
        'an end',
        {},
        { expiration_time_utc: '2027-01-01T00:00:00Z' },
        ['interrupt: Nothing starts by the event subscription new-data any more after 2027-01-01T00:00:00Z: it expires.'],
      ],
      [
        'no identity',
        { delivery_identity: { type: 'SystemAssigned' } },
        {},
        ['interrupt: Events of the event subscription new-data are refused where they go if only an identity may bring them: it has none.'],
      ],
      [
        'no token',
        { webhook_endpoint: { url: 'https://a.example', active_directory_app_id_or_uri: 'api://a' } },
        { webhook_endpoint: { url: 'https://a.example' } },
        ['access: What the event subscription new-data calls cannot tell any more who calls: its calls carry no token.'],
      ],
      [
        'no dead letters',
        { storage_blob_dead_letter_destination: { storage_account_id: 'a', storage_blob_container_name: 'dead' } },
        {},
        ['data-loss: Events of the event subscription new-data that cannot be delivered are gone, and no longer put aside.'],
      ],
      [
        'fewer attempts',
        { retry_policy: { max_delivery_attempts: 30, event_time_to_live: 1440 } },
        { retry_policy: { max_delivery_attempts: 1, event_time_to_live: 60 } },
        [
          'data-loss: An event of the event subscription new-data that cannot be delivered is given up after 1 attempt, where it was 30.',
          'data-loss: An event of the event subscription new-data that cannot be delivered is given up after 60 minutes, where it was 1440.',
        ],
      ],
    ],
  },
  azurerm_eventgrid_system_topic_event_subscription: {
    base: { name: 'new-data' },
    changes: [
      [
        'a subscription that goes',
        { service_bus_queue_endpoint_id: 'q' },
        undefined,
        ['interrupt: Nothing starts by the event subscription new-data any more.'],
      ],
      [
        'events for somebody else',
        { webhook_endpoint: { url: 'https://a.example' } },
        { webhook_endpoint: { url: 'https://b.example' } },
        ['access: Events of the event subscription new-data go to https://b.example, where it was https://a.example.'],
        ['access: Events of the event subscription new-data go to https://a.example, where it was https://b.example.'],
      ],
      [
        'events for a web hook',
        undefined,
        { webhook_endpoint: { url: 'https://a.example' } },
        ['access: Events of the event subscription new-data are sent to https://a.example.'],
      ],
      ['events for a queue', undefined, { service_bus_queue_endpoint_id: '${azurerm_servicebus_queue.q.id}' }, []],
      [
        'fewer kinds of events',
        { included_event_types: ['a', 'b'] },
        { included_event_types: ['a'] },
        ['interrupt: Nothing starts any more by b: the event subscription new-data no longer takes it.'],
      ],
      [
        'another filter',
        { subject_filter: { subject_begins_with: '/data' } },
        { subject_filter: { subject_begins_with: '/models' } },
        [
          'interrupt?: The event subscription new-data takes other events than before: some may start nothing any more, others something new.',
        ],
        [
          'interrupt?: The event subscription new-data takes other events than before: some may start nothing any more, others something new.',
        ],
      ],
      [
        'an end',
        {},
        { expiration_time_utc: '2027-01-01T00:00:00Z' },
        ['interrupt: Nothing starts by the event subscription new-data any more after 2027-01-01T00:00:00Z: it expires.'],
      ],
      [
        'no identity',
        { delivery_identity: { type: 'SystemAssigned' } },
        {},
        ['interrupt: Events of the event subscription new-data are refused where they go if only an identity may bring them: it has none.'],
      ],
      [
        'no token',
        { webhook_endpoint: { url: 'https://a.example', active_directory_app_id_or_uri: 'api://a' } },
        { webhook_endpoint: { url: 'https://a.example' } },
        ['access: What the event subscription new-data calls cannot tell any more who calls: its calls carry no token.'],
      ],
      [
        'no dead letters',
        { storage_blob_dead_letter_destination: { storage_account_id: 'a', storage_blob_container_name: 'dead' } },
        {},
        ['data-loss: Events of the event subscription new-data that cannot be delivered are gone, and no longer put aside.'],
      ],
      [
        'fewer attempts',
        { retry_policy: { max_delivery_attempts: 30, event_time_to_live: 1440 } },
        { retry_policy: { max_delivery_attempts: 1, event_time_to_live: 60 } },
        [
          'data-loss: An event of the event subscription new-data that cannot be delivered is given up after 1 attempt, where it was 30.',
          'data-loss: An event of the event subscription new-data that cannot be delivered is given up after 60 minutes, where it was 1440.',
        ],
      ],
    ],
  },
  azurerm_servicebus_namespace: {
    base: { name: 'bus', public_network_access_enabled: false, local_auth_enabled: false, sku: 'Basic' },
    changes: [
      [
        'a service bus that goes',
        {},
        undefined,
        [
          'data-loss: The service bus bus is destroyed with every message in it.',
          'interrupt: Messages to the service bus bus are refused, and nobody takes any from it.',
        ],
      ],
      [
        'a service bus of another tier',
        {},
        { sku: 'Premium', capacity: 1 },
        [
          'data-loss?: If it is replaced, the service bus bus is destroyed with every message in it; the new one is empty.',
          'interrupt?: If it is replaced: until the new one is there, messages to the service bus bus are refused, and nobody takes any from it.',
          'capacity: The tier changes from Basic to Premium.',
          'capacity: The number of messaging units goes up from 0 to 1.',
        ],
        [
          'data-loss?: If it is replaced, the service bus bus is destroyed with every message in it; the new one is empty.',
          'interrupt?: If it is replaced: until the new one is there, messages to the service bus bus are refused, and nobody takes any from it.',
          'capacity: The tier changes from Premium to Basic.',
          'capacity: The number of messaging units goes down from 1 to 0.',
        ],
      ],
      ['keys', {}, { local_auth_enabled: true }, ['access: Whoever has a key of the service bus bus may use it without signing in.']],
      [
        'older TLS',
        { minimum_tls_version: '1.2' },
        { minimum_tls_version: '1.1' },
        [
          'access: Whoever listens in may break the encryption of connections to the service bus bus: they may use 1.1, where it was at least 1.2.',
        ],
      ],
      [
        'networks by default',
        { network_rule_set: { default_action: 'Deny' } },
        { network_rule_set: { default_action: 'Allow' } },
        ['access: The service bus bus lets in every network that its rules do not name: they allow by default.'],
      ],
      [
        'an address and a network',
        { network_rule_set: { default_action: 'Deny' } },
        {
          network_rule_set: {
            default_action: 'Deny',
            ip_rules: ['1.2.3.4'],
            network_rules: [{ subnet_id: 's' }],
            trusted_services_allowed: true,
          },
        },
        [
          'access: 1.2.3.4 may reach the service bus bus from the internet.',
          'access: Machines in s may reach the service bus bus.',
          'access: Services of Azure get past the network rules of the service bus bus.',
        ],
      ],
      [
        'no key of ours',
        { customer_managed_key: { key_vault_key_id: 'k', identity_id: 'i' } },
        {},
        [
          'data-loss?: If it is replaced, the service bus bus is destroyed with every message in it; the new one is empty.',
          'interrupt?: If it is replaced: until the new one is there, messages to the service bus bus are refused, and nobody takes any from it.',
          "access: The service bus bus is encrypted with Microsoft's key and no longer with one of your own, which you could take away.",
        ],
      ],
    ],
  },
  azurerm_servicebus_queue: {
    base: { name: 'events', namespace_id: '${azurerm_servicebus_namespace.bus.id}' },
    changes: [
      [
        'a queue that goes',
        {},
        undefined,
        [
          'data-loss: The queue events is destroyed with every message in it.',
          'interrupt: Messages to the queue events are refused, and nothing starts by them.',
        ],
      ],
      [
        'messages for less time',
        { default_message_ttl: 'P14D' },
        { default_message_ttl: 'PT1H' },
        ['data-loss: Messages that nobody takes from the queue events are kept for 1 hour, where it was 14 days.'],
      ],
      [
        'messages for less than for good',
        {},
        { default_message_ttl: 'P1D' },
        ['data-loss: Messages that nobody takes from the queue events are kept for 1 day, where it was for good.'],
      ],
      [
        'a queue that deletes itself',
        {},
        { auto_delete_on_idle: 'PT5M' },
        ['data-loss: The queue events is deleted once nobody uses it for 5 minutes.'],
      ],
      [
        'no dead letters',
        { dead_lettering_on_message_expiration: true },
        { dead_lettering_on_message_expiration: false },
        ['data-loss: Messages of the queue events that nobody takes in time are gone, and no longer put aside.'],
      ],
      ['a queue that is off', {}, { status: 'ReceiveDisabled' }, ['interrupt: The queue events no longer takes or gives messages.']],
      ['a queue that forwards', {}, { forward_to: 'others' }, ['access: Messages of the queue events go on to others.']],
      [
        'fewer attempts',
        { max_delivery_count: 10 },
        { max_delivery_count: 1 },
        ['interrupt: A message of the queue events that fails is put aside after 1 attempt, where it was 10.'],
      ],
      [
        'a larger queue',
        { max_size_in_megabytes: 1024 },
        { max_size_in_megabytes: 5120 },
        ['capacity: The size, in MB, goes up from 1024 to 5120.'],
        ['capacity: The size, in MB, goes down from 5120 to 1024.'],
      ],
    ],
  },
};

describe.each(Object.keys(TYPES))('%s', (type) => {
  tellTwins(findAzure, type, TYPES[type]);
});
