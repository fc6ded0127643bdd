import type { Rule } from '../model';
import { at, refuse } from '../values';

export const rule: Rule = {
  id: 'azure-plan-tier',
  severity: 'low',
  types: ['azurerm_service_plan'],
  what: 'The plan is of a tier for production.',
  why: 'Free, shared and basic plans have no slots, no scaling and little memory.',
  mend: 'Set sku_name to a standard or premium size.',
  link: 'https://learn.microsoft.com/azure/app-service/overview-hosting-plans',
  covers: ['CKV_AZURE_211'],
  judge: ({ body }) => refuse(/^(F1|D1|B[123]|SHARED|FREE)$/i.test(String(at(body, 'sku_name'))), at(body, 'sku_name')),
};
