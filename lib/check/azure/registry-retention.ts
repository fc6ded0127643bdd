import type { Rule } from '../model';
import { at, demand } from '../values';

export const rule: Rule = {
  id: 'azure-registry-retention',
  severity: 'low',
  types: ['azurerm_container_registry'],
  what: 'Images without a tag go after some days.',
  why: 'They are paid for without end.',
  mend: 'Write retention_policy_in_days.',
  link: 'https://learn.microsoft.com/azure/container-registry/container-registry-retention-policy',
  covers: ['CKV_AZURE_167'],
  judge: ({ body }) => demand(at(body, 'retention_policy_in_days') !== undefined),
};
