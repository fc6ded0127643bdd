/**
 * What is told of an event of a model.
 *
 * Queues and functions get it from the topic's own identity, without a key.
 *
 * @example
 * declare const queueId: string;
 * const target = azure.ModelEventTarget.serviceBusQueue(queueId);
 *
 * @see https://learn.microsoft.com/azure/event-grid/event-handlers
 */
export class ModelEventTarget {
  /** A queue of Service Bus. */
  public static serviceBusQueue(queueId: string): ModelEventTarget {
    return new ModelEventTarget('service-bus-queue', queueId, '');
  }

  /** A topic of Service Bus. */
  public static serviceBusTopic(topicId: string): ModelEventTarget {
    return new ModelEventTarget('service-bus-topic', topicId, '');
  }

  /** A queue of a storage account that Event Grid reaches. */
  public static storageQueue(storageAccountId: string, queueName: string): ModelEventTarget {
    return new ModelEventTarget('storage-queue', storageAccountId, queueName);
  }

  /** A function with an Event Grid trigger; the id is that of the function in its app. */
  public static azureFunction(functionId: string): ModelEventTarget {
    return new ModelEventTarget('function', functionId, '');
  }

  /**
   * An address on the internet that answers the handshake of CloudEvents.
   *
   * @see https://learn.microsoft.com/azure/event-grid/end-point-validation-cloud-events-schema
   */
  public static webhook(url: string): ModelEventTarget {
    return new ModelEventTarget('webhook', url, '');
  }

  private constructor(
    /** Which kind of target: `service-bus-queue`, `service-bus-topic`, `storage-queue`, `function` or `webhook`. */
    public readonly kind: string,
    /** Id of the resource, or the address. */
    public readonly destination: string,
    /** Name of the storage queue; empty for the others. */
    public readonly queueName: string,
  ) {}
}
