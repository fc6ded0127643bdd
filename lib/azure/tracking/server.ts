import { ContainerApp } from '@cdktf/provider-azurerm/lib/container-app';
import { ContainerAppEnvironment } from '@cdktf/provider-azurerm/lib/container-app-environment';
import { MonitorDiagnosticSetting } from '@cdktf/provider-azurerm/lib/monitor-diagnostic-setting';
import { PrivateDnsARecord } from '@cdktf/provider-azurerm/lib/private-dns-a-record';
import { PrivateDnsZone } from '@cdktf/provider-azurerm/lib/private-dns-zone';
import { PrivateDnsZoneVirtualNetworkLink } from '@cdktf/provider-azurerm/lib/private-dns-zone-virtual-network-link';
import { UserAssignedIdentity } from '@cdktf/provider-azurerm/lib/user-assigned-identity';
import { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { policyOf } from '../../core/environment';
import { TRACKING_SERVER } from '../../core/tracking-server';
import { SubnetUse } from '../network';
import { armDeployment, armParameters } from '../private/arm';
import { readyNetwork } from '../private/dependencies';
import { localName } from '../private/name';
import { ResolvedServer } from './checks';
import { ExperimentTrackingProps } from './props';
import { acknowledge } from '../private/acknowledge';

const PROFILE = 'Consumption';
const AUTH_API = '2024-03-01';
/** Requests that one server answers at the same time before another one is added. */
const CONCURRENCY = '10';
/** A server has ten minutes for its migrations before it is taken for dead: so often, so many seconds apart. */
const START = { interval: 20, failures: 30 };

/** What runs in the container. */
export interface Container {
  readonly image: string;
  /** Host that the registry's images are pulled from; nothing where the image is public. */
  readonly loginServer: string | undefined;
  readonly identity: UserAssignedIdentity;
  /** The server's environment, for the host name that it will have. */
  readonly environment: (host: string) => { readonly [name: string]: string };
  readonly dependsOn: ITerraformDependable[];
}

/** Who is let in. */
export interface Front {
  readonly clientId: string;
  readonly tenantId: string;
  /** Object ids, as a text that is resolved late: a JSON list. */
  readonly identities: (json: (ids: readonly string[]) => string) => string;
}

/** A container app in an environment of its own, which answers in the network only, and whose names the network resolves. */
export class Server extends Construct {
  public readonly containerAppId: string;
  public readonly host: string;

  public constructor(scope: Construct, id: string, props: ExperimentTrackingProps, d: ResolvedServer, container: Container, front: Front) {
    super(scope, id);
    const place = { resourceGroupName: props.resourceGroup.resourceGroupName, location: props.resourceGroup.location };
    const environment = this.environment(props);
    const name = localName(this, 32);
    this.host = `${name}.${environment.defaultDomain}`;
    const resolved = this.resolved(props, environment);
    const app = new ContainerApp(this, 'Resource', {
      name,
      resourceGroupName: place.resourceGroupName,
      containerAppEnvironmentId: environment.id,
      workloadProfileName: PROFILE,
      // The new server takes over once it is ready; the old one goes after that.
      revisionMode: 'Single',
      maxInactiveRevisions: 5,
      identity: { type: 'UserAssigned', identityIds: [container.identity.id] },
      registry: container.loginServer === undefined ? undefined : [{ server: container.loginServer, identity: container.identity.id }],
      ingress: {
        // Beyond the environment, that is: the environment itself has an address in the network only.
        externalEnabled: true,
        allowInsecureConnections: false,
        targetPort: TRACKING_SERVER.port,
        transport: 'http',
        trafficWeight: [{ latestRevision: true, percentage: 100 }],
      },
      template: {
        minReplicas: d.minReplicas,
        maxReplicas: d.maxReplicas,
        terminationGracePeriodSeconds: 30,
        httpScaleRule: d.maxReplicas > 1 ? [{ name: 'requests', concurrentRequests: CONCURRENCY }] : undefined,
        container: [
          {
            name: 'mlflow',
            image: container.image,
            command: [...TRACKING_SERVER.command],
            cpu: d.cpu,
            memory: `${d.memoryGib}Gi`,
            env: Object.entries({ ...container.environment(this.host), AZURE_CLIENT_ID: container.identity.clientId }).map(
              ([variable, value]) => ({ name: variable, value }),
            ),
            // Asked from inside, past the front that asks for a token.
            startupProbe: [{ ...probe(START.failures), intervalSeconds: START.interval }],
            readinessProbe: [{ ...probe(3), intervalSeconds: 10, successCountThreshold: 1 }],
            livenessProbe: [{ ...probe(5), intervalSeconds: 30 }],
          },
        ],
      },
      dependsOn: [...container.dependsOn, ...resolved],
    });
    this.containerAppId = app.id;
    // Everything about this deployment comes in as a parameter, so that its template never changes.
    armDeployment(this, 'Front', {
      resourceGroup: props.resourceGroup,
      parameterTypes: { app: 'string', issuer: 'string', audiences: 'array', clientId: 'string', identities: 'array' },
      parameters: front.identities((identities) =>
        armParameters({
          app: app.name,
          issuer: `https://login.microsoftonline.com/${front.tenantId}/v2.0`,
          audiences: [front.clientId, `api://${front.clientId}`],
          clientId: front.clientId,
          identities,
        }),
      ),
      resources: [AUTH_CONFIG],
      dependsOn: [app],
    });
  }

  private environment(props: ExperimentTrackingProps): ContainerAppEnvironment {
    const holder = new Construct(this, 'Environment');
    const name = localName(holder);
    if (!policyOf(props.environment).multiZone)
      acknowledge(holder, { 'app-environment-zones': 'What survives the loss of a data centre is paid for in prod only.' });
    const environment = new ContainerAppEnvironment(holder, 'Resource', {
      name,
      resourceGroupName: props.resourceGroup.resourceGroupName,
      location: props.resourceGroup.location,
      infrastructureSubnetId: props.network!.subnetId(SubnetUse.CONTAINER_APPS),
      // Named, because azurerm would make the environment anew when it reads the name that Azure has chosen.
      infrastructureResourceGroupName: `${name}-nodes`,
      internalLoadBalancerEnabled: true,
      publicNetworkAccess: 'Disabled',
      zoneRedundancyEnabled: policyOf(props.environment).multiZone,
      workloadProfile: [{ name: PROFILE, workloadProfileType: 'Consumption' }],
      // Through Azure Monitor, because the log workspace has no keys.
      logsDestination: props.logWorkspace ? 'azure-monitor' : undefined,
      dependsOn: readyNetwork(props.network!),
    });
    if (props.logWorkspace)
      new MonitorDiagnosticSetting(holder, 'Logs', {
        name: 'logs',
        targetResourceId: environment.id,
        logAnalyticsWorkspaceId: props.logWorkspace.workspaceId,
        enabledLog: [{ category: 'ContainerAppConsoleLogs' }, { category: 'ContainerAppSystemLogs' }],
      });
    return environment;
  }

  /** Lets the network find the environment's names, which Azure enters nowhere by itself. */
  private resolved(props: ExperimentTrackingProps, environment: ContainerAppEnvironment): ITerraformDependable[] {
    const { resourceGroupName } = props.resourceGroup;
    const holder = new Construct(this, 'Names');
    const zone = new PrivateDnsZone(holder, 'Resource', { name: environment.defaultDomain, resourceGroupName });
    const record = new PrivateDnsARecord(holder, 'Record', {
      name: '*',
      zoneName: zone.name,
      resourceGroupName,
      ttl: 300,
      records: [environment.staticIpAddress],
    });
    const link = new PrivateDnsZoneVirtualNetworkLink(holder, 'Link', {
      name: localName(holder),
      resourceGroupName,
      privateDnsZoneName: zone.name,
      virtualNetworkId: props.network!.virtualNetworkId,
    });
    return [record, link];
  }
}

/** https://learn.microsoft.com/azure/templates/microsoft.app/containerapps/authconfigs */
const AUTH_CONFIG = {
  type: 'Microsoft.App/containerApps/authConfigs',
  apiVersion: AUTH_API,
  name: "[concat(parameters('app'), '/current')]",
  properties: {
    platform: { enabled: true },
    globalValidation: { unauthenticatedClientAction: 'Return401' },
    identityProviders: {
      azureActiveDirectory: {
        enabled: true,
        registration: { openIdIssuer: "[parameters('issuer')]", clientId: "[parameters('clientId')]" },
        validation: {
          allowedAudiences: "[parameters('audiences')]",
          defaultAuthorizationPolicy: { allowedPrincipals: { identities: "[parameters('identities')]" } },
        },
      },
    },
    login: { tokenStore: { enabled: false } },
  },
};

function probe(failureCountThreshold: number) {
  return { transport: 'HTTP', port: TRACKING_SERVER.port, path: TRACKING_SERVER.healthPath, timeout: 5, failureCountThreshold };
}
