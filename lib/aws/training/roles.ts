import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { ArnFormat, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { acknowledge, acknowledgeWildcards } from '../private/acknowledge';
import { ResolvedImage, grantPull } from '../private/image';
import { IArtifactStore } from '../storage';
import { JobFolders } from './job';

/**
 * The role of the machines: what the ECS agent needs, on clusters that Batch makes. AWS's managed policy allows the same on all clusters,
 * and pulls from all registries.
 *
 * @see https://docs.aws.amazon.com/batch/latest/userguide/instance_IAM_role.html
 */
export function instanceRole(scope: Construct, id: string, log: ILogGroup): Role {
  const stack = Stack.of(scope);
  const arn = (resource: string, resourceName: string) => stack.formatArn({ service: 'ecs', resource, resourceName });
  // Batch names its clusters so, and its own service role is limited to the same names.
  const clusters = [arn('cluster', 'AWSBatch*'), arn('container-instance', 'AWSBatch*'), arn('task', 'AWSBatch*')];
  const role = new Role(scope, id, {
    assumedBy: new ServicePrincipal('ec2.amazonaws.com'),
    description: `Machines of ${scope.node.path}`,
    inlinePolicies: {
      agent: new PolicyDocument({
        statements: [
          new PolicyStatement({
            actions: [
              'ecs:RegisterContainerInstance',
              'ecs:DeregisterContainerInstance',
              'ecs:UpdateContainerInstancesState',
              'ecs:Poll',
              'ecs:StartTelemetrySession',
              'ecs:SubmitAttachmentStateChanges',
              'ecs:SubmitContainerStateChange',
              'ecs:SubmitTaskStateChange',
            ],
            resources: clusters,
          }),
          new PolicyStatement({
            actions: ['ecs:TagResource'],
            resources: [arn('container-instance', 'AWSBatch*')],
            conditions: { StringEquals: { 'ecs:CreateAction': ['RegisterContainerInstance'] } },
          }),
          // These know no resources.
          new PolicyStatement({ actions: ['ecs:DiscoverPollEndpoint', 'ec2:DescribeTags'], resources: ['*'] }),
          new PolicyStatement({ actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resources: [logStreams(scope, log)] }),
        ],
      }),
    },
  });
  acknowledgeWildcards(role, clusters, 'Batch makes the ECS cluster and names it when the compute environment is made.');
  acknowledge(role, { 'IAM5[Resource::*]': 'ecs:DiscoverPollEndpoint and ec2:DescribeTags know no resources.' });
  acknowledgeWildcards(role, [logStreams(scope, log)], 'A log stream is named after its job.');
  return role;
}

/** The role that pulls the image and writes the log before the program starts. */
export function executionRole(scope: Construct, id: string, log: ILogGroup, image: ResolvedImage): Role {
  const role = new Role(scope, id, {
    assumedBy: ecsTasks(scope),
    description: `Starts jobs of ${scope.node.path}`,
  });
  role.addToPolicy(new PolicyStatement({ actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resources: [logStreams(scope, log)] }));
  grantPull(image, role);
  if (image.repository) acknowledge(role, { 'IAM5[Resource::*]': 'ecr:GetAuthorizationToken knows no resources.' });
  acknowledgeWildcards(role, [logStreams(scope, log)], 'A log stream is named after its job.');
  return role;
}

/** The role of the program: reads data, reads and writes the checkpoints and models of its cluster, and nothing else. */
export function jobRole(scope: Construct, id: string, artifacts: IArtifactStore, folders: JobFolders): Role {
  const role = new Role(scope, id, { assumedBy: ecsTasks(scope), description: `Jobs of ${scope.node.path}` });
  artifacts.grants.read(role, folders.data);
  artifacts.grants.write(role, folders.checkpoints);
  artifacts.grants.write(role, folders.models);
  const objects = Object.values(folders).map((folder) => artifacts.bucket.arnForObjects(`${folder}/*`));
  acknowledgeWildcards(role, objects, 'A job names its own objects; it is limited to its folders of the bucket.');
  return role;
}

/** ECS tasks of this account only, against the confused deputy. */
function ecsTasks(scope: Construct): ServicePrincipal {
  return new ServicePrincipal('ecs-tasks.amazonaws.com', {
    conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(scope).account } },
  });
}

function logStreams(scope: Construct, log: ILogGroup): string {
  return Stack.of(scope).formatArn({
    service: 'logs',
    resource: 'log-group',
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    resourceName: `${log.logGroupName}:log-stream:*`,
  });
}
