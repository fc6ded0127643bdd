import type { Rule } from '../model';
import { allowOneOf, at } from '../values';

export const rule: Rule = {
  id: 'azure-redis-tls',
  severity: 'high',
  types: ['azurerm_redis_cache'],
  what: 'The cache refuses TLS before 1.2.',
  why: 'Older versions can be broken.',
  mend: 'Set minimum_tls_version to 1.2.',
  link: 'https://learn.microsoft.com/azure/azure-cache-for-redis/cache-remove-tls-10-11',
  covers: ['CKV_AZURE_148'],
  judge: ({ body }) => allowOneOf(at(body, 'minimum_tls_version'), '1.2'),
};
