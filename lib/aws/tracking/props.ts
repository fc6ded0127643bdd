import { InstanceType, ISecurityGroup, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import { ICluster } from 'aws-cdk-lib/aws-ecs';
import { IEventBus } from 'aws-cdk-lib/aws-events';
import { IGrantable } from 'aws-cdk-lib/aws-iam';
import { IKey } from 'aws-cdk-lib/aws-kms';
import { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { ContainerImage, ExperimentTrackingBaseProps, IExperimentTrackingBase, Size, TrackingEngine } from '../../core';
import { IArtifactStore } from '../storage';
import type { ExperimentTrackingGrants } from './grants';
import type { ExperimentTrackingMetrics } from './metrics';

/** A PostgreSQL database that exists already, for a tracking server. */
export interface ExperimentTrackingDatabase {
  /** Host name, such as `mlflow.cluster-abc.eu-west-1.rds.amazonaws.com`. */
  readonly host: string;
  /**
   * Name of the database. The server makes its tables in it.
   *
   * @default "mlflow"
   */
  readonly databaseName?: string;
  /** Secret that holds `{"username": ..., "password": ...}`. It is read again whenever a login is refused, so that it may rotate. */
  readonly secret: ISecret;
  /** Group that the database lets in; the server is put into it. It must let the server out to the database, on port 5432. */
  readonly securityGroup: ISecurityGroup;
}

/** Sizes of a managed MLflow server of SageMaker. */
export enum ManagedServerSize {
  /** For up to 25 users; about 0.64 USD an hour. */
  SMALL = 'Small',
  /** For up to 50 users; about 1.40 USD an hour. */
  MEDIUM = 'Medium',
  /** For up to 100 users; about 2.70 USD an hour. */
  LARGE = 'Large',
}

/** Who sees to it that only approvers approve. */
export enum ApprovalGuard {
  /** The server itself asks who calls. */
  SERVER = 'server',
  /** IAM, for all models of a server together. */
  PERMISSIONS = 'permissions',
  /** Whoever runs the server. */
  OTHERS = 'others',
}

/** What experiment tracking takes. */
export interface ExperimentTrackingProps extends ExperimentTrackingBaseProps {
  /**
   * Network of the server and its clients. Its private subnets lie in two zones at least and reach ECR, S3, Secrets Manager and CloudWatch Logs.
   * Self-hosted only.
   *
   * @default - a network of the server's own, which its clients have to be in
   */
  readonly vpc?: IVpc;
  /**
   * Subnets of the server. Self-hosted only.
   *
   * @default - the private subnets
   */
  readonly vpcSubnets?: SubnetSelection;
  /**
   * Subnets of the database. Self-hosted only.
   *
   * @default - the isolated subnets if there are any, else the private ones
   */
  readonly databaseSubnets?: SubnetSelection;
  /**
   * Where artifacts go, below `mlflow/`.
   *
   * @default - a store of the server's own
   */
  readonly artifacts?: IArtifactStore;
  /**
   * The image of the server: `runtime/mlflow` of this package, or one that understands the same environment. Self-hosted only.
   *
   * @default - built from `runtime/mlflow` of this package when the stack is deployed
   */
  readonly image?: ContainerImage;
  /**
   * A PostgreSQL database that exists already. Self-hosted only.
   *
   * @default - a database is made
   */
  readonly database?: ExperimentTrackingDatabase;
  /**
   * Machine of the database. Self-hosted only.
   *
   * @default - db.t4g.small
   */
  readonly databaseInstanceType?: InstanceType;
  /**
   * Storage that the database begins with, from 20 GiB to 6 TiB; it grows by itself to five times as much. Self-hosted only.
   *
   * @default - 20 GiB
   * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Storage.html
   */
  readonly databaseStorage?: Size;
  /**
   * Performance Insights of the database, kept for seven days at no charge. Self-hosted only.
   *
   * @default - in prod
   */
  readonly performanceInsights?: boolean;
  /**
   * Key of the database and of the secret with its password. It cannot be changed later. Self-hosted only.
   *
   * @default - keys of RDS and Secrets Manager in the account
   */
  readonly encryptionKey?: IKey;
  /**
   * Servers that run at the same time, ten or fewer: each keeps up to 30 connections to the database. Self-hosted only.
   *
   * @default - 1, in prod 2
   */
  readonly servers?: number;
  /**
   * Disk of a server, on which an artifact waits while it is handed on to the store, from 20 to 200 GiB. Self-hosted only.
   *
   * @default - 20 GiB
   * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-task-storage.html
   */
  readonly ephemeralStorage?: Size;
  /**
   * The old server is stopped before the new one starts, so that both never meet the same database. One to three minutes without an answer.
   * For a release of MLflow whose notes say that older servers do not get along with its database. Self-hosted only.
   *
   * @default false
   */
  readonly pauseOnUpdate?: boolean;
  /**
   * ECS cluster that the server runs in, on Fargate. Self-hosted only.
   *
   * @default - a cluster of its own, which costs nothing
   */
  readonly cluster?: ICluster;
  /**
   * ARN of the VPC Lattice service network that the VPC is associated with already: a VPC can be with one only. Self-hosted only.
   *
   * @default - a service network is made and associated with the VPC
   */
  readonly serviceNetworkArn?: string;
  /**
   * Id of the managed prefix list `com.amazonaws.REGION.vpc-lattice`, by which the server lets VPC Lattice in. Self-hosted only.
   *
   * @default - the addresses that the list holds: 169.254.171.0/24 and 129.224.0.0/17
   */
  readonly latticePrefixListId?: string;
  /**
   * Bus that is told of registered and approved models.
   *
   * @default - the default bus of account and region
   */
  readonly eventBus?: IEventBus;
  /**
   * Size of a managed server. Managed only.
   *
   * @default ManagedServerSize.SMALL
   */
  readonly serverSize?: ManagedServerSize;
  /**
   * MLflow of a managed server, such as `3.0`. Managed only.
   *
   * @default "3.0"
   */
  readonly mlflowVersion?: string;
}

/** A server that keeps experiments. */
export interface IExperimentTracking extends IExperimentTrackingBase {
  /** What runs the server. */
  readonly engine: TrackingEngine;
  /** Permissions on the server. */
  readonly grants: ExperimentTrackingGrants;
  /** Who sees to it that only approvers approve. */
  readonly approvalGuard: ApprovalGuard;
  /** Name of the bus that is told of registered and approved models. */
  readonly eventBusName: string;
  /** Its clients have to be in its network. */
  readonly inNetwork: boolean;
  /**
   * What is measured of it.
   *
   * @default - nothing is known of servers that SageMaker or others run
   */
  readonly metrics?: ExperimentTrackingMetrics;
  /** Environment variables by which programs find the server and sign in; MLflow's client reads them by itself. */
  environment(): { [name: string]: string };
  /**
   * From now on only approvers make a version of this model the one in service.
   *
   * @param modelName name of the registered model
   */
  requireApproval(modelName: string): void;
  /**
   * Lets somebody approve versions of a model.
   *
   * @param modelName name of the registered model
   * @param approver a role or a user
   */
  addApprover(modelName: string, approver: IGrantable): void;
}

/** What is known of a tracking server that exists already. */
export interface ExperimentTrackingAttributes {
  /** What `MLFLOW_TRACKING_URI` is: `https://...`, or the ARN of a managed server of SageMaker. */
  readonly trackingUri: string;
  /**
   * ARN of its VPC Lattice service, if an `ExperimentTracking` of another stack made it. Requests are signed with IAM then, and `grants.use`
   * gives the permission; that stack has to admit the role as well.
   *
   * @default - the server lets clients in by itself
   */
  readonly serviceArn?: string;
  /**
   * Where the artifacts of a managed server are; its clients get permission to them.
   *
   * @default - clients have the permission already
   */
  readonly artifacts?: IArtifactStore;
  /**
   * Name of the bus that it tells of registered and approved models.
   *
   * @default "default"
   */
  readonly eventBusName?: string;
}
