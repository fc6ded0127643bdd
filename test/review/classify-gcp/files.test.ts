import { findGcp } from '../../../lib/review/classify/gcp';
import { Twins, tellTwins } from '../classify';

// What a change means, and what it means that it is taken back; without the latter it means nothing.
const TYPES: { readonly [type: string]: Twins } = {
  google_filestore_instance: {
    base: { name: 'scratch', tier: 'ZONAL' },
    changes: [
      [
        'a file system that goes',
        {},
        undefined,
        [
          'data-loss: The file system scratch is destroyed with every file on it.',
          'interrupt: Whatever mounts the file system scratch loses it.',
        ],
      ],
      [
        'a file system that goes, protected',
        { deletion_protection_enabled: true },
        undefined,
        [
          'data-loss: The file system scratch is destroyed with every file on it. Google refuses that as long as `deletion_protection_enabled` is on.',
          'interrupt: Whatever mounts the file system scratch loses it.',
        ],
      ],
      [
        'a file system without protection',
        { deletion_protection_enabled: true },
        { deletion_protection_enabled: false },
        ['data-loss: The file system scratch is no longer protected from deletion.'],
      ],
      [
        'a larger file system',
        { file_shares: { name: 'share', capacity_gb: 1024 } },
        { file_shares: { name: 'share', capacity_gb: 2048 } },
        ['capacity: The size, in GB, goes up from 1024 to 2048.'],
        ['capacity: The size, in GB, goes down from 2048 to 1024.'],
      ],
      [
        'more machines',
        { file_shares: { name: 'share', capacity_gb: 1024, nfs_export_options: [{ ip_ranges: ['10.0.0.0/24'] }] } },
        { file_shares: { name: 'share', capacity_gb: 1024, nfs_export_options: [{ ip_ranges: ['10.0.0.0/24', '10.1.0.0/24'] }] } },
        ['access: 10.1.0.0/24 may mount the file system scratch.'],
        ['interrupt: 10.1.0.0/24 may no longer mount the file system scratch.'],
      ],
      [
        'every machine',
        { file_shares: { name: 'share', capacity_gb: 1024, nfs_export_options: [{ ip_ranges: ['10.0.0.0/24'] }] } },
        { file_shares: { name: 'share', capacity_gb: 1024 } },
        ['access: Every machine in the network may mount the file system scratch, and read and change its files.'],
        ['interrupt: Nobody but 10.0.0.0/24 may mount the file system scratch.'],
      ],
      [
        'machines that may write as root',
        {
          file_shares: {
            name: 'share',
            capacity_gb: 1024,
            nfs_export_options: [{ ip_ranges: ['10.0.0.0/24'], access_mode: 'READ_ONLY', squash_mode: 'ROOT_SQUASH' }],
          },
        },
        { file_shares: { name: 'share', capacity_gb: 1024, nfs_export_options: [{ ip_ranges: ['10.0.0.0/24'] }] } },
        [
          'access: 10.0.0.0/24 may change files of the file system scratch, and not only read them.',
          'access: Who is root on 10.0.0.0/24 is root on the file system scratch, too.',
        ],
      ],
      [
        'more operations',
        { performance_config: { fixed_iops: { max_iops: 1000 } } },
        { performance_config: { fixed_iops: { max_iops: 2000 } } },
        ['capacity: The number of operations a second goes up from 1000 to 2000.'],
        ['capacity: The number of operations a second goes down from 2000 to 1000.'],
      ],
    ],
  },
  google_lustre_instance: {
    base: { instance_id: 'fast', capacity_gib: '9000', per_unit_storage_throughput: '500' },
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
        {},
        { capacity_gib: '18000' },
        ['capacity: The size, in GiB, goes up from 9000 to 18000.'],
        ['capacity: The size, in GiB, goes down from 18000 to 9000.'],
      ],
      [
        'a faster file system',
        {},
        { per_unit_storage_throughput: '1000' },
        [
          'data-loss: The file system fast is destroyed with every file on it; the new one is empty.',
          'interrupt: Until the new one is there, whatever mounts the file system fast loses it.',
          'capacity: The throughput, in MB/s for each TiB, goes up from 500 to 1000.',
        ],
        [
          'data-loss: The file system fast is destroyed with every file on it; the new one is empty.',
          'interrupt: Until the new one is there, whatever mounts the file system fast loses it.',
          'capacity: The throughput, in MB/s for each TiB, goes down from 1000 to 500.',
        ],
      ],
    ],
  },
  google_secret_manager_secret: {
    base: { secret_id: 'token' },
    changes: [
      [
        'a secret that goes',
        {},
        undefined,
        ['data-loss: The secret token is destroyed with every version of it.', 'interrupt: Whatever reads the secret token is refused.'],
      ],
      [
        'a secret that goes, protected',
        { deletion_protection: true },
        undefined,
        [
          'data-loss: The secret token is destroyed with every version of it. Terraform refuses that as long as `deletion_protection` is on.',
          'interrupt: Whatever reads the secret token is refused.',
        ],
      ],
      [
        'a secret without protection',
        { deletion_protection: true },
        {},
        ['data-loss: The secret token is no longer protected from deletion.'],
      ],
      [
        'a secret that expires',
        {},
        { expire_time: '2027-01-01T00:00:00Z' },
        ['data-loss: The secret token is deleted with its versions at 2027-01-01T00:00:00Z.'],
      ],
      [
        'a secret that lives for a time',
        {},
        { ttl: '86400s' },
        ['data-loss: The secret token and its versions are kept for 1 day, where it was for good.'],
      ],
      [
        'no rotation',
        { rotation: { rotation_period: '86400s' } },
        {},
        ['access: Whoever got hold of the secret token can use it for good: nobody is asked to rotate it any more.'],
      ],
      [
        'other versions',
        { version_aliases: { a: '1' } },
        { version_aliases: { a: '2' } },
        ['interrupt: What reads the secret token by a name of a version gets another one.'],
        ['interrupt: What reads the secret token by a name of a version gets another one.'],
      ],
    ],
  },
  google_secret_manager_secret_version: {
    base: { secret: 's' },
    changes: [
      [
        'a value that goes',
        {},
        undefined,
        [
          'data-loss: The version of a secret google_secret_manager_secret_version.thing is destroyed with its value.',
          'interrupt: Whatever reads the version of a secret google_secret_manager_secret_version.thing is refused.',
        ],
      ],
      [
        'a value that stays',
        { deletion_policy: 'ABANDON' },
        undefined,
        ['cosmetic: The version of a secret google_secret_manager_secret_version.thing stays where it is: Terraform only forgets it.'],
      ],
      [
        'a value that is disabled when it goes',
        { deletion_policy: 'DISABLE' },
        undefined,
        [
          'data-loss: The version of a secret google_secret_manager_secret_version.thing is destroyed with its value. It is disabled, and not deleted: `deletion_policy` is DISABLE.',
          'interrupt: Whatever reads the version of a secret google_secret_manager_secret_version.thing is refused.',
        ],
      ],
      [
        'a value that is disabled',
        {},
        { enabled: false },
        ['interrupt: Whatever reads the version of a secret google_secret_manager_secret_version.thing is refused: it is disabled.'],
      ],
      [
        'a value that is deleted from now on',
        { deletion_policy: 'ABANDON' },
        {},
        [
          'data-loss: Destroying the version of a secret google_secret_manager_secret_version.thing deletes its value for good from now on: `deletion_policy` is DELETE.',
        ],
      ],
    ],
  },
};

describe.each(Object.keys(TYPES))('%s', (type) => {
  tellTwins(findGcp, type, TYPES[type]);
});
