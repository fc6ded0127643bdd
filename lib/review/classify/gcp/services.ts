import { Finding } from '../../model';
import {
  all,
  amount,
  at,
  compared,
  isSymbol,
  Kind,
  keyOf,
  leads,
  opens,
  shown,
  stops,
  Thing,
  tracking,
  vanishes,
  weakens,
} from '../terraform';
import { unlocked } from './storage';
import { workflow } from './workflow';

const INGRESS = ['INGRESS_TRAFFIC_ALL', 'INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER', 'INGRESS_TRAFFIC_INTERNAL_ONLY'];
const FROM: { readonly [ingress: string]: string } = {
  INGRESS_TRAFFIC_ALL: 'The internet',
  INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER: 'A load balancer of the project, which may face the internet,',
};

/** What runs, and what starts it. */
export const SERVICES: { readonly [type: string]: Kind } = {
  google_cloud_run_v2_service: {
    noun: 'service',
    stops: 'nothing answers at the URL of {it}',
    anew: '{It} does not answer until the new one is there, which may have another URL.',
    rules: [
      unlocked,
      weakens('access', 'ingress', INGRESS, (_was, is) => `${FROM[is] ?? is} reaches {it}; whoever may call it can do so from there.`, {
        absent: 'INGRESS_TRAFFIC_ALL',
        onAdd: true,
      }),
      opens('invoker_iam_disabled', true, 'Everybody who reaches {it} may call it: the permission to call is no longer checked.', {
        absent: false,
        onAdd: true,
      }),
      opens('iap_enabled', false, '{It} is no longer behind Identity-Aware Proxy.', { absent: false }),
      opens('default_uri_disabled', false, '{It} is reached at its run.app address, too.', { absent: false }),
      leads('access', 'template.service_account', (was, is) => `{It} runs as ${is} and may do what that may, where it was ${was}.`),
      vanishes('access', 'template.service_account', '{It} runs as the default account of Compute Engine and may do what that may.'),
      vanishes('access', 'template.encryption_key', 'The image of {it} is no longer encrypted with a key of your own.'),
      vanishes('access', 'binary_authorization', 'Any image may run in {it}: Binary Authorization no longer checks it.'),
      vanishes('access', 'template.vpc_access', 'What {it} sends goes past the network, whose firewall no longer sees it.'),
      opens(
        'template.vpc_access.egress',
        ['PRIVATE_RANGES_ONLY'],
        'What {it} sends to public addresses goes past the network, whose firewall no longer sees it.',
        {
          absent: 'PRIVATE_RANGES_ONLY',
        },
      ),
      amount('template.scaling.min_instance_count', 'The minimum of instances', 0),
      amount('template.scaling.max_instance_count', 'The maximum of instances', 100),
      amount('scaling.min_instance_count', 'The minimum of instances of the whole service', 0),
      amount('scaling.manual_instance_count', 'The number of instances'),
      amount('template.max_instance_request_concurrency', 'The number of requests that an instance takes at the same time', 80),
      amount('template.node_selector.accelerator', 'The accelerator'),
      containers,
      tracking('template.containers'),
    ],
  },
  google_workflows_workflow: {
    noun: 'workflow',
    stops: '{it} starts no more runs, and what runs of it waits for is no longer looked after',
    rules: [
      unlocked,
      leads('access', 'service_account', (was, is) => `{It} runs as ${is} and may do what that may, where it was ${was}.`),
      vanishes('access', 'service_account', '{It} runs as the default account of Compute Engine and may do what that may.'),
      vanishes('access', 'crypto_key_name', '{It} is no longer encrypted with a key of your own.'),
      stops('call_log_level', 'LOG_NONE', 'Nobody sees any more what failed in {it}: its calls are no longer logged.', {
        absent: 'CALL_LOG_LEVEL_UNSPECIFIED',
      }),
      workflow,
    ],
  },
  google_cloud_scheduler_job: {
    noun: 'schedule',
    stops: 'nothing starts by {it} any more',
    rules: [
      ...['oauth_token', 'oidc_token'].map((token) =>
        leads('access', `http_target.${token}.service_account_email`, (was, is) => `{It} calls as ${is}, where it was ${was}.`),
      ),
      leads('access', 'http_target.uri', (_was, is) => `{It} calls ${is}, which gets its token.`),
      stops('paused', true, 'Nothing starts by {it} any more: it is paused.', { absent: false }),
    ],
  },
  google_project_service: {
    noun: 'API',
    rules: [api, stops('disable_on_destroy', true, 'Destroying {it} switches it off for the whole project from now on.', { absent: true })],
  },
  google_service_account: {
    noun: 'service account',
    stops: 'whatever runs as {it} is refused everywhere',
    anew: 'The new account has none of the rights that {it} was given outside of this stack.',
    rules: [stops('disabled', true, 'Whatever runs as {it} is refused everywhere: it is disabled.', { absent: false }), enabled],
  },
  google_service_account_key: {
    noun: 'key of a service account',
    rules: [
      (thing) =>
        thing.was ? [] : [thing.finding('access', `Whoever holds {it} is ${shown(at(thing.is, 'service_account_id'))}, from anywhere.`)],
    ],
  },
};

function enabled(thing: Thing): Finding[] {
  const works = thing.was && thing.is && at(thing.was, 'disabled') === true && at(thing.is, 'disabled') !== true;
  return works ? [thing.finding('access', '{It} may do again what it has rights to: it is no longer disabled.')] : [];
}

/** Removing it from the stack leaves the API as it is unless it is told to switch it off. */
function api(thing: Thing): Finding[] {
  const off = thing.change.action === 'remove' && at(thing.was, 'disable_on_destroy') !== false;
  return off ? [thing.finding('interrupt', `${shown(at(thing.was, 'service'))} is switched off for the whole project.`)] : [];
}

function containers(thing: Thing): Finding[] {
  if (!thing.was || !thing.is || !thing.touched('template.containers')) return [];
  const [before, after] = [thing.was, thing.is].map((b) => all(b, 'template.containers'));
  return after.flatMap((container, i) => {
    const name = (c: unknown): string => String(at(c, 'name') ?? '');
    const old = before.find((c) => name(c) === name(container)) ?? (before.length === after.length ? before[i] : undefined);
    if (!old) return [];
    const of = after.length > 1 ? ` of the container ${name(container) || i + 1}` : '';
    const found: Finding[] = [];
    for (const [key, what, absent] of LIMITS) {
      const [was, is] = [old, container].map((c) => limit(c, key) ?? absent);
      if (keyOf(was) !== keyOf(is)) found.push(...compared(thing, `${what}${of}`, was, is));
    }
    const [was, is] = [old, container].map((c) => at(c, 'resources.cpu_idle'));
    if (was !== is && (was !== undefined || is === false) && !isSymbol(is))
      found.push(
        thing.finding(
          'capacity',
          is === true
            ? `The CPU${of} is only there while a request is served.`
            : `The CPU${of} is always there, and paid for, where it was only while a request is served.`,
        ),
      );
    return found;
  });
}

const LIMITS = [
  ['cpu', 'The CPU', '1'],
  ['memory', 'The memory', '512Mi'],
  ['nvidia.com/gpu', 'The number of GPUs', '0'],
] as const;

// Its name may hold dots, which a path cannot.
function limit(container: unknown, key: string): unknown {
  const limits = at(container, 'resources.limits');
  return typeof limits === 'object' && limits !== null ? (limits as { [k: string]: unknown })[key] : undefined;
}
