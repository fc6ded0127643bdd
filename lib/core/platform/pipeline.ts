import { PipelineStage, RepositoryProvider } from '../pipeline';
import { Cloud } from './shared';

/** A pipeline from a Git commit to a running service. */
export interface PipelineDeclaration {
  /** What is built, such as `{ owner: acme, name: housing }`. No default: it is your repository. */
  readonly repository: RepositoryDeclaration;
  /**
   * What is done, in the order lint, test, build, deploy.
   *
   * @default - all four if `deploys` is given, else all but deploy
   * @minItems 1
   * @uniqueItems true
   */
  readonly stages?: PipelineStage[];
  /**
   * Name of the service under `inference` that it deploys.
   *
   * @default - none: builds and pushes only
   */
  readonly deploys?: string;
  /**
   * Somebody has to approve before the deployment.
   *
   * @default false
   */
  readonly approval?: boolean;
  /**
   * Folder of the repository in which the commands run.
   *
   * @default .
   */
  readonly directory?: string;
  /**
   * Folder that holds the Dockerfile, relative to `directory`.
   *
   * @default - the image directory of the service that it deploys, else the directory itself
   */
  readonly context?: string;
  /**
   * Shell commands of the stages.
   *
   * @default - make install and make lint, make install and make test
   */
  readonly commands?: CommandsDeclaration;
  /**
   * Clouds that get this pipeline.
   *
   * @default - every target
   * @minItems 1
   */
  readonly on?: Cloud[];
}

/** A Git repository. */
export interface RepositoryDeclaration {
  /**
   * Where it lives.
   *
   * @default github
   */
  readonly provider?: RepositoryProvider;
  /**
   * User or organization. No default: it is your repository.
   *
   * @minLength 1
   */
  readonly owner: string;
  /**
   * Name of the repository. No default: it is your repository.
   *
   * @minLength 1
   */
  readonly name: string;
  /**
   * The branch whose commits are built.
   *
   * @default main
   */
  readonly branch?: string;
}

/** Shell commands of the stages. */
export interface CommandsDeclaration {
  /**
   * Of the lint stage.
   *
   * @default - make install, make lint
   * @minItems 1
   */
  readonly lint?: string[];
  /**
   * Of the test stage.
   *
   * @default - make install, make test
   * @minItems 1
   */
  readonly test?: string[];
}
