import type { Rule } from '../model';
import { isLiteral, isSecretName } from '../patterns';
import { at, demand } from '../values';

export const rule: Rule = {
  id: 'azure-web-plain-secrets',
  severity: 'high',
  types: ['azurerm_linux_web_app', 'azurerm_linux_web_app_slot'],
  what: 'Secrets of the service come from Key Vault.',
  why: 'A setting is in the configuration, in the state of Terraform and in the portal.',
  mend: 'Write a reference: @Microsoft.KeyVault(...).',
  link: 'https://learn.microsoft.com/azure/app-service/app-service-key-vault-references',
  judge: ({ body }) =>
    demand(
      !Object.entries((at(body, 'app_settings') ?? {}) as object).some(
        ([name, value]) => isSecretName(name) && isLiteral(value) && !String(value).startsWith('@Microsoft.KeyVault('),
      ),
    ),
};
