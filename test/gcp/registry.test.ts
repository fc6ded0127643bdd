import { Environment } from '../../lib/core';
import { ImageRegistry, ImageRegistryProps } from '../../lib/gcp/registry';
import { problemsOf } from '../contract/room';
import { ALICE, PLACE, Synthesized, synth } from './helper';

function registry(props: Partial<ImageRegistryProps> = {}): Synthesized {
  return synth((stack) => void new ImageRegistry(stack, 'Images', { ...PLACE, ...props }));
}

describe('an image registry', () => {
  test('is a Docker repository that is scanned', () => {
    const stack = registry();
    expect(stack.only('google_artifact_registry_repository')).toMatchObject({
      project: 'acme-ml-dev',
      location: 'europe-west4',
      format: 'DOCKER',
      repository_id: expect.stringMatching(/^images-[0-9a-f]{8}$/),
      docker_config: { immutable_tags: false },
      vulnerability_scanning_config: { enablement_config: 'INHERITED' },
    });
    expect(stack.all('google_project_service').map((s) => s.service)).toEqual([
      'artifactregistry.googleapis.com',
      'containerscanning.googleapis.com',
    ]);
  });

  test.each([
    [Environment.DEV, 10, undefined],
    [Environment.STAGING, 20, undefined],
    [Environment.PROD, 50, { prevent_destroy: true }],
  ])('in %s keeps the newest %s versions of each image', (environment, count, lifecycle) => {
    const repository = registry({ environment }).only('google_artifact_registry_repository');
    expect(repository.cleanup_policies).toEqual([
      { id: 'keep-newest', action: 'KEEP', most_recent_versions: { keep_count: count } },
      { id: 'delete-others', action: 'DELETE', condition: { tag_state: 'ANY', older_than: '86400s' } },
    ]);
    expect(repository.cleanup_policy_dry_run).toBe(false);
    expect(repository.lifecycle).toEqual(lifecycle);
  });

  test('takes tags, scanning and key as asked', () => {
    const stack = registry({ immutableTags: true, scanning: false, kmsKeyName: 'projects/p/locations/l/keyRings/k/cryptoKeys/c' });
    expect(stack.only('google_artifact_registry_repository')).toMatchObject({
      docker_config: { immutable_tags: true },
      vulnerability_scanning_config: { enablement_config: 'DISABLED' },
      kms_key_name: 'projects/p/locations/l/keyRings/k/cryptoKeys/c',
    });
    expect(stack.all('google_project_service')).toHaveLength(1);
  });

  test('grants to pull and to push on itself only', () => {
    const stack = synth((s) => {
      const made = new ImageRegistry(s, 'Images', PLACE);
      made.grants.pull('Pull', ALICE);
      made.grants.push('Push', ALICE);
    });
    const members = stack.all('google_artifact_registry_repository_iam_member');
    expect(members.map((m) => m.role)).toEqual(['roles/artifactregistry.reader', 'roles/artifactregistry.writer']);
    for (const m of members)
      expect(m).toMatchObject({ location: 'europe-west4', repository: expect.stringMatching(/repository_id\}$/), member: ALICE.member });
  });

  test('refuses a zone', () => {
    expect(() => registry({ region: 'europe-west4-b' })).toThrow(
      'gcp.ImageRegistry \'test/Images\': region "europe-west4-b": it is a zone; write europe-west4',
    );
  });
});

describe('a registry that exists already', () => {
  test('makes nothing but what is granted on it', () => {
    const stack = synth((s) => {
      const made = ImageRegistry.fromImageRegistryAttributes(s, 'Images', { ...PLACE, repositoryId: 'images' });
      expect(made.repositoryUrl).toBe('europe-west4-docker.pkg.dev/acme-ml-dev/images');
      made.grants.pull('Alice', ALICE);
    });
    expect(stack.resources.map((r) => r.type)).toEqual(['google_artifact_registry_repository_iam_member']);
  });

  test('is refused by its path', () => {
    const path = 'projects/p/locations/l/repositories/images';
    expect(problemsOf(() => synth((s) => ImageRegistry.fromImageRegistryAttributes(s, 'I', { ...PLACE, repositoryId: path })))).toEqual([
      expect.objectContaining({ prop: 'repositoryId', instead: 'write its last path segment only, such as images' }),
    ]);
  });
});

describe('a cache of public registries', () => {
  const HOSTS = ['docker.io', 'quay.io'];

  test('is a remote repository for each', () => {
    const caches = registry({ pullThrough: HOSTS })
      .all('google_artifact_registry_repository')
      .filter((r) => r.mode === 'REMOTE_REPOSITORY');
    expect(caches.map((c) => [c.repository_id, c.remote_repository_config.docker_repository])).toEqual([
      [expect.stringMatching(/^docker-io-images-[0-9a-f]{8}$/), { public_repository: 'DOCKER_HUB' }],
      [expect.stringMatching(/^quay-io-images-[0-9a-f]{8}$/), { custom_repository: { uri: 'https://quay.io' } }],
    ]);
    expect(caches[0].cleanup_policies).toEqual([
      { id: 'delete-old', action: 'DELETE', condition: { tag_state: 'ANY', older_than: '2592000s' } },
    ]);
  });

  test.each([
    ['quay.io/acme/app:1.0', /^europe-west4-docker\.pkg\.dev\/acme-ml-dev\/quay-io-images-[0-9a-f]{8}\/acme\/app:1\.0$/],
    ['python:3.12', /\/docker-io-images-[0-9a-f]{8}\/library\/python:3\.12$/],
    ['pytorch/pytorch@sha256:0a', /\/docker-io-images-[0-9a-f]{8}\/pytorch\/pytorch@sha256:0a$/],
    ['index.docker.io/library/python', /\/docker-io-images-[0-9a-f]{8}\/library\/python$/],
    ['ghcr.io/acme/app', /^ghcr\.io\/acme\/app$/],
    ['localhost:5000/app', /^localhost:5000\/app$/],
    ['${TfToken[1]}', /^\$\{TfToken\[1\]\}$/],
  ])('has %s', (reference, cached) => {
    synth((s) => expect(new ImageRegistry(s, 'Images', { ...PLACE, pullThrough: HOSTS }).throughCache(reference)).toMatch(cached));
  });

  test('is pulled from by those who may pull from the registry, and pushed to by nobody', () => {
    const stack = synth((s) => {
      const made = new ImageRegistry(s, 'Images', { ...PLACE, pullThrough: HOSTS });
      made.grants.pull('Pull', ALICE);
      made.grants.push('Push', ALICE);
    });
    expect(stack.all('google_artifact_registry_repository_iam_member').map((m) => m.role.split('.')[1])).toEqual([
      'reader',
      'reader',
      'reader',
      'writer',
    ]);
  });

  test('of a repository that exists there is none', () => {
    synth((s) => {
      const made = ImageRegistry.fromImageRegistryAttributes(s, 'Images', { ...PLACE, repositoryId: 'images' });
      expect(made.throughCache('quay.io/acme/app')).toBe('quay.io/acme/app');
    });
  });
});

test('another project pulls by its service accounts and the agents of its services', () => {
  const stack = synth((s) => new ImageRegistry(s, 'Images', PLACE).grants.pullFromProject('Shop', '123456789'));
  expect(stack.all('google_artifact_registry_repository_iam_member').map((m) => [m.role, m.member])).toEqual(
    ['ServiceAccount', 'ServiceAgent'].map((type) => [
      'roles/artifactregistry.reader',
      `principalSet://cloudresourcemanager.googleapis.com/projects/123456789/type/${type}`,
    ]),
  );
});

test('another project is named by its number', () => {
  synth((s) => {
    const { grants } = new ImageRegistry(s, 'Images', PLACE);
    expect(() => grants.pullFromProject('Shop', 'acme-shop')).toThrow(
      'projectNumber "acme-shop": not the number of a project; write what gcloud projects describe shows as projectNumber',
    );
  });
});

test('as many versions of an image are kept as asked for', () => {
  const { cleanup_policies } = registry({ imagesKept: 7 }).only('google_artifact_registry_repository');
  expect(cleanup_policies[0].most_recent_versions).toEqual({ keep_count: 7 });
});

test.each<[Partial<ImageRegistryProps>, string]>([
  [{ imagesKept: 0 }, 'imagesKept 0: not a whole number of at least 1; write 1 or more'],
  [
    { pullThrough: ['https://quay.io'] },
    'pullThrough "https://quay.io": not the host of a registry; write it without https:// and without a path, such as quay.io',
  ],
  [{ pullThrough: ['quay.io', 'quay.io'] }, 'pullThrough ["quay.io","quay.io"]: names a registry twice; write each once'],
])('a registry refuses %j', (props, message) => {
  expect(() => registry(props)).toThrow(`gcp.ImageRegistry 'test/Images': ${message}`);
});
