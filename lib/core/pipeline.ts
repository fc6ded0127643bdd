import { IConstruct } from 'constructs';
import { Environment } from './environment';

/** Where source code lives. */
export enum RepositoryProvider {
  /** GitHub. */
  GITHUB = 'github',
  /** GitLab. */
  GITLAB = 'gitlab',
  /** Bitbucket Cloud. */
  BITBUCKET = 'bitbucket',
  /** Azure Repos, of Azure DevOps. */
  AZURE_REPOS = 'azure-repos',
}

/** A Git repository and the branch that is built. */
export interface Repository {
  /** Where it lives. */
  readonly provider: RepositoryProvider;
  /** User or organization. */
  readonly owner: string;
  /** Name of the repository. */
  readonly name: string;
  /**
   * The branch whose commits are built.
   *
   * @default "main"
   */
  readonly branch?: string;
}

/** A step of a build pipeline, in the order they run. */
export enum PipelineStage {
  /** Runs the lint commands. */
  LINT = 'lint',
  /** Runs the test commands. */
  TEST = 'test',
  /** Builds the image and pushes it to the registry. */
  BUILD = 'build',
  /** Puts the image into service by the service's rollout. */
  DEPLOY = 'deploy',
}

/** What a build pipeline needs on every cloud. */
export interface BuildPipelineBaseProps {
  /** What is built. */
  readonly repository: Repository;
  /**
   * What is done, always in the order lint, test, build, deploy.
   *
   * @default - all four if the pipeline deploys a service, else all but deploy
   */
  readonly stages?: PipelineStage[];
  /**
   * Folder of the repository in which the commands run.
   *
   * @default "."
   */
  readonly directory?: string;
  /**
   * Folder that holds the Dockerfile, relative to `directory`.
   *
   * @default "."
   */
  readonly context?: string;
  /**
   * Shell commands of the lint stage. They run in a Python image with make.
   *
   * @default - make install, make lint
   */
  readonly lintCommands?: string[];
  /**
   * Shell commands of the test stage.
   *
   * @default - make install, make test
   */
  readonly testCommands?: string[];
  /**
   * Somebody has to approve before the deployment.
   *
   * @default false
   */
  readonly approval?: boolean;
  /**
   * What the pipeline is for; on AWS it chooses whether the pipeline's own bucket stays when it goes. Azure and Google Cloud keep nothing of
   * a pipeline in its stack.
   *
   * @default Environment.DEV
   */
  readonly environment?: Environment;
}

/** A pipeline from a Git commit to a running service, on any cloud. */
export interface IBuildPipeline extends IConstruct {
  /** What the cloud calls it. */
  readonly pipelineName: string;
  /** The exact command that runs it now. */
  readonly runCommand: string;
}

/** Commands that are run where none are given. */
export const PIPELINE_DEFAULTS = {
  branch: 'main',
  directory: '.',
  context: '.',
  lintCommands: ['make install', 'make lint'],
  testCommands: ['make install', 'make test'],
} as const;

/** All stages in the order they run. */
export const STAGE_ORDER: readonly PipelineStage[] = [PipelineStage.LINT, PipelineStage.TEST, PipelineStage.BUILD, PipelineStage.DEPLOY];
