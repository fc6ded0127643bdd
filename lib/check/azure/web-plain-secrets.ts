import type { Rule } from '../model';
import { isLiteral, isSecretName } from '../patterns';
import { at, refuse } from '../values';

export const rule: Rule = {
  id: 'azure-web-plain-secrets',
  severity: 'high',
  types: ['azurerm_linux_web_app', 'azurerm_linux_web_app_slot'],
  what: 'Secrets of the service come from Key Vault.',
  why: 'A setting is in the configuration, in the state of Terraform and in the portal.',
  mend: 'Write a reference: @Microsoft.KeyVault(...).',
  link: 'https://learn.microsoft.com/azure/app-service/app-service-key-vault-references',
  judge: ({ body }) => {
    const secrets = Object.entries((at(body, 'app_settings') ?? {}) as object).filter(([name]) => isSecretName(name));
    const values = secrets.map(([, value]) => value as unknown).filter((v) => !String(v).startsWith('@Microsoft.KeyVault('));
    return refuse(values.some(isLiteral), ...values);
  },
};
