import { SharedFileSystem } from '../../lib/azure/file-system';
import { AppServiceInference, AppServiceInferenceProps } from '../../lib/azure/inference';
import { Secret } from '../../lib/azure/secret';
import { ContainerImage, FileSystemKind, ImageOwner, Rollout } from '../../lib/core';
import { problemsOf } from '../contract/room';
import { FakeGroup, FakeNetwork, SUBSCRIPTION, synth } from './helper';

const VAULT = `/subscriptions/${SUBSCRIPTION}/resourceGroups/ml/providers/Microsoft.KeyVault/vaults/acme`;
type Needs = Partial<AppServiceInferenceProps>;

const service = (needs: (group: FakeGroup, network: FakeNetwork) => Needs) =>
  synth((stack) => {
    const resourceGroup = new FakeGroup(stack, 'Group');
    const network = new FakeNetwork(stack, 'Network');
    new AppServiceInference(stack, 'Predict', {
      resourceGroup,
      network,
      image: ContainerImage.fromReference('ghcr.io/acme/housing:1.4'),
      ...needs(resourceGroup, network),
    });
  });
const home = (group: FakeGroup, kind = FileSystemKind.POSIX) =>
  SharedFileSystem.fromSharedFileSystemAttributes(group, 'Home', { kind, host: 'acme.file.core.windows.net', exportPath: '/acme/home' });
const token = (group: FakeGroup) => Secret.fromSecretAttributes(group, 'Token', { vaultId: VAULT, secretName: 'hub' });
const mountOf = (body: { template_content: string }) =>
  JSON.parse(body.template_content).resources[0].properties.template.resources[0] as { type: string; name: string; properties: object };

describe('mounts', () => {
  test('are told to App Service over NFS, without a key', () => {
    const s = service((group) => ({ mounts: { '/mnt/home': home(group) } }));
    expect(mountOf(s.only('azurerm_subscription_template_deployment') as never)).toMatchObject({
      type: 'Microsoft.Web/sites/config',
      name: expect.stringMatching(/^test-predict-[0-9a-f]{8}\/azurestorageaccounts$/),
      properties: {
        'mnt-home': { type: 'AzureFiles', protocol: 'Nfs', accountName: 'acme', shareName: 'home', mountPath: '/mnt/home', accessKey: '' },
      },
    });
  });

  test('are left alone by azurerm, which would take them away', () => {
    expect(service((group) => ({ mounts: { '/mnt/home': home(group) } })).only('azurerm_linux_web_app').lifecycle).toEqual({
      ignore_changes: ['storage_account'],
    });
    expect(service(() => ({})).only('azurerm_linux_web_app').lifecycle).toBeUndefined();
  });

  test('are those of the staging slot, too', () => {
    const s = service((group) => ({
      mounts: { '/mnt/home': home(group) },
      imageOwner: ImageOwner.PIPELINE,
      rollout: Rollout.blueGreen(),
    }));
    const types = s.all('azurerm_subscription_template_deployment').map((b) => mountOf(b as never).type);
    expect(types.sort()).toEqual(['Microsoft.Web/sites/config', 'Microsoft.Web/sites/slots/config']);
    expect(s.only('azurerm_linux_web_app_slot').lifecycle.ignore_changes).toEqual(['site_config[0].application_stack', 'storage_account']);
  });

  test('wait for the share and its private endpoint', () => {
    const s = service((resourceGroup, network) => ({
      mounts: { '/mnt/new': new SharedFileSystem(network, 'New', { kind: FileSystemKind.POSIX, resourceGroup, network }) },
    }));
    const { depends_on: on } = s.only('azurerm_subscription_template_deployment');
    for (const type of ['azurerm_linux_web_app', 'azurerm_storage_share', 'azurerm_private_endpoint'])
      expect(on).toContainEqual(expect.stringMatching(new RegExp(`^${type}\\.`)));
  });

  test.each<[string, (group: FakeGroup) => Needs, object]>([
    [
      'a parallel file system',
      (group) => ({ mounts: { '/mnt/fast': home(group, FileSystemKind.PARALLEL) } }),
      { code: 'unsupported', prop: 'mounts', reason: 'App Service mounts Azure Files and blobs only, no Lustre' },
    ],
    ['the home of App Service', (group) => ({ mounts: { '/home/data': home(group) } }), { code: 'syntax', prop: 'mounts' }],
    [
      'six of them',
      (group) => {
        const one = home(group);
        return { mounts: Object.fromEntries([1, 2, 3, 4, 5, 6].map((n) => [`/mnt/${n}`, one])) };
      },
      { code: 'limit', prop: 'mounts', value: 6 },
    ],
    [
      'one without a network',
      (group) => ({ mounts: { '/mnt/home': home(group) }, network: undefined, access: 'public' as never }),
      { code: 'missing', prop: 'network' },
    ],
  ])('are refused for %s', (_, needs, problem) => {
    expect(problemsOf(() => service(needs))).toMatchObject([problem]);
  });
});

describe('secrets', () => {
  test('are references that App Service resolves by the identity of the app, which may read these alone', () => {
    const s = service((group) => ({ secrets: { HF_TOKEN: token(group) } }));
    const app = s.only('azurerm_linux_web_app');
    expect(app.app_settings.HF_TOKEN).toBe('@Microsoft.KeyVault(VaultName=acme;SecretName=hub)');
    expect(app.key_vault_reference_identity_id).toMatch(/azurerm_user_assigned_identity/);
    expect(app.depends_on).toContainEqual(expect.stringMatching(/azurerm_role_assignment\.Group_Token/));
    expect(s.only('azurerm_role_assignment')).toMatchObject({
      role_definition_name: 'Key Vault Secrets User',
      scope: `${VAULT}/secrets/hub`,
    });
  });

  test.each([
    ['PORT', 'the platform sets this variable itself'],
    ['LOG_LEVEL', 'env sets this variable, too'],
  ])('are refused as %s', (variable, reason) => {
    const needs = (group: FakeGroup): Needs => ({ secrets: { [variable]: token(group) }, env: { LOG_LEVEL: 'info' } });
    expect(problemsOf(() => service(needs))).toMatchObject([{ code: 'conflict', prop: `secrets.${variable}`, reason }]);
  });
});
