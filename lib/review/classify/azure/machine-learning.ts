import { Finding } from '../../model';
import {
  all,
  amount,
  at,
  brings,
  compared,
  isBody,
  json,
  Kind,
  leads,
  opens,
  plural,
  shown,
  stops,
  Thing,
  timeText,
  vanishes,
  weakens,
} from '../terraform';
import { ownKey, PUBLIC } from './storage';

const PRIORITY: { readonly [priority: string]: string } = { LowPriority: 'spot', Dedicated: 'on-demand' };

/** Training: the workspace, its machines and what starts jobs. */
export const MACHINE_LEARNING: { readonly [type: string]: Kind } = {
  azurerm_machine_learning_workspace: {
    noun: 'workspace',
    holds: 'its jobs, metrics, models and registered data',
    stops: 'no job starts in {it}, and those that run are lost',
    rules: [
      PUBLIC,
      weakens(
        'access',
        'managed_network.isolation_mode',
        ['Disabled', 'AllowInternetOutbound', 'AllowOnlyApprovedOutbound'],
        (was, is) => `Machines of {it} may send to the internet: ${is}, where it was ${was}.`,
        {
          absent: 'Disabled',
        },
      ),
      opens('serverless_compute.public_ip_enabled', true, 'Serverless machines of {it} have public addresses.', { absent: false }),
      opens('v1_legacy_mode_enabled', true, 'The old interface of {it} is open, which its private endpoint does not keep in.', {
        absent: false,
      }),
      opens(
        'high_business_impact',
        false,
        'Microsoft gets more telemetry of {it}, and its temporary disks are no longer encrypted with its own key.',
        { absent: false },
      ),
      ownKey('encryption'),
      vanishes('interrupt', 'identity', '{It} has no identity any more: whatever it signs in to refuses it.'),
      leads('access', 'primary_user_assigned_identity', (_was, is) => `{It} may do what ${is} may.`),
    ],
  },
  azurerm_machine_learning_compute_cluster: {
    noun: 'cluster',
    stops: 'jobs on {it} are cancelled, and new ones find no machines',
    anew: 'Jobs that run on {it} are cancelled, and new ones wait until the new one is there.',
    rules: [
      brings(
        (b) =>
          `Up to ${shown(at(b, 'scale_settings.max_node_count'))} ${PRIORITY[String(b.vm_priority)] ?? shown(b.vm_priority)} machines of ${shown(b.vm_size)}`,
      ),
      amount('vm_size', 'The machine type'),
      priority,
      amount('scale_settings.min_node_count', 'The minimum of nodes', 0),
      amount('scale_settings.max_node_count', 'The maximum of nodes'),
      opens('local_auth_enabled', true, 'Whoever has a password or key of its machines may sign in to {it} past Entra ID.', {
        absent: true,
      }),
      opens('ssh_public_access_enabled', true, 'Machines of {it} may be reached by SSH from the internet.', { absent: false, onAdd: true }),
      opens('node_public_ip_enabled', true, 'Machines of {it} have public addresses.', { absent: true, onAdd: true }),
      vanishes('interrupt', 'identity', '{It} has no identity any more: whatever it signs in to refuses it.'),
      vanishes('access', 'subnet_resource_id', 'Machines of {it} are in no network of yours, whose rules no longer see what they send.'),
      leads('access', 'identity.identity_ids', (was, is) => `Jobs on {it} may do what ${is} may, where it was ${was}.`),
    ],
  },
  azurerm_machine_learning_compute_instance: {
    noun: 'workbench',
    holds: 'everything on its disk',
    rules: [amount('virtual_machine_size', 'The machine type')],
  },
  azurerm_machine_learning_datastore_blobstorage: { noun: 'datastore', stops: 'jobs that name {it} find no data', anew: '' },
  azurerm_logic_app_workflow: {
    noun: 'launcher',
    stops: 'nothing starts by {it} any more',
    rules: [
      stops('enabled', false, 'Nothing starts by {it} any more: it is off.', { absent: true }),
      vanishes('interrupt', 'identity', '{It} has no identity any more: whatever it signs in to refuses it.'),
      vanishes('access', 'access_control', 'Whoever has the address of {it} may start it, from anywhere.'),
      leads('access', 'access_control.trigger', (_was, is) => `Others may start {it}: ${is}.`),
      leads('access', 'access_control.content', (_was, is) => `Others may read what {it} ran with: ${is}.`),
      leads('access', 'identity.identity_ids', (was, is) => `{It} may do what ${is} may, where it was ${was}.`),
    ],
  },
  azurerm_logic_app_trigger_custom: { noun: 'trigger', stops: 'nothing starts by {it} any more', anew: '', rules: [trigger] },
  azurerm_logic_app_trigger_recurrence: { noun: 'schedule', stops: 'nothing starts by {it} any more', anew: '', rules: [recurrence] },
  azurerm_machine_learning_workspace_network_outbound_rule_private_endpoint: {
    noun: 'outbound rule',
    stops: 'machines of the workspace no longer reach what {it} leads to',
    rules: [outbound],
  },
  azurerm_logic_app_action_custom: { noun: 'action', stops: 'the launcher no longer does what {it} did', anew: '', rules: [steps] },
};

function priority(thing: Thing): Finding[] {
  if (!thing.was || !thing.is || !thing.touched('vm_priority')) return [];
  const [was, is] = [thing.was, thing.is].map((b) => PRIORITY[String(b.vm_priority)] ?? shown(b.vm_priority));
  return was === is ? [] : [thing.finding('capacity', `Machines are ${is}, where they were ${was}.`)];
}

function trigger(thing: Thing): Finding[] {
  if (!thing.is || (thing.was && !thing.touched('body'))) return [];
  const [was, is] = [thing.was, thing.is].map((b) => json(at(b, 'body')));
  if (is === undefined) return [thing.finding('unknown', 'What starts {it} is not JSON, and is not looked into.')];
  const kind = at(is, 'type');
  return kind === 'Request' && at(was, 'type') !== 'Request'
    ? [thing.finding('access', 'Whoever has the address of {it} may start it.')]
    : [];
}

function steps(thing: Thing): Finding[] {
  if (!thing.was || !thing.is || !thing.touched('body')) return [];
  const [before, after] = [thing.was, thing.is].map((b) => json(at(b, 'body')));
  if (before === undefined || after === undefined)
    return [thing.finding('unknown', 'What {it} does changes; it is not JSON, and is not looked into.')];
  const [was, is] = [instances(before), instances(after)];
  return [...compared(thing, 'The number of machines of a job', was, is), ...kept(thing)];
}

/** What it takes copies of, it also deletes once they are old. */
function kept(thing: Thing): Finding[] {
  const days = (text: unknown): string[] =>
    [...String(text ?? '').matchAll(/addDays\(utcNow\(\),\s*-([^)]+)\)/gi)].map(([, number]) => number).sort();
  const [was, is] = [thing.was, thing.is].map((b) => days(at(b, 'body')));
  if (is.join() === was.join() || !is.length) return [];
  const [before, after] = [was[0], is[0]].map(Number);
  if (!was.length) return [thing.finding('data-loss', `{It} deletes what is older than ${is[0]} days, where it deleted nothing.`)];
  if (Number.isNaN(before) || Number.isNaN(after))
    return [thing.finding('data-loss', '{It} deletes what is older than another time: whether it is shorter is not known.', true)];
  return after < before
    ? [thing.finding('data-loss', `{It} deletes what is older than ${plural(after, 'day')}, where it was ${before}.`)]
    : [];
}

const SECONDS: { readonly [frequency: string]: number } = {
  Second: 1,
  Minute: 60,
  Hour: 3600,
  Day: 86400,
  Week: 7 * 86400,
  Month: 30 * 86400,
};

/** Whether it starts more or less often. */
function recurrence(thing: Thing): Finding[] {
  if (!thing.was || !thing.is || !['frequency', 'interval', 'schedule'].some((p) => thing.touched(p))) return [];
  const [was, is] = [thing.was, thing.is].map((b) => {
    const times = ['on_these_days', 'at_these_hours', 'at_these_minutes'].map((p) => Math.max(1, all(b, `schedule.${p}`).length));
    const every = (SECONDS[String(b.frequency)] ?? NaN) * Number(b.interval ?? 1);
    return every / times.reduce((a, n) => a * n, 1);
  });
  if (Number.isNaN(was) || Number.isNaN(is)) return [thing.finding('interrupt', '{It} may start less often than before.', true)];
  if (was === is) return [];
  const [before, after] = [was, is].map((n) => timeText(Math.round(n), 'seconds'));
  return [
    is > was
      ? thing.finding('interrupt', `{It} starts less often: every ${after}, where it was every ${before}.`)
      : thing.finding('capacity', `{It} starts more often: every ${after}, where it was every ${before}.`),
  ];
}

/** What a network that Azure ML manages lets out. */
function outbound(thing: Thing): Finding[] {
  const to = (body: Thing['is']): string => `${shown(at(body, 'service_resource_id'))} (${shown(at(body, 'sub_resource_target'))})`;
  return thing.is && (!thing.was || to(thing.was) !== to(thing.is))
    ? [thing.finding('access', `Machines of ${shown(at(thing.is, 'workspace_id'))} may reach ${to(thing.is)}.`)]
    : [];
}

/** Of the first job that it submits; the others are the same on other machines. */
function instances(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(instances).find((v) => v !== undefined);
  if (!isBody(value)) return undefined;
  return (
    value.instanceCount ??
    Object.values(value)
      .map(instances)
      .find((v) => v !== undefined)
  );
}
