import { posix } from 'path';
import { Construct } from 'constructs';
import { ImageOwner, PipelineStage, RepositoryProvider, RolloutStrategy } from '../../core';
import { Checks } from '../../core/errors';
import { PIPELINE_DEFAULTS, STAGE_ORDER } from '../../core/pipeline';
import { BuildPipelineProps } from '../pipeline/props';
import { SUPPORT } from '../support';
import { checksFor } from './root';

/** Props with defaults filled in. */
export interface ResolvedPipeline {
  readonly stages: readonly PipelineStage[];
  readonly branch: string;
  /** Folder of the repository in which the commands run. */
  readonly directory: string;
  /** Folder of the repository that holds the Dockerfile. */
  readonly context: string;
  readonly filePath: string;
  /** The repository as Azure DevOps names it: `acme/housing`. */
  readonly repositoryId: string;
  readonly repositoryUrl: string;
}

/** Checks all props, and fills in defaults. */
export function resolvePipeline(scope: Construct, props: BuildPipelineProps): ResolvedPipeline {
  const checks = checksFor(scope, 'azure.BuildPipeline');
  const asked = props.stages ?? STAGE_ORDER.filter((s) => props.service !== undefined || s !== PipelineStage.DEPLOY);
  const stages = STAGE_ORDER.filter((s) => asked.includes(s));
  const directory = folder(checks, 'directory', props.directory ?? PIPELINE_DEFAULTS.directory);
  const context = folder(checks, 'context', posix.join(directory, props.context ?? PIPELINE_DEFAULTS.context));
  checkStages(checks, props, stages);
  checkService(checks, props);
  checkRepository(checks, props);
  for (const prop of ['lintCommands', 'testCommands'] as const)
    checks.require(
      props[prop] === undefined || props[prop].length > 0,
      'missing',
      prop,
      props[prop],
      'a stage without commands does nothing',
      'write a command, or leave the stage out of stages',
    );
  checks.require(
    !props.startOnApproval?.length || props.azureDevOps !== undefined,
    'missing',
    'azureDevOps',
    undefined,
    'an approval can only run a pipeline that Terraform has made',
    'write azureDevOps: (targets.azure.devOps), or leave startOnApproval out',
  );
  checks.require(
    !props.tracking?.privateAccess || props.agentPool !== undefined,
    'missing',
    'agentPool',
    undefined,
    "the tracking server answers in its network only, and Microsoft's agents are outside",
    'write agentPool: and a pool of agents in that network, or leave tracking out',
  );
  const filePath = props.filePath ?? 'azure-pipelines.yml';
  checks.require(
    /^[\w.-][\w./-]*\.ya?ml$/.test(filePath) && !filePath.includes('..'),
    'syntax',
    'filePath',
    filePath,
    'not the path of a YAML file in the repository',
    'write a path such as .azure/release.yml',
  );
  checks.done();
  const { provider, owner, name } = props.repository;
  return {
    stages,
    branch: props.repository.branch ?? PIPELINE_DEFAULTS.branch,
    directory,
    context,
    filePath,
    repositoryId: `${owner}/${name}`,
    repositoryUrl:
      provider === RepositoryProvider.AZURE_REPOS ? `https://dev.azure.com/${owner}/_git/${name}` : `${HOST[provider]}/${owner}/${name}`,
  };
}

const HOST: { readonly [provider in RepositoryProvider]: string } = {
  [RepositoryProvider.GITHUB]: 'https://github.com',
  [RepositoryProvider.GITLAB]: 'https://gitlab.com',
  [RepositoryProvider.BITBUCKET]: 'https://bitbucket.org',
  [RepositoryProvider.AZURE_REPOS]: 'https://dev.azure.com',
};

function folder(checks: Checks, prop: string, path: string): string {
  const clean = posix.normalize(path).replace(/\/$/, '');
  checks.require(
    !clean.startsWith('..') && !clean.startsWith('/') && /^[\w./-]*$/.test(clean),
    'syntax',
    prop,
    path,
    'not a folder of the repository',
    'write a path below the top of the repository, in letters, digits, dots, dashes and underscores',
  );
  return clean;
}

function checkStages(checks: Checks, props: BuildPipelineProps, stages: readonly PipelineStage[]): void {
  const deploys = stages.includes(PipelineStage.DEPLOY);
  checks.require(stages.length > 0, 'missing', 'stages', props.stages, 'a pipeline without stages does nothing', 'write stages: [build]');
  checks.require(
    !deploys || props.service !== undefined,
    'missing',
    'service',
    undefined,
    'there is a deploy stage, but nothing to deploy',
    'write service:, or leave the deploy stage out',
  );
  checks.require(
    props.service === undefined || (deploys && stages.includes(PipelineStage.BUILD)),
    'conflict',
    'stages',
    props.stages,
    'a service is to be deployed, but the build or the deploy stage is missing',
    'add build and deploy, or leave service out',
  );
  checks.require(
    !props.approval || deploys,
    'conflict',
    'approval',
    props.approval,
    'there is no deploy stage to approve',
    'add the deploy stage, or leave approval out',
  );
  checks.require(
    !props.approvers?.length || props.approval === true,
    'conflict',
    'approvers',
    props.approvers,
    'nothing has to be approved',
    'write approval: true, or leave approvers out',
  );
}

function checkService(checks: Checks, props: BuildPipelineProps): void {
  const service = props.service;
  if (!service) return;
  checks.require(
    service.imageOwner === ImageOwner.PIPELINE,
    'conflict',
    'service',
    service.node.path,
    'the stack owns its image, and would undo what the pipeline deploys',
    'write imageOwner: pipeline on the service',
  );
  checks.require(
    service.rollout.strategy === RolloutStrategy.ALL_AT_ONCE ||
      service.stagingSlotName !== undefined ||
      service.imageOwner === ImageOwner.STACK,
    'missing',
    'service',
    service.node.path,
    `a ${service.rollout.strategy} rollout tries versions in a slot, and the service has none`,
    'write stagingSlotName: on the service, or rollout: Rollout.allAtOnce()',
  );
}

function checkRepository(checks: Checks, props: BuildPipelineProps): void {
  const { provider, owner } = props.repository;
  if (provider === RepositoryProvider.GITLAB)
    checks.refuse(
      'unsupported',
      'repository.provider',
      provider,
      SUPPORT['pipelines.provider.gitlab'].reason!,
      'write github, bitbucket or azure-repos, or leave this cloud out with on:',
    );
  if (provider === RepositoryProvider.AZURE_REPOS)
    checks.require(
      /^[^/]+\/[^/]+$/.test(owner),
      'syntax',
      'repository.owner',
      owner,
      'a repository of Azure Repos belongs to a project of an organization',
      `write organization/project, such as ${owner}/ml`,
    );
  else if (props.azureDevOps && provider !== RepositoryProvider.GITLAB)
    checks.require(
      props.azureDevOps.repositoryConnectionId !== undefined,
      'missing',
      'azureDevOps.repositoryConnectionId',
      undefined,
      `Azure Pipelines reads ${provider} through a service connection, and none is given`,
      `run: az devops service-endpoint list --organization https://dev.azure.com/${props.azureDevOps.organization} --project '${props.azureDevOps.project}' --output table, and write the id of the one for ${provider} (targets.azure.devOps.repositoryConnectionId in a declaration)`,
    );
}
