import { GCP_RULES } from '../../lib/check/gcp';
import type { Body } from '../../lib/review/model';
import { ruleTests } from './twins';

/** Of every rule something that keeps it, something that breaks it, and what stands beside. */
const TWINS: readonly [string, Body | undefined, Body, { [type: string]: { [name: string]: Body } }?][] = [
  ['gcp-storage-public-access', { public_access_prevention: 'enforced' }, {}],
  ['gcp-storage-uniform-access', { uniform_bucket_level_access: true }, { uniform_bucket_level_access: false }],
  ['gcp-storage-versioning', { versioning: { enabled: true } }, { versioning: { enabled: false } }],
  ['gcp-storage-access-logs', { logging: { log_bucket: 'logs' } }, {}],
  ['gcp-storage-logs-elsewhere', { name: 'b', logging: { log_bucket: 'logs' } }, { name: 'b', logging: { log_bucket: 'b' } }],
  [
    'gcp-storage-public-grant',
    { role: 'roles/storage.objectViewer', member: 'group:a@example.com' },
    { role: 'roles/storage.objectViewer', member: 'allUsers' },
  ],
  ['gcp-artifact-registry-public-grant', { member: 'serviceAccount:a@p.iam.gserviceaccount.com' }, { member: 'allAuthenticatedUsers' }],
  ['gcp-artifact-registry-own-key', { kms_key_name: 'projects/p/locations/l/keyRings/r/cryptoKeys/k' }, {}],
  ['gcp-bigquery-own-key', { default_encryption_configuration: { kms_key_name: 'k' } }, {}],
  ['gcp-bigquery-deletion-protection', { deletion_protection: true }, { deletion_protection: false }],
  [
    'gcp-bigquery-public-grant',
    { access: [{ role: 'READER', special_group: 'projectReaders' }] },
    { access: [{ role: 'READER', special_group: 'allAuthenticatedUsers' }] },
  ],
  ['gcp-pubsub-own-key', { kms_key_name: 'k' }, {}],
  ['gcp-pubsub-public-grant', { member: 'group:a@example.com' }, { member: 'allUsers' }],
  ['gcp-sql-current-version', { database_version: 'POSTGRES_17' }, { database_version: 'POSTGRES_12' }],
  ['gcp-sql-backups', { settings: { backup_configuration: { enabled: true } } }, { settings: {} }],
  [
    'gcp-sql-public-network',
    { settings: { ip_configuration: { ipv4_enabled: false } } },
    { settings: { ip_configuration: { ipv4_enabled: true, authorized_networks: [{ value: '0.0.0.0/0' }] } } },
  ],
  [
    'gcp-sql-tls',
    { settings: { ip_configuration: { ssl_mode: 'ENCRYPTED_ONLY' } } },
    { settings: { ip_configuration: { ssl_mode: 'ALLOW_UNENCRYPTED_AND_ENCRYPTED' } } },
  ],
  ['gcp-sql-deletion-protection', { settings: { deletion_protection_enabled: true } }, { settings: {} }],
  ['gcp-sql-passwords', { type: 'CLOUD_IAM_SERVICE_ACCOUNT' }, { name: 'app', password: 'x' }],
  [
    'gcp-firewall-open-to-internet',
    { allow: [{ protocol: 'tcp', ports: ['22'] }], source_ranges: ['10.0.0.0/8'] },
    { allow: [{ protocol: 'tcp', ports: ['22'] }], source_ranges: ['0.0.0.0/0'] },
  ],
  ['gcp-kms-public-grant', { member: 'serviceAccount:a@p.iam.gserviceaccount.com' }, { member: 'allUsers' }],
  [
    'gcp-project-admin-roles',
    { role: 'roles/logging.logWriter', member: 'serviceAccount:a@p.iam.gserviceaccount.com' },
    { role: 'roles/storage.admin', member: 'serviceAccount:a@p.iam.gserviceaccount.com' },
  ],
  [
    'gcp-project-basic-roles',
    { role: 'roles/run.invoker', member: 'group:a@example.com' },
    { role: 'roles/viewer', member: 'group:a@example.com' },
  ],
  [
    'gcp-project-impersonation',
    { role: 'roles/run.invoker', member: 'group:a@example.com' },
    { role: 'roles/iam.serviceAccountUser', member: 'group:a@example.com' },
  ],
  [
    'gcp-project-default-account',
    { role: 'roles/run.invoker', member: 'serviceAccount:a@p.iam.gserviceaccount.com' },
    { role: 'roles/run.invoker', member: 'serviceAccount:1-compute@developer.gserviceaccount.com' },
  ],
  ['gcp-subnetwork-flow-logs', { log_config: { flow_sampling: 0.5 } }, {}],
  ['gcp-subnetwork-private-google-access', { private_ip_google_access: true }, {}],
  [
    'gcp-subnetwork-private-google-access-ipv6',
    { stack_type: 'IPV4_IPV6', private_ipv6_google_access: 'ENABLE_OUTBOUND_VM_ACCESS_TO_GOOGLE' },
    { stack_type: 'IPV4_IPV6' },
  ],
  ['gcp-run-public-ingress', { ingress: 'INGRESS_TRAFFIC_INTERNAL_ONLY' }, { ingress: 'INGRESS_TRAFFIC_ALL' }],
  [
    'gcp-run-public-invoker',
    { role: 'roles/run.invoker', member: 'group:a@example.com' },
    { role: 'roles/run.invoker', member: 'allUsers' },
  ],
  ['gcp-run-own-account', { template: { service_account: 'a@p.iam.gserviceaccount.com' } }, { template: {} }],
  [
    'gcp-run-plain-secrets',
    { template: { containers: [{ env: [{ name: 'API_TOKEN', value_source: { secret_key_ref: { secret: 's' } } }] }] } },
    { template: { containers: [{ env: [{ name: 'API_TOKEN', value: 'abc' }] }] } },
  ],
  ['gcp-run-deletion-protection', { deletion_protection: true }, { deletion_protection: false }],
  ['gcp-workbench-public-address', { gce_setup: { disable_public_ip: true } }, { gce_setup: {} }],
  ['gcp-workbench-own-account', { gce_setup: { service_accounts: [{ email: 'a@p.iam.gserviceaccount.com' }] } }, { gce_setup: {} }],
  [
    'gcp-workbench-shielded',
    { gce_setup: { shielded_instance_config: { enable_vtpm: true, enable_integrity_monitoring: true } } },
    { gce_setup: {} },
  ],
  ['gcp-workflows-own-account', { service_account: 'a' }, {}],
  ['gcp-workflows-call-log', { call_log_level: 'LOG_ERRORS_ONLY' }, {}],
  ['gcp-scheduler-identity', { http_target: { uri: 'u', oauth_token: {} } }, { http_target: { uri: 'u' } }],
  ['gcp-cloudbuild-own-account', { service_account: 'a' }, {}],
  ['gcp-service-account-key', undefined, { service_account_id: 'a' }],
];

ruleTests('gcp', GCP_RULES, TWINS);
