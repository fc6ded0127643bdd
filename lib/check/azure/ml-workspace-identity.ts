import type { Rule } from '../model';
import { at, demand } from '../values';

export const rule: Rule = {
  id: 'azure-ml-workspace-identity',
  severity: 'medium',
  types: ['azurerm_machine_learning_workspace'],
  what: 'The workspace acts under an identity that is granted what it needs.',
  why: 'A system identity is given broad roles in the whole resource group.',
  mend: 'Write identity with type UserAssigned.',
  link: 'https://learn.microsoft.com/azure/machine-learning/how-to-identity-based-service-authentication',
  judge: ({ body }) => demand(/UserAssigned/.test(String(at(body, 'identity.type'))), at(body, 'identity.type')),
};
