import { Secret, SecretProps, SecretVault, SecretVaultProps } from '../../lib/azure/secret';
import { Environment } from '../../lib/core';
import { problemsOf } from '../contract/room';
import { FakeGroup, FakeLogs, FakeNetwork, SUBSCRIPTION, Synthesized, synth } from './helper';

const VAULT = `/subscriptions/${SUBSCRIPTION}/resourceGroups/ops/providers/Microsoft.KeyVault/vaults/acme`;
const vault = (props: Partial<SecretVaultProps> = {}): Synthesized =>
  synth((stack) => {
    const network = new FakeNetwork(stack, 'Network');
    new SecretVault(stack, 'Vault', { resourceGroup: new FakeGroup(stack, 'Group'), network, ...props });
  });
const secret = (props: Partial<SecretProps> = {}, use: (s: Secret) => void = () => {}): Synthesized =>
  synth((stack) => {
    const network = new FakeNetwork(stack, 'Network');
    use(new Secret(stack, 'HubToken', { resourceGroup: new FakeGroup(stack, 'Group'), network, ...props }));
  });

describe('a vault', () => {
  test('uses roles, and answers in its network only', () => {
    const s = vault();
    expect(s.only('azurerm_key_vault')).toMatchObject({
      rbac_authorization_enabled: true,
      public_network_access_enabled: false,
      network_acls: { default_action: 'Deny', bypass: 'AzureServices' },
      sku_name: 'standard',
    });
    expect(s.only('azurerm_private_endpoint').private_service_connection.subresource_names).toEqual(['vault']);
  });

  test('can be purged in dev, and neither purged nor destroyed in prod', () => {
    expect(vault().only('azurerm_key_vault')).toMatchObject({ purge_protection_enabled: false, soft_delete_retention_days: 7 });
    expect(vault().only('azurerm_key_vault').lifecycle).toBeUndefined();
    expect(vault({ environment: Environment.PROD }).only('azurerm_key_vault')).toMatchObject({
      purge_protection_enabled: true,
      soft_delete_retention_days: 90,
      lifecycle: { prevent_destroy: true },
    });
  });

  test('logs who read what where it is told to', () => {
    const s = synth((stack) => {
      const network = new FakeNetwork(stack, 'Network');
      new SecretVault(stack, 'Vault', {
        resourceGroup: new FakeGroup(stack, 'Group'),
        network,
        logWorkspace: new FakeLogs(stack, 'Logs'),
      });
    });
    expect(s.only('azurerm_monitor_diagnostic_setting').enabled_log).toEqual([{ category: 'AuditEvent' }]);
    expect(vault().all('azurerm_monitor_diagnostic_setting')).toEqual([]);
  });

  test('lets the internet in by name only', () => {
    expect(problemsOf(() => vault({ network: undefined }))).toMatchObject([
      { code: 'missing', prop: 'network', reason: 'nobody could reach the vault' },
    ]);
    const s = vault({ network: undefined, publicNetworkAccess: true });
    expect(s.only('azurerm_key_vault')).toMatchObject({ public_network_access_enabled: true, network_acls: { default_action: 'Allow' } });
  });
});

describe('a secret', () => {
  test('is no resource of Terraform, which would need its value', () => {
    const s = secret({ description: 'token of the hub' });
    expect(s.resources.map((r) => r.type).sort()).toEqual(['azurerm_key_vault', 'azurerm_private_endpoint']);
    expect(s.text).not.toMatch(/"value(_wo)?":\s*"[^"]*secret_value/);
  });

  test('is put by a command that reads standard input', () => {
    secret({ description: "the hub's token" }, (s) => {
      expect(s.putCommand).toBe(
        `az keyvault secret set --vault-name ${s.vault.vaultName} --name ${s.secretName} --description 'the hub'\\''s token' ` +
          '--file /dev/stdin --encoding utf-8 --output none',
      );
      expect(s.secretName).toMatch(/^hub-token-[0-9a-f]{8}$/);
      expect(s.secretUri).toBe(`https://${s.vault.vaultName}.vault.azure.net/secrets/${s.secretName}`);
    });
  });

  test('is granted by itself, not with the vault', () => {
    const s = secret({ secretName: 'hub' }, (t) => {
      t.grants.read('Reader', { principalId: 'p1', principalType: 'ServicePrincipal' });
      t.grants.put('Owner', { principalId: 'p2' });
    });
    const scope = expect.stringMatching(/^\$\{azurerm_key_vault\.HubToken_Vault_\w+\.id\}\/secrets\/hub$/);
    expect([...s.all('azurerm_role_assignment')].sort((a, b) => (a.principal_id < b.principal_id ? -1 : 1))).toEqual([
      { scope, role_definition_name: 'Key Vault Secrets User', principal_id: 'p1', principal_type: 'ServicePrincipal' },
      { scope, role_definition_name: 'Key Vault Secrets Officer', principal_id: 'p2' },
    ]);
  });

  test('shares a vault with others', () => {
    const s = synth((stack) => {
      const resourceGroup = new FakeGroup(stack, 'Group');
      const shared = new SecretVault(stack, 'Vault', { resourceGroup, network: new FakeNetwork(stack, 'Network') });
      const names = ['One', 'Two'].map((id) => new Secret(stack, id, { resourceGroup, vault: shared }).secretName);
      expect(new Set(names).size).toBe(2);
    });
    expect(s.all('azurerm_key_vault')).toHaveLength(1);
  });

  test('is refused by a name that a vault does not take', () => {
    expect(problemsOf(() => secret({ secretName: 'hub_token' }))).toMatchObject([
      { code: 'name', prop: 'secretName', instead: 'write a name such as hugging-face-token' },
    ]);
  });

  test('that exists already is taken as it is', () => {
    const s = synth((stack) => {
      const own = Secret.fromSecretAttributes(stack, 'Own', { vaultId: VAULT, secretName: 'hub' });
      expect(own.secretUri).toBe('https://acme.vault.azure.net/secrets/hub');
      own.grants.read('Reader', { principalId: 'p1' });
    });
    expect(s.resources.map((r) => r.type)).toEqual(['azurerm_role_assignment']);
    expect(s.only('azurerm_role_assignment').scope).toBe(`${VAULT}/secrets/hub`);
  });

  test('that exists already is named by its vault and its name', () => {
    expect(
      problemsOf(() => synth((stack) => Secret.fromSecretAttributes(stack, 'Own', { vaultId: 'acme', secretName: 'a b' }))),
    ).toMatchObject([{ prop: 'secretName' }, { prop: 'vaultId' }]);
  });
});
