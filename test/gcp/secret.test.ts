import { Environment } from '../../lib/core';
import { Secret, SecretProps } from '../../lib/gcp/secret';
import { problemsOf } from '../contract/room';
import { secretContract } from '../contract/stores';
import { ALICE, PLACE, ROOM, Synthesized, synth } from './helper';

function secret(props: Partial<SecretProps> = {}): Synthesized {
  return synth((stack) => void new Secret(stack, 'Hub', { ...PLACE, ...props }));
}

describe('a secret', () => {
  test('is kept in its region', () => {
    expect(secret().only('google_secret_manager_secret')).toMatchObject({
      project: 'acme-ml-dev',
      secret_id: expect.stringMatching(/^hub-[0-9a-f]{8}$/),
      replication: { user_managed: { replicas: [{ location: 'europe-west4' }] } },
    });
  });

  test('has a first version that is no secret, so that Cloud Run deploys, and that Terraform never touches again', () => {
    expect(secret().only('google_secret_manager_secret_version')).toMatchObject({
      secret_data: 'no value yet',
      deletion_policy: 'ABANDON',
      lifecycle: { ignore_changes: 'all' },
    });
  });

  test('says how its value is put, without a value in the command', () => {
    expect(secret().output('PutCommand')).toMatch(
      /^gcloud secrets versions add hub-[0-9a-f]{8} --project acme-ml-dev --data-file=\/dev\/stdin$/,
    );
  });

  test('keeps what it is for, letter by letter', () => {
    const { annotations } = secret({ description: 'token of ${HUB}' }).only('google_secret_manager_secret');
    expect(annotations).toEqual({ description: 'token of $${HUB}' });
  });

  test.each([
    [Environment.DEV, false, undefined],
    [Environment.STAGING, false, undefined],
    [Environment.PROD, true, { prevent_destroy: true }],
  ])('in %s is protected: %s', (environment, deletion_protection, lifecycle) => {
    expect(secret({ environment }).only('google_secret_manager_secret')).toMatchObject({
      deletion_protection,
      ...(lifecycle && { lifecycle }),
    });
  });

  test('is read by those who were granted to, and by nobody else', () => {
    const stack = synth((s) => new Secret(s, 'Hub', PLACE).grants.read('Alice', ALICE));
    expect(stack.only('google_secret_manager_secret_iam_member')).toMatchObject({
      project: 'acme-ml-dev',
      secret_id: expect.stringMatching(/^\$\{google_secret_manager_secret\.\w+\.secret_id\}$/),
      role: 'roles/secretmanager.secretAccessor',
      member: ALICE.member,
    });
  });

  test('that exists is granted on, and left alone', () => {
    const stack = synth((s) => {
      const made = Secret.fromSecretAttributes(s, 'Hub', { project: 'shared-keys', secretId: 'api-key', version: '3' });
      made.grants.read('Alice', ALICE);
      expect([made.version, made.putCommand]).toEqual([
        '3',
        'gcloud secrets versions add api-key --project shared-keys --data-file=/dev/stdin',
      ]);
    });
    expect(stack.resources.map((r) => r.type)).toEqual(['google_secret_manager_secret_iam_member']);
    expect(stack.only('google_secret_manager_secret_iam_member')).toMatchObject({ project: 'shared-keys', secret_id: 'api-key' });
  });

  test('that exists is refused where it cannot', () => {
    const problems = problemsOf(() =>
      synth((s) => void Secret.fromSecretAttributes(s, 'Hub', { project: 'acme-ml-dev', secretId: 'projects/x/secrets/y', version: 'v1' })),
    );
    expect(problems).toMatchObject([
      { prop: 'secretId', reason: 'not the id of a secret', instead: 'write its last path segment only, such as api-key' },
      { prop: 'version', reason: 'not a version', instead: 'write a number, or leave it out' },
    ]);
  });

  test('with a description that is too long is refused', () => {
    expect(problemsOf(() => secret({ description: 'x'.repeat(5000) }))).toMatchObject([{ code: 'limit', prop: 'description' }]);
  });
});

secretContract({ ...ROOM, make: (stack, id, props) => new Secret(stack, id, { ...PLACE, ...props }) });
