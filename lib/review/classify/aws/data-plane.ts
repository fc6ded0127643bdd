import { isAbsent, isSet, isTrue, listOf } from './body';
import { Guard } from './guards';

const is =
  (...values: string[]) =>
  (value: unknown): boolean =>
    values.includes(String(value));
const isNot =
  (...values: string[]) =>
  (value: unknown): boolean =>
    !values.includes(String(value));

/** What guards file systems, tracking servers, registries and features. */
export const DATA_PLANE_GUARDS: readonly Guard[] = [
  {
    types: /^AWS::VpcLattice::Service$/,
    path: 'AuthType',
    guards: is('AWS_IAM'),
    whenAdded: true,
    why: 'Whoever reaches the service through its network can newly call it without signing in.',
  },
  {
    types: /^AWS::VpcLattice::ServiceNetwork$/,
    path: 'AuthType',
    guards: is('AWS_IAM'),
    why: 'Who may call is newly decided by each service of the network alone.',
  },
  {
    types: /^AWS::VpcLattice::Listener$/,
    path: 'Protocol',
    guards: is('HTTPS', 'TLS_PASSTHROUGH'),
    whenAdded: true,
    why: 'Clients can newly connect without TLS.',
  },
  {
    types: /^AWS::VpcLattice::ServiceNetworkVpcAssociation$/,
    path: 'SecurityGroupIds',
    guards: isSet,
    whenAdded: true,
    why: 'Whatever runs in the VPC can newly reach the services of the network: no security group filters that.',
  },
  {
    types: /^AWS::RDS::DBInstance$/,
    path: 'ManageMasterUserPassword',
    guards: isTrue,
    why: 'The password of its administrator is newly one that somebody sets and nobody rotates.',
  },
  {
    types: /^AWS::RDS::DBInstance$/,
    path: 'MasterUserSecret.KmsKeyId',
    guards: isSet,
    why: 'The password of its administrator can newly be read without leave to use a KMS key of yours.',
  },
  {
    types: /^AWS::SecretsManager::Secret$/,
    path: 'KmsKeyId',
    guards: isSet,
    why: 'It can newly be read without leave to use a KMS key of yours.',
  },
  {
    types: /^AWS::EFS::AccessPoint$/,
    path: 'PosixUser',
    guards: isSet,
    whenAdded: true,
    why: 'Whoever mounts by the access point newly acts as whatever user he says he is.',
  },
  {
    types: /^AWS::FSx::FileSystem$/,
    path: 'LustreConfiguration.RootSquashConfiguration.RootSquash',
    guards: isNot('0:0', 'undefined'),
    why: 'Who is root on a machine that mounts it is newly root on it, too.',
  },
  {
    types: /^AWS::ECS::Service$/,
    path: 'EnableExecuteCommand',
    guards: isNot('true'),
    whenAdded: true,
    why: 'Whoever may do ecs:ExecuteCommand can newly run commands in its containers.',
  },
  {
    types: /^AWS::ECS::Service$/,
    path: 'NetworkConfiguration.AwsvpcConfiguration.AssignPublicIp',
    guards: isNot('ENABLED'),
    whenAdded: true,
    why: 'Its tasks newly have public addresses.',
  },
  {
    types: /^AWS::ECS::TaskDefinition$/,
    path: 'ContainerDefinitions.*.Privileged',
    guards: isNot('true'),
    each: true,
    why: 'A container can newly do everything on its machine: it is privileged.',
  },
  {
    types: /^AWS::ECS::TaskDefinition$/,
    path: 'ContainerDefinitions.*.ReadonlyRootFilesystem',
    guards: isTrue,
    each: true,
    why: 'A container can newly write to the root of its own files.',
  },
  {
    types: /^AWS::ECS::TaskDefinition$/,
    path: 'NetworkMode',
    guards: isNot('host'),
    whenAdded: true,
    why: 'Its containers newly share the network of their machine.',
  },
  {
    types: /^AWS::ECS::TaskDefinition$/,
    path: 'Volumes.*.EFSVolumeConfiguration.TransitEncryption',
    guards: is('ENABLED'),
    each: true,
    why: 'Whoever listens on the network can newly read files that its containers read and write.',
  },
  {
    types: /^AWS::ECS::TaskDefinition$/,
    path: 'Volumes.*.EFSVolumeConfiguration.AuthorizationConfig.IAM',
    guards: is('ENABLED'),
    each: true,
    why: 'Its containers newly mount files without their role: the policy of the file system does not know them.',
  },
  {
    types: /^AWS::SageMaker::FeatureGroup$/,
    path: 'OnlineStoreConfig.SecurityConfig.KmsKeyId',
    guards: isSet,
    why: 'Its online records can newly be read without leave to use a KMS key of yours.',
  },
  {
    types: /^AWS::SageMaker::FeatureGroup$/,
    path: 'OfflineStoreConfig.S3StorageConfig.KmsKeyId',
    guards: isSet,
    why: 'Its offline records can newly be read without leave to use a KMS key of yours.',
  },
  {
    types: /^AWS::ECR::RepositoryCreationTemplate$/,
    path: 'ImageTagMutability',
    guards: is('IMMUTABLE'),
    why: 'Whoever may push can newly put another image behind a tag that is in use, in repositories that are made by the template.',
  },
  {
    types: /^AWS::ECR::RepositoryCreationTemplate$/,
    path: 'EncryptionConfiguration.EncryptionType',
    guards: (v) => /^KMS/.test(String(v)),
    why: 'Images of new repositories can newly be read without leave to use a KMS key.',
  },
];

/** Protections of data, as `PROTECTIONS` has them. */
export const DATA_PLANE_PROTECTIONS = [
  {
    types: /^AWS::FSx::DataRepositoryAssociation$/,
    path: 'S3.AutoExportPolicy',
    isOn: isSet,
    lost: 'what is written to the file system is no longer copied to the bucket',
  },
  {
    types: /^AWS::FSx::DataRepositoryAssociation$/,
    path: 'S3.AutoExportPolicy.Events',
    isOn: (v: unknown): boolean => ['NEW', 'CHANGED'].every((e) => listOf(v).includes(e)),
    lost: 'some of what is written to the file system is no longer copied to the bucket',
  },
  {
    types: /^AWS::SageMaker::FeatureGroup$/,
    path: 'OnlineStoreConfig.TtlDuration',
    isOn: isAbsent,
    lost: 'its online records newly expire: they have a time to live',
  },
] as const;

type Noticed = { readonly [type: string]: { readonly gone: string; readonly anew: string } };

/** What is noticed when one of these goes or is made anew. */
export const DATA_PLANE_NOTICED: Noticed = {
  'AWS::ECR::PullThroughCacheRule': {
    gone: 'what pulls images through it finds none that are new',
    anew: 'what pulls images through it may find none until the new one stands',
  },
  'AWS::EFS::AccessPoint': {
    gone: 'what mounts by it loses its files',
    anew: 'what mounts by it loses its files until it mounts the new one',
  },
  'AWS::EFS::FileSystem': { gone: 'what mounts it fails', anew: 'what mounts it fails until it mounts the new one' },
  'AWS::EFS::MountTarget': {
    gone: 'what mounts the file system in its subnet loses its files',
    anew: 'what mounts the file system in its subnet hangs until the new one stands',
  },
  'AWS::FSx::DataRepositoryAssociation': {
    gone: 'files and objects of the bucket no longer follow each other',
    anew: 'files and objects of the bucket follow each other again once the new one stands',
  },
  'AWS::FSx::FileSystem': { gone: 'what mounts it fails', anew: 'what mounts it fails until it mounts the new one' },
  'AWS::SageMaker::FeatureGroup': {
    gone: 'nobody looks up features in it any more',
    anew: 'nobody looks up features in it until it is filled again',
  },
  'AWS::SageMaker::MlflowTrackingServer': {
    gone: 'jobs that log to it fail',
    anew: 'jobs that log to it fail until the new one stands, which has another URL',
  },
  'AWS::SageMaker::ModelPackageGroup': {
    gone: 'services that look up their model in it find none',
    anew: 'services that look up their model in it find none until one is approved again',
  },
  'AWS::VpcLattice::AccessLogSubscription': { gone: 'nobody sees any more who called what', anew: 'calls meanwhile are not logged' },
  'AWS::VpcLattice::AuthPolicy': { gone: 'callers are refused', anew: 'callers are refused until the new one stands' },
  'AWS::VpcLattice::Listener': { gone: 'its port answers no more', anew: 'its port answers no request until the new one stands' },
  'AWS::VpcLattice::Service': { gone: 'its name answers no more', anew: 'its name changes: clients must be told' },
  'AWS::VpcLattice::ServiceNetwork': {
    gone: 'its services are not reached through it any more',
    anew: 'its services are not reached through it until the new one is joined to them',
  },
  'AWS::VpcLattice::ServiceNetworkServiceAssociation': {
    gone: 'the service is not reached through the network any more',
    anew: 'the service is not reached through the network until the new one stands',
  },
  'AWS::VpcLattice::ServiceNetworkVpcAssociation': {
    gone: 'nothing in the VPC reaches the services of the network any more',
    anew: 'nothing in the VPC reaches the services of the network until the new one stands',
  },
  'AWS::VpcLattice::TargetGroup': { gone: 'calls find nobody to answer them', anew: 'calls find nobody until its new targets are healthy' },
};

/** Updated in place, with an interruption. */
export const DATA_PLANE_DURING = [
  {
    types: /^AWS::RDS::DBInstance$/,
    paths: ['ManageMasterUserPassword', 'MasterUserSecret'],
    why: 'The password of its administrator is another one, kept elsewhere: clients that have the old one cannot connect.',
    conditional: true,
  },
  {
    types: /^AWS::RDS::DBInstance$/,
    paths: ['CACertificateIdentifier'],
    why: 'Another authority signs its certificate: clients that do not know that one refuse it, and the database may restart.',
    conditional: true,
  },
  {
    types: /^AWS::RDS::DBInstance$/,
    paths: ['DBParameterGroupName'],
    why: 'Other parameters hold from its next restart on.',
    conditional: true,
  },
  {
    types: /^AWS::FSx::FileSystem$/,
    paths: ['StorageCapacity', 'LustreConfiguration.PerUnitStorageThroughput'],
    why: 'Its files are not reached for some minutes while it changes its size.',
  },
  {
    types: /^AWS::SageMaker::MlflowTrackingServer$/,
    paths: ['TrackingServerSize', 'MlflowVersion'],
    why: 'The server is made anew in place: jobs that log to it fail meanwhile.',
  },
  {
    types: /^AWS::SageMaker::MlflowTrackingServer$/,
    paths: ['ArtifactStoreUri'],
    why: 'Artifacts are looked for in another place: those of earlier runs are not found unless they are copied.',
  },
  {
    types: /^AWS::ECS::Service$/,
    paths: ['VpcLatticeConfigurations'],
    why: 'Its tasks are registered elsewhere: callers of the old target group find nobody.',
    conditional: true,
  },
] as const;

/** Switches after which less is served than before. */
export const DATA_PLANE_SHUT = [
  {
    types: /^AWS::ECS::Service$/,
    path: 'DesiredCount',
    isShut: (v: unknown): boolean => String(v) === '0',
    why: 'No task of it runs any more.',
  },
  {
    types: /^AWS::ECS::Service$/,
    path: 'DeploymentConfiguration.DeploymentCircuitBreaker.Enable',
    isShut: (v: unknown): boolean => !isTrue(v),
    why: 'A version that does not start is tried again and again: nothing stops its rollout any more.',
  },
  {
    types: /^AWS::ECS::Service$/,
    path: 'DeploymentConfiguration.DeploymentCircuitBreaker.Rollback',
    isShut: (v: unknown): boolean => !isTrue(v),
    why: 'A version that does not start is no longer rolled back by itself.',
  },
  {
    types: /^AWS::VpcLattice::TargetGroup$/,
    path: 'Config.HealthCheck.Enabled',
    isShut: (v: unknown): boolean => String(v) === 'false',
    why: 'Sick targets get calls all the same: their health is no longer checked.',
  },
  {
    types: /^AWS::FSx::DataRepositoryAssociation$/,
    path: 'S3.AutoImportPolicy',
    isShut: (v: unknown): boolean => v === undefined,
    why: 'New objects of the bucket no longer show up as files.',
  },
] as const;
