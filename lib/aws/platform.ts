import { Annotations } from 'aws-cdk-lib/core';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { Repository } from 'aws-cdk-lib/aws-ecr';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { Access, MlPlatformProps } from '../core';
import { Facade } from '../core/facade';
import { AwsExisting } from '../core/platform';
import { ILambdaInference, LambdaInference } from './inference';
import { Monitoring } from './monitoring';
import { IMlNetwork, MlNetwork } from './network';
import { BuildPipeline } from './pipeline';
import { checksOf } from './private/scope';
import { IImageRegistry, ImageRegistry } from './registry';
import { ArtifactStore, IArtifactStore } from './storage';
import { GpuTrainingCluster, IGpuTrainingCluster } from './training';

/**
 * A machine-learning platform on AWS, from one declaration.
 *
 * Defines what the declaration names and nothing of its own: a network if something trains or serves privately, an artifact store, an
 * image registry if there are pipelines, a `GpuTrainingCluster` for each entry under `training`, a `LambdaInference` for each under
 * `inference`, a `BuildPipeline` for each under `pipelines`, and `Monitoring` over all of them. What `targets.aws.existing` names is used
 * instead of made.
 *
 * All that is wrong with the declaration is thrown at once, each under the path where it was declared.
 *
 * @example
 * declare const pipeline: iam.IRole;
 * const platform = new aws.MlPlatform(this, 'Platform', {
 *   name: 'housing',
 *   targets: { aws: { region: 'eu-west-1' } },
 *   training: { trainer: { image: 'ghcr.io/acme/train:1.4', accelerator: { memoryGib: 24 } } },
 * });
 * platform.trainingCluster('trainer').grants.submit(pipeline);
 */
export class MlPlatform extends Construct {
  /** The network, if anything needs one. */
  public readonly network?: IMlNetwork;
  /** Where data, checkpoints and models live. */
  public readonly artifacts: IArtifactStore;
  /** Where pipelines push images, if there are pipelines. */
  public readonly registry?: IImageRegistry;
  /** Dashboard, alarms and who is told. */
  public readonly monitoring: Monitoring;
  private readonly facade: Facade;
  private readonly clusters: Map<string, IGpuTrainingCluster>;
  private readonly services: Map<string, ILambdaInference>;
  private readonly builds: Map<string, BuildPipeline>;

  public constructor(scope: Construct, id: string, props: MlPlatformProps) {
    super(scope, id);
    checksOf(this, 'aws.MlPlatform');
    const facade = (this.facade = new Facade(this, 'aws', props));
    const existing = props.targets.aws?.existing;
    const serves = facade.here(props.inference).some((d) => (d.access ?? Access.PRIVATE) === Access.PRIVATE);
    const monitoringProps = facade.monitoringProps();
    const networked = serves || facade.here(props.training).length > 0;
    const network = networked ? this.networkOf(facade, props, existing) : undefined;
    const artifacts = facade.make(existing?.artifactBucket ? 'targets.aws.existing.artifactBucket' : 'storage', () =>
      this.makeStore(props, existing),
    );
    const registry = facade.here(props.pipelines).length
      ? facade.make(existing?.imageRepository ? 'targets.aws.existing.imageRepository' : 'registry', () =>
          this.makeRegistry(props, existing),
        )
      : undefined;

    this.clusters = facade.training((name, base) => new GpuTrainingCluster(this, name, { ...base, vpc: network?.vpc, artifacts }));
    this.services = facade.inference(
      (name, base) =>
        new LambdaInference(this, name, {
          ...base,
          slo: monitoringProps.slo,
          ...((base.access ?? Access.PRIVATE) === Access.PRIVATE ? { vpc: network?.vpc, apiEndpoint: network?.apiEndpoint } : {}),
        }),
    );
    this.builds = facade.pipelines(
      (name, base, _, deploys) =>
        new BuildPipeline(this, name, {
          ...base,
          imageRepository: registry?.repository,
          service: deploys === undefined ? undefined : this.services.get(deploys),
        }),
    );
    const monitoring = facade.make('monitoring', () => new Monitoring(this, 'Monitoring', monitoringProps));
    facade.done();

    this.network = network;
    this.artifacts = artifacts!;
    this.registry = registry;
    this.monitoring = monitoring!;
    for (const [name, service] of this.services) this.monitoring.watchInference(name, service);
    for (const [name, cluster] of this.clusters) this.monitoring.watchTraining(name, cluster);
    for (const [name, pipeline] of this.builds) this.monitoring.watchPipeline(name, pipeline);
  }

  /** The cluster that is declared under this name. */
  public trainingCluster(name: string): IGpuTrainingCluster {
    return this.facade.find('training', this.clusters, name);
  }

  /** The service that is declared under this name. */
  public inferenceService(name: string): ILambdaInference {
    return this.facade.find('inference', this.services, name);
  }

  /** The pipeline that is declared under this name. */
  public buildPipeline(name: string): BuildPipeline {
    return this.facade.find('pipelines', this.builds, name);
  }

  private networkOf(facade: Facade, props: MlPlatformProps, existing: AwsExisting | undefined): IMlNetwork {
    const theirs = existing?.network;
    if (!theirs) return facade.make('network', () => new MlNetwork(this, 'Network', { environment: props.environment }))!;
    const zones = theirs.availabilityZones.length;
    const network = facade.make('targets.aws.existing.network', () => {
      const checks = checksOf(this, 'aws.MlPlatform');
      checks.require(
        zones > 0 && theirs.privateSubnetIds.length === zones,
        'conflict',
        'privateSubnetIds',
        theirs.privateSubnetIds,
        `there ${zones === 1 ? 'is one availability zone' : `are ${zones} availability zones`}`,
        'write one subnet for each zone, in the same order',
      );
      for (const subnet of theirs.privateSubnetIds)
        checks.require(
          /^subnet-[0-9a-f]+$/.test(subnet),
          'syntax',
          'privateSubnetIds',
          subnet,
          'not the id of a subnet',
          'write an id such as subnet-0a1b2c3d',
        );
      checks.done();
      const vpc = Vpc.fromVpcAttributes(this, 'ExistingVpc', theirs);
      // Nothing here looks at the route tables of a network that others own.
      Annotations.of(vpc).acknowledgeWarning('@aws-cdk/aws-ec2:noSubnetRouteTableId');
      return MlNetwork.fromVpc(this, 'Network', vpc);
    });
    // A stand-in lets the problems of what needs the network be found, too, before all are thrown.
    const standIn = { vpcId: theirs.vpcId, availabilityZones: ['a'], privateSubnetIds: ['subnet-00000000'] };
    return network ?? MlNetwork.fromVpc(this, 'StandIn', Vpc.fromVpcAttributes(this, 'StandInVpc', standIn));
  }

  private makeStore(props: MlPlatformProps, existing: AwsExisting | undefined): IArtifactStore {
    if (!existing?.artifactBucket) return new ArtifactStore(this, 'Artifacts', { environment: props.environment });
    return ArtifactStore.fromBucket(this, 'Artifacts', Bucket.fromBucketName(this, 'ExistingBucket', existing.artifactBucket));
  }

  private makeRegistry(props: MlPlatformProps, existing: AwsExisting | undefined): IImageRegistry {
    if (!existing?.imageRepository) return new ImageRegistry(this, 'Registry', { environment: props.environment });
    const repository = Repository.fromRepositoryName(this, 'ExistingRepository', existing.imageRepository);
    return ImageRegistry.fromRepository(this, 'Registry', repository);
  }
}
