import { Construct } from 'constructs';
import { AzureExisting, AzureTarget, Environment, MlPlatformProps } from '../core';
import { isValidationError, ValidationError } from '../core/errors';
import { Facade, isDirectory } from '../core/facade';
import { AppServiceInference, IAppServiceInference } from './inference';
import { ILogWorkspace, LogWorkspace, LogWorkspaceProps } from './logs';
import { Monitoring } from './monitoring';
import { INetwork, MlNetwork, MlNetworkProps } from './network';
import { BuildPipeline } from './pipeline';
import { checksFor } from './private/root';
import { IImageRegistry, ImageRegistry, ImageRegistryProps } from './registry';
import { IResourceGroup, ResourceGroup } from './resource-group';
import { ArtifactStore, ArtifactStoreProps, IArtifactStore } from './storage';
import { GpuTrainingCluster, IGpuTrainingCluster, ITrainingWorkspace, TrainingWorkspace } from './training';

/**
 * A machine-learning platform on Azure, from one declaration.
 *
 * Defines, by the other constructs of this room, a resource group, a log workspace, a network, an artifact store, an image registry if images
 * are built, and a cluster, a service or a pipeline for each entry of the declaration that goes to Azure, with dashboard and alarms over all
 * of them. It adds no resource of its own. What `targets.azure.existing` names is used in place of a resource of the platform's.
 *
 * The NAT gateway is there if something trains, or in staging and prod. Training clusters share one Azure ML workspace.
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
  /** Dashboard, alarms and who is told. */
  public readonly monitoring: Monitoring;
  private readonly facade: Facade;
  private readonly clusters: Map<string, IGpuTrainingCluster>;
  private readonly services: Map<string, IAppServiceInference>;
  private readonly builds: Map<string, BuildPipeline>;

  public constructor(scope: Construct, id: string, props: MlPlatformProps) {
    super(scope, id);
    const { location, subscriptionId, existing = {}, entraClientId, devOps } = this.target(props);
    const facade = (this.facade = new Facade(this, 'azure', props));
    const environment = props.environment ?? Environment.DEV;
    const trains = facade.here(props.training);
    const builds =
      facade.here(props.pipelines).length > 0 || [...trains, ...facade.here(props.inference)].some((d) => isDirectory(d.image));

    const resourceGroup = existing.resourceGroup
      ? ResourceGroup.fromResourceGroupAttributes(this, 'ResourceGroup', { name: existing.resourceGroup, location, subscriptionId })
      : new ResourceGroup(this, 'ResourceGroup', { location, subscriptionId });
    const common = { resourceGroup, environment };
    const natGateway = trains.length > 0 || environment !== Environment.DEV;
    const logWorkspace = logsOf(this, facade, common, existing, subscriptionId);
    const network = networkOf(this, facade, { resourceGroup, natGateway }, existing, subscriptionId);
    const artifacts = artifactsOf(this, facade, { ...common, network }, existing, subscriptionId);
    const registry = builds ? registryOf(this, facade, { ...common, network }, existing, subscriptionId) : undefined;

    const shared = { ...common, network, registry, logWorkspace };
    let workspace: ITrainingWorkspace | undefined;
    this.clusters = facade.training((name, base) => {
      workspace ??= new TrainingWorkspace(this, 'TrainingWorkspace', shared);
      return new GpuTrainingCluster(this, name, { ...base, ...shared, artifacts, workspace });
    });
    this.services = facade.inference((name, base) => new AppServiceInference(this, name, { ...base, ...shared, entraClientId }));
    this.builds = facade.pipelines(
      (name, base, _, deploys) =>
        new BuildPipeline(this, name, {
          ...base,
          ...common,
          registry: registry!,
          logWorkspace,
          azureDevOps: devOps,
          service: deploys === undefined ? undefined : this.services.get(deploys),
        }),
    );
    const monitoring = facade.make(
      'monitoring',
      () => new Monitoring(this, 'Monitoring', { ...facade.monitoringProps(), resourceGroup, logWorkspace }),
    );
    facade.done();

    this.resourceGroup = resourceGroup;
    this.logWorkspace = logWorkspace;
    this.network = network;
    this.artifacts = artifacts;
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
  public inferenceService(name: string): IAppServiceInference {
    return this.facade.find('inference', this.services, name);
  }

  /** The pipeline that is declared under this name. */
  public buildPipeline(name: string): BuildPipeline {
    return this.facade.find('pipelines', this.builds, name);
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
  if (existing.storageAccountId === undefined) return facade.make('storage', () => new ArtifactStore(scope, 'Artifacts', props))!;
  const made = facade.make(EXISTING, () => own('Artifacts', existing.storageAccountId!));
  return made ?? own('NoArtifacts', nowhere(subscription, 'Microsoft.Storage/storageAccounts'));
}

function registryOf(
  scope: Construct,
  facade: Facade,
  props: ImageRegistryProps,
  existing: AzureExisting,
  subscription: string,
): IImageRegistry {
  const own = (id: string, registryId: string): IImageRegistry => ImageRegistry.fromImageRegistryAttributes(scope, id, { registryId });
  if (existing.containerRegistryId === undefined) return facade.make('registry', () => new ImageRegistry(scope, 'Registry', props))!;
  const made = facade.make(EXISTING, () =>
    named('registryId', 'containerRegistryId', () => own('Registry', existing.containerRegistryId!)),
  );
  return made ?? own('NoRegistry', nowhere(subscription, 'Microsoft.ContainerRegistry/registries'));
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
