import { EventgridSystemTopic } from '@cdktf/provider-azurerm/lib/eventgrid-system-topic';
import { EventgridSystemTopicEventSubscription } from '@cdktf/provider-azurerm/lib/eventgrid-system-topic-event-subscription';
import { Construct } from 'constructs';
import { Checks } from '../../core/errors';
import type { IResourceGroup } from '../resource-group';
import type { ObjectCreatedProps } from '../storage';
import { localName } from './name';
import { parseResourceId } from './resource-id';
import { assignRole } from './role';

/** What events come from. */
export interface BlobEventSource {
  readonly resourceGroup: IResourceGroup;
  readonly storageAccountId: string;
  readonly containerName: string;
}

/** Events of one storage account; Azure lets it have one topic only, which is made for the first subscription. */
export class BlobEvents {
  private topic: EventgridSystemTopic | undefined;

  public constructor(
    private readonly scope: Construct,
    private readonly source: BlobEventSource,
  ) {}

  public subscribe(checks: Checks, id: string, props: ObjectCreatedProps): void {
    const targets = [props.serviceBusQueueId, props.functionId].filter((target) => target !== undefined);
    checks.require(
      targets.length === 1,
      targets.length ? 'conflict' : 'missing',
      'serviceBusQueueId',
      props.serviceBusQueueId,
      targets.length ? 'events go to one target, and two are given' : 'events go nowhere',
      'write serviceBusQueueId: or functionId:',
    );
    const queue =
      props.serviceBusQueueId === undefined
        ? undefined
        : parseResourceId(checks, 'serviceBusQueueId', props.serviceBusQueueId, 'Microsoft.ServiceBus/namespaces/queues');
    checks.done();
    const topic = this.systemTopic();
    const holder = new Construct(this.scope, id);
    const blobs = `/blobServices/default/containers/${this.source.containerName}/blobs/`;
    const folder = props.prefix?.replace(/^\/+|\/+$/g, '');
    // Queues are filled by the topic's own identity, without a key.
    const sender =
      queue &&
      assignRole(holder, 'Sender', 'Azure Service Bus Data Sender', queue.id, {
        principalId: topic.identity.principalId,
        principalType: 'ServicePrincipal',
      });
    new EventgridSystemTopicEventSubscription(holder, 'Resource', {
      name: localName(holder),
      resourceGroupName: this.source.resourceGroup.resourceGroupName,
      systemTopic: topic.name,
      eventDeliverySchema: 'CloudEventSchemaV1_0',
      includedEventTypes: ['Microsoft.Storage.BlobCreated'],
      subjectFilter: {
        subjectBeginsWith: folder ? `${blobs}${folder}/` : blobs,
        subjectEndsWith: props.suffix,
        caseSensitive: true,
      },
      serviceBusQueueEndpointId: queue?.id,
      deliveryIdentity: queue && { type: 'SystemAssigned' },
      azureFunctionEndpoint: props.functionId === undefined ? undefined : { functionId: props.functionId },
      dependsOn: sender ? [sender] : undefined,
    });
  }

  private systemTopic(): EventgridSystemTopic {
    this.topic ??= new EventgridSystemTopic(this.scope, 'Events', {
      name: localName(this.scope, 50),
      resourceGroupName: this.source.resourceGroup.resourceGroupName,
      location: this.source.resourceGroup.location,
      topicType: 'Microsoft.Storage.StorageAccounts',
      sourceResourceId: this.source.storageAccountId,
      identity: { type: 'SystemAssigned' },
    });
    return this.topic;
  }
}
