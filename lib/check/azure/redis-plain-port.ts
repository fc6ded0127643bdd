import type { Rule } from '../model';
import { allowOneOf, at } from '../values';

export const rule: Rule = {
  id: 'azure-redis-plain-port',
  severity: 'high',
  types: ['azurerm_redis_cache'],
  what: 'The cache takes encrypted connections only.',
  why: 'Keys and values cross the network in the clear.',
  mend: 'Set non_ssl_port_enabled to false.',
  link: 'https://learn.microsoft.com/azure/azure-cache-for-redis/cache-remove-tls-10-11',
  covers: ['CKV_AZURE_91'],
  judge: ({ body }) => allowOneOf(at(body, 'non_ssl_port_enabled'), false),
};
