import {
  FlowLogDestination,
  GatewayVpcEndpointAwsService,
  IInterfaceVpcEndpoint,
  InterfaceVpcEndpoint,
  InterfaceVpcEndpointAwsService,
  IpAddresses,
  IVpc,
  Peer,
  Port,
  SecurityGroup,
  SubnetType,
  Vpc,
} from 'aws-cdk-lib/aws-ec2';
import { CfnOutput, Stack } from 'aws-cdk-lib/core';
import { Construct, IConstruct } from 'constructs';
import { Environment } from '../core';
import { policyOf } from '../core/environment';
import { pascal } from '../core/facade';
import { parity } from '../core/parity';
import { logGroup } from './private/logs';
import { checksOf } from './private/scope';
import { addressesOf, defaultZones, privateSubnets, withoutZoneLookup } from './private/vpc';

/** Services that the network can reach by a private endpoint of its own. */
export enum NetworkEndpoint {
  /** Metadata and authorization of the image registry. */
  ECR = 'ecr',
  /** Layers of the image registry come through the S3 gateway; this one serves `docker pull`. */
  ECR_DOCKER = 'ecr-docker',
  /** Log lines. */
  LOGS = 'logs',
  /** Metrics and alarms. */
  MONITORING = 'monitoring',
  /** Secrets. */
  SECRETS_MANAGER = 'secrets-manager',
  /** Temporary credentials. */
  STS = 'sts',
  /** Keys. */
  KMS = 'kms',
  /** Container instances of training clusters. */
  ECS = 'ecs',
  /** The agent on container instances. */
  ECS_AGENT = 'ecs-agent',
  /** Telemetry of container instances. */
  ECS_TELEMETRY = 'ecs-telemetry',
  /** Training jobs. */
  BATCH = 'batch',
  /** SageMaker endpoints. */
  SAGEMAKER_RUNTIME = 'sagemaker-runtime',
}

/** A network for machine learning. */
export interface IMlNetwork extends IConstruct {
  /** The VPC. */
  readonly vpc: IVpc;
  /** The endpoint through which private APIs of API Gateway are called. Made when it is asked for first, then shared. */
  readonly apiEndpoint: IInterfaceVpcEndpoint;
}

/** What a network takes. */
export interface MlNetworkProps {
  /**
   * What the network is for; `prod` has a NAT gateway in each zone, the others share one.
   *
   * @default Environment.DEV
   */
  readonly environment?: Environment;
  /**
   * Addresses of the network. Training over several machines takes many: one for each network interface.
   *
   * @default "10.0.0.0/16"
   */
  readonly cidr?: string;
  /**
   * Zones that get subnets, from 1 to 6. More zones, more chances to find a GPU.
   *
   * @default - 3; 2 in us-west-1, which has no third for new accounts
   * @see https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-availability-zones.html
   */
  readonly zones?: number;
  /**
   * NAT gateways. Each costs about 35 USD a month and what passes through. None: everything the network needs must have an endpoint.
   *
   * @default - one; in prod one for each zone
   */
  readonly natGateways?: number;
  /**
   * Services that are reached without leaving AWS's network. Each costs about 8 USD a month and zone. S3 has one always, for nothing.
   *
   * @default - none but S3
   */
  readonly endpoints?: NetworkEndpoint[];
  /**
   * Empties the VPC's default security group. CloudFormation cannot; it takes a Lambda function.
   *
   * Only training jobs over several machines with EFA use the group, and need it as AWS made it.
   *
   * @default false
   */
  readonly restrictDefaultSecurityGroup?: boolean;
}

const SERVICES: { readonly [e in NetworkEndpoint]: InterfaceVpcEndpointAwsService } = {
  ecr: InterfaceVpcEndpointAwsService.ECR,
  'ecr-docker': InterfaceVpcEndpointAwsService.ECR_DOCKER,
  logs: InterfaceVpcEndpointAwsService.CLOUDWATCH_LOGS,
  monitoring: InterfaceVpcEndpointAwsService.CLOUDWATCH_MONITORING,
  'secrets-manager': InterfaceVpcEndpointAwsService.SECRETS_MANAGER,
  sts: InterfaceVpcEndpointAwsService.STS,
  kms: InterfaceVpcEndpointAwsService.KMS,
  ecs: InterfaceVpcEndpointAwsService.ECS,
  'ecs-agent': InterfaceVpcEndpointAwsService.ECS_AGENT,
  'ecs-telemetry': InterfaceVpcEndpointAwsService.ECS_TELEMETRY,
  batch: InterfaceVpcEndpointAwsService.BATCH,
  'sagemaker-runtime': InterfaceVpcEndpointAwsService.SAGEMAKER_RUNTIME,
};

/**
 * A private network with a way out and none in.
 *
 * Defines a VPC with a private subnet in each zone, small public subnets that hold nothing but NAT gateways, a gateway endpoint for S3,
 * and flow logs. No subnet gives out public addresses. Zones are chosen at deployment, so that synthesis asks no cloud.
 *
 * A NAT gateway costs about 35 USD a month; traffic to S3 and to the endpoints asked for does not pass through it.
 * The VPC's default security group stays as AWS made it unless `restrictDefaultSecurityGroup` is set.
 *
 * Every construct that takes a `vpc` takes any other as well.
 *
 * @example
 * const network = new aws.MlNetwork(this, 'Network', { environment: Environment.PROD });
 * new aws.GpuTrainingCluster(this, 'Train', {
 *   vpc: network.vpc,
 *   image: ContainerImage.fromReference('ghcr.io/acme/train:1.4'),
 *   accelerator: Accelerator.L4,
 * });
 *
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-gateway.html
 */
export class MlNetwork extends Construct implements IMlNetwork {
  /** A VPC that exists already. Its private subnets need a way to ECR, ECS, S3 and CloudWatch Logs. */
  public static fromVpc(scope: Construct, id: string, vpc: IVpc): IMlNetwork {
    return new ImportedMlNetwork(scope, id, vpc);
  }

  public readonly vpc: IVpc;
  private readonly addresses: readonly string[];

  public constructor(scope: Construct, id: string, props: MlNetworkProps = {}) {
    super(scope, id);
    const checks = checksOf(this, 'aws.MlNetwork');
    const stack = Stack.of(this);
    const policy = policyOf(props.environment);
    const zones = props.zones ?? defaultZones(stack);
    const cidr = props.cidr ?? '10.0.0.0/16';
    const natGateways = props.natGateways ?? (policy.multiZone ? zones : 1);
    checks.within('zones', zones, 1, 6, 'a VPC of this library');
    checks.within('natGateways', props.natGateways, 0, zones, 'a network with that many zones');
    checks.require(
      /^\d+(\.\d+){3}\/(1[6-9]|20)$/.test(cidr),
      'limit',
      'cidr',
      cidr,
      'a VPC of this library has 4,096 to 65,536 addresses',
      'write a range from /16 to /20, such as 10.0.0.0/16',
    );
    checks.done();

    const vpc = withoutZoneLookup(stack, zones, (availabilityZones) => {
      return new Vpc(this, 'Resource', {
        ipAddresses: IpAddresses.cidr(cidr),
        availabilityZones,
        natGateways,
        restrictDefaultSecurityGroup: props.restrictDefaultSecurityGroup ?? false,
        subnetConfiguration: [
          ...(props.natGateways === 0 ? [] : [{ name: 'Public', subnetType: SubnetType.PUBLIC, cidrMask: 26, mapPublicIpOnLaunch: false }]),
          { name: 'Private', subnetType: natGateways === 0 ? SubnetType.PRIVATE_ISOLATED : SubnetType.PRIVATE_WITH_EGRESS },
        ],
        gatewayEndpoints: { S3: { service: GatewayVpcEndpointAwsService.S3 } },
        flowLogs: { FlowLog: { destination: FlowLogDestination.toCloudWatchLogs(logGroup(this, 'FlowLogs', props.environment)) } },
      });
    });
    this.vpc = vpc;
    this.addresses = [cidr];
    for (const endpoint of new Set(props.endpoints)) interfaceEndpoint(this, pascal(endpoint), this.addresses, SERVICES[endpoint], true);
    parity.mapped(
      this,
      'aws',
      '',
      `VPC with private subnets in ${zones} zones, ${natGateways} NAT gateway${natGateways === 1 ? '' : 's'}, S3 gateway endpoint`,
    );
    new CfnOutput(this, 'VpcId', { value: vpc.vpcId, description: 'Id of the network' });
  }

  public get apiEndpoint(): IInterfaceVpcEndpoint {
    return apiEndpoint(this, this.addresses);
  }
}

class ImportedMlNetwork extends Construct implements IMlNetwork {
  public constructor(
    scope: Construct,
    id: string,
    public readonly vpc: IVpc,
  ) {
    super(scope, id);
    checksOf(this, 'aws.MlNetwork');
    parity.mapped(this, 'aws', '', 'your VPC');
  }

  public get apiEndpoint(): IInterfaceVpcEndpoint {
    return apiEndpoint(this, addressesOf(this.vpc));
  }
}

function apiEndpoint(network: IMlNetwork, callers: readonly string[]): IInterfaceVpcEndpoint {
  const id = 'ExecuteApi';
  const made = network.node.tryFindChild(id) as InterfaceVpcEndpoint | undefined;
  // Its private names would cut the network off from public APIs; private ones are called by the endpoint's own name.
  return made ?? interfaceEndpoint(network, id, callers, InterfaceVpcEndpointAwsService.APIGATEWAY, false);
}

function interfaceEndpoint(
  network: IMlNetwork,
  id: string,
  callers: readonly string[],
  service: InterfaceVpcEndpointAwsService,
  privateDnsEnabled: boolean,
): InterfaceVpcEndpoint {
  const { vpc } = network;
  const securityGroup = new SecurityGroup(network, `${id}SecurityGroup`, {
    vpc,
    description: `Callers of ${service.shortName} in the network`,
    allowAllOutbound: false,
  });
  for (const range of callers) securityGroup.addIngressRule(Peer.ipv4(range), Port.HTTPS, 'HTTPS from the network');
  return new InterfaceVpcEndpoint(network, id, {
    vpc,
    service,
    privateDnsEnabled,
    securityGroups: [securityGroup],
    open: false,
    subnets: { subnets: privateSubnets(vpc) },
  });
}
