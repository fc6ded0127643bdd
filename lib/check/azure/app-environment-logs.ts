import type { Rule } from '../model';
import { at, demand } from '../values';

export const rule: Rule = {
  id: 'azure-app-environment-logs',
  severity: 'low',
  types: ['azurerm_container_app_environment'],
  what: 'What apps write is kept.',
  why: 'Without a destination nobody can tell what an app wrote before it was restarted.',
  mend: 'Write log_analytics_workspace_id, or set logs_destination to azure-monitor.',
  link: 'https://learn.microsoft.com/azure/container-apps/log-options',
  judge: ({ body }) =>
    demand(
      at(body, 'log_analytics_workspace_id') !== undefined || at(body, 'logs_destination') === 'azure-monitor',
      at(body, 'logs_destination'),
    ),
};
