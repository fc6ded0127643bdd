import type { Rule } from '../model';
import { allowOneOf, at } from '../values';

export const rule: Rule = {
  id: 'azure-app-https',
  severity: 'high',
  types: ['azurerm_container_app'],
  what: 'The app takes encrypted connections only.',
  why: 'Requests and tokens cross the network in the clear.',
  mend: 'Set ingress.allow_insecure_connections to false.',
  link: 'https://learn.microsoft.com/azure/container-apps/ingress-overview',
  judge: ({ body }) =>
    at(body, 'ingress') === undefined ? 'not-applicable' : allowOneOf(at(body, 'ingress.allow_insecure_connections'), false),
};
