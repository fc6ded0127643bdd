import { ITerraformDependable, TerraformResource } from 'cdktf';
import { IConstruct } from 'constructs';
import { INetwork } from '../network';

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

/** What a machine in the network waits for, to find names of private endpoints and to have a way out; nothing where others own the network. */
export function readyNetwork(network: INetwork): ITerraformDependable[] {
  return ['azurerm_private_dns_zone_virtual_network_link', 'azurerm_subnet_nat_gateway_association'].flatMap((type) =>
    resourcesOf(network, type),
  );
}

/** The role assignments that a grant with this id has just made on a construct, for whoever needs them from the start. */
export function granted(on: IConstruct | undefined, id: string): ITerraformDependable[] {
  const made = on?.node.tryFindChild(id);
  return made && TerraformResource.isTerraformResource(made) ? [made as TerraformResource] : [];
}
