import type { Rule } from '../model';
import { at, demandOneOf } from '../values';

export const rule: Rule = {
  id: 'azure-web-https',
  severity: 'high',
  types: ['azurerm_linux_web_app', 'azurerm_linux_web_app_slot'],
  what: 'The service takes encrypted connections only.',
  why: 'Requests and tokens cross the network in the clear.',
  mend: 'Set https_only to true.',
  link: 'https://learn.microsoft.com/azure/app-service/configure-ssl-bindings',
  covers: ['CKV_AZURE_14', 'CKV_AZURE_153'],
  judge: ({ body }) => demandOneOf(at(body, 'https_only'), true),
};
