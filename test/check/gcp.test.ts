import { GCP_RULES } from '../../lib/check/gcp';
import type { Body } from '../../lib/review/model';
import { judged } from './fixture';
import { judgements, ruleTests } from './twins';

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
    { gce_setup: { shielded_instance_config: { enable_vtpm: false } } },
  ],
  ['gcp-workflows-own-account', { service_account: 'a' }, {}],
  ['gcp-workflows-call-log', { call_log_level: 'LOG_ERRORS_ONLY' }, {}],
  ['gcp-scheduler-identity', { http_target: { uri: 'u', oauth_token: {} } }, { http_target: { uri: 'u' } }],
  ['gcp-cloudbuild-own-account', { service_account: 'a' }, {}],
  ['gcp-service-account-key', undefined, { service_account_id: 'a' }],
  ['gcp-run-invoker-check', {}, { invoker_iam_disabled: true }],
  ['gcp-workbench-root', { gce_setup: { metadata: { 'notebook-disable-root': 'true' } } }, { gce_setup: {} }],
  ['gcp-workbench-idle', { gce_setup: {} }, { gce_setup: { metadata: { 'idle-timeout-seconds': '0' } } }],
  ['gcp-workflows-deletion-protection', {}, { deletion_protection: false }],
  [
    'gcp-pubsub-push-identity',
    { push_config: { push_endpoint: 'https://a', oidc_token: { service_account_email: 'a@p.iam.gserviceaccount.com' } } },
    { push_config: { push_endpoint: 'https://a' } },
  ],
  ['gcp-secret-plain-value', { secret_data: '${google_sql_user.u.password}' }, { secret_data: 'abc' }],
  ['gcp-dns-signed', { dnssec_config: { state: 'on' } }, {}],
  [
    'gcp-dns-signed-strongly',
    { dnssec_config: { default_key_specs: [{ algorithm: 'ecdsap256sha256' }] } },
    { dnssec_config: { default_key_specs: [{ algorithm: 'ecdsap256sha256' }, { algorithm: 'rsasha1' }] } },
  ],
];

ruleTests('gcp', GCP_RULES, TWINS);

judgements(GCP_RULES, [
  // What the provider or the service takes for an attribute that is left out.
  ['gcp-bigquery-deletion-protection', {}, 'compliant'],
  ['gcp-run-deletion-protection', {}, 'compliant'],
  ['gcp-run-public-ingress', {}, 'non-compliant'],
  ['gcp-run-plain-secrets', {}, 'compliant'],
  ['gcp-sql-public-network', { settings: {} }, 'non-compliant'],
  ['gcp-sql-tls', { settings: { ip_configuration: {} } }, 'non-compliant'],
  ['gcp-sql-passwords', {}, 'non-compliant'],
  ['gcp-storage-public-access', { public_access_prevention: 'inherited' }, 'non-compliant'],
  ['gcp-storage-uniform-access', {}, 'non-compliant'],
  ['gcp-workbench-shielded', { gce_setup: {} }, 'compliant'],
  ['gcp-workflows-call-log', {}, 'non-compliant'],

  // What only the deployment knows.
  ['gcp-storage-public-grant', { member: '${var.reader}' }, 'unknown'],
  ['gcp-storage-public-grant', { member: '${google_service_account.a.member}' }, 'compliant'],
  ['gcp-storage-public-grant', { members: ['group:a@example.com', 'allUsers'] }, 'non-compliant'],
  ['gcp-project-basic-roles', { role: '${var.role}', member: 'group:a@example.com' }, 'unknown'],
  ['gcp-project-basic-roles', { role: '${google_project_iam_custom_role.r.id}', member: 'group:a@example.com' }, 'compliant'],
  ['gcp-run-invoker-check', { invoker_iam_disabled: '${var.open}' }, 'unknown'],
  ['gcp-run-plain-secrets', { template: { containers: [{ env: [{ name: 'API_TOKEN', value: '${var.token}' }] }] } }, 'unknown'],
  ['gcp-firewall-open-to-internet', { allow: [{ protocol: 'tcp' }], source_ranges: ['${var.from}'] }, 'unknown'],
  ['gcp-sql-deletion-protection', { settings: { deletion_protection_enabled: '${var.keep}' } }, 'unknown'],

  // What stands beside, and what else counts.
  ['gcp-bigquery-public-grant', { access: [{ role: 'READER', iam_member: 'allUsers' }] }, 'non-compliant'],
  ['gcp-firewall-open-to-internet', { allow: [{ protocol: 'tcp' }] }, 'non-compliant'],
  ['gcp-firewall-open-to-internet', { allow: [{ protocol: 'tcp' }], source_tags: ['node'] }, 'compliant'],
  ['gcp-firewall-open-to-internet', { allow: [{ protocol: 'tcp' }], direction: 'EGRESS' }, 'not-applicable'],
  ['gcp-firewall-open-to-internet', { deny: [{ protocol: 'all' }] }, 'not-applicable'],
  ['gcp-firewall-open-to-internet', { allow: [{ protocol: 'tcp' }], disabled: true }, 'not-applicable'],
  ['gcp-project-admin-roles', { role: 'roles/storage.admin', member: 'group:a@example.com' }, 'compliant'],
  ['gcp-project-admin-roles', { role: 'roles/run.admin', member: '${google_service_account.a.member}' }, 'non-compliant'],
  [
    'gcp-project-default-account',
    { role: 'roles/run.invoker', member: 'serviceAccount:${data.google_compute_default_service_account.d.email}' },
    'non-compliant',
  ],
  ['gcp-pubsub-push-identity', {}, 'not-applicable'],
  ['gcp-bigquery-own-key', { view: [{ query: 'select 1' }] }, 'not-applicable'],
  ['gcp-bigquery-deletion-protection', { deletion_protection: false, view: [{ query: 'select 1' }] }, 'not-applicable'],
  ['gcp-secret-plain-value', { secret_data_wo: 'abc' }, 'non-compliant'],
  ['gcp-sql-backups', { master_instance_name: 'primary', settings: {} }, 'not-applicable'],
  ['gcp-sql-deletion-protection', { deletion_protection: false, settings: { deletion_protection_enabled: true } }, 'non-compliant'],
  ['gcp-storage-logs-elsewhere', {}, 'not-applicable'],
  ['gcp-storage-logs-elsewhere', { logging: { log_bucket: '${google_storage_bucket.it.name}' } }, 'non-compliant'],
  ['gcp-subnetwork-private-google-access', { purpose: 'REGIONAL_MANAGED_PROXY' }, 'not-applicable'],
  ['gcp-dns-signed', { visibility: 'private' }, 'not-applicable'],
  ['gcp-scheduler-identity', { pubsub_target: { topic_name: 't' } }, 'not-applicable'],
]);

test('a table is encrypted with the key of its dataset', () => {
  const rule = GCP_RULES.find((r) => r.id === 'gcp-bigquery-own-key')!;
  const table = { dataset_id: '${google_bigquery_dataset.d.dataset_id}' };
  const beside = (dataset: Body) => ({ google_bigquery_dataset: { d: dataset } });
  expect(judged(rule, table, beside({ default_encryption_configuration: { kms_key_name: 'k' } }), 'google_bigquery_table')).toBe(
    'compliant',
  );
  expect(judged(rule, table, beside({}), 'google_bigquery_table')).toBe('non-compliant');
});
