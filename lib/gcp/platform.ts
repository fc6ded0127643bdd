import { Construct } from 'constructs';
import { Access, FeatureStoreBaseProps, FileSystemKind, MlPlatformProps, ModelRegistryBaseProps } from '../core';
import { Checks, isValidationError, refuse, ValidationError } from '../core/errors';
import { Facade, isDirectory } from '../core/facade';
import { ordered } from '../core/ordered';
import { parity } from '../core/parity';
import { GcpTarget } from '../core/platform';
import { FeatureOnlineStore, FeatureStore, IFeatureStore } from './feature-store';
import { ISharedFileSystem, SharedFileSystem } from './file-system';
import { CloudRunInference, ICloudRunInference } from './inference';
import { IModelRegistry, ModelRegistry } from './models';
import { IamMember } from './member';
import { Monitoring } from './monitoring';
import { INetwork, MlNetwork } from './network';
import { BuildPipeline } from './pipeline';
import { PolicyExceptions } from './policy-exceptions';
import { labelsOf, platformTags } from './private/labels';
import { checkPlace } from './private/place';
import { checksFor } from './private/root';
import { IImageRegistry, ImageRegistry } from './registry';
import { ISecret, Secret } from './secret';
import { ArtifactStore, IArtifactStore } from './storage';
import { ExperimentTracking, IExperimentTracking } from './tracking';
import { GpuTrainingCluster, IGpuTrainingCluster } from './training';

/**
 * A machine-learning platform on Google Cloud, from one declaration.
 *
 * Defines what the declaration names and nothing of its own: a network if something trains, serves privately or is reached through one, an
 * artifact store, an image registry if images are built or cached, a `SharedFileSystem` for each entry under `storage.shared`, a `Secret` for
 * each under `secrets`, an `ExperimentTracking` if `tracking` is declared, a `ModelRegistry` for each entry under `models`, a `FeatureStore` for
 * each under `features` (those that are online share one store), a `GpuTrainingCluster` for each entry under `training`, a `CloudRunInference` for each under `inference`,
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
  /** Where experiments are kept, if `tracking` is declared or a server exists already. */
  public readonly tracking?: IExperimentTracking;
  /** Dashboard, alarms and who is told. */
  public readonly monitoring: Monitoring;
  private readonly facade: Facade;
  private readonly clusters: Map<string, IGpuTrainingCluster>;
  private readonly services: Map<string, ICloudRunInference>;
  private readonly builds: Map<string, BuildPipeline>;
  private readonly fileSystems: Map<string, ISharedFileSystem>;
  private readonly secrets: Map<string, ISecret>;
  private readonly models: Map<string, IModelRegistry>;
  private readonly features: Map<string, IFeatureStore>;
  private onlineStore?: FeatureOnlineStore;

  public constructor(scope: Construct, id: string, declaration: MlPlatformProps) {
    super(scope, id);
    const props = ordered(declaration);
    const target = this.target(props);
    const { project, region } = target;
    const facade = (this.facade = new Facade(this, 'gcp', props));
    const trains = facade.here(props.training);
    const serves = facade.here(props.inference);
    const tracks = props.tracking !== undefined && !target.existing?.mlflow && facade.here({ mlflow: props.tracking.mlflow }).length > 0;
    const networked = tracks || trains.length > 0 || serves.some(isPrivate) || facade.here(props.storage?.shared).length > 0;
    const builds =
      tracks ||
      props.registry !== undefined ||
      facade.here(props.pipelines).length > 0 ||
      [...trains, ...serves].some((d) => isDirectory(d.image));

    // Where one of these is refused, a stand-in lets the problems of what needs it be found, too, before all are thrown.
    const network = networked ? (facade.make(...this.networkOf(target, props)) ?? this.standIn().network) : undefined;
    const artifacts = facade.make(...this.storeOf(target, props));
    const registry = builds ? (facade.make(...this.registryOf(target, props)) ?? this.standIn().registry) : undefined;
    this.fileSystems = facade.fileSystems(
      (name, base) =>
        new SharedFileSystem(this, name, {
          ...base,
          project,
          region,
          network: network!,
          artifacts: base.kind === FileSystemKind.PARALLEL ? artifacts : undefined,
        }),
    );
    this.secrets = facade.secrets((name, base) => new Secret(this, name, { ...base, project, region }));
    const tracking = this.trackingOf(target, props, { network, artifacts, registry }) ?? (tracks ? this.standIn().tracking : undefined);
    this.models = facade.models((id, base, name) => {
      const model = this.modelOf(id, base, tracking);
      for (const [n, approver] of facade.approvers(name).entries()) model.grants.approve(`Approver${n + 1}`, IamMember.of(approver));
      return model;
    });
    this.features = facade.features((id, base, name) => this.featuresOf(id, base, name, target));
    const { labels } = labelsOf(new Checks(this, 'gcp.MlPlatform'), platformTags(props));

    this.clusters = facade.training(
      (id, base, name) =>
        new GpuTrainingCluster(this, id, {
          ...base,
          project,
          region,
          network: network!,
          artifacts,
          registry,
          labels,
          tracking,
          mounts: facade.mounts('training', name, this.fileSystems),
          secrets: facade.secretEnv('training', name, this.secrets),
        }),
    );
    this.services = facade.inference((id, base, name) => {
      const mounts = facade.mounts('inference', name, this.fileSystems);
      const loads = base.model === undefined ? undefined : tracking;
      // Given the network only where it needs it: Cloud Run holds addresses of a subnetwork for hours after a service is destroyed.
      const inside = mounts !== undefined || loads?.privateAccess === true;
      return new CloudRunInference(this, id, {
        ...base,
        project,
        region,
        registry,
        mounts,
        secrets: facade.secretEnv('inference', name, this.secrets),
        tracking: loads,
        network: inside ? network : undefined,
      });
    });
    this.builds = facade.pipelines(
      (name, base, _, deploys) =>
        new BuildPipeline(this, name, {
          ...base,
          project,
          region,
          registry,
          connection: target.existing?.repositoryConnection,
          // Builds run outside the network, in which the platform's own server answers.
          tracking: tracking?.privateAccess ? undefined : tracking,
          service: deploys === undefined ? undefined : this.services.get(deploys),
        }),
    );
    const monitoring = facade.make('monitoring', () => new Monitoring(this, 'Monitoring', { ...facade.monitoringProps(), project }));
    for (const [rule, reason] of facade.acknowledged()) PolicyExceptions.of(this).acknowledge(rule, reason);
    facade.done();

    this.network = network;
    this.artifacts = artifacts!;
    this.registry = registry;
    this.tracking = tracking;
    this.monitoring = monitoring!;
    if (tracking) this.monitoring.watchTracking('mlflow', tracking);
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

  /** The file system that is declared under this name. */
  public sharedFileSystem(name: string): ISharedFileSystem {
    return this.facade.find('storage.shared', this.fileSystems, name);
  }

  /** The secret that is declared under this name. */
  public secret(name: string): ISecret {
    return this.facade.find('secrets', this.secrets, name);
  }

  /** The registry of the model that is declared under this name. */
  public modelRegistry(name: string): IModelRegistry {
    return this.facade.find('models', this.models, name);
  }

  /** The feature store that is declared under this name. */
  public featureStore(name: string): IFeatureStore {
    return this.facade.find('features', this.features, name);
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
    const { cidr, servicesRange } = theirs;
    const attributes = { networkId: theirs.network, subnetworkId: theirs.subnetwork, cidr, servicesRange };
    return [
      'targets.gcp.existing.network',
      () =>
        declared({ networkId: 'network', subnetworkId: 'subnetwork' }, () => MlNetwork.fromNetworkAttributes(this, 'Network', attributes)),
    ];
  }

  private storeOf({ project, region, existing }: GcpTarget, { storage }: MlPlatformProps): [string, () => IArtifactStore] {
    const bucketName = existing?.artifactBucket;
    if (bucketName === undefined) {
      const props = this.facade.artifactProps();
      return ['storage.artifacts', () => new ArtifactStore(this, 'Artifacts', { ...props, project, region })];
    }
    this.leaveAlone('storage.artifacts', storage?.artifacts, 'artifactBucket');
    return [
      'targets.gcp.existing',
      () =>
        declared({ bucketName: 'artifactBucket' }, () =>
          ArtifactStore.fromArtifactStoreAttributes(this, 'Artifacts', { bucketName, project }),
        ),
    ];
  }

  private registryOf({ project, region, existing }: GcpTarget, { environment, registry }: MlPlatformProps): [string, () => IImageRegistry] {
    const repositoryId = existing?.imageRepository;
    if (repositoryId === undefined) {
      const props = this.facade.registryOptions();
      return ['registry', () => new ImageRegistry(this, 'Registry', { ...props, project, region, environment })];
    }
    this.leaveAlone('registry', registry, 'imageRepository');
    const attributes = { project, region, repositoryId };
    return [
      'targets.gcp.existing',
      () => declared({ repositoryId: 'imageRepository' }, () => ImageRegistry.fromImageRegistryAttributes(this, 'Registry', attributes)),
    ];
  }

  private trackingOf(
    { project, region, existing }: GcpTarget,
    { tracking }: MlPlatformProps,
    world: { readonly network?: INetwork; readonly artifacts?: IArtifactStore; readonly registry?: IImageRegistry },
  ): IExperimentTracking | undefined {
    const trackingUri = existing?.mlflow;
    if (trackingUri === undefined)
      return this.facade.tracking(
        (id, base) =>
          new ExperimentTracking(this, id, { ...base, ...world, network: world.network!, project, region, database: existing?.database }),
      );
    this.leaveAlone('tracking.mlflow', tracking?.mlflow, 'mlflow');
    return this.facade.make('targets.gcp.existing', () =>
      declared({ trackingUri: 'mlflow' }, () => ExperimentTracking.fromTrackingServerAttributes(this, 'Tracking', { trackingUri })),
    );
  }

  private modelOf(id: string, base: ModelRegistryBaseProps, tracking: IExperimentTracking | undefined): ModelRegistry {
    if (tracking === undefined)
      refuse(
        'missing',
        'tracking',
        undefined,
        'models are registered with a tracking server, and Google Cloud has none',
        'declare tracking: { mlflow: {} }',
      );
    return new ModelRegistry(this, id, { ...base, tracking });
  }

  private featuresOf(id: string, base: FeatureStoreBaseProps, name: string, { project, region }: GcpTarget): FeatureStore {
    if (base.online && !this.onlineStore) {
      // One for all of them: its nodes cost day and night.
      this.onlineStore = new FeatureOnlineStore(this, 'FeatureOnlineStore', { project, region, environment: base.environment });
      parity.declare(this.onlineStore, `features.${name}.online`);
    }
    return new FeatureStore(this, id, { ...base, project, region, onlineStore: base.online ? this.onlineStore : undefined });
  }

  /** Says that nothing became of what is declared of a thing that exists already. Other clouds may make their own by it. */
  private leaveAlone(path: string, declared: object | undefined, existing: string): void {
    const reason = `targets.gcp.existing.${existing} names one that exists, which the platform does not change`;
    for (const field of Object.keys(declared ?? {})) if (field !== 'on') parity.refused(this, 'gcp', `${path}.${field}`, 'nothing', reason);
  }

  private standIn(): { readonly network: INetwork; readonly registry: IImageRegistry; readonly tracking: IExperimentTracking } {
    const scope = new Construct(this, `StandIn${this.node.children.length}`);
    return {
      network: MlNetwork.fromNetworkAttributes(scope, 'Network', { networkId: '${}', subnetworkId: '${}', servicesRange: '${}' }),
      registry: ImageRegistry.fromImageRegistryAttributes(scope, 'Registry', { project: '${}', region: '${}', repositoryId: '${}' }),
      tracking: ExperimentTracking.fromTrackingServerAttributes(scope, 'Tracking', { trackingUri: '${}' }),
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
