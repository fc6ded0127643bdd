import { ApplicationInsights } from '@cdktf/provider-azurerm/lib/application-insights';
import { DataAzurermClientConfig } from '@cdktf/provider-azurerm/lib/data-azurerm-client-config';
import { KeyVault } from '@cdktf/provider-azurerm/lib/key-vault';
import { StorageAccount, StorageAccountConfig } from '@cdktf/provider-azurerm/lib/storage-account';
import { Construct } from 'constructs';
import { Environment, EnvironmentPolicy, policyOf } from '../../core/environment';
import { ILogWorkspace } from '../logs';
import { INetwork } from '../network';
import { IResourceGroup } from '../resource-group';
import { globalName, localName } from './name';
import { privateEndpoint } from './private-endpoint';
import { acknowledge } from './acknowledge';

/** Where the parts of a workspace of Azure ML are put. */
export interface WorkspaceParts {
  readonly resourceGroup: IResourceGroup;
  readonly network: INetwork;
  readonly logWorkspace: ILogWorkspace;
  readonly environment?: Environment;
}

/** What Azure ML demands beside a workspace. */
export interface MadeParts {
  readonly storageAccountId: string;
  readonly keyVaultId: string;
  readonly applicationInsightsId: string;
}

/** A storage account for logs and snapshots, a key vault and Application Insights, reached from the network only. */
export function workspaceParts(scope: Construct, parts: WorkspaceParts): MadeParts {
  const policy = policyOf(parts.environment);
  const place = placeOf(parts.resourceGroup);
  const storage = storageAccount(scope, 'Storage', parts, {});
  endpoint(scope, 'BlobEndpoint', parts, storage.id, 'blob', ['privatelink.blob.core.windows.net']);
  endpoint(scope, 'FileEndpoint', parts, storage.id, 'file', ['privatelink.file.core.windows.net']);
  const vault = keyVault(scope, parts, policy);
  endpoint(scope, 'VaultEndpoint', parts, vault.id, 'vault', ['privatelink.vaultcore.azure.net']);
  const insights = new ApplicationInsights(scope, 'Insights', {
    name: localName(scope),
    ...place,
    applicationType: 'web',
    workspaceId: parts.logWorkspace.workspaceId,
    retentionInDays: policy.logRetentionDays,
  });
  return { storageAccountId: storage.id, keyVaultId: vault.id, applicationInsightsId: insights.id };
}

/** A storage account that answers in the network only. */
export function storageAccount(scope: Construct, id: string, parts: WorkspaceParts, more: Partial<StorageAccountConfig>): StorageAccount {
  const policy = policyOf(parts.environment);
  const holder = new Construct(scope, id);
  acknowledge(holder, {
    ...(policy.multiZone ? {} : { 'storage-replication': 'What survives the loss of a data centre is paid for in prod only.' }),
    ...(more.sharedAccessKeyEnabled === false
      ? {}
      : { 'storage-account-keys': 'Azure ML mounts the file share of a workspace by the key of its account.' }),
  });
  return new StorageAccount(holder, 'Resource', {
    name: globalName(holder, parts.resourceGroup, 24),
    ...placeOf(parts.resourceGroup),
    accountTier: 'Standard',
    accountReplicationType: policy.multiZone ? 'ZRS' : 'LRS',
    minTlsVersion: 'TLS1_2',
    httpsTrafficOnlyEnabled: true,
    defaultToOauthAuthentication: true,
    localUserEnabled: false,
    allowNestedItemsToBePublic: false,
    crossTenantReplicationEnabled: false,
    publicNetworkAccessEnabled: false,
    networkRules: { defaultAction: 'Deny', bypass: ['AzureServices'] },
    blobProperties: {
      deleteRetentionPolicy: { days: policy.noncurrentVersionDays },
      containerDeleteRetentionPolicy: { days: policy.noncurrentVersionDays },
    },
    lifecycle: policy.retainData ? { preventDestroy: true } : undefined,
    ...more,
  });
}

/** An address in the network for a part of a workspace. */
export function endpoint(
  scope: Construct,
  id: string,
  parts: WorkspaceParts,
  resourceId: string,
  subresource: string,
  zones: string[],
): void {
  privateEndpoint(scope, id, { resourceGroup: parts.resourceGroup, network: parts.network, resourceId, subresource, zones });
}

function keyVault(scope: Construct, parts: WorkspaceParts, policy: EnvironmentPolicy): KeyVault {
  const holder = new Construct(scope, 'Vault');
  const client = new DataAzurermClientConfig(holder, 'Client');
  if (!policy.deletionProtection)
    acknowledge(holder, { 'vault-purge-protection': 'The environment is to be destroyed cleanly, with everything in it.' });
  return new KeyVault(holder, 'Resource', {
    name: globalName(holder, parts.resourceGroup, 24),
    ...placeOf(parts.resourceGroup),
    tenantId: client.tenantId,
    skuName: 'standard',
    rbacAuthorizationEnabled: true,
    purgeProtectionEnabled: policy.deletionProtection,
    softDeleteRetentionDays: policy.deletionProtection ? 90 : 7,
    publicNetworkAccessEnabled: false,
    networkAcls: { defaultAction: 'Deny', bypass: 'AzureServices' },
  });
}

function placeOf(group: IResourceGroup): { resourceGroupName: string; location: string } {
  return { resourceGroupName: group.resourceGroupName, location: group.location };
}
