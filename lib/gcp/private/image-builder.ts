import { ITerraformDependable, TerraformStack, Token } from 'cdktf';
import { Construct } from 'constructs';
import { ProjectIamMember } from '@cdktf/provider-google/lib/project-iam-member';
import { ServiceAccount } from '@cdktf/provider-google/lib/service-account';
import { StorageBucket } from '@cdktf/provider-google/lib/storage-bucket';
import { StorageBucketIamMember } from '@cdktf/provider-google/lib/storage-bucket-iam-member';
import { IImageRegistry } from '../registry';
import { nameIn } from './names';
import { serviceAccount } from './service-account';
import { enableServices } from './services';
import { acknowledge } from './acknowledge';

/**
 * What Cloud Build needs to build images during `terraform apply`: an identity that may push to the registry and write logs, and a bucket
 * that sources are uploaded to. The project's default identity for builds may often do nothing, or far too much.
 */
export class ImageBuilder extends Construct {
  /** The builder of a project and region; one per stack. */
  public static of(scope: Construct, project: string, region: string): ImageBuilder {
    const stack = TerraformStack.of(scope);
    const id = `MlImageBuilder-${Token.isUnresolved(project) ? region : `${project}-${region}`}`;
    return (stack.node.tryFindChild(id) as ImageBuilder | undefined) ?? new ImageBuilder(stack, id, project, region);
  }

  /** Where sources are uploaded to. */
  public readonly sourceUri: string;
  public readonly account: ServiceAccount;
  private readonly grants: ITerraformDependable[];

  private constructor(scope: Construct, id: string, project: string, region: string) {
    super(scope, id);
    this.account = serviceAccount(this, 'Account', project, 'build', 'Builds images of the platform');
    const bucket = new StorageBucket(this, 'Sources', {
      project,
      name: nameIn(this, project, { prefix: `${scope.node.id.replace(/goo+gle/gi, 'g')}-build` }),
      location: region,
      uniformBucketLevelAccess: true,
      publicAccessPrevention: 'enforced',
      // Sources are only passed on to the build that follows.
      softDeletePolicy: { retentionDurationSeconds: 0 },
      lifecycleRule: [{ action: { type: 'Delete' }, condition: { age: 1 } }],
      forceDestroy: true,
      dependsOn: enableServices(this, project, 'storage'),
    });
    acknowledge(bucket, {
      'storage-versioning': 'Sources are deleted after a day; they are in the repository.',
      'storage-access-logs': 'Sources are written once, and read by the build that follows, which is logged.',
    });
    this.sourceUri = `gs://${bucket.name}/source`;
    this.grants = [
      new StorageBucketIamMember(this, 'SourceReader', {
        bucket: bucket.name,
        role: 'roles/storage.objectViewer',
        member: this.account.member,
      }),
      new ProjectIamMember(this, 'LogWriter', { project, role: 'roles/logging.logWriter', member: this.account.member }),
    ];
  }

  /** Lets the builder push to a registry; what it returns has to exist before the build. */
  public pushTo(registry: IImageRegistry): ITerraformDependable[] {
    const id = `${this.node.id}-Push`;
    if (!registry.node.tryFindChild(id)) registry.grants.push(id, this.account);
    const push = registry.node.tryFindChild(id) as ITerraformDependable | undefined;
    return [...this.grants, ...(push ? [push] : [])];
  }
}
