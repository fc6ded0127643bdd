import { SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { AccessPoint, FileSystem, LifecyclePolicy, OutOfInfrequentAccessPolicy, ThroughputMode } from 'aws-cdk-lib/aws-efs';
import { AnyPrincipal, Effect, PolicyDocument, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { parity } from '../../core/parity';
import type { SharedFileSystemProps } from '../file-system';
import { backedUp } from './file-system';
import { removalOf } from './logs';
import { privateSubnets } from './vpc';

/** Whose everything is, unless the props say otherwise. */
const OWNER = 1000;

/** An EFS file system, and the access point through which everybody mounts it. */
export function efsFileSystem(
  scope: Construct,
  props: SharedFileSystemProps,
): { readonly fileSystem: FileSystem; readonly accessPoint: AccessPoint } {
  const { vpc } = props;
  const backups = backedUp(props);
  const fileSystem = new FileSystem(scope, 'Resource', {
    vpc,
    vpcSubnets: { subnets: privateSubnets(vpc, props.vpcSubnets) },
    securityGroup: new SecurityGroup(scope, 'SecurityGroup', {
      vpc,
      description: `Mount targets of ${scope.node.path}`,
      allowAllOutbound: false,
    }),
    encrypted: true,
    kmsKey: props.encryptionKey,
    throughputMode: ThroughputMode.ELASTIC,
    lifecyclePolicy: LifecyclePolicy.AFTER_30_DAYS,
    outOfInfrequentAccessPolicy: OutOfInfrequentAccessPolicy.AFTER_1_ACCESS,
    enableAutomaticBackups: backups,
    // The L2's way of denying it would allow everybody to write; the policy below allows nobody anything.
    allowAnonymousAccess: true,
    fileSystemPolicy: onlyWithTls(),
    removalPolicy: removalOf(props.environment),
  });
  const id = String(props.owner ?? OWNER);
  const accessPoint = new AccessPoint(scope, 'AccessPoint', {
    fileSystem,
    // Not the root, which EFS gives to the superuser and creates for nobody else.
    path: '/shared',
    createAcl: { ownerUid: id, ownerGid: id, permissions: '0770' },
    posixUser: { uid: id, gid: id },
  });
  parity.mapped(scope, 'aws', '', `EFS file system, encrypted, mounted with TLS and IAM as user ${id}`);
  if (props.size) parity.mapped(scope, 'aws', 'size', 'grows and shrinks with what is stored');
  parity.mapped(scope, 'aws', 'backups', backups ? 'every day by AWS Backup, kept for 35 days' : 'none');
  return { fileSystem, accessPoint };
}

/**
 * Where a file system has a policy, clients without a permission of their own have none; this one only takes away.
 *
 * @see https://docs.aws.amazon.com/efs/latest/ug/iam-access-control-nfs-efs.html
 */
function onlyWithTls(): PolicyDocument {
  return new PolicyDocument({
    statements: [
      new PolicyStatement({
        sid: 'OnlyWithTls',
        effect: Effect.DENY,
        principals: [new AnyPrincipal()],
        actions: ['elasticfilesystem:ClientMount', 'elasticfilesystem:ClientWrite', 'elasticfilesystem:ClientRootAccess'],
        conditions: { Bool: { 'aws:SecureTransport': 'false' } },
      }),
    ],
  });
}
