import { isAbsent, isSet, isTrue, listOf, numberOf, Test } from './body';

/** A property that guards, and what is newly possible when it does no longer. */
export interface Guard {
  readonly types: RegExp;
  readonly path: string;
  readonly guards: Test;
  readonly why: string;
  /** What is new without the guard is worth a word, too. */
  readonly whenAdded?: true;
  /** Each member of the list is guarded by itself. */
  readonly each?: true;
}

const is =
  (...values: string[]) =>
  (value: unknown): boolean =>
    values.includes(String(value));
const isNot =
  (...values: string[]) =>
  (value: unknown): boolean =>
    !values.includes(String(value));
const NOT_SIGNED_IN = 'without signing in';

export const GUARDS: readonly Guard[] = [
  {
    types: /^AWS::Lambda::Url$/,
    path: 'AuthType',
    guards: is('AWS_IAM'),
    whenAdded: true,
    why: `Anyone on the internet can newly call the function ${NOT_SIGNED_IN}.`,
  },
  {
    types: /^AWS::Lambda::Url$/,
    path: 'Cors.AllowOrigins',
    guards: (v) => !listOf(v).includes('*'),
    why: 'Scripts of any web site can newly call the function.',
  },
  {
    types: /^AWS::ApiGateway::RestApi$/,
    path: 'EndpointConfiguration.Types',
    guards: (v) => listOf(v).includes('PRIVATE'),
    why: 'Anyone on the internet can newly reach the API: its endpoint is private no longer.',
  },
  {
    types: /^AWS::ApiGateway::Method$/,
    path: 'AuthorizationType',
    guards: isNot('NONE', 'undefined'),
    whenAdded: true,
    why: `Whoever reaches the API can newly call the method ${NOT_SIGNED_IN}.`,
  },
  { types: /^AWS::ApiGateway::Method$/, path: 'ApiKeyRequired', guards: isTrue, why: 'The method can newly be called without an API key.' },
  {
    types: /^AWS::ApiGatewayV2::Route$/,
    path: 'AuthorizationType',
    guards: isNot('NONE', 'undefined'),
    whenAdded: true,
    why: `Whoever reaches the API can newly call the route ${NOT_SIGNED_IN}.`,
  },
  {
    types: /^AWS::ApiGateway(V2)?::DomainName$/,
    path: 'SecurityPolicy',
    guards: isNot('TLS_1_0', 'undefined'),
    why: 'Clients can newly connect with TLS 1.0.',
  },
  {
    types: /^AWS::S3::Bucket$/,
    path: 'PublicAccessBlockConfiguration.BlockPublicAcls',
    guards: isTrue,
    whenAdded: true,
    why: 'An object can newly be made public by its ACL.',
  },
  {
    types: /^AWS::S3::Bucket$/,
    path: 'PublicAccessBlockConfiguration.IgnorePublicAcls',
    guards: isTrue,
    whenAdded: true,
    why: 'Public ACLs of objects newly count.',
  },
  {
    types: /^AWS::S3::Bucket$/,
    path: 'PublicAccessBlockConfiguration.BlockPublicPolicy',
    guards: isTrue,
    whenAdded: true,
    why: 'The bucket can newly be made public by a policy.',
  },
  {
    types: /^AWS::S3::Bucket$/,
    path: 'PublicAccessBlockConfiguration.RestrictPublicBuckets',
    guards: isTrue,
    whenAdded: true,
    why: 'A public policy newly lets other accounts and anyone in.',
  },
  {
    types: /^AWS::S3::Bucket$/,
    path: 'AccessControl',
    guards: (v) => !/Public|AuthenticatedRead/.test(String(v)),
    whenAdded: true,
    why: 'Anyone can newly read the bucket, by its ACL.',
  },
  {
    types: /^AWS::S3::Bucket$/,
    path: 'OwnershipControls.Rules.*.ObjectOwnership',
    guards: (v) => listOf(v).includes('BucketOwnerEnforced'),
    why: 'ACLs of objects newly count: whoever writes one decides who reads it.',
  },
  {
    types: /^AWS::S3::Bucket$/,
    path: 'BucketEncryption.ServerSideEncryptionConfiguration.*.ServerSideEncryptionByDefault.SSEAlgorithm',
    guards: (v) => listOf(v).some((a) => String(a).startsWith('aws:kms')),
    why: 'New objects can be read without leave to use a KMS key: they are encrypted with the key of S3.',
  },
  {
    types: /^AWS::S3::Bucket$/,
    path: 'LoggingConfiguration',
    guards: isSet,
    why: 'Nobody can look up any more who read or wrote an object: access logs are off.',
  },
  {
    types: /^AWS::SQS::Queue$/,
    path: 'SqsManagedSseEnabled',
    guards: isNot('false'),
    why: 'Messages are newly stored unencrypted, unless a KMS key is named.',
  },
  {
    types: /^AWS::(SQS::Queue|SNS::Topic)$/,
    path: 'KmsMasterKeyId',
    guards: isSet,
    why: 'Messages can newly be read without leave to use a KMS key.',
  },
  { types: /^AWS::Logs::LogGroup$/, path: 'KmsKeyId', guards: isSet, why: 'Logs can newly be read without leave to use a KMS key.' },
  {
    types: /^AWS::Lambda::Function$/,
    path: 'KmsKeyArn',
    guards: isSet,
    why: 'Environment variables can newly be read without leave to use a KMS key.',
  },
  {
    types: /^AWS::DynamoDB::Table$/,
    path: 'SSESpecification.SSEEnabled',
    guards: isTrue,
    why: 'Items can newly be read without leave to use a KMS key.',
  },
  {
    types: /^AWS::(EFS::FileSystem|ElastiCache::ReplicationGroup)$/,
    path: 'Encrypted',
    guards: isTrue,
    why: 'What it holds is newly stored unencrypted.',
  },
  {
    types: /^AWS::(RDS|DocDB|Neptune)::DB(Instance|Cluster)$/,
    path: 'StorageEncrypted',
    guards: isTrue,
    whenAdded: true,
    why: 'What it holds is newly stored unencrypted.',
  },
  {
    types: /^AWS::ElastiCache::ReplicationGroup$/,
    path: 'AtRestEncryptionEnabled',
    guards: isTrue,
    why: 'What it holds is newly stored unencrypted.',
  },
  {
    types: /^AWS::ElastiCache::ReplicationGroup$/,
    path: 'TransitEncryptionEnabled',
    guards: isTrue,
    why: 'Whoever listens on the network can newly read along: encryption in transit is off.',
  },
  {
    types: /^AWS::RDS::DBInstance$/,
    path: 'PubliclyAccessible',
    guards: isNot('true'),
    whenAdded: true,
    why: 'The database newly has a public address.',
  },
  {
    types: /^AWS::RDS::DB(Instance|Cluster)$/,
    path: 'EnableIAMDatabaseAuthentication',
    guards: isTrue,
    why: 'Only passwords let in: sign-in by IAM is off.',
  },
  {
    types: /^AWS::Redshift::Cluster$/,
    path: 'PubliclyAccessible',
    guards: isNot('true'),
    whenAdded: true,
    why: 'The cluster newly has a public address.',
  },
  {
    types: /^AWS::OpenSearchService::Domain$/,
    path: 'DomainEndpointOptions.EnforceHTTPS',
    guards: isTrue,
    why: 'Clients can newly connect without TLS.',
  },
  {
    types: /^AWS::OpenSearchService::Domain$/,
    path: 'DomainEndpointOptions.TLSSecurityPolicy',
    guards: isNot('Policy-Min-TLS-1-0-2019-07', 'undefined'),
    why: 'Clients can newly connect with TLS 1.0.',
  },
  {
    types: /^AWS::OpenSearchService::Domain$/,
    path: 'EncryptionAtRestOptions.Enabled',
    guards: isTrue,
    why: 'Its indexes are newly stored unencrypted.',
  },
  {
    types: /^AWS::OpenSearchService::Domain$/,
    path: 'NodeToNodeEncryptionOptions.Enabled',
    guards: isTrue,
    why: 'Whoever listens between its nodes can newly read along.',
  },
  {
    types: /^AWS::ElasticLoadBalancingV2::LoadBalancer$/,
    path: 'Scheme',
    guards: is('internal'),
    whenAdded: true,
    why: 'The load balancer can newly be reached from the internet.',
  },
  {
    types: /^AWS::ElasticLoadBalancingV2::Listener$/,
    path: 'Protocol',
    guards: is('HTTPS', 'TLS'),
    whenAdded: true,
    why: 'Clients can newly connect without TLS.',
  },
  {
    types: /^AWS::ElasticLoadBalancingV2::Listener$/,
    path: 'SslPolicy',
    guards: (v) => /TLS-?1[-.]?[23]/i.test(String(v)),
    why: 'Clients can newly connect with TLS older than 1.2.',
  },
  {
    types: /^AWS::CloudFront::Distribution$/,
    path: 'DistributionConfig.ViewerCertificate.MinimumProtocolVersion',
    guards: (v) => /^TLSv1\.[23]/.test(String(v)),
    why: 'Clients can newly connect with TLS older than 1.2.',
  },
  {
    types: /^AWS::EC2::Subnet$/,
    path: 'MapPublicIpOnLaunch',
    guards: isNot('true'),
    why: 'Machines in the subnet newly get a public address.',
  },
  {
    types: /^AWS::EC2::LaunchTemplate$/,
    path: 'LaunchTemplateData.MetadataOptions.HttpTokens',
    guards: is('required'),
    whenAdded: true,
    why: "What runs on a machine can newly fetch its role's credentials with a plain request (IMDSv1).",
  },
  {
    types: /^AWS::EC2::LaunchTemplate$/,
    path: 'LaunchTemplateData.MetadataOptions.HttpPutResponseHopLimit',
    guards: (v) => (numberOf(v) ?? 1) <= 1,
    why: "Containers can newly fetch the credentials of the machine's role.",
  },
  {
    types: /^AWS::EC2::LaunchTemplate$/,
    path: 'LaunchTemplateData.BlockDeviceMappings.*.Ebs.Encrypted',
    guards: isTrue,
    each: true,
    why: 'Volumes are newly stored unencrypted.',
  },
  {
    types: /^AWS::EC2::LaunchTemplate$/,
    path: 'LaunchTemplateData.KeyName',
    guards: isAbsent,
    whenAdded: true,
    why: 'Whoever has the private key can newly log in to the machines by SSH.',
  },
  {
    types: /^AWS::EC2::LaunchTemplate$/,
    path: 'LaunchTemplateData.NetworkInterfaces.*.AssociatePublicIpAddress',
    guards: (v) => !listOf(v).some(isTrue),
    whenAdded: true,
    why: 'Machines newly get a public address.',
  },
  {
    types: /^AWS::ECR::Repository$/,
    path: 'ImageTagMutability',
    guards: is('IMMUTABLE'),
    why: 'Whoever may push can newly put another image behind a tag that is in use.',
  },
  {
    types: /^AWS::ECR::Repository$/,
    path: 'ImageScanningConfiguration.ScanOnPush',
    guards: isTrue,
    why: 'Nobody is told any more of known holes in a pushed image: scanning is off.',
  },
  {
    types: /^AWS::KMS::Key$/,
    path: 'EnableKeyRotation',
    guards: isTrue,
    why: 'Whoever got hold of key material can use it without end: the key is rotated no more.',
  },
  {
    types: /^AWS::CodeBuild::Project$/,
    path: 'Environment.PrivilegedMode',
    guards: isNot('true'),
    whenAdded: true,
    why: 'A build can newly do everything on its machine: privileged mode is on.',
  },
  {
    types: /^AWS::CodeBuild::Project$/,
    path: 'Visibility',
    guards: isNot('PUBLIC_READ'),
    whenAdded: true,
    why: 'Anyone on the internet can newly read the logs of the builds.',
  },
  {
    types: /^AWS::Batch::JobDefinition$/,
    path: 'ContainerProperties.Privileged',
    guards: isNot('true'),
    whenAdded: true,
    why: 'A job can newly do everything on its machine: it is privileged.',
  },
  {
    types: /^AWS::Batch::JobDefinition$/,
    path: 'ContainerProperties.ReadonlyRootFilesystem',
    guards: isTrue,
    why: 'A job can newly write to the root of its own container.',
  },
  {
    types: /^AWS::SageMaker::NotebookInstance$/,
    path: 'DirectInternetAccess',
    guards: is('Disabled'),
    whenAdded: true,
    why: 'The notebook newly reaches the internet past the network.',
  },
  {
    types: /^AWS::SageMaker::NotebookInstance$/,
    path: 'RootAccess',
    guards: is('Disabled'),
    why: 'Users of the notebook are newly root on it.',
  },
  {
    types: /^AWS::SageMaker::Domain$/,
    path: 'AppNetworkAccessType',
    guards: is('VpcOnly'),
    whenAdded: true,
    why: 'Notebooks newly reach the internet past the network.',
  },
  { types: /^AWS::SageMaker::Model$/, path: 'EnableNetworkIsolation', guards: isTrue, why: 'The model can newly talk to the network.' },
  {
    types: /^AWS::SageMaker::EndpointConfig$/,
    path: 'KmsKeyId',
    guards: isSet,
    why: 'What the endpoint stores can newly be read without leave to use a KMS key.',
  },
  {
    types: /^AWS::EKS::Cluster$/,
    path: 'ResourcesVpcConfig.EndpointPublicAccess',
    guards: is('false'),
    whenAdded: true,
    why: "Anyone on the internet can newly reach the cluster's API server.",
  },
  {
    types: /^AWS::MWAA::Environment$/,
    path: 'WebserverAccessMode',
    guards: isNot('PUBLIC_ONLY'),
    whenAdded: true,
    why: 'Anyone on the internet can newly reach the web server of the workflows.',
  },
  {
    types: /^AWS::CloudTrail::Trail$/,
    path: 'IsLogging',
    guards: isTrue,
    why: 'Nobody can look up any more who did what in the account: the trail is off.',
  },
];
