import { FileSystemKind } from '../../core';
import { Checks, isUnresolved } from '../../core/errors';
import type { SharedFileSystemProps } from '../file-system';
import { SUPPORT } from '../support';
import type { Tier } from './file-system-sizes';
import { checkKey } from './keys';
import { isRegion } from './place';

/** Refuses what Filestore and Managed Lustre would refuse, sizes apart. */
export function checkFileSystem(checks: Checks, props: SharedFileSystemProps, tier: Tier): void {
  const { kind, region, zone } = props;
  if (kind === FileSystemKind.POSIX) {
    const { throughput, artifacts, gkeSupport } = props;
    checkKind(checks, kind, { throughput, artifacts: artifacts?.node.path, gkeSupport });
    if (zone !== undefined && tier === 'REGIONAL')
      checks.refuse('conflict', 'zone', zone, 'a file system of tier REGIONAL is in all zones', 'leave it out, or write another tier');
    if (props.kmsKeyName !== undefined && tier.startsWith('BASIC'))
      checks.refuse(
        'conflict',
        'kmsKeyName',
        props.kmsKeyName,
        `tier ${tier} takes no key`,
        'write tier ZONAL or REGIONAL, or leave it out',
      );
    checkKey(checks, props.kmsKeyName);
    checkClients(checks, props.clients ?? []);
  } else {
    checkKind(checks, kind, { tier: props.tier, clients: props.clients, kmsKeyName: props.kmsKeyName });
    checks.require(
      !props.backups,
      'unsupported',
      'backups',
      props.backups,
      SUPPORT['storage.shared.backups'].reason!,
      'leave it out, or write false',
    );
  }
  if (zone !== undefined && !isUnresolved(zone) && isRegion(region))
    checks.require(
      new RegExp(`^${region}-[a-z]$`).test(zone),
      'choice',
      'zone',
      zone,
      `not a zone of ${region}`,
      `write a zone such as ${region}-a`,
    );
}

function checkClients(checks: Checks, clients: readonly string[]): void {
  for (const range of clients)
    checks.require(
      isUnresolved(range) || /^\d+(\.\d+){3}(\/\d+)?$/.test(range),
      'syntax',
      'clients',
      range,
      'not an address, and not a range of them',
      'write one such as 10.0.0.0/20',
    );
  checks.require(clients.length <= 64, 'limit', 'clients', clients.length, 'Filestore takes at most 64', 'write larger ranges');
}

/** Refuses what only the other kind has. */
function checkKind(checks: Checks, kind: FileSystemKind, props: { readonly [prop: string]: unknown }): void {
  for (const [prop, value] of Object.entries(props))
    checks.require(
      value === undefined,
      'conflict',
      prop,
      value,
      kind === FileSystemKind.POSIX ? 'only a parallel file system has it' : 'only a file system of kind posix has it',
      `leave it out, or write kind: ${kind === FileSystemKind.POSIX ? FileSystemKind.PARALLEL : FileSystemKind.POSIX}`,
    );
}
