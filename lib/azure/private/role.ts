import { RoleAssignment } from '@cdktf/provider-azurerm/lib/role-assignment';
import { RoleDefinition } from '@cdktf/provider-azurerm/lib/role-definition';
import { Construct } from 'constructs';
import { localName } from './name';
import { IPrincipal } from '../resource-group';

/** Assigns one built-in role to one principal on one resource. */
export function assignRole(
  scope: Construct,
  id: string,
  role: string,
  on: string,
  grantee: IPrincipal,
  condition?: string,
): RoleAssignment {
  return new RoleAssignment(scope, id, {
    scope: on,
    roleDefinitionName: role,
    principalId: grantee.principalId,
    principalType: grantee.principalType,
    ...conditional(condition),
  });
}

/** What a role of this library's own lets do, where every built-in role lets do too much. */
export interface OwnRole {
  /** Id of the resource group in which it can be assigned. */
  readonly resourceGroupId: string;
  /** What it is for, for whoever reads the list of roles. */
  readonly description: string;
  readonly actions?: string[];
  readonly dataActions?: string[];
}

/** A role of this library's own. Its name is unique in the tenant. */
export function ownRole(scope: Construct, id: string, role: OwnRole): RoleDefinition {
  const holder = new Construct(scope, id);
  return new RoleDefinition(holder, 'Resource', {
    name: localName(holder, 100),
    description: role.description,
    scope: role.resourceGroupId,
    assignableScopes: [role.resourceGroupId],
    permissions: [{ actions: role.actions ?? [], dataActions: role.dataActions, notActions: [] }],
  });
}

/** Assigns a role of this library's own. */
export function assignOwnRole(
  scope: Construct,
  id: string,
  role: RoleDefinition,
  on: string,
  grantee: IPrincipal,
  condition?: string,
): RoleAssignment {
  return new RoleAssignment(scope, id, {
    scope: on,
    roleDefinitionId: role.roleDefinitionResourceId,
    principalId: grantee.principalId,
    principalType: grantee.principalType,
    ...conditional(condition),
  });
}

function conditional(condition?: string) {
  return condition === undefined ? {} : { condition, conditionVersion: '2.0' };
}
