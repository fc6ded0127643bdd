import type { Rule } from '../model';
import { at, demand } from '../values';

export const rule: Rule = {
  id: 'azure-app-external-ingress',
  severity: 'medium',
  types: ['azurerm_container_app'],
  what: 'The app is not reached from the internet.',
  why: 'A service that the internet reaches has to withstand whatever it sends.',
  mend: 'Set ingress.external_enabled to false, or put it into an environment with an internal load balancer.',
  link: 'https://learn.microsoft.com/azure/container-apps/ingress-overview',
  judge: ({ body }, stack) =>
    at(body, 'ingress') === undefined
      ? 'not-applicable'
      : demand(
          at(body, 'ingress.external_enabled') !== true ||
            stack
              .all('azurerm_container_app_environment')
              .some(
                (e) =>
                  String(at(body, 'container_app_environment_id')).includes(`${e.address}.`) &&
                  at(e.body, 'internal_load_balancer_enabled') === true,
              ),
        ),
};
