import { StackLayout } from './shared';

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
   * How the platform is spread over CloudFormation stacks: `one`, or `per-entry`, which gives each entry of `training`, `inference` and
   * `pipelines` a stack of its own. CloudFormation takes 500 resources in a stack, which is some 15 services.
   *
   * Data, network, registry, tracking server, models, features and secrets stay in the platform's own stack, so that a change of this field
   * keeps them. What is moved is made anew: the addresses of services change, and connections of pipelines have to be authorized again.
   *
   * @default one
   */
  readonly stacks?: StackLayout;
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
   * Name of the bucket for data, checkpoints and models, such as `acme-ml-artifacts`.
   *
   * @default - a bucket of the platform's own
   * @pattern ^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$
   */
  readonly artifactBucket?: string;
  /**
   * Name of the ECR repository that images are pushed to, such as `acme/housing`.
   *
   * @default - a repository of the platform's own
   * @pattern ^[a-z0-9]+([._/-]+[a-z0-9]+)*$
   */
  readonly imageRepository?: string;
  /**
   * Address of an MLflow server that training and services use, such as `https://mlflow.example.com`. It has to let them in by itself.
   *
   * @default - the platform makes its own, if `tracking` is declared
   * @pattern ^https://\S+$
   */
  readonly mlflow?: string;
  /**
   * A PostgreSQL database for the platform's tracking server.
   *
   * @default - the platform makes its own, if `tracking` is declared
   */
  readonly database?: AwsExistingDatabase;
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
  /**
   * Name of the storage account, such as `acmetfstate`. No default: it names what you own.
   *
   * @pattern ^[a-z0-9]{3,24}$
   */
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
  /**
   * Address of an MLflow server that training and services use, such as `https://mlflow.example.com`. It has to let them in by itself.
   *
   * @default - the platform makes its own, if `tracking` is declared
   * @pattern ^https://\S+$
   */
  readonly mlflow?: string;
  /**
   * A PostgreSQL database for the platform's tracking server.
   *
   * @default - the platform makes its own, if `tracking` is declared
   */
  readonly database?: AzureExistingDatabase;
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
  /**
   * Id of a subnet of a /27 at least that is delegated to `Microsoft.App/environments`, in which nothing else is.
   *
   * @default - none; required for a tracking server of the platform's own
   */
  readonly containerAppsSubnetId?: string;
  /**
   * Id of a subnet that is delegated to `Microsoft.DBforPostgreSQL/flexibleServers`.
   *
   * @default - none; required for a tracking database of the platform's own
   */
  readonly postgresqlSubnetId?: string;
  /**
   * Id of a subnet of a /27 at least for Managed Lustre, with a way out to Azure's services.
   *
   * @default - none; required for a parallel file system
   */
  readonly managedLustreSubnetId?: string;
  /**
   * Ids of private DNS zones that are linked to the network, by zone, such as `privatelink.blob.core.windows.net`.
   *
   * @default - none; a policy of yours, or a person, enters the names of private endpoints
   */
  readonly privateDnsZoneIds?: { readonly [zone: string]: string };
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
  /**
   * Name of the bucket, such as `acme-tfstate`. No default: it names what you own.
   *
   * @pattern ^[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]$
   */
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
   * Name of the bucket for data, checkpoints and models, such as `acme-ml-artifacts`.
   *
   * @default - a bucket of the platform's own
   * @pattern ^[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]$
   */
  readonly artifactBucket?: string;
  /**
   * Id of the Artifact Registry repository for images, in the target's project and region, such as `images`.
   *
   * @default - a repository of the platform's own
   * @pattern ^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$
   */
  readonly imageRepository?: string;
  /**
   * Name of the Cloud Build connection to the Git provider, in the target's project and region.
   *
   * @default - the provider's name, such as github; an output holds the command that makes it
   */
  readonly repositoryConnection?: string;
  /**
   * Address of an MLflow server that training and services use, such as `https://mlflow.example.com`. It has to let them in by itself.
   *
   * @default - the platform makes its own, if `tracking` is declared
   * @pattern ^https://\S+$
   */
  readonly mlflow?: string;
  /**
   * A PostgreSQL database for the platform's tracking server.
   *
   * @default - the platform makes its own, if `tracking` is declared
   */
  readonly database?: GcpExistingDatabase;
}

/** A VPC network that exists already. */
export interface GcpExistingNetwork {
  /** Self link or `projects/P/global/networks/N`. No default: it names what you own. */
  readonly network: string;
  /** Self link or `projects/P/regions/R/subnetworks/S`, with private Google access. No default: it names what you own. */
  readonly subnetwork: string;
  /**
   * Addresses of the subnetwork, such as `10.0.0.0/20`: who may mount file systems of the platform.
   *
   * @default - everybody in the network may
   */
  readonly cidr?: string;
  /**
   * Name of the range that its private services access has, such as `google-managed-services-default`. Databases and parallel file systems
   * of the platform need it.
   *
   * @default - none: what needs it is refused
   * @pattern ^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$
   */
  readonly servicesRange?: string;
}

/** A PostgreSQL database on AWS that exists already. */
export interface AwsExistingDatabase {
  /** Host name, such as `mlflow.cluster-abc.eu-west-1.rds.amazonaws.com`. No default: it names what you own. */
  readonly host: string;
  /**
   * Name of the database.
   *
   * @default mlflow
   */
  readonly name?: string;
  /**
   * Whole ARN of the secret in Secrets Manager that holds `{"username":...,"password":...}`,
   * such as `arn:aws:secretsmanager:eu-west-1:123456789012:secret:mlflow-AbCdEf`. No default: it names what you own.
   *
   * @pattern ^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w/+=.@-]+-[A-Za-z0-9]{6}$
   */
  readonly secretArn: string;
  /**
   * Security group that lets clients in, such as `sg-0a1b2c3d`; the server is put into it. No default: it names what you own.
   *
   * @pattern ^sg-[0-9a-f]+$
   */
  readonly securityGroupId: string;
}

/** A PostgreSQL flexible server on Azure that exists already, in or peered with the platform's network. */
export interface AzureExistingDatabase {
  /** Host name, such as `mlflow.postgres.database.azure.com`. No default: it names what you own. */
  readonly host: string;
  /**
   * Name of the database.
   *
   * @default mlflow
   */
  readonly name?: string;
  /**
   * Name of the Entra user in it that the server's identity logs in as.
   *
   * @default - the name of the server's identity
   */
  readonly user?: string;
}

/** A PostgreSQL instance of Cloud SQL that exists already, with IAM authentication and an address in the platform's network. */
export interface GcpExistingDatabase {
  /** Name of the instance, in the target's project, such as `mlflow`. No default: it names what you own. */
  readonly instance: string;
  /** Its private address or host name, such as `10.0.0.3`. No default: it names what you own. */
  readonly host: string;
  /**
   * Name of the database.
   *
   * @default mlflow
   */
  readonly name?: string;
}
