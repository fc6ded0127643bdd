import type { Rule } from '../model';
import { isParameter } from '../patterns';
import { at, listOf, refuse } from '../values';

export const rule: Rule = {
  id: 'azure-web-cors',
  severity: 'medium',
  types: ['azurerm_linux_web_app', 'azurerm_linux_web_app_slot', 'azurerm_container_app'],
  what: 'Pages of chosen sites only may call the service.',
  why: 'A page of any site calls it in the name of whoever looks at it.',
  mend: 'Name the sites in cors.allowed_origins.',
  link: 'https://learn.microsoft.com/azure/app-service/app-service-web-tutorial-rest-api',
  covers: ['CKV_AZURE_57'],
  judge: ({ body }) => {
    const origins = listOf(at(body, 'site_config.cors.allowed_origins') ?? at(body, 'ingress.cors.allowed_origins'));
    return refuse(origins.includes('*'), ...origins.filter(isParameter));
  },
};
