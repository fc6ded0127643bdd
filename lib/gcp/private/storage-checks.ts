import { StorageBucketLifecycleRule } from '@cdktf/provider-google/lib/storage-bucket';
import { Duration } from '../../core';
import { Checks, isUnresolved } from '../../core/errors';
import { ARTIFACT_PREFIXES } from '../../core/storage';
import type { ArtifactStoreProps, FolderLifecycle } from '../storage';
import { checkKey } from './keys';
import { isRegion } from './place';

const DAY = Duration.days(1).toMillis();
/** Regions of Europe whose data does not count as in the EU, so that they pair with none. */
const APART = ['europe-west2', 'europe-west6'];

/** Refuses what Cloud Storage would refuse. */
export function checkStore(checks: Checks, props: ArtifactStoreProps, softDelete: Duration): void {
  if (softDelete.toMillis() !== 0)
    checks.require(
      softDelete.toDays() >= 7 && softDelete.toDays() <= 90,
      'limit',
      'softDelete',
      softDelete.toString(),
      'Cloud Storage keeps deleted objects for 7 to 90 days',
      'write 7 to 90 days, or Duration.days(0) to delete at once',
    );
  checkDays(checks, 'checkpointExpiry', props.checkpointExpiry);
  checkDays(checks, 'captureExpiry', props.captureExpiry);
  props.folders?.forEach((folder, n) => checkFolder(checks, `folders.${n}`, folder));
  checkKey(checks, props.kmsKeyName);
  checkReplica(checks, props);
}

function checkDays(checks: Checks, prop: string, age: Duration | undefined): void {
  if (age === undefined) return;
  checks.require(
    age.toMillis() >= DAY && age.toMillis() % DAY === 0,
    'limit',
    prop,
    age.toString(),
    'Cloud Storage counts the age of objects in whole days',
    'write 1d or more, in whole days',
  );
}

function checkFolder(checks: Checks, path: string, { prefix, expiry, nearlineAfter, coldlineAfter }: FolderLifecycle): void {
  checks.require(
    prefix.replace(/\//g, '') !== '',
    'missing',
    `${path}.prefix`,
    prefix,
    'the rule would hold for the whole store',
    'write a folder such as data/raw',
  );
  const ages = { nearlineAfter, coldlineAfter, expiry };
  for (const [prop, age] of Object.entries(ages)) checkDays(checks, `${path}.${prop}`, age);
  const given = Object.entries(ages).filter((entry): entry is [string, Duration] => entry[1] !== undefined);
  checks.require(given.length > 0, 'missing', path, prefix, 'the rule says nothing', 'write expiry, nearlineAfter or coldlineAfter');
  given.slice(1).forEach(([prop, age], n) => {
    const [before, earlier] = given[n];
    checks.require(
      age.toMillis() > earlier.toMillis(),
      'conflict',
      `${path}.${prop}`,
      age.toString(),
      `not after ${before}, ${earlier.toString()}`,
      `write more than ${earlier.toString()}`,
    );
  });
}

function checkReplica(checks: Checks, { region, replicaRegion, turboReplication }: ArtifactStoreProps): void {
  if (replicaRegion === undefined) {
    if (turboReplication)
      checks.refuse('missing', 'replicaRegion', undefined, 'turboReplication needs a second region', 'write one of the same continent');
    return;
  }
  if (isUnresolved(region) || isUnresolved(replicaRegion) || !isRegion(region)) return;
  const [here, there] = [continentOf(region), continentOf(replicaRegion)];
  checks.require(
    here !== undefined && here === there && region !== replicaRegion && !APART.includes(region) && !APART.includes(replicaRegion),
    'conflict',
    'replicaRegion',
    replicaRegion,
    `not a region that pairs with ${region}: Cloud Storage pairs two of the EU, of the US or of Asia`,
    'write another region of the same continent, or leave it out',
  );
}

/** The multi-region that two regions of a pair lie in. */
export function continentOf(region: string): string | undefined {
  const continent = /^(europe|us|asia)-/.exec(region)?.[1];
  return continent && { europe: 'EU', us: 'US', asia: 'ASIA' }[continent];
}

/** What becomes of objects by age. */
export function lifecycleRules(noncurrentDays: number, props: ArtifactStoreProps): StorageBucketLifecycleRule[] {
  const { checkpointExpiry, captureExpiry, folders = [] } = props;
  const all: FolderLifecycle[] = [
    { prefix: ARTIFACT_PREFIXES.checkpoints, expiry: checkpointExpiry },
    { prefix: ARTIFACT_PREFIXES.capture, expiry: captureExpiry },
    ...folders,
  ];
  return [
    { action: { type: 'Delete' }, condition: { daysSinceNoncurrentTime: noncurrentDays, withState: 'ARCHIVED' } },
    { action: { type: 'AbortIncompleteMultipartUpload' }, condition: { age: 7 } },
    ...all.flatMap(({ prefix, expiry, nearlineAfter, coldlineAfter }) => {
      const rule = (action: StorageBucketLifecycleRule['action'], age: Duration | undefined): StorageBucketLifecycleRule[] =>
        age === undefined
          ? []
          : [{ action, condition: { age: age.toDays(), matchesPrefix: [`${prefix.replace(/^\/+|\/+$/g, '')}/`], withState: 'LIVE' } }];
      return [
        ...rule({ type: 'SetStorageClass', storageClass: 'NEARLINE' }, nearlineAfter),
        ...rule({ type: 'SetStorageClass', storageClass: 'COLDLINE' }, coldlineAfter),
        ...rule({ type: 'Delete' }, expiry),
      ];
    }),
  ];
}
