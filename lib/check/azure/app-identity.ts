import type { Rule } from '../model';
import { at, demand } from '../values';

export const rule: Rule = {
  id: 'azure-app-identity',
  severity: 'medium',
  types: ['azurerm_container_app', 'azurerm_container_app_job'],
  what: 'The app has an identity of its own.',
  why: 'It needs passwords and keys else.',
  mend: 'Write identity.',
  link: 'https://learn.microsoft.com/azure/container-apps/managed-identity',
  judge: ({ body }) => demand(at(body, 'identity.type') !== undefined),
};
