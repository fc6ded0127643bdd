import { Body, Finding } from '../../model';
import {
  all,
  amount,
  at,
  brings,
  compared,
  Kind,
  gains,
  leads,
  missing,
  opens,
  Rule,
  shortens,
  shown,
  stops,
  Thing,
  vanishes,
  weakens,
} from '../terraform';
import { TLS } from './storage';

const APP: readonly Rule[] = [
  opens(
    'public_network_access_enabled',
    true,
    'Everybody on the internet may call {it}, as far as its rules let them in: its public endpoint is on.',
    { absent: true, onAdd: true },
  ),
  opens('https_only', false, 'Whoever listens in may read what goes to {it}: it takes plain HTTP.', { absent: false }),
  opens('ftp_publish_basic_authentication_enabled', true, 'Whoever has the publishing password of {it} may change what runs, by FTP.', {
    absent: true,
  }),
  opens(
    'webdeploy_publish_basic_authentication_enabled',
    true,
    'Whoever has the publishing password of {it} may change what runs, by Web Deploy.',
    { absent: true },
  ),
  weakens(
    'access',
    'site_config.ftps_state',
    ['AllAllowed', 'FtpsOnly', 'Disabled'],
    (was, is) => `Files of {it} may be changed by FTP: ${is}, where it was ${was}.`,
    { absent: 'Disabled' },
  ),
  weakens('access', 'site_config.minimum_tls_version', ...TLS),
  weakens('access', 'site_config.scm_minimum_tls_version', ...TLS),
  opens('site_config.ip_restriction_default_action', ['Allow'], '{It} lets in every address that its rules do not name.', {
    absent: 'Allow',
  }),
  opens(
    'site_config.scm_ip_restriction_default_action',
    ['Allow'],
    'The deployment site of {it} lets in every address that its rules do not name.',
    { absent: 'Allow' },
  ),
  opens('site_config.scm_use_main_ip_restriction', false, 'The deployment site of {it} no longer keeps to the rules of the main one.', {
    absent: false,
  }),
  opens('site_config.remote_debugging_enabled', true, 'Whoever may publish {it} can stop it and look into its memory.', { absent: false }),
  opens('site_config.container_registry_use_managed_identity', false, 'A password, and no longer an identity, pulls the image of {it}.', {
    absent: false,
  }),
  (thing) => restrictions(thing, 'site_config.ip_restriction', '{It}'),
  (thing) => restrictions(thing, 'site_config.scm_ip_restriction', 'The deployment site of {it}'),
  gains('access', 'site_config.cors.allowed_origins', (items) => `Pages of ${items} may call {it} in a browser of whoever opens them.`),
  signIn('auth_settings_v2.auth_enabled'),
  signIn('auth_settings_v2.require_authentication'),
  signIn('auth_settings.enabled'),
  opens('client_certificate_enabled', false, 'Whoever has no certificate may call {it}, too.', { absent: false }),
  weakens(
    'access',
    'client_certificate_mode',
    ['Optional', 'OptionalInteractiveUser', 'Required'],
    () => 'Whoever has no certificate may call {it}, too.',
    { absent: 'Required' },
  ),
  vanishes('access', 'virtual_network_subnet_id', 'What {it} sends goes past the network, whose rules no longer see it.'),
  opens('vnet_image_pull_enabled', false, 'The image of {it} is pulled past the network.', { absent: false }),
  leads('access', 'virtual_network_subnet_id', (was, is) => `{It} may reach what machines in ${is} may, where it was ${was}.`),
  opens(
    'site_config.vnet_route_all_enabled',
    false,
    'What {it} sends to public addresses goes past the network, whose rules no longer see it.',
    { absent: false },
  ),
  vanishes('interrupt', 'identity', '{It} has no identity any more: whatever it signs in to refuses it.'),
  gains('access', 'identity.identity_ids', (items) => `{It} may do what ${items} may.`),
  stops('enabled', false, 'Nothing answers at {it}: it is off.', { absent: true }),
  leads('interrupt', 'service_plan_id', (was, is) => `{It} restarts on the other plan, ${is}, where it was on ${was}.`),
  vanishes(
    'interrupt',
    'site_config.health_check_path',
    'A sick instance of {it} gets requests all the same: its health is no longer checked.',
  ),
  shortens('logs.http_logs.file_system.retention_in_days', 0, 'Request logs of {it} are'),
  shortens('logs.http_logs.azure_blob_storage.retention_in_days', 0, 'Request logs of {it} are'),
  vanishes('data-loss', 'backup', '{It} is no longer backed up.'),
  amount('site_config.worker_count', 'The number of workers'),
  always,
];

/** What runs on App Service. */
export const APPS: { readonly [type: string]: Kind } = {
  azurerm_linux_web_app: { noun: 'web app', stops: 'nothing answers at the address of {it}', rules: APP },
  azurerm_linux_web_app_slot: {
    noun: 'slot',
    stops: 'the next release has no slot to warm up in: it goes out at once or fails',
    rules: [...APP, leads('interrupt', 'app_service_id', (_was, is) => `{It} belongs to ${is}.`)],
  },
  azurerm_service_plan: {
    noun: 'plan',
    stops: 'nothing on {it} runs',
    rules: [
      brings(({ sku_name, worker_count }) => `Workers of ${shown(sku_name)} (${shown(worker_count ?? 1)})`),
      leads('interrupt', 'sku_name', (was, is) => `Everything on {it} restarts on other workers: ${is}, where it was ${was}.`),
      amount('sku_name', 'The size of a worker'),
      amount('worker_count', 'The number of workers', 1),
      amount('maximum_elastic_worker_count', 'The maximum of workers'),
      stops('zone_balancing_enabled', false, 'Everything on {it} is down when its zone is: workers are no longer spread over zones.', {
        absent: false,
      }),
    ],
  },
  azurerm_monitor_autoscale_setting: {
    noun: 'autoscaling',
    rules: [
      scaling,
      stops('enabled', false, 'The number of workers stays as it is whatever the load: {it} is off.', { absent: true }),
      (thing) =>
        thing.change.action === 'remove'
          ? [thing.finding('interrupt', 'The number of workers stays as it is whatever the load: {it} is gone.')]
          : [],
    ],
  },
};

// Signing in is asked for where the block says so; without it, of nobody.
function signIn(path: string): Rule {
  return opens(path, false, 'Everybody who reaches {it} may call it, without signing in.', { absent: false });
}

function restrictions(thing: Thing, path: string, what: string): Finding[] {
  if (!thing.was || !thing.is || !thing.touched(path)) return [];
  const [before, after] = [thing.was, thing.is].map((b) => all(b, path));
  const allowed = missing(after.filter((r) => action(r) === 'Allow').map(place), before.filter((r) => action(r) === 'Allow').map(place));
  const denied = missing(before.filter((r) => action(r) === 'Deny').map(place), after.filter((r) => action(r) === 'Deny').map(place));
  const found: Finding[] = [];
  if (allowed.length) found.push(thing.finding('access', `${what} lets in ${shown(allowed)}.`));
  if (denied.length) found.push(thing.finding('access', `${what} no longer keeps out ${shown(denied)}.`));
  if (before.length && !after.length)
    found.push(thing.finding('access', `${what} lets in every address: its restrictions are gone.`, true));
  return found;
}

function action(rule: unknown): string {
  return String(at(rule, 'action') ?? 'Allow');
}

function place(rule: unknown): unknown {
  return at(rule, 'ip_address') ?? at(rule, 'service_tag') ?? at(rule, 'virtual_network_subnet_id') ?? at(rule, 'name');
}

function always(thing: Thing): Finding[] {
  if (!thing.was || !thing.is || !thing.touched('site_config.always_on')) return [];
  const [was, is] = [thing.was, thing.is].map((b) => at(b, 'site_config.always_on') !== false);
  return was === is
    ? []
    : [
        thing.finding(
          'capacity',
          is ? 'It always runs, where it slept when nobody called.' : 'It sleeps when nobody calls, where it always ran.',
        ),
      ];
}

function scaling(thing: Thing): Finding[] {
  if (!thing.was || !thing.is || !thing.touched('profile')) return [];
  const [before, after] = [thing.was, thing.is].map((b: Body) => all(b, 'profile'));
  return after.flatMap((profile) => {
    const old = before.find((p) => at(p, 'name') === at(profile, 'name'));
    const of = after.length > 1 ? ` in ${shown(at(profile, 'name'))}` : '';
    if (!old)
      return [
        thing.finding(
          'capacity',
          `The new profile ${shown(at(profile, 'name'))} has ${shown(at(profile, 'capacity.minimum'))} to ${shown(at(profile, 'capacity.maximum'))} workers.`,
        ),
      ];
    return ['minimum', 'maximum', 'default'].flatMap((bound) =>
      compared(
        thing,
        `The ${bound}${bound === 'default' ? ' number' : ''} of workers${of}`,
        at(old, `capacity.${bound}`),
        at(profile, `capacity.${bound}`),
      ),
    );
  });
}
