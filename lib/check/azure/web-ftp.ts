import type { Rule } from '../model';
import { allowOneOf, at } from '../values';

export const rule: Rule = {
  id: 'azure-web-ftp',
  severity: 'medium',
  types: ['azurerm_linux_web_app', 'azurerm_linux_web_app_slot'],
  what: 'Files cannot be put by plain FTP.',
  why: 'The password crosses the network in the clear.',
  mend: 'Set site_config.ftps_state to Disabled.',
  link: 'https://learn.microsoft.com/azure/app-service/deploy-ftp',
  covers: ['CKV_AZURE_78'],
  judge: ({ body }) => allowOneOf(at(body, 'site_config.ftps_state'), 'Disabled', 'FtpsOnly'),
};
