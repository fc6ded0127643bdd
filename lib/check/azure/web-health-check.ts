import type { Rule } from '../model';
import { at, demand } from '../values';

export const rule: Rule = {
  id: 'azure-web-health-check',
  severity: 'low',
  types: ['azurerm_linux_web_app', 'azurerm_linux_web_app_slot'],
  what: 'The platform asks whether the service is well.',
  why: 'Requests go to an instance that hangs.',
  mend: 'Write site_config.health_check_path.',
  link: 'https://learn.microsoft.com/azure/app-service/monitor-instances-health-check',
  covers: ['CKV_AZURE_213'],
  judge: ({ body }) => demand(at(body, 'site_config.health_check_path') !== undefined),
};
