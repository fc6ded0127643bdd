import { IArtifactStoreBase } from '../core';

/** A storage account with a container that holds data, checkpoints, models and captured requests. */
export interface IArtifactStore extends IArtifactStoreBase {
  /** Id of the storage account. */
  readonly storageAccountId: string;
  /** Name of the storage account. */
  readonly storageAccountName: string;
  /** Name of the container. */
  readonly containerName: string;
}
