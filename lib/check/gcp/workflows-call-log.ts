import type { Rule } from '../model';
import { at, demandOneOf } from '../values';

export const rule: Rule = {
  id: 'gcp-workflows-call-log',
  severity: 'low',
  types: ['google_workflows_workflow'],
  what: 'Errors of the workflow are logged.',
  why: 'Nobody learns which step failed, and why.',
  mend: 'Set call_log_level to LOG_ERRORS_ONLY or LOG_ALL_CALLS.',
  link: 'https://cloud.google.com/workflows/docs/log-workflow',
  judge: ({ body }) => demandOneOf(at(body, 'call_log_level'), 'LOG_ERRORS_ONLY', 'LOG_ALL_CALLS'),
};
