import type { Rule } from '../model';
import { allowOneOf, at } from '../values';

export const rule: Rule = {
  id: 'azure-registry-admin',
  severity: 'high',
  types: ['azurerm_container_registry'],
  what: 'The registry has no administrator with a password.',
  why: 'A password can be copied, and its use names nobody.',
  mend: 'Set admin_enabled to false.',
  link: 'https://learn.microsoft.com/azure/container-registry/container-registry-authentication',
  covers: ['CKV_AZURE_137'],
  judge: ({ body }) => allowOneOf(at(body, 'admin_enabled'), false),
};
