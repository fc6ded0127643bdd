import { join } from 'path';
import { Connections, IConnectable, IVpc } from 'aws-cdk-lib/aws-ec2';
import { FargateService } from 'aws-cdk-lib/aws-ecs';
import { EventBus, IEventBus } from 'aws-cdk-lib/aws-events';
import { Grant, IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { IDatabaseInstance } from 'aws-cdk-lib/aws-rds';
import { CfnOutput, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { ContainerImage, TrackingEngine } from '../../core';
import { parity } from '../../core/parity';
import { TRACKING_ENV, TRACKING_PLUGIN } from '../../core/tracking';
import { backupDays, TRACKING_SERVER } from '../../core/tracking-server';
import { policyOf } from '../../core/environment';
import { MlNetwork } from '../network';
import { acknowledgeWildcards } from '../private/acknowledge';
import { checksOf } from '../private/scope';
import { curl, DEFAULT_BUS } from '../private/tracking';
import { ArtifactStore, IArtifactStore } from '../storage';
import { SUPPORT } from '../support';
import { databaseSubnets, settleTracking, TaskSize } from './checks';
import { TrackingDatabase, trackingDatabase } from './database';
import { TrackingFront } from './front';
import { ExperimentTrackingGrants } from './grants';
import { grantManaged, isManaged, managedServer } from './managed';
import { ExperimentTrackingMetrics } from './metrics';
import { arnOf } from './principal';
import { ApprovalGuard, ExperimentTrackingAttributes, ExperimentTrackingProps, IExperimentTracking } from './props';
import { trackingServer } from './server';

/** Signs requests to VPC Lattice. */
const SIGNED = { [TRACKING_ENV.AUTH]: TRACKING_PLUGIN, [TRACKING_ENV.AUTH_KIND]: 'aws-sigv4' };
/** The server's own folder in this package, seen from the compiled file. */
const SERVER_DIRECTORY = join(__dirname, '..', '..', '..', 'runtime', 'mlflow');
const METHOD_IS_GET = { StringEquals: { 'vpc-lattice-svcs:RequestMethod': 'GET' } };

/**
 * An MLflow server that programs in the network log to with the role they have, and without a secret.
 *
 * Defines an ECS service on Fargate that runs `runtime/mlflow` of this package; an encrypted RDS for PostgreSQL, closed to everything but the
 * server, whose password RDS makes, keeps in Secrets Manager and changes each week; and a VPC Lattice service with a certificate of AWS
 * before it, which checks each request's IAM signature and asks its auth policy. Artifacts pass through the server into `mlflow/` of the
 * artifact store. With `TrackingEngine.MANAGED` it is a tracking server of SageMaker instead, whose clients write artifacts to the store
 * themselves, and need the package `sagemaker-mlflow`.
 *
 * Clients run in the network: VPC Lattice answers nobody else. `environment()` is what they need; `grants.use` is the permission. People reach
 * it from a CloudShell environment in the VPC. A request rests at most ten minutes, and a connection lives as long, which bounds a single
 * upload; there is no other limit on size but the server's disk, on which an artifact waits until it is in the store (`ephemeralStorage`).
 *
 * An update starts a new server beside the old one. The new one migrates the database under a lock, so that of several one does, and takes
 * over once it is healthy; until then the old one goes on with the migrated tables. If the new one does not get well, ECS goes back to the
 * old one, but not the database, which only grows: restore its backup if the old one does not start on it. `pauseOnUpdate` stops the old
 * one first.
 *
 * In `prod` there are two servers, the database has a standby and is protected from deletion. When the stack goes, RDS keeps a last snapshot
 * in `staging` and `prod`. The database's name is taken as long as it exists, so that nothing can replace it by an empty one.
 *
 * Server, database and VPC Lattice cost about 80 USD a month, in `prod` about 145; a managed server 0.64 USD an hour and more, unless it is
 * stopped.
 *
 * @example
 * declare const network: aws.MlNetwork;
 * declare const artifacts: aws.ArtifactStore;
 * declare const job: iam.IRole;
 * const tracking = new aws.ExperimentTracking(this, 'Tracking', { vpc: network.vpc, artifacts });
 * tracking.grants.use(job);
 *
 * @see https://docs.aws.amazon.com/vpc-lattice/latest/ug/quotas.html
 */
export class ExperimentTracking extends Construct implements IExperimentTracking, IConnectable {
  /** A tracking server that exists already. */
  public static fromTrackingServerAttributes(scope: Construct, id: string, attrs: ExperimentTrackingAttributes): IExperimentTracking {
    return new ImportedExperimentTracking(scope, id, attrs);
  }

  public readonly engine: TrackingEngine;
  public readonly trackingUri: string;
  public readonly grants: ExperimentTrackingGrants;
  public readonly approvalGuard: ApprovalGuard;
  public readonly eventBusName: string;
  public readonly inNetwork: boolean;
  public readonly metrics?: ExperimentTrackingMetrics;
  /** Where artifacts go. */
  public readonly artifacts: IArtifactStore;
  /** What the servers may connect to, if the platform runs them. */
  public readonly connections: Connections;
  /** Network of server and clients, if the platform runs the server. */
  public readonly vpc?: IVpc;
  /** The servers, if the platform runs them. */
  public readonly service?: FargateService;
  /** The database, if it was made. */
  public readonly database?: IDatabaseInstance;
  /** What the servers print, if the platform runs them. */
  public readonly logGroup?: ILogGroup;
  /** ARN of the VPC Lattice service, if the platform runs the server. */
  public readonly serviceArn?: string;
  /** ARN of the service network; further servers in the same VPC take it as `serviceNetworkArn`. */
  public readonly serviceNetworkArn?: string;
  private readonly approvers = new Map<string, Set<string>>();

  public constructor(scope: Construct, id: string, props: ExperimentTrackingProps = {}) {
    super(scope, id);
    const checks = checksOf(this, 'aws.ExperimentTracking');
    const size = settleTracking(checks, props);
    checks.done();

    this.engine = props.engine ?? TrackingEngine.SELF_HOSTED;
    this.inNetwork = this.engine === TrackingEngine.SELF_HOSTED;
    this.approvalGuard = this.inNetwork ? ApprovalGuard.SERVER : ApprovalGuard.PERMISSIONS;
    this.artifacts = props.artifacts ?? new ArtifactStore(this, 'Artifacts', { environment: props.environment });
    const eventBus = props.eventBus ?? EventBus.fromEventBusName(this, 'EventBus', DEFAULT_BUS);
    this.eventBusName = props.eventBus?.eventBusName ?? DEFAULT_BUS;
    if (this.engine === TrackingEngine.MANAGED) {
      const server = managedServer(this, this.artifacts, props);
      this.trackingUri = server.attrTrackingServerArn;
      this.grants = managedGrants(this.trackingUri, this.artifacts);
      this.connections = new Connections();
      this.reportManaged(server.trackingServerName);
    } else {
      const made = this.selfHosted(props, size, eventBus);
      this.trackingUri = `https://${made.front.domainName}`;
      this.grants = latticeGrants(made.front.invokeArn, (grantee) => made.front.admit(grantee.grantPrincipal));
      this.vpc = made.vpc;
      this.service = made.service;
      this.connections = made.service.connections;
      this.database = made.database.instance;
      this.logGroup = made.logGroup;
      this.serviceArn = made.front.service.attrArn;
      this.serviceNetworkArn = made.front.serviceNetworkArn;
      this.metrics = ExperimentTrackingMetrics._of({
        serviceId: made.front.service.attrId,
        clusterName: made.service.cluster.clusterName,
        ecsServiceName: made.service.serviceName,
        databaseId: made.database.instanceId,
      });
      this.reportSelfHosted(props, size, made.logGroup);
    }
    new CfnOutput(this, 'TrackingUri', {
      value: this.trackingUri,
      description: 'Where programs in the platform track runs (MLFLOW_TRACKING_URI)',
    });
  }

  public environment(): { [name: string]: string } {
    return { [TRACKING_ENV.URI]: this.trackingUri, ...(this.inNetwork ? SIGNED : {}) };
  }

  public requireApproval(modelName: string): void {
    if (!this.approvers.has(modelName)) this.approvers.set(modelName, new Set());
  }

  public addApprover(modelName: string, approver: IGrantable): void {
    this.requireApproval(modelName);
    if (this.engine === TrackingEngine.MANAGED) {
      grantManaged(approver, this.trackingUri, 'approve', undefined);
      return;
    }
    const arn = arnOf(approver.grantPrincipal);
    const checks = checksOf(this, 'aws.ExperimentTracking');
    checks.require(
      arn !== undefined,
      'unsupported',
      'approver',
      undefined,
      'the server knows callers by the ARN of a role or a user, and this principal is neither',
      'give a role or a user',
    );
    checks.done();
    this.approvers.get(modelName)!.add(arn!);
  }

  private selfHosted(props: ExperimentTrackingProps, size: TaskSize, eventBus: IEventBus) {
    const { environment } = props;
    const vpc = props.vpc ?? new MlNetwork(this, 'Network', { environment }).vpc;
    const own = props.database;
    const database: TrackingDatabase = own
      ? { ...own, databaseName: own.databaseName ?? TRACKING_SERVER.database }
      : trackingDatabase(this, vpc, databaseSubnets(vpc, props), props);
    const front = new TrackingFront(this, { vpc, environment, serviceNetworkArn: props.serviceNetworkArn });
    const { service, logGroup } = trackingServer(this, {
      props,
      size,
      vpc,
      artifacts: this.artifacts,
      image: props.image ?? ContainerImage.fromDirectory(SERVER_DIRECTORY),
      database,
      front,
      eventBus,
      approvers: () => Object.fromEntries([...this.approvers].map(([model, arns]) => [model, [...arns]])),
    });
    return { vpc, database, front, service, logGroup };
  }

  private reportSelfHosted(props: ExperimentTrackingProps, size: TaskSize, log: ILogGroup): void {
    const { multiZone } = policyOf(props.environment);
    const servers = props.servers ?? (multiZone ? 2 : 1);
    parity.mapped(this, 'aws', '', `MLflow on ECS Fargate (${servers}), VPC Lattice with IAM before it`);
    if (props.database) parity.mapped(this, 'aws', 'database', 'your PostgreSQL');
    else {
      const standby = (props.databaseHighAvailability ?? multiZone) ? 'Multi-AZ' : 'one zone';
      parity.mapped(this, 'aws', 'database', `RDS for PostgreSQL, ${standby}, backups of ${backupDays(props)} days`);
    }
    const became = `${size.cpu / 1024} processors and ${size.memoryMib / 1024} GiB`;
    const reason = 'Fargate offers processors and memory in steps, and the next one up was taken';
    const cpu = props.cpu ?? TRACKING_SERVER.cpu;
    const gib = (props.memory ?? TRACKING_SERVER.memory).toGibibytes();
    for (const [prop, exact] of [
      ['cpu', cpu * 1024 === size.cpu],
      ['memory', gib * 1024 === size.memoryMib],
    ] as const)
      if (exact) parity.mapped(this, 'aws', prop, became);
      else parity.approximated(this, 'aws', prop, became, reason);
    const { region } = Stack.of(this);
    new CfnOutput(this, 'LogsCommand', {
      value: `aws logs tail ${log.logGroupName} --region ${region} --follow`,
      description: 'Shows what the server prints',
    });
    new CfnOutput(this, 'RunsCommand', {
      value: `${curl(region)} "${this.trackingUri}/api/2.0/mlflow/experiments/search?max_results=100"`,
      description:
        'Lists experiments, from inside the network, such as a CloudShell environment in the VPC; first: eval "$(aws configure export-credentials --format env)"',
    });
  }

  private reportManaged(name: string): void {
    const { region } = Stack.of(this);
    parity.mapped(this, 'aws', '', 'SageMaker MLflow tracking server');
    parity.approximated(this, 'aws', 'engine', 'SageMaker MLflow tracking server', SUPPORT['tracking.managed'].reason!);
    const command = (verb: string): string => `aws sagemaker ${verb} --region ${region} --tracking-server-name ${name}`;
    new CfnOutput(this, 'OpenCommand', {
      value: command('create-presigned-mlflow-tracking-server-url'),
      description: 'Makes an address that opens the web page of the server',
    });
    new CfnOutput(this, 'StopCommand', {
      value: command('stop-mlflow-tracking-server'),
      description: 'Stops the server, which costs by the hour; start-mlflow-tracking-server starts it again',
    });
  }
}

class ImportedExperimentTracking extends Construct implements IExperimentTracking {
  public readonly engine: TrackingEngine;
  public readonly trackingUri: string;
  public readonly grants: ExperimentTrackingGrants;
  public readonly approvalGuard = ApprovalGuard.OTHERS;
  public readonly eventBusName: string;
  public readonly inNetwork: boolean;
  private readonly serviceArn?: string;

  public constructor(scope: Construct, id: string, attrs: ExperimentTrackingAttributes) {
    super(scope, id);
    const checks = checksOf(this, 'aws.ExperimentTracking');
    checks.require(
      attrs.serviceArn === undefined || !isManaged(attrs.trackingUri),
      'conflict',
      'serviceArn',
      attrs.serviceArn,
      'a managed server has no VPC Lattice service',
      'leave it out',
    );
    checks.done();
    const managed = isManaged(attrs.trackingUri);
    this.engine = managed ? TrackingEngine.MANAGED : TrackingEngine.SELF_HOSTED;
    this.trackingUri = attrs.trackingUri;
    this.serviceArn = attrs.serviceArn;
    this.inNetwork = attrs.serviceArn !== undefined;
    this.eventBusName = attrs.eventBusName ?? DEFAULT_BUS;
    this.grants = managed
      ? managedGrants(attrs.trackingUri, attrs.artifacts)
      : attrs.serviceArn
        ? latticeGrants(`${attrs.serviceArn}/*`, () => undefined)
        : openGrants();
    parity.mapped(this, 'aws', '', 'your MLflow server');
  }

  public environment(): { [name: string]: string } {
    return { [TRACKING_ENV.URI]: this.trackingUri, ...(this.serviceArn ? SIGNED : {}) };
  }

  public requireApproval(): void {
    // Whoever runs the server decides.
  }

  public addApprover(_modelName: string, approver: IGrantable): void {
    if (isManaged(this.trackingUri)) grantManaged(approver, this.trackingUri, 'approve', undefined);
  }
}

function latticeGrants(invokeArn: string, admit: (grantee: IGrantable) => void): ExperimentTrackingGrants {
  const invoke = (grantee: IGrantable, conditions?: PolicyStatement['conditions']): Grant => {
    const { grantPrincipal } = grantee;
    if (Construct.isConstruct(grantPrincipal))
      acknowledgeWildcards(grantPrincipal, [invokeArn], 'A request to the server names a path; the permission is for the whole server.');
    admit(grantee);
    return Grant.addToPrincipal({ grantee, actions: ['vpc-lattice-svcs:Invoke'], resourceArns: [invokeArn], conditions });
  };
  return ExperimentTrackingGrants._of({ use: (grantee) => invoke(grantee), read: (grantee) => invoke(grantee, METHOD_IS_GET) });
}

function managedGrants(serverArn: string, artifacts: IArtifactStore | undefined): ExperimentTrackingGrants {
  return ExperimentTrackingGrants._of({
    use: (grantee) => grantManaged(grantee, serverArn, 'use', artifacts),
    read: (grantee) => grantManaged(grantee, serverArn, 'read', artifacts),
  });
}

/** The server lets clients in by itself. */
function openGrants(): ExperimentTrackingGrants {
  const nothing = (grantee: IGrantable): Grant => Grant.drop(grantee, 'the tracking server lets its clients in by itself');
  return ExperimentTrackingGrants._of({ use: nothing, read: nothing });
}
