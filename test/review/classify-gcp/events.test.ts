import { findGcp } from '../../../lib/review/classify/gcp';
import { Twins, tellTwins } from '../classify';

// What a change means, and what it means that it is taken back; without the latter it means nothing.
const TYPES: { readonly [type: string]: Twins } = {
  google_cloud_run_v2_service: {
    base: { name: 'mlflow', location: 'r', ingress: 'INGRESS_TRAFFIC_INTERNAL_ONLY', deletion_protection: true },
    changes: [
      [
        'a tracking server with other approvers',
        {
          template: {
            containers: [
              { name: 'proxy' },
              {
                name: 'mlflow',
                env: [
                  { name: 'MLFLOW_DB_AUTH', value: 'google-identity' },
                  { name: 'ML_APPROVERS', value: '{"housing":[]}' },
                ],
              },
            ],
          },
        },
        { template: { containers: [{ name: 'proxy' }, { name: 'mlflow', env: [{ name: 'MLFLOW_DB_AUTH', value: 'google-identity' }] }] } },
        ['access: Whoever may use the tracking server may approve the model housing.'],
        ['interrupt?: Nobody may approve the model housing.'],
      ],
      [
        'a variable that says nothing of access',
        {
          template: {
            containers: [
              { name: 'proxy' },
              {
                name: 'mlflow',
                env: [
                  { name: 'MLFLOW_DB_AUTH', value: 'google-identity' },
                  { name: 'PORT', value: '5000' },
                ],
              },
            ],
          },
        },
        {
          template: {
            containers: [
              { name: 'proxy' },
              {
                name: 'mlflow',
                env: [
                  { name: 'MLFLOW_DB_AUTH', value: 'google-identity' },
                  { name: 'PORT', value: '5001' },
                ],
              },
            ],
          },
        },
        [],
      ],
    ],
  },
  google_pubsub_subscription: {
    base: { name: 'models', topic: 't' },
    changes: [
      [
        'a subscription that goes',
        {},
        undefined,
        [
          'data-loss: The subscription models is destroyed with every message that was not taken yet.',
          'interrupt: Nothing starts by messages of the subscription models any more.',
        ],
      ],
      [
        'messages for less time',
        { message_retention_duration: '604800s' },
        { message_retention_duration: '3600s' },
        ['data-loss: Messages that nobody took from the subscription models are kept for 1 hour, where it was 7 days.'],
      ],
      [
        'a subscription that expires',
        { expiration_policy: { ttl: '' } },
        { expiration_policy: { ttl: '86400s' } },
        ['data-loss: Unused, the subscription models and its messages are kept for 1 day, where it was for good.'],
      ],
      [
        'messages that cannot be taken again',
        { retain_acked_messages: true },
        { retain_acked_messages: false },
        ['data-loss: Messages of the subscription models that were taken can no longer be taken again.'],
      ],
      [
        'no dead letters',
        { dead_letter_policy: { dead_letter_topic: 'd' } },
        {},
        ['data-loss: Messages of the subscription models that cannot be delivered are gone after a time, and no longer put aside.'],
      ],
      [
        'messages for somebody else',
        { push_config: { push_endpoint: 'https://a.example' } },
        { push_config: { push_endpoint: 'https://b.example' } },
        ['access: Messages of the subscription models are sent to https://b.example, where it was https://a.example.'],
        ['access: Messages of the subscription models are sent to https://a.example, where it was https://b.example.'],
      ],
      [
        'messages that are sent',
        undefined,
        { push_config: { push_endpoint: 'https://a.example' } },
        ['access: Messages of the subscription models are sent to https://a.example.'],
      ],
      [
        'messages that are sent by now',
        {},
        { push_config: { push_endpoint: 'https://a.example' } },
        ['access: Messages of the subscription models are sent to https://a.example.'],
        ['interrupt: Messages of the subscription models are no longer sent: they wait until somebody takes them.'],
      ],
      [
        'no token',
        { push_config: { push_endpoint: 'https://a.example', oidc_token: { service_account_email: 'a@x', audience: 'aud' } } },
        { push_config: { push_endpoint: 'https://a.example' } },
        ['access: What the subscription models calls cannot tell any more who calls: its calls carry no token.'],
      ],
      [
        'another account',
        { push_config: { push_endpoint: 'https://a.example', oidc_token: { service_account_email: 'a@x', audience: 'aud' } } },
        { push_config: { push_endpoint: 'https://a.example', oidc_token: { service_account_email: 'b@x', audience: 'aud' } } },
        ['access: The subscription models calls as b@x, where it was a@x.'],
        ['access: The subscription models calls as a@x, where it was b@x.'],
      ],
      [
        'another audience',
        { push_config: { push_endpoint: 'https://a.example', oidc_token: { service_account_email: 'a@x', audience: 'aud' } } },
        { push_config: { push_endpoint: 'https://a.example', oidc_token: { service_account_email: 'a@x', audience: 'other' } } },
        ['interrupt: Calls of the subscription models carry tokens for other, where it was aud.'],
        ['interrupt: Calls of the subscription models carry tokens for aud, where it was other.'],
      ],
      [
        'another filter',
        { filter: 'a' },
        { filter: 'b' },
        [
          'data-loss: The subscription models is destroyed with every message that was not taken yet; the new one is empty.',
          'interrupt: Until the new one is there, nothing starts by messages of the subscription models any more.',
          'interrupt: The subscription models takes messages if b, where it was a.',
        ],
        [
          'data-loss: The subscription models is destroyed with every message that was not taken yet; the new one is empty.',
          'interrupt: Until the new one is there, nothing starts by messages of the subscription models any more.',
          'interrupt: The subscription models takes messages if a, where it was b.',
        ],
      ],
      [
        'more than once',
        { enable_exactly_once_delivery: true },
        { enable_exactly_once_delivery: false },
        ['interrupt: A message of the subscription models may be delivered more than once.'],
      ],
    ],
  },
  google_storage_notification: {
    base: { bucket: 'data', payload_format: 'JSON_API_V1', event_types: ['OBJECT_FINALIZE'] },
    changes: [
      ['a notification that goes', { topic: 'a' }, undefined, ['interrupt: Nothing starts by new objects any more.']],
      [
        'another topic',
        { topic: 'a' },
        { topic: 'b' },
        [
          'interrupt: Objects that come until the new one is there start nothing.',
          'access: Whoever reads b learns of the objects of the bucket, where it was a.',
        ],
        [
          'interrupt: Objects that come until the new one is there start nothing.',
          'access: Whoever reads a learns of the objects of the bucket, where it was b.',
        ],
      ],
      [
        'fewer events',
        { topic: 'a', event_types: ['OBJECT_FINALIZE', 'OBJECT_DELETE'] },
        { topic: 'a' },
        ['interrupt: Objects that come until the new one is there start nothing.', 'interrupt: Nothing starts any more by OBJECT_DELETE.'],
        ['interrupt: Objects that come until the new one is there start nothing.'],
      ],
      [
        'another prefix',
        { topic: 'a', object_name_prefix: 'data/' },
        { topic: 'a', object_name_prefix: 'raw/' },
        [
          'interrupt: Objects that come until the new one is there start nothing.',
          'interrupt: Objects start something if they begin with raw/, where it was data/.',
        ],
        [
          'interrupt: Objects that come until the new one is there start nothing.',
          'interrupt: Objects start something if they begin with data/, where it was raw/.',
        ],
      ],
    ],
  },
};

describe.each(Object.keys(TYPES))('%s', (type) => {
  tellTwins(findGcp, type, TYPES[type]);
});
