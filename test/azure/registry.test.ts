import { ImageRegistry, ImageRegistryProps } from '../../lib/azure/registry';
import { Environment } from '../../lib/core';
import { parity } from '../../lib/core/parity';
import { problemsOf } from '../contract/room';
import { FakeGroup, FakeNetwork, SUBSCRIPTION, Synthesized, synth } from './helper';

const registry = (props: Partial<ImageRegistryProps> = {}, use: (r: ImageRegistry) => void = () => {}): Synthesized =>
  synth((stack) => {
    const network = new FakeNetwork(stack, 'Network');
    use(new ImageRegistry(stack, 'Registry', { resourceGroup: new FakeGroup(stack, 'Group'), network, ...props }));
  });
const OWN = `/subscriptions/${SUBSCRIPTION}/resourceGroups/shared/providers/Microsoft.ContainerRegistry/registries/acme`;

test('in dev it is of the Standard tier, for those who are known only', () => {
  const s = registry();
  expect(s.only('azurerm_container_registry')).toMatchObject({
    name: expect.stringMatching(/^[a-z0-9]{5,50}$/),
    sku: 'Standard',
    admin_enabled: false,
    anonymous_pull_enabled: false,
    public_network_access_enabled: true,
    zone_redundancy_enabled: false,
  });
  expect(s.only('azurerm_container_registry').retention_policy_in_days).toBeUndefined();
  expect(s.all('azurerm_private_endpoint')).toEqual([]);
});

test('in dev a weekly task deletes all but the newest images', () => {
  const task = registry().only('azurerm_container_registry_task');
  expect(Buffer.from(task.encoded_step.task_content, 'base64').toString()).toContain(
    "acr purge --filter '.*:.*' --untagged --ago 7d --keep 10",
  );
  expect(task.timer_trigger[0].schedule).toBe('0 2 * * 0');
});

test('in prod it is of the Premium tier, in its network only, and cannot be destroyed', () => {
  const s = registry({ environment: Environment.PROD });
  expect(s.only('azurerm_container_registry')).toMatchObject({
    sku: 'Premium',
    public_network_access_enabled: false,
    export_policy_enabled: false,
    data_endpoint_enabled: true,
    zone_redundancy_enabled: true,
    retention_policy_in_days: 90,
    lifecycle: { prevent_destroy: true },
  });
  expect(s.only('azurerm_private_endpoint').private_service_connection.subresource_names).toEqual(['registry']);
  expect(s.all('azurerm_container_registry_task')).toEqual([]);
});

test('in its network images are built by a pool that has no machines until it is needed', () => {
  const s = registry({ publicNetworkAccess: false }, (r) => expect(r.buildAgentPoolName).toBe('build'));
  expect(s.only('azurerm_container_registry').sku).toBe('Premium');
  expect(s.only('azurerm_container_registry_agent_pool')).toMatchObject({
    name: 'build',
    instance_count: 0,
    lifecycle: { ignore_changes: ['instance_count'] },
  });
});

test('prod can answer on the internet by name', () => {
  const s = registry({ environment: Environment.PROD, publicNetworkAccess: true });
  expect(s.only('azurerm_container_registry')).toMatchObject({ sku: 'Premium', public_network_access_enabled: true });
  expect(s.all('azurerm_container_registry_agent_pool')).toEqual([]);
});

test('fails without anybody who could reach it', () => {
  expect(() => registry({ network: undefined, publicNetworkAccess: false })).toThrow(
    "azure.ImageRegistry 'test/Registry': network: nobody could reach the registry; write network:, or leave publicNetworkAccess out",
  );
});

test('grants are roles on the registry', () => {
  const s = registry({}, (r) => {
    r.grants.pull('Service', { principalId: 'p1' });
    r.grants.push('Pipeline', { principalId: 'p2' });
  });
  const granted = s.all('azurerm_role_assignment').map((a) => `${a.role_definition_name} ${a.principal_id}`);
  expect(granted.sort()).toEqual(['AcrPull p1', 'AcrPush p2']);
});

test('an existing registry is taken as it is', () => {
  const s = synth((stack) => {
    const own = ImageRegistry.fromImageRegistryAttributes(stack, 'Registry', { registryId: OWN, buildAgentPoolName: 'pool' });
    expect(own).toMatchObject({ registryId: OWN, registryName: 'acme', loginServer: 'acme.azurecr.io', buildAgentPoolName: 'pool' });
    own.grants.pull('Service', { principalId: 'p1' });
  });
  expect(s.only('azurerm_role_assignment')).toEqual({ scope: OWN, role_definition_name: 'AcrPull', principal_id: 'p1' });
  expect(() => synth((stack) => ImageRegistry.fromImageRegistryAttributes(stack, 'R', { registryId: 'acme' }))).toThrow(
    'registryId "acme": not the id of a Microsoft.ContainerRegistry/registries; write /subscriptions/',
  );
});

test('images kept can be chosen, where a task deletes the others', () => {
  const purge = registry({ imagesKept: 3 }).only('azurerm_container_registry_task').encoded_step.task_content;
  expect(Buffer.from(purge, 'base64').toString()).toContain('--keep 3');
  expect(problemsOf(() => registry({ imagesKept: 0 }))).toMatchObject([{ prop: 'imagesKept' }]);
});

describe('tags that always name the same image', () => {
  const notes = (props: Partial<ImageRegistryProps>) => {
    let found: ReturnType<typeof parity.report> = [];
    registry(props, (r) => {
      parity.declare(r, 'registry');
      found = parity.report(r);
    });
    return found.map((n) => n.path);
  };

  test('are locked by who builds them, which the report says', () => {
    registry({ immutableTags: true }, (r) => expect(r.immutableTags).toBe(true));
    expect(notes({ immutableTags: true, imagesKept: 3 })).toEqual(['registry', 'registry.imagesKept', 'registry.immutableTags']);
    expect(notes({ imagesKept: 3 })).toEqual(['registry']);
    expect(notes({ imagesKept: 3, publicNetworkAccess: false })).toEqual(['registry', 'registry.imagesKept']);
  });

  test('are known of a registry that exists already, if its owner says so', () => {
    synth((stack) => {
      expect(ImageRegistry.fromImageRegistryAttributes(stack, 'A', { registryId: OWN, immutableTags: true }).immutableTags).toBe(true);
      expect(ImageRegistry.fromImageRegistryAttributes(stack, 'B', { registryId: OWN }).immutableTags).toBeUndefined();
    });
  });
});

describe('a cache of public registries', () => {
  const keyVaultId = `/subscriptions/${SUBSCRIPTION}/resourceGroups/ops/providers/Microsoft.KeyVault/vaults/acme`;
  const dockerHub = { keyVaultId, usernameSecret: 'hub-user', passwordSecret: 'hub-token' };

  test('is a rule for each', () => {
    const s = registry({ pullThrough: ['quay.io', 'ghcr.io'] });
    expect(s.all('azurerm_container_registry_cache_rule').map((r) => [r.name, r.source_repo, r.target_repo])).toEqual([
      ['ghcr-io', 'ghcr.io/*', 'ghcr.io/*'],
      ['quay-io', 'quay.io/*', 'quay.io/*'],
    ]);
    expect(s.all('azurerm_container_registry_credential_set')).toEqual([]);
  });

  test('logs in to Docker Hub by secrets that only it may read', () => {
    const s = registry({ pullThrough: ['docker.io'], dockerHub });
    expect(s.only('azurerm_container_registry_credential_set').authentication_credentials).toEqual({
      username_secret_id: 'https://acme.vault.azure.net/secrets/hub-user',
      password_secret_id: 'https://acme.vault.azure.net/secrets/hub-token',
    });
    expect(s.only('azurerm_container_registry_cache_rule').credential_set_id).toMatch(/credential_set/);
    expect(
      s
        .all('azurerm_role_assignment')
        .map((r) => [r.role_definition_name, r.scope])
        .sort(),
    ).toEqual([
      ['Key Vault Secrets User', `${keyVaultId}/secrets/hub-token`],
      ['Key Vault Secrets User', `${keyVaultId}/secrets/hub-user`],
    ]);
  });

  test.each([
    [['docker.io'], 'pullThrough', 'ACR caches Docker Hub for those who log in there only'],
    [['registry.example.com'], 'pullThrough.0', 'ACR caches no registry of this name'],
    [['quay.io', 'quay.io'], 'pullThrough.1', 'it is named twice'],
  ])('is refused for %j', (pullThrough, prop, reason) => {
    expect(problemsOf(() => registry({ pullThrough }))).toMatchObject([{ prop, reason }]);
  });
});
