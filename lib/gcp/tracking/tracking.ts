import { ITerraformDependable, Lazy, TerraformOutput } from 'cdktf';
import { Construct } from 'constructs';
import { PubsubTopic } from '@cdktf/provider-google/lib/pubsub-topic';
import { PubsubTopicIamMember } from '@cdktf/provider-google/lib/pubsub-topic-iam-member';
import { ServiceAccount } from '@cdktf/provider-google/lib/service-account';
import { TrackingEngine } from '../../core';
import { ContainerImage } from '../../core/image';
import { parity } from '../../core/parity';
import { ARTIFACT_PREFIXES } from '../../core/storage';
import { backupDays, TRACKING_SERVER, trackingServerEnv } from '../../core/tracking-server';
import { IamMember, IMember } from '../member';
import { granted } from '../private/granted';
import { imageReference } from '../private/image';
import { idFor, nameIn } from '../private/names';
import { checksFor } from '../private/root';
import { serviceAccount } from '../private/service-account';
import { enableServices } from '../private/services';
import { clientEnvironment, curlAs } from '../private/tracking-client';
import { serverImage } from '../private/tracking-image';
import { ArtifactStore, IArtifactStore } from '../storage';
import { SUPPORT } from '../support';
import { Approvals, Callers } from './callers';
import { ResolvedServer, resolveServer } from './checks';
import { Database, giveRole, letIn, userOf } from './database';
import { FRONT_IMAGE } from './front';
import { ImportedTracking } from './imported';
import { ExperimentTrackingProps, TrackingDatabase, TrackingServerAttributes } from './props';
import { Server } from './server';
import { ExperimentTrackingGrants, IExperimentTracking, TrackingApprovals } from './service';
import { acknowledge } from '../private/acknowledge';

/**
 * An MLflow server that keeps experiments, runs and registered models, and lets in only whom it was told to.
 *
 * Defines a Cloud Run service with internal ingress, in which nginx takes requests of any size for `runtime/mlflow`; its name in a private
 * zone of Cloud DNS; a service account; an instance of Cloud SQL for PostgreSQL with an address in the network only; and a topic of Pub/Sub that
 * is told of registered and approved models. Cloud Run asks every caller for an ID token, and lets in whom `grants.use` names. There is no
 * password anywhere: the server logs in to its database (https://cloud.google.com/sql/docs/postgres/iam-authentication) and its bucket as its
 * service account. It may write to the folder `mlflow` only.
 *
 * Machines in the network reach it by private Google access. Services on Cloud Run reach it through the network too, which they have to be
 * given (https://cloud.google.com/run/docs/securing/ingress). People reach it from a machine in the network: `gcloud auth print-identity-token` makes their token.
 *
 * A new version of the image starts beside the old one, migrates the database under a lock while it starts, for four minutes at most, and takes
 * over when it is healthy; for these seconds the old one may answer a write with an error, which MLflow's client repeats. If the new one does
 * not get well, the old one goes on; to go back over a migration, restore the database. For a migration that takes longer, run
 * `mlops-mlflow migrate` in a job before.
 *
 * A request may take an hour. An artifact waits in the server's memory until it is in the bucket, so the largest is somewhat smaller than
 * `memory`. Terraform gives the database's user its rights by `gcloud`, and says so where that is not signed in. After the server is gone, its
 * addresses keep the subnetwork from being deleted for up to two hours: destroy again then.
 *
 * In prod the database has a standby in another zone, and Terraform and Cloud SQL refuse to delete it. About 60 USD a month in dev, 230 in prod.
 *
 * @example
 * const network = new gcp.MlNetwork(this, 'Network', { project: 'acme-ml-dev', region: 'europe-west4' });
 * const registry = new gcp.ImageRegistry(this, 'Images', { project: 'acme-ml-dev', region: 'europe-west4' });
 * const tracking = new gcp.ExperimentTracking(this, 'Tracking', {
 *   project: 'acme-ml-dev',
 *   region: 'europe-west4',
 *   network,
 *   registry,
 * });
 * tracking.grants.use('Ada', gcp.IamMember.user('ada@example.com'));
 *
 * @see https://cloud.google.com/run/quotas#request_limits
 */
export class ExperimentTracking extends Construct implements IExperimentTracking {
  /** An MLflow server that exists already; nothing is created for it but permissions, where its service is known. */
  public static fromTrackingServerAttributes(scope: Construct, id: string, attributes: TrackingServerAttributes): IExperimentTracking {
    return new ImportedTracking(scope, id, attributes);
  }

  public readonly engine: TrackingEngine = TrackingEngine.SELF_HOSTED;
  public readonly trackingUri: string;
  public readonly privateAccess: boolean = true;
  public readonly grants: ExperimentTrackingGrants;
  public readonly approvals?: TrackingApprovals;
  public readonly eventTopic?: string;
  public readonly audience?: string;
  public readonly project?: string;
  public readonly region?: string;
  public readonly serviceName?: string;
  public readonly databaseInstanceName?: string;
  /** Where artifacts go. */
  public readonly artifacts: IArtifactStore;
  /** Who the server acts as. */
  public readonly serverMember: IMember;

  public constructor(scope: Construct, id: string, props: ExperimentTrackingProps) {
    super(scope, id);
    const checks = checksFor(this, 'gcp.ExperimentTracking');
    const image = props.image ?? serverImage();
    const frontImage = props.frontImage ?? ContainerImage.fromReference(FRONT_IMAGE);
    const d = resolveServer(checks, props, image, frontImage);
    checks.done();
    const { project, region, environment } = props;
    this.project = project;
    this.region = region;
    this.artifacts = props.artifacts ?? new ArtifactStore(this, 'Artifacts', { project, region, environment });
    const account = serviceAccount(this, 'Account', project, 'mlflow', `Tracking server ${this.node.path}`);
    this.serverMember = IamMember.of(account.member);
    const approvals = new Approvals(this);
    const topic = this.topic(props);
    const database = props.database ? undefined : new Database(this, 'Database', props, d, account);
    const login = props.database ? this.login(props.database, account) : database!.ready;
    const built = imageReference(this, 'Image', image, props.registry, props);
    const front = imageReference(this, 'FrontImage', frontImage, props.registry, props);

    const server = new Server(this, 'Server', props, d, {
      image: built.reference,
      frontImage: front.reference,
      serviceAccountEmail: account.email,
      environment: (host) =>
        trackingServerEnv({
          databaseHost: props.database?.host ?? database!.host,
          databaseName: props.database?.name,
          databaseUser: userOf(account, project),
          databaseAuth: 'google-identity',
          // Each instance signs its certificate itself, and for no host name.
          databaseTls: 'require',
          artifacts: this.artifacts.uri(ARTIFACT_PREFIXES.mlflow),
          allowedHosts: [host],
          events: `pubsub:${topic.id}`,
          identityHeader: 'google-id-token',
          approvers: Lazy.stringValue({ produce: () => approvals.toJson() }),
        }),
      dependsOn: [...built.dependsOn, ...front.dependsOn, ...login, ...this.permissions(account, topic)],
    });
    this.node.defaultChild = server.node.defaultChild;
    this.serviceName = server.serviceName;
    this.trackingUri = `https://${server.host}`;
    this.audience = this.trackingUri;
    this.grants = new Callers(this, { project, region, serviceName: server.serviceName });
    this.approvals = approvals;
    this.eventTopic = topic.id;
    this.databaseInstanceName = database?.instanceName;
    this.note(props, d);
    this.outputs(props, account);
  }

  public environment(): { readonly [name: string]: string } {
    return clientEnvironment(this.trackingUri, this.audience);
  }

  private topic({ project, region }: ExperimentTrackingProps): PubsubTopic {
    const holder = new Construct(this, 'Events');
    acknowledge(holder, { 'pubsub-own-key': 'Messages name models and versions, and hold nothing secret.' });
    return new PubsubTopic(holder, 'Resource', {
      project,
      name: nameIn(holder, project, { prefix: `${this.node.id}-events` }),
      messageStoragePolicy: { allowedPersistenceRegions: [region] },
      dependsOn: enableServices(this, project, 'pubsub'),
    });
  }

  /** A user in a database of others; what it may do there, its owner says. */
  private login({ instance, role }: TrackingDatabase, account: ServiceAccount): ITerraformDependable[] {
    const holder = new Construct(this, 'Database');
    const { user, permission } = letIn(holder, account, { project: this.project!, instance });
    return [role === undefined ? user : giveRole(holder, user, this.project!, role), permission];
  }

  /** What the server may do; it waits for all of it. */
  private permissions(account: ServiceAccount, topic: PubsubTopic): ITerraformDependable[] {
    const who = idFor(this, 'Server');
    this.artifacts.grants.write(who, account, ARTIFACT_PREFIXES.mlflow);
    return [
      ...granted(this.artifacts, who),
      new PubsubTopicIamMember(this, 'Publisher', {
        project: this.project,
        topic: topic.name,
        role: 'roles/pubsub.publisher',
        member: account.member,
      }),
    ];
  }

  private note(props: ExperimentTrackingProps, d: ResolvedServer): void {
    parity.mapped(this, 'gcp', '', SUPPORT.tracking.by);
    const size = `${d.cpu} cpu and ${d.memory.toString()}`;
    const reason = 'Cloud Run offers processors and memory in steps, and the next one up was taken';
    for (const [prop, exact] of [
      ['cpu', props.cpu === undefined || props.cpu === d.cpu],
      ['memory', props.memory === undefined || props.memory.toMebibytes() === d.memory.toMebibytes()],
    ] as const)
      if (exact) parity.mapped(this, 'gcp', prop, size);
      else parity.approximated(this, 'gcp', prop, size, reason);
    if (props.database) {
      parity.mapped(this, 'gcp', 'database', SUPPORT['tracking.database.existing'].by);
      return;
    }
    const standby = d.highAvailability ? 'a standby in another zone' : 'no standby';
    parity.mapped(this, 'gcp', 'database.highAvailability', `Cloud SQL ${d.databaseTier} with ${standby}`);
    parity.mapped(this, 'gcp', 'database.backupRetention', `${backupDays(props)} daily backups, and any second of the last 7 days`);
  }

  private outputs({ project, region, database }: ExperimentTrackingProps, account: ServiceAccount): void {
    new TerraformOutput(this, 'TrackingUri', {
      description: 'What MLFLOW_TRACKING_URI is, from a machine in the network',
      value: this.trackingUri,
    });
    new TerraformOutput(this, 'ListCommand', {
      description: 'Lists experiments, from a machine in the network, as whoever gcloud knows you to be',
      value: `${curlAs(this.audience)} '${this.trackingUri}/api/2.0/mlflow/experiments/search?max_results=100'`,
    });
    new TerraformOutput(this, 'LogsCommand', {
      description: 'Shows what the server printed last',
      value: `gcloud run services logs read ${this.serviceName} --region ${region} --project ${project} --limit 100`,
    });
    if (database && database.role === undefined)
      new TerraformOutput(this, 'DatabaseCommand', {
        description: 'Lets the server make its tables, run in psql by the owner of the database',
        value: `psql "host=${database.host} dbname=${database.name ?? TRACKING_SERVER.database} sslmode=require" --command 'grant create, usage on schema public to "${userOf(account, project)}"'`,
      });
  }
}
