import { Construct } from 'constructs';
import { AzureExisting, AzureTarget, Cloud, Environment, FileSystemKind, MlPlatformProps, TrackingEngine } from '../core';
import { isValidationError, ValidationError } from '../core/errors';
import { Facade, isDirectory } from '../core/facade';
import { ordered } from '../core/ordered';
import { parity } from '../core/parity';
import { FeatureStore, FeatureStoreWorkspace, IFeatureStore, IFeatureStoreWorkspace } from './feature-store';
import { ISharedFileSystem, SharedFileSystem } from './file-system';
import { AppServiceInference, IAppServiceInference } from './inference';
import { ILogWorkspace, LogWorkspace, LogWorkspaceProps } from './logs';
import { IModelRegistry, ModelRegistry } from './models';
import { Monitoring } from './monitoring';
import { INetwork, MlNetwork, MlNetworkProps } from './network';
import { BuildPipeline } from './pipeline';
import { PolicyExceptions } from './policy-exceptions';
import { acknowledge } from './private/acknowledge';
import { checksFor } from './private/root';
import { IImageRegistry, ImageRegistry, ImageRegistryProps } from './registry';
import { IResourceGroup, ResourceGroup } from './resource-group';
import { ISecret, ISecretVault, Secret, SecretVault } from './secret';
import { ArtifactStore, ArtifactStoreProps, IArtifactStore } from './storage';
import { ExperimentTracking, ExperimentTrackingProps, IExperimentTracking } from './tracking';
import { GpuTrainingCluster, IGpuTrainingCluster, ITrainingWorkspace, TrainingWorkspace } from './training';

/**
 * A machine-learning platform on Azure, from one declaration.
 *
 * Defines, by the other constructs of this room, a resource group, a log workspace, a network, an artifact store, an image registry if images
 * are built, and a file system, a secret, a model, a feature store, a cluster, a service or a pipeline for each entry of the declaration that
 * goes to Azure, the tracking server, and dashboard and alarms over them. It adds no resource of its own. What `targets.azure.existing` names
 * is used in place of a resource of the platform's.
 *
 * The NAT gateway is there if something trains, tracks experiments on a server of the platform's own or has a parallel file system, and in
 * staging and prod. Training clusters share one Azure ML workspace, which is the tracking server where that is managed; secrets share one key
 * vault, feature stores one feature store of Azure ML. Who reads and writes the artifact store is logged in staging and prod.
 * All that is wrong with the declaration is thrown at once, each under the path where it was declared.
 *
 * @example
 * const platform = new azure.MlPlatform(this, 'Platform', {
 *   name: 'housing',
 *   targets: { azure: { location: 'westeurope', subscriptionId: '00000000-0000-0000-0000-000000000000' } },
 *   training: { trainer: { image: 'ghcr.io/acme/train:1.0', command: ['python', 'train.py'], accelerator: { memoryGib: 24 } } },
 * });
 * platform.trainingCluster('trainer').grants.submit('Team', { principalId: '00000000-0000-0000-0000-000000000000' });
 */
export class MlPlatform extends Construct {
  /** Where everything is. */
  public readonly resourceGroup: IResourceGroup;
  /** Where logs go. */
  public readonly logWorkspace: ILogWorkspace;
  /** The private network. */
  public readonly network: INetwork;
  /** Where data, checkpoints and models are. */
  public readonly artifacts: IArtifactStore;
  /** Where images are pushed, if any are built. */
  public readonly registry?: IImageRegistry;
  /** Where experiments are kept, if anywhere. */
  public readonly tracking?: IExperimentTracking;
  /** Dashboard, alarms and who is told. */
  public readonly monitoring: Monitoring;
  private readonly facade: Facade;
  private readonly fileSystems: Map<string, ISharedFileSystem>;
  private readonly secrets: Map<string, ISecret>;
  private readonly models: Map<string, IModelRegistry>;
  private readonly features: Map<string, IFeatureStore>;
  private readonly clusters: Map<string, IGpuTrainingCluster>;
  private readonly services: Map<string, IAppServiceInference>;
  private readonly builds: Map<string, BuildPipeline>;

  public constructor(scope: Construct, id: string, declaration: MlPlatformProps) {
    super(scope, id);
    const props = ordered(declaration);
    const { location, subscriptionId, existing = {}, entraClientId, devOps } = this.target(props);
    const facade = (this.facade = new Facade(this, 'azure', props));
    const environment = props.environment ?? Environment.DEV;
    const trains = facade.here(props.training);
    const hosts = hostsTracking(facade, existing);
    const builds =
      facade.here(props.pipelines).length > 0 || hosts || [...trains, ...facade.here(props.inference)].some((d) => isDirectory(d.image));

    const resourceGroup = existing.resourceGroup
      ? ResourceGroup.fromResourceGroupAttributes(this, 'ResourceGroup', { name: existing.resourceGroup, location, subscriptionId })
      : new ResourceGroup(this, 'ResourceGroup', { location, subscriptionId });
    const common = { resourceGroup, environment };
    const parallel = facade.here(props.storage?.shared).some((d) => d.kind === FileSystemKind.PARALLEL);
    const natGateway = trains.length > 0 || hosts || parallel || environment !== Environment.DEV;
    const logWorkspace = logsOf(this, facade, common, existing, subscriptionId);
    const network = networkOf(this, facade, { resourceGroup, natGateway }, existing, subscriptionId);
    const accessLogs = environment === Environment.DEV ? undefined : logWorkspace;
    const store = { ...facade.artifactProps(), ...common, network, accessLogs };
    const artifacts = artifactsOf(this, facade, store, existing, subscriptionId);
    const registry =
      builds || (props.registry && !existing.containerRegistryId)
        ? registryOf(this, facade, { ...facade.registryOptions(), ...common, network }, existing, subscriptionId)
        : undefined;

    const shared = { ...common, network, registry, logWorkspace };
    let workspace: ITrainingWorkspace | undefined;
    const workspaceOf = (): ITrainingWorkspace => (workspace ??= new TrainingWorkspace(this, 'TrainingWorkspace', shared));
    this.fileSystems = facade.fileSystems((id, base) => new SharedFileSystem(this, id, { ...base, resourceGroup, network }));
    let vault: ISecretVault | undefined;
    this.secrets = facade.secrets((id, base) => {
      vault ??= new SecretVault(this, 'SecretVault', { ...common, network, logWorkspace: accessLogs });
      return new Secret(this, id, { ...base, resourceGroup, vault });
    });
    const tracking = trackingOf(this, facade, { ...shared, artifacts, entraClientId }, existing, () => workspaceOf().workspaceId);
    this.models = facade.models((id, base, name) => {
      const model = new ModelRegistry(this, id, { ...base, tracking: trackingFor(this, props, tracking) });
      for (const [n, principalId] of facade.approvers(name).entries()) model.grants.approve(`Approver${n + 1}`, { principalId });
      return model;
    });
    let featureStore: IFeatureStoreWorkspace | undefined;
    const online = facade.here(props.features).some((d) => d.online);
    this.features = facade.features((id, base) => {
      featureStore ??= new FeatureStoreWorkspace(this, 'FeatureStore', { ...common, network, logWorkspace, online });
      return new FeatureStore(this, id, { ...base, resourceGroup, workspace: featureStore });
    });
    this.clusters = facade.training(
      (id, base, name) =>
        new GpuTrainingCluster(this, id, {
          ...base,
          ...shared,
          artifacts,
          tracking,
          workspace: workspaceOf(),
          mounts: facade.mounts('training', name, this.fileSystems),
          secrets: facade.secretEnv('training', name, this.secrets),
        }),
    );
    this.services = facade.inference(
      (id, base, name) =>
        new AppServiceInference(this, id, {
          ...base,
          ...shared,
          entraClientId,
          tracking: base.model && tracking,
          mounts: facade.mounts('inference', name, this.fileSystems),
          secrets: facade.secretEnv('inference', name, this.secrets),
        }),
    );
    this.builds = facade.pipelines(
      (name, base, _, deploys) =>
        new BuildPipeline(this, name, {
          ...base,
          ...common,
          registry: registry!,
          logWorkspace,
          azureDevOps: devOps,
          // Agents of Microsoft's, which pipelines run on, are outside the network.
          tracking: tracking?.privateAccess ? undefined : tracking,
          service: deploys === undefined ? undefined : this.services.get(deploys),
        }),
    );
    const monitoring = facade.make(
      'monitoring',
      () => new Monitoring(this, 'Monitoring', { ...facade.monitoringProps(), resourceGroup, logWorkspace }),
    );
    if (workspace && this.clusters.size === 0)
      acknowledge(workspace, { 'ml-workspace-outbound': 'It keeps experiments and models; the platform has no machines in it.' });
    for (const [rule, reason] of facade.acknowledged()) PolicyExceptions.of(this).acknowledge(rule, reason);
    facade.done();

    this.resourceGroup = resourceGroup;
    this.logWorkspace = logWorkspace;
    this.network = network;
    this.artifacts = artifacts;
    this.registry = registry;
    this.tracking = tracking;
    this.monitoring = monitoring!;
    for (const [name, service] of this.services) this.monitoring.watchInference(name, service);
    for (const [name, cluster] of this.clusters) this.monitoring.watchTraining(name, cluster);
    for (const [name, pipeline] of this.builds) this.monitoring.watchPipeline(name, pipeline);
    if (tracking) this.monitoring.watchTracking('mlflow', tracking);
  }

  /** The cluster that is declared under this name. */
  public trainingCluster(name: string): IGpuTrainingCluster {
    return this.facade.find('training', this.clusters, name);
  }

  /** The service that is declared under this name. */
  public inferenceService(name: string): IAppServiceInference {
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

  private target(props: MlPlatformProps): AzureTarget {
    const checks = checksFor(this, 'azure.MlPlatform');
    const target = props.targets.azure;
    if (!target)
      checks.refuse(
        'missing',
        'targets.azure',
        undefined,
        'the platform is not declared for Azure',
        'write targets: { azure: { location: westeurope, subscriptionId: ... } }',
      );
    checks.done();
    return target!;
  }
}

// Where something that exists already is named wrongly, an id that leads nowhere stands in for it, so that the rest is looked at too;
// nothing is written then.

function logsOf(scope: Construct, facade: Facade, props: LogWorkspaceProps, existing: AzureExisting, subscription: string): ILogWorkspace {
  const own = (id: string, workspaceId: string): ILogWorkspace => LogWorkspace.fromLogWorkspaceAttributes(scope, id, { workspaceId });
  if (existing.logWorkspaceId === undefined) return facade.make('logs', () => new LogWorkspace(scope, 'Logs', props))!;
  const made = facade.make(EXISTING, () => named('workspaceId', 'logWorkspaceId', () => own('Logs', existing.logWorkspaceId!)));
  return made ?? own('NoLogs', nowhere(subscription, 'Microsoft.OperationalInsights/workspaces'));
}

function networkOf(scope: Construct, facade: Facade, props: MlNetworkProps, { network }: AzureExisting, subscription: string): INetwork {
  if (!network) return facade.make('network', () => new MlNetwork(scope, 'Network', props))!;
  const made = facade.make(`${EXISTING}.network`, () => MlNetwork.fromNetworkAttributes(scope, 'Network', network));
  const virtualNetworkId = nowhere(subscription, 'Microsoft.Network/virtualNetworks');
  const subnet = `${virtualNetworkId}/subnets/none`;
  return (
    made ??
    MlNetwork.fromNetworkAttributes(scope, 'NoNetwork', {
      virtualNetworkId,
      privateEndpointSubnetId: subnet,
      appServiceSubnetId: subnet,
      trainingSubnetId: subnet,
    })
  );
}

function artifactsOf(
  scope: Construct,
  facade: Facade,
  props: ArtifactStoreProps,
  existing: AzureExisting,
  subscription: string,
): IArtifactStore {
  const own = (id: string, storageAccountId: string): IArtifactStore =>
    ArtifactStore.fromArtifactStoreAttributes(scope, id, { storageAccountId });
  const standIn = (): IArtifactStore => own('NoArtifacts', nowhere(subscription, 'Microsoft.Storage/storageAccounts'));
  if (existing.storageAccountId === undefined)
    return facade.make('storage.artifacts', () => new ArtifactStore(scope, 'Artifacts', props)) ?? standIn();
  leaveAlone(scope, 'storage.artifacts', facade.declaration.storage?.artifacts, 'storageAccountId');
  const made = facade.make(EXISTING, () => own('Artifacts', existing.storageAccountId!));
  return made ?? standIn();
}

function registryOf(
  scope: Construct,
  facade: Facade,
  props: ImageRegistryProps,
  existing: AzureExisting,
  subscription: string,
): IImageRegistry {
  const own = (id: string, registryId: string): IImageRegistry => ImageRegistry.fromImageRegistryAttributes(scope, id, { registryId });
  const standIn = (): IImageRegistry => own('NoRegistry', nowhere(subscription, 'Microsoft.ContainerRegistry/registries'));
  if (existing.containerRegistryId === undefined)
    return facade.make('registry', () => new ImageRegistry(scope, 'Registry', props)) ?? standIn();
  leaveAlone(scope, 'registry', facade.declaration.registry, 'containerRegistryId');
  const made = facade.make(EXISTING, () =>
    named('registryId', 'containerRegistryId', () => own('Registry', existing.containerRegistryId!)),
  );
  return made ?? standIn();
}

function trackingOf(
  scope: Construct,
  facade: Facade,
  props: ExperimentTrackingProps,
  { mlflow, database }: AzureExisting,
  workspaceId: () => string,
): IExperimentTracking | undefined {
  if (mlflow !== undefined) {
    leaveAlone(scope, 'tracking.mlflow', facade.declaration.tracking?.mlflow, 'mlflow');
    return facade.make(EXISTING, () =>
      named('trackingUri', 'mlflow', () => ExperimentTracking.fromTrackingServerAttributes(scope, 'Tracking', { trackingUri: mlflow })),
    );
  }
  const { resourceGroup, environment } = props;
  return facade.tracking((id, base) =>
    base.engine === TrackingEngine.MANAGED
      ? new ExperimentTracking(scope, id, { ...base, resourceGroup, environment, workspaceId: workspaceId() })
      : new ExperimentTracking(scope, id, { ...base, ...props, database }),
  );
}

/** Whether the platform has a tracking server of its own, which needs an image and a way out. */
function hostsTracking(facade: Facade, { mlflow }: AzureExisting): boolean {
  const declared = facade.declaration.tracking?.mlflow;
  return mlflow === undefined && facade.here(declared && { mlflow: declared }).some((d) => d.engine !== TrackingEngine.MANAGED);
}

/** The server that models are registered with. */
function trackingFor(
  scope: Construct,
  { tracking: declared }: MlPlatformProps,
  tracking: IExperimentTracking | undefined,
): IExperimentTracking {
  if (tracking) return tracking;
  const checks = checksFor(scope, 'azure.MlPlatform');
  const here = declared !== undefined && (declared.mlflow.on?.includes(Cloud.AZURE) ?? true);
  // Where one is declared, what is wrong with it has been said.
  checks.require(
    here,
    'missing',
    'tracking',
    undefined,
    'models are registered with a tracking server, and Azure has none',
    'declare tracking: { mlflow: {} }',
  );
  checks.done();
  throw new Error('there is no tracking server');
}

/** Says that nothing became of what is declared of a thing that exists already. Other clouds may make their own by it. */
function leaveAlone(scope: Construct, path: string, declared: object | undefined, existing: string): void {
  const reason = `${EXISTING}.${existing} names one that exists, which the platform does not change`;
  for (const field of Object.keys(declared ?? {}))
    if (field !== 'on') parity.refused(scope, 'azure', `${path}.${field}`, 'nothing', reason);
}

const EXISTING = 'targets.azure.existing';

function nowhere(subscription: string, type: string): string {
  return `/subscriptions/${subscription}/resourceGroups/none/providers/${type}/none`;
}

/** Tells problems with a prop under the name that it has in the declaration. */
function named<T>(prop: string, declared: string, f: () => T): T {
  try {
    return f();
  } catch (e) {
    if (!isValidationError(e)) throw e;
    throw new ValidationError(e.problems.map((p) => (p.prop === prop ? { ...p, prop: declared } : p)));
  }
}
