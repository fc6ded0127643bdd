import { ResourceGroup as AzurermResourceGroup } from '@cdktf/provider-azurerm/lib/resource-group';
import { Construct, IConstruct } from 'constructs';
import { physicalName } from '../core/naming';
import { checksFor } from './private/root';

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
  /**
   * What it is: `User`, `Group` or `ServicePrincipal`, which managed identities and applications are.
   *
   * @default - Azure looks it up
   */
  readonly principalType?: string;
}

/** Props of `ResourceGroup`. */
export interface ResourceGroupProps {
  /** Location of everything in it, such as `westeurope`. No default: data must not land where nobody chose. */
  readonly location: string;
  /**
   * Subscription that the group is in; makes the global names of what is in it unique.
   *
   * @default - global names are unique within the tree of constructs only, and may be taken by somebody else
   */
  readonly subscriptionId?: string;
  /**
   * Name of the group.
   *
   * @default - derived from the construct's path
   */
  readonly name?: string;
}

/** A resource group that exists already. */
export interface ResourceGroupAttributes {
  /** Its name. */
  readonly name: string;
  /** Location that new resources in it are created in. */
  readonly location: string;
  /** Id of the subscription that it is in. */
  readonly subscriptionId: string;
}

/**
 * A resource group, which holds everything else and is deleted last.
 *
 * Defines a resource group. It costs nothing by itself.
 *
 * @example
 * const group = new azure.ResourceGroup(this, 'Group', { location: 'westeurope', subscriptionId });
 *
 * @see https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules
 */
export class ResourceGroup extends Construct implements IResourceGroup {
  /** A group that exists already; nothing is created for it. */
  public static fromResourceGroupAttributes(scope: Construct, id: string, attributes: ResourceGroupAttributes): IResourceGroup {
    return new ImportedResourceGroup(scope, id, attributes);
  }

  public readonly resourceGroupName: string;
  public readonly location: string;
  public readonly resourceGroupId: string;
  public readonly nameSeed: string;

  public constructor(scope: Construct, id: string, props: ResourceGroupProps) {
    super(scope, id);
    const checks = checksFor(this, 'azure.ResourceGroup');
    if (props.name !== undefined)
      checks.require(
        /\$\{/.test(props.name) || (/^[-\w.()]{1,90}$/.test(props.name) && !props.name.endsWith('.')),
        'name',
        'name',
        props.name,
        'a resource group is named by 1 to 90 letters, digits, dashes, underscores, dots and parentheses, and no dot at the end',
        'write a shorter or plainer name, or leave it out',
      );
    checks.done();
    const group = new AzurermResourceGroup(this, 'Resource', {
      name: props.name ?? physicalName(this, { max: 90, separator: '-' }),
      location: props.location,
    });
    this.resourceGroupName = group.name;
    this.resourceGroupId = group.id;
    this.location = props.location;
    this.nameSeed = props.subscriptionId ?? '';
  }
}

class ImportedResourceGroup extends Construct implements IResourceGroup {
  public readonly resourceGroupName: string;
  public readonly location: string;
  public readonly resourceGroupId: string;
  public readonly nameSeed: string;

  public constructor(scope: Construct, id: string, attributes: ResourceGroupAttributes) {
    super(scope, id);
    checksFor(this, 'azure.ResourceGroup').done();
    this.resourceGroupName = attributes.name;
    this.location = attributes.location;
    this.resourceGroupId = `/subscriptions/${attributes.subscriptionId}/resourceGroups/${attributes.name}`;
    this.nameSeed = attributes.subscriptionId;
  }
}
