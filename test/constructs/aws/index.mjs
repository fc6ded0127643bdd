// The constructs of mlops-constructs/aws, each with as few props as it takes and with as many.
import { createRequire } from 'node:module';
import { IDLE } from '../declaration.mjs';
import { control } from './control.mjs';
import { foundation } from './foundation.mjs';
import { learning } from './learning.mjs';
import { ACCOUNT, arnOf, GROUP, REGION, SUBNETS, VPC, ZONES } from './names.mjs';
import { platform } from './platform.mjs';

const require = createRequire(import.meta.url);
const { App, Stack } = require('aws-cdk-lib/core');
const { SecurityGroup, Vpc } = require('aws-cdk-lib/aws-ec2');
const { Repository } = require('aws-cdk-lib/aws-ecr');
const { Role } = require('aws-cdk-lib/aws-iam');
const { Key } = require('aws-cdk-lib/aws-kms');
const { Bucket } = require('aws-cdk-lib/aws-s3');
const { Topic } = require('aws-cdk-lib/aws-sns');
const { AWS_CONTEXT } = require('../../../bin/cli/platforms.js');

export const cloud = 'aws';
export const cases = { ...foundation, ...learning, ...control, ...platform };
/** What no case uses, and why. */
export const left = {
  'Capacity.FLEX_START': 'refused: Google Cloud has it',
  'InferenceDeclaration.accelerator': 'refused: Lambda has no GPUs',
  'LambdaInferenceProps.accelerator': 'refused: Lambda has no GPUs',
};

/** What changes nothing, and why. */
export const idle = {
  ...IDLE,
  'LambdaInferenceAttributes.imageOwner': 'tells whoever is handed the service, and keeps pipelines from one that its stack owns',
};

/** An app whose stacks CDK's validator looks at, its warnings as errors. It takes seconds to start: for many stacks. */
export function strictApp(outdir) {
  return new App({ outdir, treeMetadata: false, context: { ...AWS_CONTEXT, '@aws-cdk/core:strictCfnValidateErrors': true } });
}

/** An app that is synthesized to be compared only. */
function plainApp(outdir) {
  return new App({ outdir, treeMetadata: false, builtinCloudFormationValidation: false, context: AWS_CONTEXT });
}

/** An app, and what a case gets: the room, the words of core, and what stacks share, imported when it is first asked for. */
export function world(aws, core, id, outdir, app = plainApp(outdir)) {
  let stack;
  const shared = new Map();
  const once = (name, make) => () => {
    if (!shared.has(name)) shared.set(name, make(context.stack));
    return shared.get(name);
  };
  const imports = {
    vpc: (s) => Vpc.fromVpcAttributes(s, 'Vpc', { vpcId: VPC, availabilityZones: ZONES, privateSubnetIds: SUBNETS }),
    group: (s) => SecurityGroup.fromSecurityGroupId(s, 'Group', GROUP),
    key: (s) => Key.fromKeyArn(s, 'Key', arnOf('kms', 'key/0a1b2c3d-0a1b-2c3d-4e5f-0a1b2c3d4e5f')),
    bucket: (s) => Bucket.fromBucketName(s, 'Bucket', 'acme-ml'),
    repository: (s) => Repository.fromRepositoryName(s, 'Repository', 'acme/predict'),
    topic: (s) => Topic.fromTopicArn(s, 'Topic', arnOf('sns', 'ml')),
    someone: (s) => Role.fromRoleArn(s, 'Someone', `arn:aws:iam::${ACCOUNT}:role/someone`),
    store: (s) => aws.ArtifactStore.fromBucket(s, 'Store', context.bucket),
    registry: (s) => aws.ImageRegistry.fromRepository(s, 'Images', context.repository),
    tracking: (s) => aws.ExperimentTracking.fromTrackingServerAttributes(s, 'Tracking', TRACKING),
    secret: (s) => aws.Secret.fromSecretAttributes(s, 'Secret', { secretArn: arnOf('secretsmanager', 'secret:token-AbCdEf') }),
    files: (s) =>
      aws.SharedFileSystem.fromSharedFileSystemAttributes(s, 'Files', {
        kind: 'posix',
        fileSystemId: 'fs-0a1b2c3d4e5f60718',
        securityGroup: context.group,
        accessPointId: 'fsap-0a1b2c3d4e5f60718',
      }),
  };
  const context = {
    app,
    id,
    aws,
    core,
    get stack() {
      return (stack ??= new Stack(app, id, { env: { account: ACCOUNT, region: REGION } }));
    },
  };
  for (const [name, make] of Object.entries(imports)) Object.defineProperty(context, name, { get: once(name, make) });
  return { app, context };
}

const TRACKING = {
  trackingUri: 'https://mlflow.example.com',
  serviceArn: arnOf('vpc-lattice', 'service/svc-0a1b2c3d4e5f60718'),
  eventBusName: 'models',
};
