import { RoleAssignment } from '@cdktf/provider-azurerm/lib/role-assignment';
import { Construct } from 'constructs';
import { IPrincipal } from '../resource-group';

/** Assigns one built-in role to one principal on one resource. */
export function assignRole(scope: Construct, id: string, role: string, on: string, grantee: IPrincipal): RoleAssignment {
  return new RoleAssignment(scope, id, {
    scope: on,
    roleDefinitionName: role,
    principalId: grantee.principalId,
    principalType: grantee.principalType,
  });
}
