import type { Rule } from '../model';
import { allowOneOf, at } from '../values';

export const rule: Rule = {
  id: 'azure-web-always-on',
  severity: 'low',
  types: ['azurerm_linux_web_app'],
  what: 'The service is kept running.',
  why: 'The first request after a pause waits for a start.',
  mend: 'Set site_config.always_on to true.',
  link: 'https://learn.microsoft.com/azure/app-service/configure-common',
  covers: ['CKV_AZURE_214'],
  judge: ({ body }) => allowOneOf(at(body, 'site_config.always_on'), true),
};
