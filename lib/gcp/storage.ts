import { IArtifactStoreBase } from '../core';
import { IMember } from './member';

/** A Cloud Storage bucket that holds data, checkpoints, models and captured requests. */
export interface IArtifactStore extends IArtifactStoreBase {
  /** Name of the bucket. */
  readonly bucketName: string;
  /** Permissions on the bucket. */
  readonly grants: ArtifactStoreGrants;
}

/** Permissions on a bucket. Each call makes one IAM member, limited to a prefix by a condition where one is given. */
export abstract class ArtifactStoreGrants {
  /** To read objects. */
  public abstract read(id: string, grantee: IMember, prefix?: string): void;
  /** To read, write and delete objects. */
  public abstract write(id: string, grantee: IMember, prefix?: string): void;
}
