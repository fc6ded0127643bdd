import type { Rule } from '../model';
import { at, demand, listOf } from '../values';

export const rule: Rule = {
  id: 'azure-plan-instances',
  severity: 'low',
  types: ['azurerm_service_plan'],
  what: 'The plan has two instances at least.',
  why: 'The service is down while its only instance is moved.',
  mend: 'Set worker_count to 2 or more, and capacity.minimum where the plan is scaled.',
  link: 'https://learn.microsoft.com/azure/app-service/overview-zone-redundancy',
  covers: ['CKV_AZURE_212'],
  judge: (resource, stack) => {
    const { body } = resource;
    // Consumption, elastic and flexible plans have as many as are needed.
    if (/^(Y1|EP\d|FC1)$/.test(String(at(body, 'sku_name')))) return 'not-applicable';
    const least = stack
      .referring('azurerm_monitor_autoscale_setting', resource)
      .flatMap((s) => listOf(at(s.body, 'profile.*.capacity.minimum')));
    const workers = least.length ? least : [at(body, 'worker_count') ?? 1];
    return demand(
      workers.every((n) => Number(n) >= 2),
      ...workers,
    );
  },
};
