import { findAzure } from '../../../lib/review/classify/azure';
import { Twins, tellTwins } from '../classify';

// What a change means, and what it means that it is taken back; without the latter it means nothing.
const TYPES: { readonly [type: string]: Twins } = {
  azurerm_container_app_environment: {
    base: { name: 'tracking', internal_load_balancer_enabled: true, public_network_access: 'Disabled' },
    changes: [
      ['an environment that goes', {}, undefined, ['interrupt: Nothing in the environment tracking runs.']],
      [
        'an environment in another subnet',
        { infrastructure_subnet_id: 'a' },
        { infrastructure_subnet_id: 'b' },
        ['interrupt: Every app in the environment tracking is made anew with it, and answers at another address.'],
        ['interrupt: Every app in the environment tracking is made anew with it, and answers at another address.'],
      ],
      [
        'an environment that faces outwards',
        {},
        { internal_load_balancer_enabled: false, public_network_access: 'Enabled' },
        [
          'interrupt: Every app in the environment tracking is made anew with it, and answers at another address.',
          'access: Apps in the environment tracking may have addresses on the internet: it faces outwards.',
          'access: The environment tracking may be reached from the internet, by whoever its apps let in.',
        ],
        ['interrupt: Every app in the environment tracking is made anew with it, and answers at another address.'],
      ],
      [
        'a new one that faces outwards',
        undefined,
        { internal_load_balancer_enabled: false },
        ['access: Apps in the environment tracking may have addresses on the internet: it faces outwards.'],
      ],
      [
        'apps that do not prove who they are',
        { mutual_tls_enabled: true },
        { mutual_tls_enabled: false },
        ['access: Whoever listens in within the environment tracking may read what its apps tell each other.'],
      ],
      [
        'one zone',
        { zone_redundancy_enabled: true },
        { zone_redundancy_enabled: false },
        [
          'interrupt: Every app in the environment tracking is made anew with it, and answers at another address.',
          'interrupt: Everything in the environment tracking is down when its zone is: it is no longer spread over zones.',
        ],
        ['interrupt: Every app in the environment tracking is made anew with it, and answers at another address.'],
      ],
      [
        'logs elsewhere',
        { log_analytics_workspace_id: 'a' },
        { log_analytics_workspace_id: 'b' },
        ['interrupt: New logs of the environment tracking are in b; those before stay in a.'],
        ['interrupt: New logs of the environment tracking are in a; those before stay in b.'],
      ],
      [
        'no logs',
        { log_analytics_workspace_id: 'a' },
        {},
        ['interrupt: Logs of the environment tracking are no longer sent to a workspace.'],
      ],
      [
        'machines that go',
        {
          workload_profile: [
            { name: 'gpu', workload_profile_type: 'D4', minimum_count: 0, maximum_count: 2 },
            { name: 'cpu', workload_profile_type: 'D4', minimum_count: 0, maximum_count: 2 },
          ],
        },
        { workload_profile: [{ name: 'cpu', workload_profile_type: 'D4', minimum_count: 0, maximum_count: 2 }] },
        ['interrupt: Apps on the machines gpu of the environment tracking have nowhere to run.'],
        ['capacity: Machines gpu (D4) come.'],
      ],
      [
        'more machines',
        { workload_profile: [{ name: 'cpu', workload_profile_type: 'D4', minimum_count: 0, maximum_count: 2 }] },
        { workload_profile: [{ name: 'cpu', workload_profile_type: 'D4', minimum_count: 0, maximum_count: 4 }] },
        ['capacity: The maximum of machines cpu goes up from 2 to 4.'],
        ['capacity: The maximum of machines cpu goes down from 4 to 2.'],
      ],
      [
        'no profile',
        { workload_profile: [{ name: 'cpu', workload_profile_type: 'D4', minimum_count: 0, maximum_count: 2 }] },
        {},
        [
          'interrupt?: If it is replaced: Every app in the environment tracking is made anew with it, and answers at another address.',
          'interrupt: Apps on the machines cpu of the environment tracking have nowhere to run.',
        ],
        [
          'interrupt?: If it is replaced: Every app in the environment tracking is made anew with it, and answers at another address.',
          'capacity: Machines cpu (D4) come.',
        ],
      ],
    ],
  },
};

describe.each(Object.keys(TYPES))('%s', (type) => {
  tellTwins(findAzure, type, TYPES[type]);
});
