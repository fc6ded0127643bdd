import { Cause, Change, Finding } from '../../model';
import { at, differs, isDown, isEqual, isTrue, listOf, numberOf, recordOf, theOne, verdictOn } from './body';
import { DATA_PLANE_DURING, DATA_PLANE_NOTICED, DATA_PLANE_SHUT } from './data-plane';
import { findUnwatched } from './unwatched';

// What those who depend on it notice when one of the type goes or another takes its place.
const NOTICED: { readonly [type: string]: { readonly gone: string; readonly anew: string } } = {
  ...DATA_PLANE_NOTICED,
  'AWS::ApiGateway::RestApi': { gone: 'its URL answers no more', anew: 'its id and with it its URL change: clients must be told' },
  'AWS::ApiGatewayV2::Api': { gone: 'its URL answers no more', anew: 'its id and with it its URL change: clients must be told' },
  'AWS::ApiGateway::Stage': { gone: 'its URL answers no more', anew: 'its URL answers no request until the new one stands' },
  'AWS::ApiGateway::Method': { gone: 'requests to it are refused', anew: 'requests to it are refused until the new one is deployed' },
  'AWS::ApiGateway::Resource': {
    gone: 'requests to it are refused',
    anew: 'requests to it are refused until the new one is deployed',
  },
  'AWS::AutoScaling::AutoScalingGroup': { gone: 'its machines stop', anew: 'all its machines are exchanged' },
  'AWS::Batch::ComputeEnvironment': {
    gone: 'jobs that run on it are stopped',
    anew: 'jobs that run on it are stopped or finish on the old one',
  },
  'AWS::Batch::JobQueue': { gone: 'jobs that wait in it are dropped', anew: 'jobs that wait in it are dropped, and its ARN changes' },
  'AWS::CodeConnections::Connection': {
    gone: 'pipelines cannot fetch the source any more',
    anew: 'somebody must authorize it again in the console before a pipeline runs',
  },
  'AWS::CodePipeline::Pipeline': { gone: 'nothing is released by it any more', anew: 'an execution under way is lost' },
  'AWS::EC2::EIP': { gone: 'the address is given back', anew: 'the public address changes: allow-lists of others must follow' },
  'AWS::EC2::Instance': { gone: 'the machine stops', anew: 'the machine is down until the new one has started' },
  'AWS::EC2::InternetGateway': { gone: 'nothing reaches the internet through it any more', anew: 'connections to the internet break' },
  'AWS::EC2::NatGateway': { gone: 'private subnets that use it reach the internet no more', anew: 'open connections through it break' },
  'AWS::EC2::Route': { gone: 'what was routed by it is not reached any more', anew: 'what is routed by it is not reached for a moment' },
  'AWS::EC2::Subnet': { gone: 'nothing can run in it any more', anew: 'whatever runs in it has to move' },
  'AWS::EC2::VPC': { gone: 'nothing can run in it any more', anew: 'whatever runs in it is made anew' },
  'AWS::EC2::VPCEndpoint': {
    gone: 'the service is not reached privately through it any more',
    anew: 'calls through it fail until the new one stands',
  },
  'AWS::ECS::Cluster': { gone: 'what runs on it stops', anew: 'what runs on it is started anew' },
  'AWS::ECS::Service': { gone: 'its tasks stop', anew: 'its tasks stop and start anew' },
  'AWS::EKS::Cluster': { gone: 'what runs on it stops', anew: 'what runs on it is gone' },
  'AWS::EKS::Nodegroup': { gone: 'pods on its nodes are evicted', anew: 'pods on its nodes are evicted' },
  'AWS::ElasticBeanstalk::Environment': { gone: 'its URL answers no more', anew: 'its URL changes unless the name is kept' },
  'AWS::ElasticLoadBalancingV2::Listener': {
    gone: 'its port answers no more',
    anew: 'its port answers no request until the new one stands',
  },
  'AWS::ElasticLoadBalancingV2::LoadBalancer': { gone: 'its name answers no more', anew: 'its DNS name changes' },
  'AWS::Events::Rule': { gone: 'what it started is not started any more', anew: 'events in between are missed' },
  'AWS::Lambda::Alias': { gone: 'callers of the alias are refused', anew: 'callers of the alias are refused until the new one stands' },
  'AWS::Lambda::EventSourceMapping': { gone: 'the function is not fed from it any more', anew: 'where it was in the stream may be lost' },
  'AWS::Lambda::Function': { gone: 'callers are refused', anew: 'its ARN changes: callers outside of the stack are refused' },
  'AWS::Lambda::Url': { gone: 'the URL answers no more', anew: 'the URL changes: clients must be told' },
  'AWS::MWAA::Environment': { gone: 'its workflows run no more', anew: 'its workflows stop for the better part of an hour' },
  'AWS::RDS::DBCluster': { gone: 'its clients cannot connect', anew: 'its clients cannot connect until the new one has started' },
  'AWS::RDS::DBInstance': { gone: 'its clients cannot connect', anew: 'its clients cannot connect until the new one has started' },
  'AWS::SageMaker::Endpoint': { gone: 'its callers are refused', anew: 'its callers are refused until the new one is in service' },
  'AWS::Scheduler::Schedule': { gone: 'what it started is not started any more', anew: 'a run may be missed' },
  'AWS::SNS::Topic': {
    gone: 'what was published to it reaches nobody',
    anew: 'its ARN changes, and who subscribed by hand is not told any more',
  },
  'AWS::SQS::Queue': { gone: 'senders are refused', anew: 'its URL changes: senders outside of the stack are refused' },
  'AWS::StepFunctions::StateMachine': { gone: 'what it orchestrates is not started any more', anew: 'executions under way are stopped' },
};

/** The service is down or degraded while the change happens, or from then on; or nobody would notice if it were. */
export function findInterrupt(change: Change): Finding[] {
  return [...passing(change), ...rules(change), ...shut(change), ...findUnwatched(change)];
}

function passing({ action, replacement, type }: Change): Finding[] {
  const noticed = NOTICED[type];
  if (!noticed) {
    return [];
  }
  if (action === 'remove') {
    return [{ class: 'interrupt', why: `${theOne(type)} is removed: ${noticed.gone}.` }];
  }
  if (action !== 'replace' && action !== 'move') {
    return [];
  }
  const certain = action === 'move' || replacement === 'yes';
  return [
    {
      class: 'interrupt',
      why: `${theOne(type)} ${certain ? 'is' : 'may be'} made anew: ${noticed.anew}.`,
      ...(!certain && { conditional: true }),
    },
  ];
}

// Updated in place, with an interruption.
const DURING: readonly {
  readonly types: RegExp;
  readonly paths: readonly string[];
  readonly why: string;
  readonly conditional?: boolean;
}[] = [
  ...DATA_PLANE_DURING,
  {
    types: /^AWS::(RDS|DocDB|Neptune)::DBInstance$/,
    paths: ['DBInstanceClass'],
    why: 'The database restarts on the other machine: its clients are cut off for minutes.',
  },
  {
    types: /^AWS::(RDS|DocDB|Neptune)::DB(Instance|Cluster)$/,
    paths: ['EngineVersion'],
    why: 'The engine is upgraded: its clients are cut off meanwhile, and there is no way back but a backup.',
  },
  {
    types: /^AWS::RDS::DBInstance$/,
    paths: ['Port', 'DBPortNumber', 'OptionGroupName', 'StorageType'],
    why: 'The database may restart for it.',
    conditional: true,
  },
  {
    types: /^AWS::RDS::DBInstance$/,
    paths: ['MultiAZ'],
    why: 'There is another number of zones: it may slow down meanwhile, and a failover works otherwise.',
    conditional: true,
  },
  {
    types: /^AWS::(RDS|DocDB|Neptune)::DB(Instance|Cluster)$/,
    paths: ['MasterUserPassword'],
    why: 'The password changes: clients with the old one cannot connect.',
  },
  {
    types: /^AWS::ElastiCache::(ReplicationGroup|CacheCluster)$/,
    paths: ['CacheNodeType', 'EngineVersion', 'Engine'],
    why: 'Its nodes are exchanged: clients are cut off for a moment.',
  },
  { types: /^AWS::EC2::Instance$/, paths: ['InstanceType', 'EbsOptimized', 'UserData'], why: 'The machine is stopped and started again.' },
  {
    types: /^AWS::OpenSearchService::Domain$/,
    paths: ['ClusterConfig', 'EngineVersion', 'EBSOptions'],
    why: 'All its data moves to new nodes; it is slower meanwhile.',
  },
  {
    types: /^AWS::Redshift::Cluster$/,
    paths: ['NodeType', 'NumberOfNodes', 'ClusterVersion'],
    why: 'It is read only, or down, while it is resized.',
  },
  { types: /^AWS::EKS::Cluster$/, paths: ['Version'], why: 'The control plane is upgraded, and there is no way back.' },
  {
    types: /^AWS::EKS::Nodegroup$/,
    paths: ['Version', 'ReleaseVersion', 'LaunchTemplate'],
    why: 'Its nodes are exchanged: pods on them are evicted.',
  },
  {
    types: /^AWS::ApiGateway::RestApi$/,
    paths: ['EndpointConfiguration.Types'],
    why: 'The endpoint moves: it may refuse requests for a minute.',
  },
  {
    types: /^AWS::SageMaker::NotebookInstance$/,
    paths: ['InstanceType', 'VolumeSizeInGB'],
    why: 'The notebook is stopped and started again.',
  },
  {
    types: /^AWS::Lambda::Function$/,
    paths: ['Handler', 'Runtime', 'Architectures', 'PackageType'],
    why: 'The code runs in another way from then on: code that does not fit fails at its first call.',
    conditional: true,
  },
  {
    types: /^AWS::ECS::Service$/,
    paths: ['NetworkConfiguration', 'LoadBalancers', 'PlatformVersion'],
    why: 'Its tasks are exchanged one by one.',
    conditional: true,
  },
];
// A change of these needs other machines where the environment itself may stay.
const BATCH_MACHINES =
  /^Properties\.ComputeResources\.(AllocationStrategy|BidPercentage|Ec2Configuration|Ec2KeyPair|ImageId|InstanceRole|InstanceTypes|LaunchTemplate|PlacementGroup|SecurityGroupIds|Subnets|Tags|Type)\b/;

function rules(change: Change): Finding[] {
  const during = DURING.filter((d) => d.types.test(change.type) && d.paths.some((p) => differs(change, p) || isSecretAt(change, p))).map(
    ({ why, conditional }): Finding => ({ class: 'interrupt', why, ...(conditional && { conditional }) }),
  );
  if (
    change.type === 'AWS::Batch::ComputeEnvironment' &&
    change.action === 'update' &&
    change.causes.some((c) => BATCH_MACHINES.test(c.path) && !isReordered(c))
  ) {
    const stops = isTrue(at(change.after, 'UpdatePolicy.TerminateJobsOnUpdate'));
    const minutes = numberOf(at(change.after, 'UpdatePolicy.JobExecutionTimeoutMinutes')) ?? 30;
    const jobs = stops ? 'jobs on them are stopped at once' : `jobs on them may finish within ${minutes} minutes, and are stopped then`;
    during.push({ class: 'interrupt', why: `Its machines are exchanged: ${jobs}.` });
  }
  return during;
}

// What is secret is blotted out before and after, and is the same then.
function isSecretAt(change: Change, path: string): boolean {
  return change.causes.some((c) => c.sensitive && c.path === `Properties.${path}`);
}

function isReordered({ before, after }: Cause): boolean {
  const members = (list: unknown): string[] =>
    listOf(list)
      .map((m) => JSON.stringify(m))
      .sort();
  return Array.isArray(before) && Array.isArray(after) && isEqual(members(before), members(after));
}

// A switch or a limit after which less is served than before.
const SHUT: readonly {
  readonly types: RegExp;
  readonly path: string;
  readonly isShut: (value: unknown) => boolean;
  readonly why: string;
}[] = [
  ...DATA_PLANE_SHUT,
  {
    types: /^AWS::Batch::(ComputeEnvironment|JobQueue)$/,
    path: 'State',
    isShut: (v) => v === 'DISABLED',
    why: 'It is disabled: it takes no jobs any more.',
  },
  {
    types: /^AWS::(Events::Rule|Scheduler::Schedule)$/,
    path: 'State',
    isShut: (v) => v === 'DISABLED',
    why: 'It is disabled: what it started is not started any more.',
  },
  {
    types: /^AWS::Lambda::EventSourceMapping$/,
    path: 'Enabled',
    isShut: (v) => String(v) === 'false',
    why: 'It is disabled: the function is not fed from it any more.',
  },
  {
    types: /^AWS::Lambda::Function$/,
    path: 'ReservedConcurrentExecutions',
    isShut: (v) => numberOf(v) === 0,
    why: 'No concurrency is left: every call of the function is refused.',
  },
  {
    types: /^AWS::EC2::VPC$/,
    path: 'EnableDnsSupport',
    isShut: (v) => String(v) === 'false',
    why: 'Names are not resolved any more in the network.',
  },
  {
    types: /^AWS::EC2::VPC$/,
    path: 'EnableDnsHostnames',
    isShut: (v) => !isTrue(v),
    why: 'Private names of VPC endpoints are not resolved any more in the network.',
  },
  {
    types: /^AWS::EC2::VPCEndpoint$/,
    path: 'PrivateDnsEnabled',
    isShut: (v) => !isTrue(v),
    why: "The service's own name does not lead to the endpoint any more.",
  },
  {
    types: /^AWS::ApiGateway::RestApi$/,
    path: 'DisableExecuteApiEndpoint',
    isShut: isTrue,
    why: 'The default URL of the API answers no more.',
  },
  {
    types: /^AWS::CloudFront::Distribution$/,
    path: 'DistributionConfig.Enabled',
    isShut: (v) => String(v) === 'false',
    why: 'The distribution serves nothing any more.',
  },
];
const TIME_LIMITS: readonly {
  readonly types: RegExp;
  readonly path: string;
  readonly what: string;
  readonly absent?: number;
  readonly unit: string;
}[] = [
  { types: /^AWS::Lambda::Function$/, path: 'Timeout', what: 'Calls', absent: 3, unit: 's' },
  { types: /^AWS::Batch::JobDefinition$/, path: 'Timeout.AttemptDurationSeconds', what: 'Jobs', unit: 's' },
  { types: /^AWS::CodeBuild::Project$/, path: 'TimeoutInMinutes', what: 'Builds', absent: 60, unit: 'min' },
];

function shut(change: Change): Finding[] {
  if (!change.before || !change.after) {
    return [];
  }
  const shuts = SHUT.filter((s) => s.types.test(change.type)).flatMap(({ path, isShut, why }) =>
    verdictOn(
      isDown((v) => !isShut(v), at(change.before, path), at(change.after, path)),
      { class: 'interrupt', why },
    ),
  );
  const limits = TIME_LIMITS.filter((t) => t.types.test(change.type) && differs(change, t.path)).flatMap((t): Finding[] => {
    const limit = (value: unknown): number | undefined => (value === undefined ? (t.absent ?? Infinity) : numberOf(value));
    const [was, is] = [change.before, change.after].map((body) => limit(at(body, t.path)));
    if (was === undefined || is === undefined) {
      return [
        {
          class: 'interrupt',
          conditional: true,
          why: `${t.what} may be cut off earlier: how long they may last only the deployment knows.`,
        },
      ];
    }
    const why = `${t.what} that last longer than ${is} ${t.unit} are newly cut off, before: ${was === Infinity ? 'never' : `${was} ${t.unit}`}.`;
    return is < was ? [{ class: 'interrupt', conditional: true, why }] : [];
  });
  return [...shuts, ...limits, ...unguarded(change), ...unrepaired(change)];
}

/** New versions that take all traffic at once, with nothing that rolls them back. */
function unguarded(change: Change): Finding[] {
  if (change.type !== 'AWS::Lambda::Alias' || !change.before || !change.after) {
    return [];
  }
  const [was, is] = [change.before, change.after].map((body) => recordOf(body.UpdatePolicy).CodeDeployLambdaAliasUpdate);
  return was !== undefined && is === undefined
    ? [
        {
          class: 'interrupt',
          why: 'New versions of the function take all traffic at once, and no alarm rolls them back: the gradual rollout is gone.',
        },
      ]
    : [];
}

function unrepaired(change: Change): Finding[] {
  const [was, is] = [change.before, change.after].map((body) => at(body, 'AutoRollbackConfiguration.Enabled'));
  const down = change.type === 'AWS::CodeDeploy::DeploymentGroup' ? isDown(isTrue, was, is) : 'no';
  return verdictOn(down, { class: 'interrupt', why: 'A bad version stays in service: it is not rolled back by itself any more.' });
}
