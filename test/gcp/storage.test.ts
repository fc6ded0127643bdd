import { Duration, Environment } from '../../lib/core';
import { ArtifactStore, ArtifactStoreProps } from '../../lib/gcp/storage';
import { problemsOf } from '../contract/room';
import { ALICE, PLACE, Synthesized, synth } from './helper';

const KEY = 'projects/acme-ml-dev/locations/europe-west4/keyRings/ml/cryptoKeys/artifacts';

function store(props: Partial<ArtifactStoreProps> = {}): Synthesized {
  return synth((stack) => void new ArtifactStore(stack, 'Artifacts', { ...PLACE, ...props }));
}

describe('an artifact store', () => {
  test('is a bucket in its region, with versions, without public access', () => {
    expect(store().only('google_storage_bucket')).toMatchObject({
      project: 'acme-ml-dev',
      location: 'europe-west4',
      uniform_bucket_level_access: true,
      public_access_prevention: 'enforced',
      versioning: { enabled: true },
      soft_delete_policy: { retention_duration_seconds: 604800 },
    });
  });

  test.each([
    [Environment.DEV, true, undefined, 7],
    [Environment.STAGING, true, undefined, 30],
    [Environment.PROD, false, { prevent_destroy: true }, 90],
  ])('in %s goes with its content: %s', (environment, forceDestroy, lifecycle, days) => {
    const bucket = store({ environment }).only('google_storage_bucket');
    expect(bucket.force_destroy).toBe(forceDestroy);
    expect(bucket.lifecycle).toEqual(lifecycle);
    expect(bucket.lifecycle_rule[0]).toEqual({
      action: { type: 'Delete' },
      condition: { days_since_noncurrent_time: days, with_state: 'ARCHIVED' },
    });
  });

  test('forgets abandoned uploads, and checkpoints only if asked', () => {
    expect(store().only('google_storage_bucket').lifecycle_rule).toHaveLength(2);
    const rules = store({ checkpointExpiry: Duration.days(30) }).only('google_storage_bucket').lifecycle_rule;
    expect(rules[1]).toEqual({ action: { type: 'AbortIncompleteMultipartUpload' }, condition: { age: 7 } });
    expect(rules[2]).toEqual({
      action: { type: 'Delete' },
      condition: { age: 30, matches_prefix: ['checkpoints/'], with_state: 'LIVE' },
    });
  });

  test('keeps deleted objects as long as asked, or not at all', () => {
    const kept = (softDelete: Duration) =>
      store({ softDelete }).only('google_storage_bucket').soft_delete_policy.retention_duration_seconds;
    expect(kept(Duration.days(30))).toBe(2592000);
    expect(kept(Duration.days(0))).toBe(0);
  });

  test('is encrypted with a key of yours, which the storage service may then use before the bucket is made', () => {
    const stack = store({ kmsKeyName: KEY });
    expect(stack.only('google_storage_bucket')).toMatchObject({
      encryption: { default_kms_key_name: KEY },
      depends_on: expect.arrayContaining([expect.stringContaining('google_kms_crypto_key_iam_member')]),
    });
    expect(stack.only('google_kms_crypto_key_iam_member')).toMatchObject({
      crypto_key_id: KEY,
      role: 'roles/cloudkms.cryptoKeyEncrypterDecrypter',
      member: expect.stringContaining('google_storage_project_service_account'),
    });
  });

  test('logs accesses to a bucket of yours', () => {
    expect(store({ accessLogBucket: 'acme-logs' }).only('google_storage_bucket').logging).toEqual({
      log_bucket: 'acme-logs',
      log_object_prefix: 'artifacts/',
    });
  });

  test('has a name that Cloud Storage takes, and that does not speak of Google', () => {
    const stack = synth((s) => void new ArtifactStore(s, 'GoogleArtifactsOfATeamThatLikesVeryLongNamesForEverythingItMakes', PLACE));
    const { name } = stack.only('google_storage_bucket');
    expect(name).toMatch(/^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/);
    expect(name).not.toContain('goog');
  });

  test('has another name in another project', () => {
    const name = (project: string) => store({ project }).only('google_storage_bucket').name;
    expect(name('acme-ml-prod')).not.toBe(name('acme-ml-dev'));
  });

  test('says how to upload data', () => {
    expect(store().output('UploadCommand')).toMatch(/^gcloud storage cp --recursive DATA_DIRECTORY gs:\/\/\$\{.*\}\/data\/$/);
  });

  test('has a URI for each folder', () => {
    synth((s) => {
      const made = ArtifactStore.fromArtifactStoreAttributes(s, 'Store', { bucketName: 'acme' });
      expect([made.uri(), made.uri('models'), made.uri('/models/v1/')]).toEqual(['gs://acme', 'gs://acme/models', 'gs://acme/models/v1']);
    });
  });

  test.each<[Partial<ArtifactStoreProps>, string]>([
    [
      { softDelete: Duration.days(1) },
      'softDelete "1d": Cloud Storage keeps deleted objects for 7 to 90 days; write 7 to 90 days, or Duration.days(0) to delete at once',
    ],
    [
      { checkpointExpiry: Duration.hours(1) },
      'checkpointExpiry "1h": Cloud Storage counts the age of objects in days; write Duration.days(1) or more',
    ],
    [{ kmsKeyName: 'ml' }, 'kmsKeyName "ml": not the name of a key; write projects/P/locations/R/keyRings/K/cryptoKeys/C'],
  ])('refuses %j', (props, message) => {
    expect(() => store(props)).toThrow(`gcp.ArtifactStore 'test/Artifacts': ${message}`);
  });
});

describe('grants on a store', () => {
  const granted = (grant: (s: ArtifactStore) => void) =>
    synth((stack) => grant(new ArtifactStore(stack, 'Artifacts', PLACE))).only('google_storage_bucket_iam_member');

  test('read allows to view all objects', () => {
    const member = granted((s) => s.grants.read('Alice', ALICE));
    expect(member).toMatchObject({ role: 'roles/storage.objectViewer', member: ALICE.member });
    expect(member).not.toHaveProperty('condition');
  });

  test('write of a folder allows to change what is in it, to list the bucket, and nothing beside it', () => {
    const member = granted((s) => s.grants.write('Alice', ALICE, '/models/'));
    expect(member.role).toBe('roles/storage.objectUser');
    expect(member.condition.title).toBe('Only models/');
    expect(member.condition.expression).toMatch(
      /^resource\.name == "projects\/_\/buckets\/\$\{.*\.name\}" \|\| resource\.name\.startsWith\("projects\/_\/buckets\/\$\{.*\.name\}\/objects\/models\/"\)$/,
    );
  });
});

describe('a store that exists already', () => {
  test('makes nothing but what is granted on it', () => {
    const stack = synth((s) => {
      const made = ArtifactStore.fromArtifactStoreAttributes(s, 'Store', { bucketName: 'acme' });
      made.grants.read('Alice', ALICE, 'data');
    });
    expect(stack.resources.map((r) => r.type)).toEqual(['google_storage_bucket_iam_member']);
    expect(stack.only('google_storage_bucket_iam_member').bucket).toBe('acme');
  });

  test('is refused by its URI', () => {
    expect(problemsOf(() => synth((s) => ArtifactStore.fromArtifactStoreAttributes(s, 'Store', { bucketName: 'gs://acme' })))).toEqual([
      expect.objectContaining({ prop: 'bucketName', instead: 'write its name only, without gs:// and without a folder' }),
    ]);
  });
});
