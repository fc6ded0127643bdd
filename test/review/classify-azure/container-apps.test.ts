import { findAzure } from '../../../lib/review/classify/azure';
import { Twins, tellTwins } from '../classify';

// What a change means, and what it means that it is taken back; without the latter it means nothing.
const TYPES: { readonly [type: string]: Twins } = {
  azurerm_container_app: {
    base: { name: 'mlflow' },
    changes: [
      [
        'an app that goes',
        { ingress: { external_enabled: false, target_port: 5000 } },
        undefined,
        ['interrupt: Nothing answers at the address of the container app mlflow.'],
      ],
      [
        'an app that may be reached from outside',
        { ingress: { external_enabled: false, target_port: 5000 } },
        { ingress: { external_enabled: true, target_port: 5000 } },
        ['access: The container app mlflow may be reached from outside of its environment.'],
      ],
      [
        'an app without an address',
        { ingress: { external_enabled: false, target_port: 5000 } },
        {},
        ['interrupt: Nothing answers at the address of the container app mlflow: it has no ingress any more.'],
      ],
      [
        'plain HTTP',
        { ingress: { external_enabled: false, target_port: 5000 } },
        { ingress: { external_enabled: false, target_port: 5000, allow_insecure_connections: true } },
        ['access: Whoever listens in may read what goes to the container app mlflow: it takes plain HTTP.'],
      ],
      [
        'no certificate',
        { ingress: { external_enabled: false, target_port: 5000, client_certificate_mode: 'require' } },
        { ingress: { external_enabled: false, target_port: 5000, client_certificate_mode: 'accept' } },
        ['access: Whoever has no certificate may call the container app mlflow, too.'],
      ],
      [
        'an address that is let in',
        {
          ingress: {
            external_enabled: false,
            target_port: 5000,
            ip_security_restriction: [{ name: 'a', action: 'Allow', ip_address_range: '10.0.0.0/8' }],
          },
        },
        {
          ingress: {
            external_enabled: false,
            target_port: 5000,
            ip_security_restriction: [
              { name: 'a', action: 'Allow', ip_address_range: '10.0.0.0/8' },
              { name: 'b', action: 'Allow', ip_address_range: '1.2.3.0/24' },
            ],
          },
        },
        ['access: The container app mlflow lets in 1.2.3.0/24.'],
      ],
      [
        'every address',
        {
          ingress: {
            external_enabled: false,
            target_port: 5000,
            ip_security_restriction: [{ name: 'a', action: 'Allow', ip_address_range: '10.0.0.0/8' }],
          },
        },
        { ingress: { external_enabled: false, target_port: 5000 } },
        ['access: The container app mlflow lets in every address that no rule denies: none is allowed by name any more.'],
      ],
      [
        'an address that is no longer kept out',
        {
          ingress: {
            external_enabled: false,
            target_port: 5000,
            ip_security_restriction: [{ name: 'a', action: 'Deny', ip_address_range: '1.2.3.0/24' }],
          },
        },
        { ingress: { external_enabled: false, target_port: 5000 } },
        ['access: The container app mlflow no longer keeps out 1.2.3.0/24.'],
      ],
      [
        'pages of another site',
        { ingress: { external_enabled: false, target_port: 5000, cors: { allowed_origins: ['https://a'] } } },
        {
          ingress: {
            external_enabled: false,
            target_port: 5000,
            cors: { allowed_origins: ['https://a', 'https://b'], allow_credentials_enabled: true },
          },
        },
        [
          'access: Pages of https://b may call the container app mlflow in a browser of whoever opens them.',
          'access: Pages of other sites may call the container app mlflow as whoever opens them.',
        ],
      ],
      [
        'another port',
        { ingress: { external_enabled: false, target_port: 5000 } },
        { ingress: { external_enabled: false, target_port: 8080 } },
        ['interrupt?: Requests to the container app mlflow go to its port 8080, where it was 5000.'],
        ['interrupt?: Requests to the container app mlflow go to its port 5000, where it was 8080.'],
      ],
      [
        'no identity',
        { identity: { type: 'UserAssigned', identity_ids: ['i'] } },
        {},
        ['interrupt: The container app mlflow has no identity any more: whatever it signs in to refuses it.'],
        ['access: The container app mlflow may do what i may.'],
      ],
      [
        'another identity',
        { identity: { type: 'UserAssigned', identity_ids: ['i'] } },
        { identity: { type: 'UserAssigned', identity_ids: ['i', 'j'] } },
        ['access: The container app mlflow may do what j may.'],
      ],
      [
        'a password for the registry',
        { registry: [{ server: 'r', identity: 'i' }] },
        { registry: [{ server: 'r', username: 'u', password_secret_name: 'p' }] },
        ['access: A password, and no longer an identity, pulls the image of the container app mlflow.'],
      ],
      [
        'no login for the registry',
        { registry: [{ server: 'r', identity: 'i' }] },
        {},
        ['interrupt: No new replica of the container app mlflow starts if its image needs a login: it has none any more.'],
      ],
      [
        'no probes',
        {
          template: {
            container: [
              {
                name: 'mlflow',
                image: 'a',
                cpu: 1,
                memory: '2Gi',
                startup_probe: [{ port: 1 }],
                readiness_probe: [{ port: 1 }],
                liveness_probe: [{ port: 1 }],
              },
            ],
          },
        },
        { template: { container: [{ name: 'mlflow', image: 'a', cpu: 1, memory: '2Gi' }] } },
        [
          'interrupt: A replica of the container app mlflow that is slow to start may be taken for dead, or get requests too early: its start is not watched.',
          'interrupt: Replicas of the container app mlflow that are not ready get requests all the same: they are no longer asked.',
          'interrupt: A replica of the container app mlflow that hangs is no longer restarted: nobody asks it any more.',
        ],
      ],
      [
        'more replicas of a larger container',
        { template: { container: [{ name: 'mlflow', image: 'a', cpu: 1, memory: '2Gi' }], min_replicas: 0, max_replicas: 1 } },
        { template: { container: [{ name: 'mlflow', image: 'a', cpu: 2, memory: '4Gi' }], min_replicas: 2, max_replicas: 4 } },
        [
          'capacity: The minimum of replicas goes up from 0 to 2.',
          'capacity: The maximum of replicas goes up from 1 to 4.',
          'capacity: The CPU goes up from 1 to 2.',
          'capacity: The memory goes up from 2Gi to 4Gi.',
        ],
        [
          'capacity: The minimum of replicas goes down from 2 to 0.',
          'capacity: The maximum of replicas goes down from 4 to 1.',
          'capacity: The CPU goes down from 2 to 1.',
          'capacity: The memory goes down from 4Gi to 2Gi.',
        ],
      ],
      [
        'one of two containers',
        {
          template: {
            container: [
              { name: 'a', cpu: 1 },
              { name: 'b', cpu: 1 },
            ],
          },
        },
        {
          template: {
            container: [
              { name: 'b', cpu: 2 },
              { name: 'a', cpu: 1 },
            ],
          },
        },
        ['capacity: The CPU of b goes up from 1 to 2.'],
        ['capacity: The CPU of b goes down from 2 to 1.'],
      ],
      [
        'another image',
        { template: { container: [{ name: 'mlflow', image: 'a', cpu: 1, memory: '2Gi' }] } },
        { template: { container: [{ name: 'mlflow', image: 'b', cpu: 1, memory: '2Gi' }] } },
        [],
      ],
    ],
  },
};

describe.each(Object.keys(TYPES))('%s', (type) => {
  tellTwins(findAzure, type, TYPES[type]);
});
