import { ITerraformDependable, TerraformResource } from 'cdktf';
import { IConstruct } from 'constructs';

/**
 * The resources of a construct that others wait for, or nothing where others own it.
 * Not its grants, which may name what waits.
 *
 * @param type one type only, such as `azurerm_private_endpoint`
 */
export function resourcesOf(construct: IConstruct, type?: string): ITerraformDependable[] {
  const all = construct.node.findAll().filter((c) => TerraformResource.isTerraformResource(c)) as TerraformResource[];
  return all.filter((r) => (type ? r.terraformResourceType === type : r.terraformResourceType !== 'azurerm_role_assignment'));
}
