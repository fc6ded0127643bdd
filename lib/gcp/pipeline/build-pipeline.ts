import { Construct } from 'constructs';
import { TerraformOutput, TerraformStack } from 'cdktf';
import { CloudbuildTrigger, CloudbuildTriggerBuild } from '@cdktf/provider-google/lib/cloudbuild-trigger';
import { ProjectIamMember } from '@cdktf/provider-google/lib/project-iam-member';
import { PubsubTopic } from '@cdktf/provider-google/lib/pubsub-topic';
import { PubsubTopicIamMember } from '@cdktf/provider-google/lib/pubsub-topic-iam-member';
import { ServiceAccount } from '@cdktf/provider-google/lib/service-account';
import { ServiceAccountIamMember } from '@cdktf/provider-google/lib/service-account-iam-member';
import { Access, BuildPipelineBaseProps, Duration, IBuildPipeline, PIPELINE_DEFAULTS, PipelineStage, RolloutStrategy } from '../../core';
import { parity } from '../../core/parity';
import { ICloudRunInference } from '../inference';
import { IMember } from '../member';
import { IModelRegistry } from '../models';
import { IImageRegistry } from '../registry';
import { SUPPORT } from '../support';
import { IExperimentTracking, IModelEventTarget } from '../tracking';
import { kebab } from '../../core/naming';
import { idFor, nameIn } from '../private/names';
import { checkPipeline, LONGEST_BUILD, stagesOf } from '../private/pipeline-checks';
import { buildSteps, deploySteps, METRIC_DELAY } from '../private/pipeline-steps';
import { checkPlace } from '../private/place';
import { checksFor } from '../private/root';
import { serviceAccount } from '../private/service-account';
import { enableServices } from '../private/services';
import { track } from '../private/tracking-client';
import { ISourceRepository, SourceRepository } from './source-repository';
import { acknowledge } from '../private/acknowledge';

/** What a pipeline on Cloud Build needs. */
export interface BuildPipelineProps extends BuildPipelineBaseProps {
  /** Project that builds. */
  readonly project: string;
  /** Region that builds. */
  readonly region: string;
  /**
   * The repository as Cloud Build knows it.
   *
   * @default - linked here, in `connection`; once per stack however many pipelines build it
   */
  readonly source?: ISourceRepository;
  /**
   * Name of the Cloud Build connection that the repository is linked in, if `source` is not given. It exists and is authorized already.
   *
   * @default - the provider's name, such as "github"
   */
  readonly connection?: string;
  /**
   * Registry that images are pushed to.
   *
   * @default - none; required by the build stage
   */
  readonly registry?: IImageRegistry;
  /**
   * Service that is deployed, by its rollout. Its image has to be owned by the pipeline.
   *
   * @default - none: builds and pushes only
   */
  readonly service?: ICloudRunInference;
  /**
   * Name of the image in the registry.
   *
   * @default - the id of the service's construct, else of this one
   */
  readonly imageName?: string;
  /**
   * Image that the lint and test commands run in; it has bash.
   *
   * @default "python:3.11"
   */
  readonly toolImage?: string;
  /**
   * Machine of the build, such as `E2_HIGHCPU_8`.
   *
   * @default - Cloud Build's smallest
   */
  readonly machineType?: string;
  /**
   * A private pool to build in: `projects/P/locations/R/workerPools/W`.
   *
   * @default - Cloud Build's own machines
   */
  readonly workerPool?: string;
  /**
   * Lint, test and build are stopped after this long; at most a day.
   *
   * @default - 1 hour
   * @see https://cloud.google.com/build/quotas
   */
  readonly timeout?: Duration;
  /**
   * The new revision is asked for its health path before it gets traffic.
   *
   * @default - true, unless the service is private and there is no worker pool: Cloud Build's own machines do not reach it, and its startup
   * probe has to do
   */
  readonly smokeTest?: boolean;
  /**
   * A canary goes back when more than so many per cent of its requests fail.
   *
   * @default 5
   */
  readonly rollbackErrorPercent?: number;
  /**
   * Server that the test commands log runs to, or read registered models from. They find it by the variables that MLflow's client reads and
   * are let in as the pipeline's builder. A server that answers in its network only needs a `workerPool` in that network.
   *
   * @default - none
   */
  readonly tracking?: IExperimentTracking;
  /**
   * Models whose approval runs the pipeline on the newest commit, so that services load the version that was approved.
   *
   * @default - commits run it only
   */
  readonly startOnApproval?: IModelRegistry[];
}

/** Permissions on a pipeline. */
export abstract class BuildPipelineGrants {
  /**
   * To approve and reject what waits (`roles/cloudbuild.builds.approver`). Cloud Build knows no narrower resource than the project for it.
   *
   * @param id construct id of the IAM member, unique in the pipeline's scope
   * @param grantee who may approve
   */
  public abstract approve(id: string, grantee: IMember): void;
  /**
   * To run it now (`roles/cloudbuild.builds.editor`, on the project for want of a narrower resource), as the pipeline's builder.
   *
   * @param id construct id of the IAM member, unique in the pipeline's scope
   * @param grantee who may run it
   */
  public abstract run(id: string, grantee: IMember): void;
}

/**
 * A pipeline that lints, tests, builds and pushes each commit of a branch, and brings it into service.
 *
 * Defines two Cloud Build triggers with a service account each. The first runs on a commit: it lints, tests, builds the image, pushes it
 * under the commit's hash and publishes the image's digest to a Pub/Sub topic. The second listens to the topic, waits for approval if that is
 * asked for, makes a Cloud Run revision without traffic, asks it for its health path, and takes traffic over by the service's rollout;
 * a canary is watched in Cloud Monitoring and goes back to the old revision when its requests fail. So the code under test runs as an
 * account that may push images and publish to one topic, and the account that may touch the service runs no code of the repository.
 * To go back to an older version, approve or retry its deployment.
 *
 * The connection to the provider has to exist, see `SourceRepository`. A build costs by the minute, the minutes of a canary too;
 * after its interval a canary is watched for three minutes more, until Cloud Monitoring has seen it all.
 *
 * @example
 * new gcp.BuildPipeline(this, 'Release', {
 *   project: 'acme-ml-dev',
 *   region: 'europe-west4',
 *   repository: { provider: RepositoryProvider.GITHUB, owner: 'acme', name: 'housing' },
 *   registry: new gcp.ImageRegistry(this, 'Images', { project: 'acme-ml-dev', region: 'europe-west4' }),
 *   stages: [PipelineStage.TEST, PipelineStage.BUILD],
 * });
 *
 * @see https://cloud.google.com/build/docs/securing-builds/gate-builds-on-approval
 */
export class BuildPipeline extends Construct implements IBuildPipeline, IModelEventTarget {
  public readonly pipelineName: string;
  public readonly runCommand: string;
  /** Permissions on the pipeline. */
  public readonly grants: BuildPipelineGrants;
  /** Who lint, test and build run as; to let them read a package registry or test data. */
  public readonly builder: IMember;
  /** Name of the trigger that deploys; nothing if none does. */
  public readonly deployTriggerName?: string;

  public constructor(scope: Construct, id: string, props: BuildPipelineProps) {
    super(scope, id);
    const { project, region, repository, registry, service } = props;
    const buildSeconds = (props.timeout ?? Duration.hours(1)).toSeconds();
    const deploySeconds = 2_400 + (service?.rollout.interval.toSeconds() ?? 0) + METRIC_DELAY;
    this.check(props, buildSeconds, deploySeconds);

    const stages = stagesOf(props);
    const dependsOn = enableServices(this, project, 'cloudbuild', 'logging', ...(service ? (['pubsub', 'run'] as const) : []));
    const branch = repository.branch ?? PIPELINE_DEFAULTS.branch;
    const directory = props.directory ?? PIPELINE_DEFAULTS.directory;
    const image = `${registry?.repositoryUrl}/${props.imageName ?? kebab((service ?? this).node.id)}`;
    this.pipelineName = nameIn(this, project, { max: 56 });
    this.runCommand = `gcloud builds triggers run ${this.pipelineName} --project=${project} --region=${region} --branch=${branch}`;

    const builder = this.account('Builder', 'build', 'Builds', props);
    this.builder = builder;
    const topic = service && this.deployment(props, service, image, deploySeconds, builder);
    if (stages.includes(PipelineStage.BUILD)) registry!.grants.push(idFor(this, 'Push'), builder);
    const tracked = track(this, props, builder);
    new CloudbuildTrigger(this, 'Resource', {
      project,
      location: region,
      name: this.pipelineName,
      description: `Builds ${repository.owner}/${repository.name}, branch ${branch}`,
      serviceAccount: builder.id,
      repositoryEventConfig: {
        repository: (props.source ?? this.sharedSource(props)).repositoryId,
        push: { branch: `^${branch.replace(/[.+]/g, '\\$&')}$` },
      },
      ...(directory !== '.' && { includedFiles: [`${directory}/**`] }),
      buildAttribute: this.build(props, buildSeconds, {
        step: buildSteps(props, props.toolImage ?? 'python:3.11', image, topic, tracked.environment),
      }),
      dependsOn: [...dependsOn, ...tracked.dependsOn],
    });
    this.deployTriggerName = service && `${this.pipelineName}-deploy`;
    this.grants = new PipelineGrants(this, project, builder);
    for (const model of props.startOnApproval ?? []) model.onApproved(`Start${this.node.id}`, this);
    this.outputs(props);
    this.say(props, stages);
  }

  public get startCommand(): string {
    return this.runCommand;
  }

  public grantStart(id: string, grantee: IMember): void {
    this.grants.run(id, grantee);
  }

  private check(props: BuildPipelineProps, buildSeconds: number, deploySeconds: number): void {
    const checks = checksFor(this, 'gcp.BuildPipeline');
    checkPlace(checks, props.project, props.region);
    checkPipeline(checks, props);
    checks.require(
      !props.tracking?.privateAccess || props.workerPool !== undefined,
      'missing',
      'workerPool',
      undefined,
      "the tracking server answers in its network only, and Cloud Build's own machines are in none",
      'give a private pool in the network of the tracking server, or leave tracking out',
    );
    checks.require(
      buildSeconds >= 60 && buildSeconds <= LONGEST_BUILD,
      'limit',
      'timeout',
      props.timeout?.toString(),
      'a build runs for a minute to a day',
      'write 24h or less',
    );
    checks.require(
      deploySeconds <= LONGEST_BUILD,
      'limit',
      'service',
      props.service?.rollout.interval.toString(),
      'Cloud Build, which takes the steps of the rollout, runs for a day at most',
      'write an interval of 22h or less in the rollout of the service',
    );
    checks.done();
  }

  /** The topic and the trigger that deploys what is published there. */
  private deployment(
    props: BuildPipelineProps,
    service: ICloudRunInference,
    image: string,
    seconds: number,
    builder: ServiceAccount,
  ): string {
    const { project, region, registry } = props;
    const dependsOn = enableServices(this, project, 'cloudbuild', 'pubsub');
    const topic = new PubsubTopic(this, 'Releases', {
      project,
      name: nameIn(this, project),
      messageStoragePolicy: { allowedPersistenceRegions: [region] },
      dependsOn,
    });
    acknowledge(topic, { 'pubsub-own-key': 'Messages name what was built, and hold nothing secret.' });
    new PubsubTopicIamMember(this, 'BuilderPublishes', {
      project,
      topic: topic.name,
      role: 'roles/pubsub.publisher',
      member: builder.member,
    });
    const deployer = this.account('Deployer', 'deploy', 'Deploys', props);
    // Whoever deploys an image to Cloud Run has to be able to read it.
    registry!.grants.pull(idFor(this, 'Pull'), deployer);
    service.grants.deploy(idFor(this, 'Deploy'), deployer);
    const smokeTest = props.smokeTest ?? (service.access !== Access.PRIVATE || props.workerPool !== undefined);
    if (smokeTest) service.grants.invoke(idFor(this, 'SmokeTest'), deployer);
    if (service.rollout.strategy === RolloutStrategy.CANARY) this.role(deployer, 'Watch', service.project, 'roles/monitoring.viewer');
    new CloudbuildTrigger(this, 'DeployTrigger', {
      project,
      location: region,
      name: `${this.pipelineName}-deploy`,
      description: `Deploys to ${service.node.id}${props.approval ? ' after approval' : ''}`,
      serviceAccount: deployer.id,
      pubsubConfig: { topic: topic.id },
      substitutions: { _IMAGE: '$(body.message.attributes.image)', _COMMIT: '$(body.message.attributes.commit)' },
      filter: `_IMAGE.startsWith("${image}@sha256:")`,
      approvalConfig: { approvalRequired: props.approval ?? false },
      buildAttribute: this.build(props, seconds, { step: deploySteps(service, image, smokeTest, props.rollbackErrorPercent ?? 5) }),
      dependsOn,
    });
    return topic.id;
  }

  private build(props: BuildPipelineProps, seconds: number, steps: Pick<CloudbuildTriggerBuild, 'step'>): CloudbuildTriggerBuild {
    return {
      ...steps,
      timeout: `${seconds}s`,
      // Monitoring finds the builds of a pipeline by this.
      tags: [this.pipelineName],
      options: {
        logging: 'CLOUD_LOGGING_ONLY',
        ...(props.machineType && { machineType: props.machineType }),
        ...(props.workerPool && { workerPool: props.workerPool }),
      },
    };
  }

  private account(id: string, purpose: string, verb: string, { project }: BuildPipelineProps): ServiceAccount {
    const account = serviceAccount(this, id, project, purpose, `${verb} for pipeline ${this.node.path}`);
    this.role(account, `${id}Logs`, project, 'roles/logging.logWriter');
    return account;
  }

  private role(account: ServiceAccount, id: string, project: string, role: string): void {
    new ProjectIamMember(this, id, { project, role, member: account.member });
  }

  /** Two pipelines of one repository share its link: a connection takes each repository once. */
  private sharedSource({ project, region, repository, connection }: BuildPipelineProps): ISourceRepository {
    const stack = TerraformStack.of(this);
    const all = (stack.node.tryFindChild('SourceRepositories') as Construct | undefined) ?? new Construct(stack, 'SourceRepositories');
    const id = [connection ?? repository.provider, ...repository.owner.split('/'), repository.name, region].join('-');
    return (
      (all.node.tryFindChild(id) as SourceRepository | undefined) ??
      new SourceRepository(all, id, { project, region, repository, connection })
    );
  }

  private outputs({ project, region, approval }: BuildPipelineProps): void {
    new TerraformOutput(this, 'RunCommand', { value: this.runCommand, description: 'Runs the pipeline now.' });
    if (!approval) return;
    const waiting = `gcloud builds list --project=${project} --region=${region} --filter='status=PENDING AND tags=${this.pipelineName}'`;
    new TerraformOutput(this, 'ApproveCommand', {
      value: `gcloud alpha builds approve --project=${project} --location=${region} "$(${waiting} --limit=1 --format='value(id)')"`,
      description: 'Approves the newest deployment that waits.',
    });
  }

  private say(props: BuildPipelineProps, stages: readonly PipelineStage[]): void {
    const { provider } = props.repository;
    const triggers = props.service ? 'Cloud Build triggers: one builds, one deploys' : 'Cloud Build trigger';
    parity.mapped(this, 'gcp', '', `${triggers} (${stages.join(', ')})`);
    const row = SUPPORT[`pipelines.provider.${provider}`];
    if (!props.source) parity.approximated(this, 'gcp', 'repository.provider', `${row.by} of the name ${provider}`, row.reason!);
    if (props.approval) parity.mapped(this, 'gcp', 'approval', SUPPORT['pipelines.approval'].by);
  }
}

class PipelineGrants extends BuildPipelineGrants {
  public constructor(
    private readonly pipeline: Construct,
    private readonly project: string,
    private readonly builder: ServiceAccount,
  ) {
    super();
  }

  public run(id: string, { member }: IMember): void {
    new ProjectIamMember(this.pipeline, id, { project: this.project, role: 'roles/cloudbuild.builds.editor', member });
    new ServiceAccountIamMember(this.pipeline, `${id}AsBuilder`, {
      serviceAccountId: this.builder.name,
      role: 'roles/iam.serviceAccountUser',
      member,
    });
  }

  public approve(id: string, grantee: IMember): void {
    new ProjectIamMember(this.pipeline, id, { project: this.project, role: 'roles/cloudbuild.builds.approver', member: grantee.member });
  }
}
