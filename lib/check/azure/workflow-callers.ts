import type { Rule } from '../model';
import { at, demand, listOf } from '../values';

export const rule: Rule = {
  id: 'azure-workflow-callers',
  severity: 'low',
  types: ['azurerm_logic_app_workflow'],
  what: 'Who starts the workflow is known, or calls from a chosen address.',
  why: 'Its address holds a signature that starts it; whoever has a copy does.',
  mend: 'Write access_control.trigger with allowed_caller_ip_address_range or open_authentication_policy.',
  link: 'https://learn.microsoft.com/azure/logic-apps/logic-apps-securing-a-logic-app',
  judge: (resource, stack) => {
    const custom = stack.referring('azurerm_logic_app_trigger_custom', resource);
    const called =
      stack.referring('azurerm_logic_app_trigger_http_request', resource).length > 0 ||
      custom.some((t) => /"type"\s*:\s*"Request"/i.test(String(at(t.body, 'body'))));
    if (!called) return 'not-applicable';
    const { body } = resource;
    return demand(
      listOf(at(body, 'access_control.trigger.allowed_caller_ip_address_range')).length > 0 ||
        at(body, 'access_control.trigger.open_authentication_policy') !== undefined,
    );
  },
};
