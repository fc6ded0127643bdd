// Endpoints, pipelines, monitoring, and the platform that wires everything.
import { declaration } from '../declaration.mjs';
import { PLACE, PROJECT, REGION } from './names.mjs';

const IMAGE = `${REGION}-docker.pkg.dev/${PROJECT}/ml/predict:1.4`;
const GITHUB = { provider: 'github', owner: 'acme', name: 'housing' };
const secretVersion = (name) => `projects/${PROJECT}/secrets/${name}/versions/latest`;

export const control = {
  'CloudRunInference minimal': ({ gcp, core, stack }) => {
    new gcp.CloudRunInference(stack, 'Predict', { ...PLACE, image: core.ContainerImage.fromReference(IMAGE) });
  },
  'CloudRunInference maximal': ({ gcp, core, stack, network, registry, tracking, files, secret, someone }) => {
    const service = new gcp.CloudRunInference(stack, 'Predict', {
      ...PLACE,
      network,
      registry,
      tracking,
      environment: core.Environment.PROD,
      image: core.ContainerImage.fromReference(IMAGE),
      imageOwner: core.ImageOwner.STACK,
      port: 9000,
      healthPath: '/ready',
      accelerator: core.Accelerator.L4,
      cpu: 8,
      memory: core.Size.gibibytes(32),
      concurrency: 16,
      timeout: core.Duration.minutes(5),
      startTimeout: core.Duration.minutes(2),
      minInstances: 1,
      maxInstances: 5,
      access: core.Access.AUTHENTICATED,
      rollout: core.Rollout.canary({ percent: 20, interval: core.Duration.minutes(5) }),
      allTrafficThroughNetwork: true,
      serviceAccountEmail: `predict@${PROJECT}.iam.gserviceaccount.com`,
      env: { LOG_LEVEL: 'info' },
      secrets: { API_KEY: secret },
      mounts: { '/mnt/scratch': files },
      model: core.ModelReference.parse('models:/housing/production'),
    });
    service.grants.invoke('Invoker', someone);
    service.grants.deploy('Deployer', someone);
    for (const metric of ['InstanceCount', 'RequestCount', 'RequestLatencies']) service[`metric${metric}`]();
  },
  'CloudRunInference maximal, public, without a GPU': ({ gcp, core, stack }) => {
    new gcp.CloudRunInference(stack, 'Predict', {
      ...PLACE,
      environment: core.Environment.STAGING,
      image: core.ContainerImage.fromReference(IMAGE),
      imageOwner: core.ImageOwner.PIPELINE,
      access: core.Access.PUBLIC,
      rollout: core.Rollout.allAtOnce(),
      cpuAlwaysAllocated: true,
    });
  },
  'CloudRunInference maximal, private, built from a directory': ({ gcp, core, stack, registry }) => {
    new gcp.CloudRunInference(stack, 'Predict', {
      ...PLACE,
      registry,
      network: new gcp.MlNetwork(stack, 'Own', PLACE),
      image: core.ContainerImage.fromDirectory('examples/housing/app'),
      access: core.Access.PRIVATE,
      rollout: core.Rollout.blueGreen(),
    });
  },

  'SourceRepository minimal': ({ gcp, stack }) => {
    new gcp.SourceRepository(stack, 'Source', { ...PLACE, repository: GITHUB });
  },
  'SourceRepository maximal': ({ gcp, core, stack }) => {
    new gcp.SourceRepository(stack, 'GitHub', {
      ...PLACE,
      repository: { ...GITHUB, branch: 'main' },
      tokenSecretVersion: secretVersion('github'),
      githubAppInstallationId: 1234567,
    });
    new gcp.SourceRepository(stack, 'Connected', { ...PLACE, repository: { ...GITHUB, name: 'other' }, connection: 'acme-github' });
    for (const provider of [core.RepositoryProvider.GITLAB, core.RepositoryProvider.BITBUCKET])
      new gcp.SourceRepository(stack, provider, {
        ...PLACE,
        repository: { ...GITHUB, provider },
        tokenSecretVersion: secretVersion(provider),
        readTokenSecretVersion: secretVersion(`${provider}-read`),
        webhookSecretVersion: secretVersion(`${provider}-hook`),
      });
  },

  'BuildPipeline minimal': ({ gcp, stack, registry }) => {
    new gcp.BuildPipeline(stack, 'Release', { ...PLACE, registry, repository: GITHUB });
  },
  'BuildPipeline maximal': ({ gcp, core, stack, registry, tracking, someone }) => {
    const pipeline = new gcp.BuildPipeline(stack, 'Release', {
      ...PLACE,
      registry,
      tracking,
      environment: core.Environment.PROD,
      service: gcp.CloudRunInference.fromCloudRunInferenceAttributes(stack, 'Theirs', {
        ...PLACE,
        serviceName: 'predict',
        url: 'https://predict.example.com',
        serviceAccountEmail: `predict@${PROJECT}.iam.gserviceaccount.com`,
        access: core.Access.PUBLIC,
        healthPath: '/ready',
        maxInstances: 20,
        rollout: core.Rollout.canary(),
      }),
      repository: { ...GITHUB, branch: 'release' },
      source: gcp.SourceRepository.fromSourceRepositoryAttributes(stack, 'Source', {
        repositoryId: `projects/${PROJECT}/locations/${REGION}/connections/github/repositories/acme-housing`,
      }),
      directory: 'services/predict',
      context: 'services',
      stages: Object.values(core.PipelineStage),
      lintCommands: ['ruff check .'],
      testCommands: ['pytest'],
      approval: true,
      imageName: 'housing',
      toolImage: 'python:3.12',
      workerPool: `projects/${PROJECT}/locations/${REGION}/workerPools/ml`,
      timeout: core.Duration.hours(2),
      smokeTest: true,
      rollbackErrorPercent: 2,
      startOnApproval: [new gcp.ModelRegistry(stack, 'Model', { tracking, modelName: 'housing' })],
    });
    pipeline.grants.run('Runner', someone);
    pipeline.grants.approve('Approver', someone);
    pipeline.grantStart('Starter', someone);
  },
  'BuildPipeline maximal, on a large machine': ({ gcp, core, stack, registry }) => {
    const image = core.ContainerImage.fromReference(IMAGE);
    new gcp.BuildPipeline(stack, 'Base', { ...PLACE, registry, repository: GITHUB, stages: [core.PipelineStage.BUILD] });
    new gcp.BuildPipeline(stack, 'Release', {
      ...PLACE,
      registry,
      repository: GITHUB,
      service: new gcp.CloudRunInference(stack, 'Predict', {
        ...PLACE,
        image,
        imageOwner: core.ImageOwner.PIPELINE,
        access: core.Access.AUTHENTICATED,
        rollout: core.Rollout.canary({ percent: 20 }),
      }),
      smokeTest: false,
      connection: 'acme-github',
      machineType: 'E2_HIGHCPU_8',
    });
    new gcp.BuildPipeline(stack, 'Private', {
      ...PLACE,
      registry,
      repository: GITHUB,
      service: gcp.CloudRunInference.fromCloudRunInferenceAttributes(stack, 'Theirs', {
        ...PLACE,
        serviceName: 'predict',
        url: 'https://predict.example.com',
        serviceAccountEmail: `predict@${PROJECT}.iam.gserviceaccount.com`,
        access: core.Access.PRIVATE,
      }),
    });
  },

  'Monitoring minimal': ({ gcp, stack }) => {
    new gcp.Monitoring(stack, 'Monitoring', { project: PROJECT });
  },
  'Monitoring maximal': ({ gcp, core, stack, network, registry }) => {
    const image = core.ContainerImage.fromReference(IMAGE);
    const monitoring = new gcp.Monitoring(stack, 'Monitoring', {
      project: PROJECT,
      environment: core.Environment.PROD,
      title: 'Machine learning of acme',
      email: 'ml@example.com',
      criticalEmail: 'oncall@example.com',
      channels: [`projects/${PROJECT}/notificationChannels/1`],
      slo: { availability: 99.9, latency: { percentile: 99, threshold: core.Duration.millis(250) } },
    });
    monitoring.watchInference('predict', new gcp.CloudRunInference(stack, 'Predict', { ...PLACE, image }));
    monitoring.watchInference(
      'theirs',
      gcp.CloudRunInference.fromCloudRunInferenceAttributes(stack, 'Theirs', {
        ...PLACE,
        serviceName: 'predict',
        url: 'https://predict.example.com',
        serviceAccountEmail: `predict@${PROJECT}.iam.gserviceaccount.com`,
        maxInstances: 20,
      }),
    );
    monitoring.watchTraining(
      'trainer',
      new gcp.GpuTrainingCluster(stack, 'Training', { ...PLACE, network, image, accelerator: core.Accelerator.L4 }),
    );
    monitoring.watchPipeline('release', new gcp.BuildPipeline(stack, 'Release', { ...PLACE, registry, repository: GITHUB }));
    monitoring.watchTracking('mlflow', new gcp.ExperimentTracking(stack, 'Mlflow', { ...PLACE, network, registry }));
    gcp.PolicyExceptions.of(stack).acknowledge('gcp-bucket-logging', 'A throw-away stack.');
  },

  'MlPlatform minimal': ({ gcp, stack }) => {
    new gcp.MlPlatform(stack, 'Platform', MINIMAL);
  },
  'MlPlatform maximal': ({ gcp, stack }) => {
    const platform = new gcp.MlPlatform(stack, 'Platform', EVERYTHING);
    platform.buildPipeline('release');
    platform.featureStore('listings');
    platform.inferenceService('predict');
    platform.modelRegistry('housing');
    platform.secret('hub');
    platform.sharedFileSystem('scratch');
    platform.trainingCluster('trainer');
  },
  'MlPlatform maximal, on what exists': ({ gcp, stack }) => {
    new gcp.MlPlatform(stack, 'Platform', EXISTING);
  },
  'MlPlatform maximal, on a database that exists': ({ gcp, stack }) => {
    new gcp.MlPlatform(stack, 'Platform', ON_DATABASE);
  },
  'MlPlatform maximal, on reserved machines and GPUs': ({ gcp, stack }) => {
    new gcp.MlPlatform(stack, 'Platform', RESERVED);
  },
  'MlPlatformStack minimal': ({ gcp, app, id }) => {
    new gcp.MlPlatformStack(app, id, MINIMAL);
  },
  'MlPlatformStack maximal': ({ gcp, app, id }) => {
    new gcp.MlPlatformStack(app, id, EVERYTHING);
  },
};

/** What Google Cloud alone has. */
const RESERVED = declaration('gcp', PLACE, {
  environment: 'dev',
  training: {
    reserved: {
      image: 'docker.io/acme/train:1',
      accelerator: { type: 'L4', count: 1 },
      capacity: ['reservation', 'flex-start'],
      reservations: { gcp: `projects/${PROJECT}/zones/${REGION}-a/reservations/ml` },
    },
  },
  inference: { predict: { image: 'docker.io/acme/large:1', accelerator: { type: 'L4', count: 1 } } },
  pipelines: undefined,
});
const MINIMAL = { name: 'housing', targets: { gcp: PLACE } };
const EVERYTHING = declaration('gcp', { ...PLACE, state: { bucket: 'acme-terraform', prefix: 'housing' } });
/** On what the organization owns already. */
const EXISTING = declaration(
  'gcp',
  {
    ...PLACE,
    existing: {
      artifactBucket: 'acme-ml',
      imageRepository: 'ml',
      mlflow: 'https://mlflow.example.com',
      repositoryConnection: 'acme-github',
      network: {
        network: `projects/${PROJECT}/global/networks/ml`,
        subnetwork: `projects/${PROJECT}/regions/${REGION}/subnetworks/ml`,
        cidr: '10.0.0.0/20',
        servicesRange: 'google-managed-services-ml',
      },
    },
  },
  { environment: 'prod', acknowledge: { 'gcp-bucket-logging': 'of no matter here' } },
);
const DATABASE = { instance: 'acme', host: '10.64.0.3', name: 'experiments' };
const ON_DATABASE = { ...MINIMAL, targets: { gcp: { ...PLACE, existing: { database: DATABASE } } }, tracking: { mlflow: {} } };
