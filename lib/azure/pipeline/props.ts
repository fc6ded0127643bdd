import { BuildPipelineBaseProps } from '../../core';
import { IAppServiceInference } from '../inference';
import { ILogWorkspace } from '../logs';
import { IModelRegistry } from '../models';
import { IImageRegistry } from '../registry';
import { IResourceGroup } from '../resource-group';
import { IExperimentTracking } from '../tracking';

/** The project in Azure DevOps that a pipeline runs in. */
export interface AzureDevOpsProject {
  /** Name of the organization: `acme` of `https://dev.azure.com/acme`. */
  readonly organization: string;
  /** Name of the project. */
  readonly project: string;
  /**
   * Id of the service connection by which Azure Pipelines reads GitHub or Bitbucket.
   *
   * @default - none; required unless the repository is on Azure Repos
   */
  readonly repositoryConnectionId?: string;
}

/** Props of `BuildPipeline`. */
export interface BuildPipelineProps extends BuildPipelineBaseProps {
  /** Where it is put. */
  readonly resourceGroup: IResourceGroup;
  /** The registry that images are pushed to. */
  readonly registry: IImageRegistry;
  /**
   * The service that it deploys, by the service's rollout.
   *
   * @default - none: builds and pushes only
   */
  readonly service?: IAppServiceInference;
  /**
   * Where failed runs are recorded, so that an alarm can tell of them.
   *
   * @default - nowhere; Azure DevOps mails whoever pushed
   */
  readonly logWorkspace?: ILogWorkspace;
  /**
   * The project in Azure DevOps that it runs in. Terraform then makes the pipeline and its service connection.
   *
   * @default - an output holds the commands that make both
   */
  readonly azureDevOps?: AzureDevOpsProject;
  /**
   * Who may approve: mail addresses, groups or teams of Azure DevOps.
   *
   * @default - anybody who may queue the pipeline; whoever pushed is told
   */
  readonly approvers?: string[];
  /**
   * Pool of agents of your own that it runs on.
   *
   * @default - Microsoft-hosted agents
   */
  readonly agentPool?: string;
  /**
   * Server that the test commands log runs to, or read registered models from. They find it in `MLFLOW_TRACKING_URI` and are let in as the
   * pipeline. A server that answers in its network only needs an `agentPool` in that network.
   *
   * @default - none
   */
  readonly tracking?: IExperimentTracking;
  /**
   * Models whose approval runs it, within five minutes; see `modelEventTarget`. Needs `azureDevOps`.
   *
   * @default - none: it runs on commits, and when somebody says so
   */
  readonly startOnApproval?: IModelRegistry[];
  /**
   * Where the pipeline file is in the repository.
   *
   * @default "azure-pipelines.yml"
   */
  readonly filePath?: string;
  /**
   * Version of Python that the lint and test commands find.
   *
   * @default "3.11"
   */
  readonly pythonVersion?: string;
}
