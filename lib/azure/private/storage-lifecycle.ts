import type { StorageManagementPolicyRule } from '@cdktf/provider-azurerm/lib/storage-management-policy';
import { Duration } from '../../core/units';
import { Checks } from '../../core/errors';
import { ARTIFACT_PREFIXES } from '../../core/storage';

/** Days after which checkpoints and captured requests are rarely read. */
const COOL_AFTER = 30;
/** The cool tier is paid for 30 days at least: what goes before is better left where it is. */
const COOL_FOR = 30;

/** What becomes of blobs as they grow old. */
export interface Lifecycle {
  readonly containerName: string;
  /** Days that old versions are kept; nothing where there are none. */
  readonly versionDays: number | undefined;
  /** Days that snapshots are kept. */
  readonly snapshotDays: number;
  /** When blobs of a folder are deleted. */
  readonly expiry: { readonly [folder: string]: Duration | undefined };
}

/** Checks that a time is one of whole days, as the lifecycle counts. */
export function checkExpiry(checks: Checks, prop: string, expiry: Duration | undefined): void {
  const days = expiry && expiry.toMillis() / Duration.days(1).toMillis();
  checks.require(
    days === undefined || (Number.isInteger(days) && days >= 1 && days <= 36_500),
    'limit',
    prop,
    expiry?.toString(),
    'the lifecycle of a storage account counts in whole days, one at least',
    'write a whole number of days, such as 30d',
  );
}

/** The rules of the account's lifecycle. */
export function lifecycleRules(lifecycle: Lifecycle): StorageManagementPolicyRule[] {
  const { containerName, versionDays, snapshotDays } = lifecycle;
  const old: StorageManagementPolicyRule = {
    name: 'old-versions',
    enabled: true,
    filters: { blobTypes: ['blockBlob'], prefixMatch: [`${containerName}/`] },
    actions: {
      version: versionDays === undefined ? undefined : { deleteAfterDaysSinceCreation: versionDays },
      snapshot: { deleteAfterDaysSinceCreationGreaterThan: snapshotDays },
    },
  };
  const cooled: readonly string[] = [ARTIFACT_PREFIXES.checkpoints, ARTIFACT_PREFIXES.capture];
  const folders = Object.entries({ ...Object.fromEntries(cooled.map((f) => [f, undefined])), ...lifecycle.expiry });
  const aging = folders.flatMap(([folder, expiry]): StorageManagementPolicyRule[] => {
    const days = expiry?.toDays();
    const cool = cooled.includes(folder) && (days === undefined || days >= COOL_AFTER + COOL_FOR);
    if (!cool && days === undefined) return [];
    return [
      {
        name: folder.replace(/[^A-Za-z0-9]+/g, '-'),
        enabled: true,
        filters: { blobTypes: ['blockBlob'], prefixMatch: [`${containerName}/${folder}/`] },
        actions: {
          baseBlob: {
            tierToCoolAfterDaysSinceModificationGreaterThan: cool ? COOL_AFTER : undefined,
            deleteAfterDaysSinceModificationGreaterThan: days,
          },
        },
      },
    ];
  });
  return [old, ...aging];
}
