import type { Rule } from '../model';
import { at, demandOneOf } from '../values';

export const rule: Rule = {
  id: 'azure-postgres-geo-backup',
  severity: 'low',
  types: ['azurerm_postgresql_flexible_server'],
  what: 'Backups of the database are in a second region.',
  why: 'A region that is lost takes the backups with it.',
  mend: 'Set geo_redundant_backup_enabled to true; it cannot be changed later.',
  link: 'https://learn.microsoft.com/azure/postgresql/flexible-server/concepts-backup-restore',
  covers: ['CKV_AZURE_136'],
  judge: ({ body }) => demandOneOf(at(body, 'geo_redundant_backup_enabled'), true),
};
