import {
  BuildEnvironmentVariable,
  BuildSpec,
  Cache,
  ComputeType,
  IBuildImage,
  LinuxArmBuildImage,
  LinuxBuildImage,
  PipelineProject,
} from 'aws-cdk-lib/aws-codebuild';
import { Artifact } from 'aws-cdk-lib/aws-codepipeline';
import { CodeBuildAction, CodeStarConnectionsSourceAction } from 'aws-cdk-lib/aws-codepipeline-actions';
import { IRepository } from 'aws-cdk-lib/aws-ecr';
import { IBucket } from 'aws-cdk-lib/aws-s3';
import { Duration as CdkDuration, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { Duration, PipelineStage } from '../../core';
import { physicalName } from '../../core/naming';
import { PIPELINE_DEFAULTS } from '../../core/pipeline';
import { BuildPipelineProps } from '../pipeline/props';
import { acknowledge } from './acknowledge';
import { logGroup } from './logs';
import { buildSpec, checkSpec, deploySpec } from './pipeline-commands';
import { CODEBUILD_MINUTES } from './pipeline-limits';
import { CACHE_PREFIX, letPush, letTag, stepRole } from './pipeline-roles';
import { checksOf } from './scope';
import { trackedEnv } from './tracked';
import { privateSubnets } from './vpc';

interface StepsProps extends BuildPipelineProps {
  readonly artifacts: IBucket;
  readonly source: Artifact;
  readonly checkout: CodeStarConnectionsSourceAction;
}

/** A CodeBuild project, and the action that runs it in the pipeline. */
interface Step {
  readonly project: PipelineProject;
  readonly action: CodeBuildAction;
}

interface StepOptions {
  readonly id: string;
  readonly role: ReturnType<typeof stepRole>;
  readonly log: ReturnType<typeof logGroup>;
  readonly spec: BuildSpec;
  readonly env?: { readonly [name: string]: string };
  readonly actionEnv?: { readonly [name: string]: string };
  readonly timeout?: Duration;
  readonly image?: IBuildImage;
  /** Runs docker. */
  readonly docker?: boolean;
  /** Keeps the packages of Python. */
  readonly cached: boolean;
}

/** Makes the steps of a pipeline, in order: the deployment takes the image that the build hands on. */
export class Steps {
  private build?: CodeBuildAction;

  public constructor(
    private readonly scope: Construct,
    private readonly props: StepsProps,
  ) {}

  public make(stage: PipelineStage): Step {
    const id = { lint: 'Lint', test: 'Test', build: 'Build', deploy: 'Deploy' }[stage];
    const { scope, props } = this;
    const log = logGroup(scope, `${id}Log`, props.environment);
    const cached = stage === PipelineStage.LINT || stage === PipelineStage.TEST;
    const role = stepRole(scope, `${id}Role`, {
      artifacts: props.artifacts,
      log,
      cached,
      subnets: props.vpc && privateSubnets(props.vpc, props.vpcSubnets),
    });
    const directory = props.directory ?? PIPELINE_DEFAULTS.directory;
    const python = props.pythonVersion ?? '3.11';
    const step = { id, role, log, cached };
    switch (stage) {
      case PipelineStage.LINT:
        return this.step({
          ...step,
          spec: checkSpec(directory, props.lintCommands ?? PIPELINE_DEFAULTS.lintCommands, python),
        });
      case PipelineStage.TEST:
        props.tracking?.grants.use(role);
        return this.step({
          ...step,
          env: trackedEnv(props),
          spec: checkSpec(directory, props.testCommands ?? PIPELINE_DEFAULTS.testCommands, python),
        });
      case PipelineStage.BUILD:
        return this.buildStep(step, directory);
      case PipelineStage.DEPLOY:
        return this.deployStep(step);
    }
  }

  private buildStep(step: Pick<StepOptions, 'id' | 'role' | 'log' | 'cached'>, directory: string): Step {
    const repository = this.props.imageRepository!;
    const platform = this.props.service?.imagePlatform ?? 'linux/amd64';
    letPush(step.role, repository);
    const { baseImages } = this.props;
    const caches = Object.entries(baseImages?.pullThroughUris ?? {});
    if (caches.length) baseImages!.grants.pullThrough(step.role);
    const made = this.step({
      ...step,
      spec: buildSpec(directory),
      docker: true,
      // Emulating the other processor takes many times as long.
      image: platform === 'linux/arm64' ? LinuxArmBuildImage.AMAZON_LINUX_2023_STANDARD_3_0 : LinuxBuildImage.AMAZON_LINUX_2023_5,
      env: {
        ...this.imageEnv(repository),
        REPOSITORY_URI: this.uriOf(repository),
        IMAGE_PLATFORM: platform,
        CONTEXT: this.props.context ?? PIPELINE_DEFAULTS.context,
        ...(caches.length ? { PULL_THROUGH: caches.map(([registry, uri]) => `${registry}=${uri}`).join(' ') } : {}),
      },
      actionEnv: { COMMIT_ID: this.props.checkout.variables.commitId },
    });
    this.build = made.action;
    return made;
  }

  /** CDK takes the address of a repository out of its ARN by Fn::Split, which is not said to take the output of another stack. */
  private uriOf(repository: IRepository): string {
    const stack = Stack.of(this.scope);
    if (Stack.of(repository) === stack) return repository.repositoryUri;
    const { account, region } = repository.env;
    return `${account}.dkr.ecr.${region}.${stack.urlSuffix}/${repository.repositoryName}`;
  }

  private imageEnv(repository: IRepository): { readonly [name: string]: string } {
    return {
      REPOSITORY_NAME: repository.repositoryName,
      REGISTRY_ID: repository.env.account,
      // Pipelines that build the same commit into one repository must not take each other's images.
      TAG_PREFIX: physicalName(this.scope, { max: 64, separator: '-' }),
    };
  }

  private deployStep(step: Pick<StepOptions, 'id' | 'role' | 'log' | 'cached'>): Step {
    const { imageRepository, service } = this.props;
    const deployment = service!.bindDeployment({ grantee: step.role, imageRepository: imageRepository! });
    letTag(step.role, imageRepository!);
    const checks = checksOf(this.scope, 'aws.BuildPipeline');
    checks.require(
      deployment.timeout.toMinutes() <= CODEBUILD_MINUTES.max,
      'limit',
      'service',
      service!.node.path,
      `its deployment takes up to ${deployment.timeout.toString()}, and CodeBuild, which waits for it, stops after 36h`,
      'shorten the interval of its rollout',
    );
    checks.done();
    return this.step({
      ...step,
      spec: deploySpec(deployment),
      env: { ...deployment.env, ...this.imageEnv(imageRepository!) },
      actionEnv: { IMAGE_URI: this.build!.variable('IMAGE_URI') },
      timeout: Duration.minutes(Math.max(CODEBUILD_MINUTES.min, deployment.timeout.toMinutes())),
    });
  }

  private step({ id, role, log, cached, ...options }: StepOptions): Step {
    const { props, scope } = this;
    const timeout = options.timeout ?? props.stageTimeout ?? Duration.hours(1);
    const project = new PipelineProject(scope, id, {
      description: `${id} of ${scope.node.path}`,
      role: role.withoutPolicyUpdates(),
      buildSpec: options.spec,
      environment: {
        buildImage: options.image ?? LinuxBuildImage.AMAZON_LINUX_2023_5,
        computeType: options.docker ? ComputeType.MEDIUM : ComputeType.SMALL,
        privileged: options.docker ?? false,
      },
      environmentVariables: variables(options.env),
      timeout: CdkDuration.minutes(timeout.toMinutes()),
      cache: cached ? Cache.bucket(props.artifacts, { prefix: CACHE_PREFIX }) : undefined,
      encryptionKey: props.artifacts.encryptionKey,
      logging: { cloudWatch: { logGroup: log } },
      grantReportGroupPermissions: false,
      ...(props.vpc
        ? {
            vpc: props.vpc,
            subnetSelection: { subnets: privateSubnets(props.vpc, props.vpcSubnets) },
            securityGroups: props.securityGroups,
          }
        : {}),
    });
    project.node.addDependency(role);
    acknowledge(project, {
      CB4: 'The step hands on nothing but what CodePipeline encrypts; logs and cache are encrypted with keys of AWS, and no other account reads them.',
      ...(props.vpc
        ? { 'IAM5[Resource::*]': 'A policy of the construct for CodeBuild, attached to nothing: the role of the step is written out.' }
        : {}),
      ...(options.docker ? { CB3: 'Building an image takes a Docker daemon, which takes privileged mode; the machine is used once.' } : {}),
    });
    const action = new CodeBuildAction({
      actionName: id,
      project,
      input: props.source,
      environmentVariables: variables(options.actionEnv),
      variablesNamespace: id,
    });
    return { project, action };
  }
}

function variables(env: { readonly [name: string]: string } = {}): { [name: string]: BuildEnvironmentVariable } {
  return Object.fromEntries(Object.entries(env).map(([name, value]) => [name, { value }]));
}
