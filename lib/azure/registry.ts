import { ContainerRegistry } from '@cdktf/provider-azurerm/lib/container-registry';
import { ContainerRegistryAgentPool } from '@cdktf/provider-azurerm/lib/container-registry-agent-pool';
import { ContainerRegistryTask } from '@cdktf/provider-azurerm/lib/container-registry-task';
import { TerraformOutput } from 'cdktf';
import { Construct, IConstruct } from 'constructs';
import { Environment, policyOf } from '../core/environment';
import { parity } from '../core/parity';
import { INetwork } from './network';
import { readyNetwork } from './private/dependencies';
import { globalName } from './private/name';
import { privateEndpoint } from './private/private-endpoint';
import { cacheRules, checkCache } from './private/registry-cache';
import { parseResourceId } from './private/resource-id';
import { assignRole } from './private/role';
import { checksFor } from './private/root';
import { IPrincipal, IResourceGroup } from './resource-group';
import { SUPPORT } from './support';
import { acknowledge } from './private/acknowledge';

/** An Azure container registry. */
export interface IImageRegistry extends IConstruct {
  /** Id of the registry. */
  readonly registryId: string;
  /** Name of the registry. */
  readonly registryName: string;
  /** Host that images are pulled from: `name.azurecr.io`. */
  readonly loginServer: string;
  /** Name of the agent pool that builds images, where the registry answers in its network only. Kept at no machines between builds. */
  readonly buildAgentPoolName?: string;
  /** Whether whoever pushes an image for this library locks its tag afterwards, so that it always names the same image. */
  readonly immutableTags?: boolean;
  /** Permissions on the registry. */
  readonly grants: ImageRegistryGrants;
}

/** How ACR logs in to Docker Hub: secrets in a key vault. */
export interface DockerHubCredentials {
  /** Id of the key vault, which uses roles, and lets trusted services of Azure in. */
  readonly keyVaultId: string;
  /** Name of the secret that holds the user's name. */
  readonly usernameSecret: string;
  /** Name of the secret that holds an access token. */
  readonly passwordSecret: string;
}

/** Permissions on a registry. Each call makes one role assignment on the registry. */
export abstract class ImageRegistryGrants {
  /**
   * To pull images (`AcrPull`): whoever it is, also an identity of another subscription. One of another tenant has to be known in this one:
   * as a guest, or by the service principal of an application that several tenants use.
   *
   * @param id construct id of the role assignment, unique in the registry's scope
   * @param grantee who may pull
   */
  public abstract pull(id: string, grantee: IPrincipal): void;
  /**
   * To push images (`AcrPush`).
   *
   * @param id construct id of the role assignment, unique in the registry's scope
   * @param grantee who may push
   */
  public abstract push(id: string, grantee: IPrincipal): void;
}

/** Props of `ImageRegistry`. */
export interface ImageRegistryProps {
  /** Where it is put. */
  readonly resourceGroup: IResourceGroup;
  /**
   * Network that reaches it through a private endpoint, where it does not answer on the internet.
   *
   * @default - none; then `publicNetworkAccess` must not be false
   */
  readonly network?: INetwork;
  /**
   * Whether it answers on the internet, to callers that Entra ID knows and that were granted something. Nobody pulls anonymously.
   * Without it the registry is of the Premium tier, and images are built by machines in the network.
   *
   * @default - true in dev and staging, false in prod if there is a network
   */
  readonly publicNetworkAccess?: boolean;
  /**
   * A tag always names the same image. ACR has a lock for each tag and none for the registry: tags of the images that this library builds
   * are locked right after the build. Nothing that is locked is ever deleted.
   *
   * @default false
   */
  readonly immutableTags?: boolean;
  /**
   * Images kept of each repository before the oldest go, where the registry answers on the internet. In the network only, tagged images stay.
   *
   * @default - by environment: 10 in dev, 20 in staging, 50 in prod
   */
  readonly imagesKept?: number;
  /**
   * Public registries whose images are pulled through this one and kept: `quay.io`, `public.ecr.aws`, `ghcr.io`, `registry.k8s.io`,
   * `mcr.microsoft.com`, `docker.io`. An image is then pulled as `<login server>/quay.io/acme/app:1.0`.
   *
   * @default - none
   * @see https://learn.microsoft.com/azure/container-registry/artifact-cache-overview
   */
  readonly pullThrough?: string[];
  /**
   * How ACR logs in to Docker Hub, which it caches in no other way.
   *
   * @default - none; required if `docker.io` is among `pullThrough`
   */
  readonly dockerHub?: DockerHubCredentials;
  /**
   * What it is for: chooses tier, retention and whether it can be destroyed.
   *
   * @default Environment.DEV
   */
  readonly environment?: Environment;
}

/** A registry that exists already. */
export interface ImageRegistryAttributes {
  /** Id of the registry. */
  readonly registryId: string;
  /**
   * Name of an agent pool of the registry that builds images, where it answers in its network only.
   *
   * @default - none; images are built by machines that Azure shares
   */
  readonly buildAgentPoolName?: string;
  /**
   * Tags of the images that this library builds are locked right after the build.
   *
   * @default false
   */
  readonly immutableTags?: boolean;
}

/**
 * A private registry for container images: no admin user, no anonymous pull, everybody known to Entra ID.
 *
 * Defines a container registry. In dev and staging it is of the Standard tier (about 20 USD a month), answers on the internet to those who
 * were granted something, and a task of its own deletes all but the newest images every week. In prod it is of the Premium tier
 * (about 50 USD a month), redundant over zones, reached through a private endpoint only; untagged images go by its retention policy, tagged
 * ones stay; images are built on an agent pool
 * (https://learn.microsoft.com/azure/container-registry/tasks-agent-pools) in the network, which has no machines, and costs nothing, between builds.
 *
 * Scanning is done by Microsoft Defender for Containers, which is switched on for a whole subscription.
 *
 * @example
 * const registry = new azure.ImageRegistry(this, 'Registry', { resourceGroup: group });
 * registry.grants.pull('Puller', identity);
 *
 * @see https://learn.microsoft.com/azure/container-registry/container-registry-skus
 */
export class ImageRegistry extends Construct implements IImageRegistry {
  /** A registry that exists already; nothing is created for it. */
  public static fromImageRegistryAttributes(scope: Construct, id: string, attributes: ImageRegistryAttributes): IImageRegistry {
    return new ImportedImageRegistry(scope, id, attributes);
  }

  public readonly registryId: string;
  public readonly registryName: string;
  public readonly loginServer: string;
  public readonly buildAgentPoolName?: string;
  public readonly immutableTags?: boolean;
  public readonly grants: ImageRegistryGrants;

  public constructor(scope: Construct, id: string, props: ImageRegistryProps) {
    super(scope, id);
    const checks = checksFor(this, 'azure.ImageRegistry');
    checks.require(
      props.network !== undefined || props.publicNetworkAccess !== false,
      'missing',
      'network',
      undefined,
      'nobody could reach the registry',
      'write network:, or leave publicNetworkAccess out',
    );
    checks.within('imagesKept', props.imagesKept, 1, 10_000, 'this library');
    const cached = checkCache(checks, props.pullThrough ?? [], props.dockerHub);
    checks.done();
    const policy = policyOf(props.environment);
    const open = props.publicNetworkAccess ?? !(policy.deletionProtection && props.network);
    const premium = policy.multiZone || !open;
    this.immutableTags = props.immutableTags ?? false;
    this.registryName = globalName(this, props.resourceGroup, 50);
    this.loginServer = `${this.registryName}.azurecr.io`;
    const registry = new ContainerRegistry(this, 'Resource', {
      name: this.registryName,
      resourceGroupName: props.resourceGroup.resourceGroupName,
      location: props.resourceGroup.location,
      sku: premium ? 'Premium' : 'Standard',
      adminEnabled: false,
      anonymousPullEnabled: false,
      publicNetworkAccessEnabled: open,
      networkRuleBypassOption: 'AzureServices',
      zoneRedundancyEnabled: premium && policy.multiZone,
      dataEndpointEnabled: premium && !open,
      exportPolicyEnabled: open,
      retentionPolicyInDays: premium ? policy.noncurrentVersionDays : undefined,
      lifecycle: policy.retainData ? { preventDestroy: true } : undefined,
    });
    this.registryId = registry.id;
    acknowledge(this, {
      'registry-quarantine': 'It is in preview, and takes a scanner that releases each image.',
      'registry-regions': 'The platform is in one region; in another, its images are built again from their commits.',
      ...(open
        ? {
            'registry-public-network':
              'publicNetworkAccess: callers that Entra ID knows, and that were granted something, reach it from the internet.',
            'registry-data-endpoints': 'No firewall stands before it: it answers on the internet.',
          }
        : {}),
      ...(premium ? {} : { 'registry-retention': 'The tier has no such policy; a task deletes old images every week.' }),
      ...(premium && policy.multiZone ? {} : { 'registry-zones': 'What survives the loss of a data centre is paid for in prod only.' }),
    });
    cacheRules(this, registry.id, cached);
    if (open) this.purge(props.imagesKept ?? policy.imagesKept, policy.noncurrentVersionDays);
    else this.buildAgentPoolName = this.enclose(props.resourceGroup, props.network!);
    this.grants = new Grants(this);
    const became = `container registry (${premium ? 'Premium' : 'Standard'}${open ? '' : ', private endpoint'})`;
    parity.approximated(this, 'azure', '', became, SUPPORT.registry.reason!);
    if (this.immutableTags)
      parity.approximated(this, 'azure', 'immutableTags', SUPPORT['registry.immutableTags'].by, SUPPORT['registry.immutableTags'].reason!);
    if (props.imagesKept !== undefined && (!open || this.immutableTags))
      parity.approximated(this, 'azure', 'imagesKept', 'tagged images stay', open ? LOCKED : ENCLOSED);
    if (cached.registries.length) parity.mapped(this, 'azure', 'pullThrough', `cache rules for ${cached.registries.join(', ')}`);
    new TerraformOutput(this, 'LoginCommand', {
      description: 'Lets docker push to and pull from the registry, as whoever az knows you to be',
      value: `az acr login --name ${this.registryName}`,
    });
  }

  /** Deletes all but the newest images of each repository, once they are old enough that no deployment goes back to them. */
  private purge(keep: number, days: number): void {
    const task = `version: v1.1.0\nsteps:\n  - cmd: acr purge --filter '.*:.*' --untagged --ago ${days}d --keep ${keep}\n    disableWorkingDirectoryOverride: true\n    timeout: 3600\n`;
    new ContainerRegistryTask(this, 'Purge', {
      name: 'purge',
      containerRegistryId: this.registryId,
      platform: { os: 'Linux' },
      encodedStep: { taskContent: Buffer.from(task).toString('base64') },
      timerTrigger: [{ name: 'weekly', schedule: '0 2 * * 0' }],
    });
  }

  private enclose(resourceGroup: IResourceGroup, network: INetwork): string {
    const endpoint = privateEndpoint(this, 'Endpoint', {
      resourceGroup,
      network,
      resourceId: this.registryId,
      subresource: 'registry',
      zones: ['privatelink.azurecr.io'],
    });
    const pool = new ContainerRegistryAgentPool(this, 'BuildPool', {
      name: 'build',
      containerRegistryName: this.registryName,
      resourceGroupName: resourceGroup.resourceGroupName,
      location: resourceGroup.location,
      tier: 'S2',
      instanceCount: 0,
      virtualNetworkSubnetId: network.trainingSubnetId,
      dependsOn: [endpoint, ...readyNetwork(network)],
      // Whoever builds starts a machine and stops it again.
      lifecycle: { ignoreChanges: ['instance_count'] },
    });
    return pool.nameInput!;
  }
}

const LOCKED = 'a tag that is locked is not deleted';
const ENCLOSED =
  'the task that deletes old images runs on machines that Azure shares, which a registry in the network only does not let in';

class ImportedImageRegistry extends Construct implements IImageRegistry {
  public readonly registryId: string;
  public readonly registryName: string;
  public readonly loginServer: string;
  public readonly buildAgentPoolName?: string;
  public readonly immutableTags?: boolean;
  public readonly grants: ImageRegistryGrants;

  public constructor(scope: Construct, id: string, attributes: ImageRegistryAttributes) {
    super(scope, id);
    const checks = checksFor(this, 'azure.ImageRegistry');
    const registry = parseResourceId(checks, 'registryId', attributes.registryId, 'Microsoft.ContainerRegistry/registries');
    checks.done();
    this.registryId = registry.id;
    this.registryName = registry.name;
    this.loginServer = `${registry.name}.azurecr.io`;
    this.buildAgentPoolName = attributes.buildAgentPoolName;
    this.immutableTags = attributes.immutableTags;
    this.grants = new Grants(this);
  }
}

class Grants extends ImageRegistryGrants {
  public constructor(private readonly registry: IImageRegistry & Construct) {
    super();
  }

  public pull(id: string, grantee: IPrincipal): void {
    assignRole(this.registry, id, 'AcrPull', this.registry.registryId, grantee);
  }

  public push(id: string, grantee: IPrincipal): void {
    assignRole(this.registry, id, 'AcrPush', this.registry.registryId, grantee);
  }
}
