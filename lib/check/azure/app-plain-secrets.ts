import type { Rule } from '../model';
import { isLiteral, isSecretName } from '../patterns';
import { at, demand, listOf } from '../values';

export const rule: Rule = {
  id: 'azure-app-plain-secrets',
  severity: 'high',
  types: ['azurerm_container_app', 'azurerm_container_app_job'],
  what: 'Secrets of the app come from Key Vault.',
  why: 'A value in the environment is in the configuration, in the state of Terraform and in the portal.',
  mend: 'Use secret.key_vault_secret_id, and env.secret_name.',
  link: 'https://learn.microsoft.com/azure/container-apps/manage-secrets',
  judge: ({ body }) =>
    demand(
      ![...listOf(at(body, 'template.container.*.env'))].flat().some((e) => isSecretName(at(e, 'name')) && isLiteral(at(e, 'value'))) &&
        !listOf(at(body, 'secret')).some((s) => isLiteral(at(s, 'value'))),
    ),
};
