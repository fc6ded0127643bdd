import type { AzurermProvider } from '@cdktf/provider-azurerm/lib/provider';
import { TerraformProvider, TerraformStack } from 'cdktf';
import { Construct } from 'constructs';

/**
 * Refuses, when the stack is synthesized, a provider that is left to ask the services of a storage account that answers in its network only.
 * azurerm asks them right after it made the account, before a private endpoint can lead there, and would end in a 403.
 *
 * @param kind how users call the construct: `azure.ArtifactStore`
 */
export function withoutDataPlane(scope: Construct, kind: string): void {
  scope.node.addValidation({
    validate: () =>
      TerraformStack.of(scope).node.findAll().some(asksDataPlane)
        ? [
            `${kind} '${scope.node.path}': azurerm would ask the storage account's own services, which answer in the network only; ` +
              'write features: [{ storage: [{ dataPlaneAvailable: false }] }] in the AzurermProvider',
          ]
        : [],
  });
}

function asksDataPlane(node: unknown): boolean {
  if (!TerraformProvider.isTerraformProvider(node) || node.terraformResourceType !== 'azurerm') return false;
  const { alias, featuresInput } = node as AzurermProvider;
  // A provider with an alias serves other resources.
  if (alias !== undefined || !Array.isArray(featuresInput)) return false;
  const storage = featuresInput[0]?.storage;
  return !storage || (Array.isArray(storage) && storage[0]?.dataPlaneAvailable !== false);
}
