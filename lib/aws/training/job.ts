import {
  Action,
  EcsEc2ContainerDefinition,
  EcsJobDefinition,
  IJobDefinition,
  LinuxParameters,
  MultiNodeJobDefinition,
  Reason,
  RetryStrategy,
  Secret as BatchSecret,
  UlimitName,
} from 'aws-cdk-lib/aws-batch';
import { InstanceType } from 'aws-cdk-lib/aws-ec2';
import { ContainerImage as EcsImage, ContainerImageConfig, LogDriver } from 'aws-cdk-lib/aws-ecs';
import { IRole } from 'aws-cdk-lib/aws-iam';
import { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Duration as CdkDuration, Size as CdkSize, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { Duration, Size } from '../../core';
import { RENDEZVOUS_PORT, TRAINING_ENV } from '../../core/training';
import { Mounts, Secrets } from '../private/mounts';
import { IArtifactStore } from '../storage';
import { Settled } from './checks';
import { jobMemoryMib } from './machines';
import { volumes } from './mounts';

/** Folders of the artifact store that a job uses. */
export interface JobFolders {
  readonly data: string;
  readonly checkpoints: string;
  readonly models: string;
}

/** What a job is. */
export interface JobOptions {
  readonly settled: Settled;
  readonly imageUri: string;
  readonly command: string[] | undefined;
  readonly env: { readonly [name: string]: string };
  readonly artifacts: IArtifactStore;
  readonly folders: JobFolders;
  readonly jobRole: IRole;
  readonly executionRole: IRole;
  readonly logGroup: ILogGroup;
  readonly sharedMemory: Size | undefined;
  readonly maxDuration: Duration;
  readonly mounts: Mounts | undefined;
  readonly secrets: Secrets | undefined;
}

/** The job definition: of one machine, or of a gang of machines. */
export function jobDefinition(scope: Construct, id: string, options: JobOptions): IJobDefinition {
  const { settled } = options;
  const machine = settled.machines.smallest;
  const gang = settled.nodesPerJob > 1;
  const memory = jobMemoryMib(machine);
  const linuxParameters = new LinuxParameters(scope, `${id}Linux`, {
    sharedMemorySize: CdkSize.mebibytes(options.sharedMemory?.toMebibytes() ?? Math.floor(memory / 2)),
    initProcessEnabled: true,
  });
  if (gang)
    for (let i = 0; i < machine.efa; i++)
      linuxParameters.addDevices({ hostPath: `/dev/infiniband/uverbs${i}`, containerPath: `/dev/infiniband/uverbs${i}` });
  const container = new EcsEc2ContainerDefinition(scope, `${id}Container`, {
    image: new NamedImage(options.imageUri),
    command: gang ? inGang(options.command!) : options.command,
    cpu: machine.vcpu,
    memory: CdkSize.mebibytes(memory),
    gpu: settled.gpus,
    environment: environment(scope, options),
    secrets: secretsOf(options.secrets),
    volumes: volumes(options.mounts),
    jobRole: options.jobRole,
    executionRole: options.executionRole,
    linuxParameters,
    logging: LogDriver.awsLogs({ streamPrefix: 'job', logGroup: options.logGroup }),
    ulimits: [
      // RDMA pins memory; NCCL's threads want large stacks.
      { name: UlimitName.MEMLOCK, softLimit: -1, hardLimit: -1 },
      { name: UlimitName.STACK, softLimit: 67_108_864, hardLimit: 67_108_864 },
    ],
  });
  const common = {
    timeout: CdkDuration.seconds(options.maxDuration.toSeconds()),
    retryAttempts: settled.retries + 1,
    // A lost host is nobody's fault; everything else is the program's, and trying again would cost and change nothing.
    retryStrategies: [
      RetryStrategy.of(Action.RETRY, Reason.custom({ onStatusReason: 'Host EC2*' })),
      RetryStrategy.of(Action.EXIT, Reason.custom({ onReason: '*' })),
    ],
    propagateTags: true,
  };
  return gang
    ? new MultiNodeJobDefinition(scope, id, {
        ...common,
        containers: [{ container, startNode: 0, endNode: settled.nodesPerJob - 1 }],
        instanceType: new InstanceType(machine.type),
        mainNode: 0,
      })
    : new EcsJobDefinition(scope, id, { ...common, container });
}

function secretsOf(secrets: Secrets = {}): { [variable: string]: BatchSecret } {
  return Object.fromEntries(
    Object.entries(secrets).map(([variable, { secretsManagerSecret }]) => [variable, BatchSecret.fromSecretsManager(secretsManagerSecret)]),
  );
}

function environment(scope: Construct, options: JobOptions): { [name: string]: string } {
  const { settled, artifacts, folders } = options;
  const region = Stack.of(scope).region;
  return {
    // The SDKs find no region by themselves in a container on EC2.
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    ...options.env,
    [TRAINING_ENV.DATA]: artifacts.uri(folders.data),
    [TRAINING_ENV.CHECKPOINT]: artifacts.uri(folders.checkpoints),
    [TRAINING_ENV.OUTPUT]: artifacts.uri(folders.models),
    MASTER_PORT: String(RENDEZVOUS_PORT),
    NNODES: String(settled.nodesPerJob),
    NPROC_PER_NODE: String(settled.gpus),
    ...(settled.nodesPerJob > 1 ? {} : { MASTER_ADDR: '127.0.0.1', NODE_RANK: '0' }),
  };
}

/**
 * The command of a gang's member, which learns its place at run time. Batch tells the main node's address to the other nodes only.
 *
 * @see https://docs.aws.amazon.com/batch/latest/userguide/job_env_vars.html
 */
function inGang(command: readonly string[]): string[] {
  const script = [
    'export NODE_RANK="$AWS_BATCH_JOB_NODE_INDEX"',
    'export MASTER_ADDR="${AWS_BATCH_JOB_MAIN_NODE_PRIVATE_IPV4_ADDRESS:-127.0.0.1}"',
    'exec "$@"',
  ].join('; ');
  return ['sh', '-c', script, 'gang', ...command];
}

/** An image by its name, without the warnings and permissions of the L2's own classes. */
class NamedImage extends EcsImage {
  public constructor(private readonly imageName: string) {
    super();
  }
  public bind(): ContainerImageConfig {
    return { imageName: this.imageName };
  }
}
