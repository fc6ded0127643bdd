import type { Rule } from '../model';
import { at, demandOneOf } from '../values';

export const rule: Rule = {
  id: 'azure-registry-quarantine',
  severity: 'low',
  types: ['azurerm_container_registry'],
  what: 'An image cannot be pulled before it was scanned.',
  why: 'An image with a known hole is in service before anybody looks.',
  mend: 'Set quarantine_policy_enabled to true, and let a scanner release images.',
  link: 'https://learn.microsoft.com/azure/container-registry/container-registry-faq',
  covers: ['CKV_AZURE_166'],
  judge: ({ body }) => demandOneOf(at(body, 'quarantine_policy_enabled'), true),
};
