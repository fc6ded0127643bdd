import { Effect, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { IKey, Key } from 'aws-cdk-lib/aws-kms';
import { ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { ArnFormat, Duration as CdkDuration, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { AlarmSeverity, Environment } from '../../core';
import { policyOf } from '../../core/environment';

/** Where alarms of each severity go; nothing where nobody is to be told. */
export type Routes = { readonly [severity in AlarmSeverity]?: ITopic };

interface RoutesProps {
  readonly email?: string;
  readonly criticalEmail?: string;
  readonly warningTopic?: ITopic;
  readonly criticalTopic?: ITopic;
  readonly encryptionKey?: IKey;
  readonly environment?: Environment;
}

/** Topics of one's own, or one for each severity that somebody gets mail about. */
export function routesOf(scope: Construct, props: RoutesProps): Routes {
  let key = props.encryptionKey;
  const route = (id: string, own: ITopic | undefined, email: string | undefined): ITopic | undefined => {
    if (own || email === undefined) return own;
    key ??= newKey(scope, props.environment);
    return newTopic(scope, id, key, email);
  };
  const routes = {
    [AlarmSeverity.WARNING]: route('Warnings', props.warningTopic, props.email),
    [AlarmSeverity.CRITICAL]: route('Critical', props.criticalTopic, props.criticalEmail ?? props.email),
  };
  // CloudWatch cannot use the key that AWS manages for SNS, because nobody can change that key's policy.
  key?.addToResourcePolicy(
    new PolicyStatement({
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com'), new ServicePrincipal('events.amazonaws.com')],
      actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
      resources: ['*'],
    }),
  );
  return routes;
}

function newKey(scope: Construct, environment: Environment | undefined): Key {
  return new Key(scope, 'Key', {
    description: `Alarms of ${scope.node.path}`,
    enableKeyRotation: true,
    // It encrypts messages on their way only; nothing is lost with it.
    removalPolicy: RemovalPolicy.DESTROY,
    pendingWindow: CdkDuration.days(policyOf(environment).deletionProtection ? 30 : 7),
  });
}

function newTopic(scope: Construct, id: string, masterKey: IKey, email: string): Topic {
  const stack = Stack.of(scope);
  const topic = new Topic(scope, id, { displayName: `${id}: ${scope.node.path}`.slice(0, 100), masterKey, enforceSSL: true });
  // A topic with a policy of its own has lost the one by which alarms of the account could publish.
  topic.addToResourcePolicy(
    new PolicyStatement({
      sid: 'AlarmsPublish',
      effect: Effect.ALLOW,
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
      conditions: {
        ArnLike: {
          'aws:SourceArn': stack.formatArn({
            service: 'cloudwatch',
            resource: 'alarm',
            resourceName: '*',
            arnFormat: ArnFormat.COLON_RESOURCE_NAME,
          }),
        },
        StringEquals: { 'aws:SourceAccount': stack.account },
      },
    }),
  );
  topic.addSubscription(new EmailSubscription(email));
  return topic;
}
