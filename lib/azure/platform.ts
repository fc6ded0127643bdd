import { Construct } from 'constructs';
import { AzureExisting, Environment, MlPlatformProps } from '../core';
import { isValidationError, ValidationError } from '../core/errors';
import { Facade } from '../core/facade';
import { AppServiceInference } from './inference';
import { ILogWorkspace, LogWorkspace, LogWorkspaceProps } from './logs';
import { Monitoring } from './monitoring';
import { INetwork, MlNetwork, MlNetworkProps } from './network';
import { BuildPipeline } from './pipeline';
import { checksFor } from './private/root';
import { IImageRegistry, ImageRegistry, ImageRegistryProps } from './registry';
import { IResourceGroup, ResourceGroup } from './resource-group';
import { ArtifactStore, ArtifactStoreProps, IArtifactStore } from './storage';
import { GpuTrainingCluster, ITrainingWorkspace, TrainingWorkspace } from './training';

/**
 * A machine-learning platform on Azure, from one declaration.
 *
 * Defines, by the other constructs of this room, a resource group, a log workspace, a network, an artifact store, an image registry, and a
 * cluster, a service or a pipeline for each entry of the declaration that goes to Azure, with dashboard and alarms over all of them.
 * It adds no resource of its own. What `targets.azure.existing` names is used in place of a resource of the platform's.
 *
 * The NAT gateway is there if something trains, or in staging and prod. Training clusters share one Azure ML workspace.
 *
 * @example
 * new azure.MlPlatform(this, 'Platform', {
 *   name: 'housing',
 *   targets: { azure: { location: 'westeurope', subscriptionId: '00000000-0000-0000-0000-000000000000' } },
 *   inference: { predict: { image: 'ghcr.io/acme/housing:1.0' } },
 * });
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
  /** Where images are. */
  public readonly registry: IImageRegistry;

  public constructor(scope: Construct, id: string, props: MlPlatformProps) {
    super(scope, id);
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
    const facade = new Facade(this, 'azure', props);
    const { location, subscriptionId, existing = {} } = target!;
    const environment = props.environment ?? Environment.DEV;
    const trains = Object.values(props.training ?? {}).some((t) => !t.on || t.on.includes('azure' as never));

    const resourceGroup = existing.resourceGroup
      ? ResourceGroup.fromResourceGroupAttributes(this, 'ResourceGroup', { name: existing.resourceGroup, location, subscriptionId })
      : new ResourceGroup(this, 'ResourceGroup', { location, subscriptionId });
    this.resourceGroup = resourceGroup;
    const common = { resourceGroup, environment };
    this.logWorkspace = logsOf(this, facade, common, existing, subscriptionId);
    this.network = networkOf(
      this,
      facade,
      { resourceGroup, natGateway: trains || environment !== Environment.DEV },
      existing,
      subscriptionId,
    );
    this.artifacts = artifactsOf(this, facade, { ...common, network: this.network }, existing, subscriptionId);
    this.registry = registryOf(this, facade, { ...common, network: this.network }, existing, subscriptionId);

    const shared = { ...common, network: this.network, registry: this.registry, logWorkspace: this.logWorkspace };
    let workspace: ITrainingWorkspace | undefined;
    const clusters = facade.training((name, cluster) => {
      workspace ??= new TrainingWorkspace(this, 'TrainingWorkspace', shared);
      return new GpuTrainingCluster(this, name, { ...cluster, ...shared, artifacts: this.artifacts, workspace });
    });
    const services = facade.inference((name, service) => new AppServiceInference(this, name, { ...service, ...shared }));
    const pipelines = facade.pipelines((name, pipeline, _, deploys) => {
      const service = deploys === undefined ? undefined : services.get(deploys);
      return new BuildPipeline(this, name, { ...pipeline, ...common, registry: this.registry, service });
    });
    facade.make('monitoring', () => {
      const monitoring = new Monitoring(this, 'Monitoring', {
        ...facade.monitoringProps(),
        resourceGroup,
        logWorkspace: this.logWorkspace,
      });
      services.forEach((service, name) => monitoring.watchInference(name, service));
      clusters.forEach((cluster, name) => monitoring.watchTraining(name, cluster));
      pipelines.forEach((pipeline, name) => monitoring.watchPipeline(name, pipeline));
      return monitoring;
    });
    facade.done();
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
