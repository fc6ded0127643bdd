import type { Rule } from '../model';
import { at, demandOneOf } from '../values';

export const rule: Rule = {
  id: 'azure-web-http2',
  severity: 'low',
  types: ['azurerm_linux_web_app', 'azurerm_linux_web_app_slot'],
  what: 'The service speaks HTTP/2.',
  why: 'Many small requests wait for each other.',
  mend: 'Set site_config.http2_enabled to true.',
  link: 'https://learn.microsoft.com/azure/app-service/configure-common',
  covers: ['CKV_AZURE_18'],
  judge: ({ body }) => demandOneOf(at(body, 'site_config.http2_enabled'), true),
};
