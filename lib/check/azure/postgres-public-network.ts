import type { Rule } from '../model';
import { at, demandOneOf } from '../values';

export const rule: Rule = {
  id: 'azure-postgres-public-network',
  severity: 'high',
  types: ['azurerm_postgresql_flexible_server'],
  what: 'The database has no address on the internet.',
  why: 'Whoever finds a password or a fault in the server gets in from anywhere.',
  mend: 'Write delegated_subnet_id, and set public_network_access_enabled to false.',
  link: 'https://learn.microsoft.com/azure/postgresql/flexible-server/concepts-networking-private',
  judge: ({ body }) => demandOneOf(at(body, 'public_network_access_enabled'), false),
};
