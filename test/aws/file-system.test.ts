import { Instance, InstanceType, MachineImage, SecurityGroup, Subnet, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Stack } from 'aws-cdk-lib/core';
import { ISharedFileSystem, SharedFileSystem, SharedFileSystemAttributes, SharedFileSystemProps } from '../../lib/aws/file-system';
import { ArtifactStore } from '../../lib/aws/storage';
import { Environment, FileSystemKind, Size } from '../../lib/core';
import { parity } from '../../lib/core/parity';
import { bareVpc, BARE_VPC, Match, properties, refusals, statementsOf, synth } from './helper';

const { POSIX, PARALLEL } = FileSystemKind;
type Props = Partial<SharedFileSystemProps>;

const vpcOf = (stack: Stack) => Vpc.fromVpcAttributes(stack, 'Vpc', VPC);
const VPC = { vpcId: 'vpc-1', availabilityZones: ['eu-west-1a', 'eu-west-1b'], privateSubnetIds: ['subnet-a', 'subnet-b'] };
const make = (stack: Stack, kind: FileSystemKind, props: Props = {}) =>
  new SharedFileSystem(stack, 'Shared', { kind, vpc: vpcOf(stack), ...props });
const of = (kind: FileSystemKind, props: Props = {}) => synth((stack) => void make(stack, kind, props));
const linked = (props: Props = {}) =>
  synth((stack) => void make(stack, PARALLEL, { artifacts: new ArtifactStore(stack, 'Artifacts'), ...props }));
const reportOf = (kind: FileSystemKind, props: Props = {}) => {
  let report: { path: string; kind: string; became: string; reason?: string }[] = [];
  synth((stack) => {
    const made = make(stack, kind, props);
    parity.declare(made, 'fs');
    report = parity.report(stack).filter((e) => e.path.startsWith('fs'));
  });
  return report;
};
const lustre = (props: Props = {}) => properties(of(PARALLEL, props), 'AWS::FSx::FileSystem');

describe('a posix file system', () => {
  test('is encrypted, and takes as much as is asked of it', () => {
    expect(properties(of(POSIX), 'AWS::EFS::FileSystem')).toMatchObject({ Encrypted: true, ThroughputMode: 'elastic' });
  });

  test('has a mount target in each private subnet, which only its own group opens', () => {
    const template = of(POSIX);
    expect(Object.values(template.findResources('AWS::EFS::MountTarget')).map((m) => m.Properties.SubnetId)).toEqual([
      'subnet-a',
      'subnet-b',
    ]);
    template.hasResourceProperties('AWS::EC2::SecurityGroup', { SecurityGroupIngress: Match.absent() });
  });

  test('turns away whoever comes without TLS, and lets in nobody by its own policy', () => {
    expect(properties(of(POSIX), 'AWS::EFS::FileSystem').FileSystemPolicy).toEqual({
      Version: '2012-10-17',
      Statement: [
        {
          Sid: 'OnlyWithTls',
          Effect: 'Deny',
          Principal: { AWS: '*' },
          Action: ['elasticfilesystem:ClientMount', 'elasticfilesystem:ClientWrite', 'elasticfilesystem:ClientRootAccess'],
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        },
      ],
    });
  });

  test('is mounted as one user, below its root', () => {
    expect(properties(of(POSIX, { owner: 42 }), 'AWS::EFS::AccessPoint')).toMatchObject({
      PosixUser: { Uid: '42', Gid: '42' },
      RootDirectory: { Path: '/shared', CreationInfo: { OwnerUid: '42', OwnerGid: '42', Permissions: '0770' } },
    });
    expect(properties(of(POSIX), 'AWS::EFS::AccessPoint')).toMatchObject({ PosixUser: { Uid: '1000' } });
  });

  test.each([
    [Environment.DEV, undefined, 'Delete'],
    [Environment.STAGING, { Status: 'ENABLED' }, 'Delete'],
    [Environment.PROD, { Status: 'ENABLED' }, 'Retain'],
  ])('in %s it is backed up %j, and when its stack goes: %s', (environment, backups, policy) => {
    const template = of(POSIX, { environment });
    expect(properties(template, 'AWS::EFS::FileSystem').BackupPolicy).toEqual(backups);
    template.hasResource('AWS::EFS::FileSystem', { DeletionPolicy: policy, UpdateReplacePolicy: policy });
  });

  test('is backed up where that is asked for, and not where it is not wanted', () => {
    expect(properties(of(POSIX, { backups: true }), 'AWS::EFS::FileSystem').BackupPolicy).toEqual({ Status: 'ENABLED' });
    expect(properties(of(POSIX, { backups: false, environment: Environment.PROD }), 'AWS::EFS::FileSystem').BackupPolicy).toBeUndefined();
  });

  test('takes a key of yours', () => {
    const template = synth((stack) => void make(stack, POSIX, { encryptionKey: new Key(stack, 'Key') }));
    template.hasResourceProperties('AWS::EFS::FileSystem', { KmsKeyId: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Key'), 'Arn'] } });
  });

  test('lets whoever may write mount it through the access point only', () => {
    const granted = (grant: (fileSystem: ISharedFileSystem, role: Role) => void) =>
      statementsOf(
        synth((stack) =>
          grant(make(stack, POSIX), new Role(stack, 'Writer', { assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com') })),
        ),
        'Writer',
      );
    const statement = {
      Effect: 'Allow',
      Resource: { 'Fn::GetAtt': [expect.stringMatching(/^Shared/), 'Arn'] },
      Condition: {
        StringEquals: {
          'elasticfilesystem:AccessPointArn': {
            'Fn::Join': [
              '',
              [
                'arn:',
                { Ref: 'AWS::Partition' },
                ':elasticfilesystem:eu-west-1:123456789012:access-point/',
                { Ref: expect.stringMatching(/^SharedAccessPoint/) },
              ],
            ],
          },
        },
      },
    };
    expect(granted((f, r) => void f.grants.write(r))).toEqual([
      { ...statement, Action: ['elasticfilesystem:ClientMount', 'elasticfilesystem:ClientWrite'] },
    ]);
    expect(granted((f, r) => void f.grants.read(r))).toEqual([{ ...statement, Action: 'elasticfilesystem:ClientMount' }]);
  });

  test('is reached by clients that were named, on the port of NFS', () => {
    const template = synth((stack) => {
      make(stack, POSIX).allowMountFrom(client(stack));
    });
    expect(Object.values(template.findResources('AWS::EC2::SecurityGroupIngress')).map(({ Properties }) => portsOf(Properties))).toEqual([
      [2049, 2049],
    ]);
  });

  test('says how it is mounted', () => {
    of(POSIX).hasOutput('*', {
      Description: 'Mounts it on a Linux machine in the network that has amazon-efs-utils and permission',
      Value: {
        'Fn::Join': [
          '',
          [
            'sudo mkdir -p /mnt/shared && sudo mount -t efs -o tls,iam,accesspoint=',
            { Ref: Match.stringLikeRegexp('^SharedAccessPoint') },
            ' ',
            { Ref: Match.stringLikeRegexp('^Shared') },
            ':/ /mnt/shared',
          ],
        ],
      },
    });
  });

  test('has no size, and says so', () => {
    expect(reportOf(POSIX, { size: Size.tebibytes(1) })).toContainEqual(
      expect.objectContaining({ path: 'fs.size', kind: 'mapped', became: 'grows and shrinks with what is stored' }),
    );
  });

  test('refuses what only Lustre has', () => {
    expect(
      refusals(() => synth((stack) => void make(stack, POSIX, { throughput: 250, artifacts: new ArtifactStore(stack, 'Artifacts') }))),
    ).toEqual([
      {
        code: 'conflict',
        prop: 'throughput',
        value: 250,
        reason: 'EFS takes as much as is asked of it',
        instead: 'leave it out, or write kind: parallel',
      },
      {
        code: 'conflict',
        prop: 'artifacts',
        value: undefined,
        reason: 'EFS cannot be linked to S3',
        instead: 'leave it out, or write kind: parallel',
      },
    ]);
  });

  test('belongs to no superuser', () => {
    expect(refusals(() => of(POSIX, { owner: 0 }))).toEqual([
      {
        code: 'limit',
        prop: 'owner',
        value: 0,
        reason: 'everything belongs to a user that is not the superuser, which has a number from 1',
        instead: 'write a whole number such as 1000',
      },
    ]);
  });

  test('refuses a network without private subnets', () => {
    expect(refusals(() => synth((stack) => void new SharedFileSystem(stack, 'Shared', { kind: POSIX, vpc: bareVpc(stack) })))).toEqual([
      BARE_VPC,
    ]);
  });
});

describe('a parallel file system', () => {
  test('is the smallest and slowest, compressed, in the first private subnet', () => {
    expect(lustre()).toMatchObject({
      FileSystemType: 'LUSTRE',
      FileSystemTypeVersion: '2.15',
      StorageCapacity: 1_200,
      SubnetIds: ['subnet-a'],
      LustreConfiguration: { DeploymentType: 'PERSISTENT_2', PerUnitStorageThroughput: 125, DataCompressionType: 'LZ4' },
    });
  });

  test.each([
    [Size.parse('1.2TiB'), 1_200, 'mapped'],
    [Size.gibibytes(1_200), 1_200, 'mapped'],
    [Size.parse('2.4TiB'), 2_400, 'mapped'],
    [Size.parse('4.8TiB'), 4_800, 'mapped'],
    [Size.gibibytes(2_400), 2_400, 'mapped'],
    [Size.tebibytes(1), 1_200, 'approximated'],
    [Size.gibibytes(1_201), 2_400, 'approximated'],
    [Size.tebibytes(3), 4_800, 'approximated'],
    [Size.tebibytes(10), 12_000, 'approximated'],
  ])('of %s has %d GiB: %s', (size, gib, kind) => {
    expect(lustre({ size }).StorageCapacity).toBe(gib);
    expect(reportOf(PARALLEL, { size })).toContainEqual({
      cloud: 'aws',
      path: 'fs.size',
      kind,
      became: `${gib.toLocaleString('en-US')} GiB`,
      ...(kind === 'mapped' ? {} : { reason: 'FSx for Lustre comes with 1,200 GiB, 2,400 GiB or a multiple of that' }),
    });
  });

  test.each([
    [125, 125, 'mapped'],
    [126, 250, 'approximated'],
    [250, 250, 'mapped'],
    [600, 1_000, 'approximated'],
  ])('of %d MB/s for each TiB has %d: %s', (throughput, step, kind) => {
    expect(lustre({ throughput }).LustreConfiguration).toMatchObject({ PerUnitStorageThroughput: step });
    expect(reportOf(PARALLEL, { throughput })).toContainEqual(expect.objectContaining({ path: 'fs.throughput', kind }));
  });

  test('is not faster than FSx has it', () => {
    expect(refusals(() => lustre({ throughput: 1_001 }))).toEqual([
      {
        code: 'limit',
        prop: 'throughput',
        value: 1_001,
        reason: 'FSx for Lustre offers 125, 250, 500 or 1000 MB/s for each TiB',
        instead: 'write 1000 or less',
      },
    ]);
  });

  test.each([
    [Environment.DEV, 0, 'Delete'],
    [Environment.STAGING, 7, 'Delete'],
    [Environment.PROD, 30, 'Retain'],
  ])('in %s its backups are kept for %d days, and when its stack goes: %s', (environment, days, policy) => {
    const template = of(PARALLEL, { environment });
    expect(properties(template, 'AWS::FSx::FileSystem').LustreConfiguration).toMatchObject({ AutomaticBackupRetentionDays: days });
    template.hasResource('AWS::FSx::FileSystem', { DeletionPolicy: policy, UpdateReplacePolicy: policy });
  });

  test('shows the data of the store it is linked to, and puts work into it', () => {
    const template = linked();
    const s3 = (path: string) => ({ 'Fn::Join': ['', ['s3://', { Ref: Match.stringLikeRegexp('^Artifacts') }, path]] });
    const events = { Events: ['NEW', 'CHANGED', 'DELETED'] };
    template.hasResourceProperties('AWS::FSx::DataRepositoryAssociation', {
      FileSystemPath: '/data',
      DataRepositoryPath: s3('/data'),
      BatchImportMetaDataOnCreate: true,
      S3: { AutoImportPolicy: events, AutoExportPolicy: Match.absent() },
    });
    template.hasResourceProperties('AWS::FSx::DataRepositoryAssociation', {
      FileSystemPath: '/work',
      DataRepositoryPath: s3('/shared/shared'),
      S3: { AutoImportPolicy: events, AutoExportPolicy: events },
    });
  });

  test('gives up its links before the bucket is emptied', () => {
    linked().hasResource('AWS::FSx::DataRepositoryAssociation', {
      Properties: { FileSystemPath: '/data' },
      DependsOn: Match.arrayWith([Match.stringLikeRegexp('^ArtifactsAutoDeleteObjects')]),
    });
  });

  test("leaves FSx's own notifications on the bucket alone, as CloudFormation never sets any later", () => {
    linked().hasResourceProperties('AWS::S3::Bucket', {
      NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } },
    });
  });

  test("lets FSx's own role use the key of the store", () => {
    const template = synth((stack) => {
      make(stack, PARALLEL, { artifacts: new ArtifactStore(stack, 'Artifacts', { encryptionKey: new Key(stack, 'Key') }) });
    });
    template.hasResourceProperties('AWS::KMS::Key', {
      KeyPolicy: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Sid: 'FsxForLustre',
            Action: ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:DescribeKey'],
            Condition: {
              StringEquals: { 'aws:PrincipalAccount': '123456789012' },
              ArnLike: {
                'aws:PrincipalArn': {
                  'Fn::Join': [
                    '',
                    [
                      'arn:',
                      { Ref: 'AWS::Partition' },
                      ':iam::123456789012:role/aws-service-role/s3.data-source.lustre.fsx.amazonaws.com/AWSServiceRoleForFSxS3Access_fs-*',
                    ],
                  ],
                },
              },
            },
          }),
        ]),
      },
    });
  });

  test('has no backups where it is linked, and says so', () => {
    expect(properties(linked({ environment: Environment.PROD }), 'AWS::FSx::FileSystem').LustreConfiguration).toMatchObject({
      AutomaticBackupRetentionDays: 0,
    });
    synth((stack) => {
      parity.declare(make(stack, PARALLEL, { artifacts: new ArtifactStore(stack, 'Artifacts'), environment: Environment.PROD }), 'fs');
      expect(parity.report(stack)).toContainEqual({
        cloud: 'aws',
        path: 'fs.backups',
        kind: 'approximated',
        became: 'none; what is put into work is kept in the artifact store, with its old versions',
        reason: 'FSx backs up no file system that is linked to an artifact store',
      });
    });
  });

  test('refuses backups of what is linked', () => {
    expect(refusals(() => linked({ backups: true }))).toEqual([
      {
        code: 'conflict',
        prop: 'backups',
        value: true,
        reason: 'FSx backs up no file system that is linked to an artifact store',
        instead: 'leave it out, or leave artifacts out',
      },
    ]);
  });

  test('is linked to a bucket of yours', () => {
    const template = synth((stack) => {
      const artifacts = ArtifactStore.fromBucket(stack, 'Artifacts', Bucket.fromBucketName(stack, 'Theirs', 'acme-ml'));
      make(stack, PARALLEL, { artifacts });
    });
    template.hasResourceProperties('AWS::FSx::DataRepositoryAssociation', { DataRepositoryPath: 's3://acme-ml/data' });
  });

  test('and its clients reach each other on the ports of Lustre', () => {
    const template = synth((stack) => make(stack, PARALLEL).allowMountFrom(client(stack)));
    expect(
      Object.values(template.findResources('AWS::EC2::SecurityGroupIngress'))
        .map(({ Properties }) => portsOf(Properties))
        .sort((a, b) => a[0] - b[0] || a[1] - b[1]),
    ).toEqual([
      [988, 988],
      [988, 988],
      [988, 1023],
      [1018, 1023],
      [1018, 1023],
    ]);
  });

  test('knows no permissions of IAM', () => {
    const template = synth((stack) => {
      const role = new Role(stack, 'Writer', { assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com') });
      make(stack, PARALLEL).grants.write(role);
    });
    expect(statementsOf(template, 'Writer')).toEqual([]);
  });

  test('says how it is mounted', () => {
    of(PARALLEL).hasOutput('*', {
      Value: {
        'Fn::Join': [
          '',
          [
            'sudo mkdir -p /mnt/shared && sudo mount -t lustre -o noatime,flock ',
            { Ref: Match.stringLikeRegexp('^Shared') },
            '.fsx.eu-west-1.',
            { Ref: 'AWS::URLSuffix' },
            '@tcp:/',
            { 'Fn::GetAtt': [Match.stringLikeRegexp('^Shared'), 'LustreMountName'] },
            ' /mnt/shared',
          ],
        ],
      },
    });
  });
});

describe('a file system that exists already', () => {
  const imported = (attrs: Partial<SharedFileSystemAttributes>) => {
    let made: ISharedFileSystem | undefined;
    const template = synth((stack) => {
      const securityGroup = SecurityGroup.fromSecurityGroupId(stack, 'Theirs', 'sg-1');
      made = SharedFileSystem.fromSharedFileSystemAttributes(stack, 'Shared', {
        kind: POSIX,
        fileSystemId: 'fs-1',
        securityGroup,
        ...attrs,
      });
      made.allowMountFrom(client(stack));
    });
    return { template, made: made! };
  };

  test('is mounted through the access point that it names', () => {
    const { template, made } = imported({ accessPointId: 'fsap-1' });
    expect(made.mountCommand).toBe('sudo mkdir -p /mnt/shared && sudo mount -t efs -o tls,iam,accesspoint=fsap-1 fs-1:/ /mnt/shared');
    template.resourceCountIs('AWS::EFS::FileSystem', 0);
    template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', { GroupId: 'sg-1', FromPort: 2049 });
  });

  test('of Lustre is mounted by its name', () => {
    const { made } = imported({ kind: PARALLEL, mountName: 'fsx' });
    expect([made.mountName, made.subnet, made.accessPoint]).toEqual(['fsx', undefined, undefined]);
  });

  test('of Lustre has the subnet that it names', () => {
    synth((stack) => {
      const made = SharedFileSystem.fromSharedFileSystemAttributes(stack, 'Shared', {
        kind: PARALLEL,
        fileSystemId: 'fs-1',
        mountName: 'fsx',
        securityGroup: SecurityGroup.fromSecurityGroupId(stack, 'Theirs', 'sg-1'),
        subnet: Subnet.fromSubnetId(stack, 'Near', 'subnet-b'),
      });
      expect(made.subnet!.subnetId).toBe('subnet-b');
    });
  });

  test.each([
    [{}, 'accessPointId', 'services mount EFS through an access point', 'write the id of one, such as fsap-0a1b2c3d4e5f67890'],
    [{ kind: PARALLEL }, 'mountName', 'Lustre is mounted by host and mount name', 'write the one that aws fsx describe-file-systems shows'],
  ])('says what is missing of %j', (attrs, prop, reason, instead) => {
    expect(refusals(() => imported(attrs))).toEqual([{ code: 'missing', prop, value: undefined, reason, instead }]);
  });
});

function client(stack: Stack): Instance {
  return new Instance(stack, 'Client', {
    vpc: Vpc.fromVpcAttributes(stack, 'ClientVpc', VPC),
    instanceType: new InstanceType('t3.micro'),
    machineImage: MachineImage.genericLinux({ 'eu-west-1': 'ami-1' }),
  });
}

function portsOf(rule: { FromPort: number; ToPort: number }): [number, number] {
  return [rule.FromPort, rule.ToPort];
}
