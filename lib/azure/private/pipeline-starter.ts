import { LogicAppActionCustom } from '@cdktf/provider-azurerm/lib/logic-app-action-custom';
import { LogicAppTriggerCustom } from '@cdktf/provider-azurerm/lib/logic-app-trigger-custom';
import { LogicAppWorkflow } from '@cdktf/provider-azurerm/lib/logic-app-workflow';
import { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { IPrincipal, IResourceGroup } from '../resource-group';
import { ModelEventTarget } from '../tracking';
import { EventQueue } from './event-queue';
import { body } from './logic-app';
import { localName } from './name';
import { DevOpsProvider, DevOpsResource } from './pipeline-devops';

/** A pipeline in Azure DevOps. */
export interface DevOpsPipeline {
  readonly provider: DevOpsProvider;
  readonly organization: string;
  /** Id of the project, and of the pipeline in it. */
  readonly project: string;
  readonly definition: string;
  readonly branch: string;
}

/** What Entra ID calls Azure DevOps: https://learn.microsoft.com/azure/devops/integrate/get-started/authentication/service-principal-managed-identity */
const AZURE_DEVOPS = '499b84ac-1321-427f-aa17-267ca6975798';

/** Runs a pipeline of Azure DevOps for each event, as an identity that may do that and nothing else. */
export class PipelineStarter extends Construct {
  public readonly target: ModelEventTarget;

  public constructor(scope: Construct, id: string, resourceGroup: IResourceGroup, pipeline: DevOpsPipeline) {
    super(scope, id);
    const queue = new EventQueue(this, 'Events', resourceGroup);
    this.target = queue.target;
    const workflow = new LogicAppWorkflow(this, 'Resource', {
      name: localName(this),
      resourceGroupName: resourceGroup.resourceGroupName,
      location: resourceGroup.location,
      identity: { type: 'SystemAssigned' },
    });
    const principal: IPrincipal = { principalId: workflow.identity.principalId, principalType: 'ServicePrincipal' };
    const action = new LogicAppActionCustom(this, 'Action', {
      name: 'Run',
      logicAppId: workflow.id,
      body: body({
        type: 'Http',
        runAfter: {},
        inputs: {
          method: 'POST',
          uri: `https://dev.azure.com/${pipeline.organization}/${pipeline.project}/_apis/pipelines/${pipeline.definition}/runs?api-version=7.1`,
          headers: { 'Content-Type': 'application/json' },
          body: { resources: { repositories: { self: { refName: `refs/heads/${pipeline.branch}` } } } },
          authentication: { type: 'ManagedServiceIdentity', audience: AZURE_DEVOPS },
        },
      }),
    });
    new LogicAppTriggerCustom(this, 'Trigger', {
      name: 'Event',
      logicAppId: workflow.id,
      body: body(queue.trigger),
      dependsOn: [action, queue.receivedBy(principal), ...this.permission(pipeline, principal)],
    });
  }

  private permission(pipeline: DevOpsPipeline, { principalId }: IPrincipal): ITerraformDependable[] {
    const member = new DevOpsResource(this, 'Member', 'service_principal_entitlement', pipeline.provider, {
      origin: 'aad',
      origin_id: principalId,
      account_license_type: 'express',
    });
    const runner = new DevOpsResource(this, 'Runner', 'build_definition_permissions', pipeline.provider, {
      project_id: pipeline.project,
      build_definition_id: pipeline.definition,
      principal: member.get('descriptor'),
      permissions: { ViewBuilds: 'Allow', ViewBuildDefinition: 'Allow', QueueBuilds: 'Allow' },
    });
    return [runner];
  }
}
