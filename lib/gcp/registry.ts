import { Construct, IConstruct } from 'constructs';
import { ArtifactRegistryRepository } from '@cdktf/provider-google/lib/artifact-registry-repository';
import { ArtifactRegistryRepositoryIamMember } from '@cdktf/provider-google/lib/artifact-registry-repository-iam-member';
import { Environment } from '../core';
import { policyOf } from '../core/environment';
import { isUnresolved } from '../core/errors';
import { parity } from '../core/parity';
import { IMember } from './member';
import { nameIn } from './private/names';
import { checkPlace } from './private/place';
import { checksFor } from './private/root';
import { enableServices } from './private/services';

/** An Artifact Registry repository for images. */
export interface IImageRegistry extends IConstruct {
  /** Id of the repository: its last path segment. */
  readonly repositoryId: string;
  /** What image references start with: `europe-west4-docker.pkg.dev/project/repository`. */
  readonly repositoryUrl: string;
  /** Permissions on the repository. */
  readonly grants: ImageRegistryGrants;
}

/** Permissions on a repository. Each call makes one IAM member on the repository. */
export abstract class ImageRegistryGrants {
  /**
   * To pull images (`roles/artifactregistry.reader`).
   *
   * @param id construct id of the IAM member, unique in the registry's scope
   * @param grantee who may pull
   */
  public abstract pull(id: string, grantee: IMember): void;
  /**
   * To push images (`roles/artifactregistry.writer`).
   *
   * @param id construct id of the IAM member, unique in the registry's scope
   * @param grantee who may push
   */
  public abstract push(id: string, grantee: IMember): void;
}

/** A repository that exists already. */
export interface ImageRegistryAttributes {
  /** Id of the repository: its last path segment. */
  readonly repositoryId: string;
  /** Project that it is in. */
  readonly project: string;
  /** Region (or `europe`, `us`, `asia`) that it is in. */
  readonly region: string;
}

/** Options of an image registry. */
export interface ImageRegistryProps {
  /** Project id. No default: it decides who pays. */
  readonly project: string;
  /** Region that images are kept in. No default: images must not land where nobody chose. */
  readonly region: string;
  /**
   * A tag, once pushed, never names another image.
   *
   * @default false
   */
  readonly immutableTags?: boolean;
  /**
   * Images are scanned for known vulnerabilities when they are pushed. It costs per image.
   *
   * @default true
   */
  readonly scanning?: boolean;
  /**
   * Key of Cloud KMS that encrypts images: `projects/P/locations/R/keyRings/K/cryptoKeys/C`.
   * The service agent of Artifact Registry has to be allowed to use it.
   *
   * @default - encrypted with a key of Google's
   */
  readonly kmsKeyName?: string;
  /**
   * What the registry is for; chooses how many versions of each image are kept. In prod Terraform refuses to destroy it.
   *
   * @default Environment.DEV
   */
  readonly environment?: Environment;
}

/**
 * A private registry for images, which scans them and forgets the old ones.
 *
 * Defines an Artifact Registry repository of format Docker with cleanup policies: the newest versions of each image stay
 * (10 in dev, 20 in staging, 50 in prod), others go a day after they were pushed.
 *
 * @example
 * const registry = new gcp.ImageRegistry(this, 'Images', { project: 'acme-ml-dev', region: 'europe-west4' });
 *
 * @see https://cloud.google.com/artifact-registry/docs/repositories/cleanup-policy
 */
export class ImageRegistry extends Construct implements IImageRegistry {
  /** A repository that exists already; grants on it are added, nothing else is changed. */
  public static fromImageRegistryAttributes(scope: Construct, id: string, attributes: ImageRegistryAttributes): IImageRegistry {
    return new ImportedRegistry(scope, id, attributes);
  }

  public readonly repositoryId: string;
  public readonly repositoryUrl: string;
  public readonly grants: ImageRegistryGrants;

  public constructor(scope: Construct, id: string, props: ImageRegistryProps) {
    super(scope, id);
    const checks = checksFor(this, 'gcp.ImageRegistry');
    const { project, region } = props;
    checkPlace(checks, project, region);
    checks.done();
    const policy = policyOf(props.environment);
    const scanning = props.scanning ?? true;

    this.repositoryId = nameIn(this, project);
    this.repositoryUrl = url(project, region, this.repositoryId);
    const repository = new ArtifactRegistryRepository(this, 'Resource', {
      project,
      location: region,
      repositoryId: this.repositoryId,
      format: 'DOCKER',
      description: 'Images of the platform',
      kmsKeyName: props.kmsKeyName,
      dockerConfig: { immutableTags: props.immutableTags ?? false },
      vulnerabilityScanningConfig: { enablementConfig: scanning ? 'INHERITED' : 'DISABLED' },
      cleanupPolicyDryRun: false,
      cleanupPolicies: [
        { id: 'keep-newest', action: 'KEEP', mostRecentVersions: { keepCount: policy.imagesKept } },
        { id: 'delete-others', action: 'DELETE', condition: { tagState: 'ANY', olderThan: '86400s' } },
      ],
      lifecycle: policy.retainData ? { preventDestroy: true } : undefined,
      dependsOn: enableServices(this, project, 'artifactregistry', ...(scanning ? (['containerscanning'] as const) : [])),
    });
    this.grants = new RepositoryGrants(this, project, region, repository.repositoryId);
    parity.mapped(
      this,
      'gcp',
      '',
      `Artifact Registry repository in ${region}, the newest ${policy.imagesKept} versions of each image kept`,
    );
  }
}

class ImportedRegistry extends Construct implements IImageRegistry {
  public readonly repositoryId: string;
  public readonly repositoryUrl: string;
  public readonly grants: ImageRegistryGrants;

  public constructor(scope: Construct, id: string, attributes: ImageRegistryAttributes) {
    super(scope, id);
    const checks = checksFor(this, 'gcp.ImageRegistry');
    this.repositoryId = attributes.repositoryId;
    checkPlace(checks, attributes.project);
    if (!isUnresolved(this.repositoryId))
      checks.require(
        /^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/.test(this.repositoryId),
        'name',
        'repositoryId',
        this.repositoryId,
        'not the id of a repository',
        'write its last path segment only, such as images',
      );
    checks.done();
    this.repositoryUrl = url(attributes.project, attributes.region, this.repositoryId);
    this.grants = new RepositoryGrants(this, attributes.project, attributes.region, this.repositoryId);
  }
}

class RepositoryGrants extends ImageRegistryGrants {
  public constructor(
    private readonly registry: Construct,
    private readonly project: string,
    private readonly location: string,
    private readonly repository: string,
  ) {
    super();
  }

  public pull(id: string, grantee: IMember): void {
    this.grant(id, grantee, 'roles/artifactregistry.reader');
  }

  public push(id: string, grantee: IMember): void {
    this.grant(id, grantee, 'roles/artifactregistry.writer');
  }

  private grant(id: string, grantee: IMember, role: string): void {
    const { project, location, repository } = this;
    new ArtifactRegistryRepositoryIamMember(this.registry, id, { project, location, repository, role, member: grantee.member });
  }
}

function url(project: string, region: string, repositoryId: string): string {
  return `${region}-docker.pkg.dev/${project}/${repositoryId}`;
}
