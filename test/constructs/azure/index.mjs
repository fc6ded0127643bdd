// The constructs of mlops-constructs/azure, each with as few props as it takes and with as many.
import { createRequire } from 'node:module';
import { IDLE } from '../declaration.mjs';
import { control } from './control.mjs';
import { foundation } from './foundation.mjs';
import { idOf, SUBSCRIPTION } from './ids.mjs';
import { learning } from './learning.mjs';

const require = createRequire(import.meta.url);
const { App, TerraformStack } = require('cdktf');
const { AzurermProvider } = require('@cdktf/provider-azurerm/lib/provider');

export const cloud = 'azure';
export const cases = { ...foundation, ...learning, ...control };
/** What no case uses, and why. */
export const left = {
  'AppServiceInferenceProps.accelerator': 'refused: App Service has no GPUs',
  'InferenceDeclaration.accelerator': 'refused: App Service has no GPUs',
  'Capacity.FLEX_START': 'refused: Google Cloud has it',
  'Capacity.RESERVATION': 'refused: Azure ML does not reach reserved machines',
  'GpuTrainingClusterProps.reservation': 'refused, as its capacity',
  'RepositoryProvider.GITLAB': 'refused: Azure Pipelines does not read it',
  'TrainingDeclaration.reservations': 'of other clouds',
};

/** What changes nothing, and why. */
export const idle = {
  ...IDLE,
  'AppServiceInferenceAttributes.access': 'tells whoever is handed the service',
  'AppServiceInferenceAttributes.healthPath': 'tells whoever is handed the service',
  'AppServiceInferenceAttributes.url': 'tells whoever is handed the service',
  'GpuTrainingClusterProps.retries': 'approximated: Azure ML runs jobs of machines that were taken anew by itself',
  'TrackingServerAttributes.privateAccess': 'says who is refused: programs outside of the network',
  'TrainingDeclaration.retries': 'approximated, as the prop of the cluster',
  'BuildPipelineProps.environment': 'nothing that Azure Pipelines keeps is in the stack',
  'ModelRegistryProps.environment': 'models are kept by the tracking server',
  'MonitoringProps.environment': 'metrics and logs are kept by others',
};

/** An app, and what a case gets: the room, the words of core, and what stacks share, imported when it is first asked for. */
export function world(azure, core, id, outdir) {
  const app = new App({ outdir });
  let stack;
  const shared = new Map();
  const once = (name, make) => () => {
    if (!shared.has(name)) shared.set(name, make(context.stack));
    return shared.get(name);
  };
  const imports = {
    group: (s) =>
      azure.ResourceGroup.fromResourceGroupAttributes(s, 'Group', { name: 'ml', location: 'westeurope', subscriptionId: SUBSCRIPTION }),
    network: (s) => azure.MlNetwork.fromNetworkAttributes(s, 'Network', NETWORK_ATTRIBUTES),
    logs: (s) =>
      azure.LogWorkspace.fromLogWorkspaceAttributes(s, 'Logs', { workspaceId: idOf('Microsoft.OperationalInsights/workspaces/ml') }),
    registry: (s) =>
      azure.ImageRegistry.fromImageRegistryAttributes(s, 'Images', { registryId: idOf('Microsoft.ContainerRegistry/registries/acmeml') }),
    store: (s) =>
      azure.ArtifactStore.fromArtifactStoreAttributes(s, 'Store', { storageAccountId: idOf('Microsoft.Storage/storageAccounts/acmeml') }),
    tracking: (s) => azure.ExperimentTracking.fromTrackingServerAttributes(s, 'Tracking', TRACKING_ATTRIBUTES),
    secret: (s) =>
      azure.Secret.fromSecretAttributes(s, 'Secret', { vaultId: idOf('Microsoft.KeyVault/vaults/acmeml'), secretName: 'token' }),
    files: (s) => azure.SharedFileSystem.fromSharedFileSystemAttributes(s, 'Files', FILE_SYSTEM_ATTRIBUTES),
    workspace: (s) =>
      azure.TrainingWorkspace.fromTrainingWorkspaceAttributes(s, 'Workspace', {
        workspaceId: idOf('Microsoft.MachineLearningServices/workspaces/ml'),
      }),
  };
  const context = {
    app,
    id,
    azure,
    core,
    get stack() {
      return (stack ??= stackOf(app, id));
    },
    someone: { principalId: '22222222-2222-2222-2222-222222222222', principalType: 'Group' },
    machine: { principalId: '77777777-7777-7777-7777-777777777777', principalType: 'ServicePrincipal' },
  };
  for (const [name, make] of Object.entries(imports)) Object.defineProperty(context, name, { get: once(name, make) });
  return { app, context };

  function stackOf(scope, name) {
    const made = new TerraformStack(scope, name);
    new AzurermProvider(made, 'Azurerm', {
      features: [{ storage: [{ dataPlaneAvailable: false }], templateDeployment: [{ deleteNestedItemsDuringDeletion: false }] }],
      subscriptionId: SUBSCRIPTION,
      storageUseAzuread: true,
    });
    return made;
  }
}

const NETWORK = idOf('Microsoft.Network/virtualNetworks/ml');
const NETWORK_ATTRIBUTES = {
  virtualNetworkId: NETWORK,
  privateEndpointSubnetId: `${NETWORK}/subnets/endpoints`,
  appServiceSubnetId: `${NETWORK}/subnets/apps`,
  trainingSubnetId: `${NETWORK}/subnets/training`,
  containerAppsSubnetId: `${NETWORK}/subnets/servers`,
  postgresqlSubnetId: `${NETWORK}/subnets/databases`,
  managedLustreSubnetId: `${NETWORK}/subnets/files`,
  privateDnsZoneIds: { 'privatelink.blob.core.windows.net': idOf('Microsoft.Network/privateDnsZones/privatelink.blob.core.windows.net') },
};
const TRACKING_ATTRIBUTES = {
  trackingUri: 'https://mlflow.example.com',
  entraClientId: '11111111-1111-1111-1111-111111111111',
  eventTopicId: idOf('Microsoft.EventGrid/topics/ml'),
  privateAccess: true,
};
const FILE_SYSTEM_ATTRIBUTES = { kind: 'posix', host: 'acmefiles.file.core.windows.net', exportPath: '/acmefiles/files' };
