import type { Rule } from '../model';
import { noPlainSecret } from '../patterns';
import { at } from '../values';

export const rule: Rule = {
  id: 'gcp-run-plain-secrets',
  severity: 'high',
  types: ['google_cloud_run_v2_service', 'google_cloud_run_v2_job', 'google_cloud_run_v2_worker_pool'],
  what: 'Secrets of the service come from Secret Manager.',
  why: 'A value in the environment is in the configuration, in the state of Terraform and in the console.',
  mend: 'Use value_source.secret_key_ref.',
  link: 'https://cloud.google.com/run/docs/configuring/services/secrets',
  judge: ({ body }) => noPlainSecret(at(body, 'template.containers.*.env'), at(body, 'template.template.containers.*.env')),
};
