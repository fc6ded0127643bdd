import { Finding } from '../../model';
import { at, drops, Kind, listed, stops, Thing } from '../terraform';

/** Who is told what. */
export const MONITORING: { readonly [type: string]: Kind } = {
  google_monitoring_alert_policy: {
    noun: 'alert',
    stops: 'nobody is told any more of {about}',
    rules: [
      stops('enabled', false, 'Nobody is told any more of {about}: it is off.', { absent: true }),
      drops('interrupt', 'notification_channels', (items, left) =>
        left ? `${items} is no longer told of {about}.` : 'Nobody is told any more of {about}: it has no notification channel.',
      ),
      drops(
        'interrupt',
        'conditions',
        (items) => `Nobody is told any more of: ${items}.`,
        (condition) => at(condition, 'display_name') ?? 'a condition',
      ),
    ],
  },
  google_monitoring_notification_channel: {
    noun: 'notification channel',
    stops: 'nobody is told any more by {it}',
    rules: [stops('enabled', false, 'Nobody is told any more by {it}: it is off.', { absent: true }), receiver],
  },
  google_monitoring_service: { noun: 'monitored service', stops: 'nobody sees any more whether {it} meets its objectives' },
  google_monitoring_slo: { noun: 'objective', stops: 'nobody sees any more whether {it} is met' },
  google_monitoring_uptime_check_config: { noun: 'uptime check', stops: 'nobody is told any more that what {it} looks at is down' },
  google_monitoring_dashboard: { noun: 'dashboard' },
  google_logging_project_sink: {
    noun: 'log sink',
    stops: 'log entries no longer get to where {it} sends them',
    rules: [stops('disabled', true, 'Log entries no longer get to where {it} sends them: it is disabled.', { absent: false })],
  },
  google_logging_metric: { noun: 'log metric', stops: 'alerts on {it} have nothing to go by' },
};

function receiver(thing: Thing): Finding[] {
  if (!thing.was || !thing.is || !thing.touched('labels')) return [];
  const [was, is] = [thing.was, thing.is].map((b) => Object.values((at(b, 'labels') ?? {}) as object).map(String));
  const gone = was.filter((v) => !is.includes(v));
  const come = is.filter((v) => !was.includes(v));
  return gone.length
    ? [thing.finding('interrupt', `${listed(gone)} is no longer told by {it}${come.length ? `; ${listed(come)} is` : ''}.`)]
    : [];
}
