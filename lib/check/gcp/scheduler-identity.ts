import type { Rule } from '../model';
import { at, demand } from '../values';

export const rule: Rule = {
  id: 'gcp-scheduler-identity',
  severity: 'medium',
  types: ['google_cloud_scheduler_job'],
  what: 'The scheduler says who it is to what it calls.',
  why: 'What it calls has to be open to everybody then.',
  mend: 'Write http_target.oauth_token or http_target.oidc_token.',
  link: 'https://cloud.google.com/scheduler/docs/http-target-auth',
  judge: ({ body }) =>
    at(body, 'http_target') === undefined
      ? 'not-applicable'
      : demand(at(body, 'http_target.oauth_token') !== undefined || at(body, 'http_target.oidc_token') !== undefined),
};
