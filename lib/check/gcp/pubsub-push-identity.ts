import type { Rule } from '../model';
import { at, demand } from '../values';

export const rule: Rule = {
  id: 'gcp-pubsub-push-identity',
  severity: 'medium',
  types: ['google_pubsub_subscription'],
  what: 'A subscription that pushes says who it is.',
  why: 'What it calls has to be open to everybody then.',
  mend: 'Write push_config.oidc_token.',
  link: 'https://cloud.google.com/pubsub/docs/authenticate-push-subscriptions',
  judge: ({ body }) =>
    at(body, 'push_config') === undefined
      ? 'not-applicable'
      : demand(at(body, 'push_config.oidc_token.service_account_email') !== undefined),
};
