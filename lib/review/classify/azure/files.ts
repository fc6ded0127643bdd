import { Body, Finding } from '../../model';
import { all, amount, at, exchanged, gains, Kind, leads, missing, shown, Thing, vanishes, weakens } from '../terraform';
import { ownKey } from './storage';

/** File systems, and what copies blobs elsewhere. */
export const FILES: { readonly [type: string]: Kind } = {
  azurerm_storage_share: {
    noun: 'file share',
    holds: 'every file in it',
    stops: 'whatever mounts {it} loses it',
    rules: [
      amount('quota', 'The size, in GiB,'),
      amount('access_tier', 'The tier'),
      gains('access', 'acl', (items) => `{It} is opened by stored policies: ${items}.`, true),
    ],
  },
  azurerm_storage_object_replication: { noun: 'replication', rules: [replication] },
  azurerm_managed_lustre_file_system: {
    noun: 'file system',
    holds: 'every file on it',
    stops: 'whatever mounts {it} loses it',
    rules: [
      amount('storage_capacity_in_tb', 'The size, in TiB,'),
      amount('sku_name', 'The throughput'),
      ownKey('encryption_key'),
      exchanged('access', 'encryption_key.key_url', (_was, is) => `{It} is encrypted with another key: ${is}.`),
      weakens(
        'access',
        'root_squash.mode',
        ['None', 'RootOnly', 'All'],
        (was, is) => `Who is root on a machine that mounts {it} may do more with its files: ${is}, where it was ${was}.`,
        { absent: 'None' },
      ),
      leads('access', 'root_squash.no_squash_nids', (was, is) => `Who is root on ${is} is root on {it}, too, where it was ${was}.`),
      vanishes('interrupt', 'hsm_setting', 'Files of {it} are no longer filled from blobs, nor archived there.'),
    ],
  },
};

function replication(thing: Thing): Finding[] {
  const pairs = (body: Body | undefined): Map<unknown, unknown> =>
    new Map(all(body, 'rules').map((r) => [at(r, 'source_container_name'), r] as const));
  const accounts = (body: Body | undefined): string =>
    `${shown(at(body, 'source_storage_account_id'))} to ${shown(at(body, 'destination_storage_account_id'))}`;
  const [was, is] = [pairs(thing.was), pairs(thing.is)];
  const moved = thing.was && thing.is && accounts(thing.was) !== accounts(thing.is);
  const gone = [...was].filter(([name]) => moved || !is.has(name));
  const come = [...is].filter(([name, r]) => moved || target(was.get(name)) !== target(r));
  return [
    ...gone.map(([name]) =>
      thing.finding('data-loss', `New blobs of the container ${shown(name)} are no longer copied from ${accounts(thing.was)}.`),
    ),
    ...come.map(([name, rule]) =>
      thing.finding(
        'access',
        `Blobs of the container ${shown(name)} are copied from ${accounts(thing.is)}: whoever may read ${target(rule)} there can read them.`,
      ),
    ),
    ...[...is].flatMap(([name, rule]) => {
      const old = was.get(name);
      const left = missing(all(rule, 'filter_out_blobs_with_prefix'), all(old, 'filter_out_blobs_with_prefix'));
      return old !== undefined && left.length
        ? [thing.finding('data-loss', `Blobs of the container ${shown(name)} under ${shown(left)} are no longer copied.`)]
        : [];
    }),
  ];
}

function target(rule: unknown): string {
  return shown(at(rule, 'destination_container_name'));
}
