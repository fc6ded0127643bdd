import type { Rule } from '../model';
import { at, listOf, refuse } from '../values';

export const rule: Rule = {
  id: 'azure-role-owner',
  severity: 'high',
  types: ['azurerm_role_definition'],
  what: 'No role of your own may do everything.',
  why: 'Whoever has it owns the subscription, under a name that nobody looks for.',
  mend: 'Name the actions that are needed.',
  link: 'https://learn.microsoft.com/azure/role-based-access-control/custom-roles',
  covers: ['CKV_AZURE_39'],
  judge: ({ body }) => {
    const actions = listOf(at(body, 'permissions')).flatMap((p) => listOf(at(p, 'actions')));
    return refuse(actions.includes('*'), ...actions);
  },
};
