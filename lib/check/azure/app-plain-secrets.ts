import type { Rule } from '../model';
import { isLiteral, noPlainSecret } from '../patterns';
import { at, listOf } from '../values';

export const rule: Rule = {
  id: 'azure-app-plain-secrets',
  severity: 'high',
  types: ['azurerm_container_app', 'azurerm_container_app_job'],
  what: 'Secrets of the app come from Key Vault.',
  why: 'A value in the environment is in the configuration, in the state of Terraform and in the portal.',
  mend: 'Use secret.key_vault_secret_id, and env.secret_name.',
  link: 'https://learn.microsoft.com/azure/container-apps/manage-secrets',
  judge: ({ body }) =>
    listOf(at(body, 'secret')).some((s) => isLiteral(at(s, 'value')))
      ? 'non-compliant'
      : noPlainSecret(at(body, 'template.container.*.env'), at(body, 'template.init_container.*.env')),
};
