import { MachineLearningComputeCluster } from '@cdktf/provider-azurerm/lib/machine-learning-compute-cluster';
import { MachineLearningDatastoreBlobstorage } from '@cdktf/provider-azurerm/lib/machine-learning-datastore-blobstorage';
import { UserAssignedIdentity } from '@cdktf/provider-azurerm/lib/user-assigned-identity';
import { ITerraformDependable, TerraformOutput } from 'cdktf';
import { Construct } from 'constructs';
import { Capacity, Duration } from '../../core';
import { Machine } from '../../core/catalogue';
import { parity } from '../../core/parity';
import { ARTIFACT_PREFIXES } from '../../core/storage';
import { RENDEZVOUS_PORT, TRAINING_ENV } from '../../core/training';
import { granted, readyNetwork, resourcesOf } from '../private/dependencies';
import { imageConfig } from '../private/dockerfile';
import { literal } from '../../core/terraform-text';
import { imageReference } from '../private/image';
import { kebab } from '../../core/naming';
import { grantId, localName } from '../private/name';
import { EventQueue } from '../private/event-queue';
import { Recurrence, recurrence } from '../private/recurrence';
import { checksFor } from '../private/root';
import { readSecrets } from '../private/secret-env';
import { jobEnvironment, tracksElsewhere } from '../private/tracking-client';
import { IPrincipal, IResourceGroup } from '../resource-group';
import { ArtifactStore, IArtifactStore } from '../storage';
import { CAPACITY_REASON, FABRIC_REASON, SUPPORT } from '../support';
import { ModelEventTarget } from '../tracking';
import { GpuTrainingClusterGrants, IGpuTrainingCluster } from './cluster-types';
import { checkTraining } from './checks';
import { GpuTrainingClusterProps } from './cluster-props';
import { Job, Mount, renderJob } from './job';
import { Launcher } from './launcher';
import { ITrainingWorkspace, TrainingWorkspace } from './workspace';

/** Accelerators whose sizes Microsoft's table of Azure ML compute names. The table is old: the others may be offered. */
const LISTED: ReadonlySet<string> = new Set(['T4', 'A100_40GB']);

const LINK: { readonly [c in Capacity]?: string } = { [Capacity.SPOT]: 'Spot', [Capacity.ON_DEMAND]: 'OnDemand' };
const PRIORITY: { readonly [c in Capacity]?: string } = { [Capacity.SPOT]: 'LowPriority', [Capacity.ON_DEMAND]: 'Dedicated' };

/**
 * GPU machines that train models in containers: none when idle, started for a job, gone two minutes after it.
 *
 * Defines one Azure ML compute cluster for each link of the capacity chain (spot is the priority LowPriority, on-demand is Dedicated), a
 * user-assigned identity that reads and writes the artifact store and pulls the image, and the specification of a job, which is a file beside
 * the stack that `az ml job create` takes
 * (https://learn.microsoft.com/azure/machine-learning/reference-yaml-job-command). With a schedule also a Logic App that submits the job, and moves it to the next link when no machine
 * comes within half an hour. Without a workspace to share, and a store to use, it makes its own.
 *
 * Machines have no public address, no SSH and no local accounts. Jobs see the URIs of the store in `ML_DATA_URI`, `ML_CHECKPOINT_URI` and
 * `ML_OUTPUT_URI`, as `abfss://...` that `adlfs` opens with the identity of the machine, or as folders if `mountArtifacts` is set.
 * Azure ML runs its command in a folder of its own, whatever the image's `WORKDIR` is: for an image that is built from a directory this
 * construct reads `WORKDIR`, `ENTRYPOINT` and `CMD` in the Dockerfile, for another one say `command` and `workingDirectory`.
 *
 * A job on a low-priority machine that is taken starts again by itself, and continues from its checkpoint if the program does so.
 * Quota for GPUs is nothing in a new subscription: an output has the command that shows it.
 *
 * @example
 * const cluster = new azure.GpuTrainingCluster(this, 'Trainer', {
 *   resourceGroup: group,
 *   network,
 *   image: ContainerImage.fromReference('ghcr.io/acme/train:1.0'),
 *   command: ['python', 'train.py'],
 *   accelerator: Accelerator.A100_80GB,
 *   maxNodes: 4,
 * });
 * cluster.grants.submit('DataScientists', { principalId: '00000000-0000-0000-0000-000000000000', principalType: 'Group' });
 *
 * @see https://learn.microsoft.com/azure/machine-learning/how-to-manage-quotas
 */
export class GpuTrainingCluster extends Construct implements IGpuTrainingCluster {
  public readonly submitCommand: string;
  public readonly checkpointUri: string;
  public readonly workspaceId: string;
  public readonly workspaceName: string;
  public readonly experimentName: string;
  public readonly computeNames: string[];
  public readonly grants: GpuTrainingClusterGrants;
  /** Identity of the machines; grant it what programs need beside the artifact store. */
  public readonly identity: IPrincipal;

  private readonly launch: (id: string, starts: Recurrence | EventQueue) => void;
  private readonly resourceGroup: IResourceGroup;
  private events: EventQueue | undefined;

  public constructor(scope: Construct, id: string, props: GpuTrainingClusterProps) {
    super(scope, id);
    const checks = checksFor(this, 'azure.GpuTrainingCluster');
    const { machine, capacity, command } = checkTraining(checks, props);
    const starts = props.schedule && checks.collect(() => recurrence(props.schedule!));
    checks.done();
    const { resourceGroup, network, environment, registry, logWorkspace } = props;
    this.resourceGroup = resourceGroup;
    const artifacts = props.artifacts ?? new ArtifactStore(this, 'Artifacts', { resourceGroup, network, environment });
    const workspace =
      props.workspace ?? new TrainingWorkspace(this, 'Workspace', { resourceGroup, network, environment, registry, logWorkspace });
    this.workspaceId = workspace.workspaceId;
    this.workspaceName = workspace.workspaceName;
    this.experimentName = kebab(id) || 'training';
    this.checkpointUri = artifacts.uri(this.folder(ARTIFACT_PREFIXES.checkpoints));

    const identity = new UserAssignedIdentity(this, 'Identity', {
      name: localName(this),
      resourceGroupName: resourceGroup.resourceGroupName,
      location: resourceGroup.location,
    });
    this.identity = { principalId: identity.principalId, principalType: 'ServicePrincipal' };
    const who = grantId(this, 'Trainer');
    // Not the whole store: the tracking server's own folder is the server's, and so are approved models.
    artifacts.grants.read(grantId(this, 'TrainerData'), this.identity, ARTIFACT_PREFIXES.data);
    for (const folder of [ARTIFACT_PREFIXES.checkpoints, ARTIFACT_PREFIXES.models])
      artifacts.grants.write(who, this.identity, this.folder(folder));
    registry?.grants.pull(who, this.identity);
    workspace.grants.compute(who, this.identity);
    props.tracking?.grants.use(who, this.identity);
    const secrets = readSecrets(this, props.secrets, this.identity);

    const dependsOn = [
      // A machine without a public address finds Azure ML through the workspace's private endpoint.
      ...resourcesOf(workspace, 'azurerm_private_endpoint'),
      ...readyNetwork(network),
      ...[artifacts, registry, workspace].flatMap((on) => granted(on, who)),
      ...secrets,
      ...Object.values(props.mounts ?? {}).flatMap((fileSystem) => resourcesOf(fileSystem, 'azurerm_private_endpoint')),
    ];
    const clusters = capacity.map((link, i) => this.cluster(link, i, machine, identity, workspace, dependsOn, props));
    this.node.defaultChild = clusters[0];
    this.computeNames = clusters.map((c) => c.nameInput!);
    const image = imageReference(this, 'Image', props.image, registry);
    const job: Job = {
      experiment: this.experimentName,
      image: image.reference,
      command,
      workingDirectory: props.workingDirectory ?? (props.image.directory && imageConfig(props.image.directory).workingDirectory),
      env: this.environment(props, machine, artifacts),
      tracksElsewhere: tracksElsewhere(props.tracking, workspace.workspaceId),
      fileSystems: props.mounts ?? {},
      secrets: Object.fromEntries(Object.entries(props.secrets ?? {}).map(([variable, { secretUri }]) => [variable, secretUri])),
      mounts: props.mountArtifacts ? this.mounts(artifacts, workspace) : [],
      instances: props.nodesPerJob ?? 1,
      sharedMemory: `${Math.floor(props.sharedMemory?.toGibibytes() ?? machine.ramGib / 2)}g`,
      timeout: props.maxDuration ?? Duration.hours(24),
    };
    const rendered = renderJob(this, 'Job', job, this.computeNames[0]);
    const submit = [
      `az ml job create --resource-group ${workspace.workspaceResourceGroupName} --workspace-name ${this.workspaceName}`,
      `--file ${rendered.file}`,
      ...rendered.settings,
    ].join(' ');
    this.submitCommand = literal(submit);
    capacity.forEach((link, i) => {
      const first = i === 0;
      new TerraformOutput(this, first ? 'SubmitCommand' : `Submit${LINK[link]}Command`, {
        description: `Starts a job on ${link} machines; run it in this folder`,
        value: first ? this.submitCommand : `${this.submitCommand} --set compute=azureml:${this.computeNames[i]}`,
      });
    });
    this.launch = (launcher, when) =>
      void new Launcher(this, launcher, {
        resourceGroup,
        workspace,
        job,
        starts: when,
        computeIds: clusters.map((c) => c.id),
        dependsOn: image.dependsOn,
      });
    if (starts) this.launch('Launcher', starts);
    this.grants = new Grants(this, workspace);
    this.report(props, machine, capacity);
  }

  /**
   * What starts a job for each event of a model, as `ModelRegistry.onApproved` takes it: a queue of Service Bus (Basic, without keys), and a
   * Logic App that looks into it every five minutes, for about a quarter of a dollar a month.
   */
  public modelEventTarget(): ModelEventTarget {
    if (!this.events) {
      this.events = new EventQueue(this, 'Events', this.resourceGroup);
      this.launch('EventLauncher', this.events);
    }
    return this.events.target;
  }

  private cluster(
    link: Capacity,
    index: number,
    machine: Machine,
    identity: UserAssignedIdentity,
    workspace: ITrainingWorkspace,
    dependsOn: ITerraformDependable[],
    props: GpuTrainingClusterProps,
  ): MachineLearningComputeCluster {
    const holder = new Construct(this, LINK[link]!);
    return new MachineLearningComputeCluster(holder, 'Resource', {
      name: clusterName(holder, this.experimentName, link),
      machineLearningWorkspaceId: workspace.workspaceId,
      location: props.resourceGroup.location,
      vmSize: machine.type,
      vmPriority: PRIORITY[link]!,
      scaleSettings: {
        // Machines that are kept belong to the link that jobs try first.
        minNodeCount: index === 0 ? (props.minNodes ?? 0) : 0,
        maxNodeCount: props.maxNodes ?? 1,
        scaleDownNodesAfterIdleDuration: (props.idleBeforeScaleDown ?? Duration.minutes(2)).toIso(),
      },
      subnetResourceId: props.network.trainingSubnetId,
      nodePublicIpEnabled: false,
      sshPublicAccessEnabled: false,
      localAuthEnabled: false,
      identity: { type: 'UserAssigned', identityIds: [identity.id] },
      dependsOn,
    });
  }

  private folder(prefix: string): string {
    return `${prefix}/${this.experimentName}`;
  }

  private environment(props: GpuTrainingClusterProps, machine: Machine, artifacts: IArtifactStore): { [name: string]: string } {
    const nodes = props.nodesPerJob ?? 1;
    return {
      ...props.env,
      ...jobEnvironment(props.tracking, this.workspaceId, props.modelName),
      ...(props.mountArtifacts
        ? {}
        : {
            [TRAINING_ENV.DATA]: artifacts.uri(ARTIFACT_PREFIXES.data),
            [TRAINING_ENV.CHECKPOINT]: this.checkpointUri,
            [TRAINING_ENV.OUTPUT]: artifacts.uri(this.folder(ARTIFACT_PREFIXES.models)),
          }),
      // Lets adlfs use the machine's identity, and not try to read anonymously.
      AZURE_STORAGE_ANON: 'false',
      NNODES: String(nodes),
      NPROC_PER_NODE: String(machine.gpus),
      // Of several machines Azure ML says who is the first, and which one this is.
      ...(nodes > 1 ? {} : { MASTER_ADDR: '127.0.0.1', MASTER_PORT: String(RENDEZVOUS_PORT), NODE_RANK: '0' }),
    };
  }

  private mounts(artifacts: IArtifactStore, workspace: ITrainingWorkspace): Mount[] {
    const holder = new Construct(this, 'Datastore');
    const name = localName(holder, 60).replace(/-/g, '_');
    // Without credentials of its own: machines use their identity.
    new MachineLearningDatastoreBlobstorage(holder, 'Resource', {
      name,
      workspaceId: workspace.workspaceId,
      storageContainerId: artifacts.containerId,
      serviceDataAuthIdentity: 'None',
    });
    const mount = (variable: string, folder: string, name_: string, writable: boolean): Mount => ({
      variable,
      name: name_,
      uri: `azureml://datastores/${name}/paths/${folder}`,
      writable,
    });
    return [
      mount(TRAINING_ENV.DATA, ARTIFACT_PREFIXES.data, 'data', false),
      mount(TRAINING_ENV.CHECKPOINT, this.folder(ARTIFACT_PREFIXES.checkpoints), 'checkpoints', true),
      mount(TRAINING_ENV.OUTPUT, this.folder(ARTIFACT_PREFIXES.models), 'models', true),
    ];
  }

  private report(props: GpuTrainingClusterProps, machine: Machine, capacity: readonly Capacity[]): void {
    const nodes = props.nodesPerJob ?? 1;
    const gpus = `${machine.gpus} ${machine.accelerator}`;
    parity.mapped(this, 'azure', '', `Azure ML compute clusters of ${machine.type} (${gpus})`);
    if (LISTED.has(machine.accelerator)) parity.mapped(this, 'azure', 'accelerator', `${machine.type} with ${gpus}`);
    else parity.approximated(this, 'azure', 'accelerator', `${machine.type} with ${gpus}`, SUPPORT['training.accelerator'].reason!);
    const chain = capacity.map((c) => PRIORITY[c]).join(', then ');
    if (capacity.length > 1) parity.approximated(this, 'azure', 'capacity', chain, CAPACITY_REASON);
    else parity.mapped(this, 'azure', 'capacity', chain);
    if (capacity.includes(Capacity.SPOT))
      parity.approximated(this, 'azure', 'retries', SUPPORT['training.retries'].by, SUPPORT['training.retries'].reason!);
    if (nodes > 1 && machine.rdma) parity.mapped(this, 'azure', 'nodesPerJob', `${nodes} machines with InfiniBand, PyTorch distribution`);
    if (nodes > 1 && !machine.rdma)
      parity.approximated(this, 'azure', 'nodesPerJob', `${nodes} machines, PyTorch distribution`, FABRIC_REASON);
    if (props.mounts)
      parity.approximated(this, 'azure', 'mounts', SUPPORT['training.mounts.posix'].by, SUPPORT['training.mounts.posix'].reason!);
    if (props.secrets) parity.mapped(this, 'azure', 'secrets', SUPPORT['training.secrets'].by);
    if (props.schedule) parity.mapped(this, 'azure', 'schedule', SUPPORT['training.schedule'].by);
  }
}

class Grants extends GpuTrainingClusterGrants {
  public constructor(
    private readonly cluster: Construct,
    private readonly workspace: ITrainingWorkspace,
  ) {
    super();
  }

  public submit(id: string, grantee: IPrincipal): void {
    this.workspace.grants.submit(grantId(this.cluster, id), grantee);
  }
}

/** Azure takes 2 to 32 letters, digits and dashes, a letter first. */
function clusterName(scope: Construct, experiment: string, link: Capacity): string {
  const suffix = link === Capacity.SPOT ? 'spot' : 'ondemand';
  const hashed = localName(scope, 32);
  const hash = hashed.slice(hashed.lastIndexOf('-') + 1);
  const start = experiment.replace(/^[^a-z]+/, '').slice(0, 32 - suffix.length - hash.length - 2);
  return [start.replace(/-$/, ''), suffix, hash].filter(Boolean).join('-');
}
