import type { Rule } from '../model';
import { at, demand } from '../values';

export const rule: Rule = {
  id: 'azure-role-broad-grant',
  severity: 'high',
  types: ['azurerm_role_assignment'],
  what: 'Nobody owns a subscription, or decides over access to all of it.',
  why: 'A program that is taken over takes the subscription.',
  mend: 'Grant a narrower role, on the resource that it is for.',
  link: 'https://learn.microsoft.com/azure/role-based-access-control/best-practices',
  judge: ({ body }) =>
    demand(
      !(
        /^\/subscriptions\/[^/]+$/.test(String(at(body, 'scope'))) &&
        /^(Owner|Contributor|User Access Administrator|Role Based Access Control Administrator)$/.test(
          String(at(body, 'role_definition_name')),
        )
      ),
    ),
};
