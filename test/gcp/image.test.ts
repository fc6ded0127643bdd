import { execFileSync, spawnSync } from 'child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { GoogleProvider } from '@cdktf/provider-google/lib/provider';
import { App, TerraformStack } from 'cdktf';
import { ContainerImage } from '../../lib/core';
import { imageReference } from '../../lib/gcp/private/image';
import { ImageRegistry } from '../../lib/gcp/registry';
import { FakeRegistry, Json, PLACE, synth, Synthesized } from './helper';

const APP = join(__dirname, '..', 'contract', 'fixtures', 'app');
const TAG = '7ff6da7f7068959f';

function build(directory = APP): Synthesized {
  return synth((stack) => {
    const registry = new ImageRegistry(stack, 'Images', PLACE);
    imageReference(registry, 'Image', ContainerImage.fromDirectory(directory), registry, PLACE);
  });
}
const provisioner = (stack: Synthesized): Json => stack.only('terraform_data').provisioner[0]['local-exec'];

describe('an image', () => {
  test('that is a reference is taken as it is', () => {
    const stack = synth((s) => {
      const image = imageReference(s, 'Image', ContainerImage.fromReference('ghcr.io/acme/app:1'), undefined, PLACE);
      expect(image).toEqual({ reference: 'ghcr.io/acme/app:1', dependsOn: [] });
    });
    expect(stack.resources).toEqual([]);
  });

  test('that is a directory is named after its construct and its content', () => {
    synth((s) => {
      const image = imageReference(new FakeRegistry(s, 'MyApp'), 'I', ContainerImage.fromDirectory(APP), new FakeRegistry(s, 'R'), PLACE);
      expect(image.reference).toBe(`europe-west4-docker.pkg.dev/acme-ml-dev/images/my-app:${TAG}`);
      expect(image.dependsOn).toHaveLength(1);
    });
  });

  test('is built again when its content changes', () => {
    const changed = mkdtempSync(join(tmpdir(), 'app-'));
    cpSync(APP, changed, { recursive: true });
    expect(build(changed).only('terraform_data').triggers_replace).toEqual(build().only('terraform_data').triggers_replace);
    writeFileSync(join(changed, 'app.txt'), 'two\n');
    expect(build(changed).only('terraform_data').triggers_replace).not.toEqual(build().only('terraform_data').triggers_replace);
  });

  test('is built by an account that may push to the registry, read the sources, and log', () => {
    const stack = build();
    expect(stack.only('google_artifact_registry_repository_iam_member')).toMatchObject({
      role: 'roles/artifactregistry.writer',
      member: expect.stringContaining('MlImageBuilder'),
    });
    expect(stack.only('google_storage_bucket_iam_member').role).toBe('roles/storage.objectViewer');
    expect(stack.only('google_project_iam_member').role).toBe('roles/logging.logWriter');
    const config = JSON.parse(provisioner(stack).environment.BUILD_CONFIG);
    expect(config).toMatchObject({
      images: [expect.stringMatching(`/images:${TAG}$`)],
      serviceAccount: expect.stringMatching(/^projects\/acme-ml-dev\/serviceAccounts\/\$\{.*\.email\}$/),
      options: { logging: 'CLOUD_LOGGING_ONLY' },
    });
    expect(stack.only('terraform_data').depends_on).toEqual(
      expect.arrayContaining([expect.stringMatching(/^google_artifact_registry_repository_iam_member/)]),
    );
  });

  test('shares the builder of its stack', () => {
    const stack = synth((s) => {
      const registry = new ImageRegistry(s, 'Images', PLACE);
      for (const id of ['One', 'Two']) imageReference(registry, id, ContainerImage.fromDirectory(APP), registry, PLACE);
    });
    expect(stack.all('terraform_data')).toHaveLength(2);
    expect(stack.all('google_service_account')).toHaveLength(1);
    expect(stack.all('google_artifact_registry_repository_iam_member')).toHaveLength(1);
  });

  test('is written without caches and virtual environments, and gcloud is told to upload all of it', () => {
    const directory = mkdtempSync(join(tmpdir(), 'app-'));
    cpSync(APP, directory, { recursive: true });
    mkdirSync(join(directory, '.venv', 'lib'), { recursive: true });
    writeFileSync(join(directory, '.venv', 'lib', 'big.py'), '');
    writeFileSync(join(directory, '.gitignore'), '*.txt\n');
    const outdir = mkdtempSync(join(tmpdir(), 'out-'));
    const app = new App({ outdir, stackTraces: false });
    const stack = new TerraformStack(app, 'test');
    new GoogleProvider(stack, 'Google');
    imageReference(stack, 'Image', ContainerImage.fromDirectory(directory), new FakeRegistry(stack, 'Images'), PLACE);
    app.synth();
    const assets = join(outdir, 'stacks', 'test', 'assets');
    const [asset] = readdirSync(assets);
    const [hash] = readdirSync(join(assets, asset));
    expect(readdirSync(join(assets, asset, hash)).sort()).toEqual(['.gcloudignore', '.gitignore', 'Dockerfile', 'app.txt']);
  });
});

describe('the build', () => {
  const work = mkdtempSync(join(tmpdir(), 'build-'));
  const bin = join(work, 'bin');
  const log = join(work, 'log');
  const run = (gcloud: string | undefined, env: { [name: string]: string } = {}) => {
    mkdirSync(bin, { recursive: true });
    writeFileSync(log, '');
    for (const tool of ['sh', 'cat', 'grep', 'mktemp', 'printenv', 'rm', 'sleep'])
      if (!existsSync(join(bin, tool)))
        writeFileSync(join(bin, tool), `#!/bin/sh\nexec ${execFileSync('which', [tool]).toString().trim()} "$@"\n`);
    writeFileSync(join(bin, 'gcloud'), `#!/bin/sh\necho "$@" >>${log}\n${gcloud ?? ''}\n`);
    writeFileSync(join(bin, 'sleep'), '#!/bin/sh\nexit 0\n');
    readdirSync(bin).forEach((f) => chmodSync(join(bin, f), 0o755));
    if (gcloud === undefined) execFileSync('rm', [join(bin, 'gcloud')]);
    const { command, environment } = provisioner(build());
    const r = spawnSync('/bin/sh', ['-c', command], { cwd: work, env: { ...environment, PATH: bin, ...env }, encoding: 'utf8' });
    return { ...r, calls: execFileSync('cat', [log], { encoding: 'utf8' }) };
  };
  const SIGNED_IN = 'if [ "$1" = auth ]; then echo me@example.com; exit 0; fi';

  test('says loudly that the image was not built where there is no gcloud, and how to build it', () => {
    const r = run(undefined);
    expect(r.status).toBe(0);
    expect(r.stderr).toContain('WARNING: image');
    expect(r.stderr).toContain('NOT built');
    expect(r.stderr).toMatch(/gcloud builds submit assets\/\S+ --tag \S+:7ff6da7f7068959f --project acme-ml-dev --region europe-west4/);
  });

  test.each([
    ['nobody is signed in', 'if [ "$1" = auth ]; then exit 0; fi', {}],
    ['it is switched off', SIGNED_IN, { MLOPS_SKIP_IMAGE_BUILD: '1' }],
  ])('is passed over where %s', (_, gcloud, env) => {
    const r = run(gcloud, env);
    expect({ status: r.status, submitted: r.calls.includes('builds submit') }).toEqual({ status: 0, submitted: false });
    expect(r.stderr).toContain('NOT built');
  });

  test('does nothing where the image exists', () => {
    const r = run(SIGNED_IN);
    expect({ status: r.status, submitted: r.calls.includes('builds submit') }).toEqual({ status: 0, submitted: false });
  });

  const ABSENT = `${SIGNED_IN}\nif [ "$1" = artifacts ]; then exit 1; fi`;

  test('submits the sources with the account', () => {
    const r = run(ABSENT);
    expect(r.status).toBe(0);
    expect(r.calls).toMatch(
      /builds submit assets\/\S+ --config \S+\/build.json --gcs-source-staging-dir gs:\/\/\S+ --project acme-ml-dev --region europe-west4/,
    );
  });

  test('fails at once where the build fails', () => {
    const r = run(`${ABSENT}\nif [ "$1" = builds ]; then echo "step 2 failed"; exit 1; fi`);
    expect(r.status).toBe(1);
    expect(r.stderr).toContain('step 2 failed');
    expect(r.calls.match(/builds submit/g)).toHaveLength(1);
  });

  test('waits for permissions that were granted a moment ago', () => {
    const r = run(`${ABSENT}\nif [ "$1" = builds ]; then echo "PERMISSION_DENIED"; exit 1; fi`);
    expect(r.status).toBe(1);
    expect(r.calls.match(/builds submit/g)).toHaveLength(4);
  });
});
