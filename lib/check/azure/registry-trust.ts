import type { Rule } from '../model';
import { at, demandOneOf } from '../values';

export const rule: Rule = {
  id: 'azure-registry-trust',
  severity: 'low',
  types: ['azurerm_container_registry'],
  what: 'Images can be signed.',
  why: 'Nobody can prove who made an image.',
  mend: 'Set trust_policy_enabled to true.',
  link: 'https://learn.microsoft.com/azure/container-registry/container-registry-content-trust',
  covers: ['CKV_AZURE_164'],
  judge: ({ body }) => demandOneOf(at(body, 'trust_policy_enabled'), true),
};
