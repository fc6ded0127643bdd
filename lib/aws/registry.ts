import {
  IRepository,
  ImageTagMutabilityExclusionFilter,
  Repository,
  RepositoryEncryption,
  TagMutability,
  TagStatus,
} from 'aws-cdk-lib/aws-ecr';
import { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import { IKey } from 'aws-cdk-lib/aws-kms';
import { ISecret as ISecretsManagerSecret } from 'aws-cdk-lib/aws-secretsmanager';
import { CfnOutput, Duration, Stack } from 'aws-cdk-lib/core';
import { Construct, IConstruct } from 'constructs';
import { Environment } from '../core';
import { policyOf } from '../core/environment';
import { parity } from '../core/parity';
import { LIVE_TAG } from './private/image';
import { removalOf } from './private/logs';
import { checkPullThrough, grantCached, letAccountPull, pullThroughCache } from './private/registry-cache';
import { checksOf } from './private/scope';

/** An ECR repository for images. */
export interface IImageRegistry extends IConstruct {
  /** The repository. */
  readonly repository: IRepository;
  /** Where images of public registries are pulled through the cache, by the registry's host; empty if there is no cache. */
  readonly pullThroughUris: { readonly [registry: string]: string };
  /** Permissions on the repository. */
  readonly grants: ImageRegistryGrants;
}

/** What an image registry takes. */
export interface ImageRegistryProps {
  /**
   * What the registry is for: `prod` is retained when its stack goes, the others are emptied and deleted.
   *
   * @default Environment.DEV
   */
  readonly environment?: Environment;
  /**
   * Images kept before the oldest go.
   *
   * @default - 10 in dev, 20 in staging, 50 in prod
   */
  readonly imagesKept?: number;
  /**
   * Key that images are encrypted with. It cannot be changed later.
   *
   * @default - a key of ECR's own (AES-256)
   */
  readonly encryptionKey?: IKey;
  /**
   * A tag always names the same image, except for tags that start with `live-`, which pipelines move to the image in service.
   * A pipeline that moves a tag such as `latest` needs it off.
   *
   * @default false
   */
  readonly immutableTags?: boolean;
  /**
   * Public registries whose images are pulled through a cache in ECR: `public.ecr.aws`, `quay.io`, `registry.k8s.io`, `docker.io` or `ghcr.io`.
   * The last two ask for credentials.
   *
   * @default - none
   * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache.html
   */
  readonly pullThrough?: string[];
  /**
   * Credentials for `docker.io` and `ghcr.io`, by the registry's host. The name of the secret starts with `ecr-pullthroughcache/`, its value
   * is `{"username":...,"accessToken":...}`.
   *
   * @default - secrets are made, and outputs hold the commands that put the credentials; nothing is pulled before
   */
  readonly pullThroughCredentials?: { readonly [registry: string]: ISecretsManagerSecret };
  /**
   * Numbers of other accounts that may pull the images, their Lambda functions included.
   *
   * @default - none
   */
  readonly pullAccounts?: string[];
}

/**
 * A registry for the images of the platform.
 *
 * Defines an ECR repository that is encrypted, scans each image when it is pushed and keeps the newest images by `environment`.
 * Untagged images go after a week. Images tagged `live-...`, as a `BuildPipeline` tags what it put into service, stay.
 * Storage costs about 0.10 USD per GB and month.
 *
 * With `pullThrough` it defines a pull-through cache rule for each public registry, under a prefix of its own, and a template for the
 * repositories that ECR makes there when an image is pulled for the first time. A `BuildPipeline` that gets the registry as `baseImages` takes
 * them from there.
 *
 * @example
 * declare const builder: iam.IRole;
 * const registry = new aws.ImageRegistry(this, 'Images', { environment: Environment.PROD });
 * registry.grants.push(builder);
 *
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html
 */
export class ImageRegistry extends Construct implements IImageRegistry {
  /** A repository that exists already. */
  public static fromRepository(scope: Construct, id: string, repository: IRepository): IImageRegistry {
    return new ImportedImageRegistry(scope, id, repository);
  }

  public readonly repository: IRepository;
  public readonly pullThroughUris: { readonly [registry: string]: string };
  public readonly grants: ImageRegistryGrants;

  public constructor(scope: Construct, id: string, props: ImageRegistryProps = {}) {
    super(scope, id);
    const checks = checksOf(this, 'aws.ImageRegistry');
    checks.within('imagesKept', props.imagesKept, 1, 10_000, 'ECR');
    checkPullThrough(checks, props);
    checks.done();

    const policy = policyOf(props.environment);
    const repository = new Repository(this, 'Resource', {
      imageScanOnPush: true,
      ...(props.immutableTags
        ? {
            imageTagMutability: TagMutability.IMMUTABLE_WITH_EXCLUSION,
            imageTagMutabilityExclusionFilters: [ImageTagMutabilityExclusionFilter.wildcard(`${LIVE_TAG}*`)],
          }
        : { imageTagMutability: TagMutability.MUTABLE }),
      ...(props.encryptionKey
        ? { encryption: RepositoryEncryption.KMS, encryptionKey: props.encryptionKey }
        : { encryption: RepositoryEncryption.AES_256 }),
      lifecycleRules: [
        // Whatever matches a rule is out of reach of those after it.
        { rulePriority: 1, description: 'Images in service stay', tagPrefixList: [LIVE_TAG], maxImageCount: 1_000 },
        { rulePriority: 2, description: 'Untagged images go after a week', tagStatus: TagStatus.UNTAGGED, maxImageAge: Duration.days(7) },
        { rulePriority: 3, description: 'The newest images stay', maxImageCount: props.imagesKept ?? policy.imagesKept },
      ],
      removalPolicy: removalOf(props.environment),
      emptyOnDelete: !policy.retainData,
    });
    this.repository = repository;
    const caches = pullThroughCache(this, props);
    this.pullThroughUris = Object.fromEntries(caches.map(({ registry, uri }) => [registry, uri]));
    this.grants = ImageRegistryGrants._of(
      repository,
      caches.map(({ repositories }) => repositories),
    );
    for (const account of props.pullAccounts ?? []) this.grants.pullFromAccount(account);

    const { region, account, urlSuffix } = Stack.of(this);
    parity.mapped(this, 'aws', '', 'ECR repository, scanned on push');
    new CfnOutput(this, 'Uri', { value: repository.repositoryUri, description: 'Where images are pushed' });
    new CfnOutput(this, 'LoginCommand', {
      value: `aws ecr get-login-password --region ${region} | docker login --username AWS --password-stdin ${account}.dkr.ecr.${region}.${urlSuffix}`,
      description: 'Logs docker in to the registry',
    });
  }
}

class ImportedImageRegistry extends Construct implements IImageRegistry {
  public readonly pullThroughUris = {};
  public readonly grants: ImageRegistryGrants;
  public constructor(
    scope: Construct,
    id: string,
    public readonly repository: IRepository,
  ) {
    super(scope, id);
    this.grants = ImageRegistryGrants.of(repository);
    parity.mapped(this, 'aws', '', 'your ECR repository');
  }
}

/** Permissions on the repository of an image registry. */
export class ImageRegistryGrants {
  /** Permissions on a repository, for image registries of your own. */
  public static of(repository: IRepository): ImageRegistryGrants {
    return new ImageRegistryGrants(repository, []);
  }

  /** @internal */
  public static _of(repository: IRepository, cached: readonly string[]): ImageRegistryGrants {
    return new ImageRegistryGrants(repository, cached);
  }

  private constructor(
    private readonly repository: IRepository,
    private readonly cached: readonly string[],
  ) {}

  /** To pull images. */
  public pull(grantee: IGrantable): Grant {
    return this.repository.grantPull(grantee);
  }

  /** To push and pull images. */
  public push(grantee: IGrantable): Grant {
    return this.repository.grantPullPush(grantee);
  }

  /** To pull images of public registries through the cache, those that are not in it yet as well. */
  public pullThrough(grantee: IGrantable): Grant {
    return grantCached(grantee, this.cached);
  }

  /** To pull images, for everybody in another account whom that account lets, and for its Lambda functions. */
  public pullFromAccount(account: string): void {
    letAccountPull(this.repository, account);
  }
}
