// Endpoints, pipelines and monitoring.
import { createRequire } from 'node:module';
import { arnOf, IMAGE } from './names.mjs';

const require = createRequire(import.meta.url);
const { Dashboard, Metric } = require('aws-cdk-lib/aws-cloudwatch');
const { InterfaceVpcEndpoint } = require('aws-cdk-lib/aws-ec2');
const { CodePipeline } = require('aws-cdk-lib/aws-events-targets');
const { Architecture } = require('aws-cdk-lib/aws-lambda');
const { Topic } = require('aws-cdk-lib/aws-sns');

const GITHUB = { provider: 'github', owner: 'acme', name: 'housing' };
const METERS = ['ConcurrentExecutions', 'Duration', 'Errors', 'FunctionErrors', 'Invocations', 'Latency', 'Requests', 'Throttles'];
const FUNCTION = arnOf('lambda', 'function:theirs');
/** A service that a stack of others has made. */
const theirsOf = (aws, scope, more = {}) =>
  aws.LambdaInference.fromLambdaInferenceAttributes(scope, 'Theirs', {
    functionArn: FUNCTION,
    url: 'https://predict.example.com',
    applicationName: 'theirs',
    deploymentGroupName: 'theirs',
    ...more,
  });

export const control = {
  'LambdaInference minimal': ({ aws, core, stack, vpc }) => {
    new aws.LambdaInference(stack, 'Predict', { vpc, image: core.ContainerImage.fromReference(IMAGE) });
  },
  'LambdaInference maximal': ({ aws, core, stack, vpc, group, tracking, files, secret, someone }) => {
    const service = new aws.LambdaInference(stack, 'Predict', {
      environment: core.Environment.PROD,
      vpc,
      vpcSubnets: { subnets: [vpc.privateSubnets[0]] },
      securityGroups: [group],
      apiEndpoint: InterfaceVpcEndpoint.fromInterfaceVpcEndpointAttributes(stack, 'Api', {
        vpcEndpointId: 'vpce-0a1b2c3d4e5f60718',
        port: 443,
      }),
      signedRequests: false,
      architecture: Architecture.ARM_64,
      ephemeralStorage: core.Size.gibibytes(2),
      image: core.ContainerImage.fromReference(IMAGE),
      imageOwner: core.ImageOwner.STACK,
      port: 9000,
      healthPath: '/ready',
      cpu: 4,
      memory: core.Size.gibibytes(4),
      timeout: core.Duration.seconds(20),
      minInstances: 1,
      maxInstances: 5,
      concurrency: 4,
      access: core.Access.PRIVATE,
      rollout: core.Rollout.canary({ percent: 20, interval: core.Duration.minutes(5) }),
      env: { LOG_LEVEL: 'info' },
      mounts: { '/mnt/scratch': files },
      secrets: { API_KEY: secret },
      tracking,
      model: core.ModelReference.parse('models:/housing/production'),
      slo: { availability: 99.9, latency: { percentile: 99, threshold: core.Duration.millis(250) } },
    });
    service.grants.invoke(someone);
    for (const metric of METERS) service[`metric${metric}`]();
  },
  'LambdaInference maximal, reached from outside': ({ aws, core, stack, someone }) => {
    const image = core.ContainerImage.fromReference(IMAGE);
    const api = new aws.LambdaInference(stack, 'Api', {
      image,
      imageOwner: core.ImageOwner.PIPELINE,
      access: core.Access.AUTHENTICATED,
      endpoint: aws.LambdaEndpoint.HTTP_API,
      rollout: core.Rollout.blueGreen(),
    });
    const signed = new aws.LambdaInference(stack, 'Signed', {
      image: core.ContainerImage.fromDirectory('examples/housing/app'),
      environment: core.Environment.STAGING,
      memory: core.Size.gibibytes(3),
      access: core.Access.AUTHENTICATED,
      endpoint: aws.LambdaEndpoint.FUNCTION_URL,
      rollout: core.Rollout.allAtOnce(),
    });
    const { repository } = new aws.ImageRegistry(stack, 'Registry');
    new aws.LambdaInference(stack, 'Open', { repository, image, access: core.Access.PUBLIC });
    for (const { grants } of [api, signed]) grants.invoke(someone);
  },

  'BuildPipeline minimal': ({ aws, stack, repository }) => {
    new aws.BuildPipeline(stack, 'Release', { repository: GITHUB, imageRepository: repository });
  },
  'BuildPipeline maximal': ({ aws, core, stack, vpc, group, bucket, repository, tracking, topic, someone }) => {
    const service = theirsOf(aws, stack, {
      aliasName: 'production',
      imageOwner: core.ImageOwner.PIPELINE,
      architecture: Architecture.ARM_64,
      deploymentConfigName: 'CodeDeployDefault.LambdaCanary10Percent5Minutes',
      deploymentDuration: core.Duration.hours(2),
      apiInvokeArn: arnOf('execute-api', 'a1b2c3d4e5/live/*'),
    });
    service.grants.invoke(someone);
    const model = new aws.ModelRegistry(stack, 'Model', { modelName: 'housing', tracking });
    const pipeline = new aws.BuildPipeline(stack, 'Release', {
      environment: core.Environment.PROD,
      repository: { ...GITHUB, branch: 'release' },
      directory: 'services/predict',
      context: 'services',
      stages: Object.values(core.PipelineStage),
      lintCommands: ['ruff check .'],
      testCommands: ['pytest'],
      approval: true,
      imageRepository: repository,
      baseImages: new aws.ImageRegistry(stack, 'Bases', { pullThrough: ['quay.io'] }),
      service,
      connectionArn: arnOf('codeconnections', 'connection/0a1b2c3d-0a1b-2c3d-4e5f-0a1b2c3d4e5f'),
      artifactBucket: bucket,
      vpc,
      vpcSubnets: { subnets: [vpc.privateSubnets[0]] },
      securityGroups: [group],
      tracking,
      startOnApproval: [model],
      failureTopic: topic,
      pythonVersion: '3.12',
      stageTimeout: core.Duration.minutes(30),
    });
    pipeline.grants.run(someone);
    pipeline.metricFailures();
    aws.BuildPipelineGrants.of(pipeline.pipeline).run(someone);
    model.onApproved('Release', new CodePipeline(pipeline.pipeline));
    aws.BuildPipeline.fromPipelineName(stack, 'Imported', 'theirs');
  },
  'BuildPipeline maximal, other repositories, and a service that is deployed': ({ aws, core, stack, repository, someone }) => {
    const { BITBUCKET, GITLAB, AZURE_REPOS } = core.RepositoryProvider;
    const service = new aws.LambdaInference(stack, 'Predict', {
      image: core.ContainerImage.fromReference(IMAGE),
      imageOwner: core.ImageOwner.PIPELINE,
      access: core.Access.AUTHENTICATED,
    });
    const common = { imageRepository: repository };
    new aws.BuildPipeline(stack, 'Bitbucket', { ...common, service, repository: { ...GITHUB, provider: BITBUCKET } });
    new aws.BuildPipeline(stack, 'GitLab', {
      stages: [core.PipelineStage.LINT],
      repository: { ...GITHUB, provider: GITLAB },
    });
    new aws.BuildPipeline(stack, 'AzureRepos', { ...common, repository: { provider: AZURE_REPOS, owner: 'acme/ml', name: 'housing' } });
    theirsOf(aws, stack).bindDeployment({ grantee: someone, imageRepository: repository });
    service.bindDeployment({ grantee: someone, imageRepository: repository });
  },

  'Monitoring minimal': ({ aws, stack }) => {
    new aws.Monitoring(stack, 'Monitoring');
  },
  'Monitoring maximal': ({ aws, core, stack, key, vpc, repository, tracking, topic }) => {
    const monitoring = new aws.Monitoring(stack, 'Monitoring', {
      environment: core.Environment.PROD,
      email: 'ml@example.com',
      criticalEmail: 'oncall@example.com',
      encryptionKey: key,
      slo: { availability: 99.9, latency: { percentile: 99, threshold: core.Duration.millis(250) } },
    });
    const image = core.ContainerImage.fromReference(IMAGE);
    const service = new aws.LambdaInference(stack, 'Predict', { vpc, image });
    const training = { vpc, image, accelerator: core.Accelerator.A10G };
    const cluster = new aws.GpuTrainingCluster(stack, 'Training', training);
    monitoring.watchInference('predict', service);
    monitoring.watchInference('theirs', theirsOf(aws, stack), { slo: { availability: 99 } });
    monitoring.watchTraining('trainer', cluster);
    monitoring.watchPipeline('release', new aws.BuildPipeline(stack, 'Release', { repository: GITHUB, imageRepository: repository }));
    monitoring.watchTracking('mlflow', new aws.ExperimentTracking(stack, 'Mlflow', { vpc }));
    const { CRITICAL, WARNING } = core.AlarmSeverity;
    monitoring.watchAlarm(
      new Metric({ namespace: 'Acme', metricName: 'Drift' }).createAlarm(stack, 'Drift', { threshold: 1, evaluationPeriods: 1 }),
      CRITICAL,
    );
    monitoring.topic(WARNING);
    const beside = new aws.Monitoring(stack, 'Beside', {
      warningTopic: topic,
      criticalTopic: Topic.fromTopicArn(stack, 'Oncall', arnOf('sns', 'oncall')),
      sloObjects: false,
      dashboard: new Dashboard(stack, 'Dashboard'),
    });
    new aws.Monitoring(stack, 'OfItsOwnKey', { environment: core.Environment.PROD, email: 'ml@example.com' });
    beside.watchInference('predict', service);
    beside.watchTracking('theirs', tracking);
  },
};
