import type { Rule } from '../model';
import { at, demand } from '../values';

export const rule: Rule = {
  id: 'azure-plan-instances',
  severity: 'low',
  types: ['azurerm_service_plan'],
  what: 'The plan has two instances at least.',
  why: 'The service is down while its only instance is moved.',
  mend: 'Set worker_count to 2 or more.',
  link: 'https://learn.microsoft.com/azure/app-service/overview-zone-redundancy',
  covers: ['CKV_AZURE_212'],
  judge: ({ body }) => demand(Number(at(body, 'worker_count') ?? 1) >= 2, at(body, 'worker_count')),
};
