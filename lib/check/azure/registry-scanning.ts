import type { Rule } from '../model';
import { at, demandOneOf } from '../values';

export const rule: Rule = {
  id: 'azure-registry-scanning',
  severity: 'low',
  types: ['azurerm_container_registry'],
  what: 'The registry is of a tier whose images can be scanned.',
  why: 'Known holes in an image stay unseen.',
  mend: 'Set sku to Standard or Premium, and switch Microsoft Defender for Containers on.',
  link: 'https://learn.microsoft.com/azure/defender-for-cloud/agentless-vulnerability-assessment-azure',
  covers: ['CKV_AZURE_163'],
  judge: ({ body }) => demandOneOf(at(body, 'sku'), 'Standard', 'Premium'),
};
