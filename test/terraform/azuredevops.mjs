// What this library uses of microsoft/azuredevops, for which there are no bindings: written down from the documentation of 1.6.
// https://registry.terraform.io/providers/microsoft/azuredevops/latest/docs
const required = 'string!';
const TYPES = {
  provider: {
    org_service_url: 'string',
    personal_access_token: 'string',
    client_id: 'string',
    tenant_id: 'string',
    use_oidc: 'bool',
    use_msi: 'bool',
  },
  data: {
    azuredevops_project: { name: 'string', project_id: 'string', description: 'computed', visibility: 'computed' },
    azuredevops_git_repository: { project_id: required, name: required, default_branch: 'computed', url: 'computed' },
  },
  resource: {
    azuredevops_build_definition: {
      project_id: required,
      name: 'string',
      path: 'string',
      agent_pool_name: 'string',
      revision: 'computed',
      'repository!': {
        repo_id: required,
        yml_path: required,
        repo_type: 'string',
        branch_name: 'string',
        service_connection_id: 'string',
        github_enterprise_url: 'string',
        report_build_status: 'bool',
      },
      ci_trigger: { use_yaml: 'bool' },
    },
    azuredevops_build_definition_permissions: {
      project_id: required,
      build_definition_id: required,
      principal: required,
      permissions: 'map!',
      replace: 'bool',
    },
    // The id of a pipeline is a number; what the stand-in makes up for one is none.
    azuredevops_pipeline_authorization: { project_id: required, resource_id: required, type: required, pipeline_id: 'string' },
    azuredevops_service_principal_entitlement: {
      origin_id: required,
      origin: 'string',
      account_license_type: 'string',
      licensing_source: 'string',
      descriptor: 'computed',
      display_name: 'computed',
    },
    azuredevops_serviceendpoint_azurerm: {
      project_id: required,
      service_endpoint_name: required,
      azurerm_spn_tenantid: required,
      azurerm_subscription_id: 'string',
      azurerm_subscription_name: 'string',
      service_endpoint_authentication_scheme: 'string',
      description: 'string',
      resource_group: 'string',
      workload_identity_federation_issuer: 'computed',
      workload_identity_federation_subject: 'computed',
      credentials: { serviceprincipalid: required, serviceprincipalkey: 'string' },
    },
  },
};

/** As `schemaOf` of the bindings. */
export function schemaOf(kind, type) {
  const found = kind === 'provider' ? TYPES.provider : TYPES[kind][type];
  return found && blockOf(kind === 'provider' ? found : { id: 'computed', ...found });
}

function blockOf(fields) {
  const attributes = [];
  const blocks = [];
  for (const [name, field] of Object.entries(fields)) {
    const must = name.endsWith('!') || (typeof field === 'string' && field.endsWith('!'));
    const flags = { required: must, optional: !must && field !== 'computed', computed: field === 'computed' };
    const plain = name.replace('!', '');
    if (typeof field === 'object') blocks.push({ name: plain, ...flags, nesting: 'list', single: true, block: blockOf(field) });
    else attributes.push({ name, ...flags, type: typeOf(field.replace('!', '')) });
  }
  return { attributes, blocks };
}

function typeOf(word) {
  if (word === 'map') return ['map', 'string'];
  return word === 'computed' ? 'string' : word;
}
