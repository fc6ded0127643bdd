import type { Rule } from '../model';
import { at, demand } from '../values';

export const rule: Rule = {
  id: 'azure-workflow-callers',
  severity: 'low',
  types: ['azurerm_logic_app_workflow'],
  what: 'The workflow is started from chosen addresses only.',
  why: 'Its address holds a signature that starts it; whoever has a copy does.',
  mend: 'Write access_control.trigger.allowed_caller_ip_address_range.',
  link: 'https://learn.microsoft.com/azure/logic-apps/logic-apps-securing-a-logic-app',
  judge: (resource, stack) =>
    !stack.referring('azurerm_logic_app_trigger_http_request', resource).length
      ? 'not-applicable'
      : demand(at(resource.body, 'access_control.trigger.allowed_caller_ip_address_range') !== undefined),
};
