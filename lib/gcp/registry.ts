import { TerraformOutput } from 'cdktf';
import { Construct, IConstruct } from 'constructs';
import { ArtifactRegistryRepository } from '@cdktf/provider-google/lib/artifact-registry-repository';
import { ArtifactRegistryRepositoryIamMember } from '@cdktf/provider-google/lib/artifact-registry-repository-iam-member';
import { Environment } from '../core';
import { policyOf } from '../core/environment';
import { Checks, isUnresolved, refuse } from '../core/errors';
import { kebab } from '../core/naming';
import { parity } from '../core/parity';
import { IMember } from './member';
import { checkKey } from './private/keys';
import { nameIn } from './private/names';
import { checkPlace } from './private/place';
import { checksFor } from './private/root';
import { enableServices } from './private/services';
import { acknowledge } from './private/acknowledge';

/** An Artifact Registry repository for images. */
export interface IImageRegistry extends IConstruct {
  /** Id of the repository: its last path segment. */
  readonly repositoryId: string;
  /** What image references start with: `europe-west4-docker.pkg.dev/project/repository`. */
  readonly repositoryUrl: string;
  /** Permissions on the repository. */
  readonly grants: ImageRegistryGrants;

  /**
   * How an image of a public registry is pulled through the registry's cache: `europe-west4-docker.pkg.dev/project/ghcr-io-.../org/app:1.0`
   * for `ghcr.io/org/app:1.0`. As it is where there is no cache for its registry.
   *
   * @param reference of the image, such as `ghcr.io/org/app:1.0` or `python:3.12`
   */
  throughCache(reference: string): string;
}

/** Permissions on a repository and its caches. Each call makes one IAM member on each of them. */
export abstract class ImageRegistryGrants {
  /**
   * To pull images (`roles/artifactregistry.reader`).
   *
   * @param id construct id of the IAM member, unique in the registry's scope
   * @param grantee who may pull
   */
  public abstract pull(id: string, grantee: IMember): void;
  /**
   * To pull images (`roles/artifactregistry.reader`), for another project: its service accounts, and the service agents of Google that pull for
   * it, such as Cloud Run's.
   *
   * @param id construct id of the IAM members, unique in the registry's scope
   * @param projectNumber the other project's number, which `gcloud projects describe` shows, not its id
   * @see https://cloud.google.com/iam/docs/principal-identifiers
   */
  public abstract pullFromProject(id: string, projectNumber: string): void;
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
   * Versions of each image that are kept before the oldest go.
   *
   * @default - 10 in dev, 20 in staging, 50 in prod
   */
  readonly imagesKept?: number;
  /**
   * Public registries whose images are pulled through a cache: `docker.io`, `quay.io`, `ghcr.io`, `public.ecr.aws`, `registry.k8s.io`
   * or any other that lets everybody pull. An image is fetched when it is first asked for and kept for 30 days.
   *
   * @default - none
   * @see https://cloud.google.com/artifact-registry/docs/repositories/remote-overview
   */
  readonly pullThrough?: string[];
  /**
   * Key of Cloud KMS that encrypts images: `projects/P/locations/R/keyRings/K/cryptoKeys/C`.
   * The service agent of Artifact Registry has to be allowed to use it.
   *
   * @default - encrypted with a key of Google's
   */
  readonly kmsKeyName?: string;
  /**
   * What the registry is for. In prod Terraform refuses to destroy it.
   *
   * @default Environment.DEV
   */
  readonly environment?: Environment;
}

/**
 * A private registry for images, which scans them and forgets the old ones.
 *
 * Defines an Artifact Registry repository of format Docker with cleanup policies: the newest versions of each image stay
 * (10 in dev, 20 in staging, 50 in prod), others go a day after they were pushed; and a remote repository for each public registry in
 * `pullThrough`, which the images of training jobs and services come through by themselves. A Dockerfile names the cache itself: the output
 * `PullThrough` holds what its `FROM` starts with.
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
  private readonly caches: ReadonlyMap<string, string>;

  public constructor(scope: Construct, id: string, props: ImageRegistryProps) {
    super(scope, id);
    const checks = checksFor(this, 'gcp.ImageRegistry');
    const { project, region } = props;
    const { pullThrough = [] } = props;
    checkPlace(checks, project, region);
    checkKey(checks, props.kmsKeyName);
    checkRegistry(checks, props.imagesKept, pullThrough);
    checks.done();
    const policy = policyOf(props.environment);
    const imagesKept = props.imagesKept ?? policy.imagesKept;
    const scanning = props.scanning ?? true;

    this.repositoryId = nameIn(this, project);
    this.repositoryUrl = url(project, region, this.repositoryId);
    if (!props.kmsKeyName) acknowledge(this, { 'artifact-registry-own-key': 'Google holds the key; kmsKeyName takes one of yours.' });
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
        { id: 'keep-newest', action: 'KEEP', mostRecentVersions: { keepCount: imagesKept } },
        { id: 'delete-others', action: 'DELETE', condition: { tagState: 'ANY', olderThan: '86400s' } },
      ],
      lifecycle: policy.retainData ? { preventDestroy: true } : undefined,
      dependsOn: enableServices(this, project, 'artifactregistry', ...(scanning ? (['containerscanning'] as const) : [])),
    });
    this.caches = new Map(pullThrough.map((host) => [host, url(project, region, this.cache(host, props))]));
    const caches = pullThrough.map((host) => this.node.findChild(cacheId(host)) as ArtifactRegistryRepository);
    this.grants = new RepositoryGrants(this, project, region, repository.repositoryId, caches);
    if (pullThrough.length)
      new TerraformOutput(this, 'PullThrough', {
        description: 'What names of images start with that are pulled through the cache, by registry.',
        value: Object.fromEntries(this.caches),
      });
    parity.mapped(this, 'gcp', '', `Artifact Registry repository in ${region}, the newest ${imagesKept} versions of each image kept`);
    if (pullThrough.length) parity.mapped(this, 'gcp', 'pullThrough', `a remote repository for ${pullThrough.join(', ')}`);
  }

  public throughCache(reference: string): string {
    return throughCache(this.caches, reference);
  }

  /** A remote repository; returns its id. Nothing in it is worth keeping. */
  private cache(host: string, { project, region, kmsKeyName }: ImageRegistryProps): string {
    const repositoryId = nameIn(this, project, { prefix: `${host}-${kebab(this.node.id)}` });
    new ArtifactRegistryRepository(this, cacheId(host), {
      project,
      location: region,
      repositoryId,
      format: 'DOCKER',
      mode: 'REMOTE_REPOSITORY',
      description: `Cache of ${host}`,
      kmsKeyName,
      remoteRepositoryConfig: {
        description: host,
        dockerRepository: host === DOCKER_HUB ? { publicRepository: 'DOCKER_HUB' } : { customRepository: { uri: `https://${host}` } },
      },
      vulnerabilityScanningConfig: { enablementConfig: 'DISABLED' },
      cleanupPolicyDryRun: false,
      cleanupPolicies: [{ id: 'delete-old', action: 'DELETE', condition: { tagState: 'ANY', olderThan: '2592000s' } }],
      dependsOn: enableServices(this, project, 'artifactregistry'),
    });
    return repositoryId;
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
    this.grants = new RepositoryGrants(this, attributes.project, attributes.region, this.repositoryId, []);
  }

  public throughCache(reference: string): string {
    return reference;
  }
}

class RepositoryGrants extends ImageRegistryGrants {
  public constructor(
    private readonly registry: Construct,
    private readonly project: string,
    private readonly location: string,
    private readonly repository: string,
    private readonly caches: readonly ArtifactRegistryRepository[],
  ) {
    super();
  }

  public pull(id: string, grantee: IMember): void {
    const role = 'roles/artifactregistry.reader';
    this.grant(id, this.repository, role, grantee);
    for (const cache of this.caches) this.grant(`${id}-${cache.node.id}`, cache.repositoryId, role, grantee);
  }

  public pullFromProject(id: string, projectNumber: string): void {
    if (!isUnresolved(projectNumber) && !/^\d+$/.test(projectNumber))
      refuse(
        'syntax',
        'projectNumber',
        projectNumber,
        'not the number of a project',
        'write what gcloud projects describe shows as projectNumber',
      );
    for (const type of ['ServiceAccount', 'ServiceAgent'])
      this.pull(`${id}${type}s`, {
        member: `principalSet://cloudresourcemanager.googleapis.com/projects/${projectNumber}/type/${type}`,
      });
  }

  public push(id: string, grantee: IMember): void {
    this.grant(id, this.repository, 'roles/artifactregistry.writer', grantee);
  }

  private grant(id: string, repository: string, role: string, { member }: IMember): void {
    const { project, location } = this;
    new ArtifactRegistryRepositoryIamMember(this.registry, id, { project, location, repository, role, member });
  }
}

const DOCKER_HUB = 'docker.io';

function cacheId(host: string): string {
  return `Cache-${host}`;
}

function checkRegistry(checks: Checks, imagesKept: number | undefined, pullThrough: readonly string[]): void {
  if (imagesKept !== undefined && !isUnresolved(imagesKept))
    checks.require(
      Number.isInteger(imagesKept) && imagesKept >= 1,
      'limit',
      'imagesKept',
      imagesKept,
      'not a whole number of at least 1',
      'write 1 or more',
    );
  for (const host of pullThrough)
    checks.require(
      /^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/.test(host) && host.length <= 45,
      'syntax',
      'pullThrough',
      host,
      'not the host of a registry',
      'write it without https:// and without a path, such as quay.io',
    );
  checks.require(
    new Set(pullThrough).size === pullThrough.length,
    'conflict',
    'pullThrough',
    pullThrough,
    'names a registry twice',
    'write each once',
  );
}

/** A name without a host is one of Docker Hub, a name without a slash one of its official images. */
function throughCache(caches: ReadonlyMap<string, string>, reference: string): string {
  if (isUnresolved(reference)) return reference;
  const [first, ...rest] = reference.split('/');
  const named = rest.length > 0 && /[.:]|^localhost$/.test(first);
  const host = named ? first.replace(/^(index|registry-1)\.docker\.io$/, DOCKER_HUB) : DOCKER_HUB;
  const cache = caches.get(host);
  if (cache === undefined) return reference;
  const path = named ? rest.join('/') : reference;
  return `${cache}/${host === DOCKER_HUB && !path.includes('/') ? `library/${path}` : path}`;
}

function url(project: string, region: string, repositoryId: string): string {
  return `${region}-docker.pkg.dev/${project}/${repositoryId}`;
}
