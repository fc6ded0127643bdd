import { TerraformStack, Testing } from 'cdktf';
import { MlPlatform } from '../../lib/azure/platform';
import { MlPlatformStack } from '../../lib/azure/stack';
import { GpuTrainingCluster } from '../../lib/azure/training';
import { Accelerator, AzureExisting, ContainerImage, Environment, MlPlatformProps } from '../../lib/core';
import { DECLARATION } from '../contract/platform';
import { problemsOf } from '../contract/room';
import { ROOM, SUBSCRIPTION, synth } from './helper';

const GROUP = `/subscriptions/${SUBSCRIPTION}/resourceGroups/shared/providers`;
const VNET = `${GROUP}/Microsoft.Network/virtualNetworks/hub`;
const EXISTING: AzureExisting = {
  resourceGroup: 'ours',
  network: {
    virtualNetworkId: VNET,
    privateEndpointSubnetId: `${VNET}/subnets/a`,
    appServiceSubnetId: `${VNET}/subnets/b`,
    trainingSubnetId: `${VNET}/subnets/c`,
  },
  storageAccountId: `${GROUP}/Microsoft.Storage/storageAccounts/acmedata`,
  containerRegistryId: `${GROUP}/Microsoft.ContainerRegistry/registries/acme`,
  logWorkspaceId: `${GROUP}/Microsoft.OperationalInsights/workspaces/acme`,
};
const SMALL: MlPlatformProps = { name: 'small', targets: { azure: { location: 'westeurope', subscriptionId: SUBSCRIPTION } } };
const on = (existing: AzureExisting): MlPlatformProps => ({
  ...DECLARATION,
  targets: { azure: { location: 'westeurope', subscriptionId: SUBSCRIPTION, existing } },
});
const platform = (props: MlPlatformProps) => synth((stack) => new MlPlatform(stack, 'Platform', props));
const stack = (props: MlPlatformProps) => {
  const made = new MlPlatformStack(Testing.app(), `${props.name}-dev-azure`, props);
  return { made, json: JSON.parse(Testing.synth(made)) };
};

describe('the platform', () => {
  test('of an empty declaration is the foundation, without a NAT gateway', () => {
    const s = platform(SMALL);
    for (const type of ['azurerm_resource_group', 'azurerm_virtual_network', 'azurerm_storage_account', 'azurerm_log_analytics_workspace'])
      expect(s.all(type)).toHaveLength(1);
    // Images are not built.
    expect(s.all('azurerm_container_registry')).toEqual([]);
    expect(s.all('azurerm_nat_gateway')).toEqual([]);
    expect(s.all('azurerm_machine_learning_workspace')).toEqual([]);
  });

  test('has a NAT gateway if something trains, and in prod', () => {
    expect(platform(DECLARATION).all('azurerm_nat_gateway')).toHaveLength(1);
    expect(platform({ ...SMALL, environment: Environment.PROD }).all('azurerm_nat_gateway')).toHaveLength(1);
  });

  test('has one workspace for all clusters', () => {
    const { trainer } = DECLARATION.training!;
    const s = platform({ ...DECLARATION, training: { trainer, other: trainer } });
    expect(s.all('azurerm_machine_learning_workspace')).toHaveLength(1);
    expect(s.all('azurerm_machine_learning_compute_cluster')).toHaveLength(4);
  });

  test('uses what exists already', () => {
    const s = platform(on(EXISTING));
    for (const type of [
      'azurerm_resource_group',
      'azurerm_virtual_network',
      'azurerm_private_dns_zone',
      'azurerm_container_registry',
      'azurerm_log_analytics_workspace',
    ])
      expect(s.all(type)).toEqual([]);
    // The one that Azure ML demands; data is in the existing one.
    expect(s.all('azurerm_storage_account')).toHaveLength(1);
    for (const c of s.all('azurerm_machine_learning_compute_cluster')) expect(c.subnet_resource_id).toBe(`${VNET}/subnets/c`);
  });

  test('tells all that is wrong with what exists, and with the rest, under the names of the declaration', () => {
    const wrong = { ...EXISTING, storageAccountId: 'a', containerRegistryId: 'b', logWorkspaceId: 'c' };
    const props = { ...on(wrong), training: { trainer: { ...DECLARATION.training!.trainer, maxDuration: '30d' } } };
    expect(problemsOf(() => platform(props)).map((p) => p.prop)).toEqual([
      'targets.azure.existing.logWorkspaceId',
      'targets.azure.existing.storageAccountId',
      'targets.azure.existing.containerRegistryId',
      'training.trainer.maxDuration',
    ]);
    const network = { ...EXISTING.network!, trainingSubnetId: 'd' };
    expect(problemsOf(() => platform(on({ network })))).toMatchObject([{ prop: 'targets.azure.existing.network.trainingSubnetId' }]);
  });

  test('gives out what it made by the names of the declaration', () => {
    synth((stack) => {
      const made = new MlPlatform(stack, 'Platform', DECLARATION);
      expect(made.trainingCluster('trainer').experimentName).toBe('training-trainer');
      expect(made.inferenceService('predict').node.id).toBe('InferencePredict');
      expect(made.buildPipeline('release').node.id).toBe('PipelinesRelease');
      expect(() => made.trainingCluster('trainr')).toThrow(
        'azure.MlPlatform \'test/Platform\': training "trainr": nothing of this name is declared for Azure; write trainer',
      );
    });
  });

  test('fails where Azure is no target', () => {
    expect(() => platform({ name: 'x', targets: {} })).toThrow(
      "azure.MlPlatform 'test/Platform': targets.azure: the platform is not declared for Azure; " +
        'write targets: { azure: { location: westeurope, subscriptionId: ... } }',
    );
  });
});

describe('the stack', () => {
  test('asks storage through Azure Resource Manager, with Entra ID', () => {
    const [provider] = stack(SMALL).json.provider.azurerm;
    expect(provider).toMatchObject({ subscription_id: SUBSCRIPTION, storage_use_azuread: true });
    expect(provider.features[0].storage[0]).toEqual({ data_plane_available: false });
  });

  test('in dev goes without a trace, in prod keeps what can be restored', () => {
    const features = (environment: Environment) => stack({ ...SMALL, environment }).json.provider.azurerm[0].features[0];
    expect(features(Environment.DEV)).toMatchObject({
      resource_group: [{ prevent_deletion_if_contains_resources: false }],
      key_vault: [{ purge_soft_delete_on_destroy: true }],
      machine_learning: [{ purge_soft_deleted_workspace_on_destroy: true }],
    });
    expect(features(Environment.PROD)).toMatchObject({
      resource_group: [{ prevent_deletion_if_contains_resources: true }],
      key_vault: [{ purge_soft_delete_on_destroy: false }],
    });
  });

  test('keeps its state beside the output folder, by a path without this machine in it', () => {
    expect(stack(SMALL).json.terraform.backend).toEqual({ local: { path: '../../../terraform.small-dev-azure.tfstate' } });
  });

  test('keeps its state in a storage account where one is named', () => {
    const azure = { ...SMALL.targets.azure!, state: { resourceGroup: 'tf', storageAccount: 'acmetf' } };
    expect(stack({ ...SMALL, targets: { azure } }).json.terraform.backend).toEqual({
      azurerm: {
        subscription_id: SUBSCRIPTION,
        resource_group_name: 'tf',
        storage_account_name: 'acmetf',
        container_name: 'tfstate',
        key: 'small-dev.tfstate',
        use_azuread_auth: true,
      },
    });
  });

  test('tags every resource that takes tags', () => {
    const { json } = stack({ ...DECLARATION, tags: { team: 'pricing' } });
    const tags = { platform: 'housing', environment: 'dev', 'managed-by': 'mlops-constructs', team: 'pricing' };
    for (const type of ['azurerm_resource_group', 'azurerm_storage_account', 'azurerm_linux_web_app', 'azurerm_machine_learning_workspace'])
      for (const resource of Object.values<{ tags: object }>(json.resource[type])) expect(resource.tags).toEqual(tags);
  });

  test('leaves a datastore untagged, which a changed tag would replace', () => {
    const made = new MlPlatformStack(Testing.app(), 'small', SMALL);
    const { resourceGroup, network } = made.platform;
    new GpuTrainingCluster(made, 'Extra', {
      resourceGroup,
      network,
      image: ContainerImage.fromReference('ghcr.io/a:1'),
      command: ['train'],
      accelerator: Accelerator.T4,
      mountArtifacts: true,
    });
    const { resource } = JSON.parse(Testing.synth(made));
    const [datastore] = Object.values<{ tags?: object }>(resource.azurerm_machine_learning_datastore_blobstorage);
    expect(datastore.tags).toBeUndefined();
  });

  test('tells problems of tags and of the platform at once', () => {
    const tags = { 'a/b': 'x', Team: 'x', team: 'y', long: 'x'.repeat(257) };
    const problems = problemsOf(() => stack({ ...SMALL, tags, inference: { predict: { image: 'ghcr.io/a:1', cpu: 1000 } } }));
    expect(problems.map((p) => p.prop)).toEqual(expect.arrayContaining(['tags.a/b', 'tags.team', 'tags.long', 'inference.predict.cpu']));
  });

  test('says so when it stands under the other kind of App', () => {
    expect(() => new MlPlatformStack(ROOM.wrongRoot(), 'Stack', SMALL)).toThrow(/azure\.MlPlatformStack.*write new App\(\) of 'cdktf'/);
  });

  test('is a stack of Terraform', () => {
    expect(TerraformStack.isStack(stack(SMALL).made)).toBe(true);
  });
});
