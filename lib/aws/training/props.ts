import { Metric, MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import { ISecurityGroup, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import { ITrainingCluster, Size, TrainingBaseProps } from '../../core';
import { ISharedFileSystem } from '../file-system';
import { ISecret } from '../secret';
import { IArtifactStore } from '../storage';
import { IExperimentTracking } from '../tracking';
import type { GpuTrainingClusterGrants } from './grants';

/** What a training cluster on AWS takes. */
export interface GpuTrainingClusterProps extends TrainingBaseProps {
  /**
   * Network of the machines. Its private subnets must reach ECR, ECS, S3 and CloudWatch Logs.
   *
   * @default - a network of the cluster's own
   */
  readonly vpc?: IVpc;
  /**
   * Subnets of the machines. A reservation needs those of its zone.
   *
   * @default - the private subnets; the first of them if `nodesPerJob` is above 1, which may not be in a zone that has the machine
   */
  readonly vpcSubnets?: SubnetSelection;
  /**
   * Security groups of the machines. If `nodesPerJob` is above 1 they must let all traffic among themselves, in and out.
   *
   * On machines with EFA they belong to the machines' interfaces. Batch then puts the containers, each of which has an interface of its
   * own, into the VPC's default security group, which must let them reach each other and the store, as it does unless somebody changed it.
   *
   * @default - a group of the cluster's own that lets nothing in
   */
  readonly securityGroups?: ISecurityGroup[];
  /**
   * Where data, checkpoints and models live.
   *
   * @default - a store of the cluster's own
   */
  readonly artifacts?: IArtifactStore;
  /**
   * The server that jobs track their runs with. Its address and the permission to use it are handed on. The cluster has to be in its network.
   *
   * @default - none
   */
  readonly tracking?: IExperimentTracking;
  /**
   * Root volume of each machine, which holds images and whatever jobs write outside the store.
   *
   * @default - 200 GiB
   */
  readonly rootVolumeSize?: Size;
  /**
   * Shared memory of a job (`/dev/shm`), which data loaders and NCCL use.
   *
   * @default - half the job's memory
   */
  readonly sharedMemory?: Size;
  /**
   * File systems that jobs share, by the folder of `/mnt` where they are mounted. With a parallel one, machines are put into its zone.
   *
   * @default - none
   */
  readonly mounts?: { readonly [path: string]: ISharedFileSystem };
  /**
   * Secrets that jobs get, by environment variable. They are read when a job starts.
   *
   * @default - none
   */
  readonly secrets?: { readonly [variable: string]: ISecret };
  /**
   * The reservation is a Capacity Block for ML.
   *
   * @default false
   */
  readonly capacityBlock?: boolean;
}

/** A training cluster on AWS Batch. */
export interface IGpuTrainingCluster extends ITrainingCluster {
  /** ARN of the job queue. */
  readonly jobQueueArn: string;
  /** ARN of the job definition, with its revision. */
  readonly jobDefinitionArn: string;
  /** Permissions on the cluster. */
  readonly grants: GpuTrainingClusterGrants;
  /**
   * Jobs that failed for good: by their own fault, or after the last retry.
   *
   * @default - sum over five minutes
   */
  metricFailedJobs(props?: MetricOptions): Metric;
  /**
   * How often Batch found that the first job of the queue waits for machines that do not come.
   *
   * @default - sum over five minutes
   */
  metricBlockedQueue(props?: MetricOptions): Metric;
}

/** What is known of a cluster that exists already. */
export interface GpuTrainingClusterAttributes {
  /** ARN of the job queue. */
  readonly jobQueueArn: string;
  /** ARN of the job definition, with or without a revision. */
  readonly jobDefinitionArn: string;
  /** Where its checkpoints go: `s3://...`. */
  readonly checkpointUri: string;
}
