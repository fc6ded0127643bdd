import { IConstruct } from 'constructs';

/** A resource group that constructs put their resources into. */
export interface IResourceGroup extends IConstruct {
  /** Name of the group. */
  readonly resourceGroupName: string;
  /** Location that resources in it are created in. */
  readonly location: string;
  /** Id of the group. */
  readonly resourceGroupId: string;
  /** Makes global names (storage account, registry, web app) unique; the subscription id where it is known. */
  readonly nameSeed: string;
}

/** Who is granted something: a managed identity, a user, a group or an application. */
export interface IPrincipal {
  /** Object id in Entra ID. */
  readonly principalId: string;
}
