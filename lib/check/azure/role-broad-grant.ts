import type { Rule } from '../model';
import { isParameter } from '../patterns';
import { at, refuse } from '../values';

export const rule: Rule = {
  id: 'azure-role-broad-grant',
  severity: 'high',
  types: ['azurerm_role_assignment'],
  what: 'Nobody may change everything in a subscription, or decide over access to all of it.',
  why: 'A program that is taken over takes the subscription.',
  mend: 'Grant a narrower role, on the resource that it is for.',
  link: 'https://learn.microsoft.com/azure/role-based-access-control/best-practices',
  judge: ({ body }) => {
    const [scope, role] = [at(body, 'scope'), at(body, 'role_definition_name') ?? at(body, 'role_definition_id')];
    const whole =
      /^\/(subscriptions\/[^/]+|providers\/Microsoft\.Management\/managementGroups\/[^/]+)$/i.test(String(scope)) ||
      /^\$\{data\.azurerm_(subscription|management_group)\.[^}]+\}$/.test(String(scope));
    const broad = /^(Owner|Contributor|User Access Administrator|Role Based Access Control Administrator)$/.test(String(role));
    // The same four by the ids that they have everywhere.
    const byId =
      /(8e3af657-a8ff-443c-a75c-2fe8c4bcb635|b24988ac-6180-42a0-ab88-20f7382dd24c|18d7d88d-d35e-4fb5-a5c3-7773c20a72d9|f58310d9-a9f6-439a-9e8d-f62e7b41a168)/i;
    if (!whole && !isParameter(scope)) return 'compliant';
    return refuse(whole && (broad || byId.test(String(role))), ...[scope, role].filter(isParameter));
  },
};
