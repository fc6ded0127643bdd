import type { Rule } from '../model';
import { at, demand } from '../values';

export const rule: Rule = {
  id: 'azure-web-client-certificates',
  severity: 'low',
  types: ['azurerm_linux_web_app', 'azurerm_linux_web_app_slot'],
  what: 'Callers show a certificate.',
  why: 'A stolen token is enough to call the service.',
  mend: 'Set client_certificate_enabled to true, and client_certificate_mode to Required.',
  link: 'https://learn.microsoft.com/azure/app-service/app-service-web-configure-tls-mutual-auth',
  covers: ['CKV_AZURE_17'],
  judge: ({ body }) => {
    const [enabled, mode] = [at(body, 'client_certificate_enabled'), at(body, 'client_certificate_mode')];
    return demand(enabled === true && [undefined, 'Required'].includes(mode as string), enabled, mode);
  },
};
