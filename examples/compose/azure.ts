// A training cluster and an endpoint in a team's own stack, beside the resource group, network, registry and log workspace that it owns.
//   npx cdktf synth --app "node examples/compose/azure.js"
import { AzurermProvider } from '@cdktf/provider-azurerm/lib/provider';
import { App, TerraformStack } from 'cdktf';
import { Construct } from 'constructs';
import { Accelerator, Access, ContainerImage, Duration, Rollout, Size } from 'mlops-constructs';
import { AppServiceInference, GpuTrainingCluster, ImageRegistry, LogWorkspace, MlNetwork, ResourceGroup } from 'mlops-constructs/azure';

const SUBSCRIPTION = '00000000-0000-0000-0000-000000000000';
const GROUP = `/subscriptions/${SUBSCRIPTION}/resourceGroups/pricing`;
const NETWORK = `${GROUP}/providers/Microsoft.Network/virtualNetworks/pricing`;

export class PricingStack extends TerraformStack {
  public constructor(scope: Construct, id: string) {
    super(scope, id);
    new AzurermProvider(this, 'Azure', {
      // Storage accounts answer in the network only; what Terraform asks goes through Azure Resource Manager.
      features: [{ storage: [{ dataPlaneAvailable: false }] }],
      subscriptionId: SUBSCRIPTION,
      storageUseAzuread: true,
    });

    // Owned already.
    const resourceGroup = ResourceGroup.fromResourceGroupAttributes(this, 'Group', {
      name: 'pricing',
      location: 'westeurope',
      subscriptionId: SUBSCRIPTION,
    });
    const network = MlNetwork.fromNetworkAttributes(this, 'Network', {
      virtualNetworkId: NETWORK,
      privateEndpointSubnetId: `${NETWORK}/subnets/endpoints`,
      appServiceSubnetId: `${NETWORK}/subnets/apps`,
      trainingSubnetId: `${NETWORK}/subnets/training`,
    });
    const registry = ImageRegistry.fromImageRegistryAttributes(this, 'Images', {
      registryId: `${GROUP}/providers/Microsoft.ContainerRegistry/registries/acmepricing`,
    });
    const logWorkspace = LogWorkspace.fromLogWorkspaceAttributes(this, 'Logs', {
      workspaceId: `${GROUP}/providers/Microsoft.OperationalInsights/workspaces/acme-pricing`,
    });

    new GpuTrainingCluster(this, 'Training', {
      resourceGroup,
      network,
      registry,
      logWorkspace,
      image: ContainerImage.fromReference('acmepricing.azurecr.io/train:2.3'),
      command: ['python', '-m', 'pricing.train'],
      accelerator: Accelerator.atLeast({ memoryGib: 24 }),
      maxNodes: 4,
      maxDuration: Duration.hours(12),
    });

    new AppServiceInference(this, 'Pricing', {
      resourceGroup,
      network,
      registry,
      logWorkspace,
      image: ContainerImage.fromReference('acmepricing.azurecr.io/pricing:2.3'),
      memory: Size.gibibytes(3),
      access: Access.PRIVATE,
      rollout: Rollout.blueGreen(),
    });
  }
}

if (require.main === module) {
  const app = new App();
  new PricingStack(app, 'pricing');
  app.synth();
}
