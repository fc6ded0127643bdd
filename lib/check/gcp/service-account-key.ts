import type { Rule } from '../model';

export const rule: Rule = {
  id: 'gcp-service-account-key',
  severity: 'high',
  types: ['google_service_account_key'],
  what: 'Programs prove who they are without a key file.',
  why: 'A key file can be copied, stays valid for years, and is in the state of Terraform.',
  mend: 'Attach the service account, or use workload identity federation.',
  link: 'https://cloud.google.com/iam/docs/best-practices-for-managing-service-account-keys',
  judge: () => 'non-compliant',
};
