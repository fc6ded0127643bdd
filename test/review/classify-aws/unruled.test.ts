import { findAws } from '../../../lib/review/classify/aws';
import { findUnruled } from '../../../lib/review/classify/aws/unruled';
import { Body } from '../../../lib/review/model';
import { either, findings, found, put } from './change';

const told = (type: string, before: Body | undefined, after: Body | undefined) => findings(findUnruled, `AWS::${type}`, before, after);
const unread = (paths: string) =>
  `unknown: No rule reads ${paths}, which may decide on access or on what is kept: compare before and after by yourself.`;

describe('a property without a rule', () => {
  test.each([
    ['Lambda::Function', 'FileSystemConfigs', [{ Arn: 'a' }], [{ Arn: 'b' }], undefined],
    ['EC2::LaunchTemplate', 'LaunchTemplateData.SecurityGroupIds', ['a'], ['b'], 'Properties.LaunchTemplateData.SecurityGroupIds[0]'],
    [
      'EKS::Cluster',
      'ResourcesVpcConfig.PublicAccessCidrs',
      ['10.0.0.0/8'],
      ['0.0.0.0/0'],
      'Properties.ResourcesVpcConfig.PublicAccessCidrs[0]',
    ],
    ['ApiGateway::Stage', 'ClientCertificateId', 'a', 'b', undefined],
    ['CodeBuild::Project', 'EncryptionKey', 'a', 'b', 'Properties.EncryptionKey'],
    ['ElastiCache::ReplicationGroup', 'AuthToken', 'first', 'second', 'Properties.AuthToken'],
    ['ElastiCache::ReplicationGroup', 'SnapshotWindow', 'a', 'b', 'Properties.SnapshotWindow'],
    ['Batch::JobDefinition', 'ContainerProperties.ExecutionRoleArn', 'a', 'b', 'Properties.ContainerProperties.ExecutionRoleArn'],
    ['SNS::Subscription', 'FilterPolicy', { a: ['b'] }, { a: ['c'] }, undefined],
    ['RDS::DBInstance', 'PreferredBackupWindow', 'a', 'b', 'Properties.PreferredBackupWindow'],
    ['EFS::FileSystem', 'LifecyclePolicies', [{ TransitionToIA: 'AFTER_7_DAYS' }], [], 'Properties.LifecyclePolicies[0]'],
  ])('is named if its name tells of access or of what is kept: %s %s', (type, path, before, after, named) => {
    expect(told(type, put(path, before), put(path, after))).toEqual(named === undefined ? [] : [unread(`\`${named}\``)]);
  });

  test('is named with others', () => {
    expect(told('CodeBuild::Project', { EncryptionKey: 'a' }, { EncryptionKey: 'b', ResourceAccessRole: 'r' })).toEqual([
      unread('`Properties.EncryptionKey` and `Properties.ResourceAccessRole`'),
    ]);
  });

  test('is named where only the deployment knows it', () => {
    expect(told('CodeBuild::Project', { EncryptionKey: 'a' }, { EncryptionKey: either('a', 'b') })).toEqual([
      unread('`Properties.EncryptionKey`'),
    ]);
  });

  test.each([
    ['of a resource that is added', undefined, { EncryptionKey: 'a' }],
    ['of a resource that is removed', { EncryptionKey: 'a' }, undefined],
    ['that stays', { EncryptionKey: 'a', Name: 'a' }, { EncryptionKey: 'a', Name: 'b' }],
    ['that is a tag', { Tags: [{ Key: 'retention', Value: 'a' }] }, { Tags: [{ Key: 'retention', Value: 'b' }] }],
  ])('is not named %s', (_name, before, after) => {
    expect(told('CodeBuild::Project', before, after)).toEqual([]);
  });
});

describe('a property with a rule is not named', () => {
  test.each([
    [
      'S3::Bucket',
      put('PublicAccessBlockConfiguration.BlockPublicAcls', true),
      put('PublicAccessBlockConfiguration.BlockPublicAcls', false),
    ],
    ['S3::Bucket', put('VersioningConfiguration.Status', 'Enabled'), {}],
    ['S3::Bucket', {}, { LifecycleConfiguration: { Rules: [] } }],
    ['ECR::Repository', put('LifecyclePolicy.LifecyclePolicyText', 'a'), put('LifecyclePolicy.LifecyclePolicyText', 'b')],
    ['Logs::LogGroup', { RetentionInDays: 1 }, { RetentionInDays: 7 }],
    ['Lambda::Function', { Role: 'a' }, { Role: 'b' }],
    [
      'ECS::Service',
      put('NetworkConfiguration.AwsvpcConfiguration.SecurityGroups', ['a']),
      put('NetworkConfiguration.AwsvpcConfiguration.SecurityGroups', ['b']),
    ],
    ['RDS::DBParameterGroup', { Parameters: { 'rds.force_ssl': '1' } }, { Parameters: { 'rds.force_ssl': '0' } }],
    ['Lambda::Function', put('VpcConfig.SecurityGroupIds', ['a']), put('VpcConfig.SecurityGroupIds', ['b'])],
    [
      'SQS::QueuePolicy',
      { PolicyDocument: { Statement: [] }, Queues: ['a'] },
      { PolicyDocument: { Statement: [{ Effect: 'Deny', Action: '*' }] }, Queues: ['a'] },
    ],
    ['DynamoDB::Table', {}, put('ResourcePolicy.PolicyDocument', { Statement: [{ Effect: 'Deny', Action: '*' }] })],
    [
      'IAM::Role',
      { AssumeRolePolicyDocument: { Statement: [] } },
      { AssumeRolePolicyDocument: { Statement: [{ Effect: 'Deny', Action: '*' }] } },
    ],
    ['EC2::SecurityGroup', { SecurityGroupIngress: [] }, { SecurityGroupIngress: [{ CidrIp: '10.0.0.0/8' }] }],
    ['Lambda::Permission', { PrincipalOrgID: 'a' }, { PrincipalOrgID: 'b' }],
  ])('%s %j → %j', (type, before, after) => {
    expect(told(type, before, after)).toEqual([]);
  });
});

test('all that a change means is told together', () => {
  const before = { DeletionPolicy: 'Retain', Properties: { KmsMasterKeyId: 'key', MessageRetentionPeriod: 120, QueueName: 'a' } };
  const after = { DeletionPolicy: 'Delete', Properties: { MessageRetentionPeriod: 60, QueueName: 'b' } };
  expect(found(findAws, 'AWS::SQS::Queue', before, after)).toEqual([
    'data-loss: The queue is replaced and the old one is not retained, and with it the messages that wait in it.',
    'data-loss: The queue is no longer kept when it is removed from the stack: DeletionPolicy goes from Retain to Delete.',
    'data-loss: Messages that nobody fetches are kept for 60 seconds, before: 120 seconds.',
    'interrupt: The queue is made anew: its URL changes: senders outside of the stack are refused.',
    'access: Messages can newly be read without leave to use a KMS key.',
  ]);
});
