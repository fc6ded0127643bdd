import { Duration, Environment } from '../../lib/core';
import { ArtifactStore, ArtifactStoreProps } from '../../lib/gcp/storage';
import { problemsOf } from '../contract/room';
import { storeContract } from '../contract/stores';
import { ALICE, Json, PLACE, ROOM, Synthesized, synth } from './helper';

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
      'checkpointExpiry "1h": Cloud Storage counts the age of objects in whole days; write 1d or more, in whole days',
    ],
    [{ kmsKeyName: 'ml' }, 'kmsKeyName "ml": not the name of a key; write projects/P/locations/R/keyRings/K/cryptoKeys/C'],
    [
      { replicaRegion: 'us-central1' },
      'replicaRegion "us-central1": not a region that pairs with europe-west4: Cloud Storage pairs two of the EU, of the US or of Asia; write another region of the same continent, or leave it out',
    ],
    [
      { replicaRegion: 'europe-west2' },
      'replicaRegion "europe-west2": not a region that pairs with europe-west4: Cloud Storage pairs two of the EU, of the US or of Asia; write another region of the same continent, or leave it out',
    ],
    [{ turboReplication: true }, 'replicaRegion: turboReplication needs a second region; write one of the same continent'],
    [
      { folders: [{ prefix: '/', expiry: Duration.days(1) }] },
      'folders.0.prefix "/": the rule would hold for the whole store; write a folder such as data/raw',
    ],
    [{ folders: [{ prefix: 'raw' }] }, 'folders.0 "raw": the rule says nothing; write expiry, nearlineAfter or coldlineAfter'],
    [
      { folders: [{ prefix: 'raw', nearlineAfter: Duration.days(30), expiry: Duration.days(30) }] },
      'folders.0.expiry "30d": not after nearlineAfter, 30d; write more than 30d',
    ],
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

describe('a store in two regions', () => {
  test('is one bucket that Cloud Storage copies', () => {
    expect(store({ replicaRegion: 'europe-west1' }).only('google_storage_bucket')).toMatchObject({
      location: 'EU',
      custom_placement_config: { data_locations: ['EUROPE-WEST1', 'EUROPE-WEST4'] },
      rpo: 'DEFAULT',
    });
  });

  test('copies within minutes where that is asked for', () => {
    expect(store({ replicaRegion: 'europe-west1', turboReplication: true }).only('google_storage_bucket').rpo).toBe('ASYNC_TURBO');
  });

  test('is not what there is without one', () => {
    const bucket = store().only('google_storage_bucket');
    expect([bucket.location, bucket.custom_placement_config, bucket.rpo]).toEqual(['europe-west4', undefined, undefined]);
  });
});

describe('versions of a store', () => {
  test('and deleted objects are not kept where that is declared', () => {
    expect(store({ versioned: false }).only('google_storage_bucket')).toMatchObject({
      versioning: { enabled: false },
      soft_delete_policy: { retention_duration_seconds: 0 },
    });
  });
});

test('objects of a folder become cheaper to keep, and go, by age', () => {
  const folders = [
    { prefix: '/data/raw/', nearlineAfter: Duration.days(30), coldlineAfter: Duration.days(90), expiry: Duration.days(400) },
  ];
  const rules: Json[] = store({ folders }).only('google_storage_bucket').lifecycle_rule;
  expect(rules.filter((r) => r.condition.matches_prefix)).toEqual([
    {
      action: { type: 'SetStorageClass', storage_class: 'NEARLINE' },
      condition: { age: 30, matches_prefix: ['data/raw/'], with_state: 'LIVE' },
    },
    {
      action: { type: 'SetStorageClass', storage_class: 'COLDLINE' },
      condition: { age: 90, matches_prefix: ['data/raw/'], with_state: 'LIVE' },
    },
    { action: { type: 'Delete' }, condition: { age: 400, matches_prefix: ['data/raw/'], with_state: 'LIVE' } },
  ]);
});

describe('new objects of a store', () => {
  test('are told to a topic of its own, to which nobody but the storage service may publish', () => {
    let topic = '';
    const stack = synth((s) => {
      topic = new ArtifactStore(s, 'Artifacts', PLACE).onObjectCreated('NewData', { prefix: 'data' });
    });
    expect(stack.only('google_storage_notification')).toMatchObject({
      event_types: ['OBJECT_FINALIZE'],
      object_name_prefix: 'data/',
      payload_format: 'JSON_API_V1',
      depends_on: [expect.stringMatching(/^google_pubsub_topic_iam_member\./)],
    });
    expect(stack.only('google_pubsub_topic_iam_member')).toMatchObject({
      role: 'roles/pubsub.publisher',
      member: expect.stringMatching(/^\$\{data\.google_storage_project_service_account\./),
    });
    expect(stack.only('google_pubsub_topic').message_storage_policy).toEqual({ allowed_persistence_regions: ['europe-west4'] });
    expect(topic).toBeTruthy();
  });

  test('are told to a topic that exists', () => {
    const topic = 'projects/acme/topics/new';
    const stack = synth((s) => void new ArtifactStore(s, 'Artifacts', PLACE).onObjectCreated('New', { topic }));
    expect(stack.all('google_pubsub_topic')).toEqual([]);
    expect(stack.only('google_storage_notification').topic).toBe(topic);
  });

  test('of a bucket that exists are told, too', () => {
    const attributes = { bucketName: 'acme', project: 'acme-ml-dev' };
    const stack = synth((s) => void ArtifactStore.fromArtifactStoreAttributes(s, 'Store', attributes).onObjectCreated('New'));
    expect(stack.only('google_storage_notification').bucket).toBe('acme');
  });

  test('of a bucket whose project is not known cannot be told', () => {
    synth((s) => {
      const made = ArtifactStore.fromArtifactStoreAttributes(s, 'Store', { bucketName: 'acme' });
      expect(() => made.onObjectCreated('New')).toThrow(
        "project: the storage service of the bucket's project is who publishes, and the project is not known; give project beside bucketName",
      );
    });
  });

  test('are not told to what is no topic', () => {
    synth((s) => {
      const made = new ArtifactStore(s, 'Artifacts', PLACE);
      expect(() => made.onObjectCreated('New', { topic: 'new' })).toThrow(
        'topic "new": not the path of a topic; write projects/P/topics/T',
      );
    });
  });
});

storeContract({
  ...ROOM,
  make: (stack, id, props) => new ArtifactStore(stack, id, { ...PLACE, ...props }),
  expiryOf: (rendered, folder) => {
    const bucket = rendered.resources.find((r) => r.type === 'google_storage_bucket')!.body as Json;
    return bucket.lifecycle_rule.find((r: Json) => r.action.type === 'Delete' && r.condition.matches_prefix?.includes(`${folder}/`))
      ?.condition.age;
  },
  isVersioned: (rendered) => (rendered.resources.find((r) => r.type === 'google_storage_bucket')!.body as Json).versioning.enabled,
});
