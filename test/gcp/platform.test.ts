import { mkdtempSync, readFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { App as CdkApp, Stack } from 'aws-cdk-lib/core';
import { App, Testing } from 'cdktf';
import { Access, Cloud, Environment, MlPlatformProps } from '../../lib/core';
import { parity } from '../../lib/core/parity';
import { MlPlatform, MlPlatformStack } from '../../lib/gcp';
import { DECLARATION } from '../contract/platform';
import { problemsOf } from '../contract/room';
import { Json, Synthesized, synth } from './helper';

const GCP = DECLARATION.targets.gcp!;
const BARE: MlPlatformProps = { name: 'housing', targets: { gcp: GCP } };
const EXISTING = {
  network: { network: 'projects/shared/global/networks/n', subnetwork: 'projects/shared/regions/europe-west4/subnetworks/s' },
  artifactBucket: 'acme-artifacts',
  imageRepository: 'images',
};

function platform(props: MlPlatformProps, look?: (p: MlPlatform) => void): Synthesized {
  return synth((stack) => {
    const made = new MlPlatform(stack, 'Platform', props);
    look?.(made);
  });
}
function stack(props: Partial<MlPlatformProps>): Json {
  return JSON.parse(Testing.synth(new MlPlatformStack(Testing.app(), 'housing-dev-gcp', { ...DECLARATION, ...props })));
}

describe('a platform', () => {
  test('that declares nothing has a store and a dashboard', () => {
    const { resources } = platform(BARE);
    expect([...new Set(resources.map((r) => r.type))].sort()).toEqual([
      'google_monitoring_dashboard',
      'google_project_service',
      'google_storage_bucket',
    ]);
  });

  test('has no network if nothing trains and nothing is private', () => {
    const predict = { image: 'docker.io/acme/app:1', access: Access.PUBLIC };
    expect(platform({ ...BARE, inference: { predict } }).all('google_compute_network')).toEqual([]);
  });

  test('has no registry if nothing is built', () => {
    const predict = { image: 'docker.io/acme/app:1' };
    expect(platform({ ...BARE, inference: { predict } }).all('google_artifact_registry_repository')).toEqual([]);
  });

  test('makes nothing for what goes to other clouds', () => {
    const props = { ...DECLARATION, inference: {}, pipelines: {}, training: { t: { ...DECLARATION.training!.trainer, on: [Cloud.AWS] } } };
    const { resources } = platform(props);
    expect(resources.map((r) => r.type)).not.toEqual(expect.arrayContaining(['google_compute_network']));
  });

  test('links the repository in the connection that is named', () => {
    const gcp = { ...DECLARATION.targets.gcp!, existing: { repositoryConnection: 'acme-github' } };
    const [repository] = platform({ ...DECLARATION, targets: { gcp } }).all('google_cloudbuildv2_repository');
    expect(repository.parent_connection).toContain('acme-github');
  });

  test('hands out what it made, by the names in the declaration', () => {
    platform(DECLARATION, (p) => {
      expect(p.trainingCluster('trainer').workflowName).toMatch(/^training-trainer-/);
      expect(p.inferenceService('predict').project).toBe('acme-ml-dev');
      expect(p.buildPipeline('release').runCommand).toMatch(/^gcloud /);
      expect(p.artifacts.bucketName).toBeDefined();
      expect(p.registry).toBeDefined();
      expect(p.network).toBeDefined();
      expect(() => p.trainingCluster('trayner')).toThrow(
        'gcp.MlPlatform \'test/Platform\': training "trayner": nothing of this name is declared for Google Cloud; write trainer',
      );
    });
  });

  test('uses what exists already instead of making it', () => {
    const made = platform({ ...DECLARATION, targets: { gcp: { ...GCP, existing: EXISTING } } });
    for (const type of ['google_compute_network', 'google_compute_subnetwork', 'google_artifact_registry_repository'])
      expect(made.all(type)).toEqual([]);
    const { source_contents } = made.only('google_workflows_workflow');
    for (const theirs of [EXISTING.network.network, EXISTING.network.subnetwork, 'gs://acme-artifacts/data', '/acme-ml-dev/images/'])
      expect(source_contents).toContain(theirs);
  });

  test('labels jobs and machines with the tags', () => {
    const { source_contents } = platform(DECLARATION).only('google_workflows_workflow');
    expect(JSON.parse(source_contents.replace(/\$\$\{/g, '${')).main.steps[0].init.assign).toContainEqual({
      links: expect.arrayContaining([
        expect.objectContaining({
          allocationPolicy: expect.objectContaining({ labels: expect.objectContaining({ team: 'pricing', costcenter: '4711' }) }),
        }),
      ]),
    });
  });

  test('tells the problems of its foundation together with those of what stands on it', () => {
    const problems = problemsOf(() =>
      platform({
        ...DECLARATION,
        targets: {
          gcp: { ...GCP, existing: { network: { network: 'n', subnetwork: 's' }, artifactBucket: 'gs://b', imageRepository: 'a/b' } },
        },
        training: { trainer: { ...DECLARATION.training!.trainer, retries: 99, nodes: { min: 1 } } },
      }),
    );
    expect(problems.map((p) => p.prop)).toEqual([
      'targets.gcp.existing.network.network',
      'targets.gcp.existing.network.subnetwork',
      'targets.gcp.existing.artifactBucket',
      'targets.gcp.existing.imageRepository',
      'training.trainer.nodes.min',
      'training.trainer.retries',
    ]);
  });

  test('needs Google Cloud among its targets, and a real place there', () => {
    expect(() => platform({ ...BARE, targets: {} })).toThrow(
      "gcp.MlPlatform 'test/Platform': targets.gcp: the platform is not declared for Google Cloud; write targets: { gcp: { project: acme-ml-dev, region: europe-west4 } }",
    );
    expect(
      problemsOf(() => platform({ ...BARE, targets: { gcp: { project: 'P', region: 'europe-west4-a' } } })).map((p) => p.prop),
    ).toEqual(['targets.gcp.project', 'targets.gcp.region']);
  });
});

describe('the stack of a platform', () => {
  test('names project, region and labels to the provider once', () => {
    expect(stack({}).provider.google).toEqual([
      {
        project: 'acme-ml-dev',
        region: 'europe-west4',
        default_labels: { platform: 'housing', environment: 'dev', 'managed-by': 'mlops-constructs', team: 'pricing', costcenter: '4711' },
      },
    ]);
  });

  test('keeps its state in a file beside it, at a path of no machine', () => {
    expect(stack({}).terraform.backend).toEqual({ local: { path: '../../../terraform.housing-dev-gcp.tfstate' } });
  });

  test.each([
    [{}, 'housing-dev'],
    [{ prefix: 'ml/housing' }, 'ml/housing'],
  ])('keeps its state in a bucket if asked', (more, prefix) => {
    const { terraform } = stack({ targets: { gcp: { ...GCP, state: { bucket: 'acme-tfstate', ...more } } } });
    expect(terraform.backend).toEqual({ gcs: { bucket: 'acme-tfstate', prefix } });
  });

  test('says which tags had to change, and where the state is', () => {
    const app = new App({ outdir: mkdtempSync(join(tmpdir(), 'out-')), stackTraces: false });
    new MlPlatformStack(app, 'housing-dev-gcp', { ...BARE, tags: { team: 'pricing', costCenter: '4711', owner: 'A. Turing' } });
    const report = parity.report(app);
    expect(report.filter((e) => e.kind === 'approximated').map((e) => [e.path, e.became])).toEqual([
      ['tags.costCenter', 'label costcenter: 4711'],
      ['tags.owner', 'label owner: a--turing'],
    ]);
    expect(report).toContainEqual(
      expect.objectContaining({ path: 'targets.gcp.state', became: 'state in a file beside the stack, which suits one person only' }),
    );
  });

  test.each([
    [{ team: 'a', Team: 'b' }, 'tags.Team'],
    [{ '42': 'a' }, 'tags.42'],
    [{ Platform: 'x' }, 'tags.Platform'],
  ])('refuses the tags %j', (tags, prop) => {
    expect(problemsOf(() => stack({ tags: tags as never })).map((p) => p.prop)).toEqual([prop]);
  });

  test('tells problems of the tags together with those of the platform', () => {
    const training = { trainer: { ...DECLARATION.training!.trainer, retries: 99 } };
    expect(problemsOf(() => stack({ tags: { '42': 'a' }, training })).map((p) => p.prop)).toEqual(['tags.42', 'training.trainer.retries']);
  });

  test('protects in prod what holds data', () => {
    const { resource } = stack({ environment: Environment.PROD });
    for (const type of ['google_storage_bucket', 'google_artifact_registry_repository'])
      expect(
        Object.entries<Json>(resource[type]).filter(([id, r]) => !id.includes('ImageBuilder') && !r.lifecycle?.prevent_destroy),
      ).toEqual([]);
    expect(Object.values<Json>(resource.google_workflows_workflow)[0].deletion_protection).toBe(true);
  });

  test('needs Google Cloud among its targets, and an App of cdktf', () => {
    expect(() => stack({ targets: {} })).toThrow('gcp.MlPlatformStack');
    expect(() => new MlPlatformStack(new Stack(new CdkApp(), 'wrong'), 'x', BARE)).toThrow(/there is no App of cdktf above it/);
  });

  test('carries no path of this machine', () => {
    const outdir = mkdtempSync(join(tmpdir(), 'out-'));
    const app = new App({ outdir, stackTraces: false });
    new MlPlatformStack(app, 'housing-dev-gcp', DECLARATION);
    app.synth();
    const text = readFileSync(join(outdir, 'stacks', 'housing-dev-gcp', 'cdk.tf.json'), 'utf8');
    for (const path of [process.cwd(), tmpdir(), outdir]) expect(text).not.toContain(`${path}/`);
  });
});
