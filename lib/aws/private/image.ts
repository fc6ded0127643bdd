import { IRepository, Repository } from 'aws-cdk-lib/aws-ecr';
import { DockerImageAsset, Platform } from 'aws-cdk-lib/aws-ecr-assets';
import { IGrantable } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { ContainerImage } from '../../core';
import { PASSED_OVER } from '../../core/image';

/** Tags of images in service start so; an `ImageRegistry` keeps them. */
export const LIVE_TAG = 'live-';

/** An image as services of AWS name it, and the ECR repository that it lives in, if it does. */
export interface ResolvedImage {
  readonly uri: string;
  readonly repository: IRepository | undefined;
}

/**
 * The image of a directory becomes an asset that `cdk deploy` builds for x86 and pushes; a reference stays what it is.
 */
export function resolveImage(scope: Construct, id: string, image: ContainerImage): ResolvedImage {
  if (image.directory !== undefined) {
    const asset = new DockerImageAsset(scope, id, {
      directory: image.directory,
      platform: Platform.LINUX_AMD64,
      exclude: [...PASSED_OVER].flatMap((name) => [name, `**/${name}`]),
    });
    return { uri: asset.imageUri, repository: asset.repository };
  }
  const uri = image.reference!;
  return { uri, repository: ecrRepository(scope, `${id}Repository`, uri) };
}

/** Lets somebody pull an image, where that takes a permission. */
export function grantPull(image: ResolvedImage, grantee: IGrantable): void {
  image.repository?.grantPull(grantee);
}

const ECR = /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?\/([^:@]+)/;

function ecrRepository(scope: Construct, id: string, uri: string): IRepository | undefined {
  const [, account, region, repositoryName] = ECR.exec(uri) ?? [];
  if (!repositoryName) return undefined;
  const partition = region.startsWith('cn-') ? 'aws-cn' : region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
  return Repository.fromRepositoryAttributes(scope, id, {
    repositoryArn: `arn:${partition}:ecr:${region}:${account}:repository/${repositoryName}`,
    repositoryName,
  });
}
