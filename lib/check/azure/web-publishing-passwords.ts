import type { Rule } from '../model';
import { at, demand } from '../values';

export const rule: Rule = {
  id: 'azure-web-publishing-passwords',
  severity: 'medium',
  types: ['azurerm_linux_web_app', 'azurerm_linux_web_app_slot'],
  what: 'Nobody publishes with a password.',
  why: 'Whoever has a copy of the publishing profile replaces the program.',
  mend: 'Set ftp_publish_basic_authentication_enabled and webdeploy_publish_basic_authentication_enabled to false; both are true by default.',
  link: 'https://learn.microsoft.com/azure/app-service/configure-basic-auth-disable',
  judge: ({ body }) => {
    const ways = ['ftp', 'webdeploy'].map((way) => at(body, `${way}_publish_basic_authentication_enabled`));
    return demand(
      ways.every((allowed) => allowed === false),
      ...ways,
    );
  },
};
