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
  'storage.shared.posix': mapped('Azure Files over NFS 4.1, premium, with a private endpoint'),
  'storage.shared.parallel': mapped('Azure Managed Lustre'),
  'storage.shared.backups': approximated(
    'a snapshot of the share each day, by a Logic App',
    'Azure Backup does not take shares of NFS, so snapshots stay in the same account; Managed Lustre has none',
  ),
  'registry.immutableTags': approximated(
    'a lock on the tag of each image that terraform apply builds',
    'ACR has a lock for each tag and no switch for the registry; whoever else pushes has to lock what they push',
  ),
  'registry.pullThrough': mapped('cache rules of the container registry; for docker.io an ImageRegistry with dockerHub credentials'),
  secrets: mapped('a name in a key vault with a private endpoint; the secret is there once its value was put'),
  'training.mounts.posix': approximated(
    'the job mounts it over NFS before the program starts',
    'Azure ML mounts no file system of NFS; the job does, as root, with the NFS client of the image and the capability SYS_ADMIN',
  ),
  'training.mounts.parallel': refused(
    'machines of an Azure ML compute cluster lack the Lustre client, a module of the kernel that a container cannot bring along',
  ),
  'training.secrets': mapped("read from the key vault by the machine's identity when the job starts, with the Python 3 of the image"),
  'inference.mounts.posix': mapped('storage mount of App Service over NFS, through the network'),
  'inference.mounts.parallel': refused('App Service mounts Azure Files and blobs only, no Lustre'),
  'inference.secrets': mapped('Key Vault references of App Service'),
  'inference.model': mapped('ML_MODEL_URI, and permission to read from the tracking server'),
  tracking: mapped('MLflow on Container Apps with Entra ID at the front (targets.azure.entraClientId), PostgreSQL flexible server'),
  'tracking.managed': approximated(
    'MLflow endpoint of the Azure ML workspace',
    'the endpoint knows no logged models, which clients from MLflow 3 on ask for, and no aliases: programs need azureml-mlflow and an older MLflow, and versions of models have stages',
  ),
  'tracking.database': mapped('PostgreSQL flexible server with a standby in another zone and backups; no passwords'),
  'tracking.existing': mapped('ExperimentTracking.fromTrackingServerAttributes'),
  'tracking.database.existing': mapped('a PostgreSQL flexible server with Entra authentication that is reached from the network'),
  models: mapped('registry of the tracking server'),
  'models.approval': mapped('only identities that were granted it set the alias production; a self-hosted tracking server keeps to that'),
  'models.events': mapped('Event Grid topic of the tracking server'),
  features: approximated(
    'Azure ML feature store with the entity, and a feature set that the command of an output registers',
    'Azure ML reads the specification of a feature set from storage that answers in the network only, where Terraform cannot write it',
  ),
  'features.online': approximated(
    'Azure Cache for Redis as the online store',
    'Azure ML looks features up in an Azure Cache for Redis only, which Azure retires on 30 September 2028 and makes no more for tenants that had none before April 2026',
  ),
  state: mapped('a container in a storage account, with locking, by Entra ID'),
};

/** Why a job does not go along the capacity chain by itself. */
export const CAPACITY_REASON =
  'a job of Azure ML names one compute cluster; scheduled jobs are moved to the next link when no machine comes within half an hour, jobs that are submitted by hand wait in the first link unless the command names another';

/** Why machines without InfiniBand are only nearly what was asked for. */
export const FABRIC_REASON = 'no machine of this kind and number of GPUs has InfiniBand; machines talk over Ethernet';
