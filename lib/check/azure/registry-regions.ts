import type { Rule } from '../model';
import { at, demand } from '../values';

export const rule: Rule = {
  id: 'azure-registry-regions',
  severity: 'low',
  types: ['azurerm_container_registry'],
  what: 'Images are in a second region.',
  why: 'Nothing can start in another region while the first is down.',
  mend: 'Write georeplications.',
  link: 'https://learn.microsoft.com/azure/container-registry/container-registry-geo-replication',
  covers: ['CKV_AZURE_165'],
  judge: ({ body }) => demand(at(body, 'georeplications.location') !== undefined),
};
