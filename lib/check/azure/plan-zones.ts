import type { Rule } from '../model';
import { at, demandOneOf } from '../values';

export const rule: Rule = {
  id: 'azure-plan-zones',
  severity: 'low',
  types: ['azurerm_service_plan'],
  what: 'The plan survives the loss of a zone.',
  why: 'The service is down while the zone is.',
  mend: 'Set zone_balancing_enabled to true.',
  link: 'https://learn.microsoft.com/azure/app-service/overview-zone-redundancy',
  covers: ['CKV_AZURE_225'],
  judge: ({ body }) => demandOneOf(at(body, 'zone_balancing_enabled'), true),
};
