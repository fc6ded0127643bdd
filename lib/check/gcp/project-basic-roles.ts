import type { Rule } from '../model';
import { isParameter } from '../patterns';
import { at, refuse } from '../values';

export const rule: Rule = {
  id: 'gcp-project-basic-roles',
  severity: 'high',
  types: ['google_project_iam_member', 'google_project_iam_binding'],
  what: 'Nobody has a basic role in the project.',
  why: 'Owner, editor and viewer reach into every service, those that are added later too.',
  mend: 'Grant the predefined roles that are needed.',
  link: 'https://cloud.google.com/iam/docs/roles-overview',
  covers: ['CKV_GCP_117'],
  judge: ({ body }) => refuse(/^roles\/(owner|editor|viewer)$/.test(String(at(body, 'role'))), ...[at(body, 'role')].filter(isParameter)),
};
