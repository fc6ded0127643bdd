import type { Rule } from '../model';
import { at, demand } from '../values';

export const rule: Rule = {
  id: 'azure-app-external-ingress',
  severity: 'medium',
  types: ['azurerm_container_app'],
  what: 'The app is not reached from the internet.',
  why: 'A service that the internet reaches has to withstand whatever it sends.',
  mend: 'Set ingress.external_enabled to false, or internal_load_balancer_enabled of the environment to true.',
  link: 'https://learn.microsoft.com/azure/container-apps/ingress-overview',
  judge: ({ body }, stack) => {
    const external = at(body, 'ingress.external_enabled');
    if (external === undefined || external === false) return at(body, 'ingress') === undefined ? 'not-applicable' : 'compliant';
    const environment = at(body, 'container_app_environment_id');
    const known = stack.all('azurerm_container_app_environment').find((e) => String(environment).includes(`${e.address}.`));
    // Whether an environment of others has an address on the internet is known to them.
    if (!known) return 'unknown';
    const inside = at(known.body, 'internal_load_balancer_enabled') === true || at(known.body, 'public_network_access') === 'Disabled';
    return demand(inside, external, at(known.body, 'internal_load_balancer_enabled'), at(known.body, 'public_network_access'));
  },
};
