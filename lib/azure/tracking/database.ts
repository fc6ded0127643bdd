import { MonitorDiagnosticSetting } from '@cdktf/provider-azurerm/lib/monitor-diagnostic-setting';
import { PostgresqlFlexibleServer } from '@cdktf/provider-azurerm/lib/postgresql-flexible-server';
import { PostgresqlFlexibleServerActiveDirectoryAdministrator } from '@cdktf/provider-azurerm/lib/postgresql-flexible-server-active-directory-administrator';
import { PostgresqlFlexibleServerDatabase } from '@cdktf/provider-azurerm/lib/postgresql-flexible-server-database';
import { PrivateDnsZone } from '@cdktf/provider-azurerm/lib/private-dns-zone';
import { PrivateDnsZoneVirtualNetworkLink } from '@cdktf/provider-azurerm/lib/private-dns-zone-virtual-network-link';
import { UserAssignedIdentity } from '@cdktf/provider-azurerm/lib/user-assigned-identity';
import { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { policyOf } from '../../core/environment';
import { physicalName } from '../../core/naming';
import { backupDays, TRACKING_SERVER } from '../../core/tracking-server';
import { SubnetUse } from '../network';
import { readyNetwork } from '../private/dependencies';
import { ResolvedServer } from './checks';
import { ExperimentTrackingProps } from './props';
import { acknowledge } from '../private/acknowledge';

const VERSION = '16';
const STORAGE_MB = 32_768;

/**
 * PostgreSQL for a tracking server: in the network only, and without passwords.
 *
 * The server's identity is its only administrator, known to Entra ID.
 */
export class Database extends Construct {
  public readonly serverId: string;
  public readonly host: string;
  /** What has to be there before somebody can log in. */
  public readonly ready: ITerraformDependable[];

  public constructor(
    scope: Construct,
    id: string,
    props: ExperimentTrackingProps,
    d: ResolvedServer,
    identity: UserAssignedIdentity,
    tenantId: string,
  ) {
    super(scope, id);
    const network = props.network!;
    const place = { resourceGroupName: props.resourceGroup.resourceGroupName, location: props.resourceGroup.location };
    const lifecycle = policyOf(props.environment).retainData ? { preventDestroy: true } : undefined;
    const name = physicalName(this, { max: 50, separator: '-', seed: props.resourceGroup.nameSeed });
    // A name that no server has: Azure refuses a zone of the server's own.
    const zone = new PrivateDnsZone(this, 'Zone', {
      name: `${name}.private.postgres.database.azure.com`,
      resourceGroupName: place.resourceGroupName,
    });
    const link = new PrivateDnsZoneVirtualNetworkLink(this, 'ZoneLink', {
      name,
      resourceGroupName: place.resourceGroupName,
      privateDnsZoneName: zone.name,
      virtualNetworkId: network.virtualNetworkId,
    });
    const restore = props.databaseRestore;
    const server = new PostgresqlFlexibleServer(this, 'Resource', {
      name,
      ...place,
      version: VERSION,
      skuName: d.skuName,
      storageMb: STORAGE_MB,
      autoGrowEnabled: true,
      delegatedSubnetId: network.subnetId(SubnetUse.POSTGRESQL),
      privateDnsZoneId: zone.id,
      publicNetworkAccessEnabled: false,
      authentication: { activeDirectoryAuthEnabled: true, passwordAuthEnabled: false, tenantId },
      backupRetentionDays: backupDays(props),
      geoRedundantBackupEnabled: props.databaseGeoRedundantBackup ?? false,
      highAvailability: d.highAvailability ? { mode: 'ZoneRedundant' } : undefined,
      createMode: restore ? 'PointInTimeRestore' : 'Default',
      sourceServerId: restore?.sourceServerId,
      pointInTimeRestoreTimeInUtc: restore?.pointInTime,
      lifecycle: {
        ...lifecycle,
        // Azure chooses the zones, and exchanges them when the standby takes over; it lets storage grow, and cannot make it smaller.
        ignoreChanges: ['zone', 'storage_mb', ...(d.highAvailability ? ['high_availability[0].standby_availability_zone'] : [])],
      },
      dependsOn: [link, ...readyNetwork(network)],
    });
    if (!props.databaseGeoRedundantBackup)
      acknowledge(server, { 'postgres-geo-backup': 'databaseGeoRedundantBackup asks for it; it cannot be changed later.' });
    this.serverId = server.id;
    this.host = server.fqdn;
    const database = restore
      ? []
      : [
          new PostgresqlFlexibleServerDatabase(this, 'Database', {
            name: TRACKING_SERVER.database,
            serverId: server.id,
            charset: 'UTF8',
            collation: 'en_US.utf8',
            lifecycle,
          }),
        ];
    const administrator = new PostgresqlFlexibleServerActiveDirectoryAdministrator(this, 'Administrator', {
      serverName: server.name,
      resourceGroupName: place.resourceGroupName,
      tenantId,
      objectId: identity.principalId,
      principalName: identity.name,
      principalType: 'ServicePrincipal',
      // A server does one thing at a time.
      dependsOn: database,
    });
    this.ready = [administrator];
    if (props.logWorkspace)
      new MonitorDiagnosticSetting(this, 'Logs', {
        name: 'logs',
        targetResourceId: server.id,
        logAnalyticsWorkspaceId: props.logWorkspace.workspaceId,
        enabledLog: [{ category: 'PostgreSQLLogs' }],
        enabledMetric: [{ category: 'AllMetrics' }],
      });
  }
}
