import { ResourceGroupTemplateDeployment } from '@cdktf/provider-azurerm/lib/resource-group-template-deployment';
import { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { IResourceGroup } from '../resource-group';
import { localName } from './name';

/** Resources that azurerm has no words for. */
export interface ArmDeployment {
  readonly resourceGroup: IResourceGroup;
  /** Types of the template's parameters, by name: `string`, `array`. */
  readonly parameterTypes: { readonly [name: string]: string };
  /** Their values, as `armParameters` writes them. */
  readonly parameters: string;
  /** The resources, in the words of Azure Resource Manager. */
  readonly resources: readonly object[];
  readonly dependsOn?: ITerraformDependable[];
}

/** A deployment of Azure Resource Manager, for what azurerm has no words for. */
export function armDeployment(scope: Construct, id: string, props: ArmDeployment): ResourceGroupTemplateDeployment {
  const holder = new Construct(scope, id);
  const template = {
    $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#',
    contentVersion: '1.0.0.0',
    parameters: Object.fromEntries(Object.entries(props.parameterTypes).map(([name, type]) => [name, { type }])),
    resources: props.resources,
  };
  return new ResourceGroupTemplateDeployment(holder, 'Resource', {
    name: localName(holder),
    resourceGroupName: props.resourceGroup.resourceGroupName,
    deploymentMode: 'Incremental',
    templateContent: JSON.stringify(template),
    parametersContent: props.parameters,
    dependsOn: props.dependsOn,
  });
}

/** Values of parameters, as Azure Resource Manager takes them. */
export function armParameters(values: { readonly [name: string]: unknown }): string {
  return JSON.stringify(Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value }])));
}
