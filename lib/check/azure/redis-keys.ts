import type { Rule } from '../model';
import { at, demandOneOf } from '../values';

export const rule: Rule = {
  id: 'azure-redis-keys',
  severity: 'medium',
  types: ['azurerm_redis_cache'],
  what: 'The cache knows identities of Entra ID, and no keys.',
  why: 'Whoever has a copy of the key reads and writes everything.',
  mend: 'Set access_keys_authentication_enabled to false, and redis_configuration.active_directory_authentication_enabled to true.',
  link: 'https://learn.microsoft.com/azure/azure-cache-for-redis/cache-azure-active-directory-for-authentication',
  judge: ({ body }) => demandOneOf(at(body, 'access_keys_authentication_enabled'), false),
};
