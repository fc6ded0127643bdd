import { findCapacity } from '../../../lib/review/classify/aws/capacity';
import { either, findings, PARAMETER, put } from './change';

const gpus = (...counts: number[]) => counts.map((n) => ({ Type: 'GPU', Value: String(n) }));
const ENVIRONMENT = 'Batch::ComputeEnvironment';
const JOB = 'Batch::JobDefinition';
const MACHINES = 'EC2::LaunchTemplate';
const FLEET = 'AutoScaling::AutoScalingGroup';
const NODES = 'EKS::Nodegroup';
const VARIANTS = 'ProductionVariants.*';

const FIGURES: readonly (readonly [string, string, unknown, unknown, string])[] = [
  [ENVIRONMENT, 'ComputeResources.MaxvCpus', 16, 64, 'Most vCPUs up to 64, before: 16.'],
  [ENVIRONMENT, 'ComputeResources.MinvCpus', undefined, 4, 'vCPUs that always run up to 4, before: 0.'],
  [ENVIRONMENT, 'ComputeResources.DesiredvCpus', 8, 4, 'vCPUs at the start down to 4, before: 8.'],
  [
    ENVIRONMENT,
    'ComputeResources.InstanceTypes',
    ['g6.xlarge'],
    ['g6.xlarge', 'p5.48xlarge'],
    'Machines now g6.xlarge, p5.48xlarge, before: g6.xlarge.',
  ],
  [ENVIRONMENT, 'ComputeResources.Type', 'SPOT', 'EC2', 'Purchase of machines now on-demand, before: spot.'],
  [
    ENVIRONMENT,
    'ComputeResources.AllocationStrategy',
    'BEST_FIT',
    'SPOT_CAPACITY_OPTIMIZED',
    'Choice of machines now SPOT_CAPACITY_OPTIMIZED, before: BEST_FIT.',
  ],
  [
    ENVIRONMENT,
    'ComputeResources.BidPercentage',
    undefined,
    60,
    'Most paid for spot down to 60 % of on-demand, before: 100 % of on-demand.',
  ],
  [
    'Batch::JobQueue',
    'ComputeEnvironmentOrder',
    [{ ComputeEnvironment: 'spot' }, { ComputeEnvironment: 'on-demand' }],
    [{ ComputeEnvironment: 'on-demand' }, { ComputeEnvironment: 'spot' }],
    'Compute environments in their order now on-demand, spot, before: spot, on-demand.',
  ],
  ['Batch::JobQueue', 'Priority', 1, 10, 'Priority of the queue up to 10, before: 1.'],
  [JOB, 'ContainerProperties.ResourceRequirements', gpus(1), gpus(4), 'Resources of a job now 4 GPU, before: 1 GPU.'],
  [JOB, 'NodeProperties.NumNodes', 2, 4, 'Nodes of a job up to 4, before: 2.'],
  [
    JOB,
    'NodeProperties.NodeRangeProperties.*.Container.ResourceRequirements',
    gpus(1),
    gpus(8),
    'Resources of a node now 8 GPU, before: 1 GPU.',
  ],
  [JOB, 'ContainerProperties.LinuxParameters.SharedMemorySize', 64, 8192, 'Shared memory of a job up to 8192 MiB, before: 64 MiB.'],
  [JOB, 'RetryStrategy.Attempts', undefined, 3, 'Attempts of a job up to 3, before: 1.'],
  ['Lambda::Function', 'MemorySize', undefined, 1024, 'Memory up to 1024 MB, before: 128 MB.'],
  ['Lambda::Function', 'EphemeralStorage.Size', 2048, undefined, 'Ephemeral storage down to 512 MB, before: 2048 MB.'],
  ['Lambda::Function', 'ReservedConcurrentExecutions', undefined, 10, 'Most calls at once now 10, before: what the account has left.'],
  [
    'Lambda::Alias',
    'ProvisionedConcurrencyConfig.ProvisionedConcurrentExecutions',
    undefined,
    5,
    'Instances that are always warm up to 5, before: 0.',
  ],
  ['ApplicationAutoScaling::ScalableTarget', 'MinCapacity', 1, 0, 'Least capacity down to 0, before: 1.'],
  ['ApplicationAutoScaling::ScalableTarget', 'MaxCapacity', 4, '40', 'Most capacity up to 40, before: 4.'],
  [
    'ApplicationAutoScaling::ScalingPolicy',
    'TargetTrackingScalingPolicyConfiguration.TargetValue',
    0.7,
    0.5,
    'Load at which it scales down to 0.5, before: 0.7.',
  ],
  [FLEET, 'MinSize', '0', '2', 'Machines that always run up to 2, before: 0.'],
  [FLEET, 'MaxSize', '4', '2', 'Most machines down to 2, before: 4.'],
  [FLEET, 'DesiredCapacity', undefined, '2', 'Machines at the start now 2, before: not set.'],
  [
    FLEET,
    'MixedInstancesPolicy.InstancesDistribution.OnDemandPercentageAboveBaseCapacity',
    undefined,
    0,
    'On-demand share down to 0 %, before: 100 %.',
  ],
  [MACHINES, 'LaunchTemplateData.InstanceType', 'g6.xlarge', 'p5.48xlarge', 'Machine now p5.48xlarge, before: g6.xlarge.'],
  [MACHINES, 'LaunchTemplateData.InstanceMarketOptions.MarketType', undefined, 'spot', 'Purchase of machines now spot, before: on-demand.'],
  [
    MACHINES,
    'LaunchTemplateData.CapacityReservationSpecification',
    undefined,
    { CapacityReservationPreference: 'open' },
    'Capacity reservation now {"CapacityReservationPreference":"open"}, before: none.',
  ],
  [MACHINES, 'LaunchTemplateData.BlockDeviceMappings.*.Ebs.VolumeSize', 100, 500, 'Volumes up to 500 GiB, before: 100 GiB.'],
  ['EC2::Instance', 'InstanceType', 't3.small', 't3.large', 'Machine now t3.large, before: t3.small.'],
  ['ECS::Service', 'DesiredCount', undefined, 3, 'Tasks up to 3, before: 1.'],
  ['ECS::TaskDefinition', 'Cpu', '256', '1024', 'CPU units of a task up to 1024, before: 256.'],
  ['ECS::TaskDefinition', 'Memory', '2048', '512', 'Memory of a task down to 512 MiB, before: 2048 MiB.'],
  [NODES, 'ScalingConfig.MinSize', 0, 1, 'Nodes that always run up to 1, before: 0.'],
  [NODES, 'ScalingConfig.MaxSize', 4, 16, 'Most nodes up to 16, before: 4.'],
  [NODES, 'ScalingConfig.DesiredSize', 1, 2, 'Nodes at the start up to 2, before: 1.'],
  [NODES, 'InstanceTypes', ['g6.xlarge'], ['g6.2xlarge'], 'Machines now g6.2xlarge, before: g6.xlarge.'],
  [NODES, 'CapacityType', undefined, 'SPOT', 'Purchase of machines now spot, before: on-demand.'],
  ['RDS::DBInstance', 'DBInstanceClass', 'db.t4g.small', 'db.m7g.large', 'Machine now db.m7g.large, before: db.t4g.small.'],
  ['RDS::DBInstance', 'AllocatedStorage', '20', '100', 'Storage up to 100 GiB, before: 20 GiB.'],
  ['RDS::DBInstance', 'MaxAllocatedStorage', 100, 50, 'Most storage down to 50 GiB, before: 100 GiB.'],
  ['RDS::DBInstance', 'Iops', 3000, 12000, 'I/O operations a second up to 12000, before: 3000.'],
  ['RDS::DBInstance', 'MultiAZ', undefined, true, 'Standby in a second zone now true, before: false.'],
  ['RDS::DBCluster', 'ServerlessV2ScalingConfiguration.MinCapacity', 0.5, 2, 'Capacity that always runs up to 2 ACU, before: 0.5 ACU.'],
  ['RDS::DBCluster', 'ServerlessV2ScalingConfiguration.MaxCapacity', 8, 4, 'Most capacity down to 4 ACU, before: 8 ACU.'],
  ['DynamoDB::Table', 'BillingMode', undefined, 'PAY_PER_REQUEST', 'Billing now PAY_PER_REQUEST, before: PROVISIONED.'],
  ['DynamoDB::Table', 'ProvisionedThroughput.ReadCapacityUnits', 5, 50, 'Read capacity units up to 50, before: 5.'],
  ['DynamoDB::Table', 'ProvisionedThroughput.WriteCapacityUnits', 50, 5, 'Write capacity units down to 5, before: 50.'],
  ['EFS::FileSystem', 'ThroughputMode', undefined, 'elastic', 'Throughput now elastic, before: bursting.'],
  ['EFS::FileSystem', 'ProvisionedThroughputInMibps', undefined, 100, 'Provisioned throughput up to 100 MiB/s, before: 0 MiB/s.'],
  ['FSx::FileSystem', 'StorageCapacity', 1200, 2400, 'Storage up to 2400 GiB, before: 1200 GiB.'],
  [
    'FSx::FileSystem',
    'LustreConfiguration.PerUnitStorageThroughput',
    250,
    125,
    'Throughput down to 125 MB/s per TiB, before: 250 MB/s per TiB.',
  ],
  ['Kinesis::Stream', 'ShardCount', 2, 4, 'Shards up to 4, before: 2.'],
  [
    'ElastiCache::ReplicationGroup',
    'CacheNodeType',
    'cache.t4g.small',
    'cache.r7g.large',
    'Machine now cache.r7g.large, before: cache.t4g.small.',
  ],
  ['ElastiCache::ReplicationGroup', 'ReplicasPerNodeGroup', 1, 2, 'Replicas up to 2, before: 1.'],
  [
    'SageMaker::EndpointConfig',
    `${VARIANTS}.InstanceType`,
    'ml.g5.xlarge',
    'ml.p5.48xlarge',
    'Machines now ml.p5.48xlarge, before: ml.g5.xlarge.',
  ],
  ['SageMaker::EndpointConfig', `${VARIANTS}.InitialInstanceCount`, 1, 2, 'Machines at the start up to 2, before: 1.'],
  ['SageMaker::EndpointConfig', `${VARIANTS}.ServerlessConfig.MaxConcurrency`, 5, 20, 'Most calls at once up to 20, before: 5.'],
  ['SageMaker::EndpointConfig', `${VARIANTS}.ServerlessConfig.MemorySizeInMB`, 2048, 1024, 'Memory down to 1024 MB, before: 2048 MB.'],
  ['SageMaker::NotebookInstance', 'InstanceType', 'ml.t3.medium', 'ml.g5.xlarge', 'Machine now ml.g5.xlarge, before: ml.t3.medium.'],
  [
    'CodeBuild::Project',
    'Environment.ComputeType',
    'BUILD_GENERAL1_SMALL',
    'BUILD_GENERAL1_LARGE',
    'Machine of a build now BUILD_GENERAL1_LARGE, before: BUILD_GENERAL1_SMALL.',
  ],
  ['CodeBuild::Project', 'ConcurrentBuildLimit', undefined, 2, 'Most builds at once now 2, before: no limit.'],
  ['MWAA::Environment', 'EnvironmentClass', 'mw1.small', 'mw1.large', 'Size now mw1.large, before: mw1.small.'],
  ['MWAA::Environment', 'MaxWorkers', 10, 5, 'Most workers down to 5, before: 10.'],
  ['ApiGateway::Stage', 'MethodSettings.*.ThrottlingRateLimit', 100, 10, 'Most requests a second down to 10, before: 100.'],
  ['ApiGateway::UsagePlan', 'Throttle.RateLimit', 10, 100, 'Most requests a second up to 100, before: 10.'],
  ['SageMaker::MlflowTrackingServer', 'TrackingServerSize', undefined, 'Large', 'Size now Large, before: Small.'],
  ['SageMaker::FeatureGroup', 'ThroughputConfig.ThroughputMode', undefined, 'Provisioned', 'Throughput now Provisioned, before: OnDemand.'],
  ['SageMaker::FeatureGroup', 'ThroughputConfig.ProvisionedReadCapacityUnits', 10, 20, 'Read capacity units up to 20, before: 10.'],
  ['SageMaker::FeatureGroup', 'ThroughputConfig.ProvisionedWriteCapacityUnits', 20, 10, 'Write capacity units down to 10, before: 20.'],
  ['ECS::TaskDefinition', 'EphemeralStorage.SizeInGiB', undefined, 50, 'Disk of a task up to 50 GiB, before: 20 GiB.'],
];

const told = (type: string, before: object | undefined, after: object | undefined) =>
  findings(findCapacity, `AWS::${type}`, before as Parameters<typeof findings>[2], after as Parameters<typeof findings>[2]);

describe('a figure', () => {
  test.each(FIGURES)('that changes is told with the numbers: %s %s %j → %j', (type, path, before, after, why) => {
    expect(told(type, put(path, before), put(path, after))).toEqual([`capacity: ${why}`]);
  });

  test.each(FIGURES)('that stays is not: %s %s', (type, path, before) => {
    const same = put(path, typeof before === 'number' ? String(before) : before);
    expect(told(type, { ...put(path, before), Tags: [{ Key: 'a', Value: 'b' }] }, same)).toEqual([]);
  });

  test.each(FIGURES)('that only the deployment knows is shown as it is written: %s %s', (type, path, before) => {
    expect(told(type, put(path, before), put(path, PARAMETER))).toEqual([expect.stringMatching(/^capacity: .* now Parameter, before: /)]);
    expect(told(type, put(path, before), put(path, either(1, 2)))).toEqual([
      expect.stringMatching(/^capacity: .* now \{"Fn::If":\["IsProduction",1,2\]\}, before: /),
    ]);
  });
});

test('the order of machines, and of what a job needs, means nothing', () => {
  expect(told(NODES, { InstanceTypes: ['a', 'b'] }, { InstanceTypes: ['b', 'a'] })).toEqual([]);
  const needs = [...gpus(1), { Type: 'MEMORY', Value: '2048' }];
  const of = (ResourceRequirements: unknown) => ({ ContainerProperties: { ResourceRequirements } });
  expect(told(JOB, of(needs), of([...needs].reverse()))).toEqual([]);
  expect(told(JOB, of(needs), of([...gpus(2), needs[1]]))).toEqual([
    'capacity: Resources of a job now 2 GPU, 2048 MEMORY, before: 1 GPU, 2048 MEMORY.',
  ]);
});

describe('what is added counts from none, what is removed to none', () => {
  test.each([
    [
      FLEET,
      { MinSize: '1', MaxSize: '4' },
      ['Machines that always run up to 1, before: 0.', 'Most machines up to 4, before: 0.'],
      ['Machines that always run down to 0, before: 1.', 'Most machines down to 0, before: 4.'],
    ],
    [ENVIRONMENT, { ComputeResources: { MaxvCpus: 16 } }, ['Most vCPUs up to 16, before: 0.'], ['Most vCPUs down to 0, before: 16.']],
    ['EC2::Instance', { InstanceType: 't3.small' }, ['Machine now t3.small, before: none.'], ['Machine now none, before: t3.small.']],
    [
      'RDS::DBInstance',
      { DBInstanceClass: 'db.t4g.small', AllocatedStorage: '20' },
      ['Machine now db.t4g.small, before: none.'],
      ['Machine now none, before: db.t4g.small.'],
    ],
    [
      'SageMaker::EndpointConfig',
      put(`${VARIANTS}.InitialInstanceCount`, 2),
      ['Machines at the start up to 2, before: 0.'],
      ['Machines at the start down to 0, before: 2.'],
    ],
    ['ECS::Service', {}, ['Tasks up to 1, before: 0.'], ['Tasks down to 0, before: 1.']],
    ['Lambda::Function', { MemorySize: 1024 }, [], []],
    [ENVIRONMENT, { ComputeResources: { MinvCpus: 0 } }, [], []],
  ])('%s %j', (type, properties, added, removed) => {
    const says = (all: readonly string[]) => all.map((why) => `capacity: ${why}`);
    expect(told(type, undefined, properties)).toEqual(says(added));
    expect(told(type, properties, undefined)).toEqual(says(removed));
  });

  test.each([
    ['EC2::NatGateway', 'NAT gateways'],
    ['ElasticLoadBalancingV2::LoadBalancer', 'Load balancers'],
    ['EKS::Cluster', 'Kubernetes control planes'],
    ['MWAA::Environment', 'Workflow environments'],
    ['SageMaker::Endpoint', 'Endpoints that always run'],
  ])('and so does what always runs: %s', (type, what) => {
    expect(told(type, undefined, {})).toEqual([`capacity: ${what}: one more, which is billed by the hour.`]);
    expect(told(type, {}, undefined)).toEqual([`capacity: ${what}: one fewer.`]);
    expect(told(type, { Tags: [] }, { Tags: [{ Key: 'a', Value: 'b' }] })).toEqual([]);
  });
});
