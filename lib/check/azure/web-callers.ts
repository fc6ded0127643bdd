import type { Rule } from '../model';
import { at, demand } from '../values';

export const rule: Rule = {
  id: 'azure-web-callers',
  severity: 'medium',
  types: ['azurerm_linux_web_app', 'azurerm_linux_web_app_slot'],
  what: 'Callers of the service are known, or in its network.',
  why: 'Anybody calls it without saying who they are.',
  mend: 'Write auth_settings_v2 with require_authentication, or set public_network_access_enabled to false.',
  link: 'https://learn.microsoft.com/azure/app-service/overview-authentication-authorization',
  covers: ['CKV_AZURE_13'],
  judge: ({ body }) => {
    const auth = ['auth_enabled', 'require_authentication', 'unauthenticated_action'].map((a) => at(body, `auth_settings_v2.${a}`));
    const older = ['enabled', 'unauthenticated_client_action'].map((a) => at(body, `auth_settings.${a}`));
    const network = at(body, 'public_network_access_enabled');
    const known = auth[0] === true && auth[1] === true && auth[2] !== 'AllowAnonymous';
    const knownOlder = older[0] === true && older[1] === 'RedirectToLoginPage';
    return demand(network === false || known || knownOlder, network, ...auth, ...older);
  },
};
