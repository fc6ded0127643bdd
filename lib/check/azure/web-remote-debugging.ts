import type { Rule } from '../model';
import { allowOneOf, at } from '../values';

export const rule: Rule = {
  id: 'azure-web-remote-debugging',
  severity: 'medium',
  types: ['azurerm_linux_web_app', 'azurerm_linux_web_app_slot'],
  what: 'Nobody attaches a debugger.',
  why: 'A debugger reads and changes everything in the program.',
  mend: 'Set site_config.remote_debugging_enabled to false.',
  link: 'https://learn.microsoft.com/azure/app-service/configure-common',
  covers: ['CKV_AZURE_72'],
  judge: ({ body }) => allowOneOf(at(body, 'site_config.remote_debugging_enabled'), false),
};
