import { findAws } from '../../../lib/review/classify/aws';
import { findAccess } from '../../../lib/review/classify/aws/access';
import { findContainers } from '../../../lib/review/classify/aws/containers';
import {
  DATA_PLANE_DURING,
  DATA_PLANE_GUARDS,
  DATA_PLANE_NOTICED,
  DATA_PLANE_PROTECTIONS,
  DATA_PLANE_SHUT,
} from '../../../lib/review/classify/aws/data-plane';
import { findDataLoss } from '../../../lib/review/classify/aws/data-loss';
import { findInterrupt } from '../../../lib/review/classify/aws/interrupt';
import { Body } from '../../../lib/review/model';
import { findings, PARAMETER, put } from './change';

const TASK = 'AWS::ECS::TaskDefinition';
// Each value that guards, and one that does not.
const GUARDS: readonly (readonly [type: string, path: string, up: unknown, down: unknown])[] = [
  ['AWS::VpcLattice::Service', 'AuthType', 'AWS_IAM', 'NONE'],
  ['AWS::VpcLattice::ServiceNetwork', 'AuthType', 'AWS_IAM', 'NONE'],
  ['AWS::VpcLattice::Listener', 'Protocol', 'HTTPS', 'HTTP'],
  ['AWS::VpcLattice::ServiceNetworkVpcAssociation', 'SecurityGroupIds', ['sg'], undefined],
  ['AWS::RDS::DBInstance', 'ManageMasterUserPassword', true, false],
  ['AWS::RDS::DBInstance', 'MasterUserSecret.KmsKeyId', 'k', undefined],
  ['AWS::SecretsManager::Secret', 'KmsKeyId', 'k', undefined],
  ['AWS::EFS::AccessPoint', 'PosixUser', { Uid: '1', Gid: '1' }, undefined],
  ['AWS::FSx::FileSystem', 'LustreConfiguration.RootSquashConfiguration.RootSquash', '65534:65534', '0:0'],
  ['AWS::ECS::Service', 'EnableExecuteCommand', false, true],
  ['AWS::ECS::Service', 'NetworkConfiguration.AwsvpcConfiguration.AssignPublicIp', 'DISABLED', 'ENABLED'],
  [TASK, 'ContainerDefinitions.*.Privileged', false, true],
  [TASK, 'ContainerDefinitions.*.ReadonlyRootFilesystem', true, false],
  [TASK, 'NetworkMode', 'awsvpc', 'host'],
  [TASK, 'Volumes.*.EFSVolumeConfiguration.TransitEncryption', 'ENABLED', 'DISABLED'],
  [TASK, 'Volumes.*.EFSVolumeConfiguration.AuthorizationConfig.IAM', 'ENABLED', 'DISABLED'],
  ['AWS::SageMaker::FeatureGroup', 'OnlineStoreConfig.SecurityConfig.KmsKeyId', 'k', undefined],
  ['AWS::SageMaker::FeatureGroup', 'OfflineStoreConfig.S3StorageConfig.KmsKeyId', 'k', undefined],
  ['AWS::ECR::RepositoryCreationTemplate', 'ImageTagMutability', 'IMMUTABLE', 'MUTABLE'],
  ['AWS::ECR::RepositoryCreationTemplate', 'EncryptionConfiguration.EncryptionType', 'KMS', 'AES256'],
];

describe('a guard of the data plane', () => {
  const whyOf = (type: string, path: string): string => DATA_PLANE_GUARDS.find((g) => g.types.test(type) && g.path === path)!.why;

  test.each(GUARDS)('that is taken away is told, and one that is put up is not: %s %s', (type, path, up, down) => {
    expect(findings(findAccess, type, put(path, up), put(path, down))).toEqual([`access: ${whyOf(type, path)}`]);
    expect(findings(findAccess, type, put(path, down), put(path, up)).filter((f) => f.includes(whyOf(type, path)))).toEqual([]);
  });

  test.each(GUARDS)('is missed in what is new where that is worth a word: %s %s', (type, path, _up, down) => {
    const guard = DATA_PLANE_GUARDS.find((g) => g.types.test(type) && g.path === path)!;
    const told = findings(findAccess, type, undefined, put(path, down));
    expect(told.includes(`access: ${guard.why}`)).toBe(guard.whenAdded ?? false);
  });

  test('has a case here', () => {
    expect(DATA_PLANE_GUARDS.filter((g) => !GUARDS.some(([type, path]) => g.types.test(type) && g.path === path))).toEqual([]);
  });
});

describe('what is noticed', () => {
  const noun: { readonly [type: string]: string } = {
    'AWS::SageMaker::MlflowTrackingServer': 'The MLflow tracking server',
    'AWS::VpcLattice::AuthPolicy': 'The auth policy',
    'AWS::EFS::MountTarget': 'The mount target',
    'AWS::ECR::PullThroughCacheRule': 'The pull through cache rule',
  };

  test.each(Object.keys(noun))('when it goes is told: %s', (type) => {
    expect(findings(findInterrupt, type, {}, undefined)).toEqual([
      `interrupt: ${noun[type]} is removed: ${DATA_PLANE_NOTICED[type].gone}.`,
    ]);
    expect(findings(findInterrupt, type, undefined, {})).toEqual([]);
  });

  test('when it is made anew is told', () => {
    expect(findings(findInterrupt, 'AWS::EFS::MountTarget', { SubnetId: 'a' }, { SubnetId: 'b' })).toEqual([
      'interrupt: The mount target is made anew: what mounts the file system in its subnet hangs until the new one stands.',
    ]);
  });
});

describe('during an update', () => {
  const CASES: readonly (readonly [string, string, unknown, unknown, string])[] = [
    [
      'AWS::RDS::DBInstance',
      'ManageMasterUserPassword',
      undefined,
      true,
      'interrupt?: The password of its administrator is another one, kept elsewhere: clients that have the old one cannot connect.',
    ],
    [
      'AWS::RDS::DBInstance',
      'CACertificateIdentifier',
      'a',
      'b',
      'interrupt?: Another authority signs its certificate: clients that do not know that one refuse it, and the database may restart.',
    ],
    ['AWS::RDS::DBInstance', 'DBParameterGroupName', 'a', 'b', 'interrupt?: Other parameters hold from its next restart on.'],
    [
      'AWS::FSx::FileSystem',
      'LustreConfiguration.PerUnitStorageThroughput',
      125,
      250,
      'interrupt: Its files are not reached for some minutes while it changes its size.',
    ],
    [
      'AWS::SageMaker::MlflowTrackingServer',
      'TrackingServerSize',
      'Small',
      'Large',
      'interrupt: The server is made anew in place: jobs that log to it fail meanwhile.',
    ],
    [
      'AWS::SageMaker::MlflowTrackingServer',
      'ArtifactStoreUri',
      's3://a',
      's3://b',
      'interrupt: Artifacts are looked for in another place: those of earlier runs are not found unless they are copied.',
    ],
    [
      'AWS::ECS::Service',
      'VpcLatticeConfigurations',
      [{ PortName: 'a' }],
      [{ PortName: 'b' }],
      'interrupt?: Its tasks are registered elsewhere: callers of the old target group find nobody.',
    ],
  ];

  test.each(CASES)('%s %s from %j to %j', (type, path, before, after, why) => {
    expect(findings(findInterrupt, type, put(path, before), put(path, after))).toContain(why);
    expect(findings(findInterrupt, type, put(path, before), { ...put(path, before), Tags: [] })).not.toContain(why);
  });

  test('has a case here', () => {
    expect(DATA_PLANE_DURING.filter((d) => !CASES.some(([type, path]) => d.types.test(type) && d.paths.some((p) => p === path)))).toEqual(
      [],
    );
  });
});

describe('a switch', () => {
  const CASES: readonly (readonly [string, string, unknown, unknown, string])[] = [
    ['AWS::ECS::Service', 'DesiredCount', 1, 0, 'No task of it runs any more.'],
    [
      'AWS::ECS::Service',
      'DeploymentConfiguration.DeploymentCircuitBreaker.Enable',
      true,
      false,
      'A version that does not start is tried again and again: nothing stops its rollout any more.',
    ],
    [
      'AWS::ECS::Service',
      'DeploymentConfiguration.DeploymentCircuitBreaker.Rollback',
      true,
      false,
      'A version that does not start is no longer rolled back by itself.',
    ],
    [
      'AWS::VpcLattice::TargetGroup',
      'Config.HealthCheck.Enabled',
      true,
      false,
      'Sick targets get calls all the same: their health is no longer checked.',
    ],
    [
      'AWS::FSx::DataRepositoryAssociation',
      'S3.AutoImportPolicy',
      { Events: ['NEW'] },
      undefined,
      'New objects of the bucket no longer show up as files.',
    ],
  ];

  test.each(CASES)('that is off is told, and one that is on is not: %s %s', (type, path, on, off, why) => {
    expect(findings(findInterrupt, type, put(path, on), put(path, off))).toEqual([`interrupt: ${why}`]);
    expect(findings(findInterrupt, type, put(path, off), put(path, on))).toEqual([]);
  });

  test('has a case here', () => {
    expect(DATA_PLANE_SHUT.filter((s) => !CASES.some(([type, path]) => s.types.test(type) && s.path === path))).toEqual([]);
  });
});

test('what is no longer copied, and what expires, is lost', () => {
  const link = (S3: Body): Body => ({ DataRepositoryPath: 's3://b', S3 });
  const told = (type: string, before: Body, after: Body): string[] => findings(findDataLoss, type, before, after);
  const LINK = 'AWS::FSx::DataRepositoryAssociation';
  const all = { AutoExportPolicy: { Events: ['NEW', 'CHANGED', 'DELETED'] } };
  expect(told(LINK, link(all), link({}))).toContain('data-loss: What is written to the file system is no longer copied to the bucket.');
  expect(told(LINK, link(all), link({ AutoExportPolicy: { Events: ['NEW'] } }))).toEqual([
    'data-loss: Some of what is written to the file system is no longer copied to the bucket.',
  ]);
  expect(told(LINK, link({}), link(all))).toEqual([]);
  const group = (x: Body): Body => ({ OnlineStoreConfig: { EnableOnlineStore: true, ...x } });
  const TTL = { TtlDuration: { Unit: 'Days', Value: 1 } };
  expect(told('AWS::SageMaker::FeatureGroup', group({}), group(TTL))).toContain(
    'data-loss: Its online records newly expire: they have a time to live.',
  );
  expect(told('AWS::SageMaker::FeatureGroup', group(TTL), group({})).join()).not.toContain('expire');
  expect(DATA_PLANE_PROTECTIONS).toHaveLength(3);
});

describe('who may call a service of a network', () => {
  const policy = (principal: string): Body => ({
    ResourceIdentifier: 'arn:front',
    Policy: { Statement: [{ Effect: 'Allow', Principal: { AWS: principal }, Action: 'vpc-lattice-svcs:Invoke', Resource: '*' }] },
  });

  test('is told where somebody else may', () => {
    const [ann, anyone] = ['arn:aws:iam::111122223333:role/ann', '*'].map(policy);
    expect(findings(findAccess, 'AWS::VpcLattice::AuthPolicy', ann, anyone)).toEqual([
      'access: Anyone can newly do vpc-lattice-svcs:Invoke on any resource.',
    ]);
    expect(findings(findAccess, 'AWS::VpcLattice::AuthPolicy', anyone, ann)).toEqual([]);
  });
});

describe('a task', () => {
  const task = (x: Body): Body => ({ Family: 'mlflow', ContainerDefinitions: [{ Name: 'mlflow', Image: 'a', ...x }] });
  const told = (before: Body, after: Body): string[] => findings(findContainers, TASK, before, after);
  const env = (variables: { readonly [name: string]: unknown }): Body =>
    task({ Environment: Object.entries({ MLFLOW_DB_AUTH: 'aws-secret', ...variables }).map(([Name, Value]) => ({ Name, Value })) });

  test('that reads another secret is told', () => {
    const one = task({ Secrets: [{ Name: 'TOKEN', ValueFrom: 'arn:a' }] });
    expect(told(task({}), one)).toEqual(['access: The container mlflow can newly read the secret arn:a, as TOKEN.']);
    expect(told(one, task({}))).toEqual([]);
  });

  test('that nobody hears of any more is told', () => {
    const watched = task({ LogConfiguration: { LogDriver: 'awslogs' }, HealthCheck: { Command: ['CMD', 'true'] } });
    expect(told(watched, task({}))).toEqual([
      'interrupt: Nobody sees any more what the container mlflow writes: its logs go nowhere.',
      'interrupt: The container mlflow is no longer restarted when it hangs: nobody asks it.',
    ]);
    expect(told(task({}), watched)).toEqual([]);
  });

  test('that runs our tracking server is read by its variables', () => {
    expect(told(env({ MLFLOW_DB_TLS: 'verify-full' }), env({ MLFLOW_DB_TLS: 'require' }))).toEqual([
      'access: Whoever is between the tracking server and its database may read along: the certificate of the database is no longer checked.',
    ]);
    expect(told(env({ ML_APPROVERS: '{"housing":["ann"]}' }), env({ ML_APPROVERS: '{"housing":["ann","eve"]}' }))).toEqual([
      'access: eve may approve the model housing.',
    ]);
    expect(told(env({ ML_APPROVERS: '{"housing":["ann"]}' }), env({ ML_APPROVERS: PARAMETER }))).toEqual([
      'access?: Others may approve models than before.',
    ]);
    expect(told(env({ PORT: '1' }), env({ PORT: '2' }))).toEqual([]);
  });

  test('whose containers only the deployment knows is not called safe', () => {
    expect(told(task({}), { Family: 'mlflow', ContainerDefinitions: { 'Fn::If': ['A', [], []] } })).toEqual([
      'unknown: Its containers differ, and which they are only the deployment knows.',
    ]);
  });

  test('of which fewer stay during a rollout is told', () => {
    const service = (MinimumHealthyPercent: number): Body => ({ DeploymentConfiguration: { MinimumHealthyPercent } });
    expect(findings(findContainers, 'AWS::ECS::Service', service(100), service(0))).toEqual([
      'interrupt: Fewer tasks answer while a new version starts: 0 % of them, before: 100 %.',
    ]);
    expect(findings(findContainers, 'AWS::ECS::Service', service(0), service(100))).toEqual([]);
  });
});

test('parameters of a database', () => {
  const group = (Parameters: Body): Body => ({ Family: 'postgres16', Description: 'd', Parameters });
  const told = (before: Body, after: Body): string[] => findings(findAws, 'AWS::RDS::DBParameterGroup', group(before), group(after));
  const TLS = 'Clients can newly connect to the database without TLS.';
  expect(told({ 'rds.force_ssl': '1' }, { 'rds.force_ssl': '0' })).toEqual([`access: ${TLS}`]);
  expect(told({ 'rds.force_ssl': '1' }, { max_connections: '1' })).toEqual([
    `access?: ${TLS}`,
    'interrupt?: Other parameters hold, some of them from the next restart on: max_connections.',
  ]);
  expect(told({ 'rds.force_ssl': '0' }, { 'rds.force_ssl': '1' })).toEqual([]);
});

test('images of another registry', () => {
  const rule = (x: Body): Body => ({ EcrRepositoryPrefix: 'quay', UpstreamRegistryUrl: 'quay.io', ...x });
  const told = (before: Body, after: Body): string[] =>
    findings(findContainers, 'AWS::ECR::PullThroughCacheRule', rule(before), rule(after));
  expect(told({}, { UpstreamRegistryUrl: 'evil.example' })).toEqual([
    'access: Whoever pulls images through it newly gets those of evil.example, before: quay.io.',
  ]);
  expect(told({ CredentialArn: 'arn:a' }, { CredentialArn: 'arn:b' })).toEqual(['access: It newly logs in with the secret arn:b.']);
  expect(told({ CredentialArn: 'arn:a' }, {})).toEqual(['interrupt: Images that need a login are no longer pulled through it.']);
  expect(told({}, { EcrRepositoryPrefix: 'other' })).toEqual([]);
});
