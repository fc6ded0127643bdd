import { findInterrupt } from '../../../lib/review/classify/aws/interrupt';
import { Body, Change } from '../../../lib/review/model';
import { texts } from '../classify';
import { changesOf, either, findings, found, PARAMETER, put } from './change';

const NOTICED: readonly (readonly [string, string, string, string])[] = [
  ['AWS::ApiGateway::RestApi', 'The API', 'its URL answers no more', 'its id and with it its URL change: clients must be told'],
  ['AWS::ApiGatewayV2::Api', 'The API', 'its URL answers no more', 'its id and with it its URL change: clients must be told'],
  ['AWS::ApiGateway::Stage', 'The API stage', 'its URL answers no more', 'its URL answers no request until the new one stands'],
  ['AWS::ApiGateway::Method', 'The API method', 'requests to it are refused', 'requests to it are refused until the new one is deployed'],
  ['AWS::ApiGateway::Resource', 'The API path', 'requests to it are refused', 'requests to it are refused until the new one is deployed'],
  ['AWS::AutoScaling::AutoScalingGroup', 'The auto scaling group', 'its machines stop', 'all its machines are exchanged'],
  [
    'AWS::Batch::ComputeEnvironment',
    'The compute environment',
    'jobs that run on it are stopped',
    'jobs that run on it are stopped or finish on the old one',
  ],
  ['AWS::Batch::JobQueue', 'The job queue', 'jobs that wait in it are dropped', 'jobs that wait in it are dropped, and its ARN changes'],
  [
    'AWS::CodeConnections::Connection',
    'The connection',
    'pipelines cannot fetch the source any more',
    'somebody must authorize it again in the console before a pipeline runs',
  ],
  ['AWS::CodePipeline::Pipeline', 'The pipeline', 'nothing is released by it any more', 'an execution under way is lost'],
  ['AWS::EC2::EIP', 'The public address', 'the address is given back', 'the public address changes: allow-lists of others must follow'],
  ['AWS::EC2::Instance', 'The instance', 'the machine stops', 'the machine is down until the new one has started'],
  [
    'AWS::EC2::InternetGateway',
    'The internet gateway',
    'nothing reaches the internet through it any more',
    'connections to the internet break',
  ],
  [
    'AWS::EC2::NatGateway',
    'The NAT gateway',
    'private subnets that use it reach the internet no more',
    'open connections through it break',
  ],
  ['AWS::EC2::Route', 'The route', 'what was routed by it is not reached any more', 'what is routed by it is not reached for a moment'],
  ['AWS::EC2::Subnet', 'The subnet', 'nothing can run in it any more', 'whatever runs in it has to move'],
  ['AWS::EC2::VPC', 'The network', 'nothing can run in it any more', 'whatever runs in it is made anew'],
  [
    'AWS::EC2::VPCEndpoint',
    'The VPC endpoint',
    'the service is not reached privately through it any more',
    'calls through it fail until the new one stands',
  ],
  ['AWS::ECS::Cluster', 'The cluster', 'what runs on it stops', 'what runs on it is started anew'],
  ['AWS::ECS::Service', 'The container service', 'its tasks stop', 'its tasks stop and start anew'],
  ['AWS::EKS::Cluster', 'The cluster', 'what runs on it stops', 'what runs on it is gone'],
  ['AWS::EKS::Nodegroup', 'The node group', 'pods on its nodes are evicted', 'pods on its nodes are evicted'],
  ['AWS::ElasticBeanstalk::Environment', 'The environment', 'its URL answers no more', 'its URL changes unless the name is kept'],
  [
    'AWS::ElasticLoadBalancingV2::Listener',
    'The listener',
    'its port answers no more',
    'its port answers no request until the new one stands',
  ],
  ['AWS::ElasticLoadBalancingV2::LoadBalancer', 'The load balancer', 'its name answers no more', 'its DNS name changes'],
  ['AWS::Events::Rule', 'The event rule', 'what it started is not started any more', 'events in between are missed'],
  [
    'AWS::Lambda::Alias',
    'The function alias',
    'callers of the alias are refused',
    'callers of the alias are refused until the new one stands',
  ],
  [
    'AWS::Lambda::EventSourceMapping',
    'The event source mapping',
    'the function is not fed from it any more',
    'where it was in the stream may be lost',
  ],
  ['AWS::Lambda::Function', 'The function', 'callers are refused', 'its ARN changes: callers outside of the stack are refused'],
  ['AWS::Lambda::Url', 'The function URL', 'the URL answers no more', 'the URL changes: clients must be told'],
  ['AWS::MWAA::Environment', 'The workflow environment', 'its workflows run no more', 'its workflows stop for the better part of an hour'],
  ['AWS::RDS::DBCluster', 'The database cluster', 'its clients cannot connect', 'its clients cannot connect until the new one has started'],
  ['AWS::RDS::DBInstance', 'The database', 'its clients cannot connect', 'its clients cannot connect until the new one has started'],
  ['AWS::SageMaker::Endpoint', 'The endpoint', 'its callers are refused', 'its callers are refused until the new one is in service'],
  ['AWS::Scheduler::Schedule', 'The schedule', 'what it started is not started any more', 'a run may be missed'],
  [
    'AWS::SNS::Topic',
    'The topic',
    'what was published to it reaches nobody',
    'its ARN changes, and who subscribed by hand is not told any more',
  ],
  ['AWS::SQS::Queue', 'The queue', 'senders are refused', 'its URL changes: senders outside of the stack are refused'],
  [
    'AWS::StepFunctions::StateMachine',
    'The state machine',
    'what it orchestrates is not started any more',
    'executions under way are stopped',
  ],
];

describe('what others depend on', () => {
  /** Renamed, so that another takes its place whatever its type. */
  const changed = (type: string, x: Partial<Change>): string[] => {
    const [change] = changesOf(type, { Properties: {} }, undefined);
    return texts(findInterrupt({ ...change, after: change.before, ...x }));
  };

  test.each(NOTICED)('is missed when it is removed: %s', (type, what, gone) => {
    expect(findings(findInterrupt, type, {}, undefined)).toEqual([`interrupt: ${what} is removed: ${gone}.`]);
  });

  test.each(NOTICED)('is missed when it is made anew: %s', (type, what, _gone, anew) => {
    expect(changed(type, { action: 'replace', replacement: 'yes' })).toEqual([`interrupt: ${what} is made anew: ${anew}.`]);
    expect(changed(type, { action: 'move', replacement: 'yes' })).toEqual([`interrupt: ${what} is made anew: ${anew}.`]);
    expect(changed(type, { action: 'replace', replacement: 'conditional' })).toEqual([`interrupt?: ${what} may be made anew: ${anew}.`]);
  });

  test.each(NOTICED)('is not when it is added or updated in place: %s', (type) => {
    expect(findings(findInterrupt, type, undefined, {})).toEqual([]);
    expect(found(findInterrupt, type, { Metadata: { Reason: 'a' } }, { Metadata: { Reason: 'b' } })).toEqual([]);
  });
});

describe('an update in place that interrupts', () => {
  const DURING: readonly (readonly [string, string, unknown, unknown, string])[] = [
    [
      'RDS::DBInstance',
      'DBInstanceClass',
      'db.t4g.small',
      'db.m7g.large',
      'interrupt: The database restarts on the other machine: its clients are cut off for minutes.',
    ],
    [
      'Neptune::DBInstance',
      'DBInstanceClass',
      'db.r6g.large',
      'db.r6g.xlarge',
      'interrupt: The database restarts on the other machine: its clients are cut off for minutes.',
    ],
    [
      'RDS::DBCluster',
      'EngineVersion',
      '16.1',
      '16.10',
      'interrupt: The engine is upgraded: its clients are cut off meanwhile, and there is no way back but a backup.',
    ],
    ['RDS::DBInstance', 'OptionGroupName', 'a', 'b', 'interrupt?: The database may restart for it.'],
    ['RDS::DBInstance', 'StorageType', 'gp2', 'gp3', 'interrupt?: The database may restart for it.'],
    [
      'RDS::DBInstance',
      'MultiAZ',
      true,
      false,
      'interrupt?: There is another number of zones: it may slow down meanwhile, and a failover works otherwise.',
    ],
    [
      'RDS::DBInstance',
      'MasterUserPassword',
      'hunter1',
      'hunter2',
      'interrupt: The password changes: clients with the old one cannot connect.',
    ],
    [
      'RDS::DBInstance',
      'MasterUserPassword',
      '{{resolve:ssm:a}}',
      '{{resolve:ssm:b}}',
      'interrupt: The password changes: clients with the old one cannot connect.',
    ],
    [
      'ElastiCache::ReplicationGroup',
      'CacheNodeType',
      'cache.t4g.small',
      'cache.t4g.medium',
      'interrupt: Its nodes are exchanged: clients are cut off for a moment.',
    ],
    ['EC2::Instance', 'InstanceType', 't3.small', 't3.large', 'interrupt: The machine is stopped and started again.'],
    [
      'OpenSearchService::Domain',
      'ClusterConfig.InstanceType',
      'r6g.large.search',
      'r6g.xlarge.search',
      'interrupt: All its data moves to new nodes; it is slower meanwhile.',
    ],
    ['Redshift::Cluster', 'NumberOfNodes', 2, 4, 'interrupt: It is read only, or down, while it is resized.'],
    ['EKS::Cluster', 'Version', '1.33', '1.34', 'interrupt: The control plane is upgraded, and there is no way back.'],
    ['EKS::Nodegroup', 'ReleaseVersion', 'a', 'b', 'interrupt: Its nodes are exchanged: pods on them are evicted.'],
    [
      'ApiGateway::RestApi',
      'EndpointConfiguration.Types',
      ['EDGE'],
      ['REGIONAL'],
      'interrupt: The endpoint moves: it may refuse requests for a minute.',
    ],
    [
      'SageMaker::NotebookInstance',
      'InstanceType',
      'ml.t3.medium',
      'ml.g5.xlarge',
      'interrupt: The notebook is stopped and started again.',
    ],
    [
      'Lambda::Function',
      'Runtime',
      'python3.12',
      'python3.13',
      'interrupt?: The code runs in another way from then on: code that does not fit fails at its first call.',
    ],
    [
      'ECS::Service',
      'NetworkConfiguration.AwsvpcConfiguration.AssignPublicIp',
      'DISABLED',
      'ENABLED',
      'interrupt?: Its tasks are exchanged one by one.',
    ],
  ];

  test.each(DURING)('is told: %s %s', (type, path, before, after, told) => {
    const [change] = changesOf(`AWS::${type}`, { Properties: put(path, before) }, { Properties: put(path, after) });
    expect(texts(findInterrupt({ ...change, action: 'update' }))).toEqual([told]);
  });

  test.each(DURING)('is not told of what stays: %s %s', (type, path, before) => {
    expect(findings(findInterrupt, `AWS::${type}`, { ...put(path, before), Tags: [{ Key: 'a', Value: 'b' }] }, put(path, before))).toEqual(
      [],
    );
  });

  test.each(DURING)('is told of what only the deployment knows: %s %s', (type, path, before, after) => {
    const [change] = changesOf(`AWS::${type}`, { Properties: put(path, before) }, { Properties: put(path, either(before, after)) });
    expect(texts(findInterrupt({ ...change, action: 'update' }))).toHaveLength(1);
  });
});

describe('the machines of Batch', () => {
  const environment = (ComputeResources: Body, x: Body = {}): Body => ({ ReplaceComputeEnvironment: false, ...x, ComputeResources });
  const told = (before: Body, after: Body) => findings(findInterrupt, 'AWS::Batch::ComputeEnvironment', before, after);

  test.each([
    [{}, 'jobs on them may finish within 30 minutes, and are stopped then'],
    [{ UpdatePolicy: { JobExecutionTimeoutMinutes: 60 } }, 'jobs on them may finish within 60 minutes, and are stopped then'],
    [{ UpdatePolicy: { TerminateJobsOnUpdate: true } }, 'jobs on them are stopped at once'],
  ])('are exchanged under %j', (x, jobs) => {
    expect(told(environment({ InstanceTypes: ['g6.xlarge'] }, x), environment({ InstanceTypes: ['g6.2xlarge'] }, x))).toEqual([
      `interrupt: Its machines are exchanged: ${jobs}.`,
    ]);
  });

  test('stay where only their number or their order differs', () => {
    expect(told(environment({ MaxvCpus: 16 }), environment({ MaxvCpus: 32 }))).toEqual([]);
    expect(told(environment({ InstanceTypes: ['a', 'b'] }), environment({ InstanceTypes: ['b', 'a'] }))).toEqual([]);
  });
});

describe('a switch', () => {
  const SHUT: readonly (readonly [string, string, unknown, unknown, string])[] = [
    ['Batch::ComputeEnvironment', 'State', 'ENABLED', 'DISABLED', 'It is disabled: it takes no jobs any more.'],
    ['Batch::JobQueue', 'State', undefined, 'DISABLED', 'It is disabled: it takes no jobs any more.'],
    ['Events::Rule', 'State', 'ENABLED', 'DISABLED', 'It is disabled: what it started is not started any more.'],
    ['Scheduler::Schedule', 'State', 'ENABLED', 'DISABLED', 'It is disabled: what it started is not started any more.'],
    ['Lambda::EventSourceMapping', 'Enabled', true, 'false', 'It is disabled: the function is not fed from it any more.'],
    ['Lambda::Function', 'ReservedConcurrentExecutions', 10, 0, 'No concurrency is left: every call of the function is refused.'],
    ['EC2::VPC', 'EnableDnsSupport', true, false, 'Names are not resolved any more in the network.'],
    ['EC2::VPC', 'EnableDnsHostnames', true, undefined, 'Private names of VPC endpoints are not resolved any more in the network.'],
    ['EC2::VPCEndpoint', 'PrivateDnsEnabled', true, false, "The service's own name does not lead to the endpoint any more."],
    ['ApiGateway::RestApi', 'DisableExecuteApiEndpoint', false, true, 'The default URL of the API answers no more.'],
    ['CloudFront::Distribution', 'DistributionConfig.Enabled', true, false, 'The distribution serves nothing any more.'],
    [
      'CodeDeploy::DeploymentGroup',
      'AutoRollbackConfiguration.Enabled',
      true,
      false,
      'A bad version stays in service: it is not rolled back by itself any more.',
    ],
  ];

  test.each(SHUT)('that shuts is told: %s %s', (type, path, open, shut, why) => {
    expect(findings(findInterrupt, `AWS::${type}`, put(path, open), put(path, shut))).toEqual([`interrupt: ${why}`]);
  });

  test.each(SHUT)('that opens, or stays, is not: %s %s', (type, path, open, shut) => {
    expect(findings(findInterrupt, `AWS::${type}`, put(path, shut), put(path, open))).toEqual([]);
    for (const value of [open, shut, either(open, shut)]) {
      expect(findings(findInterrupt, `AWS::${type}`, put(path, value), { ...put(path, value), Description: 'b' })).toEqual([]);
    }
    expect(findings(findInterrupt, `AWS::${type}`, undefined, put(path, shut))).toEqual([]);
  });

  test.each(SHUT)('that only the deployment knows may shut: %s %s', (type, path, open, shut, why) => {
    for (const value of [either(open, shut), PARAMETER]) {
      expect(findings(findInterrupt, `AWS::${type}`, put(path, open), put(path, value))).toEqual([`interrupt?: ${why}`]);
    }
  });

  test('that goes with a rollback that never was is none', () => {
    expect(findings(findInterrupt, 'AWS::CodeDeploy::DeploymentGroup', put('AutoRollbackConfiguration.Enabled', false), {})).toEqual([]);
  });
});

describe('a time limit', () => {
  const LIMITS: readonly (readonly [string, string, unknown, unknown, string])[] = [
    ['Lambda::Function', 'Timeout', 60, 30, 'Calls that last longer than 30 s are newly cut off, before: 60 s.'],
    ['Lambda::Function', 'Timeout', 60, undefined, 'Calls that last longer than 3 s are newly cut off, before: 60 s.'],
    [
      'Batch::JobDefinition',
      'Timeout.AttemptDurationSeconds',
      undefined,
      3600,
      'Jobs that last longer than 3600 s are newly cut off, before: never.',
    ],
    ['CodeBuild::Project', 'TimeoutInMinutes', undefined, '30', 'Builds that last longer than 30 min are newly cut off, before: 60 min.'],
  ];

  test.each(LIMITS)('that is shorter may cut off: %s %s %j → %j', (type, path, long, short, why) => {
    const [change] = changesOf(`AWS::${type}`, { Properties: put(path, long) }, { Properties: put(path, short) });
    expect(texts(findInterrupt({ ...change, action: 'update' }))).toEqual([`interrupt?: ${why}`]);
  });

  test.each(LIMITS)('that is longer does not: %s %s %j → %j', (type, path, long, short) => {
    const [change] = changesOf(`AWS::${type}`, { Properties: put(path, short) }, { Properties: put(path, long) });
    expect(texts(findInterrupt({ ...change, action: 'update' }))).toEqual([]);
  });

  test.each([either(1, 60), PARAMETER])('that only the deployment knows may: %j', (value) => {
    for (const [before, after] of [
      [1, value],
      [value, 900],
    ]) {
      expect(findings(findInterrupt, 'AWS::Lambda::Function', { Timeout: before }, { Timeout: after })).toEqual([
        'interrupt?: Calls may be cut off earlier: how long they may last only the deployment knows.',
      ]);
    }
  });
});

test('a gradual rollout that goes is told', () => {
  const gradual = { UpdatePolicy: { CodeDeployLambdaAliasUpdate: { ApplicationName: 'a' } }, Properties: {} };
  expect(found(findInterrupt, 'AWS::Lambda::Alias', gradual, { Properties: {} })).toEqual([
    'interrupt: New versions of the function take all traffic at once, and no alarm rolls them back: the gradual rollout is gone.',
  ]);
  expect(found(findInterrupt, 'AWS::Lambda::Alias', { Properties: {} }, gradual)).toEqual([]);
});
