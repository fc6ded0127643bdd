import type { Rule } from '../model';
import { rule as appEnvironmentLogs } from './app-environment-logs';
import { rule as appEnvironmentNetwork } from './app-environment-network';
import { rule as appEnvironmentZones } from './app-environment-zones';
import { rule as appExternalIngress } from './app-external-ingress';
import { rule as appHttps } from './app-https';
import { rule as appIdentity } from './app-identity';
import { rule as appPlainSecrets } from './app-plain-secrets';
import { rule as eventTopicIdentity } from './event-topic-identity';
import { rule as eventTopicKeys } from './event-topic-keys';
import { rule as eventTopicPublicNetwork } from './event-topic-public-network';
import { rule as mlClusterIdle } from './ml-cluster-idle';
import { rule as mlClusterLocalAuth } from './ml-cluster-local-auth';
import { rule as mlClusterPublicAddress } from './ml-cluster-public-address';
import { rule as mlDatastoreKeys } from './ml-datastore-keys';
import { rule as mlWorkspaceIdentity } from './ml-workspace-identity';
import { rule as mlWorkspaceOutbound } from './ml-workspace-outbound';
import { rule as mlWorkspacePublicNetwork } from './ml-workspace-public-network';
import { rule as networkDns } from './network-dns';
import { rule as networkOpenToInternet } from './network-open-to-internet';
import { rule as planInstances } from './plan-instances';
import { rule as planTier } from './plan-tier';
import { rule as planZones } from './plan-zones';
import { rule as postgresGeoBackup } from './postgres-geo-backup';
import { rule as postgresPasswords } from './postgres-passwords';
import { rule as postgresPublicNetwork } from './postgres-public-network';
import { rule as redisKeys } from './redis-keys';
import { rule as redisPlainPort } from './redis-plain-port';
import { rule as redisPublicNetwork } from './redis-public-network';
import { rule as redisReplication } from './redis-replication';
import { rule as redisTls } from './redis-tls';
import { rule as registryAdmin } from './registry-admin';
import { rule as registryAnonymousPull } from './registry-anonymous-pull';
import { rule as registryDataEndpoints } from './registry-data-endpoints';
import { rule as registryPublicNetwork } from './registry-public-network';
import { rule as registryQuarantine } from './registry-quarantine';
import { rule as registryRegions } from './registry-regions';
import { rule as registryRetention } from './registry-retention';
import { rule as registryScanning } from './registry-scanning';
import { rule as registryZones } from './registry-zones';
import { rule as roleBroadGrant } from './role-broad-grant';
import { rule as roleOwner } from './role-owner';
import { rule as serviceBusIdentity } from './service-bus-identity';
import { rule as serviceBusKeys } from './service-bus-keys';
import { rule as serviceBusOwnKey } from './service-bus-own-key';
import { rule as serviceBusPublicNetwork } from './service-bus-public-network';
import { rule as serviceBusTls } from './service-bus-tls';
import { rule as storageAccountKeys } from './storage-account-keys';
import { rule as storageContainerPrivate } from './storage-container-private';
import { rule as storageHttps } from './storage-https';
import { rule as storageLocalUsers } from './storage-local-users';
import { rule as storageName } from './storage-name';
import { rule as storagePublicBlobs } from './storage-public-blobs';
import { rule as storagePublicNetwork } from './storage-public-network';
import { rule as storageQueueLogs } from './storage-queue-logs';
import { rule as storageReplication } from './storage-replication';
import { rule as storageTls } from './storage-tls';
import { rule as storageTrustedServices } from './storage-trusted-services';
import { rule as vaultFirewall } from './vault-firewall';
import { rule as vaultPlainSecret } from './vault-plain-secret';
import { rule as vaultPublicNetwork } from './vault-public-network';
import { rule as vaultPurgeProtection } from './vault-purge-protection';
import { rule as vaultRoles } from './vault-roles';
import { rule as vaultSoftDelete } from './vault-soft-delete';
import { rule as webAlwaysOn } from './web-always-on';
import { rule as webCallers } from './web-callers';
import { rule as webClientCertificates } from './web-client-certificates';
import { rule as webCors } from './web-cors';
import { rule as webFileShare } from './web-file-share';
import { rule as webFtp } from './web-ftp';
import { rule as webHealthCheck } from './web-health-check';
import { rule as webHttp2 } from './web-http2';
import { rule as webHttps } from './web-https';
import { rule as webIdentity } from './web-identity';
import { rule as webLogs } from './web-logs';
import { rule as webPlainSecrets } from './web-plain-secrets';
import { rule as webPublicNetwork } from './web-public-network';
import { rule as webPublishingPasswords } from './web-publishing-passwords';
import { rule as webRemoteDebugging } from './web-remote-debugging';
import { rule as webTls } from './web-tls';
import { rule as workflowCallers } from './workflow-callers';

/** The rules of Azure, one file each. */
export const AZURE_RULES: readonly Rule[] = [
  appEnvironmentLogs,
  appEnvironmentNetwork,
  appEnvironmentZones,
  appExternalIngress,
  appHttps,
  appIdentity,
  appPlainSecrets,
  eventTopicIdentity,
  eventTopicKeys,
  eventTopicPublicNetwork,
  mlClusterIdle,
  mlClusterLocalAuth,
  mlClusterPublicAddress,
  mlDatastoreKeys,
  mlWorkspaceIdentity,
  mlWorkspaceOutbound,
  mlWorkspacePublicNetwork,
  networkDns,
  networkOpenToInternet,
  planInstances,
  planTier,
  planZones,
  postgresGeoBackup,
  postgresPasswords,
  postgresPublicNetwork,
  redisKeys,
  redisPlainPort,
  redisPublicNetwork,
  redisReplication,
  redisTls,
  registryAdmin,
  registryAnonymousPull,
  registryDataEndpoints,
  registryPublicNetwork,
  registryQuarantine,
  registryRegions,
  registryRetention,
  registryScanning,
  registryZones,
  roleBroadGrant,
  roleOwner,
  serviceBusIdentity,
  serviceBusKeys,
  serviceBusOwnKey,
  serviceBusPublicNetwork,
  serviceBusTls,
  storageAccountKeys,
  storageContainerPrivate,
  storageHttps,
  storageLocalUsers,
  storageName,
  storagePublicBlobs,
  storagePublicNetwork,
  storageQueueLogs,
  storageReplication,
  storageTls,
  storageTrustedServices,
  vaultFirewall,
  vaultPlainSecret,
  vaultPublicNetwork,
  vaultPurgeProtection,
  vaultRoles,
  vaultSoftDelete,
  webAlwaysOn,
  webCallers,
  webClientCertificates,
  webCors,
  webFileShare,
  webFtp,
  webHealthCheck,
  webHttp2,
  webHttps,
  webIdentity,
  webLogs,
  webPlainSecrets,
  webPublicNetwork,
  webPublishingPasswords,
  webRemoteDebugging,
  webTls,
  workflowCallers,
];
