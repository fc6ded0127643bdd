import { LogicAppActionCustom } from '@cdktf/provider-azurerm/lib/logic-app-action-custom';
import { LogicAppTriggerRecurrence } from '@cdktf/provider-azurerm/lib/logic-app-trigger-recurrence';
import { LogicAppWorkflow } from '@cdktf/provider-azurerm/lib/logic-app-workflow';
import { Construct } from 'constructs';
import type { IResourceGroup } from '../resource-group';
import { ARM, body, call } from './logic-app';
import { localName } from './name';
import { assignOwnRole, ownRole } from './role';

const API = 'api-version=2024-01-01';
const SHARES = 'Microsoft.Storage/storageAccounts/fileServices/shares';
/** Azure Files keeps 200 snapshots of a share. */
const MOST = 199;

/** A share of which snapshots are taken; the only one of its account. */
export interface Snapshots {
  readonly resourceGroup: IResourceGroup;
  readonly storageAccountId: string;
  readonly shareName: string;
  /** Days that a snapshot is kept. */
  readonly days: number;
}

/**
 * Takes a snapshot of a share each day, and deletes old ones.
 *
 * Azure Backup does not take shares of NFS. Its own role reads, makes and deletes shares of this account, which is how Azure Resource Manager
 * knows snapshots; it does not reach the files.
 */
export class FileSnapshots extends Construct {
  public constructor(scope: Construct, id: string, props: Snapshots) {
    super(scope, id);
    const { resourceGroup, storageAccountId } = props;
    const workflow = new LogicAppWorkflow(this, 'Resource', {
      name: localName(this),
      resourceGroupName: resourceGroup.resourceGroupName,
      location: resourceGroup.location,
      identity: { type: 'SystemAssigned' },
    });
    const role = ownRole(this, 'Role', {
      resourceGroupId: resourceGroup.resourceGroupId,
      description: 'Takes and deletes snapshots of file shares',
      actions: ['read', 'write', 'delete'].map((action) => `${SHARES}/${action}`),
    });
    const granted = assignOwnRole(this, 'Grant', role, storageAccountId, {
      principalId: workflow.identity.principalId,
      principalType: 'ServicePrincipal',
    });
    const action = new LogicAppActionCustom(this, 'Action', {
      name: 'Snapshots',
      logicAppId: workflow.id,
      body: body({ type: 'Scope', runAfter: {}, actions: actions(props) }),
    });
    new LogicAppTriggerRecurrence(this, 'Trigger', {
      name: 'Daily',
      logicAppId: workflow.id,
      frequency: 'Day',
      interval: 1,
      timeZone: 'UTC',
      schedule: { atTheseHours: [2], atTheseMinutes: [0] },
      dependsOn: [action, granted],
    });
  }
}

function actions({ storageAccountId, shareName, days }: Snapshots): object {
  const shares = `${ARM}${storageAccountId}/fileServices/default/shares`;
  const taken = "item()?['properties']?['snapshotTime']";
  return {
    // https://learn.microsoft.com/rest/api/storagerp/file-shares/create#create-share-snapshot
    Take: { ...call('PUT', `${shares}/${shareName}?${API}&$expand=snapshots`, { properties: {} }), runAfter: {} },
    List: { ...call('GET', `${shares}?${API}&$expand=snapshots`), runAfter: { Take: ['Succeeded', 'Failed'] } },
    // The share itself has no time of a snapshot, and must never be among them: to delete it takes the same call.
    Old: {
      type: 'Query',
      inputs: {
        from: "@body('List')?['value']",
        where: `@and(not(empty(${taken})),less(coalesce(${taken},'9999'),addDays(utcNow(),-${Math.min(days, MOST)})))`,
      },
      runAfter: { List: ['Succeeded'] },
    },
    Each: {
      type: 'Foreach',
      foreach: "@body('Old')",
      runAfter: { Old: ['Succeeded'] },
      actions: {
        Delete: {
          ...call('DELETE', `${shares}/${shareName}?${API}`, undefined, {
            'x-ms-snapshot': "@{items('Each')?['properties']?['snapshotTime']}",
          }),
          runAfter: {},
        },
      },
    },
  };
}
