import { JobQueue, JobStateTimeLimitActionsReason } from 'aws-cdk-lib/aws-batch';
import { Alarm, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { CfnSecurityGroupEgress, Connections, IConnectable, ISecurityGroup, IVpc, Port, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { IRole, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import { CfnOutput, Duration as CdkDuration, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { AlarmSeverity, Capacity, Duration, Schedule, Size } from '../../core';
import { RUNBOOK } from '../../core/monitoring';
import { parity } from '../../core/parity';
import { ARTIFACT_PREFIXES } from '../../core/storage';
import { MlNetwork } from '../network';
import { resolveImage } from '../private/image';
import { logGroup } from '../private/logs';
import { noteMounts } from '../private/mounts';
import { checksOf } from '../private/scope';
import { trackedEnv } from '../private/tracked';
import { privateSubnets } from '../private/vpc';
import { ArtifactStore, IArtifactStore } from '../storage';
import { SUPPORT } from '../support';
import { GpuTrainingClusterBase, ImportedGpuTrainingCluster, clusterName, submitCommand } from './base';
import { Settled, settle } from './checks';
import { computeEnvironments } from './compute';
import { jobDefinition } from './job';
import { machinesOfLink } from './machines';
import { GpuTrainingClusterAttributes, GpuTrainingClusterProps, IGpuTrainingCluster } from './props';
import { executionRole, instanceRole, jobRole } from './roles';

/**
 * A cluster that trains models on GPUs and costs nothing when idle.
 *
 * Defines an AWS Batch job queue with one compute environment for each link of the capacity chain, a job definition, launch templates,
 * roles, a security group that lets nothing in, a log group, an alarm on jobs that wait in vain and an SQS queue that keeps the events it
 * counts. A schedule becomes a schedule of EventBridge Scheduler.
 *
 * Machines run the ECS image of Amazon Linux 2023 with NVIDIA's driver, take credentials from IMDSv2 only and keep their volume encrypted.
 * A job gets one machine with all its GPUs. It is tried again when its machine is lost, and not when the program fails.
 * With `nodesPerJob` above 1 it runs as a gang over several machines in one zone, close together, over EFA where the machine has it
 * (https://docs.aws.amazon.com/batch/latest/userguide/mnp-ce.html).
 *
 * Programs read `ML_DATA_URI`, `ML_CHECKPOINT_URI` and `ML_OUTPUT_URI`, and torchrun's rendezvous variables. They can read the data and
 * read and write their own checkpoints and models; more is granted to `jobRole`.
 *
 * You pay for machines while jobs run, and for a NAT gateway if the cluster makes its own network. New accounts have a quota of zero vCPUs
 * for GPU machines: ask for more under "Running On-Demand G and VT instances" (or P, or Spot) before the first job.
 *
 * @example
 * declare const pipeline: iam.IRole;
 * const cluster = new aws.GpuTrainingCluster(this, 'Train', {
 *   image: ContainerImage.fromReference('ghcr.io/acme/train:1.4'),
 *   command: ['python', 'train.py'],
 *   accelerator: Accelerator.atLeast({ memoryGib: 24 }),
 *   maxNodes: 4,
 * });
 * cluster.grants.submit(pipeline);
 *
 * @see https://docs.aws.amazon.com/batch/latest/userguide/service_limits.html
 */
export class GpuTrainingCluster extends GpuTrainingClusterBase implements IConnectable {
  /** A cluster that exists already. */
  public static fromGpuTrainingClusterAttributes(scope: Construct, id: string, attrs: GpuTrainingClusterAttributes): IGpuTrainingCluster {
    return new ImportedGpuTrainingCluster(scope, id, attrs);
  }

  public readonly jobQueueArn: string;
  public readonly jobDefinitionArn: string;
  public readonly submitCommand: string;
  public readonly checkpointUri: string;
  /** Network of the machines. */
  public readonly vpc: IVpc;
  /** What the machines may connect to. */
  public readonly connections: Connections;
  /** Where data, checkpoints and models live. */
  public readonly artifacts: IArtifactStore;
  /** What jobs may do. Grant to it whatever else they need. */
  public readonly jobRole: IRole;
  /** What jobs print. */
  public readonly logGroup: ILogGroup;
  /** Rings when the first job of the queue waits for machines that do not come. */
  public readonly stuckJobsAlarm: Alarm;

  public constructor(scope: Construct, id: string, props: GpuTrainingClusterProps) {
    super(scope, id);
    const checks = checksOf(this, 'aws.GpuTrainingCluster');
    const settled = settle(checks, props);
    checks.done();

    const maxDuration = props.maxDuration ?? Duration.hours(24);
    this.vpc = props.vpc ?? new MlNetwork(this, 'Network', { environment: props.environment }).vpc;
    this.artifacts = props.artifacts ?? new ArtifactStore(this, 'Artifacts', { environment: props.environment });
    const log = logGroup(this, 'Logs', props.environment);
    this.logGroup = log;
    const securityGroups = props.securityGroups ?? [this.securityGroup(settled)];
    this.connections = new Connections({ securityGroups });

    const folder = clusterName(this);
    const folders = {
      data: ARTIFACT_PREFIXES.data,
      checkpoints: `${ARTIFACT_PREFIXES.checkpoints}/${folder}`,
      models: `${ARTIFACT_PREFIXES.models}/${folder}`,
    };
    const image = resolveImage(this, 'Image', props.image);
    this.jobRole = jobRole(this, 'JobRole', this.artifacts, folders);
    const definition = jobDefinition(this, 'Job', {
      settled,
      imageUri: image.uri,
      command: props.command,
      env: { ...props.env, ...trackedEnv(props) },
      artifacts: this.artifacts,
      folders,
      jobRole: this.jobRole,
      executionRole: executionRole(this, 'ExecutionRole', log, image),
      logGroup: log,
      sharedMemory: props.sharedMemory,
      maxDuration,
      mounts: props.mounts,
      secrets: props.secrets,
    });
    props.tracking?.grants.use(this.jobRole);
    for (const fileSystem of Object.values(props.mounts ?? {})) {
      fileSystem.allowMountFrom(this);
      fileSystem.grants.write(this.jobRole);
      definition.node.addDependency(fileSystem.mountable);
    }
    const queue = this.queue(
      computeEnvironments(this, {
        settled,
        vpc: this.vpc,
        subnets: privateSubnets(this.vpc, props.vpcSubnets),
        subnetsChosen: props.vpcSubnets !== undefined,
        securityGroups,
        instanceRole: instanceRole(this, 'InstanceRole', log),
        rootVolumeSize: props.rootVolumeSize ?? Size.gibibytes(200),
        maxDuration,
        reservation: props.reservation,
        capacityBlock: props.capacityBlock ?? false,
        mounts: props.mounts,
      }),
    );
    this.jobQueueArn = queue.jobQueueArn;
    this.jobDefinitionArn = definition.jobDefinitionArn;
    this.submitCommand = submitCommand(this, this, Stack.of(this).region);
    this.checkpointUri = this.artifacts.uri(folders.checkpoints);
    this.stuckJobsAlarm = this.alarm();
    if (props.schedule) this.schedule(props.schedule);

    this.note(props, settled);
    new CfnOutput(this, 'SubmitCommand', { value: this.submitCommand, description: 'Starts a training job' });
    new CfnOutput(this, 'CheckpointUri', { value: this.checkpointUri, description: 'Where jobs keep their checkpoints' });
    new CfnOutput(this, 'LogsCommand', {
      value: `aws logs tail ${log.logGroupName} --region ${Stack.of(this).region} --follow`,
      description: 'Shows what jobs print',
    });
  }

  private securityGroup(settled: Settled): ISecurityGroup {
    const group = new SecurityGroup(this, 'SecurityGroup', {
      vpc: this.vpc,
      description: `Machines of ${this.node.path}`,
      allowAllOutbound: true,
    });
    if (settled.nodesPerJob > 1) {
      group.addIngressRule(group, Port.allTraffic(), 'Machines of one job among themselves');
      // EFA's traffic needs the group itself as destination; a rule for all addresses does not cover it, and the L2 would drop this one.
      new CfnSecurityGroupEgress(this, 'GangEgress', {
        groupId: group.securityGroupId,
        ipProtocol: '-1',
        destinationSecurityGroupId: group.securityGroupId,
        description: 'Machines of one job among themselves',
      });
    }
    return group;
  }

  private queue(environments: ReturnType<typeof computeEnvironments>): JobQueue {
    // A job that no machine of the queue can ever run would hold up all others.
    const hopeless = [
      JobStateTimeLimitActionsReason.COMPUTE_ENVIRONMENT_MAX_RESOURCE,
      JobStateTimeLimitActionsReason.JOB_RESOURCE_REQUIREMENT,
    ];
    return new JobQueue(this, 'Resource', {
      computeEnvironments: environments.map((computeEnvironment, i) => ({ computeEnvironment, order: i + 1 })),
      priority: 1,
      jobStateTimeLimitActions: hopeless.map((reason) => ({ reason, maxTime: CdkDuration.hours(1) })),
    });
  }

  private alarm(): Alarm {
    return new Alarm(this, 'StuckJobs', {
      metric: this.metricBlockedQueue(),
      threshold: 1,
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
      alarmDescription: `${AlarmSeverity.WARNING}: ${RUNBOOK.jobStuck}`,
    });
  }

  /** The L2 would load all time zones there are, and a class for every target. */
  private schedule(schedule: Schedule): void {
    const stack = Stack.of(this);
    const role = new Role(this, 'ScheduleRole', {
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', { conditions: { StringEquals: { 'aws:SourceAccount': stack.account } } }),
      description: `Starts jobs of ${this.node.path}`,
    });
    role.addToPolicy(new PolicyStatement({ actions: ['batch:SubmitJob'], resources: [this.jobQueueArn, this.jobDefinitionArn] }));
    new CfnSchedule(new Construct(this, 'Schedule'), 'Resource', {
      description: `Starts jobs of ${this.node.path}`,
      flexibleTimeWindow: { mode: 'OFF' },
      scheduleExpression: schedule.toEventBridge(),
      scheduleExpressionTimezone: schedule.timeZone,
      state: 'ENABLED',
      target: {
        arn: `arn:${stack.partition}:scheduler:::aws-sdk:batch:submitJob`,
        roleArn: role.roleArn,
        input: stack.toJsonString({ JobName: clusterName(this), JobQueue: this.jobQueueArn, JobDefinition: this.jobDefinitionArn }),
        retryPolicy: { maximumEventAgeInSeconds: 86_400, maximumRetryAttempts: 185 },
      },
    });
  }

  private note(props: GpuTrainingClusterProps, settled: Settled): void {
    noteMounts(this, props.mounts, 'EFS volume of the job');
    const variables = Object.keys(props.secrets ?? {});
    if (variables.length) parity.mapped(this, 'aws', 'secrets', `${variables.join(', ')} from Secrets Manager, read when a job starts`);
    const types = settled.capacity.map((link) => {
      const machines = machinesOfLink(settled.machines, link, settled.minNodes > 0);
      return `${link} ${machines.map((m) => m.type).join(', ')}`;
    });
    parity.mapped(this, 'aws', '', `AWS Batch: ${types.join('; then ')}`);
    const { smallest } = settled.machines;
    parity.mapped(this, 'aws', 'accelerator', `${smallest.gpus} ${smallest.accelerator} on ${smallest.type}`);
    parity.approximated(
      this,
      'aws',
      'maxDuration',
      `${(props.maxDuration ?? Duration.hours(24)).toString()} for each attempt`,
      SUPPORT['training.maxDuration'].reason!,
    );
    if (settled.capacity.length > 1)
      parity.approximated(
        this,
        'aws',
        'nodes.max',
        `${settled.maxNodes} machines for each link of the capacity chain`,
        'Batch bounds each compute environment by itself, not the queue',
      );
    if (settled.nodesPerJob > 1)
      parity.mapped(
        this,
        'aws',
        'nodesPerJob',
        `multi-node parallel job of ${settled.nodesPerJob}, ${smallest.efa ? `${smallest.efa} EFA interface(s) each` : 'no EFA on this machine'}`,
      );
    if (settled.nodesPerJob > 1 && settled.capacity.includes(Capacity.RESERVATION) && settled.capacity.length > 1)
      parity.approximated(
        this,
        'aws',
        'capacity',
        settled.capacity.join(', then '),
        'while one compute environment lacks capacity, Batch keeps a job of several machines waiting for it',
      );
  }
}
