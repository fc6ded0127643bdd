import { CfnSecurityGroupEgress, CfnSecurityGroupIngress, ISecurityGroup, IVpc, Peer, Port, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import {
  CfnService,
  Cluster,
  ContainerImage as EcsImage,
  ContainerImageConfig,
  ContainerInsights,
  CpuArchitecture,
  FargateService,
  FargateTaskDefinition,
  ICluster,
  LogDriver,
  OperatingSystemFamily,
  PropagatedTagSource,
} from 'aws-cdk-lib/aws-ecs';
import { IEventBus } from 'aws-cdk-lib/aws-events';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Duration as CdkDuration, Lazy, Stack } from 'aws-cdk-lib/core';
import { Construct, IConstruct } from 'constructs';
import { ContainerImage } from '../../core';
import { policyOf } from '../../core/environment';
import { ARTIFACT_PREFIXES } from '../../core/storage';
import { TRACKING_SERVER, trackingServerEnv } from '../../core/tracking-server';
import { acknowledge, acknowledgeWildcards } from '../private/acknowledge';
import { grantPull, resolveImage } from '../private/image';
import { logGroup } from '../private/logs';
import { EVENT_SOURCE } from '../private/tracking';
import { privateSubnets } from '../private/vpc';
import { IArtifactStore } from '../storage';
import { TaskSize } from './checks';
import { TrackingDatabase } from './database';
import { TrackingFront } from './front';
import { ExperimentTrackingProps } from './props';

/** What the server is put together from. */
export interface ServerOptions {
  readonly props: ExperimentTrackingProps;
  readonly size: TaskSize;
  readonly vpc: IVpc;
  readonly artifacts: IArtifactStore;
  readonly image: ContainerImage;
  readonly database: TrackingDatabase;
  readonly front: TrackingFront;
  readonly eventBus: IEventBus;
  /** Who may approve which model, resolved late. */
  readonly approvers: () => { readonly [model: string]: string[] };
}

/** The server as it was made. */
export interface TrackingServer {
  readonly cluster: ICluster;
  readonly service: FargateService;
  readonly logGroup: ILogGroup;
}

/** Addresses that VPC Lattice calls targets from; its managed prefix list holds these, but CloudFormation cannot look up the list's id. */
const LATTICE = ['169.254.171.0/24', '129.224.0.0/17'];
const CONTAINER = 'mlflow';
const PORT_NAME = 'http';
/** A migration holds a lock of the database, and others wait for it this long. Nobody may take a waiting server for a sick one. */
const GRACE_SECONDS = 1_800;

/** MLflow on Fargate. */
export function trackingServer(scope: Construct, options: ServerOptions): TrackingServer {
  const { props, size, vpc, front, database } = options;
  const policy = policyOf(props.environment);
  const stack = Stack.of(scope);
  const log = logGroup(scope, 'Log', props.environment);
  const image = resolveImage(scope, 'Image', options.image);
  const execution = new Role(scope, 'ExecutionRole', { assumedBy: ecsTasks(stack), description: `Starts servers of ${scope.node.path}` });
  grantPull(image, execution);
  if (image.repository) acknowledge(execution, { 'IAM5[Resource::*]': 'ecr:GetAuthorizationToken knows no resources.' });

  const definition = new FargateTaskDefinition(scope, 'Task', {
    cpu: size.cpu,
    memoryLimitMiB: size.memoryMib,
    ephemeralStorageGiB: withDefault(props.ephemeralStorage?.toGibibytes()),
    runtimePlatform: { cpuArchitecture: CpuArchitecture.X86_64, operatingSystemFamily: OperatingSystemFamily.LINUX },
    executionRole: execution,
    taskRole: serverRole(scope, options),
  });
  definition.addContainer(CONTAINER, {
    containerName: CONTAINER,
    image: new NamedImage(image.uri),
    command: [...TRACKING_SERVER.command],
    environment: {
      ...trackingServerEnv({
        databaseHost: database.host,
        databaseName: database.databaseName,
        databaseUser: TRACKING_SERVER.database,
        databaseAuth: 'aws-secret',
        databaseTls: 'verify-full',
        artifacts: options.artifacts.uri(ARTIFACT_PREFIXES.mlflow),
        allowedHosts: [front.domainName],
        events: `eventbridge:${options.eventBus.eventBusName}`,
        identityHeader: 'aws-lattice',
        approvers: Lazy.string({ produce: () => stack.toJsonString(options.approvers()) }),
      }),
      AWS_REGION: stack.region,
      AWS_DEFAULT_REGION: stack.region,
      MLFLOW_DB_SECRET_ARN: database.secret.secretArn,
    },
    portMappings: [{ name: PORT_NAME, containerPort: TRACKING_SERVER.port }],
    healthCheck: {
      command: ['CMD-SHELL', healthCommand()],
      interval: CdkDuration.seconds(15),
      timeout: CdkDuration.seconds(5),
      retries: 3,
      startPeriod: CdkDuration.seconds(300),
    },
    // What is being answered may be finished.
    stopTimeout: CdkDuration.seconds(60),
    logging: LogDriver.awsLogs({ streamPrefix: 'mlflow', logGroup: log }),
  });
  acknowledge(definition, { ECS2: 'None of the variables is a secret: the server reads its password from Secrets Manager itself.' });

  const cluster =
    props.cluster ??
    new Cluster(scope, 'Cluster', {
      vpc,
      containerInsightsV2: policy.multiZone ? ContainerInsights.ENABLED : ContainerInsights.DISABLED,
    });
  if (!props.cluster && !policy.multiZone)
    acknowledge(cluster, {
      ECS4: 'Container Insights costs more than a small server is worth watching; ECS counts processors and memory for nothing.',
    });
  const groups = serverGroups(scope, options);
  const service = new FargateService(scope, 'Resource', {
    cluster,
    taskDefinition: definition,
    desiredCount: props.servers ?? (policy.multiZone ? 2 : 1),
    ...(props.pauseOnUpdate ? { minHealthyPercent: 0, maxHealthyPercent: 100 } : { minHealthyPercent: 100, maxHealthyPercent: 200 }),
    circuitBreaker: { rollback: true },
    assignPublicIp: false,
    vpcSubnets: { subnets: privateSubnets(vpc, props.vpcSubnets) },
    securityGroups: groups,
    propagateTags: PropagatedTagSource.SERVICE,
    enableECSManagedTags: true,
  });
  const resource = service.node.defaultChild as CfnService;
  resource.healthCheckGracePeriodSeconds = GRACE_SECONDS;
  resource.vpcLatticeConfigurations = [
    { portName: PORT_NAME, roleArn: registrarRole(scope, front).roleArn, targetGroupArn: front.targetGroup.attrArn },
  ];
  // Before it has a listener, VPC Lattice does not look after the health of a target group.
  service.node.addDependency(front.listener, execution);
  // Whose rules are resources of their own, and without which no server reaches the database.
  if (database.instance) service.node.addDependency(database.instance, ...rulesOf([database.securityGroup, ...groups]));
  return { cluster, service, logGroup: log };
}

function rulesOf(groups: readonly ISecurityGroup[]): IConstruct[] {
  return groups
    .flatMap((group) => group.node.findAll())
    .filter((c) => c instanceof CfnSecurityGroupIngress || c instanceof CfnSecurityGroupEgress);
}

function serverGroups(scope: Construct, { vpc, database, props }: ServerOptions): ISecurityGroup[] {
  const group = new SecurityGroup(scope, 'ServerSecurityGroup', {
    vpc,
    description: `Servers of ${scope.node.path}`,
    allowAllOutbound: false,
  });
  const port = Port.tcp(TRACKING_SERVER.port);
  const lattice = props.latticePrefixListId ? [Peer.prefixList(props.latticePrefixListId)] : LATTICE.map((range) => Peer.ipv4(range));
  for (const peer of lattice) group.addIngressRule(peer, port, 'VPC Lattice');
  group.addEgressRule(Peer.anyIpv4(), Port.HTTPS, 'Services of AWS');
  if (!database.instance) return [group, database.securityGroup];
  group.addEgressRule(database.securityGroup, Port.POSTGRES, 'The database');
  database.securityGroup.addIngressRule(group, Port.POSTGRES, 'The server');
  return [group];
}

/** What the server may do: keep artifacts, read its password, and tell of models. */
function serverRole(scope: Construct, { artifacts, database, eventBus }: ServerOptions): Role {
  const stack = Stack.of(scope);
  const role = new Role(scope, 'Role', { assumedBy: ecsTasks(stack), description: `Servers of ${scope.node.path}` });
  artifacts.grants.write(role, ARTIFACT_PREFIXES.mlflow);
  acknowledgeWildcards(
    role,
    [artifacts.bucket.arnForObjects(`${ARTIFACT_PREFIXES.mlflow}/*`)],
    'MLflow names the objects of its runs; it is limited to its folder of the bucket.',
  );
  role.addToPolicy(new PolicyStatement({ actions: ['secretsmanager:GetSecretValue'], resources: [database.secret.secretArn] }));
  database.secret.encryptionKey?.grantDecrypt(role);
  role.addToPolicy(
    new PolicyStatement({
      actions: ['events:PutEvents'],
      resources: [eventBus.eventBusArn],
      conditions: { StringEquals: { 'events:source': EVENT_SOURCE } },
    }),
  );
  return role;
}

/** The role by which ECS registers servers with VPC Lattice. AWS's managed policy for it covers all target groups of the account. */
function registrarRole(scope: Construct, { targetGroup }: TrackingFront): Role {
  const role = new Role(scope, 'RegistrarRole', {
    assumedBy: new ServicePrincipal('ecs.amazonaws.com'),
    description: `Registers servers of ${scope.node.path} with VPC Lattice`,
    // In the role itself, so that it is there as soon as the role is.
    inlinePolicies: {
      Targets: new PolicyDocument({
        statements: [
          new PolicyStatement({
            actions: [
              'vpc-lattice:DeregisterTargets',
              'vpc-lattice:GetTargetGroup',
              'vpc-lattice:ListTargets',
              'vpc-lattice:RegisterTargets',
            ],
            resources: [targetGroup.attrArn],
          }),
          new PolicyStatement({ actions: ['ec2:DescribeInstances', 'ec2:DescribeSubnets', 'ec2:DescribeVpcs'], resources: ['*'] }),
        ],
      }),
    },
  });
  acknowledge(role, { 'IAM5[Resource::*]': 'ECS looks up the network of a task; these actions know no resources.' });
  return role;
}

function ecsTasks(stack: Stack): ServicePrincipal {
  return new ServicePrincipal('ecs-tasks.amazonaws.com', { conditions: { StringEquals: { 'aws:SourceAccount': stack.account } } });
}

/** The image holds Python, and perhaps no curl. */
function healthCommand(): string {
  const { port, healthPath } = TRACKING_SERVER;
  return `python -c "import urllib.request; urllib.request.urlopen('http://127.0.0.1:${port}${healthPath}', timeout=4)"`;
}

/** Fargate gives 20 GiB by itself and does not take that number. */
function withDefault(gib: number | undefined): number | undefined {
  return gib === 20 ? undefined : gib;
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
