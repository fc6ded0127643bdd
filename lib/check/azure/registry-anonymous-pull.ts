import type { Rule } from '../model';
import { allowOneOf, at } from '../values';

export const rule: Rule = {
  id: 'azure-registry-anonymous-pull',
  severity: 'high',
  types: ['azurerm_container_registry'],
  what: 'Whoever pulls an image is known.',
  why: 'Images hold code, and often more than was meant to be published.',
  mend: 'Set anonymous_pull_enabled to false.',
  link: 'https://learn.microsoft.com/azure/container-registry/anonymous-pull-access',
  covers: ['CKV_AZURE_138'],
  judge: ({ body }) => allowOneOf(at(body, 'anonymous_pull_enabled'), false),
};
