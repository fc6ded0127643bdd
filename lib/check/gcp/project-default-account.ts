import type { Rule } from '../model';
import { isParameter, members } from '../patterns';
import { refuse } from '../values';

export const rule: Rule = {
  id: 'gcp-project-default-account',
  severity: 'medium',
  types: ['google_project_iam_member', 'google_project_iam_binding'],
  what: 'Default service accounts are granted nothing.',
  why: 'Every machine and function that names no account runs as the default one.',
  mend: 'Make a service account for the program, and grant it there.',
  link: 'https://cloud.google.com/iam/docs/service-account-types',
  covers: ['CKV_GCP_46'],
  judge: ({ body }) => {
    const standard =
      /-compute@developer\.gserviceaccount\.com|@appspot\.gserviceaccount\.com|google_(compute|app_engine)_default_service_account\./;
    return refuse(
      members(body).some((m) => standard.test(String(m))),
      ...members(body).filter(isParameter),
    );
  },
};
