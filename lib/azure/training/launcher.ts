import { LogicAppActionCustom } from '@cdktf/provider-azurerm/lib/logic-app-action-custom';
import { LogicAppTriggerCustom } from '@cdktf/provider-azurerm/lib/logic-app-trigger-custom';
import { LogicAppWorkflow } from '@cdktf/provider-azurerm/lib/logic-app-workflow';
import { Fn, ITerraformDependable, Token } from 'cdktf';
import { Construct } from 'constructs';
import { contentHash } from '../../core/naming';
import { ARM, body, call } from '../private/logic-app';
import { granted } from '../private/dependencies';
import { grantId, localName } from '../private/name';
import { EventQueue } from '../private/event-queue';
import { Recurrence } from '../private/recurrence';
import { IResourceGroup } from '../resource-group';
import { Job, jobProperties } from './job';
import { ITrainingWorkspace } from './workspace';

const API = 'api-version=2025-09-01';
/** What Azure ML calls a job that no machine has come for yet. */
const WAITING = "createArray('NotStarted','Starting','Provisioning','Preparing','Queued')";
/** Minutes after which a job goes on to the next link of the capacity chain. */
const PATIENCE = 30;

/** What the launcher needs to know. */
export interface LauncherProps {
  readonly resourceGroup: IResourceGroup;
  readonly workspace: ITrainingWorkspace;
  /** When it starts by itself; or the queue whose events start it. */
  readonly starts: Recurrence | EventQueue;
  readonly job: Job;
  /** Ids of the compute clusters, in the order of the capacity chain. */
  readonly computeIds: readonly string[];
  readonly dependsOn: readonly ITerraformDependable[];
}

/**
 * Submits a job by the clock or for each event, and moves it along the capacity chain.
 *
 * A Logic App and not a schedule of Azure ML: such a schedule cannot be deleted before somebody has disabled it, and needs a registered
 * environment, which can never be deleted; `terraform destroy` would end in an error.
 */
export class Launcher extends Construct {
  public constructor(scope: Construct, id: string, props: LauncherProps) {
    super(scope, id);
    const workflow = new LogicAppWorkflow(this, 'Resource', {
      name: localName(this),
      resourceGroupName: props.resourceGroup.resourceGroupName,
      location: props.resourceGroup.location,
      identity: { type: 'SystemAssigned' },
    });
    const submitter = grantId(this, 'Submitter');
    props.workspace.grants.submit(submitter, {
      principalId: workflow.identity.principalId,
      principalType: 'ServicePrincipal',
    });
    const action = new LogicAppActionCustom(this, 'Action', {
      name: 'Train',
      logicAppId: workflow.id,
      body: body({ type: 'Scope', runAfter: {}, actions: actions(props) }),
      dependsOn: [...props.dependsOn],
    });
    const { starts } = props;
    const events = starts instanceof EventQueue;
    const receiver = events ? [starts.receivedBy({ principalId: workflow.identity.principalId, principalType: 'ServicePrincipal' })] : [];
    new LogicAppTriggerCustom(this, 'Trigger', {
      name: events ? 'Event' : 'Schedule',
      logicAppId: workflow.id,
      body: body(events ? starts.trigger : { type: 'Recurrence', recurrence: starts }),
      dependsOn: [action, ...receiver, ...granted(props.workspace, submitter)],
    });
  }
}

function actions({ workspace, job, computeIds }: LauncherProps): object {
  // The same name and version for the same image: to register it again changes nothing.
  const version = Token.isUnresolved(job.image) ? Fn.md5(job.image) : contentHash(job.image).slice(0, 32);
  const environmentId = `${workspace.workspaceId}/environments/${job.experiment}/versions/${version}`;
  const submit = (link: number, after: object): object => {
    const jobUri = `${ARM}${workspace.workspaceId}/jobs/@{workflow().run.name}-${link}`;
    const submitted = {
      [`Submit_${link}`]: {
        ...call('PUT', `${jobUri}?${API}`, { properties: verbatim(jobProperties(job, computeIds[link], environmentId)) }),
        runAfter: after,
      },
    };
    if (link === computeIds.length - 1) return submitted;
    const status = (name: string): string => `coalesce(body('${name}')?['properties']?['status'],'Queued')`;
    return {
      ...submitted,
      [`Wait_${link}`]: {
        type: 'Until',
        runAfter: { [`Submit_${link}`]: ['Succeeded'] },
        expression: `@not(contains(${WAITING},${status(`Poll_${link}`)}))`,
        limit: { count: PATIENCE, timeout: `PT${PATIENCE + 15}M` },
        actions: {
          [`Pause_${link}`]: { type: 'Wait', inputs: { interval: { count: 1, unit: 'Minute' } }, runAfter: {} },
          [`Poll_${link}`]: { ...call('GET', `${jobUri}?${API}`), runAfter: { [`Pause_${link}`]: ['Succeeded'] } },
        },
      },
      [`Look_${link}`]: { ...call('GET', `${jobUri}?${API}`), runAfter: { [`Wait_${link}`]: ['Succeeded', 'Failed', 'TimedOut'] } },
      [`Next_${link}`]: {
        type: 'If',
        runAfter: { [`Look_${link}`]: ['Succeeded'] },
        expression: { and: [{ equals: [`@contains(${WAITING},${status(`Look_${link}`)})`, true] }] },
        actions: {
          [`Cancel_${link}`]: { ...call('POST', `${jobUri}/cancel?${API}`), runAfter: {} },
          ...submit(link + 1, { [`Cancel_${link}`]: ['Succeeded'] }),
        },
      },
    };
  };
  return {
    Register: {
      ...call('PUT', `${ARM}${environmentId}?${API}`, { properties: { image: verbatim(job.image), osType: 'Linux' } }),
      runAfter: {},
    },
    ...submit(0, { Register: ['Succeeded', 'Failed'] }),
  };
}

/** Texts that Logic Apps shall not read as expressions: those that start with `@` or have `@{` in them. */
function verbatim<T>(value: T): T {
  if (typeof value === 'string') return value.replace(/@(?=\{)/g, '@@').replace(/^@(?!@\{)/, '@@') as T;
  if (Array.isArray(value)) return value.map(verbatim) as T;
  if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, verbatim(v)])) as T;
  return value;
}
