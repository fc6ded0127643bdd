import { ServicebusNamespace } from '@cdktf/provider-azurerm/lib/servicebus-namespace';
import { ServicebusQueue } from '@cdktf/provider-azurerm/lib/servicebus-queue';
import { RoleAssignment } from '@cdktf/provider-azurerm/lib/role-assignment';
import { Construct } from 'constructs';
import { physicalName } from '../../core/naming';
import { IPrincipal, IResourceGroup } from '../resource-group';
import { ModelEventTarget } from '../tracking';
import { acknowledge } from './acknowledge';
import { assignRole } from './role';

/** Minutes that an event waits at most. */
const MINUTES = 5;

/** A queue that Event Grid puts events into, and a Logic App takes them from; without keys. */
export class EventQueue extends Construct {
  public readonly target: ModelEventTarget;
  /** The trigger of a Logic App that runs once for each event; its body is the event. */
  public readonly trigger: object;
  private readonly queueId: string;

  public constructor(scope: Construct, id: string, resourceGroup: IResourceGroup) {
    super(scope, id);
    const name = physicalName(this, { max: 50, separator: '-', seed: resourceGroup.nameSeed });
    const namespace = new ServicebusNamespace(this, 'Resource', {
      name,
      resourceGroupName: resourceGroup.resourceGroupName,
      location: resourceGroup.location,
      sku: 'Basic',
      localAuthEnabled: false,
      minimumTlsVersion: '1.2',
    });
    acknowledge(this, {
      'service-bus-public-network':
        'Only the Premium tier knows networks. Nobody gets in without a role, and events say no more than the name of a model.',
      'service-bus-identity': 'It calls nobody.',
      'service-bus-own-key': 'Only the Premium tier takes a key, and events say no more than the name of a model.',
    });
    const queue = new ServicebusQueue(this, 'Queue', { name: 'events', namespaceId: namespace.id });
    this.queueId = queue.id;
    this.target = ModelEventTarget.serviceBusQueue(queue.id);
    this.trigger = {
      type: 'Http',
      recurrence: { frequency: 'Minute', interval: MINUTES },
      // Takes one message away; 204 where there is none: https://learn.microsoft.com/rest/api/servicebus/receive-and-delete-message-destructive-read
      inputs: {
        method: 'DELETE',
        uri: `https://${name}.servicebus.windows.net/events/messages/head?timeout=5`,
        authentication: { type: 'ManagedServiceIdentity', audience: 'https://servicebus.azure.net' },
      },
      conditions: [{ expression: "@equals(triggers()?['outputs']?['statusCode'],200)" }],
    };
  }

  /** Lets a Logic App take events. */
  public receivedBy(grantee: IPrincipal): RoleAssignment {
    return assignRole(this, 'Receiver', 'Azure Service Bus Data Receiver', this.queueId, grantee);
  }
}
