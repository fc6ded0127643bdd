import type { Rule } from '../model';
import { isParameter, members } from '../patterns';
import { at, isReference, refuse } from '../values';

export const rule: Rule = {
  id: 'gcp-project-admin-roles',
  severity: 'high',
  types: ['google_project_iam_member', 'google_project_iam_binding'],
  what: 'No service account administers something in the whole project.',
  why: 'A program that is taken over takes everything that its account administers.',
  mend: 'Grant a narrower role, on the resource that it is for.',
  link: 'https://cloud.google.com/iam/docs/best-practices-service-accounts',
  covers: ['CKV_GCP_42'],
  judge: ({ body }) => {
    const program = members(body).some((m) => String(m).startsWith('serviceAccount:') || isReference(m));
    const role = at(body, 'role');
    return program ? refuse(/(\badmin\b|Admin$|\/editor$|\/owner$)/.test(String(role)), ...[role].filter(isParameter)) : 'compliant';
  },
};
