// The network, and what is kept.
import { createRequire } from 'node:module';
import { arnOf, SUBNETS } from './names.mjs';

const require = createRequire(import.meta.url);
const { Subnet } = require('aws-cdk-lib/aws-ec2');
const { SqsQueue } = require('aws-cdk-lib/aws-events-targets');
const { Key } = require('aws-cdk-lib/aws-kms');
const { Bucket } = require('aws-cdk-lib/aws-s3');
const { Secret } = require('aws-cdk-lib/aws-secretsmanager');
const { Queue } = require('aws-cdk-lib/aws-sqs');
const { Duration } = require('aws-cdk-lib/core');

const queueOf = (stack) => new SqsQueue(Queue.fromQueueArn(stack, 'Queue', arnOf('sqs', 'data')));

export const foundation = {
  'MlNetwork minimal': ({ aws, stack }) => {
    new aws.MlNetwork(stack, 'Network');
  },
  'MlNetwork maximal': ({ aws, core, stack }) => {
    const network = new aws.MlNetwork(stack, 'Network', {
      environment: core.Environment.PROD,
      cidr: '10.12.0.0/18',
      zones: 2,
      natGateways: 1,
      endpoints: Object.values(aws.NetworkEndpoint),
      restrictDefaultSecurityGroup: true,
    });
    void network.apiEndpoint;
    for (const environment of Object.values(core.Environment)) new aws.MlNetwork(stack, environment, { environment });
  },
  'MlNetwork maximal, without a way out, and one of others': ({ aws, stack, vpc }) => {
    new aws.MlNetwork(stack, 'Isolated', { zones: 1, natGateways: 0 });
    void aws.MlNetwork.fromVpc(stack, 'Theirs', vpc).apiEndpoint;
  },

  'ArtifactStore minimal': ({ aws, stack }) => {
    new aws.ArtifactStore(stack, 'Store');
  },
  'ArtifactStore maximal': ({ aws, core, stack, key, bucket, store, someone }) => {
    const own = new aws.ArtifactStore(stack, 'Own', {
      environment: core.Environment.PROD,
      versioned: true,
      checkpointExpiry: core.Duration.days(30),
      captureExpiry: core.Duration.days(90),
      encryptionKey: key,
      accessLogBucket: Bucket.fromBucketName(stack, 'Logs', 'acme-logs'),
      lifecycleRules: [{ prefix: 'data/raw/', expiration: Duration.days(730) }],
      replication: {
        destination: Bucket.fromBucketName(stack, 'Copies', 'acme-ml-copies'),
        prefixes: ['models', 'data'],
        encryptionKey: Key.fromKeyArn(stack, 'CopiesKey', arnOf('kms', 'key/1a2b3c4d-0a1b-2c3d-4e5f-0a1b2c3d4e5f')),
      },
    });
    const target = queueOf(stack);
    own.onObjectCreated('OnData', { prefix: 'data/raw', target });
    own.onObjectCreated('OnAnything');
    store.onObjectCreated('OnAnything', { target });
    own.uri('data');
    for (const grants of [own.grants, store.grants, aws.ArtifactStoreGrants.of(bucket)]) {
      grants.read(someone);
      grants.write(someone);
    }
  },
  'ArtifactStore maximal, copied as a whole, permissions by folder': ({ aws, core, stack, store, someone }) => {
    const own = new aws.ArtifactStore(stack, 'Own', {
      environment: core.Environment.STAGING,
      replication: { destination: Bucket.fromBucketName(stack, 'Copies', 'acme-ml-copies') },
    });
    for (const { grants } of [own, store]) {
      grants.read(someone, 'data');
      grants.write(someone, 'models');
    }
    new aws.ArtifactStore(stack, 'Unversioned', { versioned: false });
  },

  'ImageRegistry minimal': ({ aws, stack }) => {
    new aws.ImageRegistry(stack, 'Registry');
  },
  'ImageRegistry maximal': ({ aws, core, stack, key, registry, repository, someone }) => {
    const credentials = Secret.fromSecretCompleteArn(
      stack,
      'Credentials',
      arnOf('secretsmanager', 'secret:ecr-pullthroughcache/hub-AbCdEf'),
    );
    const own = new aws.ImageRegistry(stack, 'Registry', {
      environment: core.Environment.PROD,
      imagesKept: 40,
      encryptionKey: key,
      immutableTags: true,
      pullThrough: ['public.ecr.aws', 'quay.io', 'registry.k8s.io', 'docker.io', 'ghcr.io'],
      pullThroughCredentials: { 'docker.io': credentials },
      pullAccounts: ['444455556666'],
    });
    own.grants.pullFromAccount('777788889999');
    for (const grants of [own.grants, registry.grants, aws.ImageRegistryGrants.of(repository)]) {
      grants.pull(someone);
      grants.push(someone);
      grants.pullThrough(someone);
    }
  },

  'Secret minimal': ({ aws, stack }) => {
    new aws.Secret(stack, 'Token');
  },
  'Secret maximal': ({ aws, core, stack, key, secret, someone }) => {
    const own = new aws.Secret(stack, 'Token', {
      environment: core.Environment.PROD,
      description: "token of the hub, ${not} a template, 'quoted'",
      encryptionKey: key,
    });
    const theirs = aws.Secret.fromSecretAttributes(stack, 'Theirs', {
      secretArn: arnOf('secretsmanager', 'secret:theirs-AbCdEf'),
      encryptionKey: Key.fromKeyArn(stack, 'TheirKey', arnOf('kms', 'key/1a2b3c4d-0a1b-2c3d-4e5f-0a1b2c3d4e5f')),
    });
    for (const { grants } of [own, theirs, secret]) grants.read(someone);
    aws.SecretGrants.of(own.secretsManagerSecret).read(someone);
  },

  'SharedFileSystem minimal': ({ aws, core, stack, vpc }) => {
    new aws.SharedFileSystem(stack, 'Files', { kind: core.FileSystemKind.POSIX, vpc });
  },
  'SharedFileSystem minimal, parallel': ({ aws, core, stack, vpc }) => {
    new aws.SharedFileSystem(stack, 'Files', { kind: core.FileSystemKind.PARALLEL, vpc });
  },
  'SharedFileSystem maximal': ({ aws, core, stack, vpc, key, files, group, someone }) => {
    const own = new aws.SharedFileSystem(stack, 'Own', {
      kind: core.FileSystemKind.POSIX,
      vpc: new aws.MlNetwork(stack, 'Network').vpc,
      vpcSubnets: { onePerAz: true },
      environment: core.Environment.PROD,
      size: core.Size.tebibytes(1),
      backups: false,
      encryptionKey: key,
      owner: 2000,
    });
    for (const each of [own, files]) {
      each.allowMountFrom(group);
      each.grants.read(someone);
      each.grants.write(someone);
    }
    aws.SharedFileSystemGrants.of(own).read(someone);
    new aws.SharedFileSystem(stack, 'Staging', { kind: core.FileSystemKind.POSIX, vpc, environment: core.Environment.STAGING });
  },
  'SharedFileSystem maximal, parallel': ({ aws, core, stack, vpc, key, store, group }) => {
    const parallel = { kind: core.FileSystemKind.PARALLEL, vpc };
    const own = new aws.SharedFileSystem(stack, 'Own', {
      ...parallel,
      vpcSubnets: { subnets: [vpc.privateSubnets[1]] },
      environment: core.Environment.PROD,
      size: core.Size.gibibytes(4800),
      throughput: 250,
      artifacts: store,
      encryptionKey: key,
    });
    own.allowMountFrom(group);
    new aws.SharedFileSystem(stack, 'BackedUp', { ...parallel, backups: true });
    const theirs = aws.SharedFileSystem.fromSharedFileSystemAttributes(stack, 'Theirs', {
      kind: core.FileSystemKind.PARALLEL,
      fileSystemId: 'fs-1a2b3c4d5e6f70819',
      securityGroup: group,
      mountName: '2p3hhbev',
      subnet: Subnet.fromSubnetId(stack, 'Subnet', SUBNETS[0]),
    });
    new aws.GpuTrainingCluster(stack, 'Training', {
      vpc,
      image: core.ContainerImage.fromReference('ghcr.io/acme/train:2.3'),
      accelerator: core.Accelerator.L4,
      mounts: { '/mnt/theirs': theirs, '/mnt/own': own },
    });
  },
};
