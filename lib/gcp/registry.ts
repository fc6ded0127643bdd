import { IConstruct } from 'constructs';
import { IMember } from './member';

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
  /** To pull images (`roles/artifactregistry.reader`). */
  public abstract pull(id: string, grantee: IMember): void;
  /** To push images (`roles/artifactregistry.writer`). */
  public abstract push(id: string, grantee: IMember): void;
}
