import type { Rule } from '../model';
import { at, demand } from '../values';

export const rule: Rule = {
  id: 'azure-web-identity',
  severity: 'medium',
  types: ['azurerm_linux_web_app', 'azurerm_linux_web_app_slot'],
  what: 'The service has an identity of its own.',
  why: 'It needs passwords and keys else.',
  mend: 'Write identity.',
  link: 'https://learn.microsoft.com/azure/app-service/overview-managed-identity',
  covers: ['CKV_AZURE_16', 'CKV_AZURE_71'],
  judge: ({ body }) => demand(at(body, 'identity.type') !== undefined),
};
