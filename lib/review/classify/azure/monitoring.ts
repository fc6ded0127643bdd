import { Finding } from '../../model';
import { all, at, drops, falls, Kind, leads, listed, loses, opens, Rule, shortens, stops, Thing, vanishes } from '../terraform';

const told = (path: string): Rule =>
  drops(
    'interrupt',
    path,
    (items, left) => (left ? `${items} is no longer told of {about}.` : 'Nobody is told any more of {about}: it has no action group.'),
    (v) => (typeof v === 'string' ? v : at(v, 'action_group_id')),
  );
const off: Rule = stops('enabled', false, 'Nobody is told any more of {about}: it is off.', { absent: true });
const keys: Rule = opens('local_authentication_disabled', false, 'Whoever has the key of {it} may write to it without signing in.', {
  absent: false,
});
const reach: readonly Rule[] = [
  opens('internet_ingestion_enabled', true, 'Logs may be written to {it} from the internet.', { absent: true }),
  opens('internet_query_enabled', true, 'Logs of {it} may be read from the internet, by whoever has the rights.', { absent: true }),
];
// -1 is no limit.
const capped = (path: string, absent: number): Rule =>
  falls(
    'data-loss',
    path,
    absent,
    (was, is) => `{It} drops what comes after ${is} GB of a day, where it was ${was === Infinity ? 'without limit' : `${was} GB`}.`,
    (body, p) => {
      const value = at(body, p) ?? absent;
      return value === -1 ? Infinity : value;
    },
  );

/** Logs, and who is told what. */
export const MONITORING: { readonly [type: string]: Kind } = {
  azurerm_log_analytics_workspace: {
    noun: 'log workspace',
    holds: 'every log in it',
    stops: 'logs that are sent to {it} are lost',
    rules: [
      shortens('retention_in_days', 30, 'Logs of {it} are'),
      loses('immediate_data_purge_on_30_days_enabled', true, 'Logs of {it} are purged on the 30th day, without a grace period.', {
        absent: false,
      }),
      capped('daily_quota_gb', -1),
      ...reach,
      opens('local_authentication_enabled', true, 'Whoever has the key of {it} may write to it without signing in.', { absent: true }),
      keys,
      opens('allow_resource_only_permissions', true, 'Whoever may read a resource may read its logs in {it}.', { absent: true }),
      opens('cmk_for_query_forced', false, 'Queries of {it} are saved without a key of your own.', { absent: false }),
    ],
  },
  azurerm_application_insights: {
    noun: 'telemetry',
    holds: 'what it recorded, unless that is in a workspace',
    stops: 'what reports to {it} reports to nobody',
    rules: [
      shortens('retention_in_days', 90, 'Records of {it} are'),
      capped('daily_data_cap_in_gb', 100),
      ...reach,
      keys,
      opens('disable_ip_masking', true, 'Whoever may read {it} sees the addresses of callers.', { absent: false }),
      leads('interrupt', 'workspace_id', (was, is) => `New records of {it} are in ${is}; those before stay in ${was}.`),
    ],
  },
  azurerm_application_insights_workbook: { noun: 'workbook' },
  azurerm_monitor_workspace: { noun: 'metrics workspace', holds: 'every metric in it' },
  azurerm_monitor_action_group: {
    noun: 'action group',
    stops: 'nobody is told any more by {it}',
    rules: [stops('enabled', false, 'Nobody is told any more by {it}: it is off.', { absent: true }), receivers],
  },
  azurerm_monitor_metric_alert: { noun: 'alert', stops: 'nobody is told any more of {about}', rules: [off, told('action')] },
  azurerm_monitor_scheduled_query_rules_alert_v2: {
    noun: 'alert',
    stops: 'nobody is told any more of {about}',
    rules: [off, told('action.action_groups')],
  },
  azurerm_monitor_activity_log_alert: { noun: 'alert', stops: 'nobody is told any more of {about}', rules: [off, told('action')] },
  azurerm_monitor_diagnostic_setting: {
    noun: 'diagnostic setting',
    stops: 'the logs that {it} sends are no longer kept anywhere',
    rules: [
      drops(
        'interrupt',
        'enabled_log',
        (items) => `Nobody sees any more what is in the logs ${items}: {it} no longer sends them.`,
        (log) => at(log, 'category') ?? at(log, 'category_group'),
      ),
      drops(
        'interrupt',
        'enabled_metric',
        (items) => `Nobody sees any more the metrics ${items}: {it} no longer sends them.`,
        (m) => at(m, 'category'),
      ),
      leads('interrupt', 'log_analytics_workspace_id', (was, is) => `New logs are in ${is}; those before stay in ${was}.`),
      vanishes('interrupt', 'log_analytics_workspace_id', '{It} no longer sends logs to a workspace.'),
    ],
  },
};

const RECEIVERS: readonly (readonly [string, string])[] = [
  ['email_receiver', 'email_address'],
  ['sms_receiver', 'phone_number'],
  ['voice_receiver', 'phone_number'],
  ['webhook_receiver', 'name'],
  ['azure_app_push_receiver', 'email_address'],
  ['arm_role_receiver', 'name'],
  ['logic_app_receiver', 'name'],
  ['azure_function_receiver', 'name'],
  ['event_hub_receiver', 'name'],
  ['itsm_receiver', 'name'],
  ['automation_runbook_receiver', 'name'],
];

function receivers(thing: Thing): Finding[] {
  if (!thing.was || !thing.is) return [];
  const [was, is] = [thing.was, thing.is].map((b) => RECEIVERS.flatMap(([block, name]) => all(b, block).map((r) => String(at(r, name)))));
  const gone = was.filter((r) => !is.includes(r));
  if (!gone.length) return [];
  return [
    thing.finding(
      'interrupt',
      is.length ? `${listed(gone)} is no longer told by {it}.` : `Nobody is told any more by {it}: ${listed(gone)} was the last.`,
    ),
  ];
}
