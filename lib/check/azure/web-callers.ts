import type { Rule } from '../model';
import { at, demand } from '../values';

export const rule: Rule = {
  id: 'azure-web-callers',
  severity: 'medium',
  types: ['azurerm_linux_web_app'],
  what: 'Callers of the service are known, or in its network.',
  why: 'Anybody calls it without saying who they are.',
  mend: 'Write auth_settings_v2, or set public_network_access_enabled to false.',
  link: 'https://learn.microsoft.com/azure/app-service/overview-authentication-authorization',
  covers: ['CKV_AZURE_13'],
  judge: ({ body }) =>
    demand(
      at(body, 'public_network_access_enabled') === false ||
        at(body, 'auth_settings_v2.auth_enabled') === true ||
        at(body, 'auth_settings.enabled') === true,
    ),
};
