import { IVpc, Vpc } from 'aws-cdk-lib/aws-ec2';
import { App, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { SharedFileSystem } from '../../lib/aws/file-system';
import { Secret } from '../../lib/aws/secret';
import { ArtifactStore } from '../../lib/aws/storage';
import { Rendered } from '../contract/room';
import { fileSystemContract, secretContract, storeContract } from '../contract/stores';
import { ROOM } from './helper';

interface Body {
  readonly DeletionPolicy?: string;
  readonly Properties: { readonly [name: string]: unknown };
}
interface BucketProperties {
  readonly VersioningConfiguration?: object;
  readonly LoggingConfiguration?: object;
  readonly LifecycleConfiguration: { readonly Rules: readonly { readonly Prefix?: string; readonly ExpirationInDays?: number }[] };
}

const bodies = ({ resources }: Rendered, ...types: string[]) => resources.filter((r) => types.includes(r.type)).map((r) => r.body as Body);
const bucketOf = (rendered: Rendered) =>
  bodies(rendered, 'AWS::S3::Bucket')
    .map((b) => b.Properties as unknown as BucketProperties)
    .find((b) => b.LoggingConfiguration)!;
const vpcOf = (scope: Construct): IVpc => {
  const stack = Stack.isStack(scope) ? scope : new Stack(new App(), 'Elsewhere');
  const made = stack.node.tryFindChild('Vpc') as unknown as IVpc | undefined;
  return made ?? Vpc.fromVpcAttributes(stack, 'Vpc', { vpcId: 'vpc-1', availabilityZones: ['eu-west-1a'], privateSubnetIds: ['subnet-a'] });
};

fileSystemContract({
  ...ROOM,
  make: (stack, id, props) => new SharedFileSystem(stack, id, { ...props, vpc: vpcOf(stack) }),
  keepsData: (rendered) =>
    bodies(rendered, 'AWS::EFS::FileSystem', 'AWS::FSx::FileSystem').every(({ DeletionPolicy }) => DeletionPolicy === 'Retain'),
  publicDoors: (rendered) =>
    [...bodies(rendered, 'AWS::EC2::SecurityGroup'), ...bodies(rendered, 'AWS::EC2::SecurityGroupIngress')]
      .flatMap(({ Properties }) => [Properties, ...((Properties.SecurityGroupIngress as { readonly [name: string]: unknown }[]) ?? [])])
      .flatMap(({ CidrIp, CidrIpv6 }) => [CidrIp, CidrIpv6])
      .filter((range): range is string => typeof range === 'string'),
});

secretContract({ ...ROOM, make: (stack, id, props) => new Secret(stack, id, props) });

storeContract({
  ...ROOM,
  make: (stack, id, props) => new ArtifactStore(stack, id, props),
  expiryOf: (rendered, folder) => bucketOf(rendered).LifecycleConfiguration.Rules.find((r) => r.Prefix === `${folder}/`)?.ExpirationInDays,
  isVersioned: (rendered) => bucketOf(rendered).VersioningConfiguration !== undefined,
});
