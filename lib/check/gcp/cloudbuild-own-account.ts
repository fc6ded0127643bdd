import type { Rule } from '../model';
import { at, demand } from '../values';

export const rule: Rule = {
  id: 'gcp-cloudbuild-own-account',
  severity: 'medium',
  types: ['google_cloudbuild_trigger'],
  what: 'Builds run as an account of their own.',
  why: 'The default account of builds may do what all builds of the project need together.',
  mend: 'Write service_account.',
  link: 'https://cloud.google.com/build/docs/securing-builds/configure-user-specified-service-accounts',
  judge: ({ body }) => demand(at(body, 'service_account') !== undefined),
};
