import { Finding } from '../../model';
import {
  all,
  amount,
  amounts,
  at,
  becomes,
  compared,
  drops,
  exchanged,
  gains,
  Kind,
  leads,
  missing,
  opens,
  Rule,
  shown,
  stops,
  Thing,
  tracking,
  vanishes,
  weakens,
} from '../terraform';

const PROBES = [
  ['startup_probe', 'A replica of {it} that is slow to start may be taken for dead, or get requests too early: its start is not watched.'],
  ['readiness_probe', 'Replicas of {it} that are not ready get requests all the same: they are no longer asked.'],
  ['liveness_probe', 'A replica of {it} that hangs is no longer restarted: nobody asks it any more.'],
] as const;

/** What runs on Container Apps. */
export const CONTAINER_APPS: { readonly [type: string]: Kind } = {
  azurerm_container_app: {
    noun: 'container app',
    stops: 'nothing answers at the address of {it}',
    rules: [
      opens('ingress.external_enabled', true, '{It} may be reached from outside of its environment.', { absent: false, onAdd: true }),
      vanishes('interrupt', 'ingress', 'Nothing answers at the address of {it}: it has no ingress any more.'),
      opens('ingress.allow_insecure_connections', true, 'Whoever listens in may read what goes to {it}: it takes plain HTTP.', {
        absent: false,
        onAdd: true,
      }),
      weakens(
        'access',
        'ingress.client_certificate_mode',
        [['ignore', 'accept'], 'require'],
        () => 'Whoever has no certificate may call {it}, too.',
        { absent: 'ignore' },
      ),
      restrictions,
      gains('access', 'ingress.cors.allowed_origins', (items) => `Pages of ${items} may call {it} in a browser of whoever opens them.`),
      opens('ingress.cors.allow_credentials_enabled', true, 'Pages of other sites may call {it} as whoever opens them.', { absent: false }),
      exchanged('interrupt', 'ingress.target_port', (was, is) => `Requests to {it} go to its port ${is}, where it was ${was}.`, true),
      leads('interrupt', 'ingress.traffic_weight', () => 'Requests to {it} go to other revisions than before.', true),
      vanishes('interrupt', 'identity', '{It} has no identity any more: whatever it signs in to refuses it.'),
      gains('access', 'identity.identity_ids', (items) => `{It} may do what ${items} may.`),
      vanishes('interrupt', 'registry', 'No new replica of {it} starts if its image needs a login: it has none any more.'),
      password,
      leads(
        'interrupt',
        'container_app_environment_id',
        (was, is) => `{It} runs in ${is}, where it was ${was}: its address is another one.`,
      ),
      ...PROBES.map(([block, sentence]) => probe(block, sentence)),
      tracking('template.container'),
      amount('template.min_replicas', 'The minimum of replicas', 0),
      amount('template.max_replicas', 'The maximum of replicas', 10),
      amounts('template.container', [
        ['cpu', 'The CPU'],
        ['memory', 'The memory'],
      ]),
      amount('template.http_scale_rule.concurrent_requests', 'The number of requests for which a replica is added'),
      amount('workload_profile_name', 'The kind of machine', 'Consumption'),
    ],
  },
  azurerm_container_app_environment: {
    noun: 'environment',
    stops: 'nothing in {it} runs',
    anew: 'Every app in {it} is made anew with it, and answers at another address.',
    rules: [
      opens('internal_load_balancer_enabled', false, 'Apps in {it} may have addresses on the internet: it faces outwards.', {
        absent: false,
        onAdd: true,
      }),
      opens('public_network_access', ['Enabled'], '{It} may be reached from the internet, by whoever its apps let in.', { onAdd: true }),
      opens('mutual_tls_enabled', false, 'Whoever listens in within {it} may read what its apps tell each other.', { absent: false }),
      stops('zone_redundancy_enabled', false, 'Everything in {it} is down when its zone is: it is no longer spread over zones.', {
        absent: false,
      }),
      becomes('interrupt', 'logs_destination', ['', 'none'], 'Nobody sees any more what apps in {it} write: their logs go nowhere.'),
      exchanged('interrupt', 'log_analytics_workspace_id', (was, is) => `New logs of {it} are in ${is}; those before stay in ${was}.`),
      vanishes('interrupt', 'log_analytics_workspace_id', 'Logs of {it} are no longer sent to a workspace.'),
      drops(
        'interrupt',
        'workload_profile',
        (items) => `Apps on the machines ${items} of {it} have nowhere to run.`,
        (profile) => at(profile, 'name'),
      ),
      profiles,
      vanishes('interrupt', 'identity', '{It} has no identity any more: whatever it signs in to refuses it.'),
    ],
  },
};

// A rule of addresses allows or denies; the first one decides for all that no rule names.
function restrictions(thing: Thing): Finding[] {
  const path = 'ingress.ip_security_restriction';
  if (!thing.was || !thing.is || !thing.touched(path) || at(thing.is, 'ingress') === undefined) return [];
  const [before, after] = [thing.was, thing.is].map((b) => {
    const of = (action: string): unknown[] =>
      all(b, path)
        .filter((r) => at(r, 'action') === action)
        .map((r) => at(r, 'ip_address_range'));
    return { allow: of('Allow'), deny: of('Deny') };
  });
  if (before.allow.length && !after.allow.length)
    return [thing.finding('access', '{It} lets in every address that no rule denies: none is allowed by name any more.')];
  const allowed = before.allow.length ? missing(after.allow, before.allow) : [];
  const freed = missing(before.deny, after.deny);
  return [
    ...(allowed.length ? [thing.finding('access', `{It} lets in ${shown(allowed)}.`)] : []),
    ...(freed.length ? [thing.finding('access', `{It} no longer keeps out ${shown(freed)}.`)] : []),
  ];
}

function password(thing: Thing): Finding[] {
  if (!thing.was || !thing.is || !thing.touched('registry')) return [];
  const [was, is] = [thing.was, thing.is].map((b) => all(b, 'registry').filter((r) => at(r, 'password_secret_name') !== undefined).length);
  return is > was ? [thing.finding('access', 'A password, and no longer an identity, pulls the image of {it}.')] : [];
}

function probe(block: string, sentence: string): Rule {
  return (thing) => {
    if (!thing.was || !thing.is || !thing.touched('template.container')) return [];
    const [was, is] = [thing.was, thing.is].map((b) => all(b, 'template.container').filter((c) => at(c, block) !== undefined).length);
    return is < was ? [thing.finding('interrupt', sentence)] : [];
  };
}

function profiles(thing: Thing): Finding[] {
  if (!thing.was || !thing.is || !thing.touched('workload_profile')) return [];
  const [before, after] = [thing.was, thing.is].map((b) => all(b, 'workload_profile'));
  return after.flatMap((profile) => {
    const name = at(profile, 'name');
    const old = before.find((p) => at(p, 'name') === name);
    if (old === undefined)
      return [thing.finding('capacity', `Machines ${shown(name)} (${shown(at(profile, 'workload_profile_type'))}) come.`)];
    const pairs = [
      ['workload_profile_type', 'The type'],
      ['minimum_count', 'The minimum'],
      ['maximum_count', 'The maximum'],
    ];
    return pairs.flatMap(([path, what]) => compared(thing, `${what} of machines ${shown(name)}`, at(old, path), at(profile, path)));
  });
}
