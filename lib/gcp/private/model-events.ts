import { Construct } from 'constructs';
import { CloudbuildTrigger } from '@cdktf/provider-google/lib/cloudbuild-trigger';
import { ProjectIamMember } from '@cdktf/provider-google/lib/project-iam-member';
import { PubsubSubscription } from '@cdktf/provider-google/lib/pubsub-subscription';
import type { ModelSubscriptionProps } from '../models';
import type { IModelEventTarget } from '../tracking';
import { literal } from '../../core/terraform-text';
import { idFor, nameIn } from './names';
import { serviceAccount } from './service-account';
import { enableServices } from './services';

/** One kind of event of one model. */
export interface ModelEvent {
  /** `projects/P/topics/T`. */
  readonly topic: string;
  readonly project: string;
  readonly region: string;
  readonly modelName: string;
  readonly type: string;
}

const GCLOUD = 'gcr.io/google.com/cloudsdktool/google-cloud-cli:slim';

/**
 * Starts something for each event: a build of Cloud Build that runs one command of gcloud, as an account that may do that and nothing else.
 *
 * A build because it can look at the event before it starts anything; Eventarc hands on every message of a topic.
 */
export function startOn(scope: Construct, id: string, event: ModelEvent, target: IModelEventTarget): void {
  const { project, region, modelName, type } = event;
  const holder = new Construct(scope, id);
  const starter = serviceAccount(holder, 'Account', project, 'start', `Starts ${target.node.path} for ${modelName}`);
  target.grantStart(idFor(holder, 'Start'), starter);
  const logs = new ProjectIamMember(holder, 'Logs', { project, role: 'roles/logging.logWriter', member: starter.member });
  new CloudbuildTrigger(holder, 'Resource', {
    project,
    location: region,
    name: nameIn(holder, project, { prefix: `${scope.node.id}-${id}` }),
    description: `Starts ${target.node.path} on ${type} of ${modelName}`,
    serviceAccount: starter.id,
    pubsubConfig: { topic: event.topic },
    substitutions: { _MODEL: '$(body.message.attributes.model)', _TYPE: '$(body.message.attributes.type)' },
    filter: `_MODEL == "${modelName}" && _TYPE == "${type}"`,
    approvalConfig: { approvalRequired: false },
    buildAttribute: {
      step: [{ id: 'start', name: GCLOUD, script: literal(`#!/usr/bin/env bash\nset -euo pipefail\n${target.startCommand}\n`) }],
      timeout: '600s',
      options: { logging: 'CLOUD_LOGGING_ONLY' },
    },
    dependsOn: [...enableServices(holder, project, 'cloudbuild', 'logging', 'pubsub'), logs],
  });
}

/** A subscription that gets these events and no others; returns its path. */
export function subscribe(scope: Construct, id: string, event: ModelEvent, props: ModelSubscriptionProps): string {
  const { project, modelName, type } = event;
  const holder = new Construct(scope, id);
  const { pushEndpoint, pushAccountEmail } = props;
  return new PubsubSubscription(holder, 'Resource', {
    project,
    name: nameIn(holder, project, { prefix: `${scope.node.id}-${id}` }),
    topic: event.topic,
    filter: `attributes.model = "${modelName}" AND attributes.type = "${type}"`,
    ackDeadlineSeconds: 60,
    // An approval may be rare: the default forgets a subscription that is not used for a month.
    expirationPolicy: { ttl: '' },
    retryPolicy: { minimumBackoff: '10s', maximumBackoff: '600s' },
    pushConfig: pushEndpoint
      ? { pushEndpoint, oidcToken: { serviceAccountEmail: pushAccountEmail!, audience: props.pushAudience ?? pushEndpoint } }
      : undefined,
    dependsOn: enableServices(holder, project, 'pubsub'),
  }).id;
}
