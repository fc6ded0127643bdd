import { findAzure } from '../../../lib/review/classify/azure';
import { Twins, tellTwins } from '../classify';

// What a change means, and what it means that it is taken back; without the latter it means nothing.
const TYPES: { readonly [type: string]: Twins } = {
  azurerm_storage_share: {
    base: { name: 'share', enabled_protocol: 'NFS', storage_account_id: '${azurerm_storage_account.a.id}' },
    changes: [
      [
        'a share that goes',
        { quota: 100 },
        undefined,
        [
          'data-loss: The file share share is destroyed with every file in it.',
          'interrupt: Whatever mounts the file share share loses it.',
        ],
      ],
      [
        'a share of another account',
        {},
        { storage_account_id: '${azurerm_storage_account.b.id}' },
        [
          'data-loss?: If it is replaced, the file share share is destroyed with every file in it; the new one is empty.',
          'interrupt?: If it is replaced: until the new one is there, whatever mounts the file share share loses it.',
        ],
        [
          'data-loss?: If it is replaced, the file share share is destroyed with every file in it; the new one is empty.',
          'interrupt?: If it is replaced: until the new one is there, whatever mounts the file share share loses it.',
        ],
      ],
      [
        'a larger share',
        { quota: 100 },
        { quota: 200 },
        ['capacity: The size, in GiB, goes up from 100 to 200.'],
        ['capacity: The size, in GiB, goes down from 200 to 100.'],
      ],
      [
        'a share that others may read',
        { quota: 1 },
        { quota: 1, acl: [{ id: 'p' }] },
        ['access: The file share share is opened by stored policies: {"id":"p"}.'],
      ],
    ],
  },
  azurerm_managed_lustre_file_system: {
    base: { name: 'fast' },
    changes: [
      [
        'a file system that goes',
        {},
        undefined,
        [
          'data-loss: The file system fast is destroyed with every file on it.',
          'interrupt: Whatever mounts the file system fast loses it.',
        ],
      ],
      [
        'a larger file system',
        { storage_capacity_in_tb: 8 },
        { storage_capacity_in_tb: 16 },
        [
          'data-loss: The file system fast is destroyed with every file on it; the new one is empty.',
          'interrupt: Until the new one is there, whatever mounts the file system fast loses it.',
          'capacity: The size, in TiB, goes up from 8 to 16.',
        ],
        [
          'data-loss: The file system fast is destroyed with every file on it; the new one is empty.',
          'interrupt: Until the new one is there, whatever mounts the file system fast loses it.',
          'capacity: The size, in TiB, goes down from 16 to 8.',
        ],
      ],
      [
        'no key of ours',
        { encryption_key: { key_url: 'k', source_vault_id: 'v' } },
        {},
        [
          'data-loss?: If it is replaced, the file system fast is destroyed with every file on it; the new one is empty.',
          'interrupt?: If it is replaced: until the new one is there, whatever mounts the file system fast loses it.',
          "access: The file system fast is encrypted with Microsoft's key and no longer with one of your own, which you could take away.",
        ],
      ],
      [
        'another key',
        { encryption_key: { key_url: 'k', source_vault_id: 'v' } },
        { encryption_key: { key_url: 'l', source_vault_id: 'v' } },
        ['access: The file system fast is encrypted with another key: l.'],
        ['access: The file system fast is encrypted with another key: k.'],
      ],
      [
        'root that is root',
        { root_squash: { mode: 'All', no_squash_nids: 'a' } },
        { root_squash: { mode: 'None', no_squash_nids: 'b' } },
        [
          'access: Who is root on a machine that mounts the file system fast may do more with its files: None, where it was All.',
          'access: Who is root on b is root on the file system fast, too, where it was a.',
        ],
        ['access: Who is root on a is root on the file system fast, too, where it was b.'],
      ],
      [
        'another window',
        { maintenance_window: { day_of_week: 'Sunday', time_of_day_in_utc: '01:00' } },
        { maintenance_window: { day_of_week: 'Monday', time_of_day_in_utc: '01:00' } },
        [],
      ],
    ],
  },
  azurerm_storage_object_replication: {
    base: { source_storage_account_id: 'a', destination_storage_account_id: 'b' },
    changes: [
      [
        'a copy',
        undefined,
        { rules: [{ source_container_name: 'data', destination_container_name: 'copy' }] },
        ['access: Blobs of the container data are copied from a to b: whoever may read copy there can read them.'],
      ],
      [
        'no copy',
        {
          rules: [
            { source_container_name: 'data', destination_container_name: 'copy' },
            { source_container_name: 'models', destination_container_name: 'copy' },
          ],
        },
        { rules: [{ source_container_name: 'data', destination_container_name: 'copy' }] },
        ['data-loss: New blobs of the container models are no longer copied from a to b.'],
        ['access: Blobs of the container models are copied from a to b: whoever may read copy there can read them.'],
      ],
      [
        'a copy elsewhere',
        { rules: [{ source_container_name: 'data', destination_container_name: 'copy' }] },
        { rules: [{ source_container_name: 'data', destination_container_name: 'copy' }], destination_storage_account_id: 'c' },
        [
          'data-loss: New blobs of the container data are no longer copied from a to b.',
          'access: Blobs of the container data are copied from a to c: whoever may read copy there can read them.',
        ],
        [
          'data-loss: New blobs of the container data are no longer copied from a to c.',
          'access: Blobs of the container data are copied from a to b: whoever may read copy there can read them.',
        ],
      ],
      [
        'a copy of less',
        { rules: [{ source_container_name: 'data', destination_container_name: 'copy' }] },
        { rules: [{ source_container_name: 'data', destination_container_name: 'copy', filter_out_blobs_with_prefix: ['raw/'] }] },
        ['data-loss: Blobs of the container data under raw/ are no longer copied.'],
      ],
    ],
  },
  azurerm_container_registry_cache_rule: {
    base: { name: 'quay-io', container_registry_id: 'r', source_repo: 'quay.io/*', target_repo: 'quay.io/*' },
    changes: [
      ['a cache that goes', {}, undefined, ['interrupt: Whatever pulls images by the cache rule quay-io finds none that are new.']],
      [
        'images of somebody else',
        {},
        { source_repo: 'evil.example/*' },
        [
          'interrupt: Until the new one is there, whatever pulls images by the cache rule quay-io finds none that are new.',
          'access: Whoever pulls by the cache rule quay-io gets the images of evil.example/*, where it was quay.io/*.',
        ],
        [
          'interrupt: Until the new one is there, whatever pulls images by the cache rule quay-io finds none that are new.',
          'access: Whoever pulls by the cache rule quay-io gets the images of quay.io/*, where it was evil.example/*.',
        ],
      ],
      [
        'no login',
        { credential_set_id: 'c' },
        {},
        ['interrupt: Images that need a login are no longer pulled by the cache rule quay-io.'],
        ['access: The cache rule quay-io logs in with c.'],
      ],
      [
        'another login',
        { credential_set_id: 'c' },
        { credential_set_id: 'd' },
        ['access: The cache rule quay-io logs in with d.'],
        ['access: The cache rule quay-io logs in with c.'],
      ],
    ],
  },
  azurerm_container_registry_credential_set: {
    base: {
      name: 'docker-hub',
      container_registry_id: 'r',
      login_server: 'docker.io',
      authentication_credentials: { username_secret_id: 'u', password_secret_id: 'p' },
    },
    changes: [
      ['a login that goes', {}, undefined, ['interrupt: Images that need a login are no longer pulled through the registry.']],
      [
        'a password for somebody else',
        {},
        { login_server: 'evil.example' },
        [
          'interrupt: Until the new one is there, images that need a login are no longer pulled through the registry.',
          'access: The password of the login docker-hub is sent to evil.example, where it was docker.io.',
        ],
        [
          'interrupt: Until the new one is there, images that need a login are no longer pulled through the registry.',
          'access: The password of the login docker-hub is sent to docker.io, where it was evil.example.',
        ],
      ],
      [
        'another password',
        {},
        { authentication_credentials: { username_secret_id: 'u', password_secret_id: 'q' } },
        ['interrupt: The login docker-hub is another one: its password is in q.'],
        ['interrupt: The login docker-hub is another one: its password is in p.'],
      ],
    ],
  },
};

describe.each(Object.keys(TYPES))('%s', (type) => {
  tellTwins(findAzure, type, TYPES[type]);
});
