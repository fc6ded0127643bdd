import { Finding } from '../../model';
import {
  all,
  at,
  falls,
  gains,
  Kind,
  leads,
  loses,
  opens,
  plural,
  quantityOf,
  Rule,
  shortens,
  shown,
  Thing,
  vanishes,
  weakens,
} from '../terraform';

type Weakening = Parameters<typeof weakens> extends [unknown, unknown, ...infer R] ? R : never;

/** Versions of TLS, the weakest first. */
export const TLS: Weakening = [
  [
    ['TLS1_0', '1.0', 'Tls10'],
    ['TLS1_1', '1.1', 'Tls11'],
    ['TLS1_2', '1.2', 'Tls12'],
    ['TLS1_3', '1.3', 'Tls13'],
  ],
  (was, is) => `Whoever listens in may break the encryption of connections to {it}: they may use ${is}, where it was at least ${was}.`,
  { absent: '1.2' },
];

/** The endpoint that the internet sees. */
export const PUBLIC: Rule = opens(
  'public_network_access_enabled',
  true,
  '{It} may be reached from the internet, by whoever has the rights: its public endpoint is on.',
  {
    absent: true,
    onAdd: true,
  },
);

/** The key that data is encrypted with. */
export const ownKey = (path: string): Rule =>
  vanishes('access', path, "{It} is encrypted with Microsoft's key and no longer with one of your own, which you could take away.");

export const byDefault = (path: string): Rule =>
  opens(path, ['Allow'], '{It} lets in every network that its rules do not name: they allow by default.', { absent: 'Allow' });

// What a whole block means that is not there.
const days = (body: unknown, path: string): unknown => {
  const block = path.slice(0, path.lastIndexOf('.'));
  return at(body, block) === undefined ? 0 : (at(body, path) ?? 7);
};

const REPLICATION = ['LRS', ['ZRS', 'GRS', 'RAGRS'], ['GZRS', 'RAGZRS']];

/** Accounts, vaults, registries and disks. */
export const STORAGE: { readonly [type: string]: Kind } = {
  azurerm_resource_group: { noun: 'resource group', holds: 'everything in it' },
  azurerm_management_lock: {
    noun: 'lock',
    rules: [
      (thing) =>
        thing.change.action === 'remove'
          ? [thing.finding('data-loss', `${shown(at(thing.was, 'scope'))} is no longer locked against deletion.`)]
          : [],
    ],
  },
  azurerm_storage_account: {
    noun: 'storage account',
    holds: 'every blob, file, queue and table in it',
    rules: [
      shortens('blob_properties.delete_retention_policy.days', 0, 'Deleted blobs of {it} are', 'days', days),
      shortens('blob_properties.container_delete_retention_policy.days', 0, 'Deleted containers of {it} are', 'days', days),
      shortens('share_properties.retention_policy.days', 0, 'Deleted file shares of {it} are', 'days', days),
      falls(
        'data-loss',
        'blob_properties.restore_policy.days',
        0,
        (was, is) => `{It} can be brought back to a point in the last ${plural(is, 'day')}, where it was ${was}.`,
      ),
      loses('blob_properties.versioning_enabled', false, 'A blob of {it} that is overwritten is gone: versions are no longer kept.', {
        absent: false,
      }),
      loses(
        'blob_properties.delete_retention_policy.permanent_delete_enabled',
        true,
        'Deleted blobs of {it} can be destroyed before their time.',
        { absent: false },
      ),
      weakens(
        'data-loss',
        'account_replication_type',
        REPLICATION,
        (was, is) => `Fewer copies of {it} are kept elsewhere: ${is}, where it was ${was}.`,
      ),
      vanishes(
        'data-loss',
        'immutability_policy',
        'Blobs of {it} may be changed and deleted at any time: its immutability policy is gone.',
      ),
      falls(
        'data-loss',
        'immutability_policy.period_since_creation_in_days',
        0,
        (was, is) => `Blobs of {it} may be deleted after ${plural(is, 'day')}, where it was ${was}.`,
      ),
      PUBLIC,
      byDefault('network_rules.default_action'),
      gains('access', 'network_rules.ip_rules', (items) => `${items} may reach {it} from the internet.`),
      gains('access', 'network_rules.virtual_network_subnet_ids', (items) => `Machines in ${items} may reach {it}.`),
      gains('access', 'network_rules.bypass', (items) => `${items} get past the network rules of {it}.`),
      gains('access', 'network_rules.private_link_access', (items) => `${items} get past the network rules of {it}.`),
      opens('allow_nested_items_to_be_public', true, 'Containers of {it} can be opened to everybody, without signing in.', {
        absent: true,
      }),
      opens('shared_access_key_enabled', true, 'Whoever has a key of {it} may do everything in it without signing in.', { absent: true }),
      opens('local_user_enabled', true, 'Local users of {it} may sign in past Entra ID.', { absent: true }),
      opens('sftp_enabled', true, '{It} may be reached by SFTP.', { absent: false }),
      opens('https_traffic_only_enabled', false, 'Whoever listens in may read what goes to {it}: it takes plain HTTP.', { absent: true }),
      weakens('access', 'min_tls_version', ...TLS),
      opens('cross_tenant_replication_enabled', true, 'Blobs of {it} may be replicated to another tenant.', { absent: false }),
      vanishes('access', 'allowed_copy_scope', 'Blobs of {it} may be copied to any account.'),
      vanishes('access', 'sas_policy', 'Shared access signatures of {it} may be valid for any time.'),
      gains(
        'access',
        'blob_properties.cors_rule.allowed_origins',
        (items) => `Pages of ${items} may read {it} in a browser of somebody who has the rights.`,
      ),
      ownKey('customer_managed_key'),
      opens('infrastructure_encryption_enabled', false, '{It} is encrypted once, where it was twice.', { absent: false }),
    ],
  },
  azurerm_storage_account_network_rules: {
    noun: 'network rules',
    rules: [byDefault('default_action'), gains('access', 'ip_rules', (items) => `${items} may reach {it} from the internet.`)],
  },
  azurerm_storage_container: {
    noun: 'container',
    holds: 'every blob in it',
    rules: [
      opens('container_access_type', ['blob'], 'Everybody may read the blobs of {it} whose names they know, without signing in.', {
        absent: 'private',
        onAdd: true,
      }),
      opens('container_access_type', ['container'], 'Everybody may list and read every blob of {it}, without signing in.', {
        absent: 'private',
        onAdd: true,
      }),
    ],
  },
  azurerm_storage_queue: { noun: 'queue', holds: 'every message in it' },
  azurerm_storage_table: { noun: 'table', holds: 'every row in it' },
  azurerm_storage_blob: { noun: 'blob', holds: 'what is in it' },
  azurerm_storage_data_lake_gen2_filesystem: { noun: 'file system', holds: 'every file in it' },
  azurerm_storage_management_policy: { noun: 'lifecycle policy', rules: [deletions] },
  azurerm_key_vault: {
    noun: 'key vault',
    holds: 'its keys, secrets and certificates',
    guard: ({ purge_protection_enabled, soft_delete_retention_days }) =>
      purge_protection_enabled === true ? `It can be recovered for ${plural(Number(soft_delete_retention_days ?? 90), 'day')}.` : undefined,
    rules: [
      loses('purge_protection_enabled', false, '{It} can be destroyed for good before its time: purge protection is off.', {
        absent: false,
      }),
      shortens('soft_delete_retention_days', 90, 'Deleted keys and secrets of {it} are'),
      leads('access', 'tenant_id', (_was, is) => `People of the tenant ${is} may be let into {it}.`),
      PUBLIC,
      byDefault('network_acls.default_action'),
      gains('access', 'network_acls.ip_rules', (items) => `${items} may reach {it} from the internet.`),
      gains('access', 'network_acls.virtual_network_subnet_ids', (items) => `Machines in ${items} may reach {it}.`),
      opens('network_acls.bypass', ['AzureServices'], 'Services of Azure get past the network rules of {it}.'),
      opens('rbac_authorization_enabled', false, 'Access policies of {it} decide who may read it, and no longer role assignments.', {
        absent: false,
      }),
      gains('access', 'access_policy', (items) => `{It} is opened to ${items}.`, true),
      opens('enabled_for_deployment', true, 'Virtual machines may take certificates out of {it}.', { absent: false }),
      opens('enabled_for_disk_encryption', true, 'Disk Encryption may take secrets out of {it}.', { absent: false }),
      opens('enabled_for_template_deployment', true, 'Whoever deploys templates may take secrets out of {it}.', { absent: false }),
    ],
  },
  azurerm_key_vault_key: {
    noun: 'key',
    holds: 'everything that is encrypted with it',
    rules: [vanishes('access', 'rotation_policy', '{It} is no longer rotated.')],
  },
  azurerm_key_vault_secret: { noun: 'secret', holds: 'its value' },
  azurerm_key_vault_certificate: { noun: 'certificate', holds: 'its private key' },
  azurerm_managed_disk: {
    noun: 'disk',
    holds: 'everything on it',
    rules: [
      PUBLIC,
      opens('network_access_policy', ['AllowAll'], 'Whoever has the rights may export {it} from any network.', { absent: 'AllowAll' }),
      ownKey('disk_encryption_set_id'),
      leads('access', 'disk_encryption_set_id', (_was, is) => `{It} is encrypted with the keys of ${is}.`),
    ],
  },
  azurerm_snapshot: { noun: 'snapshot', holds: 'what it was taken of' },
  azurerm_shared_image_gallery: { noun: 'gallery', holds: 'every image in it' },
  azurerm_netapp_volume: { noun: 'volume', holds: 'every file on it' },
  azurerm_recovery_services_vault: {
    noun: 'recovery vault',
    holds: 'every backup in it',
    rules: [PUBLIC, loses('soft_delete_enabled', false, 'Deleted backups of {it} are gone at once: soft delete is off.', { absent: true })],
  },
  azurerm_data_protection_backup_vault: { noun: 'backup vault', holds: 'every backup in it' },
};

const DELETES: readonly (readonly [string, string])[] = [
  ['base_blob.delete_after_days_since_modification_greater_than', 'Blobs'],
  ['base_blob.delete_after_days_since_creation_greater_than', 'Blobs'],
  ['base_blob.delete_after_days_since_last_access_time_greater_than', 'Blobs that nobody reads'],
  ['snapshot.delete_after_days_since_creation_greater_than', 'Snapshots of blobs'],
  ['version.delete_after_days_since_creation', 'Old versions of blobs'],
];

/** Rules that delete blobs by themselves: new ones, and those that come earlier. */
function deletions(thing: Thing): Finding[] {
  if (!thing.is) return [];
  const [before, after] = [thing.was, thing.is].map((b) => all(b, 'rule').filter((r) => at(r, 'enabled') !== false));
  return after.flatMap((rule) => {
    const old = before.find((b) => at(b, 'name') === at(rule, 'name'));
    const [froms, tos] = [old, rule].map((r) => all(r, 'filters.prefix_match').map(String));
    const wider = old !== undefined && froms.length > 0 && (!tos.length || tos.some((t) => !froms.some((f) => t.startsWith(f))));
    return DELETES.flatMap(([path, what]) => {
      const [was, is] = [old, rule].map((r) => quantityOf(at(r, `actions.${path}`)));
      if (is === undefined || is < 0 || (was !== undefined && was >= 0 && is >= was && !wider)) return [];
      const which = `${what}${tos.length ? ` under ${shown(tos)}` : ''}`;
      const where =
        wider && was === is
          ? `where it was those under ${shown(froms)}`
          : was === undefined || was < 0
            ? 'where no rule did so'
            : `where it was ${was}`;
      // A new account has nothing to lose yet; which one it is, the policy does not tell.
      return [thing.finding('data-loss', `${which} are deleted after ${plural(is, 'day')}, ${where}.`, !thing.was)];
    });
  });
}
