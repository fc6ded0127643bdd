import { SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { App, Stack } from 'aws-cdk-lib/core';
import { ArtifactStore } from '../../lib/aws/storage';
import { GpuTrainingCluster, GpuTrainingClusterProps } from '../../lib/aws/training';
import { Accelerator, Capacity, ContainerImage, Duration, Environment, Schedule, Size } from '../../lib/core';
import { RUNBOOK } from '../../lib/core/monitoring';
import { parity } from '../../lib/core/parity';
import { BARE_VPC, ENV, Match, bareVpc, properties, refusals, statementsOf, synth } from './helper';

const IMAGE = ContainerImage.fromReference('ghcr.io/acme/train:1.0');

/** What a cluster needs beside, small. */
function around(stack: Stack): Pick<GpuTrainingClusterProps, 'image' | 'vpc' | 'artifacts'> {
  return {
    image: IMAGE,
    vpc: Vpc.fromVpcAttributes(stack, 'Vpc', {
      vpcId: 'vpc-1a2b3c4d',
      availabilityZones: ['eu-west-1a', 'eu-west-1b'],
      privateSubnetIds: ['subnet-a', 'subnet-b'],
    }),
    artifacts: ArtifactStore.fromBucket(stack, 'Store', Bucket.fromBucketName(stack, 'Bucket', 'acme-ml')),
  };
}
const make = (stack: Stack, props: Partial<GpuTrainingClusterProps> = {}) =>
  new GpuTrainingCluster(stack, 'Train', { ...around(stack), accelerator: Accelerator.L4, ...props });
const cluster = (props?: Partial<GpuTrainingClusterProps>) => synth((stack) => void make(stack, props));
const GANG = { accelerator: Accelerator.A100_80GB, acceleratorCount: 8, nodesPerJob: 2, command: ['torchrun', 'train.py'] };

type Json = { readonly [key: string]: any }; // eslint-disable-line @typescript-eslint/no-explicit-any
const compute = (props?: Partial<GpuTrainingClusterProps>, link = 'Train'): Json =>
  properties(cluster(props), 'AWS::Batch::ComputeEnvironment', link) as Json;
const job = (props?: Partial<GpuTrainingClusterProps>): Json => properties(cluster(props), 'AWS::Batch::JobDefinition') as Json;
const container = (props?: Partial<GpuTrainingClusterProps>): Json => job(props).ContainerProperties;
const member = (props: Partial<GpuTrainingClusterProps> = {}): Json =>
  job({ ...GANG, ...props }).NodeProperties.NodeRangeProperties[0].Container;
const env = (c: Json): Json => Object.fromEntries(c.Environment.map((e: Json) => [e.Name, e.Value]));

describe('the queue of a GpuTrainingCluster', () => {
  test('tries spot, then on-demand, unless told otherwise', () => {
    const template = cluster();
    expect((properties(template, 'AWS::Batch::JobQueue') as Json).ComputeEnvironmentOrder).toEqual([
      { Order: 1, ComputeEnvironment: { 'Fn::GetAtt': [expect.stringMatching(/^TrainSpotCompute/), 'ComputeEnvironmentArn'] } },
      { Order: 2, ComputeEnvironment: { 'Fn::GetAtt': [expect.stringMatching(/^TrainOnDemandCompute/), 'ComputeEnvironmentArn'] } },
    ]);
  });

  test('tries the capacity in the order that was asked for', () => {
    const template = cluster({ capacity: [Capacity.RESERVATION, Capacity.ON_DEMAND, Capacity.SPOT], reservation: 'cr-0a1b' });
    const order = (properties(template, 'AWS::Batch::JobQueue') as Json).ComputeEnvironmentOrder;
    expect(order.map((e: Json) => e.ComputeEnvironment['Fn::GetAtt'][0].replace(/Compute.*/, ''))).toEqual([
      'TrainReservation',
      'TrainOnDemand',
      'TrainSpot',
    ]);
  });

  test('drops a job that no machine of it can ever run', () => {
    expect((properties(cluster(), 'AWS::Batch::JobQueue') as Json).JobStateTimeLimitActions).toEqual(
      ['MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE', 'MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT'].map((Reason) => ({
        Action: 'CANCEL',
        MaxTimeSeconds: 3600,
        Reason,
        State: 'RUNNABLE',
      })),
    );
  });

  test('has no fixed name, and neither has anything else of Batch, so that it can be updated', () => {
    const template = cluster();
    template.allResourcesProperties('AWS::Batch::ComputeEnvironment', { ComputeEnvironmentName: Match.absent() });
    template.allResourcesProperties('AWS::Batch::JobQueue', { JobQueueName: Match.absent() });
    template.allResourcesProperties('AWS::Batch::JobDefinition', { JobDefinitionName: Match.absent() });
    template.allResourcesProperties('AWS::EC2::LaunchTemplate', { LaunchTemplateName: Match.absent() });
  });

  test('is the main resource of the construct', () => {
    synth((stack) => expect((make(stack).node.defaultChild as { node: { id: string } }).node.id).toBe('Resource'));
  });
});

describe('the machines of a GpuTrainingCluster', () => {
  test('run the ECS image of Amazon Linux 2023 with the NVIDIA driver', () => {
    expect(compute({ capacity: [Capacity.ON_DEMAND] }).ComputeResources.Ec2Configuration).toEqual([{ ImageType: 'ECS_AL2023_NVIDIA' }]);
  });

  test('are the smallest that give what is needed', () => {
    expect(compute({ capacity: [Capacity.ON_DEMAND] }).ComputeResources.InstanceTypes).toEqual(['g6.xlarge']);
  });

  test('vary in size on spot capacity, up to four times what is needed', () => {
    const { ComputeResources } = compute({ capacity: [Capacity.SPOT] });
    expect(ComputeResources).toMatchObject({
      Type: 'SPOT',
      AllocationStrategy: 'SPOT_PRICE_CAPACITY_OPTIMIZED',
      InstanceTypes: ['g6.xlarge', 'g6.2xlarge', 'g6.4xlarge'],
    });
  });

  test('are asked for by need as well as by name', () => {
    const accelerator = Accelerator.atLeast({ memoryGib: 40 });
    expect(compute({ capacity: [Capacity.ON_DEMAND], accelerator, acceleratorCount: 8 }).ComputeResources.InstanceTypes).toEqual([
      'p4d.24xlarge',
    ]);
  });

  test('are none when idle, and at most as many as asked for', () => {
    expect(compute({ capacity: [Capacity.ON_DEMAND], maxNodes: 4 }).ComputeResources).toMatchObject({ MinvCpus: 0, MaxvCpus: 16 });
  });

  test('are as many as asked for of the largest that may come', () => {
    expect(compute({ capacity: [Capacity.SPOT], maxNodes: 4 }).ComputeResources.MaxvCpus).toBe(64);
  });

  test('are kept by the first link only, all of the size asked for', () => {
    const props = { minNodes: 1, maxNodes: 2 };
    expect(compute(props, 'TrainSpot').ComputeResources).toMatchObject({ MinvCpus: 4, MaxvCpus: 8, InstanceTypes: ['g6.xlarge'] });
    expect(compute(props, 'TrainOnDemand').ComputeResources.MinvCpus).toBe(0);
  });

  test('are updated in place, after running jobs had their time', () => {
    expect(compute({ capacity: [Capacity.ON_DEMAND], maxDuration: Duration.hours(2) })).toMatchObject({
      Type: 'MANAGED',
      ReplaceComputeEnvironment: false,
      UpdatePolicy: { TerminateJobsOnUpdate: false, JobExecutionTimeoutMinutes: 120 },
    });
    expect(compute({ capacity: [Capacity.ON_DEMAND] }).UpdatePolicy.JobExecutionTimeoutMinutes).toBe(360);
  });

  test('are started by the newest version of their template, so that a change of it takes effect', () => {
    expect(compute({ capacity: [Capacity.ON_DEMAND] }).ComputeResources.LaunchTemplate).toEqual({
      LaunchTemplateId: { Ref: expect.stringMatching(/^TrainOnDemandTemplate/) },
      Version: { 'Fn::GetAtt': [expect.stringMatching(/^TrainOnDemandTemplate/), 'LatestVersionNumber'] },
    });
  });

  test('have no service role of ours, so that Batch uses the one that can update in place', () => {
    expect(compute({ capacity: [Capacity.ON_DEMAND] }).ServiceRole).toBeUndefined();
  });

  test('keep images on an encrypted volume that is large enough, and take credentials from IMDSv2 only', () => {
    cluster({ capacity: [Capacity.ON_DEMAND] }).hasResourceProperties('AWS::EC2::LaunchTemplate', {
      LaunchTemplateData: {
        BlockDeviceMappings: [
          { DeviceName: '/dev/xvda', Ebs: { Encrypted: true, VolumeType: 'gp3', VolumeSize: 200, DeleteOnTermination: true } },
        ],
        MetadataOptions: { HttpTokens: 'required', HttpPutResponseHopLimit: 1 },
      },
    });
  });

  test('have a volume of the size asked for', () => {
    cluster({ rootVolumeSize: Size.gibibytes(500) }).allResourcesProperties('AWS::EC2::LaunchTemplate', {
      LaunchTemplateData: { BlockDeviceMappings: [Match.objectLike({ Ebs: Match.objectLike({ VolumeSize: 500 }) })] },
    });
  });

  test('let nothing in', () => {
    const template = cluster();
    template.allResourcesProperties('AWS::EC2::SecurityGroup', { SecurityGroupIngress: Match.absent() });
    template.resourceCountIs('AWS::EC2::SecurityGroupIngress', 0);
  });

  test('stand in the private subnets, or in those asked for', () => {
    const capacity = [Capacity.ON_DEMAND];
    expect(compute({ capacity }).ComputeResources.Subnets).toEqual(['subnet-a', 'subnet-b']);
    expect(compute({ capacity, vpcSubnets: { availabilityZones: ['eu-west-1b'] } }).ComputeResources.Subnets).toEqual(['subnet-b']);
  });

  test('join the security groups that were given', () => {
    const template = synth((stack) =>
      make(stack, {
        capacity: [Capacity.ON_DEMAND],
        securityGroups: [SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-1')],
      }),
    );
    expect((properties(template, 'AWS::Batch::ComputeEnvironment') as Json).ComputeResources.SecurityGroupIds).toEqual(['sg-1']);
    template.resourceCountIs('AWS::EC2::SecurityGroup', 0);
  });

  test('come from the reservation', () => {
    const template = cluster({ capacity: [Capacity.RESERVATION], reservation: 'cr-0a1b' });
    template.hasResourceProperties('AWS::EC2::LaunchTemplate', {
      LaunchTemplateData: {
        CapacityReservationSpecification: { CapacityReservationTarget: { CapacityReservationId: 'cr-0a1b' } },
        InstanceMarketOptions: Match.absent(),
      },
    });
    expect((properties(template, 'AWS::Batch::ComputeEnvironment') as Json).ComputeResources.Type).toBe('EC2');
  });

  test('come from a Capacity Block', () => {
    cluster({ capacity: [Capacity.RESERVATION], reservation: 'cr-0a1b', capacityBlock: true }).hasResourceProperties(
      'AWS::EC2::LaunchTemplate',
      { LaunchTemplateData: { InstanceMarketOptions: { MarketType: 'capacity-block' } } },
    );
  });
});

describe('a gang of machines', () => {
  test('has one EFA interface on each card of each machine, the first as primary interface', () => {
    const template = cluster(GANG);
    const [{ Properties }] = Object.values(template.findResources('AWS::EC2::LaunchTemplate'));
    const interfaces: Json[] = Properties.LaunchTemplateData.NetworkInterfaces;
    expect(interfaces.map((i) => [i.InterfaceType, i.NetworkCardIndex, i.DeviceIndex])).toEqual([
      ['efa', 0, 0],
      ['efa', 1, 1],
      ['efa', 2, 1],
      ['efa', 3, 1],
    ]);
    for (const i of interfaces) expect(i).not.toHaveProperty('AssociatePublicIpAddress');
  });

  test.each([
    [Accelerator.H100, 8, 32],
    [Accelerator.B200, 8, 8],
    [Accelerator.L4, 1, 1],
  ])('takes the number of interfaces from the catalogue (%#)', (accelerator, acceleratorCount, count) => {
    const [{ Properties }] = Object.values(cluster({ ...GANG, accelerator, acceleratorCount }).findResources('AWS::EC2::LaunchTemplate'));
    expect(Properties.LaunchTemplateData.NetworkInterfaces).toHaveLength(count);
  });

  test('has its security groups on the interfaces only where it has EFA, as Batch takes them in one place', () => {
    const groups = (props?: Partial<GpuTrainingClusterProps>) => compute(props).ComputeResources.SecurityGroupIds;
    expect(groups(GANG)).toBeUndefined();
    expect(groups({ capacity: [Capacity.ON_DEMAND] })).toHaveLength(1);
  });

  test('is made of machines with EFA where there are any', () => {
    expect(compute({ ...GANG, accelerator: Accelerator.L4, acceleratorCount: 1 }).ComputeResources.InstanceTypes).toEqual(['g6.8xlarge']);
  });

  test('stands in one zone, close together', () => {
    const template = cluster(GANG);
    template.hasResourceProperties('AWS::EC2::PlacementGroup', { Strategy: 'cluster' });
    expect((properties(template, 'AWS::Batch::ComputeEnvironment') as Json).ComputeResources).toMatchObject({
      Subnets: ['subnet-a'],
      PlacementGroup: { 'Fn::GetAtt': [expect.stringMatching(/^TrainOnDemandPlacement/), 'GroupName'] },
    });
  });

  test('goes where its reservation is, which brings its own placement', () => {
    const template = cluster({ ...GANG, capacity: [Capacity.RESERVATION], reservation: 'cr-0a1b' });
    template.resourceCountIs('AWS::EC2::PlacementGroup', 0);
    expect((properties(template, 'AWS::Batch::ComputeEnvironment') as Json).ComputeResources.Subnets).toEqual(['subnet-a', 'subnet-b']);
  });

  test('lets all traffic among its machines, in and out, as EFA demands', () => {
    const template = cluster(GANG);
    const self = { 'Fn::GetAtt': [Match.stringLikeRegexp('^TrainSecurityGroup'), 'GroupId'] };
    template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', { GroupId: self, SourceSecurityGroupId: self, IpProtocol: '-1' });
    template.hasResourceProperties('AWS::EC2::SecurityGroupEgress', { GroupId: self, DestinationSecurityGroupId: self, IpProtocol: '-1' });
  });

  test('is one job over all its machines', () => {
    const { Type, NodeProperties } = job({ ...GANG, nodesPerJob: 4 });
    expect(Type).toBe('multinode');
    expect(NodeProperties).toMatchObject({ NumNodes: 4, MainNode: 0, NodeRangeProperties: [{ TargetNodes: '0:3' }] });
  });

  test('gives its containers the EFA devices', () => {
    expect(member().LinuxParameters.Devices.map((d: Json) => d.HostPath)).toEqual([0, 1, 2, 3].map((i) => `/dev/infiniband/uverbs${i}`));
  });

  test('tells each machine its rank and the address of the first, and keeps the command as it is', () => {
    const [shell, flag, script, name, ...command] = member({ command: ['torchrun', '--opt', 'a b'] }).Command;
    expect([shell, flag, name]).toEqual(['sh', '-c', 'gang']);
    expect(script).toBe(
      'export NODE_RANK="$AWS_BATCH_JOB_NODE_INDEX"; ' +
        'export MASTER_ADDR="${AWS_BATCH_JOB_MAIN_NODE_PRIVATE_IPV4_ADDRESS:-127.0.0.1}"; exec "$@"',
    );
    expect(command).toEqual(['torchrun', '--opt', 'a b']);
    expect(env(member())).toMatchObject({ MASTER_PORT: '29500', NNODES: '2', NPROC_PER_NODE: '8' });
  });

  test('runs on demand unless told otherwise', () => {
    expect(compute(GANG).ComputeResources.Type).toBe('EC2');
  });

  test('has as many machines as one job needs unless told otherwise', () => {
    expect(compute({ ...GANG, nodesPerJob: 3 }).ComputeResources.MaxvCpus).toBe(3 * 96);
  });
});

describe('a job of a GpuTrainingCluster', () => {
  test('gets the GPUs and processors of the smallest machine, and the memory that the system leaves', () => {
    expect(container().ResourceRequirements).toEqual([
      { Type: 'MEMORY', Value: String(Math.floor(16 * 1024 * 0.9)) },
      { Type: 'VCPU', Value: '4' },
      { Type: 'GPU', Value: '1' },
    ]);
  });

  test('gets half its memory as shared memory, or what was asked for', () => {
    expect(container().LinuxParameters.SharedMemorySize).toBe(7372);
    expect(container({ sharedMemory: Size.gibibytes(1) }).LinuxParameters.SharedMemorySize).toBe(1024);
  });

  test('may lock memory', () => {
    expect(container().Ulimits).toContainEqual({ Name: 'memlock', SoftLimit: -1, HardLimit: -1 });
  });

  test('runs the command as it is', () => {
    expect(container({ command: ['python', 'train.py'] }).Command).toEqual(['python', 'train.py']);
    expect(container().Command).toBeUndefined();
  });

  test('is told where data, checkpoints and models are, and that it is alone', () => {
    expect(env(container({ env: { EPOCHS: '7' } }))).toEqual({
      AWS_REGION: 'eu-west-1',
      AWS_DEFAULT_REGION: 'eu-west-1',
      EPOCHS: '7',
      ML_DATA_URI: 's3://acme-ml/data',
      ML_CHECKPOINT_URI: 's3://acme-ml/checkpoints/train',
      ML_OUTPUT_URI: 's3://acme-ml/models/train',
      MASTER_ADDR: '127.0.0.1',
      MASTER_PORT: '29500',
      NNODES: '1',
      NODE_RANK: '0',
      NPROC_PER_NODE: '1',
    });
  });

  test('is tried again when its host is gone, and stopped on anything else', () => {
    expect(job().RetryStrategy).toEqual({
      Attempts: 4,
      EvaluateOnExit: [
        { Action: 'RETRY', OnStatusReason: 'Host EC2*' },
        { Action: 'EXIT', OnReason: '*' },
      ],
    });
    expect(job({ retries: 0 }).RetryStrategy.Attempts).toBe(1);
  });

  test('is stopped after its longest duration', () => {
    expect(job().Timeout).toEqual({ AttemptDurationSeconds: 86_400 });
    expect(job({ maxDuration: Duration.hours(12) }).Timeout).toEqual({ AttemptDurationSeconds: 43_200 });
  });

  test('logs to a group that is kept as long as the environment says', () => {
    const template = cluster({ environment: Environment.PROD });
    template.hasResource('AWS::Logs::LogGroup', { Properties: { RetentionInDays: 365 }, DeletionPolicy: 'Retain' });
    expect((properties(template, 'AWS::Batch::JobDefinition') as Json).ContainerProperties.LogConfiguration).toMatchObject({
      LogDriver: 'awslogs',
      Options: { 'awslogs-group': { Ref: expect.stringMatching(/^TrainLogs/) } },
    });
  });

  test('may read data, write checkpoints and models of its cluster, and nothing else', () => {
    const arn = (folder: string) => ({ 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:s3:::acme-ml/${folder}/*`]] });
    const statements = statementsOf(cluster(), 'TrainJobRole');
    const may = (folder: string) =>
      statements.filter((s) => JSON.stringify(s.Resource) === JSON.stringify(arn(folder))).flatMap((s) => s.Action);
    expect(may('data')).toEqual(['s3:GetObject']);
    expect(may('checkpoints/train')).toContain('s3:PutObject');
    expect(may('models/train')).toContain('s3:PutObject');
    expect(statements.map((s) => s.Resource)).not.toContain('*');
  });

  test('is built from a directory', () => {
    const image = ContainerImage.fromDirectory(`${__dirname}/../contract/fixtures/app`);
    expect(JSON.stringify(container({ image }).Image)).toContain('container-assets-123456789012-eu-west-1');
  });

  test('is pulled from ECR by a role that may pull from there and nowhere else', () => {
    const image = ContainerImage.fromReference('123456789012.dkr.ecr.eu-west-1.amazonaws.com/acme/train:1.0');
    const pull = statementsOf(cluster({ image }), 'TrainExecutionRole').find((s) => JSON.stringify(s.Action).includes('ecr:BatchGetImage'));
    expect(pull?.Resource).toBe('arn:aws:ecr:eu-west-1:123456789012:repository/acme/train');
  });
});

describe('the permissions of a GpuTrainingCluster', () => {
  test('let machines join the clusters of Batch only', () => {
    const statements = statementsOf(cluster(), 'TrainInstanceRole');
    const register = statements.find((s) => JSON.stringify(s.Action).includes('ecs:RegisterContainerInstance'))!;
    expect(JSON.stringify(register.Resource)).toContain('cluster/AWSBatch*');
    expect(statements.filter((s) => s.Resource === '*').flatMap((s) => s.Action)).toEqual(['ecs:DiscoverPollEndpoint', 'ec2:DescribeTags']);
  });

  test('come from no managed policy', () => {
    cluster().allResourcesProperties('AWS::IAM::Role', { ManagedPolicyArns: Match.absent() });
  });

  test('let a grantee submit jobs to this queue with this definition', () => {
    const template = synth((stack) => {
      const submitter = new Role(stack, 'Submitter', { assumedBy: new ServicePrincipal('states.amazonaws.com') });
      make(stack).grants.submit(submitter);
    });
    expect(statementsOf(template, 'Submitter')).toEqual([
      {
        Effect: 'Allow',
        Action: 'batch:SubmitJob',
        Resource: [{ 'Fn::GetAtt': [expect.stringMatching(/^Train/), 'JobQueueArn'] }, { Ref: expect.stringMatching(/^TrainJob/) }],
      },
    ]);
  });

  test('say why they end in wildcards, by the name that another stack gives the bucket', () => {
    const app = new App();
    const base = new Stack(app, 'Base', { env: ENV });
    const artifacts = new ArtifactStore(base, 'Artifacts');
    const stack = new Stack(app, 'Stack', { env: ENV });
    const { jobRole } = new GpuTrainingCluster(stack, 'Train', { ...around(stack), artifacts, accelerator: Accelerator.L4 });
    app.synth();
    const ids = jobRole.node.metadata.flatMap((entry) => Object.keys(entry.data));
    expect(ids).toEqual(
      ['data', 'checkpoints/train', 'models/train'].map((folder) =>
        expect.stringMatching(
          new RegExp(`^AwsSolutions::AwsSolutions-IAM5\\[Resource::Base:ExportsOutputFnGetAttArtifacts\\w+/${folder}/\\*\\]$`),
        ),
      ),
    );
  });

  test('can be widened for jobs through their role', () => {
    synth((stack) => expect(make(stack).jobRole.roleArn).toBeDefined());
  });
});

describe('the watch over a GpuTrainingCluster', () => {
  test('rings when the queue is blocked', () => {
    const template = cluster();
    template.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        source: ['aws.batch'],
        'detail-type': ['Batch Job Queue Blocked'],
        detail: { jobQueue: [{ 'Fn::GetAtt': [Match.anyValue(), 'JobQueueArn'] }] },
      },
    });
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      Namespace: 'AWS/Events',
      MetricName: 'TriggeredRules',
      Dimensions: [{ Name: 'RuleName', Value: { Ref: Match.stringLikeRegexp('^TrainBlockedQueue') } }],
      Threshold: 1,
      TreatMissingData: 'notBreaching',
      AlarmDescription: `warning: ${RUNBOOK.jobStuck}`,
    });
  });

  test('keeps the events it counts in one queue, which is what its rules run for', () => {
    const template = synth((stack) => void make(stack).metricFailedJobs());
    const queue = { 'Fn::GetAtt': [Match.stringLikeRegexp('^TrainEvents'), 'Arn'] };
    template.allResourcesProperties('AWS::Events::Rule', { Targets: [Match.objectLike({ Arn: queue })] });
    template.resourceCountIs('AWS::Events::Rule', 2);
    template.hasResource('AWS::SQS::Queue', { Properties: { MessageRetentionPeriod: 1_209_600, SqsManagedSseEnabled: true } });
    template.hasResourceProperties('AWS::SQS::QueuePolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Principal: { Service: 'events.amazonaws.com' },
            Condition: { ArnEquals: { 'aws:SourceArn': { 'Fn::GetAtt': [Match.stringLikeRegexp('^TrainFailedJobs'), 'Arn'] } } },
          }),
        ]),
      },
    });
  });

  test('counts jobs that failed for good, by one rule however often it is asked', () => {
    const template = synth((stack) => {
      const made = make(stack);
      expect(made.metricFailedJobs().dimensions).toEqual(made.metricFailedJobs({ statistic: 'max' }).dimensions);
    });
    template.resourcePropertiesCountIs(
      'AWS::Events::Rule',
      { EventPattern: { 'detail-type': ['Batch Job State Change'], detail: { status: ['FAILED'] } } },
      1,
    );
  });
});

describe('the schedule of a GpuTrainingCluster', () => {
  test('submits a job at the hour of its time zone', () => {
    const template = cluster({ schedule: Schedule.cron('0 3 * * 1', 'Europe/Berlin') });
    template.hasResourceProperties('AWS::Scheduler::Schedule', {
      ScheduleExpression: 'cron(0 3 ? * 2 *)',
      ScheduleExpressionTimezone: 'Europe/Berlin',
      Target: { Arn: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':scheduler:::aws-sdk:batch:submitJob']] } },
    });
    expect(statementsOf(template, 'TrainScheduleRole').map((s) => s.Action)).toEqual(['batch:SubmitJob']);
  });

  test('is none unless asked for', () => {
    cluster().resourceCountIs('AWS::Scheduler::Schedule', 0);
  });
});

describe('a GpuTrainingCluster by itself', () => {
  const alone = synth((stack) => void new GpuTrainingCluster(stack, 'Train', { image: IMAGE, accelerator: Accelerator.T4 }));

  test('makes a network and an artifact store', () => {
    alone.resourceCountIs('AWS::EC2::VPC', 1);
    alone.resourceCountIs('AWS::S3::Bucket', 2);
  });

  test('makes neither if it is given them', () => {
    const template = cluster();
    template.resourceCountIs('AWS::EC2::VPC', 0);
    template.resourceCountIs('AWS::S3::Bucket', 0);
  });

  test('says how a job is started and where its log is', () => {
    const template = cluster();
    template.hasOutput('*', { Description: 'Starts a training job' });
    template.hasOutput('*', { Description: 'Shows what jobs print' });
    synth((stack) => {
      const made = make(stack);
      expect(stack.resolve(made.submitCommand)).toEqual({
        'Fn::Join': [
          '',
          [
            'aws batch submit-job --region eu-west-1 --job-name train --job-queue ',
            { 'Fn::GetAtt': [expect.any(String), 'JobQueueArn'] },
            ' --job-definition ',
            { Ref: expect.any(String) },
          ],
        ],
      });
      expect(made.checkpointUri).toBe('s3://acme-ml/checkpoints/train');
    });
  });
});

describe('a GpuTrainingCluster that exists already', () => {
  const theirs = (stack: Stack) =>
    GpuTrainingCluster.fromGpuTrainingClusterAttributes(stack, 'Theirs', {
      jobQueueArn: 'arn:aws:batch:eu-west-1:123456789012:job-queue/q',
      jobDefinitionArn: 'arn:aws:batch:eu-west-1:123456789012:job-definition/d:3',
      checkpointUri: 's3://acme/checkpoints',
    });

  test('can be submitted to', () => {
    synth((stack) =>
      expect(theirs(stack).submitCommand).toBe(
        'aws batch submit-job --job-name theirs --job-queue arn:aws:batch:eu-west-1:123456789012:job-queue/q ' +
          '--job-definition arn:aws:batch:eu-west-1:123456789012:job-definition/d:3',
      ),
    );
  });

  test('can be watched', () => {
    const template = synth((stack) => void theirs(stack).metricFailedJobs());
    template.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: { detail: { jobQueue: ['arn:aws:batch:eu-west-1:123456789012:job-queue/q'] } },
    });
  });
});

describe('the parity report of a GpuTrainingCluster', () => {
  test('says what it became, and what only nearly', () => {
    let report: ReturnType<typeof parity.report> = [];
    synth((stack) => {
      parity.declare(make(stack, { maxNodes: 4, maxDuration: Duration.hours(12) }), 'training.trainer');
      report = parity.report(stack).filter((e) => e.path.startsWith('training'));
    });
    expect(report).toEqual([
      {
        cloud: 'aws',
        path: 'training.trainer',
        kind: 'mapped',
        became: 'AWS Batch: spot g6.xlarge, g6.2xlarge, g6.4xlarge; then on-demand g6.xlarge',
      },
      { cloud: 'aws', path: 'training.trainer.accelerator', kind: 'mapped', became: '1 L4 on g6.xlarge' },
      {
        cloud: 'aws',
        path: 'training.trainer.maxDuration',
        kind: 'approximated',
        became: '12h for each attempt',
        reason: 'Batch counts the time of each attempt; a job that lost its machine starts anew',
      },
      {
        cloud: 'aws',
        path: 'training.trainer.nodes.max',
        kind: 'approximated',
        became: '4 machines for each link of the capacity chain',
        reason: 'Batch bounds each compute environment by itself, not the queue',
      },
    ]);
  });
});

describe('a GpuTrainingCluster refuses', () => {
  test('a vpc without private subnets, unless subnets are named', () => {
    expect(refusals(() => synth((stack) => void make(stack, { vpc: bareVpc(stack) })))).toEqual([BARE_VPC]);
  });

  const wrong = (props: Partial<GpuTrainingClusterProps>) => refusals(() => cluster(props));

  test.each<[string, Partial<GpuTrainingClusterProps>, object]>([
    [
      'flex-start, which AWS lacks',
      { capacity: [Capacity.FLEX_START] },
      {
        code: 'unsupported',
        prop: 'capacity',
        value: 'flex-start',
        reason: 'AWS has no flex-start; its Capacity Blocks are reservations',
        instead: 'write reservation and the id of a Capacity Block, or on-demand',
      },
    ],
    [
      'a gang on spot capacity',
      { ...GANG, capacity: [Capacity.SPOT] },
      {
        code: 'unsupported',
        prop: 'capacity',
        value: 'spot',
        reason: 'AWS Batch does not run a job of several machines on spot capacity',
        instead: 'write capacity: [on-demand] or [reservation], or nodesPerJob: 1',
      },
    ],
    [
      'a gang without a command',
      { ...GANG, command: undefined },
      {
        code: 'missing',
        prop: 'command',
        value: undefined,
        reason: 'each machine of a job learns its place from a wrapper around the command, and the image does not tell its own',
        instead: 'write the command, such as [torchrun, train.py]',
      },
    ],
    [
      'no capacity at all',
      { capacity: [] },
      { code: 'missing', prop: 'capacity', value: [], reason: 'no machine would ever come', instead: 'write capacity: [on-demand]' },
    ],
    [
      'the same capacity twice',
      { capacity: [Capacity.SPOT, Capacity.SPOT] },
      {
        code: 'choice',
        prop: 'capacity',
        value: ['spot', 'spot'],
        reason: 'it names the same capacity twice',
        instead: 'name each once, in the order they are tried',
      },
    ],
    [
      'a reservation without its id',
      { capacity: [Capacity.RESERVATION] },
      {
        code: 'missing',
        prop: 'reservation',
        value: undefined,
        reason: 'capacity names a reservation, but its id is missing',
        instead: 'write the id of an EC2 capacity reservation, such as cr-0123456789abcdef0',
      },
    ],
    [
      'something else than the id of a reservation',
      { capacity: [Capacity.RESERVATION], reservation: 'my-reservation' },
      {
        code: 'syntax',
        prop: 'reservation',
        value: 'my-reservation',
        reason: 'not the id of an EC2 capacity reservation',
        instead: 'write an id such as cr-0123456789abcdef0',
      },
    ],
    [
      'a reservation that nothing uses',
      { reservation: 'cr-0a1b' },
      {
        code: 'conflict',
        prop: 'reservation',
        value: 'cr-0a1b',
        reason: 'capacity does not name it, so that nothing would use it',
        instead: 'add reservation to capacity, or leave it out',
      },
    ],
    [
      'a Capacity Block without a reservation',
      { capacityBlock: true },
      {
        code: 'conflict',
        prop: 'capacityBlock',
        value: true,
        reason: 'capacity names no reservation',
        instead: 'add reservation to capacity, or leave it out',
      },
    ],
    [
      'half a machine',
      { maxNodes: 1.5 },
      { code: 'limit', prop: 'maxNodes', value: 1.5, reason: 'machines come whole', instead: 'write a whole number from 1' },
    ],
    [
      'more idle machines than there may be',
      { minNodes: 2 },
      { code: 'conflict', prop: 'minNodes', value: 2, reason: 'no more than 1 may run', instead: 'write 1 or less, or raise maxNodes' },
    ],
    [
      'a gang larger than the cluster',
      { ...GANG, maxNodes: 1 },
      {
        code: 'conflict',
        prop: 'nodesPerJob',
        value: 2,
        reason: 'no more than 1 may run, so that no job would ever start',
        instead: 'write 1 or less, or raise maxNodes',
      },
    ],
    [
      'ten retries',
      { retries: 10 },
      {
        code: 'limit',
        prop: 'retries',
        value: 10,
        reason: 'Batch tries a job at most 10 times in all',
        instead: 'write a whole number from 0 to 9',
      },
    ],
    [
      'less than a minute',
      { maxDuration: Duration.seconds(30) },
      {
        code: 'limit',
        prop: 'maxDuration',
        value: '30s',
        reason: 'Batch stops a job after a minute at the earliest',
        instead: 'write 1m or more',
      },
    ],
    [
      'a volume smaller than the image of the machine',
      { rootVolumeSize: Size.gibibytes(8) },
      {
        code: 'limit',
        prop: 'rootVolumeSize',
        value: '8GiB',
        reason: 'a gp3 volume under the ECS image has 30 GiB to 16 TiB',
        instead: 'write a size from 30GiB to 16TiB, such as 200GiB',
      },
    ],
    [
      'more shared memory than a job has',
      { sharedMemory: Size.gibibytes(15) },
      {
        code: 'limit',
        prop: 'sharedMemory',
        value: '15GiB',
        reason: 'a job on g6.xlarge has 14,745 MiB of memory, shared memory included',
        instead: 'write 14745MiB or less, or leave it out',
      },
    ],
    [
      'a variable that Batch keeps for itself',
      { env: { AWS_BATCH_MINE: '1' } },
      {
        code: 'name',
        prop: 'env.AWS_BATCH_MINE',
        value: '1',
        reason: 'Batch keeps names that start with AWS_BATCH for itself',
        instead: 'choose another name',
      },
    ],
    [
      'a variable of the training contract',
      { env: { ML_OUTPUT_URI: 's3://mine' } },
      { code: 'conflict', prop: 'env.ML_OUTPUT_URI', value: 's3://mine', reason: 'the training contract sets it', instead: 'leave it out' },
    ],
    [
      'no security group at all',
      { securityGroups: [] },
      {
        code: 'limit',
        prop: 'securityGroups',
        value: 0,
        reason: 'a network interface has 1 to 5 security groups',
        instead: 'give 1 to 5, or leave it out',
      },
    ],
    [
      'an accelerator that AWS lacks',
      { accelerator: Accelerator.A10 },
      expect.objectContaining({ code: 'unsupported', prop: 'accelerator.type', value: 'A10', reason: 'AWS has no A10' }),
    ],
    [
      'a number of GPUs that no machine has',
      { accelerator: Accelerator.A100_80GB, acceleratorCount: 3 },
      {
        code: 'choice',
        prop: 'accelerator.count',
        value: 3,
        reason: 'AWS offers A100_80GB in machines of 8',
        instead: 'write count: 8',
      },
    ],
  ])('%s', (_, props, problem) => {
    expect(wrong(props)).toEqual([problem]);
  });

  test('everything that is wrong at once', () => {
    expect(wrong({ retries: 99, capacity: [Capacity.FLEX_START], maxDuration: Duration.seconds(1) }).map((p) => p.prop)).toEqual([
      'retries',
      'maxDuration',
      'capacity',
    ]);
  });
});
