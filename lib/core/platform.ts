import { Environment } from './environment';
import { ImageOwner } from './image';
import { Access } from './inference';
import { PipelineStage, RepositoryProvider } from './pipeline';
import { RolloutStrategy } from './rollout';
import { Capacity } from './training';

/**
 * A machine-learning platform, declared once for up to three clouds.
 *
 * Plain data: the props of `MlPlatform` on each cloud, the shape of `ml-platform.yaml`, and, through the generated JSON Schema, its documentation.
 */
export interface MlPlatformProps {
  /**
   * Name of the platform in lower-case letters, digits and single dashes, such as `housing`; part of the stack's name and of physical names.
   * At most 24 characters: Azure allows no more in the names that are made of it. No default: it identifies the platform.
   *
   * @minLength 2
   * @maxLength 24
   * @pattern ^[a-z][a-z0-9]*(-[a-z0-9]+)*$
   */
  readonly name: string;
  /**
   * What the platform is for; chooses retention, deletion protection and redundancy.
   *
   * @default dev
   */
  readonly environment?: Environment;
  /** Which clouds it goes to, such as `{ aws: { region: eu-west-1 } }`. No default: nothing is created where nobody asked for it. */
  readonly targets: TargetsDeclaration;
  /**
   * Tags (labels on Google Cloud, there in lower case) on every resource that takes them.
   *
   * @default - only platform, environment and managed-by
   */
  readonly tags?: { readonly [name: string]: string };
  /**
   * Clusters that train models, by name.
   *
   * @default - none
   */
  readonly training?: { readonly [name: string]: TrainingDeclaration };
  /**
   * Services that answer predictions, by name.
   *
   * @default - none
   */
  readonly inference?: { readonly [name: string]: InferenceDeclaration };
  /**
   * Pipelines from a Git commit to a running service, by name.
   *
   * @default - none
   */
  readonly pipelines?: { readonly [name: string]: PipelineDeclaration };
  /**
   * Dashboard, alarms and who is told.
   *
   * @default - a dashboard and alarms that notify nobody
   */
  readonly monitoring?: MonitoringDeclaration;
}

/**
 * The clouds of a platform; at least one.
 *
 * @minProperties 1
 */
export interface TargetsDeclaration {
  /**
   * Amazon Web Services, by CloudFormation.
   *
   * @default - not deployed there
   */
  readonly aws?: AwsTarget;
  /**
   * Microsoft Azure, by Terraform.
   *
   * @default - not deployed there
   */
  readonly azure?: AzureTarget;
  /**
   * Google Cloud, by Terraform.
   *
   * @default - not deployed there
   */
  readonly gcp?: GcpTarget;
}

/** Where on AWS. */
export interface AwsTarget {
  /**
   * Region, such as `eu-west-1`. No default: data must not land where nobody chose.
   *
   * @pattern ^[a-z]{2}(-[a-z]+)+-\d$
   */
  readonly region: string;
  /**
   * Account number of 12 digits, such as `"123456789012"`, in quotes.
   *
   * @default - the account of the credentials that deploy
   * @pattern ^\d{12}$
   */
  readonly account?: string;
  /**
   * What you own already and the platform shall use.
   *
   * @default - the platform makes its own
   */
  readonly existing?: AwsExisting;
}

/** Resources on AWS that exist already. */
export interface AwsExisting {
  /**
   * A VPC with private subnets that reach the internet or have endpoints.
   *
   * @default - a VPC of the platform's own
   */
  readonly network?: AwsExistingNetwork;
  /**
   * Name of the bucket for data, checkpoints and models.
   *
   * @default - a bucket of the platform's own
   */
  readonly artifactBucket?: string;
  /**
   * Name of the ECR repository that images are pushed to.
   *
   * @default - a repository of the platform's own
   */
  readonly imageRepository?: string;
}

/** A VPC that exists already. */
export interface AwsExistingNetwork {
  /**
   * Id of the VPC, such as `vpc-0a1b2c3d`. No default: it names what you own.
   *
   * @pattern ^vpc-[0-9a-f]+$
   */
  readonly vpcId: string;
  /** Zones of the private subnets, in the order of `privateSubnetIds`. No default: synthesis asks no cloud. */
  readonly availabilityZones: string[];
  /** Private subnets, one for each zone. No default: synthesis asks no cloud. */
  readonly privateSubnetIds: string[];
}

/** Where on Azure. */
export interface AzureTarget {
  /**
   * Location, such as `westeurope`. No default: data must not land where nobody chose.
   *
   * @pattern ^[a-z]+[a-z0-9]*$
   */
  readonly location: string;
  /**
   * Subscription, such as `00000000-0000-0000-0000-000000000000`. No default: the provider demands it, and global names are derived from it.
   *
   * @pattern ^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$
   */
  readonly subscriptionId: string;
  /**
   * Where Terraform keeps its state: a container in a storage account.
   *
   * @default - a local file, which suits one person only
   */
  readonly state?: AzureState;
  /**
   * Client id of an app registration in Entra ID, such as `00000000-0000-0000-0000-000000000000`.
   * Services with `access: authenticated` accept its tokens.
   *
   * @default - none; required if a service is authenticated on Azure
   * @pattern ^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$
   */
  readonly entraClientId?: string;
  /**
   * The Azure DevOps project that pipelines run in; Terraform then makes the pipeline and its connection to Azure.
   *
   * @default - pipelines are set up by the commands that Terraform prints
   */
  readonly devOps?: AzureDevOpsDeclaration;
  /**
   * What you own already and the platform shall use.
   *
   * @default - the platform makes its own
   */
  readonly existing?: AzureExisting;
}

/** A project in Azure DevOps. */
export interface AzureDevOpsDeclaration {
  /**
   * Name of the organization, such as `acme` of `https://dev.azure.com/acme`. No default: it names what you own.
   *
   * @pattern ^[A-Za-z0-9][A-Za-z0-9-]*$
   */
  readonly organization: string;
  /**
   * Name of the project. No default: it names what you own.
   *
   * @minLength 1
   */
  readonly project: string;
  /**
   * Id of the service connection by which Azure Pipelines reads GitHub or Bitbucket, such as `00000000-0000-0000-0000-000000000000`.
   *
   * @default - none; required unless the repository is on Azure Repos
   * @pattern ^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$
   */
  readonly repositoryConnectionId?: string;
}

/** Terraform state in an Azure storage account. */
export interface AzureState {
  /** Resource group of the storage account. No default: it names what you own. */
  readonly resourceGroup: string;
  /** Name of the storage account. No default: it names what you own. */
  readonly storageAccount: string;
  /**
   * Container in it.
   *
   * @default tfstate
   */
  readonly container?: string;
  /**
   * Name of the state's blob.
   *
   * @default - name and environment of the platform
   */
  readonly key?: string;
}

/** Resources on Azure that exist already. */
export interface AzureExisting {
  /**
   * Name of the resource group that everything is put into.
   *
   * @default - a group of the platform's own
   */
  readonly resourceGroup?: string;
  /**
   * A virtual network with one subnet for private endpoints and one delegated to App Service.
   *
   * @default - a network of the platform's own
   */
  readonly network?: AzureExistingNetwork;
  /**
   * Id of the storage account for data, checkpoints and models.
   *
   * @default - an account of the platform's own
   */
  readonly storageAccountId?: string;
  /**
   * Id of the container registry.
   *
   * @default - a registry of the platform's own
   */
  readonly containerRegistryId?: string;
  /**
   * Id of the Log Analytics workspace.
   *
   * @default - a workspace of the platform's own
   */
  readonly logWorkspaceId?: string;
}

/** A virtual network that exists already. */
export interface AzureExistingNetwork {
  /** Id of the virtual network. No default: it names what you own. */
  readonly virtualNetworkId: string;
  /** Id of the subnet for private endpoints. No default: it names what you own. */
  readonly privateEndpointSubnetId: string;
  /** Id of the subnet that is delegated to `Microsoft.Web/serverFarms`. No default: it names what you own. */
  readonly appServiceSubnetId: string;
  /** Id of the subnet for training machines. No default: it names what you own. */
  readonly trainingSubnetId: string;
}

/** Where on Google Cloud. */
export interface GcpTarget {
  /**
   * Project id, such as `acme-ml-dev`. No default: it decides who pays.
   *
   * @pattern ^[a-z][a-z0-9-]{4,28}[a-z0-9]$
   */
  readonly project: string;
  /**
   * Region, such as `europe-west4`. No default: data must not land where nobody chose.
   *
   * @pattern ^[a-z]+-[a-z]+[0-9]+$
   */
  readonly region: string;
  /**
   * Where Terraform keeps its state: a bucket.
   *
   * @default - a local file, which suits one person only
   */
  readonly state?: GcpState;
  /**
   * What you own already and the platform shall use.
   *
   * @default - the platform makes its own
   */
  readonly existing?: GcpExisting;
}

/** Terraform state in a Cloud Storage bucket. */
export interface GcpState {
  /** Name of the bucket. No default: it names what you own. */
  readonly bucket: string;
  /**
   * Folder in the bucket.
   *
   * @default - name and environment of the platform
   */
  readonly prefix?: string;
}

/** Resources on Google Cloud that exist already. */
export interface GcpExisting {
  /**
   * A VPC network with a subnetwork in the target's region.
   *
   * @default - a network of the platform's own
   */
  readonly network?: GcpExistingNetwork;
  /**
   * Name of the bucket for data, checkpoints and models.
   *
   * @default - a bucket of the platform's own
   */
  readonly artifactBucket?: string;
  /**
   * Id of the Artifact Registry repository for images, in the target's project and region.
   *
   * @default - a repository of the platform's own
   */
  readonly imageRepository?: string;
}

/** A VPC network that exists already. */
export interface GcpExistingNetwork {
  /** Self link or `projects/P/global/networks/N`. No default: it names what you own. */
  readonly network: string;
  /** Self link or `projects/P/regions/R/subnetworks/S`, with private Google access. No default: it names what you own. */
  readonly subnetwork: string;
}

/** A cluster that trains models; costs nothing when idle. */
export interface TrainingDeclaration {
  /** A directory with a Dockerfile (starts with `./`), or an image reference. No default: it is what trains. */
  readonly image: string;
  /**
   * What runs in the image, as a list of arguments.
   *
   * @default - the image's own command
   */
  readonly command?: string[];
  /** Which GPU, by name or by need, such as `{ memoryGib: 24 }`. No default: it decides the price. */
  readonly accelerator: AcceleratorDeclaration;
  /**
   * How many machines.
   *
   * @default - none when idle, one at most
   */
  readonly nodes?: NodesDeclaration;
  /**
   * Machines that work on one job together.
   *
   * @default 1
   * @minimum 1
   * @maximum 1000
   * @TJS-type integer
   */
  readonly nodesPerJob?: number;
  /**
   * Where machines come from, in the order they are tried.
   *
   * @default - spot, then on-demand; on-demand only if `nodesPerJob` is above 1
   * @minItems 1
   * @uniqueItems true
   */
  readonly capacity?: Capacity[];
  /**
   * The reservation that `capacity: [reservation]` uses, by cloud: `aws: cr-0123456789abcdef0`.
   *
   * @default - none
   */
  readonly reservations?: ReservationsDeclaration;
  /**
   * A job is stopped after this long, such as `12h`.
   *
   * @default 24h
   * @pattern ^\d+(\.\d+)?\s*(ms|s|m|h|d)$
   */
  readonly maxDuration?: string;
  /**
   * How often a job is tried again after its machine was lost.
   *
   * @default 3
   * @minimum 0
   * @maximum 9
   * @TJS-type integer
   */
  readonly retries?: number;
  /**
   * When a job starts by itself.
   *
   * @default - only when somebody submits one
   */
  readonly schedule?: ScheduleDeclaration;
  /**
   * Environment variables of the job.
   *
   * @default - none
   */
  readonly env?: { readonly [name: string]: string };
  /**
   * Clouds that get this cluster.
   *
   * @default - every target
   * @minItems 1
   */
  readonly on?: Cloud[];
}

/** A cloud, as the declaration names it. */
export enum Cloud {
  AWS = 'aws',
  AZURE = 'azure',
  GCP = 'gcp',
}

/** Which GPU: by need (`memoryGib`) or by name (`type`), not both. */
export interface AcceleratorDeclaration {
  /**
   * Least memory of one GPU in GiB; each cloud takes the smallest it has.
   *
   * @default - any
   * @minimum 1
   */
  readonly memoryGib?: number;
  /**
   * Name in the catalogue, such as `L4` or `A100_80GB`.
   *
   * @default - chosen by `memoryGib`
   */
  readonly type?: string;
  /**
   * GPUs per machine.
   *
   * @default 1
   * @minimum 1
   * @maximum 16
   * @TJS-type integer
   */
  readonly count?: number;
}

/** Reservations by cloud. */
export interface ReservationsDeclaration {
  /**
   * Id of an EC2 capacity reservation, such as `cr-0123456789abcdef0`.
   *
   * @default - none
   * @pattern ^cr-[0-9a-f]+$
   */
  readonly aws?: string;
  /**
   * A Compute Engine reservation: `projects/P/zones/Z/reservations/R`.
   *
   * @default - none
   */
  readonly gcp?: string;
}

/** How many machines. */
export interface NodesDeclaration {
  /**
   * Machines kept when nothing trains. They cost money.
   *
   * @default 0
   * @minimum 0
   * @TJS-type integer
   */
  readonly min?: number;
  /**
   * Most machines at once.
   *
   * @default 1
   * @minimum 1
   * @TJS-type integer
   */
  readonly max?: number;
}

/** When something runs by itself. */
export interface ScheduleDeclaration {
  /** Five fields: minute hour day month weekday, such as `0 3 * * 1`. No default: it is the schedule. */
  readonly cron: string;
  /**
   * IANA name of the time zone.
   *
   * @default UTC
   */
  readonly timeZone?: string;
}

/** A service that answers predictions. */
export interface InferenceDeclaration {
  /** A directory with a Dockerfile (starts with `./`), or an image reference. No default: it is what serves. */
  readonly image: string;
  /**
   * Who decides which version runs.
   *
   * @default - the pipeline if one deploys this service, else the stack
   */
  readonly imageOwner?: ImageOwner;
  /**
   * The port the container listens on; handed to it as `PORT`.
   *
   * @default 8080
   * @minimum 1
   * @maximum 65535
   * @TJS-type integer
   */
  readonly port?: number;
  /**
   * Path that answers 200 when the container is ready, such as `/health`.
   *
   * @default /health
   * @pattern ^/[\w./-]*$
   */
  readonly healthPath?: string;
  /**
   * Virtual processors of one instance.
   *
   * @default 1
   * @minimum 0.08
   */
  readonly cpu?: number;
  /**
   * Memory of one instance, such as `2GiB`.
   *
   * @default 2GiB
   * @pattern ^\d+(\.\d+)?\s*(MiB|GiB|TiB)$
   */
  readonly memory?: string;
  /**
   * The longest a request may take, such as `30s`.
   *
   * @default 30s
   * @pattern ^\d+(\.\d+)?\s*(ms|s|m|h|d)$
   */
  readonly timeout?: string;
  /**
   * Instances and requests per instance.
   *
   * @default - none when idle, 10 at most, 8 requests each
   */
  readonly scaling?: ScalingDeclaration;
  /**
   * Who can reach it: the platform's network, callers with the cloud's identity, or anybody.
   *
   * @default private
   */
  readonly access?: Access;
  /**
   * How traffic goes over to a new version.
   *
   * @default - all at once
   */
  readonly rollout?: RolloutDeclaration;
  /**
   * Environment variables of the container.
   *
   * @default - none
   */
  readonly env?: { readonly [name: string]: string };
  /**
   * A GPU for each instance.
   *
   * @default - none
   */
  readonly accelerator?: AcceleratorDeclaration;
  /**
   * Clouds that get this service.
   *
   * @default - every target
   * @minItems 1
   */
  readonly on?: Cloud[];
}

/** Instances and requests per instance. */
export interface ScalingDeclaration {
  /**
   * Instances kept when there is no traffic.
   *
   * @default 0
   * @minimum 0
   * @TJS-type integer
   */
  readonly min?: number;
  /**
   * Most instances at once.
   *
   * @default 10
   * @minimum 1
   * @TJS-type integer
   */
  readonly max?: number;
  /**
   * Requests that one instance handles at the same time.
   *
   * @default 8
   * @minimum 1
   * @TJS-type integer
   */
  readonly concurrency?: number;
}

/** How traffic goes over to a new version. */
export interface RolloutDeclaration {
  /**
   * Which way.
   *
   * @default all-at-once
   */
  readonly strategy?: RolloutStrategy;
  /**
   * Canary: share of the traffic in the first step, in per cent.
   *
   * @default 10
   */
  readonly percent?: number;
  /**
   * Canary: how long the first step lasts, such as `10m`.
   *
   * @default 10m
   * @pattern ^\d+(\.\d+)?\s*(ms|s|m|h|d)$
   */
  readonly interval?: string;
}

/** A pipeline from a Git commit to a running service. */
export interface PipelineDeclaration {
  /** What is built, such as `{ owner: acme, name: housing }`. No default: it is your repository. */
  readonly repository: RepositoryDeclaration;
  /**
   * What is done, in the order lint, test, build, deploy.
   *
   * @default - all four if `deploys` is given, else all but deploy
   * @minItems 1
   * @uniqueItems true
   */
  readonly stages?: PipelineStage[];
  /**
   * Name of the service under `inference` that it deploys.
   *
   * @default - none: builds and pushes only
   */
  readonly deploys?: string;
  /**
   * Somebody has to approve before the deployment.
   *
   * @default false
   */
  readonly approval?: boolean;
  /**
   * Folder of the repository in which the commands run.
   *
   * @default .
   */
  readonly directory?: string;
  /**
   * Folder that holds the Dockerfile, relative to `directory`.
   *
   * @default - the image directory of the service that it deploys, else the directory itself
   */
  readonly context?: string;
  /**
   * Shell commands of the stages.
   *
   * @default - make install and make lint, make install and make test
   */
  readonly commands?: CommandsDeclaration;
  /**
   * Clouds that get this pipeline.
   *
   * @default - every target
   * @minItems 1
   */
  readonly on?: Cloud[];
}

/** A Git repository. */
export interface RepositoryDeclaration {
  /**
   * Where it lives.
   *
   * @default github
   */
  readonly provider?: RepositoryProvider;
  /**
   * User or organisation. No default: it is your repository.
   *
   * @minLength 1
   */
  readonly owner: string;
  /**
   * Name of the repository. No default: it is your repository.
   *
   * @minLength 1
   */
  readonly name: string;
  /**
   * The branch whose commits are built.
   *
   * @default main
   */
  readonly branch?: string;
}

/** Shell commands of the stages. */
export interface CommandsDeclaration {
  /**
   * Of the lint stage.
   *
   * @default - make install, make lint
   * @minItems 1
   */
  readonly lint?: string[];
  /**
   * Of the test stage.
   *
   * @default - make install, make test
   * @minItems 1
   */
  readonly test?: string[];
}

/** Dashboard, alarms and who is told. */
export interface MonitoringDeclaration {
  /**
   * Who is told.
   *
   * @default - nobody; alarms show on the dashboard only
   */
  readonly notify?: NotifyDeclaration;
  /**
   * What every service promises.
   *
   * @default - 99.5 % of requests succeed, 95 % of them within a second
   */
  readonly slo?: SloDeclaration;
}

/** Who is told. */
export interface NotifyDeclaration {
  /**
   * Address that gets mail about all alarms, such as `ml-oncall@example.com`. No default: it is your address.
   *
   * @pattern ^[^@\s]+@[^@\s]+\.[^@\s]+$
   */
  readonly email: string;
  /**
   * Address that gets mail about critical alarms, in place of the other, such as `pager@example.com`.
   *
   * @default - the same as email
   * @pattern ^[^@\s]+@[^@\s]+\.[^@\s]+$
   */
  readonly critical?: string;
}

/** What every service promises. */
export interface SloDeclaration {
  /**
   * Share of requests that succeed, in per cent.
   *
   * @default 99.5
   * @exclusiveMinimum 0
   * @exclusiveMaximum 100
   */
  readonly availability?: number;
  /**
   * How long requests may take.
   *
   * @default - 95 % under one second
   */
  readonly latency?: LatencyDeclaration;
}

/** How long requests may take. */
export interface LatencyDeclaration {
  /**
   * Which percentile.
   *
   * @default 95
   * @exclusiveMinimum 0
   * @exclusiveMaximum 100
   */
  readonly percentile?: number;
  /**
   * What it must stay under, such as `300ms`. No default: it is your promise.
   *
   * @pattern ^\d+(\.\d+)?\s*(ms|s|m|h|d)$
   */
  readonly threshold: string;
}
