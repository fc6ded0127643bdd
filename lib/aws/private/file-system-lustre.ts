import { ISubnet, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import {
  CfnDataRepositoryAssociation,
  FileSystemTypeVersion,
  LustreDataCompressionType,
  LustreDeploymentType,
  LustreFileSystem,
} from 'aws-cdk-lib/aws-fsx';
import { AnyPrincipal, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Duration as CdkDuration, Stack } from 'aws-cdk-lib/core';
import { Construct, DependencyGroup, IDependable } from 'constructs';
import { thousands } from '../../core/errors';
import { Environment } from '../../core';
import { policyOf } from '../../core/environment';
import { kebab } from '../../core/naming';
import { parity } from '../../core/parity';
import { ARTIFACT_PREFIXES } from '../../core/storage';
import type { SharedFileSystemProps } from '../file-system';
import { SUPPORT } from '../support';
import { sendEvents } from './bucket-events';
import { backedUp, Step } from './file-system';
import { removalOf } from './logs';
import { privateSubnets } from './vpc';

/** Days that automatic backups are kept. */
const BACKUP_DAYS = { short: 7, long: 30 };
const EVENTS = ['NEW', 'CHANGED', 'DELETED'];

/** An FSx for Lustre file system, linked to the artifact store if there is one. */
export function lustreFileSystem(
  scope: Construct,
  props: SharedFileSystemProps,
  size: Step,
  throughput: Step,
): { readonly fileSystem: LustreFileSystem; readonly subnet: ISubnet; readonly mountable: IDependable } {
  const { vpc, artifacts } = props;
  const [subnet] = privateSubnets(vpc, props.vpcSubnets);
  const backups = backedUp(props);
  const days = policyOf(props.environment).retainData ? BACKUP_DAYS.long : BACKUP_DAYS.short;
  const securityGroup = new SecurityGroup(scope, 'SecurityGroup', {
    vpc,
    description: `Servers of ${scope.node.path}`,
    allowAllOutbound: true,
  });
  // It cannot be deleted while the servers are there.
  securityGroup.applyRemovalPolicy(removalOf(props.environment));
  const fileSystem = new LustreFileSystem(scope, 'Resource', {
    vpc,
    vpcSubnet: subnet,
    securityGroup,
    storageCapacityGiB: size.value,
    // The client of Amazon Linux 2023 speaks to servers from 2.12.
    fileSystemTypeVersion: FileSystemTypeVersion.V_2_15,
    lustreConfiguration: {
      deploymentType: LustreDeploymentType.PERSISTENT_2,
      perUnitStorageThroughput: throughput.value,
      dataCompressionType: LustreDataCompressionType.LZ4,
      automaticBackupRetention: CdkDuration.days(backups ? days : 0),
      ...(backups ? { copyTagsToBackups: true } : {}),
    },
    kmsKey: props.encryptionKey,
    removalPolicy: removalOf(props.environment),
  });
  const mountable = new DependencyGroup(fileSystem);
  if (artifacts) {
    letFsxUseKey(scope, props);
    // FSx adds notifications of its own to the bucket. Where CloudFormation sets some later, it would take those away.
    sendEvents(artifacts.bucket);
    const data = link(scope, 'Data', fileSystem, '/data', artifacts.uri(ARTIFACT_PREFIXES.data), { autoImportPolicy: { events: EVENTS } });
    const work = link(scope, 'Work', fileSystem, '/work', artifacts.uri(`shared/${kebab(scope.node.id)}`), {
      autoImportPolicy: { events: EVENTS },
      autoExportPolicy: { events: EVENTS },
    });
    // FSx makes one association after the other; and where a bucket is emptied when its stack goes, links have to be gone before.
    work.addResourceDependency(data);
    data.node.addDependency(artifacts.bucket);
    mountable.add(data, work);
  }
  const linked = props.backups ? ', and not linked to an artifact store, because FSx backs up none that is' : '';
  note(scope, props, size, throughput, backups ? `every day by FSx, kept for ${days} days${linked}` : 'none');
  return { fileSystem, subnet, mountable };
}

function link(
  scope: Construct,
  id: string,
  fileSystem: LustreFileSystem,
  fileSystemPath: string,
  dataRepositoryPath: string,
  s3: CfnDataRepositoryAssociation.S3Property,
): CfnDataRepositoryAssociation {
  return new CfnDataRepositoryAssociation(scope, id, {
    fileSystemId: fileSystem.fileSystemId,
    fileSystemPath,
    dataRepositoryPath,
    batchImportMetaDataOnCreate: true,
    s3,
  });
}

/**
 * FSx reads and writes the bucket as a role that it makes itself, for each file system one, when the link is made.
 *
 * @see https://docs.aws.amazon.com/fsx/latest/LustreGuide/s3-server-side-encryption-support.html
 */
function letFsxUseKey(scope: Construct, { artifacts }: SharedFileSystemProps): void {
  const { partition, account } = Stack.of(scope);
  const role = `arn:${partition}:iam::${account}:role/aws-service-role/s3.data-source.lustre.fsx.amazonaws.com/AWSServiceRoleForFSxS3Access_fs-*`;
  artifacts!.bucket.encryptionKey?.addToResourcePolicy(
    new PolicyStatement({
      sid: 'FsxForLustre',
      // A policy cannot name a role that is not there yet.
      principals: [new AnyPrincipal()],
      actions: ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:DescribeKey'],
      resources: ['*'],
      conditions: { StringEquals: { 'aws:PrincipalAccount': account }, ArnLike: { 'aws:PrincipalArn': role } },
    }),
  );
}

function note(scope: Construct, props: SharedFileSystemProps, size: Step, throughput: Step, backups: string): void {
  const gib = thousands(size.value);
  parity.mapped(
    scope,
    'aws',
    '',
    `FSx for Lustre of ${gib} GiB, ${throughput.value} MB/s for each TiB, in one zone${props.artifacts ? ', linked to the artifact store' : ''}`,
  );
  if (props.size) {
    if (size.exact) parity.mapped(scope, 'aws', 'size', `${gib} GiB`);
    else parity.approximated(scope, 'aws', 'size', `${gib} GiB`, 'FSx for Lustre comes with 1,200 GiB, 2,400 GiB or a multiple of that');
  }
  if (props.throughput !== undefined) {
    const became = `${throughput.value} MB/s for each TiB`;
    if (throughput.exact) parity.mapped(scope, 'aws', 'throughput', became);
    else parity.approximated(scope, 'aws', 'throughput', became, 'FSx for Lustre offers 125, 250, 500 or 1,000 MB/s for each TiB');
  }
  if (props.artifacts && props.backups === undefined && (props.environment ?? Environment.DEV) !== Environment.DEV)
    parity.approximated(
      scope,
      'aws',
      'backups',
      'none; what is put into work is kept in the artifact store, with its old versions',
      SUPPORT['storage.shared.backups'].reason!,
    );
  else parity.mapped(scope, 'aws', 'backups', backups);
}
