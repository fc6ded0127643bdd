import { Construct } from 'constructs';
import { Access, MlPlatformProps } from '../core';
import { Checks, isValidationError, ValidationError } from '../core/errors';
import { Facade, isDirectory } from '../core/facade';
import { GcpTarget } from '../core/platform';
import { CloudRunInference, ICloudRunInference } from './inference';
import { Monitoring } from './monitoring';
import { INetwork, MlNetwork } from './network';
import { BuildPipeline } from './pipeline';
import { labelsOf, platformTags } from './private/labels';
import { checkPlace } from './private/place';
import { checksFor } from './private/root';
import { IImageRegistry, ImageRegistry } from './registry';
import { ArtifactStore, IArtifactStore } from './storage';
import { GpuTrainingCluster, IGpuTrainingCluster } from './training';

/**
 * A machine-learning platform on Google Cloud, from one declaration.
 *
 * Defines what the declaration names and nothing of its own: a network if something trains or serves privately, an artifact store, an image
 * registry if images are built, a `GpuTrainingCluster` for each entry under `training`, a `CloudRunInference` for each under `inference`,
 * a `BuildPipeline` for each under `pipelines`, and `Monitoring` over all of them. What `targets.gcp.existing` names is used instead of made.
 *
 * All that is wrong with the declaration is thrown at once, each under the path where it was declared.
 *
 * @example
 * const platform = new gcp.MlPlatform(this, 'Platform', {
 *   name: 'housing',
 *   targets: { gcp: { project: 'acme-ml-dev', region: 'europe-west4' } },
 *   training: { trainer: { image: 'ghcr.io/acme/train:1.4', accelerator: { memoryGib: 24 } } },
 * });
 * platform.trainingCluster('trainer').grants.submit('Trainers', gcp.IamMember.group('ml-trainers@example.com'));
 */
export class MlPlatform extends Construct {
  /** The network, if anything needs one. */
  public readonly network?: INetwork;
  /** Where data, checkpoints and models live. */
  public readonly artifacts: IArtifactStore;
  /** Where images are pushed, if any are built. */
  public readonly registry?: IImageRegistry;
  /** Dashboard, alarms and who is told. */
  public readonly monitoring: Monitoring;
  private readonly facade: Facade;
  private readonly clusters: Map<string, IGpuTrainingCluster>;
  private readonly services: Map<string, ICloudRunInference>;
  private readonly builds: Map<string, BuildPipeline>;

  public constructor(scope: Construct, id: string, props: MlPlatformProps) {
    super(scope, id);
    const target = this.target(props);
    const { project, region } = target;
    const facade = (this.facade = new Facade(this, 'gcp', props));
    const trains = facade.here(props.training);
    const serves = facade.here(props.inference);
    const networked = trains.length > 0 || serves.some(isPrivate);
    const builds = facade.here(props.pipelines).length > 0 || [...trains, ...serves].some((d) => isDirectory(d.image));

    // Where one of these is refused, a stand-in lets the problems of what needs it be found, too, before all are thrown.
    const network = networked ? (facade.make(...this.networkOf(target, props)) ?? this.standIn().network) : undefined;
    const artifacts = facade.make(...this.storeOf(target, props));
    const registry = builds ? (facade.make(...this.registryOf(target, props)) ?? this.standIn().registry) : undefined;
    const { labels } = labelsOf(new Checks(this, 'gcp.MlPlatform'), platformTags(props));

    this.clusters = facade.training(
      (name, base) => new GpuTrainingCluster(this, name, { ...base, project, region, network: network!, artifacts, registry, labels }),
    );
    this.services = facade.inference(
      // Not given the network: calls into it need none, and Cloud Run holds addresses of a subnetwork for hours after it is destroyed.
      (name, base) => new CloudRunInference(this, name, { ...base, project, region, registry }),
    );
    this.builds = facade.pipelines(
      (name, base, _, deploys) =>
        new BuildPipeline(this, name, {
          ...base,
          project,
          region,
          registry,
          connection: target.existing?.repositoryConnection,
          service: deploys === undefined ? undefined : this.services.get(deploys),
        }),
    );
    const monitoring = facade.make('monitoring', () => new Monitoring(this, 'Monitoring', { ...facade.monitoringProps(), project }));
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
  public inferenceService(name: string): ICloudRunInference {
    return this.facade.find('inference', this.services, name);
  }

  /** The pipeline that is declared under this name. */
  public buildPipeline(name: string): BuildPipeline {
    return this.facade.find('pipelines', this.builds, name);
  }

  private target(props: MlPlatformProps): GcpTarget {
    const checks = checksFor(this, 'gcp.MlPlatform');
    const target = props.targets.gcp;
    if (!target)
      checks.refuse(
        'missing',
        'targets.gcp',
        undefined,
        'the platform is not declared for Google Cloud',
        'write targets: { gcp: { project: acme-ml-dev, region: europe-west4 } }',
      );
    else
      checks.collect(() => {
        const place = new Checks(this, 'gcp.MlPlatform');
        checkPlace(place, target.project, target.region);
        place.done();
      }, 'targets.gcp');
    checks.done();
    return target!;
  }

  private networkOf({ project, region, existing }: GcpTarget, { environment }: MlPlatformProps): [string, () => INetwork] {
    const theirs = existing?.network;
    if (!theirs) return ['network', () => new MlNetwork(this, 'Network', { project, region, environment })];
    const attributes = { networkId: theirs.network, subnetworkId: theirs.subnetwork };
    return [
      'targets.gcp.existing.network',
      () =>
        declared({ networkId: 'network', subnetworkId: 'subnetwork' }, () => MlNetwork.fromNetworkAttributes(this, 'Network', attributes)),
    ];
  }

  private storeOf({ project, region, existing }: GcpTarget, { environment }: MlPlatformProps): [string, () => IArtifactStore] {
    const bucketName = existing?.artifactBucket;
    if (bucketName === undefined) return ['storage', () => new ArtifactStore(this, 'Artifacts', { project, region, environment })];
    return [
      'targets.gcp.existing',
      () => declared({ bucketName: 'artifactBucket' }, () => ArtifactStore.fromArtifactStoreAttributes(this, 'Artifacts', { bucketName })),
    ];
  }

  private registryOf({ project, region, existing }: GcpTarget, { environment }: MlPlatformProps): [string, () => IImageRegistry] {
    const repositoryId = existing?.imageRepository;
    if (repositoryId === undefined) return ['registry', () => new ImageRegistry(this, 'Registry', { project, region, environment })];
    const attributes = { project, region, repositoryId };
    return [
      'targets.gcp.existing',
      () => declared({ repositoryId: 'imageRepository' }, () => ImageRegistry.fromImageRegistryAttributes(this, 'Registry', attributes)),
    ];
  }

  private standIn(): { readonly network: INetwork; readonly registry: IImageRegistry } {
    const scope = new Construct(this, `StandIn${this.node.children.length}`);
    return {
      network: MlNetwork.fromNetworkAttributes(scope, 'Network', { networkId: '${}', subnetworkId: '${}' }),
      registry: ImageRegistry.fromImageRegistryAttributes(scope, 'Registry', { project: '${}', region: '${}', repositoryId: '${}' }),
    };
  }
}

function isPrivate({ access = Access.PRIVATE }: { readonly access?: Access }): boolean {
  return access === Access.PRIVATE;
}

/** Problems of a construct under the names that the declaration gives its props. */
function declared<T>(names: { readonly [prop: string]: string }, construct: () => T): T {
  try {
    return construct();
  } catch (e) {
    if (!isValidationError(e)) throw e;
    throw new ValidationError(e.problems.map((p) => ({ ...p, prop: names[p.prop] ?? p.prop })));
  }
}
