import type { Rule } from '../model';
import { at, demand } from '../values';

export const rule: Rule = {
  id: 'gcp-run-own-account',
  severity: 'medium',
  types: ['google_cloud_run_v2_service', 'google_cloud_run_v2_job', 'google_cloud_run_v2_worker_pool'],
  what: 'The service runs as an account of its own.',
  why: 'The default account may do whatever any other program needs.',
  mend: 'Write service_account in the template.',
  link: 'https://cloud.google.com/run/docs/securing/service-identity',
  judge: ({ body }) => demand((at(body, 'template.service_account') ?? at(body, 'template.template.service_account')) !== undefined),
};
