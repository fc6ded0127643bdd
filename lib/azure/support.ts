import { approximated, mapped, refused, SupportColumn } from '../core/support';

/** What Azure does about each row of the support table; parity reports and refusals quote the reasons. */
export const SUPPORT: SupportColumn = {
  network: mapped('virtual network with subnets for private endpoints, App Service and training; NAT gateway; private DNS zones'),
  'network.existing': mapped('MlNetwork.fromNetworkAttributes'),
  storage: mapped('storage account with a blob container, private endpoint, versions, no keys'),
  'storage.existing': mapped('ArtifactStore.fromArtifactStoreAttributes'),
  registry: approximated(
    'container registry',
    'images are scanned by Microsoft Defender for Containers, which is switched on for a whole subscription and not for one registry',
  ),
  'registry.existing': mapped('ImageRegistry.fromImageRegistryAttributes'),
  'logs.existing': mapped('LogWorkspace.fromLogWorkspaceAttributes'),
  'image.directory': mapped('ACR Tasks, started by terraform apply where az is installed'),
  training: mapped('Azure ML workspace with compute clusters'),
  'training.accelerator': approximated(
    'virtual machine sizes of the NC, ND and NV families',
    'Microsoft publishes no current list of the sizes that Azure ML clusters take: T4 and A100_40GB are documented, of the others ask az ml compute list-sizes',
  ),
  'training.minNodes': mapped('smallest number of nodes of the first compute cluster'),
  'training.capacity.spot': mapped('compute cluster of priority LowPriority'),
  'training.capacity.on-demand': mapped('compute cluster of priority Dedicated'),
  'training.capacity.reservation': refused('Azure ML compute clusters cannot draw on a capacity reservation'),
  'training.capacity.flex-start': refused('Azure ML has no flex-start capacity'),
  'training.nodesPerJob': mapped('instances of a job with PyTorch distribution, over InfiniBand where the machine has it'),
  'training.maxDuration': mapped('timeout of the job'),
  'training.retries': approximated(
    'Azure ML queues a job again when its low-priority machine is taken',
    'Azure ML does so as often as it happens and offers no number; it never tries a failed program again',
  ),
  'training.schedule': mapped('Logic App that submits the job'),
  inference: mapped('App Service web app for containers'),
  'inference.cpu': approximated(
    'size of the App Service plan',
    'a plan comes in sizes; the smallest one that has both processors and memory is taken',
  ),
  'inference.timeout': approximated(
    'the front end of App Service',
    'App Service ends a request after 230 seconds, and no shorter limit can be set; the server in the container may have one',
  ),
  'inference.scaling.min': approximated(
    'always on, on one instance at least',
    'the machines of an App Service plan are rented whether requests come or not; prod has two, in several zones',
  ),
  'inference.scaling.max': mapped('autoscale of the plan on CPU and waiting requests, up to 30 instances'),
  'inference.scaling.concurrency': approximated(
    'autoscale on waiting requests',
    'App Service passes every request on to the container at once; as many waiting requests as this add an instance',
  ),
  'inference.access.private': mapped('private endpoint, no public network access'),
  'inference.access.authenticated': mapped('App Service authentication with an app registration of Entra ID (targets.azure.entraClientId)'),
  'inference.access.public': mapped('public network access'),
  'inference.rollout.canary': approximated(
    'a staging slot that the pipeline gives a share of the traffic, watches and swaps',
    'azurerm cannot route traffic to a slot, so a canary needs a pipeline that deploys the service',
  ),
  'inference.rollout.blue-green': approximated(
    'a staging slot that the pipeline tries and swaps',
    'a slot that Terraform swaps cannot be swapped again, so a swap needs a pipeline that deploys the service',
  ),
  'inference.imageOwner.pipeline': mapped('a placeholder image; image changes are ignored'),
  'inference.accelerator': refused('App Service has no GPUs'),
  pipelines: mapped('Azure Pipelines, by a file that Terraform renders; images are built by ACR Tasks'),
  'pipelines.approval': mapped('manual validation before the deploy stage'),
  'pipelines.provider.github': mapped('Azure Pipelines with a GitHub service connection'),
  'pipelines.provider.gitlab': refused('Azure Pipelines reads pipeline files from GitHub, Bitbucket and Azure Repos only'),
  'pipelines.provider.bitbucket': approximated(
    'Azure Pipelines with a Bitbucket service connection',
    'ACR Tasks takes commits from GitHub and Azure Repos only, so a new base image rebuilds nothing by itself',
  ),
  'pipelines.provider.azure-repos': mapped('Azure Pipelines with Azure Repos; the owner is written organization/project'),
  monitoring: mapped('Azure Monitor workbook, query and metric alerts, action groups'),
  'monitoring.slo': approximated('query alerts on how fast the error budgets go', 'Azure has no resource for a service level objective'),
  'storage.expiry': mapped('lifecycle policy by folder'),
  'storage.shared.posix': mapped('Azure Files over NFS 4.1, premium'),
  'storage.shared.parallel': mapped('Azure Managed Lustre'),
  'storage.shared.backups': refused('provisional'),
  'registry.immutableTags': refused('provisional'),
  'registry.pullThrough': mapped('cache rules of the container registry'),
  secrets: mapped('Key Vault'),
  'training.mounts.posix': refused('provisional'),
  'training.mounts.parallel': refused('provisional'),
  'training.secrets': mapped('read from Key Vault when the job starts'),
  'inference.mounts.posix': refused('provisional'),
  'inference.mounts.parallel': refused('provisional'),
  'inference.secrets': mapped('Key Vault references of App Service'),
  'inference.model': mapped('ML_MODEL_URI, and permission to read from the tracking server'),
  tracking: mapped('MLflow on Container Apps with Entra ID at the front, PostgreSQL flexible server'),
  'tracking.managed': mapped('MLflow endpoint of the Azure ML workspace'),
  'tracking.database': mapped('zone-redundant standby, backups'),
  'tracking.existing': mapped('any MLflow server'),
  'tracking.database.existing': mapped('any PostgreSQL flexible server with Entra ID'),
  models: mapped('registry of the tracking server'),
  'models.approval': mapped('only granted identities approve'),
  'models.events': mapped('Event Grid topic'),
  features: approximated('Azure ML feature store', 'provisional'),
  'features.online': refused('provisional'),
  state: mapped('a container in a storage account, with locking, by Entra ID'),
};

/** Why a job does not go along the capacity chain by itself. */
export const CAPACITY_REASON =
  'a job of Azure ML names one compute cluster; scheduled jobs are moved to the next link when no machine comes within half an hour, jobs that are submitted by hand wait in the first link unless the command names another';

/** Why machines without InfiniBand are only nearly what was asked for. */
export const FABRIC_REASON = 'no machine of this kind and number of GPUs has InfiniBand; machines talk over Ethernet';
