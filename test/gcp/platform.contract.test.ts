import { MlPlatform } from '../../lib/gcp/platform';
import { platformContract } from '../contract/platform';
import { Json, ROOM } from './helper';

platformContract({
  ...ROOM,
  make: (stack, id, props) => new MlPlatform(stack, id, props),
  alarmTexts: (rendered) =>
    rendered.resources.filter((r) => r.type === 'google_monitoring_alert_policy').map((r) => (r.body as Json).documentation?.content ?? ''),
  mailedTo: (rendered) =>
    rendered.resources.filter((r) => r.type === 'google_monitoring_notification_channel').map((r) => (r.body as Json).labels.email_address),
  engines: [
    'google_compute_network',
    'google_storage_bucket',
    'google_artifact_registry_repository',
    'google_workflows_workflow',
    'google_cloud_scheduler_job',
    'google_cloud_run_v2_service',
    'google_cloudbuild_trigger',
    'google_monitoring_dashboard',
    'google_monitoring_alert_policy',
  ],
});
