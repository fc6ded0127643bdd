import { Finding } from '../../model';
import { amount, at, drops, gains, Kind, leads, opens, plural, shortens, shown, stops, Thing, timeText, vanishes } from '../terraform';
import { byDefault, ownKey, PUBLIC } from './storage';

/** Registries, what fills them and what builds in them. */
export const REGISTRY: { readonly [type: string]: Kind } = {
  azurerm_container_registry: {
    noun: 'registry',
    holds: 'every image in it',
    stops: 'no image is pulled from {it}',
    rules: [
      PUBLIC,
      opens('anonymous_pull_enabled', true, 'Everybody who reaches {it} may pull its images, without signing in.', {
        absent: false,
        onAdd: true,
      }),
      opens('admin_enabled', true, 'Whoever has the password of the admin user may push to {it}.', { absent: false, onAdd: true }),
      byDefault('network_rule_set.default_action'),
      gains('access', 'network_rule_set.ip_rule', (items) => `{It} lets in ${items}.`),
      opens('network_rule_bypass_option', ['AzureServices'], 'Services of Azure get past the network rules of {it}.', {
        absent: 'AzureServices',
      }),
      opens('export_policy_enabled', true, 'Whoever may pull from {it} can export its images to another registry.', { absent: true }),
      opens('trust_policy_enabled', false, 'Images that nobody signed are taken from {it}.', { absent: false }),
      opens('quarantine_policy_enabled', false, 'Images that nobody checked may be pulled from {it}.', { absent: false }),
      ownKey('encryption'),
      shortens('retention_policy_in_days', Infinity, 'Images of {it} without a tag are'),
      drops(
        'data-loss',
        'georeplications',
        (items) => `No copy of {it} is kept in ${items} any more.`,
        (replica) => at(replica, 'location'),
      ),
      amount('sku', 'The tier'),
    ],
  },
  azurerm_container_registry_task: {
    noun: 'task',
    stops: '{it} no longer runs',
    anew: '',
    rules: [
      purge,
      source,
      vanishes('interrupt', 'timer_trigger', '{It} no longer runs by the clock.'),
      vanishes('interrupt', 'source_trigger', 'No commit starts {it} any more.'),
      stops('enabled', false, '{It} no longer runs: it is off.', { absent: true }),
    ],
  },
  azurerm_container_registry_agent_pool: {
    noun: 'agent pool',
    stops: 'builds that ask for {it} wait for good',
    rules: [amount('instance_count', 'The number of build agents', 1), amount('tier', 'The size of a build agent', 'S1')],
  },
  azurerm_container_registry_cache_rule: {
    noun: 'cache rule',
    stops: 'whatever pulls images by {it} finds none that are new',
    rules: [
      leads('access', 'source_repo', (was, is) => `Whoever pulls by {it} gets the images of ${is}, where it was ${was}.`),
      vanishes('interrupt', 'credential_set_id', 'Images that need a login are no longer pulled by {it}.'),
      leads('access', 'credential_set_id', (_was, is) => `{It} logs in with ${is}.`),
    ],
  },
  azurerm_container_registry_credential_set: {
    noun: 'login',
    stops: 'images that need a login are no longer pulled through the registry',
    rules: [
      leads('access', 'login_server', (was, is) => `The password of {it} is sent to ${is}, where it was ${was}.`),
      leads('interrupt', 'authentication_credentials.username_secret_id', (_was, is) => `{It} is another one: its name is in ${is}.`),
      leads('interrupt', 'authentication_credentials.password_secret_id', (_was, is) => `{It} is another one: its password is in ${is}.`),
      vanishes('interrupt', 'identity', '{It} has no identity any more: the vault of its password refuses it.'),
    ],
  },
};

/** The task that takes old images out of a registry. */
function purge(thing: Thing): Finding[] {
  if (!thing.is || (thing.was && !thing.touched('encoded_step'))) return [];
  const [was, is] = [thing.was, thing.is].map((b) => purges(at(b, 'encoded_step.task_content')));
  const found: Finding[] = [];
  if (is.keep !== undefined && was.keep !== undefined && is.keep < was.keep)
    found.push(thing.finding('data-loss', `{It} keeps the ${plural(is.keep, 'newest image')}, where it was ${was.keep}.`));
  if (is.ago !== undefined && was.ago !== undefined && is.ago < was.ago)
    found.push(
      thing.finding('data-loss', `{It} deletes images after ${timeText(is.ago, 'seconds')}, where it was ${timeText(was.ago, 'seconds')}.`),
    );
  if (thing.was && was.untagged && !is.untagged && is.ago !== undefined)
    found.push(thing.finding('data-loss', '{It} deletes images with a tag, too.'));
  return found;
}

/** Whose code it builds, with the rights to push. */
function source(thing: Thing): Finding[] {
  if (!thing.was || !thing.is) return [];
  const { was, is } = thing;
  return [
    'docker_step.context_path',
    'file_step.context_path',
    'encoded_step.context_path',
    'source_trigger.repository_url',
    'source_trigger.branch',
  ].flatMap((path) => {
    const [from, to] = [at(was, path), at(is, path)];
    return from === to || to === undefined
      ? []
      : [
          thing.finding(
            'access',
            `{It} takes code from ${shown(to)}, where it was ${shown(from)}: whoever may push there decides what is built.`,
          ),
        ];
  });
}

function purges(content: unknown): { keep?: number; ago?: number; untagged: boolean } {
  const text = typeof content === 'string' ? Buffer.from(content, 'base64').toString('utf8') : '';
  const keep = /--keep[ =](\d+)/.exec(text)?.[1];
  const ago = /--ago[ =](?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?/.exec(text);
  const seconds = ago ? Number(ago[1] ?? 0) * 86400 + Number(ago[2] ?? 0) * 3600 + Number(ago[3] ?? 0) * 60 : undefined;
  return { ...(keep ? { keep: Number(keep) } : {}), ...(seconds ? { ago: seconds } : {}), untagged: /--untagged/.test(text) };
}
