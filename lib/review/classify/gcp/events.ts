import { at, drops, exchanged, gains, isSymbol, Kind, leads, loses, sentTo, shortens, stops, vanishes } from '../terraform';

// An empty text is never.
const expiry = (body: unknown, path: string): unknown => {
  const value = at(body, path);
  return value === '' ? Infinity : value;
};

/** Messages, and what they start. */
export const EVENTS: { readonly [type: string]: Kind } = {
  google_pubsub_topic: {
    noun: 'topic',
    stops: 'messages to {it} are refused, and its subscriptions get none',
    anew: 'The subscriptions of {it} get nothing from the new one until they are made anew.',
    rules: [
      shortens('message_retention_duration', 0, 'Messages of {it} are', 'seconds'),
      vanishes('access', 'kms_key_name', "Whoever may read {it} no longer needs a key of yours: it is encrypted with Google's."),
      gains('access', 'message_storage_policy.allowed_persistence_regions', (items) => `Messages of {it} may be stored in ${items}.`),
      vanishes('access', 'message_storage_policy', 'Messages of {it} may be stored in any region.'),
    ],
  },
  google_pubsub_subscription: {
    noun: 'subscription',
    holds: 'every message that was not taken yet',
    stops: 'nothing starts by messages of {it} any more',
    rules: [
      shortens('message_retention_duration', 604800, 'Messages that nobody took from {it} are', 'seconds'),
      shortens('expiration_policy.ttl', 2678400, 'Unused, {it} and its messages are', 'seconds', expiry),
      loses('retain_acked_messages', false, 'Messages of {it} that were taken can no longer be taken again.', { absent: false }),
      vanishes(
        'data-loss',
        'dead_letter_policy',
        'Messages of {it} that cannot be delivered are gone after a time, and no longer put aside.',
      ),
      sentTo(
        ['push_config.push_endpoint', 'bigquery_config.table', 'cloud_storage_config.bucket'],
        (was, is) =>
          was === 'nothing' ? `Messages of {it} are sent to ${is}.` : `Messages of {it} are sent to ${is}, where it was ${was}.`,
        (is) => (isSymbol(is) ? undefined : `Messages of {it} are sent to ${is}.`),
      ),
      vanishes('interrupt', 'push_config', 'Messages of {it} are no longer sent: they wait until somebody takes them.'),
      vanishes('access', 'push_config.oidc_token', 'What {it} calls cannot tell any more who calls: its calls carry no token.'),
      exchanged('access', 'push_config.oidc_token.service_account_email', (was, is) => `{It} calls as ${is}, where it was ${was}.`),
      exchanged('interrupt', 'push_config.oidc_token.audience', (was, is) => `Calls of {it} carry tokens for ${is}, where it was ${was}.`),
      leads('interrupt', 'filter', (was, is) => `{It} takes messages if ${is}, where it was ${was}.`),
      stops('enable_exactly_once_delivery', false, 'A message of {it} may be delivered more than once.', { absent: false }),
      stops('enable_message_ordering', false, 'Messages of {it} may come in another order.', { absent: false }),
    ],
  },
  google_storage_notification: {
    noun: 'notification',
    stops: 'nothing starts by new objects any more',
    anew: 'Objects that come until the new one is there start nothing.',
    rules: [
      sentTo(['topic'], (was, is) => `Whoever reads ${is} learns of the objects of the bucket, where it was ${was}.`),
      drops('interrupt', 'event_types', (items) => `Nothing starts any more by ${items}.`),
      leads('interrupt', 'object_name_prefix', (was, is) => `Objects start something if they begin with ${is}, where it was ${was}.`),
    ],
  },
};
