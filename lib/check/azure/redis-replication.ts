import type { Rule } from '../model';
import { at, demandOneOf } from '../values';

export const rule: Rule = {
  id: 'azure-redis-replication',
  severity: 'low',
  types: ['azurerm_redis_cache'],
  what: 'The cache has a replica.',
  why: 'It is down, and empty, when its only machine is lost.',
  mend: 'Set sku_name to Standard or Premium.',
  link: 'https://learn.microsoft.com/azure/azure-cache-for-redis/cache-overview',
  covers: ['CKV_AZURE_230'],
  judge: ({ body }) => demandOneOf(at(body, 'sku_name'), 'Standard', 'Premium'),
};
