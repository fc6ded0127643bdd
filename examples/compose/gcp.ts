// A training cluster and an endpoint in a team's own stack, beside the network, bucket and registry that it owns already.
//   npx cdktf synth --app "node examples/compose/gcp.js"
import { GoogleProvider } from '@cdktf/provider-google/lib/provider';
import { App, TerraformStack } from 'cdktf';
import { Construct } from 'constructs';
import { Accelerator, Access, Capacity, ContainerImage, Duration, Size } from 'mlops-constructs';
import { ArtifactStore, CloudRunInference, GpuTrainingCluster, IamMember, ImageRegistry, MlNetwork } from 'mlops-constructs/gcp';

const project = 'acme-pricing';
const region = 'europe-west4';
const IMAGES = `${region}-docker.pkg.dev/${project}/images`;

export class PricingStack extends TerraformStack {
  public constructor(scope: Construct, id: string) {
    super(scope, id);
    new GoogleProvider(this, 'Google', { project, region });

    // Owned already.
    const network = MlNetwork.fromNetworkAttributes(this, 'Network', {
      networkId: `projects/${project}/global/networks/pricing`,
      subnetworkId: `projects/${project}/regions/${region}/subnetworks/pricing`,
    });
    const artifacts = ArtifactStore.fromArtifactStoreAttributes(this, 'Lake', { bucketName: 'acme-pricing-lake' });
    const registry = ImageRegistry.fromImageRegistryAttributes(this, 'Images', { repositoryId: 'images', project, region });
    const scientists = IamMember.group('data-scientists@example.com');

    const training = new GpuTrainingCluster(this, 'Training', {
      project,
      region,
      network,
      artifacts,
      registry,
      image: ContainerImage.fromReference(`${IMAGES}/train:2.3`),
      command: ['python', '-m', 'pricing.train'],
      accelerator: Accelerator.L4,
      maxNodes: 4,
      capacity: [Capacity.SPOT, Capacity.ON_DEMAND],
      maxDuration: Duration.hours(12),
    });
    training.grants.submit('Scientists', scientists);

    const pricing = new CloudRunInference(this, 'Pricing', {
      project,
      region,
      registry,
      image: ContainerImage.fromReference(`${IMAGES}/pricing:2.3`),
      memory: Size.gibibytes(3),
      access: Access.AUTHENTICATED,
    });
    pricing.grants.invoke('Scientists', scientists);
  }
}

if (require.main === module) {
  const app = new App();
  new PricingStack(app, 'pricing');
  app.synth();
}
