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
