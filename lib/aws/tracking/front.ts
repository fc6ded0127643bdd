import { IVpc, Peer, Port, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import {
  CfnAccessLogSubscription,
  CfnAuthPolicy,
  CfnListener,
  CfnService,
  CfnServiceNetwork,
  CfnServiceNetworkServiceAssociation,
  CfnServiceNetworkVpcAssociation,
  CfnTargetGroup,
} from 'aws-cdk-lib/aws-vpclattice';
import { AccountPrincipal, AnyPrincipal, ArnPrincipal, Effect, IPrincipal, PolicyDocument, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Lazy, Stack, Token } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { Environment } from '../../core';
import { TRACKING_SERVER } from '../../core/tracking-server';
import { acknowledge } from '../private/acknowledge';
import { logGroup } from '../private/logs';
import { addressesOf } from '../private/vpc';
import { arnOf } from './principal';

/** Longest that VPC Lattice lets a connection rest, such as while a large artifact goes on to the store. */
const IDLE_SECONDS = 600;

/** What stands before the server. */
export interface FrontProps {
  readonly vpc: IVpc;
  readonly environment?: Environment;
  readonly serviceNetworkArn?: string;
}

/**
 * A VPC Lattice service that clients in the network call over TLS, and that lets in whom IAM and its policy admit.
 *
 * @see https://docs.aws.amazon.com/vpc-lattice/latest/ug/auth-policies.html
 */
export class TrackingFront {
  public readonly service: CfnService;
  public readonly serviceNetworkArn: string;
  public readonly targetGroup: CfnTargetGroup;
  public readonly listener: CfnListener;
  private readonly admitted = new Map<string, IPrincipal>();

  public constructor(
    private readonly scope: Construct,
    props: FrontProps,
  ) {
    const { vpc } = props;
    this.service = new CfnService(scope, 'Front', { authType: 'AWS_IAM', idleTimeoutSeconds: IDLE_SECONDS });
    // The timeout is newer than the schema that cfn-lint carries.
    this.service.addMetadata('cfn-lint', { config: { ignore_checks: ['E3002'] } });
    this.serviceNetworkArn = props.serviceNetworkArn ?? this.network(vpc);
    new CfnServiceNetworkServiceAssociation(scope, 'ServiceAssociation', {
      serviceIdentifier: this.service.attrArn,
      serviceNetworkIdentifier: this.serviceNetworkArn,
    });
    const log = logGroup(scope, 'AccessLog', props.environment);
    new CfnAccessLogSubscription(scope, 'AccessLogSubscription', {
      resourceIdentifier: this.service.attrArn,
      destinationArn: log.logGroupArn,
    });
    const { port, healthPath } = TRACKING_SERVER;
    this.targetGroup = new CfnTargetGroup(scope, 'Servers', {
      type: 'IP',
      config: {
        vpcIdentifier: vpc.vpcId,
        port,
        protocol: 'HTTP',
        protocolVersion: 'HTTP1',
        ipAddressType: 'IPV4',
        healthCheck: {
          enabled: true,
          path: healthPath,
          port,
          protocol: 'HTTP',
          protocolVersion: 'HTTP1',
          healthCheckIntervalSeconds: 15,
          healthCheckTimeoutSeconds: 5,
          healthyThresholdCount: 2,
          unhealthyThresholdCount: 3,
          matcher: { httpCode: '200' },
        },
      },
    });
    this.listener = new CfnListener(scope, 'Listener', {
      serviceIdentifier: this.service.attrArn,
      protocol: 'HTTPS',
      port: 443,
      defaultAction: { forward: { targetGroups: [{ targetGroupIdentifier: this.targetGroup.attrArn, weight: 100 }] } },
    });
    new CfnAuthPolicy(scope, 'AuthPolicy', {
      resourceIdentifier: this.service.attrArn,
      policy: Lazy.any({ produce: () => this.policy() }),
    });
  }

  /** Name that clients call. */
  public get domainName(): string {
    return this.service.attrDnsEntryDomainName;
  }

  /** What a permission to call it names. */
  public get invokeArn(): string {
    return `${this.service.attrArn}/*`;
  }

  /** Puts somebody into the auth policy. */
  public admit(principal: IPrincipal): void {
    const stack = Stack.of(this.scope);
    const arn = arnOf(principal);
    const foreign = Construct.isConstruct(principal) && Stack.of(principal) !== stack;
    if (arn === undefined || (foreign && Token.isUnresolved(arn))) {
      const account = principal.principalAccount ?? stack.account;
      this.admitted.set(account, new AccountPrincipal(account));
    } else this.admitted.set(arn, new ArnPrincipal(arn));
  }

  private policy(): PolicyDocument {
    const statement = this.admitted.size
      ? { effect: Effect.ALLOW, principals: [...this.admitted.values()] }
      : { effect: Effect.DENY, principals: [new AnyPrincipal()] };
    return new PolicyDocument({
      statements: [new PolicyStatement({ ...statement, actions: ['vpc-lattice-svcs:Invoke'], resources: [this.invokeArn] })],
    });
  }

  private network(vpc: IVpc): string {
    const { scope } = this;
    // Who may call is decided by each service's own policy.
    const network = new CfnServiceNetwork(scope, 'ServiceNetwork', { authType: 'NONE' });
    const clients = new SecurityGroup(scope, 'ClientsSecurityGroup', {
      vpc,
      description: `Clients of ${scope.node.path} in the network`,
      allowAllOutbound: false,
    });
    for (const range of addressesOf(vpc)) clients.addIngressRule(Peer.ipv4(range), Port.HTTPS, 'HTTPS from the network');
    acknowledge(clients, { EC23: 'It lets in the addresses of the network only, which the template names by reference.' });
    new CfnServiceNetworkVpcAssociation(scope, 'VpcAssociation', {
      serviceNetworkIdentifier: network.attrArn,
      vpcIdentifier: vpc.vpcId,
      securityGroupIds: [clients.securityGroupId],
    });
    return network.attrArn;
  }
}
