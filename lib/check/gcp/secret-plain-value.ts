import type { Rule } from '../model';
import { isLiteral } from '../patterns';
import { at, refuse } from '../values';

export const rule: Rule = {
  id: 'gcp-secret-plain-value',
  severity: 'high',
  types: ['google_secret_manager_secret_version'],
  what: 'The value of the secret is not written in code.',
  why: 'It is in the repository, in the output and in the state of Terraform.',
  mend: 'Add the version by gcloud secrets versions add, or use secret_data_wo with a variable.',
  link: 'https://cloud.google.com/secret-manager/docs/best-practices',
  judge: ({ body }) => refuse(isLiteral(at(body, 'secret_data')) || isLiteral(at(body, 'secret_data_wo'))),
};
