import { AZURE_RULES } from '../../lib/check/azure';
import type { Body } from '../../lib/review/model';
import { Beside, judgements, ruleTests } from './twins';

/** Of every rule something that keeps it, something that breaks it, and what stands beside. */
const TWINS: readonly [string, Body | undefined, Body, { [type: string]: { [name: string]: Body } }?][] = [
  ['azure-storage-public-blobs', { allow_nested_items_to_be_public: false }, {}],
  ['azure-storage-public-network', { public_network_access_enabled: false }, {}],
  [
    'azure-storage-trusted-services',
    { network_rules: { default_action: 'Deny', bypass: ['AzureServices'] } },
    { network_rules: { default_action: 'Deny', bypass: ['None'] } },
  ],
  [
    'azure-storage-queue-logs',
    { queue_properties: { logging: { delete: true, read: true, write: true } } },
    {},
    { azurerm_storage_queue: { q: { storage_account_id: '${azurerm_storage_account.it.id}' } } },
  ],
  ['azure-storage-tls', { min_tls_version: 'TLS1_2' }, { min_tls_version: 'TLS1_0' }],
  ['azure-storage-name', { name: 'acmeml' }, { name: 'Acme-ML' }],
  ['azure-storage-https', { https_traffic_only_enabled: true }, { https_traffic_only_enabled: false }],
  ['azure-storage-replication', { account_replication_type: 'ZRS' }, { account_replication_type: 'LRS' }],
  ['azure-storage-container-private', { container_access_type: 'private' }, { container_access_type: 'blob' }],
  ['azure-storage-local-users', { local_user_enabled: false }, {}],
  ['azure-storage-account-keys', { shared_access_key_enabled: false }, {}],
  ['azure-registry-admin', { admin_enabled: false }, { admin_enabled: true }],
  ['azure-registry-anonymous-pull', {}, { anonymous_pull_enabled: true }],
  ['azure-registry-scanning', { sku: 'Premium' }, { sku: 'Basic' }],
  ['azure-registry-data-endpoints', { data_endpoint_enabled: true }, {}],
  ['azure-registry-quarantine', { quarantine_policy_enabled: true }, {}],
  ['azure-registry-retention', { retention_policy_in_days: 7 }, {}],
  ['azure-registry-zones', { zone_redundancy_enabled: true }, {}],
  ['azure-registry-regions', { georeplications: [{ location: 'northeurope' }] }, {}],
  ['azure-registry-public-network', { public_network_access_enabled: false }, {}],
  ['azure-web-always-on', { site_config: { always_on: true } }, { site_config: { always_on: false } }],
  [
    'azure-web-callers',
    { auth_settings_v2: { auth_enabled: true, require_authentication: true } },
    { auth_settings_v2: { auth_enabled: true } },
  ],
  ['azure-web-client-certificates', { client_certificate_enabled: true }, {}],
  ['azure-web-logs', { logs: { http_logs: { file_system: {} }, detailed_error_messages: true, failed_request_tracing: true } }, {}],
  [
    'azure-web-cors',
    { site_config: { cors: { allowed_origins: ['https://example.com'] } } },
    { site_config: { cors: { allowed_origins: ['*'] } }, ingress: { cors: { allowed_origins: ['*'] } } },
  ],
  ['azure-web-ftp', { site_config: { ftps_state: 'Disabled' } }, { site_config: { ftps_state: 'AllAllowed' } }],
  ['azure-web-https', { https_only: true }, {}],
  ['azure-web-http2', { site_config: { http2_enabled: true } }, { site_config: {} }],
  ['azure-web-identity', { identity: { type: 'UserAssigned' } }, {}],
  ['azure-web-tls', { site_config: { minimum_tls_version: '1.2' } }, { site_config: { minimum_tls_version: '1.0' } }],
  ['azure-web-public-network', { public_network_access_enabled: false }, {}],
  ['azure-web-remote-debugging', { site_config: {} }, { site_config: { remote_debugging_enabled: true } }],
  ['azure-web-health-check', { site_config: { health_check_path: '/health' } }, { site_config: {} }],
  ['azure-web-file-share', { storage_account: [{ type: 'AzureFiles' }] }, { storage_account: [{ type: 'AzureBlob' }] }],
  ['azure-web-plain-secrets', { app_settings: { API_TOKEN: '@Microsoft.KeyVault(SecretUri=u)' } }, { app_settings: { API_TOKEN: 'abc' } }],
  ['azure-plan-instances', { worker_count: 2 }, {}],
  ['azure-plan-zones', { zone_balancing_enabled: true }, {}],
  ['azure-plan-tier', { sku_name: 'P0v3' }, { sku_name: 'B1' }],
  ['azure-role-owner', { permissions: [{ actions: ['Microsoft.Storage/*/read'] }] }, { permissions: [{ actions: ['*'] }] }],
  [
    'azure-role-broad-grant',
    { scope: '/subscriptions/s/resourceGroups/g', role_definition_name: 'Reader' },
    { scope: '/subscriptions/s', role_definition_name: 'Owner' },
  ],
  ['azure-event-topic-identity', { identity: { type: 'SystemAssigned' } }, {}],
  ['azure-event-topic-keys', { local_auth_enabled: false }, {}],
  ['azure-event-topic-public-network', { public_network_access_enabled: false }, {}],
  ['azure-vault-public-network', { public_network_access_enabled: false }, {}],
  ['azure-vault-firewall', { network_acls: { default_action: 'Deny' } }, {}],
  ['azure-vault-purge-protection', { purge_protection_enabled: true }, {}],
  ['azure-vault-soft-delete', { soft_delete_retention_days: 7 }, { soft_delete_retention_days: 1 }],
  ['azure-vault-roles', { rbac_authorization_enabled: true }, {}],
  ['azure-vault-plain-secret', { value_wo: '${ephemeral.random_password.p.result}' }, { value: 'abc' }],
  ['azure-ml-cluster-local-auth', { local_auth_enabled: false }, {}],
  ['azure-ml-cluster-idle', { scale_settings: { min_node_count: 0 } }, { scale_settings: { min_node_count: 1 } }],
  ['azure-ml-cluster-public-address', { node_public_ip_enabled: false }, {}],
  ['azure-ml-workspace-public-network', { public_network_access_enabled: false }, {}],
  ['azure-ml-workspace-identity', { identity: { type: 'UserAssigned' } }, { identity: { type: 'SystemAssigned' } }],
  [
    'azure-network-open-to-internet',
    { security_rule: [{ direction: 'Inbound', access: 'Allow', source_address_prefix: 'VirtualNetwork' }] },
    { security_rule: [{ direction: 'Inbound', access: 'Allow', protocol: 'Udp', source_address_prefix: '*' }] },
  ],
  ['azure-network-dns', { dns_servers: ['10.0.0.4', '10.0.0.5'] }, { dns_servers: ['8.8.8.8'] }],
  ['azure-postgres-geo-backup', { geo_redundant_backup_enabled: true }, {}],
  ['azure-postgres-public-network', { public_network_access_enabled: false }, {}],
  [
    'azure-postgres-passwords',
    { authentication: { password_auth_enabled: false, active_directory_auth_enabled: true } },
    { administrator_login: 'a' },
  ],
  [
    'azure-app-external-ingress',
    { ingress: { external_enabled: false } },
    { ingress: { external_enabled: true }, container_app_environment_id: '${azurerm_container_app_environment.e.id}' },
    { azurerm_container_app_environment: { e: {} } },
  ],
  ['azure-app-https', { ingress: { external_enabled: false } }, { ingress: { allow_insecure_connections: true } }],
  ['azure-app-identity', { identity: { type: 'UserAssigned' } }, {}],
  [
    'azure-app-plain-secrets',
    { template: { container: [{ env: [{ name: 'API_TOKEN', secret_name: 't' }] }] } },
    { template: { container: [{ env: [{ name: 'API_TOKEN', value: 'abc' }] }] } },
  ],
  [
    'azure-workflow-callers',
    { access_control: { trigger: { allowed_caller_ip_address_range: ['10.0.0.0/8'] } } },
    {},
    { azurerm_logic_app_trigger_http_request: { t: { logic_app_id: '${azurerm_logic_app_workflow.it.id}' } } },
  ],
  ['azure-app-environment-network', { infrastructure_subnet_id: 's' }, {}],
  ['azure-app-environment-logs', { log_analytics_workspace_id: 'w' }, {}],
  ['azure-app-environment-zones', { zone_redundancy_enabled: true }, {}],
  ['azure-ml-workspace-outbound', { managed_network: { isolation_mode: 'AllowOnlyApprovedOutbound' } }, {}],
  ['azure-ml-datastore-keys', { service_data_auth_identity: 'WorkspaceUserAssignedIdentity' }, { account_key: 'k' }],
  [
    'azure-web-publishing-passwords',
    { ftp_publish_basic_authentication_enabled: false, webdeploy_publish_basic_authentication_enabled: false },
    { ftp_publish_basic_authentication_enabled: false },
  ],
  ['azure-service-bus-identity', { identity: { type: 'UserAssigned' } }, {}],
  ['azure-service-bus-keys', { local_auth_enabled: false }, {}],
  [
    'azure-service-bus-own-key',
    { customer_managed_key: { key_vault_key_id: 'k', identity_id: 'i', infrastructure_encryption_enabled: true } },
    { customer_managed_key: { key_vault_key_id: 'k', identity_id: 'i' } },
  ],
  ['azure-service-bus-public-network', { public_network_access_enabled: false }, {}],
  ['azure-service-bus-tls', { minimum_tls_version: '1.2' }, { minimum_tls_version: '1.1' }],
  ['azure-redis-keys', { access_keys_authentication_enabled: false }, {}],
  ['azure-redis-plain-port', { non_ssl_port_enabled: false }, { non_ssl_port_enabled: true }],
  ['azure-redis-public-network', { public_network_access_enabled: false }, {}],
  ['azure-redis-replication', { sku_name: 'Standard' }, { sku_name: 'Basic' }],
  ['azure-redis-tls', { minimum_tls_version: '1.2' }, { minimum_tls_version: '1.0' }],
];

ruleTests('azure', AZURE_RULES, TWINS);

const OWNER = '/providers/Microsoft.Authorization/roleDefinitions/8e3af657-a8ff-443c-a75c-2fe8c4bcb635';
const inbound = (rule: Body): Body => ({ direction: 'Inbound', access: 'Allow', ...rule });

judgements(AZURE_RULES, [
  // What the provider takes for an attribute that is left out.
  ['azure-storage-tls', {}, 'compliant'],
  ['azure-storage-https', {}, 'compliant'],
  ['azure-storage-container-private', {}, 'compliant'],
  ['azure-registry-admin', {}, 'compliant'],
  ['azure-web-always-on', { site_config: {} }, 'compliant'],
  ['azure-web-ftp', { site_config: {} }, 'compliant'],
  ['azure-web-tls', { site_config: {} }, 'compliant'],
  ['azure-web-remote-debugging', { site_config: {} }, 'compliant'],
  ['azure-web-cors', {}, 'compliant'],
  ['azure-service-bus-tls', {}, 'compliant'],
  ['azure-redis-tls', {}, 'compliant'],
  ['azure-redis-plain-port', {}, 'compliant'],
  ['azure-vault-soft-delete', {}, 'compliant'],
  ['azure-vault-roles', {}, 'non-compliant'],
  ['azure-vault-roles', { enable_rbac_authorization: true }, 'compliant'],
  ['azure-web-publishing-passwords', {}, 'non-compliant'],
  ['azure-ml-cluster-public-address', {}, 'non-compliant'],

  // What only the deployment knows.
  ['azure-registry-admin', { admin_enabled: '${var.admin}' }, 'unknown'],
  ['azure-plan-tier', { sku_name: '${var.sku}' }, 'unknown'],
  ['azure-web-tls', { site_config: { minimum_tls_version: '${var.tls}' } }, 'unknown'],
  ['azure-network-dns', { dns_servers: ['${var.first}', '10.0.0.5'] }, 'unknown'],
  ['azure-storage-public-network', { network_rules: { default_action: '${var.action}' } }, 'unknown'],
  ['azure-network-open-to-internet', { security_rule: [inbound({ source_address_prefix: '${var.from}' })] }, 'unknown'],
  [
    'azure-network-open-to-internet',
    { dynamic: { security_rule: { for_each: [], content: inbound({ source_address_prefix: '*' }) } } },
    'non-compliant',
  ],
  ['azure-role-broad-grant', { scope: '${var.scope}', role_definition_name: 'Owner' }, 'unknown'],
  ['azure-web-plain-secrets', { app_settings: { DB_PASSWORD: '${random_password.p.result}' } }, 'unknown'],

  // What stands beside, and what else counts.
  ['azure-app-external-ingress', {}, 'not-applicable'],
  ['azure-app-external-ingress', { ingress: { external_enabled: true }, container_app_environment_id: '/subscriptions/s/e' }, 'unknown'],
  [
    'azure-app-external-ingress',
    { ingress: { external_enabled: true }, container_app_environment_id: '${azurerm_container_app_environment.e.id}' },
    'compliant',
    { azurerm_container_app_environment: { e: { internal_load_balancer_enabled: true } } },
  ],
  ['azure-app-https', {}, 'not-applicable'],
  ['azure-app-plain-secrets', { template: { init_container: [{ env: [{ name: 'API_TOKEN', value: 'abc' }] }] } }, 'non-compliant'],
  ['azure-app-plain-secrets', { secret: [{ name: 's', value: 'abc' }] }, 'non-compliant'],
  ['azure-app-plain-secrets', { secret: [{ name: 's', key_vault_secret_id: 'https://v.vault.azure.net/secrets/s' }] }, 'compliant'],
  ['azure-ml-workspace-outbound', {}, 'compliant', cluster({ subnet_resource_id: 's' })],
  ['azure-ml-workspace-outbound', {}, 'non-compliant', cluster({})],
  ['azure-network-open-to-internet', { security_rule: [inbound({ source_address_prefixes: ['10.0.0.0/8', '::/0'] })] }, 'non-compliant'],
  ['azure-network-open-to-internet', { security_rule: [inbound({ source_address_prefix: '*', access: 'Deny' })] }, 'compliant'],
  ['azure-plan-instances', { sku_name: 'EP1' }, 'not-applicable'],
  ['azure-plan-instances', {}, 'compliant', scaled(2)],
  ['azure-plan-instances', { worker_count: 2 }, 'non-compliant', scaled(1)],
  ['azure-registry-regions', { georeplications: [{ location: 'northeurope' }] }, 'compliant'],
  ['azure-role-broad-grant', { scope: '${data.azurerm_subscription.s.id}', role_definition_name: 'Contributor' }, 'non-compliant'],
  ['azure-role-broad-grant', { scope: '/subscriptions/s', role_definition_id: OWNER }, 'non-compliant'],
  ['azure-role-broad-grant', { scope: '${azurerm_storage_account.a.id}', role_definition_name: 'Owner' }, 'compliant'],
  [
    'azure-storage-public-network',
    {},
    'compliant',
    { azurerm_storage_account_network_rules: { r: { storage_account_id: '${azurerm_storage_account.it.id}', default_action: 'Deny' } } },
  ],
  ['azure-storage-queue-logs', {}, 'not-applicable'],
  [
    'azure-storage-queue-logs',
    {},
    'compliant',
    {
      azurerm_storage_queue: { q: { storage_account_id: '${azurerm_storage_account.it.id}' } },
      azurerm_storage_account_queue_properties: {
        p: { storage_account_id: '${azurerm_storage_account.it.id}', logging: { delete: true, read: true, write: true } },
      },
    },
  ],
  ['azure-storage-trusted-services', { network_rules: { default_action: 'Deny' } }, 'compliant'],
  ['azure-storage-trusted-services', {}, 'not-applicable'],
  ['azure-web-callers', { public_network_access_enabled: false }, 'compliant'],
  [
    'azure-web-callers',
    { auth_settings_v2: { auth_enabled: true, require_authentication: true, unauthenticated_action: 'AllowAnonymous' } },
    'non-compliant',
  ],
  ['azure-web-client-certificates', { client_certificate_enabled: true, client_certificate_mode: 'Optional' }, 'non-compliant'],
  ['azure-web-plain-secrets', { app_settings: { DB_PASSWORD: '@Microsoft.KeyVault(SecretUri=https://v)' } }, 'compliant'],
  ['azure-web-plain-secrets', { app_settings: { APPLICATIONINSIGHTS_CONNECTION_STRING: 'InstrumentationKey=1' } }, 'compliant'],
  ['azure-workflow-callers', {}, 'not-applicable', trigger('{"type":"Recurrence"}')],
  ['azure-workflow-callers', {}, 'non-compliant', trigger('{"type":"Request"}')],
  [
    'azure-workflow-callers',
    { access_control: { trigger: { open_authentication_policy: [{ name: 'p' }] } } },
    'compliant',
    trigger('{"type":"Request"}'),
  ],
]);

function cluster(body: Body): Beside {
  return {
    azurerm_machine_learning_compute_cluster: {
      c: { ...body, machine_learning_workspace_id: '${azurerm_machine_learning_workspace.it.id}' },
    },
  };
}

function scaled(minimum: number): Beside {
  return {
    azurerm_monitor_autoscale_setting: {
      s: { target_resource_id: '${azurerm_service_plan.it.id}', profile: [{ name: 'p', capacity: { minimum } }] },
    },
  };
}

function trigger(body: string): Beside {
  return { azurerm_logic_app_trigger_custom: { t: { logic_app_id: '${azurerm_logic_app_workflow.it.id}', body } } };
}
