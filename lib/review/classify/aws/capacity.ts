import { Change, Finding } from '../../model';
import { at, isEqual, listOf, numberOf, plain } from './body';

interface Figure {
  readonly types: RegExp;
  readonly path: string;
  readonly what: string;
  /** What the service takes where nothing is declared. */
  readonly absent?: number | string;
  readonly unit?: string;
  /** One that is added counts from zero, one that is removed to zero. */
  readonly counts?: true;
}

const FIGURES: readonly Figure[] = [
  { types: /^AWS::Batch::ComputeEnvironment$/, path: 'ComputeResources.MaxvCpus', what: 'Most vCPUs', counts: true },
  { types: /^AWS::Batch::ComputeEnvironment$/, path: 'ComputeResources.MinvCpus', what: 'vCPUs that always run', absent: 0, counts: true },
  { types: /^AWS::Batch::ComputeEnvironment$/, path: 'ComputeResources.DesiredvCpus', what: 'vCPUs at the start' },
  { types: /^AWS::Batch::ComputeEnvironment$/, path: 'ComputeResources.InstanceTypes', what: 'Machines' },
  { types: /^AWS::Batch::ComputeEnvironment$/, path: 'ComputeResources.Type', what: 'Purchase of machines' },
  { types: /^AWS::Batch::ComputeEnvironment$/, path: 'ComputeResources.AllocationStrategy', what: 'Choice of machines' },
  {
    types: /^AWS::Batch::ComputeEnvironment$/,
    path: 'ComputeResources.BidPercentage',
    what: 'Most paid for spot',
    absent: 100,
    unit: '% of on-demand',
  },
  { types: /^AWS::Batch::JobQueue$/, path: 'ComputeEnvironmentOrder.*.ComputeEnvironment', what: 'Compute environments in their order' },
  { types: /^AWS::Batch::JobQueue$/, path: 'Priority', what: 'Priority of the queue' },
  { types: /^AWS::Batch::JobDefinition$/, path: 'ContainerProperties.ResourceRequirements', what: 'Resources of a job' },
  { types: /^AWS::Batch::JobDefinition$/, path: 'NodeProperties.NumNodes', what: 'Nodes of a job' },
  {
    types: /^AWS::Batch::JobDefinition$/,
    path: 'NodeProperties.NodeRangeProperties.*.Container.ResourceRequirements',
    what: 'Resources of a node',
  },
  {
    types: /^AWS::Batch::JobDefinition$/,
    path: 'ContainerProperties.LinuxParameters.SharedMemorySize',
    what: 'Shared memory of a job',
    unit: 'MiB',
  },
  { types: /^AWS::Batch::JobDefinition$/, path: 'RetryStrategy.Attempts', what: 'Attempts of a job', absent: 1 },
  { types: /^AWS::Lambda::Function$/, path: 'MemorySize', what: 'Memory', absent: 128, unit: 'MB' },
  { types: /^AWS::Lambda::Function$/, path: 'EphemeralStorage.Size', what: 'Ephemeral storage', absent: 512, unit: 'MB' },
  {
    types: /^AWS::Lambda::Function$/,
    path: 'ReservedConcurrentExecutions',
    what: 'Most calls at once',
    absent: 'what the account has left',
  },
  {
    types: /^AWS::Lambda::(Alias|Version)$/,
    path: 'ProvisionedConcurrencyConfig.ProvisionedConcurrentExecutions',
    what: 'Instances that are always warm',
    absent: 0,
    counts: true,
  },
  { types: /^AWS::ApplicationAutoScaling::ScalableTarget$/, path: 'MinCapacity', what: 'Least capacity', counts: true },
  { types: /^AWS::ApplicationAutoScaling::ScalableTarget$/, path: 'MaxCapacity', what: 'Most capacity', counts: true },
  {
    types: /^AWS::ApplicationAutoScaling::ScalingPolicy$/,
    path: 'TargetTrackingScalingPolicyConfiguration.TargetValue',
    what: 'Load at which it scales',
  },
  { types: /^AWS::AutoScaling::AutoScalingGroup$/, path: 'MinSize', what: 'Machines that always run', counts: true },
  { types: /^AWS::AutoScaling::AutoScalingGroup$/, path: 'MaxSize', what: 'Most machines', counts: true },
  { types: /^AWS::AutoScaling::AutoScalingGroup$/, path: 'DesiredCapacity', what: 'Machines at the start' },
  {
    types: /^AWS::AutoScaling::AutoScalingGroup$/,
    path: 'MixedInstancesPolicy.InstancesDistribution.OnDemandPercentageAboveBaseCapacity',
    what: 'On-demand share',
    absent: 100,
    unit: '%',
  },
  { types: /^AWS::EC2::LaunchTemplate$/, path: 'LaunchTemplateData.InstanceType', what: 'Machine' },
  {
    types: /^AWS::EC2::LaunchTemplate$/,
    path: 'LaunchTemplateData.InstanceMarketOptions.MarketType',
    what: 'Purchase of machines',
    absent: 'on-demand',
  },
  {
    types: /^AWS::EC2::LaunchTemplate$/,
    path: 'LaunchTemplateData.CapacityReservationSpecification',
    what: 'Capacity reservation',
    absent: 'none',
  },
  { types: /^AWS::EC2::LaunchTemplate$/, path: 'LaunchTemplateData.BlockDeviceMappings.*.Ebs.VolumeSize', what: 'Volumes', unit: 'GiB' },
  { types: /^AWS::EC2::Instance$/, path: 'InstanceType', what: 'Machine', counts: true },
  { types: /^AWS::ECS::Service$/, path: 'DesiredCount', what: 'Tasks', absent: 1, counts: true },
  { types: /^AWS::ECS::TaskDefinition$/, path: 'Cpu', what: 'CPU units of a task' },
  { types: /^AWS::ECS::TaskDefinition$/, path: 'Memory', what: 'Memory of a task', unit: 'MiB' },
  { types: /^AWS::EKS::Nodegroup$/, path: 'ScalingConfig.MinSize', what: 'Nodes that always run', counts: true },
  { types: /^AWS::EKS::Nodegroup$/, path: 'ScalingConfig.MaxSize', what: 'Most nodes', counts: true },
  { types: /^AWS::EKS::Nodegroup$/, path: 'ScalingConfig.DesiredSize', what: 'Nodes at the start' },
  { types: /^AWS::EKS::Nodegroup$/, path: 'InstanceTypes', what: 'Machines' },
  { types: /^AWS::EKS::Nodegroup$/, path: 'CapacityType', what: 'Purchase of machines', absent: 'ON_DEMAND' },
  { types: /^AWS::RDS::DBInstance$/, path: 'DBInstanceClass', what: 'Machine', counts: true },
  { types: /^AWS::RDS::DBInstance$/, path: 'AllocatedStorage', what: 'Storage', unit: 'GiB' },
  { types: /^AWS::RDS::DBInstance$/, path: 'MaxAllocatedStorage', what: 'Most storage', unit: 'GiB' },
  { types: /^AWS::RDS::DBInstance$/, path: 'Iops', what: 'I/O operations a second' },
  { types: /^AWS::RDS::DBInstance$/, path: 'MultiAZ', what: 'Standby in a second zone', absent: 'false' },
  { types: /^AWS::RDS::DBCluster$/, path: 'ServerlessV2ScalingConfiguration.MinCapacity', what: 'Capacity that always runs', unit: 'ACU' },
  { types: /^AWS::RDS::DBCluster$/, path: 'ServerlessV2ScalingConfiguration.MaxCapacity', what: 'Most capacity', unit: 'ACU' },
  { types: /^AWS::DynamoDB::Table$/, path: 'BillingMode', what: 'Billing', absent: 'PROVISIONED' },
  { types: /^AWS::DynamoDB::Table$/, path: 'ProvisionedThroughput.ReadCapacityUnits', what: 'Read capacity units' },
  { types: /^AWS::DynamoDB::Table$/, path: 'ProvisionedThroughput.WriteCapacityUnits', what: 'Write capacity units' },
  { types: /^AWS::EFS::FileSystem$/, path: 'ThroughputMode', what: 'Throughput', absent: 'bursting' },
  { types: /^AWS::EFS::FileSystem$/, path: 'ProvisionedThroughputInMibps', what: 'Provisioned throughput', absent: 0, unit: 'MiB/s' },
  { types: /^AWS::FSx::FileSystem$/, path: 'StorageCapacity', what: 'Storage', unit: 'GiB' },
  { types: /^AWS::FSx::FileSystem$/, path: 'LustreConfiguration.PerUnitStorageThroughput', what: 'Throughput', unit: 'MB/s per TiB' },
  { types: /^AWS::SageMaker::MlflowTrackingServer$/, path: 'TrackingServerSize', what: 'Size', absent: 'Small' },
  { types: /^AWS::SageMaker::FeatureGroup$/, path: 'ThroughputConfig.ThroughputMode', what: 'Throughput', absent: 'OnDemand' },
  { types: /^AWS::SageMaker::FeatureGroup$/, path: 'ThroughputConfig.ProvisionedReadCapacityUnits', what: 'Read capacity units' },
  { types: /^AWS::SageMaker::FeatureGroup$/, path: 'ThroughputConfig.ProvisionedWriteCapacityUnits', what: 'Write capacity units' },
  { types: /^AWS::ECS::TaskDefinition$/, path: 'EphemeralStorage.SizeInGiB', what: 'Disk of a task', absent: 20, unit: 'GiB' },
  { types: /^AWS::Kinesis::Stream$/, path: 'ShardCount', what: 'Shards' },
  { types: /^AWS::ElastiCache::ReplicationGroup$/, path: 'CacheNodeType', what: 'Machine' },
  { types: /^AWS::ElastiCache::ReplicationGroup$/, path: 'ReplicasPerNodeGroup', what: 'Replicas' },
  { types: /^AWS::SageMaker::EndpointConfig$/, path: 'ProductionVariants.*.InstanceType', what: 'Machines' },
  {
    types: /^AWS::SageMaker::EndpointConfig$/,
    path: 'ProductionVariants.*.InitialInstanceCount',
    what: 'Machines at the start',
    counts: true,
  },
  { types: /^AWS::SageMaker::EndpointConfig$/, path: 'ProductionVariants.*.ServerlessConfig.MaxConcurrency', what: 'Most calls at once' },
  { types: /^AWS::SageMaker::EndpointConfig$/, path: 'ProductionVariants.*.ServerlessConfig.MemorySizeInMB', what: 'Memory', unit: 'MB' },
  { types: /^AWS::SageMaker::NotebookInstance$/, path: 'InstanceType', what: 'Machine', counts: true },
  { types: /^AWS::CodeBuild::Project$/, path: 'Environment.ComputeType', what: 'Machine of a build' },
  { types: /^AWS::CodeBuild::Project$/, path: 'ConcurrentBuildLimit', what: 'Most builds at once', absent: 'no limit' },
  { types: /^AWS::MWAA::Environment$/, path: 'EnvironmentClass', what: 'Size' },
  { types: /^AWS::MWAA::Environment$/, path: 'MaxWorkers', what: 'Most workers' },
  { types: /^AWS::ApiGateway::Stage$/, path: 'MethodSettings.*.ThrottlingRateLimit', what: 'Most requests a second' },
  { types: /^AWS::ApiGateway::UsagePlan$/, path: 'Throttle.RateLimit', what: 'Most requests a second' },
];

// Always on, and billed by the hour.
const ALWAYS_ON: { readonly [type: string]: string } = {
  'AWS::EC2::NatGateway': 'NAT gateways',
  'AWS::ElasticLoadBalancingV2::LoadBalancer': 'Load balancers',
  'AWS::EKS::Cluster': 'Kubernetes control planes',
  'AWS::MWAA::Environment': 'Workflow environments',
  'AWS::SageMaker::Endpoint': 'Endpoints that always run',
  'AWS::SageMaker::MlflowTrackingServer': 'MLflow tracking servers',
};

/** Accelerators, machines, concurrency or always-on instances change: with the numbers. */
export function findCapacity(change: Change): Finding[] {
  const { action, type, before, after } = change;
  const figures = FIGURES.filter((f) => f.types.test(type) && (f.counts || (before && after))).flatMap((f): Finding[] => {
    const [was, is] = [valueOf(before, f), valueOf(after, f)];
    return isSameFigure(f, was, is) || (!before && !is) || (!after && !was) ? [] : [{ class: 'capacity', why: sentence(f, was, is) }];
  });
  const always = ALWAYS_ON[type];
  if (always && (action === 'add' || action === 'remove')) {
    figures.push({
      class: 'capacity',
      why: action === 'add' ? `${always}: one more, which is billed by the hour.` : `${always}: one fewer.`,
    });
  }
  return figures;
}

function isSameFigure({ path }: Figure, was: unknown, is: unknown): boolean {
  const sorted = (v: unknown): unknown => (Array.isArray(v) && !path.includes('Order') ? v.map(canonical).sort() : v);
  return isEqual(sorted(was), sorted(is));
}

function canonical(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function valueOf(body: Change['before'], { path, absent, counts }: Figure): unknown {
  const value = at(body, path);
  const empty = value === undefined || (Array.isArray(value) && value.length === 0);
  return empty ? (body ? absent : counts && 0) : value;
}

function sentence({ what, unit }: Figure, was: unknown, is: unknown): string {
  const [a, b] = [was, is].map((v) => numberOf(Array.isArray(v) && v.length === 1 ? v[0] : v));
  const way = a === undefined || b === undefined ? 'now' : b > a ? 'up to' : 'down to';
  // Zero of a kind of machine is none of it.
  const [before, after] = [was, is].map((v) => (v === 0 && way === 'now' ? 'none' : shown(v, unit)));
  return `${what} ${way} ${after}, before: ${before}.`;
}

function shown(value: unknown, unit?: string): string {
  const text = value === undefined ? 'not set' : Array.isArray(value) ? listOf(value).map(member).join(', ') : member(value);
  return unit && listOf(value).length > 0 && listOf(value).every((v) => numberOf(v) !== undefined) ? `${text} ${unit}` : text;
}

// As people say it.
const PURCHASES: { readonly [type: string]: string } = { EC2: 'on-demand', ON_DEMAND: 'on-demand', SPOT: 'spot', spot: 'spot' };

// `{ Type: 'GPU', Value: '1' }` is "1 GPU".
function member(value: unknown): string {
  if (Array.isArray(value)) {
    return value.map(member).join(', ');
  }
  if (typeof value === 'object' && value !== null && 'Type' in value && 'Value' in value) {
    return `${plain(value.Value)} ${plain(value.Type)}`;
  }
  return PURCHASES[String(value)] ?? plain(value);
}
