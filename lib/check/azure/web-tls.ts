import type { Rule } from '../model';
import { allowOneOf, at } from '../values';

export const rule: Rule = {
  id: 'azure-web-tls',
  severity: 'high',
  types: ['azurerm_linux_web_app', 'azurerm_linux_web_app_slot'],
  what: 'The service refuses TLS before 1.2.',
  why: 'Older versions can be broken.',
  mend: 'Set site_config.minimum_tls_version to 1.2 or 1.3.',
  link: 'https://learn.microsoft.com/azure/app-service/configure-ssl-bindings',
  covers: ['CKV_AZURE_15'],
  judge: ({ body }) => allowOneOf(at(body, 'site_config.minimum_tls_version'), '1.2', '1.3'),
};
