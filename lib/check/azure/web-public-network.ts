import type { Rule } from '../model';
import { at, demandOneOf } from '../values';

export const rule: Rule = {
  id: 'azure-web-public-network',
  severity: 'medium',
  types: ['azurerm_linux_web_app', 'azurerm_linux_web_app_slot'],
  what: 'The service is not reached from the internet.',
  why: 'A service that the internet reaches has to withstand whatever it sends.',
  mend: 'Set public_network_access_enabled to false.',
  link: 'https://learn.microsoft.com/azure/app-service/networking/private-endpoint',
  covers: ['CKV_AZURE_222'],
  judge: ({ body }) => demandOneOf(at(body, 'public_network_access_enabled'), false),
};
