import type { Rule } from '../model';
import { isParameter } from '../patterns';
import { at, refuse } from '../values';

export const rule: Rule = {
  id: 'gcp-project-impersonation',
  severity: 'high',
  types: ['google_project_iam_member', 'google_project_iam_binding'],
  what: 'Nobody may act as every service account of the project.',
  why: 'Whoever acts as any account has the permissions of all of them.',
  mend: 'Grant the role on the one service account that it is for.',
  link: 'https://cloud.google.com/iam/docs/service-account-permissions',
  covers: ['CKV_GCP_41', 'CKV_GCP_49'],
  judge: ({ body }) => {
    const acting =
      /^roles\/(iam\.(serviceAccountUser|serviceAccountTokenCreator|serviceAccountAdmin|serviceAccountKeyAdmin|workloadIdentityUser)|dataproc\.editor|composer\.admin|deploymentmanager\.editor)$/;
    return refuse(acting.test(String(at(body, 'role'))), ...[at(body, 'role')].filter(isParameter));
  },
};
