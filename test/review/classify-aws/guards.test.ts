import { findAccess } from '../../../lib/review/classify/aws/access';
import { GUARDS } from '../../../lib/review/classify/aws/guards';
import { either, findings, PARAMETER, put } from './change';

interface Row {
  readonly type: string;
  readonly path: string;
  readonly up: unknown;
  readonly down: unknown;
  readonly why: string;
  /** One that is added without the guard is told. */
  readonly added?: true;
  /** Whether the guard is up does not depend on what the value is. */
  readonly set?: true;
}

const NO_KEY = 'newly be read without leave to use a KMS key.';
const row = (type: string, path: string, up: unknown, down: unknown, why: string, also: 'added' | 'set' | '' = ''): Row => ({
  type: `AWS::${type}`,
  path,
  up,
  down,
  why,
  ...(also && { [also]: true }),
});
const BUCKET = 'S3::Bucket';
const PUBLIC = 'PublicAccessBlockConfiguration';
const MACHINES = 'EC2::LaunchTemplate';
const GROUP = 'ElastiCache::ReplicationGroup';
const SEARCH = 'OpenSearchService::Domain';

const ROWS: readonly Row[] = [
  row('Lambda::Url', 'AuthType', 'AWS_IAM', 'NONE', 'Anyone on the internet can newly call the function without signing in.', 'added'),
  row('Lambda::Url', 'Cors.AllowOrigins', ['https://a.example'], ['*'], 'Scripts of any web site can newly call the function.'),
  row(
    'ApiGateway::RestApi',
    'EndpointConfiguration.Types',
    ['PRIVATE'],
    ['REGIONAL'],
    'Anyone on the internet can newly reach the API: its endpoint is private no longer.',
  ),
  row(
    'ApiGateway::Method',
    'AuthorizationType',
    'AWS_IAM',
    'NONE',
    'Whoever reaches the API can newly call the method without signing in.',
    'added',
  ),
  row('ApiGateway::Method', 'ApiKeyRequired', true, false, 'The method can newly be called without an API key.'),
  row(
    'ApiGatewayV2::Route',
    'AuthorizationType',
    'JWT',
    undefined,
    'Whoever reaches the API can newly call the route without signing in.',
    'added',
  ),
  row('ApiGateway::DomainName', 'SecurityPolicy', 'TLS_1_2', 'TLS_1_0', 'Clients can newly connect with TLS 1.0.'),
  row(BUCKET, `${PUBLIC}.BlockPublicAcls`, true, false, 'An object can newly be made public by its ACL.', 'added'),
  row(BUCKET, `${PUBLIC}.IgnorePublicAcls`, true, 'false', 'Public ACLs of objects newly count.', 'added'),
  row(BUCKET, `${PUBLIC}.BlockPublicPolicy`, true, undefined, 'The bucket can newly be made public by a policy.', 'added'),
  row(BUCKET, `${PUBLIC}.RestrictPublicBuckets`, true, false, 'A public policy newly lets other accounts and anyone in.', 'added'),
  row(BUCKET, 'AccessControl', 'Private', 'PublicRead', 'Anyone can newly read the bucket, by its ACL.', 'added'),
  row(
    BUCKET,
    'OwnershipControls.Rules.*.ObjectOwnership',
    'BucketOwnerEnforced',
    'ObjectWriter',
    'ACLs of objects newly count: whoever writes one decides who reads it.',
  ),
  row(
    BUCKET,
    'BucketEncryption.ServerSideEncryptionConfiguration.*.ServerSideEncryptionByDefault.SSEAlgorithm',
    'aws:kms',
    'AES256',
    'New objects can be read without leave to use a KMS key: they are encrypted with the key of S3.',
  ),
  row(
    BUCKET,
    'LoggingConfiguration',
    { DestinationBucketName: 'logs' },
    undefined,
    'Nobody can look up any more who read or wrote an object: access logs are off.',
    'set',
  ),
  row('SQS::Queue', 'SqsManagedSseEnabled', true, false, 'Messages are newly stored unencrypted, unless a KMS key is named.'),
  row('SQS::Queue', 'KmsMasterKeyId', 'key', undefined, `Messages can ${NO_KEY}`, 'set'),
  row('SNS::Topic', 'KmsMasterKeyId', 'key', undefined, `Messages can ${NO_KEY}`, 'set'),
  row('Logs::LogGroup', 'KmsKeyId', 'key', undefined, `Logs can ${NO_KEY}`, 'set'),
  row('Lambda::Function', 'KmsKeyArn', 'key', undefined, `Environment variables can ${NO_KEY}`, 'set'),
  row('DynamoDB::Table', 'SSESpecification.SSEEnabled', true, false, `Items can ${NO_KEY}`),
  row('EFS::FileSystem', 'Encrypted', true, false, 'What it holds is newly stored unencrypted.'),
  row('RDS::DBInstance', 'StorageEncrypted', true, false, 'What it holds is newly stored unencrypted.', 'added'),
  row('Neptune::DBCluster', 'StorageEncrypted', true, undefined, 'What it holds is newly stored unencrypted.', 'added'),
  row(GROUP, 'AtRestEncryptionEnabled', true, false, 'What it holds is newly stored unencrypted.'),
  row(GROUP, 'TransitEncryptionEnabled', true, false, 'Whoever listens on the network can newly read along: encryption in transit is off.'),
  row('RDS::DBInstance', 'PubliclyAccessible', false, true, 'The database newly has a public address.', 'added'),
  row('RDS::DBCluster', 'EnableIAMDatabaseAuthentication', true, false, 'Only passwords let in: sign-in by IAM is off.'),
  row('Redshift::Cluster', 'PubliclyAccessible', undefined, 'true', 'The cluster newly has a public address.', 'added'),
  row(SEARCH, 'DomainEndpointOptions.EnforceHTTPS', true, false, 'Clients can newly connect without TLS.'),
  row(
    SEARCH,
    'DomainEndpointOptions.TLSSecurityPolicy',
    'Policy-Min-TLS-1-2-2019-07',
    'Policy-Min-TLS-1-0-2019-07',
    'Clients can newly connect with TLS 1.0.',
  ),
  row(SEARCH, 'EncryptionAtRestOptions.Enabled', true, false, 'Its indexes are newly stored unencrypted.'),
  row(SEARCH, 'NodeToNodeEncryptionOptions.Enabled', true, false, 'Whoever listens between its nodes can newly read along.'),
  row(
    'ElasticLoadBalancingV2::LoadBalancer',
    'Scheme',
    'internal',
    'internet-facing',
    'The load balancer can newly be reached from the internet.',
    'added',
  ),
  row('ElasticLoadBalancingV2::Listener', 'Protocol', 'HTTPS', 'HTTP', 'Clients can newly connect without TLS.', 'added'),
  row(
    'ElasticLoadBalancingV2::Listener',
    'SslPolicy',
    'ELBSecurityPolicy-TLS13-1-2-2021-06',
    'ELBSecurityPolicy-2016-08',
    'Clients can newly connect with TLS older than 1.2.',
  ),
  row(
    'CloudFront::Distribution',
    'DistributionConfig.ViewerCertificate.MinimumProtocolVersion',
    'TLSv1.2_2021',
    'TLSv1',
    'Clients can newly connect with TLS older than 1.2.',
  ),
  row('EC2::Subnet', 'MapPublicIpOnLaunch', false, true, 'Machines in the subnet newly get a public address.'),
  row(
    MACHINES,
    'LaunchTemplateData.MetadataOptions.HttpTokens',
    'required',
    'optional',
    "What runs on a machine can newly fetch its role's credentials with a plain request (IMDSv1).",
    'added',
  ),
  row(
    MACHINES,
    'LaunchTemplateData.MetadataOptions.HttpPutResponseHopLimit',
    1,
    2,
    "Containers can newly fetch the credentials of the machine's role.",
  ),
  row(MACHINES, 'LaunchTemplateData.BlockDeviceMappings.*.Ebs.Encrypted', true, undefined, 'Volumes are newly stored unencrypted.'),
  row(
    MACHINES,
    'LaunchTemplateData.KeyName',
    undefined,
    'ops',
    'Whoever has the private key can newly log in to the machines by SSH.',
    'added',
  ),
  row(
    MACHINES,
    'LaunchTemplateData.NetworkInterfaces.*.AssociatePublicIpAddress',
    false,
    true,
    'Machines newly get a public address.',
    'added',
  ),
  row(
    'ECR::Repository',
    'ImageTagMutability',
    'IMMUTABLE',
    'MUTABLE',
    'Whoever may push can newly put another image behind a tag that is in use.',
  ),
  row(
    'ECR::Repository',
    'ImageScanningConfiguration.ScanOnPush',
    true,
    false,
    'Nobody is told any more of known holes in a pushed image: scanning is off.',
  ),
  row('KMS::Key', 'EnableKeyRotation', true, false, 'Whoever got hold of key material can use it without end: the key is rotated no more.'),
  row(
    'CodeBuild::Project',
    'Environment.PrivilegedMode',
    false,
    true,
    'A build can newly do everything on its machine: privileged mode is on.',
    'added',
  ),
  row(
    'CodeBuild::Project',
    'Visibility',
    'PRIVATE',
    'PUBLIC_READ',
    'Anyone on the internet can newly read the logs of the builds.',
    'added',
  ),
  row(
    'Batch::JobDefinition',
    'ContainerProperties.Privileged',
    false,
    true,
    'A job can newly do everything on its machine: it is privileged.',
    'added',
  ),
  row(
    'Batch::JobDefinition',
    'ContainerProperties.ReadonlyRootFilesystem',
    true,
    false,
    'A job can newly write to the root of its own container.',
  ),
  row(
    'SageMaker::NotebookInstance',
    'DirectInternetAccess',
    'Disabled',
    'Enabled',
    'The notebook newly reaches the internet past the network.',
    'added',
  ),
  row('SageMaker::NotebookInstance', 'RootAccess', 'Disabled', 'Enabled', 'Users of the notebook are newly root on it.'),
  row(
    'SageMaker::Domain',
    'AppNetworkAccessType',
    'VpcOnly',
    'PublicInternetOnly',
    'Notebooks newly reach the internet past the network.',
    'added',
  ),
  row('SageMaker::Model', 'EnableNetworkIsolation', true, false, 'The model can newly talk to the network.'),
  row('SageMaker::EndpointConfig', 'KmsKeyId', 'key', undefined, `What the endpoint stores can ${NO_KEY}`, 'set'),
  row(
    'EKS::Cluster',
    'ResourcesVpcConfig.EndpointPublicAccess',
    false,
    true,
    "Anyone on the internet can newly reach the cluster's API server.",
    'added',
  ),
  row(
    'MWAA::Environment',
    'WebserverAccessMode',
    'PRIVATE_ONLY',
    'PUBLIC_ONLY',
    'Anyone on the internet can newly reach the web server of the workflows.',
    'added',
  ),
  row('CloudTrail::Trail', 'IsLogging', true, false, 'Nobody can look up any more who did what in the account: the trail is off.'),
];

const TABLE = ROWS.map((r) => [`${r.type} ${r.path}`, r] as const);

describe('a guard', () => {
  test.each(TABLE)('that is taken away is told: %s', (_name, { type, path, up, down, why }) => {
    expect(findings(findAccess, type, put(path, up), put(path, down))).toEqual([`access: ${why}`]);
  });

  test.each(TABLE)('that is put up is not: %s', (_name, { type, path, up, down }) => {
    expect(findings(findAccess, type, put(path, down), put(path, up))).toEqual([]);
  });

  test.each(TABLE)('that stays, up or down, is not: %s', (_name, { type, path, up, down }) => {
    for (const value of [up, down, either(up, down)]) {
      const [before, after] = ['a', 'b'].map((Value) => ({ ...put(path, value), Tags: [{ Key: 'team', Value }] }));
      expect(findings(findAccess, type, before, after)).toEqual([]);
    }
  });

  test.each(TABLE)('that only the deployment knows may be taken away: %s', (_name, { type, path, up, down, why }) => {
    expect(findings(findAccess, type, put(path, up), put(path, either(up, down)))).toContain(`access?: ${why}`);
    expect(findings(findAccess, type, put(path, either(up, down)), put(path, down))).toContain(`access?: ${why}`);
  });

  test.each(TABLE.filter(([, r]) => !r.set && r.path !== 'LaunchTemplateData.KeyName'))(
    'that a parameter decides may be taken away: %s',
    (_name, { type, path, up, why }) => {
      expect(findings(findAccess, type, put(path, up), put(path, PARAMETER))).toEqual([`access?: ${why}`]);
    },
  );

  test.each(TABLE.filter(([, r]) => r.set))('that is set by a reference is up: %s', (_name, { type, path, down }) => {
    expect(findings(findAccess, type, put(path, down), put(path, PARAMETER))).toEqual([]);
  });

  test.each(TABLE)('is missed in what is new where that is worth a word: %s', (_name, { type, path, down, why, added }) => {
    const told = findings(findAccess, type, undefined, put(path, down));
    expect(told.includes(`access: ${why}`)).toBe(added ?? false);
  });

  test.each(TABLE.filter(([, r]) => r.added))('may be missing in what is new: %s', (_name, { type, path, up, down, why }) => {
    expect(findings(findAccess, type, undefined, put(path, either(up, down)))).toContain(`access?: ${why}`);
    expect(findings(findAccess, type, undefined, put(path, up))).not.toContain(`access: ${why}`);
  });

  test('has a case here', () => {
    const cases = (types: RegExp, path: string) => ROWS.filter((r) => types.test(r.type) && r.path === path);
    expect(GUARDS.filter((g) => cases(g.types, g.path).length === 0)).toEqual([]);
  });
});

describe('of several volumes', () => {
  const volumes = (...encrypted: unknown[]) => ({
    LaunchTemplateData: { BlockDeviceMappings: encrypted.map((Encrypted, n) => ({ DeviceName: `/dev/${n}`, Ebs: { Encrypted } })) },
  });
  const TOLD = 'access: Volumes are newly stored unencrypted.';

  test.each([
    ['one is no longer encrypted', volumes(true, true), volumes(true, false), [TOLD]],
    ['the second of two is no longer encrypted', volumes(false, true), volumes(false, false), [TOLD]],
    ['one that is not encrypted is new', volumes(true), volumes(true, undefined), [TOLD]],
    ['one may not be encrypted', volumes(true, true), volumes(true, PARAMETER), ['access?: Volumes are newly stored unencrypted.']],
    ['one that is encrypted is new', volumes(true), volumes(true, true), []],
    ['one that is not encrypted goes', volumes(true, false), volumes(true), []],
    ['they change places', volumes(true, false), volumes(false, true), []],
  ])('%s', (_name, before, after, expected) => {
    expect(findings(findAccess, 'AWS::EC2::LaunchTemplate', before, after)).toEqual(expected);
  });
});

test('a network interface without a public address among others is none', () => {
  const of = (...addresses: boolean[]) => ({
    LaunchTemplateData: { NetworkInterfaces: addresses.map((AssociatePublicIpAddress) => ({ AssociatePublicIpAddress })) },
  });
  expect(findings(findAccess, 'AWS::EC2::LaunchTemplate', of(false), of(false, false))).toEqual([]);
  expect(findings(findAccess, 'AWS::EC2::LaunchTemplate', of(false), of(false, true))).toEqual([
    'access: Machines newly get a public address.',
  ]);
});
