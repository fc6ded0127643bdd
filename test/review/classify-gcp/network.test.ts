import { findGcp } from '../../../lib/review/classify/gcp';
import { Twins, tellTwins } from '../classify';

// What a change means, and what it means that it is taken back; without the latter it means nothing.
const TYPES: { readonly [type: string]: Twins } = {
  google_service_networking_connection: {
    base: { network: 'n', service: 's' },
    changes: [
      ['a connection that goes', {}, undefined, ['interrupt: Services of Google with private addresses are no longer reached.']],
      [
        'a connection that stays',
        { deletion_policy: 'ABANDON' },
        undefined,
        ['cosmetic: The connection to services s stays where it is: Terraform only forgets it.'],
      ],
      [
        'other addresses',
        { reserved_peering_ranges: ['a', 'b'] },
        { reserved_peering_ranges: ['a', 'c'] },
        [
          'interrupt: Services of Google with addresses of b are no longer reached.',
          'access: Services of Google with addresses of c are in reach of the network.',
        ],
        [
          'interrupt: Services of Google with addresses of c are no longer reached.',
          'access: Services of Google with addresses of b are in reach of the network.',
        ],
      ],
    ],
  },
  google_dns_managed_zone: {
    base: { name: 'tracking', visibility: 'private' },
    changes: [
      [
        'a zone that goes',
        {},
        undefined,
        [
          'data-loss: The zone tracking is destroyed with every record in it. Google refuses that as long as records are in it, because `force_destroy` is off.',
          'interrupt: Names in the zone tracking lead nowhere.',
        ],
      ],
      [
        'a zone that everybody sees',
        {},
        { visibility: 'public' },
        [
          'data-loss: The zone tracking is destroyed with every record in it; the new one is empty. Google refuses that as long as records are in it, because `force_destroy` is off.',
          'interrupt: Until the new one is there, names in the zone tracking lead nowhere.',
          'access: Everybody may look up the names in the zone tracking.',
        ],
        [
          'data-loss: The zone tracking is destroyed with every record in it; the new one is empty. Google refuses that as long as records are in it, because `force_destroy` is off.',
          'interrupt: Until the new one is there, names in the zone tracking lead nowhere.',
        ],
      ],
      [
        'other networks',
        { private_visibility_config: { networks: [{ network_url: 'a' }, { network_url: 'b' }] } },
        { private_visibility_config: { networks: [{ network_url: 'a' }, { network_url: 'c' }] } },
        [
          'access: Machines in c may look up the names in the zone tracking.',
          'interrupt: Names in the zone tracking lead nowhere for machines in b.',
        ],
        [
          'access: Machines in b may look up the names in the zone tracking.',
          'interrupt: Names in the zone tracking lead nowhere for machines in c.',
        ],
      ],
      [
        'no log',
        { cloud_logging_config: { enable_logging: true } },
        { cloud_logging_config: { enable_logging: false } },
        ['interrupt: Nobody sees any more who looks up what in the zone tracking: its log is off.'],
      ],
      [
        'no signature',
        { dnssec_config: { state: 'on' } },
        { dnssec_config: { state: 'off' } },
        ['access: Whoever answers first may say where names in the zone tracking lead: it is no longer signed.'],
      ],
      [
        'names of another network',
        { peering_config: { target_network: { network_url: 'a' } } },
        { peering_config: { target_network: { network_url: 'b' } } },
        ['access: Whoever runs b says where names in the zone tracking lead, where it was a.'],
        ['access: Whoever runs a says where names in the zone tracking lead, where it was b.'],
      ],
    ],
  },
  google_dns_record_set: {
    base: { name: 'mlflow.acme.', managed_zone: 'z', type: 'A', ttl: 300 },
    changes: [
      ['a name that goes', { rrdatas: ['10.0.0.4'] }, undefined, ['interrupt: The record mlflow.acme. leads nowhere.']],
      [
        'a name that leads elsewhere',
        { rrdatas: ['10.0.0.4'] },
        { rrdatas: ['10.0.0.5'] },
        ['interrupt: The record mlflow.acme. leads to 10.0.0.5, where it was 10.0.0.4.'],
        ['interrupt: The record mlflow.acme. leads to 10.0.0.4, where it was 10.0.0.5.'],
      ],
    ],
  },
  google_project_iam_custom_role: {
    base: { role_id: 'backups', title: 'b', permissions: ['a'] },
    changes: [
      ['a role that goes', {}, undefined, ['interrupt: Whoever has the role backups is refused what it let them do.']],
      [
        'a role that lets do more',
        {},
        { permissions: ['a', 'b'] },
        ['access: Whoever has the role backups may do b.'],
        ['interrupt?: Whoever has the role backups may no longer do b.'],
      ],
      [
        'a role that is off',
        {},
        { stage: 'DISABLED' },
        ['interrupt: Whoever has the role backups is refused what it let them do: it is disabled.'],
      ],
    ],
  },
  google_bigquery_table_iam_member: {
    base: { project: 'p', dataset_id: 'listings', table_id: 'rows', member: 'user:ann@x' },
    changes: [
      [
        'a reader',
        undefined,
        { role: 'roles/bigquery.dataViewer' },
        ['access: user:ann@x may read tables of the table rows (roles/bigquery.dataViewer).'],
      ],
      [
        'a writer',
        { role: 'roles/bigquery.dataViewer' },
        { role: 'roles/bigquery.dataEditor' },
        ['access: user:ann@x may read and change tables of the table rows (roles/bigquery.dataEditor).'],
      ],
      [
        'everybody',
        { role: 'roles/bigquery.dataViewer' },
        { role: 'roles/bigquery.dataViewer', member: 'allAuthenticatedUsers' },
        [
          'access: Everybody with a Google account (allAuthenticatedUsers) may read tables of the table rows (roles/bigquery.dataViewer).',
          'interrupt?: user:ann@x may no longer read tables of the table rows (roles/bigquery.dataViewer).',
        ],
        [
          'access: user:ann@x may read tables of the table rows (roles/bigquery.dataViewer).',
          'interrupt?: Everybody with a Google account (allAuthenticatedUsers) may no longer read tables of the table rows (roles/bigquery.dataViewer).',
        ],
      ],
    ],
  },
  google_bigquery_dataset_iam_member: {
    base: { project: 'p', dataset_id: 'listings', member: 'user:ann@x' },
    changes: [
      [
        'a reader',
        undefined,
        { role: 'roles/bigquery.dataViewer' },
        ['access: user:ann@x may read tables of the dataset listings (roles/bigquery.dataViewer).'],
      ],
    ],
  },
};

describe.each(Object.keys(TYPES))('%s', (type) => {
  tellTwins(findGcp, type, TYPES[type]);
});
