import type { Rule } from '../model';
import { at, demandOneOf } from '../values';

export const rule: Rule = {
  id: 'azure-vault-roles',
  severity: 'medium',
  types: ['azurerm_key_vault'],
  what: 'Access to the vault is decided by roles.',
  why: 'Access policies let whoever may write the vault give themselves its secrets.',
  mend: 'Set rbac_authorization_enabled to true.',
  link: 'https://learn.microsoft.com/azure/key-vault/general/rbac-guide',
  judge: ({ body }) => demandOneOf(at(body, 'rbac_authorization_enabled') ?? at(body, 'enable_rbac_authorization'), true),
};
