import { IProject } from 'aws-cdk-lib/aws-codebuild';
import { ISubnet } from 'aws-cdk-lib/aws-ec2';
import { IRepository } from 'aws-cdk-lib/aws-ecr';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { IBucket } from 'aws-cdk-lib/aws-s3';
import { Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { acknowledge, acknowledgeWildcards } from './acknowledge';

// The roles are written out, because the grants of the constructs for CodePipeline and CodeBuild allow far more than is used.

interface StepRoleOptions {
  readonly artifacts: IBucket;
  readonly log: ILogGroup;
  /** Keeps a cache in the bucket. */
  readonly cached: boolean;
  /** Where it runs, if in a network. */
  readonly subnets: readonly ISubnet[] | undefined;
}

/** The folder of the artifact bucket for caches. */
export const CACHE_PREFIX = 'cache';

/** What a step of the pipeline may do: read the commit, keep its cache, write its log. */
export function stepRole(scope: Construct, id: string, options: StepRoleOptions): Role {
  const { artifacts, log, cached, subnets } = options;
  const role = new Role(scope, id, {
    assumedBy: new ServicePrincipal('codebuild.amazonaws.com'),
    description: `Step of the pipeline ${scope.node.path}`,
  });
  const objects = artifacts.arnForObjects('*');
  role.addToPolicy(new PolicyStatement({ actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resources: [log.logGroupArn] }));
  role.addToPolicy(new PolicyStatement({ actions: ['s3:GetObject', 's3:GetObjectVersion'], resources: [objects] }));
  role.addToPolicy(new PolicyStatement({ actions: ['s3:GetBucketAcl', 's3:GetBucketLocation'], resources: [artifacts.bucketArn] }));
  if (cached) {
    const cache = artifacts.arnForObjects(`${CACHE_PREFIX}/*`);
    role.addToPolicy(new PolicyStatement({ actions: ['s3:PutObject'], resources: [cache] }));
    acknowledgeWildcards(role, [cache], 'CodeBuild chooses the names of the objects in its cache.');
  }
  artifacts.encryptionKey?.grantEncryptDecrypt(role);
  acknowledgeWildcards(role, [objects], 'CodePipeline chooses the names of the objects in its artifact bucket.');
  if (subnets) joinNetwork(role, subnets);
  return role;
}

/** @see https://docs.aws.amazon.com/codebuild/latest/userguide/auth-and-access-control-iam-identity-based-access-control.html#customer-managed-policies-example-create-vpc-network-interface */
function joinNetwork(role: Role, subnets: readonly ISubnet[]): void {
  const stack = Stack.of(role);
  const ec2 = (resource: string, resourceName: string): string => stack.formatArn({ service: 'ec2', resource, resourceName });
  const interfaces = ec2('network-interface', '*');
  role.addToPolicy(
    new PolicyStatement({
      actions: [
        'ec2:CreateNetworkInterface',
        'ec2:DeleteNetworkInterface',
        'ec2:DescribeDhcpOptions',
        'ec2:DescribeNetworkInterfaces',
        'ec2:DescribeSecurityGroups',
        'ec2:DescribeSubnets',
        'ec2:DescribeVpcs',
      ],
      resources: ['*'],
    }),
  );
  role.addToPolicy(
    new PolicyStatement({
      actions: ['ec2:CreateNetworkInterfacePermission'],
      resources: [interfaces],
      conditions: {
        StringEquals: {
          'ec2:Subnet': subnets.map((s) => ec2('subnet', s.subnetId)),
          'ec2:AuthorizedService': 'codebuild.amazonaws.com',
        },
      },
    }),
  );
  acknowledge(role, { 'IAM5[Resource::*]': 'CodeBuild makes and removes network interfaces, which have no names before they exist.' });
  acknowledgeWildcards(role, [interfaces], 'Network interfaces have no names before they exist; the condition keeps to the subnets.');
}

/** Lets the build push to a repository, and look up what is there. */
export function letPush(role: Role, repository: IRepository): void {
  role.addToPolicy(new PolicyStatement({ actions: ['ecr:GetAuthorizationToken'], resources: ['*'] }));
  role.addToPolicy(
    new PolicyStatement({
      actions: [
        'ecr:BatchCheckLayerAvailability',
        'ecr:BatchGetImage',
        'ecr:CompleteLayerUpload',
        'ecr:DescribeImages',
        'ecr:GetDownloadUrlForLayer',
        'ecr:InitiateLayerUpload',
        'ecr:PutImage',
        'ecr:UploadLayerPart',
      ],
      resources: [repository.repositoryArn],
    }),
  );
  acknowledge(role, {
    'IAM5[Resource::*]': 'A login to ECR is for the whole registry; CodeBuild makes network interfaces before they have names.',
  });
}

/** Lets the deployment tag an image that is there already. */
export function letTag(role: Role, repository: IRepository): void {
  role.addToPolicy(new PolicyStatement({ actions: ['ecr:BatchGetImage', 'ecr:PutImage'], resources: [repository.repositoryArn] }));
}

/** What the pipeline itself may do: read the repository through the connection, hand on artifacts, start the steps. */
export function pipelineRole(scope: Construct, artifacts: IBucket, connectionArn: string): Role {
  const role = new Role(scope, 'Role', {
    assumedBy: new ServicePrincipal('codepipeline.amazonaws.com'),
    description: `Pipeline ${scope.node.path}`,
  });
  const objects = artifacts.arnForObjects('*');
  role.addToPolicy(new PolicyStatement({ actions: ['s3:GetObject', 's3:GetObjectVersion', 's3:PutObject'], resources: [objects] }));
  role.addToPolicy(
    new PolicyStatement({
      actions: ['s3:GetBucketAcl', 's3:GetBucketLocation', 's3:GetBucketVersioning'],
      resources: [artifacts.bucketArn],
    }),
  );
  artifacts.encryptionKey?.grantEncryptDecrypt(role);
  // Connections were called CodeStar connections before; which of the two is checked depends on the age of the connection.
  role.addToPolicy(
    new PolicyStatement({ actions: ['codeconnections:UseConnection', 'codestar-connections:UseConnection'], resources: [connectionArn] }),
  );
  acknowledgeWildcards(role, [objects], 'CodePipeline chooses the names of the objects in its artifact bucket.');
  return role;
}

/** Lets the pipeline run a step. */
export function letStart(role: Role, project: IProject): void {
  role.addToPolicy(
    new PolicyStatement({
      actions: ['codebuild:BatchGetBuilds', 'codebuild:StartBuild', 'codebuild:StopBuild'],
      resources: [project.projectArn],
    }),
  );
}
