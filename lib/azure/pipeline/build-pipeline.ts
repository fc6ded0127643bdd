import { ApplicationInsights } from '@cdktf/provider-azurerm/lib/application-insights';
import { ContainerRegistryTask } from '@cdktf/provider-azurerm/lib/container-registry-task';
import { DataAzurermSubscription } from '@cdktf/provider-azurerm/lib/data-azurerm-subscription';
import { FederatedIdentityCredential } from '@cdktf/provider-azurerm/lib/federated-identity-credential';
import { UserAssignedIdentity } from '@cdktf/provider-azurerm/lib/user-assigned-identity';
import { Fn, TerraformOutput, TerraformVariable } from 'cdktf';
import { Construct } from 'constructs';
import { IBuildPipeline, PipelineStage, RepositoryProvider } from '../../core';
import { Checks } from '../../core/errors';
import { parity } from '../../core/parity';
import { PIPELINE_DEFAULTS } from '../../core/pipeline';
import { literal } from '../../core/terraform-text';
import { imageName } from '../private/image';
import { grantId, localName } from '../private/name';
import { DevOpsData, DevOpsProvider, DevOpsResource } from '../private/pipeline-devops';
import { pipelineFile } from '../private/pipeline-file';
import { ResolvedPipeline, resolvePipeline } from '../private/pipeline-props';
import { assignRole } from '../private/role';
import { PipelineStarter, DevOpsPipeline } from '../private/pipeline-starter';
import { IPrincipal, IResourceGroup } from '../resource-group';
import { SUPPORT } from '../support';
import { ModelEventTarget } from '../tracking';
import { AzureDevOpsProject, BuildPipelineProps } from './props';

/**
 * A pipeline from a Git commit to a running service: lint, test, build, approval, deployment by the service's rollout.
 *
 * Defines a managed identity for the pipeline and its roles, a task of ACR Tasks, and a pipeline file for Azure Pipelines, which an output
 * holds and the repository takes. With `azureDevOps` it also defines the pipeline and its service connection, which has no secret: Azure
 * trusts the tokens of that one connection (workload identity federation).
 *
 * The deploy stage puts the image into the staging slot, waits until App Service finds it healthy, gives it its share of the traffic for
 * the canary's interval, swaps, watches the errors for five minutes, and takes everything back if more than 1 % of the requests fail or a
 * step fails. Run with `tag`, it deploys an image that exists already, such as the one before.
 * The task of ACR Tasks builds the image on every commit and whenever its base image changes. It reads the repository with a token, the
 * variable `RepositoryToken`; as long as that is empty, the task is not there. What it builds is tagged with its run, and deployed by
 * running the pipeline with that tag. In a registry that answers in its network only it waits for a machine, which the pipeline's next run
 * starts.
 *
 * The identity may run builds in the registry and push to it (`Container Registry Tasks Contributor`, `AcrPush`), and deploy
 * the one service (`Website Contributor` and `Monitoring Reader` on the web app).
 * Microsoft-hosted agents are free for 1,800 minutes a month; builds in ACR Tasks are paid for by the second.
 *
 * @example
 * const pipeline = new azure.BuildPipeline(this, 'Release', {
 *   resourceGroup: group,
 *   registry,
 *   service,
 *   repository: { provider: RepositoryProvider.GITHUB, owner: 'acme', name: 'housing' },
 *   approval: true,
 * });
 *
 * @see https://learn.microsoft.com/azure/container-registry/container-registry-tasks-overview
 */
export class BuildPipeline extends Construct implements IBuildPipeline {
  public readonly pipelineName: string;
  public readonly runCommand: string;
  /** Who the pipeline is in Entra ID. */
  public readonly principal: IPrincipal;

  private readonly resourceGroup: IResourceGroup;
  private definition: DevOpsPipeline | undefined;
  private starter: PipelineStarter | undefined;

  public constructor(scope: Construct, id: string, props: BuildPipelineProps) {
    super(scope, id);
    this.resourceGroup = props.resourceGroup;
    const d = resolvePipeline(this, props);
    this.pipelineName = localName(this);
    const place = { resourceGroupName: props.resourceGroup.resourceGroupName, location: props.resourceGroup.location };
    const identity = new UserAssignedIdentity(this, 'Resource', { name: this.pipelineName, ...place });
    this.principal = { principalId: identity.principalId, principalType: 'ServicePrincipal' };
    if (d.stages.includes(PipelineStage.BUILD)) {
      props.registry.grants.push(this.pipelineName, this.principal);
      assignRole(this, 'Builder', 'Container Registry Tasks Contributor', props.registry.registryId, this.principal);
    }
    props.service?.grants.deploy(this.pipelineName, this.principal);
    props.tracking?.grants.use(this.pipelineName, this.principal);

    const log =
      props.logWorkspace &&
      new ApplicationInsights(this, 'RunLog', {
        name: this.pipelineName,
        ...place,
        applicationType: 'other',
        workspaceId: props.logWorkspace.workspaceId,
        localAuthenticationDisabled: true,
      });
    if (log) assignRole(this, 'RunLogWriter', 'Monitoring Metrics Publisher', log.id, this.principal);

    const repository = props.service ? imageName(props.service) : imageName(this);
    this.buildTask(props, d, repository);
    const devOps = props.azureDevOps;
    if (devOps) this.inDevOps(devOps, props, d, identity);
    const where = devOps ? ` --organization https://dev.azure.com/${devOps.organization} --project '${devOps.project}'` : '';
    this.runCommand = `az pipelines run --name ${this.pipelineName} --branch ${d.branch}${where}`;

    const file = new TerraformOutput(this, 'File', {
      description: `The pipeline file; it goes into the repository as ${d.filePath}`,
      value: literal(
        pipelineFile({
          ...d,
          name: this.pipelineName,
          lintCommands: props.lintCommands ?? PIPELINE_DEFAULTS.lintCommands,
          testCommands: props.testCommands ?? PIPELINE_DEFAULTS.testCommands,
          pythonVersion: props.pythonVersion ?? '3.11',
          approval: props.approval ?? false,
          approvers: props.approvers ?? [],
          agentPool: props.agentPool,
          registry: props.registry,
          repository,
          service: props.service,
          tracking: props.tracking?.environment(),
          // With keys switched off, it tells where to send events to, and lets nobody do so.
          runLog: log && Fn.nonsensitive(log.connectionString),
        }),
      ),
    });
    const steps = [`terraform output -raw ${file.friendlyUniqueId} > ${d.filePath}   # then commit and push it`];
    if (!devOps) steps.push(...this.byHand(d, props, identity));
    new TerraformOutput(this, 'Setup', { description: 'What remains to be done, once', value: literal(steps.join('\n')) });
    new TerraformOutput(this, 'Run', { description: 'Runs the pipeline now', value: this.runCommand });
    for (const model of props.startOnApproval ?? []) model.onApproved(grantId(this, 'Start'), this.modelEventTarget());
    this.note(props);
  }

  /**
   * What runs the pipeline for each event of a model, as `ModelRegistry.onApproved` takes it: a queue of Service Bus (Basic, without keys), and
   * a Logic App that looks into it every five minutes and may run this one pipeline. It takes one of the organization's basic licences.
   *
   * @throws a problem if `azureDevOps` does not name the project, because the pipeline is not Terraform's then
   */
  public modelEventTarget(): ModelEventTarget {
    const checks = new Checks(this, 'azure.BuildPipeline');
    checks.require(
      this.definition !== undefined,
      'missing',
      'azureDevOps',
      undefined,
      'an event can only run a pipeline that Terraform has made',
      'write azureDevOps: (targets.azure.devOps), or send events to a ModelEventTarget of your own',
    );
    checks.done();
    this.starter ??= new PipelineStarter(this, 'Starter', this.resourceGroup, this.definition!);
    return this.starter.target;
  }

  /** Builds on commit and on a new base image, once there is a token to read the repository with. */
  private buildTask(props: BuildPipelineProps, d: ResolvedPipeline, repository: string): void {
    const source = SOURCE_TYPE[props.repository.provider];
    if (!source || !d.stages.includes(PipelineStage.BUILD)) return;
    const token = new TerraformVariable(this, 'RepositoryToken', {
      type: 'string',
      default: '',
      sensitive: true,
      nullable: false,
      description: `A token that reads ${d.repositoryUrl} and makes webhooks in it; ACR Tasks then builds the image on every commit and whenever its base image changes`,
    });
    const task = new ContainerRegistryTask(this, 'Task', {
      name: localName(this, 50),
      containerRegistryId: props.registry.registryId,
      agentPoolName: props.registry.buildAgentPoolName,
      platform: { os: 'Linux', architecture: 'amd64' },
      dockerStep: {
        contextPath: `${d.repositoryUrl}#${d.branch}${d.context === '.' ? '' : `:${d.context}`}`,
        contextAccessToken: token.stringValue,
        dockerfilePath: 'Dockerfile',
        imageNames: [`${repository}:{{.Run.ID}}`],
      },
      sourceTrigger: [
        {
          name: 'commit',
          events: ['commit'],
          branch: d.branch,
          repositoryUrl: d.repositoryUrl,
          sourceType: source,
          authentication: { token: token.stringValue, tokenType: 'PAT' },
        },
      ],
      baseImageTrigger: { name: 'base-image', type: 'Runtime' },
    });
    task.addOverride('count', `\${var.${token.friendlyUniqueId} == "" ? 0 : 1}`);
  }

  /** The pipeline and its service connection, in Azure DevOps. */
  private inDevOps(devOps: AzureDevOpsProject, props: BuildPipelineProps, d: ResolvedPipeline, identity: UserAssignedIdentity): void {
    const provider = DevOpsProvider.of(this, devOps.organization);
    const project = new DevOpsData(this, 'Project', 'project', provider, { name: devOps.project }).get('id');
    const subscription = new DataAzurermSubscription(this, 'Subscription', {});
    const connection = new DevOpsResource(this, 'Connection', 'serviceendpoint_azurerm', provider, {
      project_id: project,
      service_endpoint_name: this.pipelineName,
      description: 'Managed by Terraform',
      service_endpoint_authentication_scheme: 'WorkloadIdentityFederation',
      credentials: [{ serviceprincipalid: identity.clientId }],
      azurerm_spn_tenantid: identity.tenantId,
      azurerm_subscription_id: subscription.subscriptionId,
      azurerm_subscription_name: subscription.displayName,
    });
    new FederatedIdentityCredential(this, 'Trust', {
      name: 'azure-pipelines',
      resourceGroupName: props.resourceGroup.resourceGroupName,
      parentId: identity.id,
      audience: ['api://AzureADTokenExchange'],
      issuer: connection.get('workload_identity_federation_issuer'),
      subject: connection.get('workload_identity_federation_subject'),
    });
    const inRepos = props.repository.provider === RepositoryProvider.AZURE_REPOS;
    const definition = new DevOpsResource(this, 'Definition', 'build_definition', provider, {
      project_id: project,
      name: this.pipelineName,
      ...(props.agentPool === undefined ? {} : { agent_pool_name: props.agentPool }),
      ci_trigger: [{ use_yaml: true }],
      repository: [
        inRepos
          ? {
              repo_type: 'TfsGit',
              repo_id: new DevOpsData(this, 'Repository', 'git_repository', provider, {
                project_id: project,
                name: props.repository.name,
              }).get('id'),
              branch_name: `refs/heads/${d.branch}`,
              yml_path: d.filePath,
            }
          : {
              repo_type: REPOSITORY_TYPE[props.repository.provider],
              repo_id: d.repositoryId,
              branch_name: d.branch,
              yml_path: d.filePath,
              service_connection_id: devOps.repositoryConnectionId,
            },
      ],
    });
    this.definition = {
      provider,
      organization: devOps.organization,
      project,
      definition: definition.get('id'),
      branch: d.branch,
    };
    new DevOpsResource(this, 'Authorization', 'pipeline_authorization', provider, {
      project_id: project,
      resource_id: connection.get('id'),
      type: 'endpoint',
      pipeline_id: definition.get('id'),
    });
  }

  /** The same, as commands for where Terraform is not told the project. */
  private byHand(d: ResolvedPipeline, props: BuildPipelineProps, identity: UserAssignedIdentity): string[] {
    const type = CLI_TYPE[props.repository.provider];
    const repository = type === 'tfsgit' ? props.repository.name : d.repositoryId;
    return [
      `# In Azure DevOps, project settings, service connections: new, Azure Resource Manager, managed identity (manual), workload identity`,
      `# federation; name ${this.pipelineName}, client id ${identity.clientId}, tenant id ${identity.tenantId}. With the issuer and the subject that it shows:`,
      `az identity federated-credential create --identity-name ${this.pipelineName} --resource-group ${props.resourceGroup.resourceGroupName} --name azure-pipelines --audiences api://AzureADTokenExchange --issuer "$ISSUER" --subject "$SUBJECT"`,
      `az pipelines create --name ${this.pipelineName} --repository ${repository} --repository-type ${type} --branch ${d.branch} --yaml-path ${d.filePath}`,
    ];
  }

  private note(props: BuildPipelineProps): void {
    const row = SUPPORT[`pipelines.provider.${props.repository.provider}`];
    parity.mapped(this, 'azure', '', SUPPORT.pipelines.by);
    const unknown =
      'targets.azure.devOps does not name the project, so an output holds the commands that make the pipeline and its service connection';
    const reason = row.reason ?? (props.azureDevOps ? undefined : unknown);
    if (reason === undefined) parity.mapped(this, 'azure', 'repository', row.by);
    else parity.approximated(this, 'azure', 'repository', row.by, reason);
    if (!props.logWorkspace)
      parity.approximated(
        this,
        'azure',
        '',
        'failed runs are mailed by Azure DevOps to whoever pushed',
        'the pipeline has no logWorkspace, so Azure Monitor learns of no run and raises no alarm',
      );
    if (props.registry.buildAgentPoolName !== undefined)
      parity.approximated(
        this,
        'azure',
        '',
        'builds of ACR Tasks on a commit or a new base image wait for the next run of the pipeline',
        'the registry answers in its network only, and the machine there that builds is started by the pipeline and stopped after it',
      );
    if (props.approval) parity.mapped(this, 'azure', 'approval', SUPPORT['pipelines.approval'].by);
  }
}

/** What ACR Tasks calls the hosts that it takes commits from. */
const SOURCE_TYPE: { readonly [provider in RepositoryProvider]?: string } = {
  [RepositoryProvider.GITHUB]: 'Github',
  [RepositoryProvider.AZURE_REPOS]: 'VisualStudioTeamService',
};
/** What the azuredevops provider calls hosts other than its own. */
const REPOSITORY_TYPE: { readonly [provider in RepositoryProvider]?: string } = {
  [RepositoryProvider.GITHUB]: 'GitHub',
  [RepositoryProvider.BITBUCKET]: 'Bitbucket',
};
/** What `az pipelines create` calls them. */
const CLI_TYPE: { readonly [provider in RepositoryProvider]?: string } = {
  [RepositoryProvider.GITHUB]: 'github',
  [RepositoryProvider.AZURE_REPOS]: 'tfsgit',
  [RepositoryProvider.BITBUCKET]: 'bitbucket',
};
