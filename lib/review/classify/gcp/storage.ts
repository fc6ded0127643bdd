import { Finding } from '../../model';
import {
  all,
  at,
  falls,
  gains,
  isBody,
  keyOf,
  Kind,
  leads,
  loses,
  missing,
  opens,
  plural,
  quantityOf,
  Rule,
  shortens,
  shown,
  stops,
  Thing,
  timeText,
  vanishes,
} from '../terraform';

export const unlocked = loses('deletion_protection', false, '{It} is no longer protected from deletion.', { absent: true });
const keyGone = (path: string): Rule =>
  vanishes('access', path, "Whoever may read {it} no longer needs a key of yours: it is encrypted with Google's.");
const keyOther = (path: string): Rule =>
  leads('access', path, (_was, is) => `{It} is encrypted with another key: whoever may use ${is} can read what is written from now on.`);

/** Buckets, registries, keys and secrets. */
export const STORAGE: { readonly [type: string]: Kind } = {
  google_storage_bucket: {
    noun: 'bucket',
    holds: 'every object in it',
    guard: ({ force_destroy }) =>
      force_destroy === true ? undefined : 'Terraform refuses that as long as objects are in it, because `force_destroy` is off.',
    rules: [
      loses('force_destroy', true, 'Destroying {it} deletes every object in it from now on: `force_destroy` is on.', { absent: false }),
      loses('versioning.enabled', false, 'An object of {it} that is overwritten or deleted is gone: versions are no longer kept.', {
        absent: false,
      }),
      shortens('soft_delete_policy.retention_duration_seconds', 604800, 'Deleted objects of {it} are', 'seconds'),
      falls('data-loss', 'retention_policy.retention_period', 0, (was, is) =>
        is === 0
          ? `Objects of {it} may be deleted at any time, where they had to stay for ${timeText(was, 'seconds')}.`
          : `Objects of {it} may be deleted after ${timeText(is, 'seconds')}, where it was ${timeText(was, 'seconds')}.`,
      ),
      loses('retention_policy.is_locked', false, 'The retention policy of {it} is no longer locked: it can be taken away.', {
        absent: false,
      }),
      loses('enable_object_retention', false, 'Objects of {it} can no longer be protected from deletion one by one.', { absent: false }),
      loses('default_event_based_hold', false, 'New objects of {it} are no longer held until an event releases them.', { absent: false }),
      deletions,
      opens(
        'public_access_prevention',
        ['inherited', 'unspecified'],
        'Whoever may set rights on {it} can make it public: public access is no longer prevented.',
        {
          absent: 'inherited',
        },
      ),
      opens('uniform_bucket_level_access', false, 'Single objects of {it} can be shared past its policy: access control lists are on.', {
        absent: false,
      }),
      keyGone('encryption.default_kms_key_name'),
      keyOther('encryption.default_kms_key_name'),
      vanishes('access', 'ip_filter', '{It} may be reached from any network: its filter of addresses is gone.'),
      opens('ip_filter.mode', 'disabled'.split(' '), '{It} may be reached from any network: its filter of addresses is off.', {
        absent: 'enabled',
      }),
      gains('access', 'ip_filter.public_network_source.allowed_ip_cidr_ranges', (items) => `{It} may be reached from ${items}.`),
      gains('access', 'cors.origin', (items) => `Pages of ${items} may read {it} in a browser of somebody who is signed in.`),
      vanishes('interrupt', 'logging', 'Nobody sees any more who used {it}: its access is no longer logged.'),
    ],
  },
  google_storage_bucket_object: { noun: 'object', holds: 'what is in it' },
  google_storage_managed_folder: { noun: 'folder', holds: 'every object in it' },
  google_artifact_registry_repository: {
    noun: 'repository',
    holds: 'every image and package in it',
    rules: [
      cleanup,
      loses('cleanup_policy_dry_run', false, 'The cleanup policies of {it} delete from now on, where they only said what they would.', {
        absent: false,
      }),
      opens('docker_config.immutable_tags', false, 'Whoever may push to {it} can put another image behind a tag that is in use.', {
        absent: false,
      }),
      keyGone('kms_key_name'),
      opens(
        'vulnerability_scanning_config.enablement_config',
        ['DISABLED'],
        'Images with known vulnerabilities get into {it} unseen: they are no longer scanned.',
      ),
    ],
  },
  google_kms_key_ring: { noun: 'key ring', holds: 'every key in it, and so everything that is encrypted with them' },
  google_kms_crypto_key: {
    noun: 'key',
    holds: 'everything that is encrypted with it',
    rules: [
      shortens('destroy_scheduled_duration', 2592000, 'Versions of {it} that are to be destroyed are', 'seconds'),
      vanishes('access', 'rotation_period', 'Whoever got hold of a version of {it} can use it for good: it is no longer rotated.'),
    ],
  },
  google_secret_manager_secret: {
    noun: 'secret',
    holds: 'every version of it',
    guard: ({ deletion_protection }) =>
      deletion_protection === true ? 'Terraform refuses that as long as `deletion_protection` is on.' : undefined,
    stops: 'whatever reads {it} is refused',
    rules: [
      loses('deletion_protection', false, '{It} is no longer protected from deletion.', { absent: false }),
      shortens('version_destroy_ttl', 0, 'Destroyed versions of {it} are', 'seconds'),
      shortens('ttl', Infinity, '{It} and its versions are', 'seconds'),
      leads('data-loss', 'expire_time', (_was, is) => `{It} is deleted with its versions at ${is}.`),
      vanishes('access', 'rotation', 'Whoever got hold of {it} can use it for good: nobody is asked to rotate it any more.'),
      leads('interrupt', 'version_aliases', () => 'What reads {it} by a name of a version gets another one.'),
    ],
  },
  google_secret_manager_secret_version: {
    noun: 'version of a secret',
    holds: 'its value',
    stays: ({ deletion_policy }) => deletion_policy === 'ABANDON',
    guard: ({ deletion_policy }) =>
      deletion_policy === 'DISABLE' ? 'It is disabled, and not deleted: `deletion_policy` is DISABLE.' : undefined,
    stops: 'whatever reads {it} is refused',
    rules: [
      loses('deletion_policy', 'DELETE', 'Destroying {it} deletes its value for good from now on: `deletion_policy` is DELETE.', {
        absent: 'DELETE',
      }),
      stops('enabled', false, 'Whatever reads {it} is refused: it is disabled.', { absent: true }),
    ],
  },
  google_compute_disk: { noun: 'disk', holds: 'everything on it', rules: [] },
  google_compute_region_disk: { noun: 'disk', holds: 'everything on it' },
  google_compute_snapshot: { noun: 'snapshot', holds: 'what it was taken of' },
  google_compute_image: { noun: 'image', holds: 'what is on it' },
  google_logging_project_bucket_config: {
    noun: 'log bucket',
    holds: 'every log entry in it',
    rules: [
      shortens('retention_days', 30, 'Log entries of {it} are'),
      loses('locked', false, '{It} is no longer locked: its logs can be deleted.', { absent: false }),
    ],
  },
};

/** Rules that delete objects by themselves: new ones, and those that come earlier. */
function deletions(thing: Thing): Finding[] {
  if (!thing.is || (thing.was && !thing.touched('lifecycle_rule'))) return [];
  if (!thing.was) return [];
  const [before, after] = [thing.was, thing.is].map((b) =>
    all(b, 'lifecycle_rule').filter((r) => /^delete$/i.test(String(at(r, 'action.type') ?? ''))),
  );
  return missing(after, before)
    .map((rule) => {
      const days = quantityOf(at(rule, 'condition.age') ?? at(rule, 'condition.days_since_noncurrent_time'));
      const old = at(rule, 'condition.days_since_noncurrent_time') !== undefined || at(rule, 'condition.with_state') === 'ARCHIVED';
      const same = before.find((b) => shape(b) === shape(rule));
      const was = quantityOf(at(same, 'condition.age') ?? at(same, 'condition.days_since_noncurrent_time'));
      if (days !== undefined && was !== undefined && days >= was) return undefined;
      const what = old ? 'Old versions of objects in {it} are' : 'Objects of {it} are';
      const prefixes = shown(all(rule, 'condition.matches_prefix'));
      const which = prefixes ? ` if they begin with ${prefixes}` : '';
      const when = days === undefined ? 'by a rule' : `after ${plural(days, 'day')}`;
      return thing.finding(
        'data-loss',
        `${what} deleted ${when}${which}, where ${was === undefined ? 'no rule did so' : `it was ${was}`}.`,
      );
    })
    .filter((f) => f !== undefined);
}

function shape(rule: unknown): string {
  const condition = at(rule, 'condition');
  const names = isBody(Array.isArray(condition) ? condition[0] : condition)
    ? Object.keys((Array.isArray(condition) ? condition[0] : condition) as object)
    : [];
  return `${names.sort().join()}:${shown(all(rule, 'condition.matches_prefix'))}`;
}

/** A policy without the number that it turns on. */
function numberless(policy: unknown): string {
  return keyOf(policy)
    .replace(/older_than:"[\d.]+s"/, 'older_than')
    .replace(/keep_count:\d+/, 'keep_count');
}

/** Policies that keep the newest, and that delete the rest. */
function cleanup(thing: Thing): Finding[] {
  if (!thing.was || !thing.is || !thing.touched('cleanup_policies')) return [];
  const [before, after] = [thing.was, thing.is].map((b) => new Map(all(b, 'cleanup_policies').map((p) => [String(at(p, 'id')), p])));
  const found: Finding[] = [];
  for (const [id, policy] of after) {
    const old = before.get(id);
    const deletes = at(policy, 'action') === 'DELETE';
    const [was, is] = [old, policy].map((p) => quantityOf(at(p, deletes ? 'condition.older_than' : 'most_recent_versions.keep_count')));
    if (!old && deletes)
      found.push(
        thing.finding(
          'data-loss',
          `The new policy ${id} deletes images of {it}${is === undefined ? '' : ` that are older than ${timeText(is, 'seconds')}`}.`,
        ),
      );
    else if (old && numberless(old) !== numberless(policy))
      found.push(thing.finding('data-loss', `The policy ${id} ${deletes ? 'deletes' : 'keeps'} other images of {it} than before.`, true));
    else if (was !== undefined && is !== undefined && is < was)
      found.push(
        thing.finding(
          'data-loss',
          deletes
            ? `Images of {it} are deleted after ${timeText(is, 'seconds')}, where it was ${timeText(was, 'seconds')}.`
            : `The ${plural(is, 'newest version')} of an image in {it} are kept, where it was ${was}.`,
        ),
      );
  }
  for (const [id, policy] of before)
    if (!after.has(id) && at(policy, 'action') === 'KEEP')
      found.push(thing.finding('data-loss', `Nothing keeps images of {it} any more: the policy ${id} is gone.`));
  return found;
}
