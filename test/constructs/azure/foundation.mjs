// Where everything is, and what is kept.
import { idOf, SUBSCRIPTION } from './ids.mjs';

const VAULT = idOf('Microsoft.KeyVault/vaults/acmeml');
const QUEUE = idOf('Microsoft.ServiceBus/namespaces/acme/queues/new-data');
const FUNCTION = idOf('Microsoft.Web/sites/acme/functions/on-data');

export const foundation = {
  'ResourceGroup minimal': ({ azure, stack }) => {
    new azure.ResourceGroup(stack, 'Group', { location: 'westeurope' });
  },
  'ResourceGroup maximal': ({ azure, stack }) => {
    new azure.ResourceGroup(stack, 'Group', { location: 'westeurope', name: 'acme-ml', subscriptionId: SUBSCRIPTION });
    const group = new azure.ResourceGroup(stack, 'Unique', { location: 'westeurope', subscriptionId: SUBSCRIPTION });
    new azure.ImageRegistry(stack, 'Registry', { resourceGroup: group });
  },

  'LogWorkspace minimal': ({ azure, stack, group }) => {
    new azure.LogWorkspace(stack, 'Workspace', { resourceGroup: group });
  },
  'LogWorkspace maximal': ({ azure, core, stack, group }) => {
    new azure.LogWorkspace(stack, 'Workspace', {
      resourceGroup: group,
      environment: core.Environment.PROD,
      retentionDays: 90,
      dailyQuotaGb: 5,
    });
    new azure.LogWorkspace(stack, 'ByDefault', { resourceGroup: group, environment: core.Environment.PROD });
  },

  'MlNetwork minimal': ({ azure, stack, group }) => {
    new azure.MlNetwork(stack, 'Network', { resourceGroup: group });
  },
  'MlNetwork maximal': ({ azure, stack, group }) => {
    const network = new azure.MlNetwork(stack, 'Network', {
      resourceGroup: group,
      addressSpace: '10.12.0.0/16',
      privateEndpointPrefix: '10.12.0.0/24',
      appServicePrefix: '10.12.1.0/24',
      containerAppsPrefix: '10.12.2.0/24',
      postgresqlPrefix: '10.12.3.0/24',
      managedLustrePrefix: '10.12.4.0/24',
      trainingPrefix: '10.12.64.0/18',
      natGateway: false,
    });
    for (const use of Object.values(azure.SubnetUse)) network.subnetId(use);
    network.privateDnsZoneId('privatelink.blob.core.windows.net');
    network.allowToPrivateEndpoints(2049);
  },

  'ArtifactStore minimal': ({ azure, stack, group, network }) => {
    new azure.ArtifactStore(stack, 'Store', { resourceGroup: group, network });
  },
  'ArtifactStore maximal': ({ azure, core, stack, group, network, logs, store, someone }) => {
    const own = new azure.ArtifactStore(stack, 'Own', {
      resourceGroup: group,
      network,
      environment: core.Environment.PROD,
      publicNetworkAccess: true,
      containerName: 'models',
      infrastructureEncryption: true,
      encryptionKey: { keyVaultId: VAULT, keyName: 'storage' },
      accessLogs: logs,
      geoRedundant: true,
      replicateTo: store,
      versioned: true,
      checkpointExpiry: core.Duration.days(30),
      captureExpiry: core.Duration.days(90),
      expiry: { scratch: core.Duration.days(7) },
      accountKeys: true,
    });
    own.onObjectCreated('OnData', { prefix: 'data', suffix: '.parquet', serviceBusQueueId: QUEUE });
    own.onObjectCreated('OnModel', { functionId: FUNCTION });
    own.uri('data');
    for (const { name, grants } of [
      { name: 'Own', grants: own.grants },
      { name: 'Theirs', grants: store.grants },
    ]) {
      grants.read(`${name}Reader`, someone);
      grants.write(`${name}Writer`, someone);
    }
  },
  'ArtifactStore maximal, permissions by folder, to be destroyed': ({ azure, core, stack, group, network, store, someone }) => {
    const own = new azure.ArtifactStore(stack, 'Own', {
      resourceGroup: group,
      network,
      versioned: false,
      environment: core.Environment.STAGING,
    });
    const other = { ...someone, principalId: '44444444-4444-4444-4444-444444444444' };
    for (const [name, grants] of Object.entries({ Own: own.grants, Theirs: store.grants })) {
      grants.read(`${name}Reader`, someone, 'data');
      grants.read(`${name}FurtherReader`, someone, 'models');
      grants.write(`${name}Writer`, other, 'models');
    }
  },
  'ArtifactStore maximal, imported': ({ azure, stack, someone }) => {
    azure.ArtifactStore.fromArtifactStoreAttributes(stack, 'Store', {
      storageAccountId: idOf('Microsoft.Storage/storageAccounts/acmedata'),
      containerName: 'data',
    }).grants.read('Reader', someone);
  },

  'ImageRegistry minimal': ({ azure, stack, group }) => {
    new azure.ImageRegistry(stack, 'Registry', { resourceGroup: group });
  },
  'ImageRegistry maximal': ({ azure, core, stack, group, network, someone }) => {
    const registry = new azure.ImageRegistry(stack, 'Registry', {
      resourceGroup: group,
      network,
      publicNetworkAccess: false,
      environment: core.Environment.PROD,
      immutableTags: true,
      imagesKept: 40,
      pullThrough: ['quay.io', 'public.ecr.aws', 'ghcr.io', 'registry.k8s.io', 'mcr.microsoft.com', 'docker.io'],
      dockerHub: { keyVaultId: VAULT, usernameSecret: 'docker-user', passwordSecret: 'docker-password' },
    });
    registry.grants.pull('Puller', someone);
    registry.grants.push('Pusher', someone);
  },
  'ImageRegistry maximal, on the internet': ({ azure, core, stack, group, network }) => {
    const registry = new azure.ImageRegistry(stack, 'Registry', {
      resourceGroup: group,
      network,
      publicNetworkAccess: true,
      environment: core.Environment.PROD,
      immutableTags: true,
      imagesKept: 40,
    });
    builds({ azure, core, stack, group, registry });
  },
  'ImageRegistry maximal, imported': ({ azure, core, stack, group, someone }) => {
    const registry = azure.ImageRegistry.fromImageRegistryAttributes(stack, 'Registry', {
      registryId: idOf('Microsoft.ContainerRegistry/registries/acme'),
      buildAgentPoolName: 'build',
      immutableTags: true,
    });
    registry.grants.pull('Puller', someone);
    registry.grants.push('Pusher', someone);
    builds({ azure, core, stack, group, registry });
  },

  'SecretVault minimal': ({ azure, stack, group, network }) => {
    new azure.SecretVault(stack, 'Vault', { resourceGroup: group, network });
  },
  'SecretVault maximal': ({ azure, core, stack, group, network, logs }) => {
    new azure.SecretVault(stack, 'Vault', {
      resourceGroup: group,
      network,
      publicNetworkAccess: true,
      logWorkspace: logs,
      environment: core.Environment.PROD,
    });
  },

  'Secret minimal': ({ azure, stack, group, network }) => {
    new azure.Secret(stack, 'Token', { resourceGroup: group, network });
  },
  'Secret maximal': ({ azure, core, stack, group, network, someone }) => {
    const token = new azure.Secret(stack, 'Token', {
      resourceGroup: group,
      network,
      publicNetworkAccess: true,
      environment: core.Environment.PROD,
      secretName: 'hugging-face',
      description: "token of the hub, ${not} a template, 'quoted'",
    });
    const vault = azure.SecretVault.fromSecretVaultAttributes(stack, 'Theirs', { vaultId: VAULT });
    const shared = new azure.Secret(stack, 'Shared', { resourceGroup: group, vault });
    const imported = azure.Secret.fromSecretAttributes(stack, 'Imported', { vaultId: VAULT, secretName: 'weights' });
    for (const secret of [token, shared, imported]) {
      secret.grants.read(`${secret.node.id}Reader`, someone);
      secret.grants.put(`${secret.node.id}Owner`, someone);
    }
  },

  'SharedFileSystem minimal': ({ azure, core, stack, group, network }) => {
    new azure.SharedFileSystem(stack, 'Files', { resourceGroup: group, network, kind: core.FileSystemKind.POSIX });
  },
  'SharedFileSystem minimal, parallel': ({ azure, core, stack, group, network }) => {
    new azure.SharedFileSystem(stack, 'Files', { resourceGroup: group, network, kind: core.FileSystemKind.PARALLEL });
  },
  'SharedFileSystem maximal': ({ azure, core, stack, group, network }) => {
    new azure.SharedFileSystem(stack, 'Files', {
      resourceGroup: group,
      network,
      kind: core.FileSystemKind.POSIX,
      environment: core.Environment.STAGING,
      size: core.Size.tebibytes(2),
      backups: false,
    });
    azure.SharedFileSystem.fromSharedFileSystemAttributes(stack, 'Imported', {
      kind: core.FileSystemKind.PARALLEL,
      host: '10.40.8.4',
      exportPath: '/lustrefs',
    });
  },
  'SharedFileSystem maximal, parallel, imported from a store': ({ azure, core, stack, group }) => {
    const network = new azure.MlNetwork(stack, 'Own', { resourceGroup: group });
    new azure.SharedFileSystem(stack, 'Files', {
      resourceGroup: group,
      network,
      kind: core.FileSystemKind.PARALLEL,
      environment: core.Environment.PROD,
      size: core.Size.tebibytes(16),
      throughput: 250,
      zone: '2',
      maintenanceDay: 'Saturday',
      maintenanceTime: '03:30',
      importFrom: {
        artifacts: new azure.ArtifactStore(stack, 'Store', { resourceGroup: group, network, accountKeys: true }),
        resourceProviderObjectId: '55555555-5555-5555-5555-555555555555',
        prefix: 'data',
      },
    });
  },
};

/** Something whose image is built in a registry. */
function builds({ azure, core, stack, group, registry }) {
  new azure.AppServiceInference(stack, 'Predict', {
    resourceGroup: group,
    registry,
    access: core.Access.PUBLIC,
    image: core.ContainerImage.fromDirectory('examples/housing/app'),
  });
}
