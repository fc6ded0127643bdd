import type { Rule } from '../model';
import { at, demandOneOf } from '../values';

export const rule: Rule = {
  id: 'azure-postgres-passwords',
  severity: 'medium',
  types: ['azurerm_postgresql_flexible_server'],
  what: 'The database knows identities of Entra ID, and no passwords.',
  why: 'A password can be copied, stays valid, and is in the state of Terraform.',
  mend: 'Set authentication.password_auth_enabled to false, and active_directory_auth_enabled to true.',
  link: 'https://learn.microsoft.com/azure/postgresql/flexible-server/concepts-azure-ad-authentication',
  judge: ({ body }) => demandOneOf(at(body, 'authentication.password_auth_enabled'), false),
};
