import { Body, Finding } from '../../model';
import { all, amount, at, Kind, loses, missing, shown, Thing, vanishes } from '../terraform';

/** File systems. */
export const FILES: { readonly [type: string]: Kind } = {
  google_filestore_instance: {
    noun: 'file system',
    holds: 'every file on it',
    guard: ({ deletion_protection_enabled }) =>
      deletion_protection_enabled === true ? 'Google refuses that as long as `deletion_protection_enabled` is on.' : undefined,
    stops: 'whatever mounts {it} loses it',
    rules: [
      loses('deletion_protection_enabled', false, '{It} is no longer protected from deletion.', { absent: false }),
      vanishes('access', 'kms_key_name', "Whoever may read {it} no longer needs a key of yours: it is encrypted with Google's."),
      mounts,
      amount('file_shares.capacity_gb', 'The size, in GB,'),
      amount('tier', 'The tier'),
      amount('performance_config.fixed_iops.max_iops', 'The number of operations a second'),
      amount('performance_config.iops_per_tb.max_iops_per_tb', 'The number of operations a second, for each TB,'),
    ],
  },
  google_lustre_instance: {
    noun: 'file system',
    holds: 'every file on it',
    stops: 'whatever mounts {it} loses it',
    rules: [amount('capacity_gib', 'The size, in GiB,'), amount('per_unit_storage_throughput', 'The throughput, in MB/s for each TiB,')],
  },
  google_parallelstore_instance: { noun: 'file system', holds: 'every file on it' },
  google_netapp_volume: { noun: 'volume', holds: 'every file on it' },
};

const PATH = 'file_shares.nfs_export_options';

/** Who may mount it, and as whom. Without any rule, every machine of the network. */
function mounts(thing: Thing): Finding[] {
  if (!thing.was || !thing.is || !thing.touched(PATH)) return [];
  const rules = (b: Body): { ranges: readonly unknown[]; write: boolean; root: boolean }[] =>
    all(b, PATH).map((r) => ({
      ranges: all(r, 'ip_ranges'),
      write: (at(r, 'access_mode') ?? 'READ_WRITE') === 'READ_WRITE',
      root: (at(r, 'squash_mode') ?? 'NO_ROOT_SQUASH') === 'NO_ROOT_SQUASH',
    }));
  const [was, is] = [thing.was, thing.is].map(rules);
  if (!is.length) return [thing.finding('access', 'Every machine in the network may mount {it}, and read and change its files.')];
  if (!was.length) return [thing.finding('interrupt', `Nobody but ${shown(is.flatMap((r) => r.ranges))} may mount {it}.`)];
  const those = (of: typeof was, may: (r: (typeof was)[number]) => boolean): unknown[] => of.filter(may).flatMap((r) => r.ranges);
  const mount = missing(
    those(is, () => true),
    those(was, () => true),
  );
  const write = missing(
    missing(
      those(is, (r) => r.write),
      those(was, (r) => r.write),
    ),
    mount,
  );
  const root = missing(
    missing(
      those(is, (r) => r.root),
      those(was, (r) => r.root),
    ),
    mount,
  );
  const gone = missing(
    those(was, () => true),
    those(is, () => true),
  );
  return [
    ...(mount.length ? [thing.finding('access', `${shown(mount)} may mount {it}.`)] : []),
    ...(write.length ? [thing.finding('access', `${shown(write)} may change files of {it}, and not only read them.`)] : []),
    ...(root.length ? [thing.finding('access', `Who is root on ${shown(root)} is root on {it}, too.`)] : []),
    ...(gone.length ? [thing.finding('interrupt', `${shown(gone)} may no longer mount {it}.`)] : []),
  ];
}
