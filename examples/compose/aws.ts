// A training cluster and an endpoint in a team's own stack, beside the VPC, the bucket and the role that it owns already.
//   npx cdk synth --app "node examples/compose/aws.js"
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { Repository } from 'aws-cdk-lib/aws-ecr';
import { Role } from 'aws-cdk-lib/aws-iam';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { App, Stack, StackProps } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { Accelerator, Access, Capacity, ContainerImage, Duration, Rollout, Size } from 'mlops-constructs';
import { ArtifactStore, GpuTrainingCluster, LambdaInference } from 'mlops-constructs/aws';

export class PricingStack extends Stack {
  public constructor(scope: Construct, id: string, props: StackProps) {
    super(scope, id, props);

    // Owned already.
    const vpc = Vpc.fromVpcAttributes(this, 'Vpc', {
      vpcId: 'vpc-0a1b2c3d4e5f60718',
      availabilityZones: ['eu-west-1a', 'eu-west-1b'],
      privateSubnetIds: ['subnet-0a1b2c3d4e5f60718', 'subnet-1a2b3c4d5e6f70819'],
    });
    const lake = Bucket.fromBucketName(this, 'Lake', 'acme-pricing-lake');
    const scientists = Role.fromRoleName(this, 'Scientists', 'acme-data-scientists');
    const images = Repository.fromRepositoryName(this, 'Images', 'acme/pricing');

    const training = new GpuTrainingCluster(this, 'Training', {
      image: ContainerImage.fromReference('ghcr.io/acme/pricing-train:2.3'),
      command: ['python', '-m', 'pricing.train'],
      accelerator: Accelerator.atLeast({ memoryGib: 24 }),
      maxNodes: 4,
      capacity: [Capacity.SPOT, Capacity.ON_DEMAND],
      maxDuration: Duration.hours(12),
      vpc,
      artifacts: ArtifactStore.fromBucket(this, 'Artifacts', lake),
    });
    training.grants.submit(scientists);

    const pricing = new LambdaInference(this, 'Pricing', {
      image: ContainerImage.fromReference(images.repositoryUriForTag('2.3')),
      repository: images,
      memory: Size.gibibytes(3),
      access: Access.AUTHENTICATED,
      rollout: Rollout.canary({ percent: 10, interval: Duration.minutes(10) }),
    });
    pricing.grants.invoke(scientists);
  }
}

if (require.main === module) {
  const app = new App();
  new PricingStack(app, 'pricing', { env: { region: 'eu-west-1' } });
  app.synth();
}
