import { Metric, MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import { CfnConnection } from 'aws-cdk-lib/aws-codeconnections';
import { Artifact, GitConfiguration, IAction, IPipeline, Pipeline, PipelineType, ProviderType } from 'aws-cdk-lib/aws-codepipeline';
import { CodeStarConnectionsSourceAction, ManualApprovalAction } from 'aws-cdk-lib/aws-codepipeline-actions';
import { EventField, Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { CodePipeline, SnsTopic } from 'aws-cdk-lib/aws-events-targets';
import { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import { ITopic } from 'aws-cdk-lib/aws-sns';
import { CfnOutput, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { IBuildPipeline, PipelineStage, RepositoryProvider } from '../../core';
import { RUNBOOK } from '../../core/monitoring';
import { physicalName } from '../../core/naming';
import { parity } from '../../core/parity';
import { PIPELINE_DEFAULTS } from '../../core/pipeline';
import { artifactBucket } from '../private/pipeline-artifacts';
import { pipelineStages } from '../private/pipeline-limits';
import { letStart, pipelineRole } from '../private/pipeline-roles';
import { Steps } from '../private/pipeline-steps';
import { checksOf } from '../private/scope';
import { BuildPipelineProps } from './props';

const PROVIDERS: { readonly [provider in RepositoryProvider]: string } = {
  github: 'GitHub',
  gitlab: 'GitLab',
  bitbucket: 'Bitbucket',
  'azure-repos': 'AzureDevOps',
};

/**
 * A pipeline from a Git commit to a running service.
 *
 * Defines a CodePipeline (V2) that a push to the branch starts, through a connection to the Git provider; a CodeBuild project each for lint,
 * test, build and deploy; an approval if asked for; an encrypted bucket for what the stages hand on; and a log group for each step.
 * The build pushes an image under a tag of the commit to ECR and hands on its digest. The deploy stage puts that image into
 * service by the service's own rollout, waits, fails if it was rolled back, and tags the image in service `live-...`.
 *
 * A connection that is made here has to be authorized once, in the console: CloudFormation cannot log in to a Git provider. Until then
 * executions fail, the one included that CodePipeline starts by itself when it is made. A repository on Azure DevOps has
 * `organization/project` for its owner. Base images of Docker Hub are rationed by address; take them from `public.ecr.aws/docker/library`.
 *
 * Steps run on small machines of CodeBuild, about 0.005 USD a minute; while a rollout takes its time the deploy stage waits and costs, too.
 * CodePipeline itself costs about 0.002 USD a minute of execution after the first 100 in a month.
 *
 * @example
 * declare const service: aws.LambdaInference;
 * declare const registry: aws.ImageRegistry;
 * const pipeline = new aws.BuildPipeline(this, 'Release', {
 *   repository: { provider: RepositoryProvider.GITHUB, owner: 'acme', name: 'housing' },
 *   imageRepository: registry.repository,
 *   service,
 *   approval: true,
 * });
 *
 * @see https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html
 */
export class BuildPipeline extends Construct implements IBuildPipeline {
  /** A pipeline that exists already. */
  public static fromPipelineName(scope: Construct, id: string, pipelineName: string): IBuildPipeline {
    return new ImportedBuildPipeline(scope, id, pipelineName);
  }

  public readonly pipelineName: string;
  public readonly runCommand: string;
  /** The pipeline. */
  public readonly pipeline: IPipeline;
  /** ARN of the connection to the Git provider. */
  public readonly connectionArn: string;
  /** Permissions on the pipeline. */
  public readonly grants: BuildPipelineGrants;

  public constructor(scope: Construct, id: string, props: BuildPipelineProps) {
    super(scope, id);
    const checks = checksOf(this, 'aws.BuildPipeline');
    const stages = pipelineStages(checks, props);
    checks.done();

    const artifacts = props.artifactBucket ?? artifactBucket(this, props.environment);
    this.connectionArn = props.connectionArn ?? this.connection(props.repository.provider);
    const role = pipelineRole(this, artifacts, this.connectionArn);
    const source = new Artifact('Source');
    const checkout = this.source(props, source);
    const pipeline = new Pipeline(this, 'Resource', {
      pipelineType: PipelineType.V2,
      artifactBucket: artifacts,
      role: role.withoutPolicyUpdates(),
      usePipelineRoleForActions: true,
      triggers: [{ providerType: ProviderType.CODE_STAR_SOURCE_CONNECTION, gitConfiguration: triggerOf(props, checkout) }],
    });
    pipeline.addStage({ stageName: 'Source', actions: [checkout] });
    const steps = new Steps(this, { ...props, artifacts, source, checkout });
    for (const stage of stages) {
      if (stage === PipelineStage.DEPLOY && props.approval)
        pipeline.addStage({
          stageName: 'Approval',
          actions: [
            new ManualApprovalAction({
              actionName: 'Approval',
              additionalInformation: `Deploy commit ${checkout.variables.commitId}?`,
            }),
          ],
        });
      const { project, action } = steps.make(stage);
      letStart(role, project);
      pipeline.addStage({ stageName: TITLES[stage], actions: [action] });
    }
    this.pipeline = pipeline;
    this.pipelineName = pipeline.pipelineName;
    this.runCommand = runCommand(this, this.pipelineName);
    this.grants = BuildPipelineGrants.of(pipeline);
    for (const model of props.startOnApproval ?? []) model.onApproved(`Start${this.node.id}`, new CodePipeline(pipeline));
    if (props.failureTopic) this.notify(pipeline, props.failureTopic);
    this.report(props, stages);
    this.output(props);
  }

  /** Executions that failed. Not published in the regions of China and GovCloud. */
  public metricFailures(options?: MetricOptions): Metric {
    return new Metric({
      namespace: 'AWS/CodePipeline',
      metricName: 'FailedPipelineExecutions',
      dimensionsMap: { PipelineName: this.pipelineName },
      statistic: 'Sum',
      ...options,
    });
  }

  private connection(provider: RepositoryProvider): string {
    return new CfnConnection(this, 'Connection', {
      // The cloud demands a name, one that is free in the account.
      connectionName: physicalName(this, { max: 32, separator: '-' }),
      providerType: PROVIDERS[provider],
    }).attrConnectionArn;
  }

  private source(props: BuildPipelineProps, output: Artifact): CodeStarConnectionsSourceAction {
    return new CodeStarConnectionsSourceAction({
      actionName: 'Source',
      connectionArn: this.connectionArn,
      owner: props.repository.owner,
      repo: props.repository.name,
      branch: branchOf(props),
      output,
      variablesNamespace: 'Source',
    });
  }

  private notify(pipeline: IPipeline, topic: ITopic): void {
    const rule = new Rule(this, 'FailureRule', {
      description: `Failed executions of ${this.node.path}`,
      eventPattern: {
        source: ['aws.codepipeline'],
        detailType: ['CodePipeline Pipeline Execution State Change'],
        resources: [pipeline.pipelineArn],
        detail: { state: ['FAILED'] },
      },
    });
    const execution = EventField.fromPath('$.detail.execution-id');
    rule.addTarget(
      new SnsTopic(topic, {
        message: RuleTargetInput.fromText(`${this.node.path} failed, execution ${execution}. ${RUNBOOK.pipelineFailed}`),
      }),
    );
  }

  private report(props: BuildPipelineProps, stages: readonly PipelineStage[]): void {
    parity.mapped(this, 'aws', '', `CodePipeline V2: source, ${stages.join(', ')}`);
    parity.mapped(this, 'aws', 'repository.provider', `CodeConnections to ${PROVIDERS[props.repository.provider]}`);
    if (props.approval) parity.mapped(this, 'aws', 'approval', 'manual approval action');
  }

  private output(props: BuildPipelineProps): void {
    const { region } = Stack.of(this);
    if (!props.connectionArn)
      new CfnOutput(this, 'AuthorizeConnection', {
        value: `https://${region}.console.aws.amazon.com/codesuite/settings/connections?region=${region}`,
        description: `Once, after the first deployment: choose ${physicalName(this, { max: 32, separator: '-' })}, "Update pending connection"`,
      });
    new CfnOutput(this, 'RunCommand', { value: this.runCommand, description: 'Runs the pipeline on the newest commit' });
  }
}

/** Permissions on a build pipeline. */
export class BuildPipelineGrants {
  /** Permissions on a pipeline, for build pipelines of your own. */
  public static of(pipeline: IPipeline): BuildPipelineGrants {
    return new BuildPipelineGrants(pipeline);
  }

  private constructor(private readonly pipeline: IPipeline) {}

  /** To run the pipeline and see how it gets on. */
  public run(grantee: IGrantable): Grant {
    return Grant.addToPrincipal({
      grantee,
      actions: ['codepipeline:GetPipelineState', 'codepipeline:StartPipelineExecution'],
      resourceArns: [this.pipeline.pipelineArn],
    });
  }
}

class ImportedBuildPipeline extends Construct implements IBuildPipeline {
  public readonly runCommand: string;
  public constructor(
    scope: Construct,
    id: string,
    public readonly pipelineName: string,
  ) {
    super(scope, id);
    this.runCommand = runCommand(this, pipelineName);
  }
}

const TITLES: { readonly [stage in PipelineStage]: string } = { lint: 'Lint', test: 'Test', build: 'Build', deploy: 'Deploy' };

function runCommand(scope: Construct, pipelineName: string): string {
  return `aws codepipeline start-pipeline-execution --region ${Stack.of(scope).region} --name ${pipelineName}`;
}

function branchOf(props: BuildPipelineProps): string {
  return props.repository.branch ?? PIPELINE_DEFAULTS.branch;
}

/** A push to the branch, of something below the folder that is built. */
function triggerOf(props: BuildPipelineProps, sourceAction: IAction): GitConfiguration {
  const directory = (props.directory ?? PIPELINE_DEFAULTS.directory).replace(/^(\.\/)+|\/+$/g, '');
  return {
    sourceAction,
    pushFilter: [
      { branchesIncludes: [branchOf(props)], ...(directory === '.' || directory === '' ? {} : { filePathsIncludes: [`${directory}/**`] }) },
    ],
  };
}
