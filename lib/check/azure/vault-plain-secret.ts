import type { Rule } from '../model';
import { isLiteral } from '../patterns';
import { at, demand } from '../values';

export const rule: Rule = {
  id: 'azure-vault-plain-secret',
  severity: 'high',
  types: ['azurerm_key_vault_secret'],
  what: 'The value of the secret is not written in code.',
  why: 'It is in the repository, in the output and in the state of Terraform.',
  mend: 'Put the value by az keyvault secret set, or use value_wo.',
  link: 'https://learn.microsoft.com/azure/key-vault/secrets/about-secrets',
  judge: ({ body }) => demand(!isLiteral(at(body, 'value'))),
};
