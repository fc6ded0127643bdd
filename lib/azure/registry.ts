import { IConstruct } from 'constructs';
import { IPrincipal } from './resource-group';

/** An Azure container registry. */
export interface IImageRegistry extends IConstruct {
  /** Id of the registry. */
  readonly registryId: string;
  /** Name of the registry. */
  readonly registryName: string;
  /** Host that images are pulled from: `name.azurecr.io`. */
  readonly loginServer: string;
  /** Name of the agent pool that builds images, where the registry answers in its network only. Kept at no machines between builds. */
  readonly buildAgentPoolName?: string;
  /** Permissions on the registry. */
  readonly grants: ImageRegistryGrants;
}

/** Permissions on a registry. Each call makes one role assignment on the registry. */
export abstract class ImageRegistryGrants {
  /**
   * To pull images (`AcrPull`).
   *
   * @param id construct id of the role assignment, unique in the registry's scope
   * @param grantee who may pull
   */
  public abstract pull(id: string, grantee: IPrincipal): void;
  /**
   * To push images (`AcrPush`).
   *
   * @param id construct id of the role assignment, unique in the registry's scope
   * @param grantee who may push
   */
  public abstract push(id: string, grantee: IPrincipal): void;
}
