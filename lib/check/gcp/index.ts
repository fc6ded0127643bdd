import type { Rule } from '../model';
import { rule as artifactRegistryOwnKey } from './artifact-registry-own-key';
import { rule as artifactRegistryPublicGrant } from './artifact-registry-public-grant';
import { rule as bigqueryDeletionProtection } from './bigquery-deletion-protection';
import { rule as bigqueryOwnKey } from './bigquery-own-key';
import { rule as bigqueryPublicGrant } from './bigquery-public-grant';
import { rule as cloudbuildOwnAccount } from './cloudbuild-own-account';
import { rule as dnsSigned } from './dns-signed';
import { rule as dnsSignedStrongly } from './dns-signed-strongly';
import { rule as firewallOpenToInternet } from './firewall-open-to-internet';
import { rule as kmsPublicGrant } from './kms-public-grant';
import { rule as projectAdminRoles } from './project-admin-roles';
import { rule as projectBasicRoles } from './project-basic-roles';
import { rule as projectDefaultAccount } from './project-default-account';
import { rule as projectImpersonation } from './project-impersonation';
import { rule as pubsubOwnKey } from './pubsub-own-key';
import { rule as pubsubPublicGrant } from './pubsub-public-grant';
import { rule as pubsubPushIdentity } from './pubsub-push-identity';
import { rule as runDeletionProtection } from './run-deletion-protection';
import { rule as runInvokerCheck } from './run-invoker-check';
import { rule as runOwnAccount } from './run-own-account';
import { rule as runPlainSecrets } from './run-plain-secrets';
import { rule as runPublicIngress } from './run-public-ingress';
import { rule as runPublicInvoker } from './run-public-invoker';
import { rule as schedulerIdentity } from './scheduler-identity';
import { rule as secretPlainValue } from './secret-plain-value';
import { rule as serviceAccountKey } from './service-account-key';
import { rule as sqlBackups } from './sql-backups';
import { rule as sqlCurrentVersion } from './sql-current-version';
import { rule as sqlDeletionProtection } from './sql-deletion-protection';
import { rule as sqlPasswords } from './sql-passwords';
import { rule as sqlPublicNetwork } from './sql-public-network';
import { rule as sqlTls } from './sql-tls';
import { rule as storageAccessLogs } from './storage-access-logs';
import { rule as storageLogsElsewhere } from './storage-logs-elsewhere';
import { rule as storagePublicAccess } from './storage-public-access';
import { rule as storagePublicGrant } from './storage-public-grant';
import { rule as storageUniformAccess } from './storage-uniform-access';
import { rule as storageVersioning } from './storage-versioning';
import { rule as subnetworkFlowLogs } from './subnetwork-flow-logs';
import { rule as subnetworkPrivateGoogleAccess } from './subnetwork-private-google-access';
import { rule as subnetworkPrivateGoogleAccessIpv6 } from './subnetwork-private-google-access-ipv6';
import { rule as workbenchIdle } from './workbench-idle';
import { rule as workbenchOwnAccount } from './workbench-own-account';
import { rule as workbenchPublicAddress } from './workbench-public-address';
import { rule as workbenchRoot } from './workbench-root';
import { rule as workbenchShielded } from './workbench-shielded';
import { rule as workflowsCallLog } from './workflows-call-log';
import { rule as workflowsDeletionProtection } from './workflows-deletion-protection';
import { rule as workflowsOwnAccount } from './workflows-own-account';

/** The rules of Google Cloud, one file each. */
export const GCP_RULES: readonly Rule[] = [
  artifactRegistryOwnKey,
  artifactRegistryPublicGrant,
  bigqueryDeletionProtection,
  bigqueryOwnKey,
  bigqueryPublicGrant,
  cloudbuildOwnAccount,
  dnsSigned,
  dnsSignedStrongly,
  firewallOpenToInternet,
  kmsPublicGrant,
  projectAdminRoles,
  projectBasicRoles,
  projectDefaultAccount,
  projectImpersonation,
  pubsubOwnKey,
  pubsubPublicGrant,
  pubsubPushIdentity,
  runDeletionProtection,
  runInvokerCheck,
  runOwnAccount,
  runPlainSecrets,
  runPublicIngress,
  runPublicInvoker,
  schedulerIdentity,
  secretPlainValue,
  serviceAccountKey,
  sqlBackups,
  sqlCurrentVersion,
  sqlDeletionProtection,
  sqlPasswords,
  sqlPublicNetwork,
  sqlTls,
  storageAccessLogs,
  storageLogsElsewhere,
  storagePublicAccess,
  storagePublicGrant,
  storageUniformAccess,
  storageVersioning,
  subnetworkFlowLogs,
  subnetworkPrivateGoogleAccess,
  subnetworkPrivateGoogleAccessIpv6,
  workbenchIdle,
  workbenchOwnAccount,
  workbenchPublicAddress,
  workbenchRoot,
  workbenchShielded,
  workflowsCallLog,
  workflowsDeletionProtection,
  workflowsOwnAccount,
];
