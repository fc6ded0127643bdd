import { DataAzurermClientConfig } from '@cdktf/provider-azurerm/lib/data-azurerm-client-config';
import { EventgridTopic } from '@cdktf/provider-azurerm/lib/eventgrid-topic';
import { UserAssignedIdentity } from '@cdktf/provider-azurerm/lib/user-assigned-identity';
import { ITerraformDependable, Lazy, TerraformOutput } from 'cdktf';
import { Construct } from 'constructs';
import { ModelReference, TrackingEngine } from '../../core';
import { physicalName } from '../../core/naming';
import { parity } from '../../core/parity';
import { ARTIFACT_PREFIXES } from '../../core/storage';
import { TRACKING_ENV } from '../../core/tracking';
import { backupDays, TRACKING_SERVER, trackingServerEnv } from '../../core/tracking-server';
import { granted, resourcesOf } from '../private/dependencies';
import { imageReference } from '../private/image';
import { grantId, localName } from '../private/name';
import { privateEndpoint } from '../private/private-endpoint';
import { assignRole } from '../private/role';
import { checksFor } from '../private/root';
import { clientEnvironment, curlAs } from '../private/tracking-client';
import { serverImage } from '../private/tracking-image';
import { IPrincipal } from '../resource-group';
import { ArtifactStore, IArtifactStore } from '../storage';
import { SUPPORT } from '../support';
import { Approvals, Callers, stageUri, WorkspaceCallers } from './callers';
import { ResolvedServer, resolveServer, resolveWorkspace } from './checks';
import { Database } from './database';
import { ImportedTracking } from './imported';
import { ExperimentTrackingProps, TrackingDatabase, TrackingServerAttributes } from './props';
import { Server } from './server';
import { ExperimentTrackingGrants, IExperimentTracking, TrackingApprovals } from './service';

/**
 * An MLflow server that keeps experiments, runs and registered models, and lets in only whom it was told to.
 *
 * Defines, for a self-hosted server, a container app in an environment of its own with an address in the network only, its names in private DNS, a
 * user-assigned identity, a PostgreSQL flexible server in the network, and an Event Grid topic that is told of registered and approved models.
 * Container Apps asks every caller for a token of Entra ID for the app registration `entraClientId`, and lets in the identities that
 * `grants.use` names; all others get 401 or 403. There is no password anywhere: the server logs in to its database and its storage as its identity.
 * Managed, it defines nothing but roles: the server is the MLflow endpoint of an Azure ML workspace, and programs need `azureml-mlflow` and,
 * as that endpoint knows no logged models, MLflow 2.
 *
 * A new version of the image starts beside the old one, migrates the database under a lock while it starts, and takes over when it is
 * healthy; for these seconds the old one may answer a write with an error, which MLflow's client repeats. To go back over a migration, restore
 * the database. Requests end after 240 seconds
 * (https://learn.microsoft.com/azure/container-apps/ingress-overview), which limits how large an artifact can be, by the line to the server.
 *
 * In prod two servers run in several zones, the database has a standby, and Terraform refuses to destroy it. About 60 USD a month in dev, 400
 * in prod.
 *
 * @example
 * const tracking = new azure.ExperimentTracking(this, 'Tracking', {
 *   resourceGroup: group,
 *   network,
 *   registry,
 *   entraClientId: '00000000-0000-0000-0000-000000000000',
 * });
 * tracking.grants.use('Ada', { principalId: '00000000-0000-0000-0000-000000000000', principalType: 'User' });
 *
 * @see https://learn.microsoft.com/azure/container-apps/authentication-entra
 */
export class ExperimentTracking extends Construct implements IExperimentTracking {
  /** An MLflow server that exists already; nothing is created for it. */
  public static fromTrackingServerAttributes(scope: Construct, id: string, attributes: TrackingServerAttributes): IExperimentTracking {
    return new ImportedTracking(scope, id, attributes);
  }

  public readonly engine: TrackingEngine;
  public readonly trackingUri: string;
  public readonly privateAccess: boolean;
  public readonly grants: ExperimentTrackingGrants;
  public readonly approvals?: TrackingApprovals;
  public readonly eventTopicId?: string;
  public readonly eventPrincipal?: IPrincipal;
  public readonly audience?: string;
  public readonly workspaceId?: string;
  public readonly containerAppId?: string;
  public readonly alwaysOn?: boolean;
  public readonly databaseServerId?: string;
  /** Who a self-hosted server is in Entra ID. */
  public readonly principal?: IPrincipal;

  public constructor(scope: Construct, id: string, props: ExperimentTrackingProps) {
    super(scope, id);
    this.engine = props.engine ?? TrackingEngine.SELF_HOSTED;
    const checks = checksFor(this, 'azure.ExperimentTracking');
    if (this.engine === TrackingEngine.MANAGED) {
      const workspace = resolveWorkspace(checks, props);
      checks.done();
      const location = props.workspaceLocation ?? props.resourceGroup.location;
      this.trackingUri = `azureml://${location}.api.azureml.ms/mlflow/v1.0${workspace.id}`;
      this.workspaceId = workspace.id;
      this.privateAccess = false;
      this.grants = new WorkspaceCallers(this, workspace.id, props.resourceGroup.nameSeed);
      this.note(props);
      new TerraformOutput(this, 'TrackingUri', {
        description: 'What MLFLOW_TRACKING_URI is; needs azureml-mlflow',
        value: this.trackingUri,
      });
      return;
    }

    const image = props.image ?? serverImage();
    const d = resolveServer(this, checks, props, image);
    checks.done();
    const { resourceGroup, network, environment } = props;
    const place = { resourceGroupName: resourceGroup.resourceGroupName, location: resourceGroup.location };
    const identity = new UserAssignedIdentity(this, 'Identity', { name: localName(this), ...place });
    this.principal = { principalId: identity.principalId, principalType: 'ServicePrincipal' };
    const tenantId = props.entraTenantId ?? new DataAzurermClientConfig(this, 'Client', {}).tenantId;
    // Never an empty list, which would let everybody of the tenant in.
    const callers = new Callers(this, this.principal);
    const approvals = new Approvals(callers);
    const artifacts = props.artifacts ?? new ArtifactStore(this, 'Artifacts', { resourceGroup, network, environment });
    const topic = this.topic(props);
    const database = props.database ? undefined : new Database(this, 'Database', props, d, identity, tenantId);
    const built = imageReference(this, 'Image', image, props.registry);
    const server = new Server(
      this,
      'Server',
      props,
      d,
      {
        image: built.reference,
        loginServer: props.registry?.loginServer,
        identity,
        environment: (host) =>
          trackingServerEnv({
            databaseHost: props.database?.host ?? database!.host,
            databaseName: props.database?.name,
            databaseUser: props.database?.user ?? identity.name,
            databaseAuth: 'azure-identity',
            databaseTls: 'verify-full',
            artifacts: blobUri(artifacts, ARTIFACT_PREFIXES.mlflow),
            allowedHosts: [host],
            events: `eventgrid:${topic.endpoint}`,
            identityHeader: 'azure-easy-auth',
            approvers: Lazy.stringValue({ produce: () => approvals.toJson() }),
          }),
        dependsOn: [...built.dependsOn, ...this.permissions(props, artifacts, topic), ...(database?.ready ?? [])],
      },
      {
        clientId: props.entraClientId!,
        tenantId,
        identities: (json) => Lazy.stringValue({ produce: () => json(callers.ids) }),
      },
    );
    this.node.defaultChild = server.node.defaultChild;
    this.trackingUri = `https://${server.host}`;
    this.privateAccess = true;
    this.audience = props.entraClientId!;
    this.grants = callers;
    this.approvals = approvals;
    this.eventTopicId = topic.id;
    this.eventPrincipal = { principalId: topic.identity.principalId, principalType: 'ServicePrincipal' };
    this.containerAppId = server.containerAppId;
    this.alwaysOn = d.minReplicas > 0;
    this.databaseServerId = database?.serverId;
    this.note(props, d);
    this.outputs(props, identity);
  }

  public environment(): { readonly [name: string]: string } {
    if (this.audience === undefined) return { [TRACKING_ENV.URI]: this.trackingUri };
    return clientEnvironment(this.trackingUri, this.audience);
  }

  public modelUri(model: ModelReference): string {
    return this.engine === TrackingEngine.MANAGED ? stageUri(model) : String(model);
  }

  private topic(props: ExperimentTrackingProps): EventgridTopic {
    const holder = new Construct(this, 'Events');
    const topic = new EventgridTopic(holder, 'Resource', {
      name: physicalName(holder, { max: 50, separator: '-', seed: props.resourceGroup.nameSeed }),
      resourceGroupName: props.resourceGroup.resourceGroupName,
      location: props.resourceGroup.location,
      inputSchema: 'CloudEventSchemaV1_0',
      localAuthEnabled: false,
      publicNetworkAccessEnabled: false,
      identity: { type: 'SystemAssigned' },
    });
    privateEndpoint(holder, 'Endpoint', {
      resourceGroup: props.resourceGroup,
      network: props.network!,
      resourceId: topic.id,
      subresource: 'topic',
      zones: ['privatelink.eventgrid.azure.net'],
    });
    return topic;
  }

  /** What the server may do; it waits for all of it. */
  private permissions(props: ExperimentTrackingProps, artifacts: IArtifactStore, topic: EventgridTopic): ITerraformDependable[] {
    const who = grantId(this, 'Server');
    props.registry?.grants.pull(who, this.principal!);
    artifacts.grants.write(who, this.principal!, ARTIFACT_PREFIXES.mlflow);
    const sender = assignRole(this, 'EventSender', 'EventGrid Data Sender', topic.id, this.principal!);
    return [
      sender,
      ...[props.registry, artifacts].flatMap((on) => granted(on, who)),
      ...(props.registry ? resourcesOf(props.registry, 'azurerm_private_endpoint') : []),
      ...resourcesOf(artifacts, 'azurerm_private_endpoint'),
      ...resourcesOf(this, 'azurerm_private_endpoint'),
    ];
  }

  private note(props: ExperimentTrackingProps, d?: ResolvedServer): void {
    const managed = this.engine === TrackingEngine.MANAGED;
    parity.mapped(this, 'azure', '', SUPPORT[managed ? 'tracking.managed' : 'tracking'].by);
    if (!d) {
      const { by, reason } = SUPPORT['tracking.managed'];
      parity.approximated(this, 'azure', 'engine', by, reason!);
      return;
    }
    const size = `${d.cpu} processors and ${d.memoryGib} GiB`;
    const given = { cpu: props.cpu, memory: props.memory?.toGibibytes() };
    for (const [prop, value, got] of [
      ['cpu', given.cpu, d.cpu],
      ['memory', given.memory, d.memoryGib],
    ] as const) {
      if (value === undefined) continue;
      if (value === got) parity.mapped(this, 'azure', prop, size);
      else
        parity.approximated(
          this,
          'azure',
          prop,
          size,
          'a replica of Container Apps has twice as many GiB as processors, in steps of 0.25 and 0.5',
        );
    }
    if (props.database) {
      parity.mapped(this, 'azure', 'database', SUPPORT['tracking.database.existing'].by);
      return;
    }
    const standby = d.highAvailability ? 'a standby in another zone' : 'no standby';
    parity.mapped(this, 'azure', 'database.highAvailability', `PostgreSQL flexible server ${d.skuName} with ${standby}`);
    parity.mapped(this, 'azure', 'database.backupRetention', `backups of ${backupDays(props)} days`);
  }

  private outputs(props: ExperimentTrackingProps, identity: UserAssignedIdentity): void {
    new TerraformOutput(this, 'TrackingUri', {
      description: 'What MLFLOW_TRACKING_URI is, from a machine in the network',
      value: this.trackingUri,
    });
    new TerraformOutput(this, 'ListCommand', {
      description: 'Lists experiments, from a machine in the network, as whoever az knows you to be',
      value: `${curlAs(this.audience!)} '${this.trackingUri}/api/2.0/mlflow/experiments/search?max_results=100'`,
    });
    if (props.database)
      new TerraformOutput(this, 'DatabaseCommand', {
        description:
          'Lets the server into the database, run once by an Entra administrator of it; the password is a token that lasts an hour',
        value: databaseCommand(props.database, props.database.user ?? identity.name),
      });
  }
}

/** MLflow's own spelling for blobs: what it does with `abfss` needs a hierarchical namespace, which the store does not have. */
function blobUri(store: IArtifactStore, prefix: string): string {
  return `wasbs://${store.containerName}@${store.storageAccountName}.blob.core.windows.net/${prefix}`;
}

function databaseCommand(database: TrackingDatabase, user: string): string {
  const name = database.name ?? TRACKING_SERVER.database;
  const psql = (db: string, ...commands: string[]): string =>
    [
      `psql "host=${database.host} dbname=${db} user=$(az account show --query user.name --output tsv) sslmode=require"`,
      ...commands.map((c) => `--command ${c}`),
    ].join(' ');
  return [
    'export PGPASSWORD=$(az account get-access-token --resource-type oss-rdbms --query accessToken --output tsv)',
    psql('postgres', `"select * from pgaadauth_create_principal('${user}', false, false)"`, `'create database "${name}"'`),
    psql(name, `'grant all on schema public to "${user}"'`),
  ].join(' && ');
}
