import { mkdtempSync, readFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { App as CdkApp, Stack } from 'aws-cdk-lib/core';
import { App, Testing } from 'cdktf';
import { Access, Cloud, Environment, FeatureType, FileSystemKind, MlPlatformProps, TrackingEngine } from '../../lib/core';
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

describe('the data plane of a platform', () => {
  const TRAINER = { image: 'docker.io/acme/train:1', accelerator: { memoryGib: 24 } };
  const PREDICT = { image: 'docker.io/acme/app:1' };
  const SCRATCH = { scratch: { kind: FileSystemKind.POSIX } };

  test('keeps artifacts as declared', () => {
    const artifacts = { versioned: false, expireCheckpointsAfter: '30d', expireCaptureAfter: '90d' };
    const bucket = platform({ ...BARE, storage: { artifacts } }).only('google_storage_bucket');
    expect(bucket.versioning).toEqual({ enabled: false });
    expect(
      bucket.lifecycle_rule.flatMap((r: Json) => (r.condition.matches_prefix ? [[...r.condition.matches_prefix, r.condition.age]] : [])),
    ).toEqual([
      ['checkpoints/', 30],
      ['capture/', 90],
    ]);
  });

  test('mounts file systems where they are declared, and gives a service the network for that', () => {
    const made = platform({
      ...BARE,
      storage: { shared: SCRATCH },
      training: { trainer: { ...TRAINER, mounts: { scratch: '/mnt/scratch' } } },
      inference: { predict: { ...PREDICT, mounts: { scratch: '/mnt/scratch' } }, plain: PREDICT },
    });
    expect(made.only('google_workflows_workflow').source_contents).toContain('"mountPath":"/mnt/scratch"');
    const [predict, plain] = ['Predict', 'Plain'].map((name) => made.find('google_cloud_run_v2_service', name).template);
    expect(predict.volumes).toHaveLength(1);
    expect([predict.vpc_access !== undefined, plain.vpc_access !== undefined]).toEqual([true, false]);
  });

  test('has a network for a file system that nothing mounts yet, and private services access for a parallel one', () => {
    const shared = (kind: FileSystemKind) => platform({ ...BARE, storage: { shared: { scratch: { kind } } } });
    expect(shared(FileSystemKind.POSIX).all('google_compute_network')).toHaveLength(1);
    expect(shared(FileSystemKind.POSIX).all('google_service_networking_connection')).toEqual([]);
    expect(shared(FileSystemKind.PARALLEL).all('google_service_networking_connection')).toHaveLength(1);
  });

  test('links a parallel file system to the store', () => {
    const made = platform({ ...BARE, storage: { shared: { fast: { kind: FileSystemKind.PARALLEL, size: '1.2TiB', throughput: 250 } } } });
    expect(made.output('ImportCommand')).toMatch(/^gcloud lustre instances import-data storage-shared-fast-/);
    expect(made.only('google_lustre_instance')).toMatchObject({ capacity_gib: '36000', per_unit_storage_throughput: '250' });
  });

  test('hands secrets to jobs and services, and their values to nothing', () => {
    const made = platform({
      ...BARE,
      secrets: { hub: { description: 'token of the hub' } },
      training: { trainer: { ...TRAINER, secrets: { HF_TOKEN: 'hub' } } },
      inference: { predict: { ...PREDICT, secrets: { HF_TOKEN: 'hub' } } },
    });
    expect(made.all('google_secret_manager_secret_iam_member')).toHaveLength(2);
    expect(made.only('google_workflows_workflow').source_contents).toContain('"secretVariables":{"HF_TOKEN":');
    expect(made.only('google_cloud_run_v2_service').template.containers[0].env).toMatchObject([{ name: 'HF_TOKEN' }]);
    expect(made.only('google_secret_manager_secret_version').secret_data).toBe('no value yet');
  });

  test('has the registry that is declared, and pulls through it', () => {
    const made = platform({
      ...BARE,
      registry: { immutableTags: true, imagesKept: 7, pullThrough: ['quay.io'] },
      inference: { predict: { image: 'quay.io/acme/app:1' } },
    });
    expect(made.all('google_artifact_registry_repository').map((r) => r.docker_config)).toEqual([{ immutable_tags: true }, undefined]);
    expect(made.only('google_cloud_run_v2_service').template.containers[0].image).toMatch(/\/quay-io-registry-[0-9a-f]{8}\/acme\/app:1$/);
  });

  test('hands out what it made', () => {
    platform({ ...BARE, storage: { shared: SCRATCH }, secrets: { hub: {} } }, (p) => {
      expect(p.sharedFileSystem('scratch').kind).toBe('posix');
      expect(p.secret('hub').putCommand).toMatch(/^gcloud secrets versions add secrets-hub-/);
    });
  });

  test('refuses what Google Cloud cannot mount, and what nothing lets into a network that exists', () => {
    const problems = problemsOf(() =>
      platform({
        ...BARE,
        targets: { gcp: { ...GCP, existing: { network: EXISTING.network } } },
        storage: { shared: { fast: { kind: FileSystemKind.PARALLEL } } },
        training: { trainer: { ...TRAINER, mounts: { fast: '/mnt/fast' } } },
      }),
    );
    expect(problems.map((p) => p.prop)).toEqual(['targets.gcp.existing.network']);
    const here = { shared: { fast: { kind: FileSystemKind.PARALLEL } } };
    const mounted = () => platform({ ...BARE, storage: here, training: { trainer: { ...TRAINER, mounts: { fast: '/mnt/fast' } } } });
    expect(problemsOf(mounted)).toMatchObject([{ prop: 'training.trainer.mounts', value: '/mnt/fast', code: 'unsupported' }]);
  });

  test('uses the private services access that an existing network has', () => {
    const network = { ...EXISTING.network, servicesRange: 'services', cidr: '10.9.0.0/24' };
    const made = platform({
      ...BARE,
      targets: { gcp: { ...GCP, existing: { network } } },
      storage: { shared: { fast: { kind: FileSystemKind.PARALLEL }, ...SCRATCH } },
    });
    expect(made.all('google_service_networking_connection')).toEqual([]);
    expect(made.only('google_filestore_instance').file_shares.nfs_export_options[0].ip_ranges).toEqual(['10.9.0.0/24']);
  });

  const TRACKED: MlPlatformProps = {
    ...BARE,
    tracking: { mlflow: {} },
    models: { housing: {} },
    training: { trainer: { ...TRAINER, model: 'housing' } },
    inference: {
      predict: { ...PREDICT, access: Access.PUBLIC, model: 'models:/housing/production' },
      plain: { ...PREDICT, access: Access.PUBLIC },
    },
  };

  test('has a tracking server that jobs and services with a model use, and that is watched', () => {
    const made = platform(TRACKED, (p) => {
      expect(p.tracking?.privateAccess).toBe(true);
      expect(p.modelRegistry('housing').modelName).toBe('housing');
    });
    const { source_contents } = made.only('google_workflows_workflow');
    for (const variable of ['MLFLOW_TRACKING_URI', 'MLFLOW_TRACKING_AUTH', 'ML_MODEL_NAME'])
      expect(source_contents).toContain(`"${variable}":`);
    const envOf = (name: string) =>
      (made.find('google_cloud_run_v2_service', name).template.containers[0].env ?? []).map((e: Json) => e.name);
    expect(envOf('Predict')).toEqual(expect.arrayContaining(['MLFLOW_TRACKING_URI', 'ML_MODEL_URI']));
    expect(envOf('Plain')).toEqual([]);
    const inside = (name: string) => made.find('google_cloud_run_v2_service', name).template.vpc_access !== undefined;
    expect([inside('Predict'), inside('Plain')]).toEqual([true, false]);
    expect(made.all('google_monitoring_alert_policy').some((a) => /mlflow/.test(a.display_name))).toBe(true);
  });

  test('uses the tracking server that exists, for pipelines too, and gives no network for it', () => {
    const made = platform({
      ...TRACKED,
      targets: { gcp: { ...GCP, existing: { mlflow: 'https://mlflow.example.com' } } },
      pipelines: { release: { repository: { owner: 'acme', name: 'housing', branch: 'main' } } },
    });
    expect(made.all('google_sql_database_instance')).toEqual([]);
    expect(made.find('google_cloud_run_v2_service', 'Predict').template.vpc_access).toBeUndefined();
    expect(JSON.stringify(made.all('google_cloudbuild_trigger'))).toContain('MLFLOW_TRACKING_URI');
  });

  test('uses the database that exists', () => {
    const database = { instance: 'mlflow', host: '10.0.0.7' };
    const made = platform({ ...TRACKED, targets: { gcp: { ...GCP, existing: { database } } } });
    expect(made.all('google_sql_database_instance')).toEqual([]);
    expect(made.text).toContain('10.0.0.7');
  });

  test('says of a tracking server that is refused what is wrong with it, and nothing that follows from that', () => {
    const problems = problemsOf(() => platform({ ...TRACKED, tracking: { mlflow: { engine: TrackingEngine.MANAGED } } }));
    expect(problems.map((p) => p.prop)).toEqual(['tracking.mlflow.engine']);
  });

  test('has no models without a tracking server', () => {
    expect(problemsOf(() => platform({ ...BARE, models: { housing: {} } }))).toMatchObject([
      { prop: 'tracking', code: 'missing', instead: 'declare tracking: { mlflow: {} }' },
    ]);
  });

  test('has one online store for all features that are online', () => {
    const group = { entity: { name: 'id' }, eventTime: 'at', features: { rooms: FeatureType.INT } };
    const features = { one: { ...group, online: true }, two: { ...group, online: true }, three: group };
    let entries: Json[] = [];
    const made = platform({ ...BARE, features }, (p) => {
      expect(p.featureStore('three').grants).toBeDefined();
      entries = parity.report(p);
    });
    expect(made.all('google_vertex_ai_feature_online_store')).toHaveLength(1);
    expect(made.all('google_vertex_ai_feature_online_store_featureview')).toHaveLength(2);
    expect(entries.filter((e) => e.path === '')).toEqual([]);
  });

  test('changes nothing about what exists already, and says so', () => {
    let entries: Json[] = [];
    const made = platform(
      {
        ...BARE,
        targets: { gcp: { ...GCP, existing: EXISTING } },
        storage: { artifacts: { versioned: true, expireCheckpointsAfter: '30d' } },
        registry: { pullThrough: ['quay.io'] },
      },
      (p) => {
        entries = parity.report(p).filter((e) => e.kind === 'refused');
      },
    );
    expect(made.all('google_storage_bucket')).toEqual([]);
    expect(made.all('google_artifact_registry_repository')).toEqual([]);
    const reason = (name: string) => `targets.gcp.existing.${name} names one that exists, which the platform does not change`;
    expect(entries.map((e) => [e.path, e.reason])).toEqual([
      ['registry.pullThrough', reason('imageRepository')],
      ['storage.artifacts.expireCheckpointsAfter', reason('artifactBucket')],
      ['storage.artifacts.versioned', reason('artifactBucket')],
    ]);
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
    [{ team: 'a', Team: 'b' }, 'tags.team'],
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

  test('needs a Terraform that knows all that is in it', () => {
    expect(stack({}).terraform.required_version).toBe('>= 1.5.0');
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
