import { Construct } from 'constructs';
import { DataGoogleStorageProjectServiceAccount } from '@cdktf/provider-google/lib/data-google-storage-project-service-account';
import { PubsubTopic } from '@cdktf/provider-google/lib/pubsub-topic';
import { PubsubTopicIamMember } from '@cdktf/provider-google/lib/pubsub-topic-iam-member';
import { StorageNotification } from '@cdktf/provider-google/lib/storage-notification';
import { isUnresolved, refuse } from '../../core/errors';
import { kebab } from '../../core/naming';
import type { ObjectCreatedProps } from '../storage';
import { nameIn } from './names';
import { enableServices } from './services';
import { acknowledge } from './acknowledge';

/** A bucket that tells of new objects. */
export interface EventSource extends ObjectCreatedProps {
  readonly bucket: string;
  /** Project of the bucket. */
  readonly project: string;
  /** Region that messages stay in, if it is known. */
  readonly region?: string;
}

/** Who Cloud Storage acts as in a project; looked up once per store. */
export function storageAgent(store: Construct, project: string): string {
  const made = store.node.tryFindChild('Agent') as DataGoogleStorageProjectServiceAccount | undefined;
  return (
    made ?? new DataGoogleStorageProjectServiceAccount(store, 'Agent', { project, dependsOn: enableServices(store, project, 'storage') })
  ).member;
}

/** Sends a message for each new object; returns the topic. */
export function objectEvents(store: Construct, id: string, source: EventSource): string {
  const { bucket, project, region, prefix } = source;
  const folder = prefix?.replace(/^\/+|\/+$/g, '');
  if (source.topic !== undefined && !isUnresolved(source.topic) && !/^projects\/[^/]+\/topics\/[^/]+$/.test(source.topic))
    refuse('syntax', 'topic', source.topic, 'not the path of a topic', 'write projects/P/topics/T');
  const topic = source.topic ?? ownTopic(store, id, project, region);
  const publisher = new PubsubTopicIamMember(store, `${id}Publisher`, {
    topic,
    role: 'roles/pubsub.publisher',
    member: storageAgent(store, project),
  });
  new StorageNotification(store, id, {
    bucket,
    topic,
    payloadFormat: 'JSON_API_V1',
    eventTypes: ['OBJECT_FINALIZE'],
    objectNamePrefix: folder ? `${folder}/` : undefined,
    dependsOn: [publisher],
  });
  return topic;
}

function ownTopic(store: Construct, id: string, project: string, region: string | undefined): string {
  acknowledge(store, { 'pubsub-own-key': 'Messages name objects, and hold none of their contents.' });
  return new PubsubTopic(store, `${id}Topic`, {
    project,
    name: nameIn(store, project, { prefix: kebab(`${store.node.id}-${id}`) }),
    messageStoragePolicy: region === undefined ? undefined : { allowedPersistenceRegions: [region] },
    dependsOn: enableServices(store, project, 'pubsub'),
  }).id;
}
