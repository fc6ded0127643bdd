import { Environment, FileSystemKind, Size } from '../../lib/core';
import { parity } from '../../lib/core/parity';
import { FilestoreTier, SharedFileSystem, SharedFileSystemProps } from '../../lib/gcp/file-system';
import { MlNetwork } from '../../lib/gcp/network';
import { ArtifactStore } from '../../lib/gcp/storage';
import { problemsOf } from '../contract/room';
import { fileSystemContract } from '../contract/stores';
import { FakeNetwork, Json, PLACE, ROOM, Synthesized, synth } from './helper';
import { run, sourceOf } from './workflow';

const PARALLEL = { kind: FileSystemKind.PARALLEL };
const KEY = 'projects/p/locations/r/keyRings/k/cryptoKeys/c';

function fileSystem(props: Partial<SharedFileSystemProps> = {}, look?: (made: SharedFileSystem) => void): Synthesized {
  return synth((stack) => {
    const network = new FakeNetwork(stack, 'Network');
    const made = new SharedFileSystem(stack, 'Scratch', { ...PLACE, network, kind: FileSystemKind.POSIX, ...props });
    look?.(made);
  });
}
function filestore(props: Partial<SharedFileSystemProps> = {}): Json {
  return fileSystem(props).only('google_filestore_instance');
}
function lustre(props: Partial<SharedFileSystemProps> = {}): Json {
  return fileSystem({ ...PARALLEL, ...props }).only('google_lustre_instance');
}
/** Notes of the parity report about one prop. */
function noted(prop: string, props: Partial<SharedFileSystemProps>): Json {
  let entries: Json[] = [];
  fileSystem(props, (made) => {
    entries = parity.report(made).filter((e) => e.path.endsWith(`.${prop}`) || e.path === `test/Scratch.${prop}`);
  });
  return entries[0];
}

describe('a file system of ordinary files', () => {
  test('is Filestore in the network, mounted by its subnetwork only', () => {
    expect(filestore()).toMatchObject({
      location: 'europe-west4-b',
      tier: 'BASIC_HDD',
      protocol: 'NFS_V3',
      file_shares: {
        name: 'share',
        capacity_gb: 1024,
        nfs_export_options: [{ ip_ranges: ['10.0.0.0/20'], access_mode: 'READ_WRITE', squash_mode: 'NO_ROOT_SQUASH' }],
      },
      networks: [{ network: 'projects/acme-ml-dev/global/networks/ml', modes: ['MODE_IPV4'], connect_mode: 'DIRECT_PEERING' }],
    });
  });

  test.each([
    [Environment.DEV, 'BASIC_HDD', 'europe-west4-b', false],
    [Environment.STAGING, 'ZONAL', 'europe-west4-b', false],
    [Environment.PROD, 'REGIONAL', 'europe-west4', true],
  ])('in %s is of tier %s in %s, protected: %s', (environment, tier, location, deletion_protection_enabled) => {
    expect(filestore({ environment })).toMatchObject({ tier, location, deletion_protection_enabled });
  });

  test.each<[FilestoreTier, string | undefined, number]>([
    [FilestoreTier.BASIC_HDD, '1.2TiB', 1229],
    [FilestoreTier.BASIC_SSD, undefined, 2560],
    [FilestoreTier.ZONAL, undefined, 1024],
    [FilestoreTier.ZONAL, '1TiB', 1024],
    [FilestoreTier.ZONAL, '1025GiB', 1280],
    [FilestoreTier.ZONAL, '9984GiB', 9984],
    [FilestoreTier.ZONAL, '9985GiB', 10_240],
    [FilestoreTier.REGIONAL, '11TiB', 12_800],
    [FilestoreTier.REGIONAL, '100TiB', 102_400],
  ])('of tier %s that has to hold %s holds %s GiB', (tier, size, gib) => {
    expect(filestore({ tier, size: size === undefined ? undefined : Size.parse(size) }).file_shares.capacity_gb).toBe(gib);
  });

  test('says what the rounding is, because it costs', () => {
    const props = { tier: FilestoreTier.ZONAL, size: Size.parse('1.2TiB') };
    expect(noted('size', props)).toEqual({
      cloud: 'gcp',
      path: 'test/Scratch.size',
      kind: 'approximated',
      became: '1280 GiB of tier ZONAL',
      reason: 'Filestore of tier ZONAL comes in steps of 256 GiB from 1,024 GiB on, and all of it is paid for',
    });
    expect(noted('size', { ...props, size: Size.tebibytes(1) })).toMatchObject({ kind: 'mapped' });
  });

  test('is mounted from addresses that are named, and with a key where one is', () => {
    const made = filestore({ clients: ['10.1.0.0/16', '10.2.0.7'], tier: FilestoreTier.ZONAL, zone: 'europe-west4-a', kmsKeyName: KEY });
    expect(made).toMatchObject({ location: 'europe-west4-a', kms_key_name: KEY });
    expect(made.file_shares.nfs_export_options[0].ip_ranges).toEqual(['10.1.0.0/16', '10.2.0.7']);
  });

  test('in a network of another project goes through private services access', () => {
    const stack = synth((s) => {
      const network = MlNetwork.fromNetworkAttributes(s, 'Network', {
        networkId: 'projects/host-project/global/networks/n',
        subnetworkId: 'projects/host-project/regions/europe-west4/subnetworks/s',
        servicesRange: 'services',
      });
      new SharedFileSystem(s, 'Scratch', { ...PLACE, network, kind: FileSystemKind.POSIX });
    });
    const { networks, file_shares } = stack.only('google_filestore_instance');
    expect(networks).toMatchObject([{ connect_mode: 'PRIVATE_SERVICE_ACCESS', reserved_ip_range: 'services' }]);
    expect(file_shares).not.toHaveProperty('nfs_export_options');
  });

  test('says how it is mounted', () => {
    expect(fileSystem().output('MountCommand')).toMatch(
      /^sudo mkdir -p \/mnt\/scratch && sudo mount -t nfs -o hard,\S+ \$\{local\.Scratch_Address_\w+\}:\/share \/mnt\/scratch$/,
    );
  });
});

describe('backups', () => {
  test.each([
    [{}, 0],
    [{ environment: Environment.STAGING }, 1],
    [{ environment: Environment.PROD }, 1],
    [{ backups: true }, 1],
    [{ environment: Environment.PROD, backups: false }, 0],
  ])('with %j are made by %s schedules', (props, count) => {
    expect(fileSystem(props).all('google_cloud_scheduler_job')).toHaveLength(count);
  });

  test('are made by an account that cannot touch a file system', () => {
    const stack = fileSystem({ backups: true });
    const { permissions } = stack.only('google_project_iam_custom_role');
    expect(permissions.filter((p: string) => p.startsWith('file.instances.'))).toEqual(['file.instances.get']);
    expect(stack.all('google_project_iam_member').map((m) => m.role)).toEqual([
      expect.stringMatching(/^\$\{google_project_iam_custom_role\.\w+\.name\}$/),
      'roles/workflows.invoker',
      'roles/logging.logWriter',
    ]);
  });

  const DAY = 86_400_000;
  const backup = (name: string, days: number, more: object = {}) => ({
    name: `projects/p/locations/europe-west4/backups/${name}`,
    sourceInstance: 'projects/123/locations/europe-west4/instances/scratch-SELF',
    state: 'READY',
    createTime: new Date(-days * DAY).toISOString(),
    ...more,
  });
  const night = (backups: readonly object[] | undefined) => {
    const stack = fileSystem({ backups: true });
    const instance = stack.only('google_filestore_instance').name;
    const listed = backups && JSON.parse(JSON.stringify(backups).replace(/scratch-SELF/g, instance));
    return run(sourceOf(stack), { call: (name) => (name === 'http.get' ? { body: listed ? { backups: listed } : {} } : {}) }).calls;
  };

  test('are named after the moment, and none is deleted while all are young', () => {
    const calls = night([backup('young', 6)]);
    expect(calls.map((c) => c.name)).toEqual(['http.post', 'http.get']);
    expect(calls[0].args).toMatchObject({
      url: 'https://file.googleapis.com/v1/projects/acme-ml-dev/locations/europe-west4/backups',
      query: { backupId: expect.stringMatching(/^scratch-[0-9a-f]{8}-0$/) },
      body: { sourceFileShare: 'share' },
    });
  });

  test('are made where there was none before', () => {
    expect(night(undefined).map((c) => c.name)).toEqual(['http.post', 'http.get']);
  });

  test('of more than seven days ago go, one a night, and those of others never', () => {
    const other = { sourceInstance: 'projects/123/locations/europe-west4/instances/other' };
    const calls = night([backup('theirs', 99, other), backup('busy', 30, { state: 'CREATING' }), backup('old', 9), backup('older', 10)]);
    expect(calls.filter((c) => c.name === 'http.delete').map((c) => c.args.url)).toEqual([
      'https://file.googleapis.com/v1/projects/p/locations/europe-west4/backups/old',
    ]);
  });
});

describe('a parallel file system', () => {
  test('is Managed Lustre in a zone, reached through private services access', () => {
    const stack = fileSystem({ ...PARALLEL });
    expect(stack.only('google_lustre_instance')).toMatchObject({
      location: 'europe-west4-b',
      filesystem: 'lustrefs',
      network: 'projects/acme-ml-dev/global/networks/ml',
      gke_support_enabled: false,
    });
    expect(stack.only('google_compute_firewall')).toMatchObject({
      project: 'acme-ml-dev',
      direction: 'INGRESS',
      allow: [{ protocol: 'tcp', ports: ['988'] }],
      source_ranges: ['10.64.0.0/20'],
    });
  });

  test.each<[string | undefined, number | undefined, string, string]>([
    [undefined, undefined, '9000', '1000'],
    ['1.2TiB', undefined, '9000', '1000'],
    ['1.2TiB', 250, '36000', '250'],
    ['1.2TiB', 251, '18000', '500'],
    ['9001GiB', 1000, '18000', '1000'],
    ['72000GiB', undefined, '72000', '125'],
    ['200000GiB', 125, '216000', '125'],
    ['1530001GiB', 1000, '1584000', '1000'],
  ])('that has to hold %s at %s MB/s for each TiB holds %s GiB at %s', (size, throughput, capacity_gib, per_unit_storage_throughput) => {
    const made = lustre({ size: size === undefined ? undefined : Size.parse(size), throughput });
    expect(made).toMatchObject({ capacity_gib, per_unit_storage_throughput });
  });

  test('says what it was rounded to, because it costs', () => {
    expect(noted('size', { ...PARALLEL, size: Size.parse('1.2TiB'), throughput: 200 })).toMatchObject({
      kind: 'approximated',
      became: '36000 GiB',
      reason: 'Managed Lustre of 250 MB/s for each TiB comes in steps of 36,000 GiB from 36,000 GiB on, and all of it is paid for',
    });
    expect(noted('throughput', { ...PARALLEL, throughput: 200 })).toMatchObject({
      kind: 'approximated',
      became: '250 MB/s for each TiB',
      reason: 'Managed Lustre offers 125, 250, 500 or 1,000 MB/s for each TiB',
    });
  });

  test('is linked to a store by commands, and by a permission for the service that copies', () => {
    const stack = synth((s) => {
      const artifacts = ArtifactStore.fromArtifactStoreAttributes(s, 'Store', { bucketName: 'acme' });
      new SharedFileSystem(s, 'Fast', { ...PLACE, ...PARALLEL, network: new FakeNetwork(s, 'Network'), artifacts });
    });
    expect(stack.output('ImportCommand')).toMatch(
      /^gcloud lustre instances import-data fast-[0-9a-f]{8} --location europe-west4-b --project acme-ml-dev --gcs-path-uri gs:\/\/acme\/data\/$/,
    );
    expect(stack.output('ExportCommand')).toMatch(/export-data .* --gcs-path-uri gs:\/\/acme\/models\/ --lustre-path \/models\/$/);
    expect(stack.all('google_storage_bucket_iam_member').map((m) => [m.bucket, m.role, m.member])).toEqual(
      ['roles/storage.legacyBucketReader', 'roles/storage.objectUser'].map((role) => [
        'acme',
        role,
        expect.stringMatching(/^serviceAccount:service-\$\{data\.google_project\.\w+\.number\}@gcp-sa-lustre\.iam\.gserviceaccount\.com$/),
      ]),
    );
  });

  test('speaks on the port of GKE where that is asked for', () => {
    const stack = fileSystem({ ...PARALLEL, gkeSupport: true });
    expect(stack.only('google_lustre_instance').gke_support_enabled).toBe(true);
    expect(stack.only('google_compute_firewall').allow).toEqual([{ protocol: 'tcp', ports: ['6988'] }]);
  });

  test('has no backups in prod, where nobody asked for some', () => {
    expect(fileSystem({ ...PARALLEL, environment: Environment.PROD }).all('google_cloud_scheduler_job')).toEqual([]);
  });

  test('says how it is mounted', () => {
    expect(fileSystem(PARALLEL).output('MountCommand')).toMatch(
      / mount -t lustre \$\{local\.Scratch_Address_\w+\}@tcp:\/lustrefs \/mnt\/scratch$/,
    );
  });
});

describe('a file system refuses', () => {
  test.each<[string, Partial<SharedFileSystemProps>, string, string, string]>([
    [
      'backups of what has none',
      { ...PARALLEL, backups: true },
      'backups',
      'Managed Lustre has no backups; what is worth keeping is exported to Cloud Storage',
      'leave it out, or write false',
    ],
    [
      'a size above the largest',
      { size: Size.tebibytes(64) },
      'size',
      'Filestore of tier BASIC_HDD holds at most 65,433 GiB',
      'write 65433GiB or less',
    ],
    [
      'throughput of ordinary files',
      { throughput: 250 },
      'throughput',
      'only a parallel file system has it',
      'leave it out, or write kind: parallel',
    ],
    [
      'a tier of Lustre',
      { ...PARALLEL, tier: FilestoreTier.ZONAL },
      'tier',
      'only a file system of kind posix has it',
      'leave it out, or write kind: posix',
    ],
    [
      'a zone of a region',
      { tier: FilestoreTier.REGIONAL, zone: 'europe-west4-a' },
      'zone',
      'a file system of tier REGIONAL is in all zones',
      'leave it out, or write another tier',
    ],
    ['a zone elsewhere', { zone: 'us-central1-a' }, 'zone', 'not a zone of europe-west4', 'write a zone such as europe-west4-a'],
    [
      'a key of a basic one',
      { kmsKeyName: KEY },
      'kmsKeyName',
      'tier BASIC_HDD takes no key',
      'write tier ZONAL or REGIONAL, or leave it out',
    ],
    [
      'clients that are no addresses',
      { clients: ['trainers'] },
      'clients',
      'not an address, and not a range of them',
      'write one such as 10.0.0.0/20',
    ],
    [
      'more than Lustre gives',
      { ...PARALLEL, throughput: 2000 },
      'throughput',
      'Managed Lustre gives at most 1,000 MB/s for each TiB',
      'write 125, 250, 500 or 1000, or a larger size: all of it together is what counts',
    ],
  ])('%s', (_, props, prop, reason, instead) => {
    expect(problemsOf(() => fileSystem(props))).toMatchObject([{ prop, reason, instead }]);
  });

  test('a network that is not known to let services in, where it has to', () => {
    const lone = () =>
      synth((s) => {
        const network = MlNetwork.fromNetworkAttributes(s, 'Network', {
          networkId: 'projects/acme-ml-dev/global/networks/n',
          subnetworkId: 'projects/acme-ml-dev/regions/europe-west4/subnetworks/s',
        });
        new SharedFileSystem(s, 'Scratch', { ...PLACE, network, kind: FileSystemKind.POSIX });
        new SharedFileSystem(s, 'Fast', { ...PLACE, network, ...PARALLEL });
      });
    expect(lone).toThrow(
      new Error(
        `gcp.SharedFileSystem 'test/Fast': network "projects/acme-ml-dev/global/networks/n": the network exists already, and is not known to have private services access; give the name of its allocated range as servicesRange of the network`,
      ),
    );
  });
});

describe('a file system that exists', () => {
  test('is left alone', () => {
    const stack = synth((s) => {
      const made = SharedFileSystem.fromSharedFileSystemAttributes(s, 'Theirs', {
        kind: FileSystemKind.POSIX,
        server: '10.0.0.9',
        path: '/export',
      });
      expect(made.mountCommand).toMatch(/10\.0\.0\.9:\/export \/mnt\/theirs$/);
    });
    expect(stack.resources).toEqual([]);
  });

  test('is refused where it cannot be', () => {
    const attributes = { kind: FileSystemKind.POSIX, server: 'nfs://10.0.0.9', path: 'export' };
    expect(problemsOf(() => synth((s) => void SharedFileSystem.fromSharedFileSystemAttributes(s, 'Theirs', attributes)))).toMatchObject([
      { prop: 'path', instead: 'write it with a slash in front, such as /share' },
      { prop: 'server', instead: 'write an address only, such as 10.0.0.2' },
    ]);
  });
});

fileSystemContract({
  ...ROOM,
  make: (stack, id, props) => new SharedFileSystem(stack, id, { ...PLACE, network: new FakeNetwork(stack, `${id}Network`), ...props }),
  keepsData: (rendered) =>
    rendered.resources.some(
      (r) => /filestore_instance|lustre_instance/.test(r.type) && (r.body as Json).lifecycle?.prevent_destroy === true,
    ),
  // Neither Filestore nor Managed Lustre can have one.
  publicDoors: (rendered) =>
    rendered.resources.flatMap((r) => ((r.body as Json).source_ranges ?? []).filter((range: string) => !range.startsWith('10.'))),
});
