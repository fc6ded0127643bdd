import type { Rule } from '../model';
import { at, demand } from '../values';

export const rule: Rule = {
  id: 'azure-web-logs',
  severity: 'low',
  types: ['azurerm_linux_web_app'],
  what: 'The platform keeps its own logs of the service.',
  why: 'What fails before the program is reached leaves no trace.',
  mend: 'Write logs with http_logs, detailed_error_messages and failed_request_tracing.',
  link: 'https://learn.microsoft.com/azure/app-service/troubleshoot-diagnostic-logs',
  covers: ['CKV_AZURE_63', 'CKV_AZURE_65', 'CKV_AZURE_66'],
  judge: ({ body }) => {
    const kinds = ['detailed_error_messages', 'failed_request_tracing'].map((kind) => at(body, `logs.${kind}`));
    return demand(at(body, 'logs.http_logs') !== undefined && kinds.every((logged) => logged === true), ...kinds);
  },
};
