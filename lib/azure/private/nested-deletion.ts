import type { AzurermProvider } from '@cdktf/provider-azurerm/lib/provider';
import { TerraformProvider, TerraformStack } from 'cdktf';
import { Construct } from 'constructs';

/**
 * Refuses, when the stack is synthesized, a provider that deletes what a template has made one by one. Azure ML takes back no entity of a
 * feature store; all of them go with the workspace.
 *
 * @param kind how users call the construct: `azure.FeatureStore`
 */
export function withoutNestedDeletion(scope: Construct, kind: string): void {
  scope.node.addValidation({
    validate: () =>
      TerraformStack.of(scope).node.findAll().some(deletesNested)
        ? [
            `${kind} '${scope.node.path}': azurerm would delete the entity, which Azure ML does not let it; ` +
              'write features: [{ templateDeployment: [{ deleteNestedItemsDuringDeletion: false }] }] in the AzurermProvider',
          ]
        : [],
  });
}

function deletesNested(node: unknown): boolean {
  if (!TerraformProvider.isTerraformProvider(node) || node.terraformResourceType !== 'azurerm') return false;
  const { alias, featuresInput } = node as AzurermProvider;
  if (alias !== undefined || !Array.isArray(featuresInput)) return false;
  const deployment = featuresInput[0]?.templateDeployment;
  return !deployment || (Array.isArray(deployment) && deployment[0]?.deleteNestedItemsDuringDeletion !== false);
}
