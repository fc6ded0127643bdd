import type { Rule } from '../model';
import { at, demandOneOf } from '../values';

export const rule: Rule = {
  id: 'azure-redis-public-network',
  severity: 'high',
  types: ['azurerm_redis_cache'],
  what: 'The cache is reached from chosen networks only.',
  why: 'A leaked key opens it from anywhere.',
  mend: 'Set public_network_access_enabled to false, with a private endpoint.',
  link: 'https://learn.microsoft.com/azure/azure-cache-for-redis/cache-private-link',
  covers: ['CKV_AZURE_89'],
  judge: ({ body }) => demandOneOf(at(body, 'public_network_access_enabled'), false),
};
