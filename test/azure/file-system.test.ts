import { TerraformStack } from 'cdktf';
import { SharedFileSystem, SharedFileSystemProps } from '../../lib/azure/file-system';
import { MlNetwork } from '../../lib/azure/network';
import { ArtifactStore } from '../../lib/azure/storage';
import { Environment, FileSystemKind, Size } from '../../lib/core';
import { parity } from '../../lib/core/parity';
import { problemsOf } from '../contract/room';
import { Body, FakeGroup, FakeNetwork, SUBSCRIPTION, Synthesized, synth } from './helper';

const { POSIX, PARALLEL } = FileSystemKind;
const fileSystem = (props: Partial<SharedFileSystemProps> = {}, use: (f: SharedFileSystem) => void = () => {}): Synthesized =>
  synth((stack) => {
    const network = new FakeNetwork(stack, 'Network');
    use(new SharedFileSystem(stack, 'Scratch', { kind: POSIX, resourceGroup: new FakeGroup(stack, 'Group'), network, ...props }));
  });
const lustre = (props: Partial<SharedFileSystemProps> = {}) =>
  fileSystem({ kind: PARALLEL, ...props }).only('azurerm_managed_lustre_file_system');
const notes = (props: Partial<SharedFileSystemProps>) => {
  let found: ReturnType<typeof parity.report> = [];
  fileSystem(props, (f) => {
    parity.declare(f, 'fs');
    found = parity.report(f);
  });
  return found;
};

describe('a file system of ordinary files', () => {
  test('is a share of NFS in a premium account without keys, which answers in its network only', () => {
    const s = fileSystem();
    expect(s.only('azurerm_storage_account')).toMatchObject({
      account_kind: 'FileStorage',
      account_tier: 'Premium',
      account_replication_type: 'LRS',
      https_traffic_only_enabled: false,
      shared_access_key_enabled: false,
      public_network_access_enabled: false,
      network_rules: { default_action: 'Deny' },
      share_properties: { retention_policy: { days: 7 } },
    });
    expect(s.only('azurerm_storage_share')).toMatchObject({ name: 'files', enabled_protocol: 'NFS', quota: 100 });
    expect(s.only('azurerm_storage_share').storage_account_id).toMatch(/azurerm_storage_account/);
  });

  test('says why it does without secure transfer, which policies ask for', () => {
    const acknowledged = (kind: FileSystemKind) => {
      let said: unknown;
      fileSystem({ kind }, (f) => (said = (TerraformStack.of(f).toTerraform() as Body)['//']?.acknowledged));
      return said;
    };
    expect(acknowledged(POSIX)).toEqual({
      'test/Scratch': expect.objectContaining({
        'azure-storage-https': expect.stringMatching(/^neither App Service nor a plain NFS client/),
      }),
    });
    expect(acknowledged(PARALLEL)).toBeUndefined();
  });

  test('has a private endpoint to its files', () => {
    const endpoint = fileSystem().only('azurerm_private_endpoint');
    expect(endpoint.private_service_connection.subresource_names).toEqual(['file']);
    expect(endpoint.private_dns_zone_group.private_dns_zone_ids[0]).toMatch(/privatelink\.file\.core\.windows\.net$/);
  });

  test('lets machines of the network reach private endpoints on the port of NFS', () => {
    const rules = (made: boolean) => {
      const s = synth((stack) => {
        const resourceGroup = new FakeGroup(stack, 'Group');
        const network = new MlNetwork(stack, 'Network', { resourceGroup });
        if (made) new SharedFileSystem(stack, 'Scratch', { kind: POSIX, resourceGroup, network });
      });
      const group = s.all('azurerm_network_security_group').find((g) => g.name.includes('privateendpoints'))!;
      return group.security_rule.map((r: { destination_port_range: string }) => r.destination_port_range);
    };
    expect(rules(false)).toEqual(['443', '445', '*']);
    expect(rules(true)).toEqual(['443', '445', '2049', '*']);
  });

  test.each([
    [Size.gibibytes(20), 100, 'fs.size'],
    [Size.gibibytes(100), 100, undefined],
    [Size.mebibytes(150 * 1024 + 1), 151, 'fs.size'],
    [Size.tebibytes(1), 1024, undefined],
  ])('of %s is one of %d GiB', (size, quota, noted) => {
    expect(fileSystem({ size }).only('azurerm_storage_share').quota).toBe(quota);
    expect(notes({ size }).find((n) => n.kind === 'approximated')?.path).toBe(noted);
  });

  test('says what it is mounted from', () => {
    fileSystem({}, (f) => {
      expect(f.exportPath).toBe(`/${f.storageAccountName}/files`);
      expect(f.mountCommand).toBe(
        `sudo mkdir -p /mnt/scratch && sudo mount -t nfs -o vers=4,minorversion=1,sec=sys,nconnect=4,noresvport ` +
          `${f.storageAccountName}.file.core.windows.net:/${f.storageAccountName}/files /mnt/scratch`,
      );
    });
  });

  test('in prod is spread over zones, and cannot be destroyed', () => {
    const s = fileSystem({ environment: Environment.PROD });
    expect(s.only('azurerm_storage_account')).toMatchObject({ account_replication_type: 'ZRS', lifecycle: { prevent_destroy: true } });
    expect(s.only('azurerm_storage_share').lifecycle).toEqual({ prevent_destroy: true });
  });
});

describe('backups', () => {
  const isBackedUp = (props: Partial<SharedFileSystemProps>) => fileSystem(props).all('azurerm_logic_app_workflow').length === 1;

  test('are there in staging and prod, and where they are asked for', () => {
    expect(isBackedUp({})).toBe(false);
    expect(isBackedUp({ environment: Environment.STAGING })).toBe(true);
    expect(isBackedUp({ environment: Environment.PROD })).toBe(true);
    expect(isBackedUp({ backups: true })).toBe(true);
    expect(isBackedUp({ environment: Environment.PROD, backups: false })).toBe(false);
  });

  test('are snapshots that a Logic App takes each day, and deletes when they are old', () => {
    const s = fileSystem({ backups: true });
    const { actions } = JSON.parse(s.only('azurerm_logic_app_action_custom').body);
    expect(actions.Take.inputs).toMatchObject({ method: 'PUT', authentication: { type: 'ManagedServiceIdentity' } });
    expect(actions.Take.inputs.uri).toMatch(/\/fileServices\/default\/shares\/.*\?api-version=2024-01-01&\$expand=snapshots$/);
    expect(actions.Old.inputs.where).toContain('addDays(utcNow(),-7)');
    expect(s.only('azurerm_logic_app_trigger_recurrence')).toMatchObject({ frequency: 'Day', schedule: { at_these_hours: [2] } });
  });

  test('never delete the share: what has no time of a snapshot is passed over', () => {
    const { actions } = JSON.parse(fileSystem({ backups: true }).only('azurerm_logic_app_action_custom').body);
    expect(actions.Old.inputs.where).toMatch(/^@and\(not\(empty\(item\(\)\?\['properties'\]\?\['snapshotTime'\]\)\)/);
    expect(actions.Each.actions.Delete.inputs.headers).toEqual({ 'x-ms-snapshot': "@{items('Each')?['properties']?['snapshotTime']}" });
  });

  test('need a role that knows shares and nothing else', () => {
    const s = fileSystem({ backups: true });
    expect(s.only('azurerm_role_definition').permissions).toEqual([
      {
        actions: ['read', 'write', 'delete'].map((a) => `Microsoft.Storage/storageAccounts/fileServices/shares/${a}`),
        not_actions: [],
      },
    ]);
    expect(s.only('azurerm_role_assignment').scope).toMatch(/azurerm_storage_account/);
  });

  test('are refused for a parallel file system, which has none', () => {
    expect(problemsOf(() => lustre({ backups: true }))).toMatchObject([
      { code: 'unsupported', prop: 'backups', reason: 'Managed Lustre has no backups' },
    ]);
    expect(notes({ kind: PARALLEL, environment: Environment.PROD })).toContainEqual(
      expect.objectContaining({ path: 'fs.backups', became: 'none', reason: 'Managed Lustre has no backups' }),
    );
  });
});

describe('a parallel file system', () => {
  test.each([
    ['nothing', {}, 'AMLFS-Durable-Premium-500', 4],
    ['a small size', { size: Size.tebibytes(1.2) }, 'AMLFS-Durable-Premium-500', 4],
    ['a size that several have', { size: Size.tebibytes(16) }, 'AMLFS-Durable-Premium-125', 16],
    ['a large size', { size: Size.tebibytes(200) }, 'AMLFS-Durable-Premium-40', 240],
    ['a throughput', { throughput: 250, size: Size.tebibytes(1.2) }, 'AMLFS-Durable-Premium-250', 8],
    ['a throughput between two', { throughput: 126 }, 'AMLFS-Durable-Premium-250', 8],
    ['the slowest', { throughput: 1 }, 'AMLFS-Durable-Premium-40', 48],
  ])('of which %s is asked', (_, props, sku, size) => {
    expect(lustre(props)).toMatchObject({ sku_name: sku, storage_capacity_in_tb: size });
  });

  test('is in one zone of its subnet, and is maintained on Sundays', () => {
    expect(lustre()).toMatchObject({
      zones: ['1'],
      maintenance_window: { day_of_week: 'Sunday', time_of_day_in_utc: '02:00' },
      subnet_id: expect.stringMatching(/managed-lustre$/),
    });
    expect(lustre({ zone: '3', maintenanceDay: 'Monday', maintenanceTime: '23:30' })).toMatchObject({
      zones: ['3'],
      maintenance_window: { day_of_week: 'Monday', time_of_day_in_utc: '23:30' },
    });
  });

  test('that is larger than asked for says so', () => {
    expect(notes({ kind: PARALLEL, throughput: 200, size: Size.tebibytes(9) }).filter((n) => n.kind === 'approximated')).toEqual([
      {
        cloud: 'azure',
        path: 'fs.size',
        kind: 'approximated',
        became: '16 TiB',
        reason: 'Managed Lustre of 250 MB/s for each TiB comes in steps of 8 TiB, and all of it is paid for',
      },
      {
        cloud: 'azure',
        path: 'fs.throughput',
        kind: 'approximated',
        became: '250 MB/s for each TiB',
        reason: 'Managed Lustre offers 40, 125, 250 or 500',
      },
    ]);
  });

  test('takes a subnet of the network that is large enough', () => {
    const inNetwork = (addressSpace: string, size: Size) =>
      synth((stack) => {
        const resourceGroup = new FakeGroup(stack, 'Group');
        const network = new MlNetwork(stack, 'Network', { resourceGroup, addressSpace });
        new SharedFileSystem(stack, 'Fast', { kind: PARALLEL, size, resourceGroup, network });
      });
    expect(inNetwork('10.0.0.0/23', Size.tebibytes(4)).all('azurerm_subnet')).toContainEqual(
      expect.objectContaining({ name: 'managed-lustre', address_prefixes: ['10.0.0.224/27'] }),
    );
    expect(problemsOf(() => inNetwork('10.0.0.0/23', Size.tebibytes(20)))).toMatchObject([
      { prop: 'network', value: '10.0.0.224/27', reason: 'Managed Lustre of 20 TiB needs a subnet of a /26 at least' },
    ]);
    expect(problemsOf(() => inNetwork('10.0.0.0/24', Size.tebibytes(4)))).toMatchObject([
      { prop: 'managedLustrePrefix', value: '10.0.0.112/28', reason: 'a subnet for Managed Lustre needs a /27 at least' },
    ]);
  });

  test('is refused where the owner of the network has named no subnet for it', () => {
    const virtualNetworkId = `/subscriptions/${SUBSCRIPTION}/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/hub`;
    const subnet = `${virtualNetworkId}/subnets/a`;
    const inTheirs = (managedLustreSubnetId?: string) =>
      synth((stack) => {
        const ids = { virtualNetworkId, privateEndpointSubnetId: subnet, appServiceSubnetId: subnet, trainingSubnetId: subnet };
        const network = MlNetwork.fromNetworkAttributes(stack, 'Network', { ...ids, managedLustreSubnetId });
        new SharedFileSystem(stack, 'Fast', { kind: PARALLEL, resourceGroup: new FakeGroup(stack, 'Group'), network });
      });
    expect(problemsOf(() => inTheirs())).toMatchObject([
      {
        code: 'missing',
        prop: 'network',
        reason: 'Managed Lustre needs a subnet, and the network that exists already names none',
        instead: 'give its id as managedLustreSubnetId of the network (targets.azure.existing.network)',
      },
    ]);
    expect(inTheirs(subnet).only('azurerm_managed_lustre_file_system').subnet_id).toBe(subnet);
  });

  test('is filled from a store whose account has keys', () => {
    const linked = (accountKeys: boolean) =>
      synth((stack) => {
        const resourceGroup = new FakeGroup(stack, 'Group');
        const network = new FakeNetwork(stack, 'Network');
        const artifacts = new ArtifactStore(stack, 'Store', { resourceGroup, network, accountKeys });
        const importFrom = { artifacts, resourceProviderObjectId: 'hpc', prefix: 'data' };
        new SharedFileSystem(stack, 'Fast', { kind: PARALLEL, resourceGroup, network, importFrom });
      });
    const s = linked(true);
    const made = s.only('azurerm_managed_lustre_file_system');
    expect(made.hsm_setting).toMatchObject({ import_prefix: '/data', container_id: expect.stringMatching(/Store_Container/) });
    expect(made.hsm_setting.logging_container_id).not.toBe(made.hsm_setting.container_id);
    expect(s.all('azurerm_role_assignment').map((r) => [r.role_definition_name, r.principal_id])).toEqual([
      ['Storage Account Contributor', 'hpc'],
      ['Storage Blob Data Contributor', 'hpc'],
    ]);
    expect(made.depends_on.filter((d: string) => /role_assignment/.test(d))).toHaveLength(2);
    expect(problemsOf(() => linked(false))).toMatchObject([
      { prop: 'importFrom', reason: 'Managed Lustre reads a container with the keys of its account, and this store has none' },
    ]);
  });
});

describe('is refused', () => {
  test.each<[Partial<SharedFileSystemProps>, object]>([
    [{ size: Size.tebibytes(101) }, { prop: 'size', instead: 'write 100TiB or less' }],
    [{ throughput: 100 }, { prop: 'throughput', instead: 'leave it out, or write kind: parallel' }],
    [{ zone: '1' }, { prop: 'zone', instead: 'leave it out, or write kind: parallel' }],
    [
      { kind: PARALLEL, throughput: 501 },
      { prop: 'throughput', instead: 'write a number from 1 to 500' },
    ],
    [
      { kind: PARALLEL, throughput: 500, size: Size.tebibytes(129) },
      {
        prop: 'size',
        reason: 'Managed Lustre of 500 MB/s for each TiB holds 128 TiB at most',
        instead: 'write 128TiB or less, or throughput: 40',
      },
    ],
    [
      { kind: PARALLEL, zone: 'a' },
      { prop: 'zone', instead: 'write "1", "2" or "3"' },
    ],
    [
      { kind: PARALLEL, maintenanceDay: 'Someday' },
      { prop: 'maintenanceDay', instead: 'write a day such as Sunday' },
    ],
    [
      { kind: PARALLEL, maintenanceTime: '24:00' },
      { prop: 'maintenanceTime', instead: 'write hours and minutes, such as 02:00' },
    ],
  ])('%j', (props, problem) => {
    expect(problemsOf(() => fileSystem(props))).toMatchObject([problem]);
  });
});

describe('a file system that exists already', () => {
  const own = (kind: FileSystemKind, exportPath: string) => {
    let made: ReturnType<typeof SharedFileSystem.fromSharedFileSystemAttributes> | undefined;
    const s = synth((stack) => {
      made = SharedFileSystem.fromSharedFileSystemAttributes(stack, 'Own', { kind, host: 'acme.file.core.windows.net', exportPath });
    });
    expect(s.resources).toEqual([]);
    return made!;
  };

  test('is taken as it is', () => {
    expect(own(POSIX, '/acme/home')).toMatchObject({ storageAccountName: 'acme', shareName: 'home' });
    expect(own(PARALLEL, '/lustrefs').mountCommand).toContain('mount -t lustre -o noatime,flock acme.file.core.windows.net@tcp:/lustrefs');
  });

  test('has to be named as it is exported', () => {
    expect(problemsOf(() => own(POSIX, '/home'))).toMatchObject([{ prop: 'exportPath', instead: 'write /<account>/<share>' }]);
  });
});
