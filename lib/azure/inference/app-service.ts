import { ApplicationInsights } from '@cdktf/provider-azurerm/lib/application-insights';
import { DataAzurermClientConfig } from '@cdktf/provider-azurerm/lib/data-azurerm-client-config';
import { LinuxWebApp } from '@cdktf/provider-azurerm/lib/linux-web-app';
import { LinuxWebAppSlot } from '@cdktf/provider-azurerm/lib/linux-web-app-slot';
import { MonitorDiagnosticSetting } from '@cdktf/provider-azurerm/lib/monitor-diagnostic-setting';
import { ServicePlan } from '@cdktf/provider-azurerm/lib/service-plan';
import { UserAssignedIdentity } from '@cdktf/provider-azurerm/lib/user-assigned-identity';
import { Lazy, TerraformOutput } from 'cdktf';
import { Construct } from 'constructs';
import { Access, ImageOwner, Rollout } from '../../core';
import { physicalName } from '../../core/naming';
import { literal } from '../../core/terraform-text';
import { granted } from '../private/dependencies';
import { imageReference, ResolvedImage } from '../private/image';
import { autoscale } from '../private/inference-autoscale';
import { ImportedAppServiceInference, planMetric, siteMetric, WebAppGrants } from '../private/inference-service';
import { mountFileSystems } from '../private/inference-mounts';
import { noteInference, ResolvedInference as Resolved, resolveInference } from '../private/inference-props';
import { authSettings, PLACEHOLDER, SiteImage, siteConfig, siteImage } from '../private/inference-site';
import { grantId, localName } from '../private/name';
import { privateEndpoint } from '../private/private-endpoint';
import { readSecrets } from '../private/secret-env';
import { serviceEnvironment } from '../private/tracking-client';
import { IPrincipal } from '../resource-group';
import { AppServiceInferenceProps } from './props';
import { AppServiceInferenceAttributes, AppServiceInferenceGrants, AzureMetric, IAppServiceInference } from './service';
import { acknowledge } from '../private/acknowledge';

const LOG_CATEGORIES = [
  'AppServiceHTTPLogs',
  'AppServiceConsoleLogs',
  'AppServicePlatformLogs',
  'AppServiceAuditLogs',
  'AppServiceIPSecAuditLogs',
];
const SLOT = 'staging';

/**
 * A service that answers predictions from a container, on machines of its own that are always on.
 *
 * Defines a Linux service plan, a web app for containers with a managed identity, Application Insights, autoscale, and, for a canary or
 * blue-green rollout, a deployment slot that a pipeline swaps.
 * The plan is the smallest of Premium v3 that has the cpu and the memory of one instance (twice the memory with a slot, which runs beside
 * the app); at least one instance is always paid for, two over several zones in `prod`.
 * Health is checked every minute (https://learn.microsoft.com/azure/app-service/monitor-instances-health-check): an instance that fails
 * twice gets no requests, and is replaced after an hour. Auto-heal restarts one that
 * is slow or fails often. Requests end after 230 seconds at the latest.
 * Only HTTPS from TLS 1.2 on; no FTP, no publishing passwords.
 *
 * @example
 * const service = new azure.AppServiceInference(this, 'Predict', {
 *   resourceGroup: group,
 *   network,
 *   registry,
 *   image: ContainerImage.fromReference('ghcr.io/acme/housing:1.4'),
 * });
 *
 * @see https://learn.microsoft.com/troubleshoot/azure/app-service/web-apps-performance-faqs#why-does-my-request-time-out-after-230-seconds
 */
export class AppServiceInference extends Construct implements IAppServiceInference {
  /** A web app that exists already; nothing is created for it. Its image is taken to be its pipeline's affair. */
  public static fromAppServiceInferenceAttributes(
    scope: Construct,
    id: string,
    attributes: AppServiceInferenceAttributes,
  ): IAppServiceInference {
    return new ImportedAppServiceInference(scope, id, attributes);
  }

  public readonly url: string;
  public readonly serviceName: string;
  public readonly webAppId: string;
  public readonly servicePlanId: string;
  public readonly resourceGroupName: string;
  public readonly imageOwner: ImageOwner;
  public readonly access: Access;
  public readonly healthPath: string;
  public readonly rollout: Rollout;
  public readonly stagingSlotName?: string;
  public readonly grants: AppServiceInferenceGrants;
  /** Who the container is in Entra ID; give this principal what it has to read. The container finds its client id in `AZURE_CLIENT_ID`. */
  public readonly principal: IPrincipal;

  private readonly allowed: string[] = [];

  public constructor(scope: Construct, id: string, props: AppServiceInferenceProps) {
    super(scope, id);
    const d = resolveInference(this, props);
    this.imageOwner = d.imageOwner;
    this.access = d.access;
    this.healthPath = d.healthPath;
    this.rollout = d.rollout;
    this.stagingSlotName = d.slot ? SLOT : undefined;
    this.resourceGroupName = props.resourceGroup.resourceGroupName;
    this.serviceName = physicalName(this, { max: 40, separator: '-', seed: props.resourceGroup.nameSeed });

    const place = { resourceGroupName: props.resourceGroup.resourceGroupName, location: props.resourceGroup.location };
    const identity = new UserAssignedIdentity(this, 'Identity', { name: localName(this), ...place });
    this.principal = { principalId: identity.principalId, principalType: 'ServicePrincipal' };
    const puller = localName(this);
    props.registry?.grants.pull(puller, this.principal);
    props.tracking?.grants.use(grantId(this, 'Service'), this.principal);
    const secrets = readSecrets(this, props.secrets, this.principal);
    this.servicePlanId = d.servicePlanId ?? this.plan(props, d);

    const { image, dependsOn } = this.image(props, d);
    const site = {
      identity: { type: 'UserAssigned', identityIds: [identity.id] },
      keyVaultReferenceIdentityId: identity.id,
      virtualNetworkSubnetId: props.network?.appServiceSubnetId,
      vnetImagePullEnabled: props.network && props.registry ? true : undefined,
      publicNetworkAccessEnabled: d.access !== Access.PRIVATE,
      httpsOnly: true,
      clientAffinityEnabled: false,
      ftpPublishBasicAuthenticationEnabled: false,
      webdeployPublishBasicAuthenticationEnabled: false,
      siteConfig: siteConfig({
        image,
        pullClientId: props.registry && identity.clientId,
        healthPath: d.healthPath,
        timeout: d.timeout,
        network: props.network !== undefined,
        allowedIps: props.allowedIps ?? [],
      }),
      logs: {
        detailedErrorMessages: true,
        failedRequestTracing: true,
        httpLogs: { fileSystem: { retentionInDays: 3, retentionInMb: 35 } },
      },
      authSettingsV2: this.auth(props),
      lifecycle: ignoring(props, d),
      dependsOn: [...dependsOn, ...granted(props.registry, puller), ...secrets],
    };
    const settings = this.settings(props, d, identity.clientId);
    const app = new LinuxWebApp(this, 'Resource', {
      ...site,
      ...place,
      name: this.serviceName,
      servicePlanId: this.servicePlanId,
      appSettings: { ...settings, ...(d.slot ? { ML_SLOT: 'production' } : {}) },
      stickySettings: d.slot ? { appSettingNames: ['ML_SLOT'] } : undefined,
    });
    acknowledge(this, {
      'web-client-certificates': 'Callers are known by tokens of Entra ID or by their network, unless access: public lets in anybody.',
      ...(d.access === Access.PUBLIC ? { 'web-callers': 'access: public was asked for by name.' } : {}),
      ...(d.access === Access.PRIVATE ? {} : { 'web-public-network': `access: ${d.access} was asked for by name.` }),
    });
    this.webAppId = app.id;
    this.url = `https://${app.defaultHostname}`;
    this.reached(props, 'Endpoint', 'sites');
    this.logged(props, 'Logs', app.id);
    this.mounted(props, 'Mounts', app);
    if (d.slot) {
      const slot = new LinuxWebAppSlot(this, 'Staging', {
        ...site,
        name: SLOT,
        appServiceId: app.id,
        appSettings: { ...settings, ML_SLOT: SLOT },
      });
      this.reached(props, 'StagingEndpoint', `sites-${SLOT}`)?.node.addDependency(slot);
      this.logged(props, 'StagingLogs', slot.id);
      this.mounted(props, 'StagingMounts', slot, SLOT);
    }
    this.grants = new WebAppGrants(this, d.access === Access.AUTHENTICATED ? (g) => void this.allowed.push(g.principalId) : undefined);
    this.outputs(props, d);
    noteInference(this, props, d);
  }

  public metricRequests(): AzureMetric {
    return siteMetric(this.webAppId, 'Requests', 'Total');
  }

  public metricErrors(): AzureMetric {
    return siteMetric(this.webAppId, 'Http5xx', 'Total');
  }

  public metricResponseTime(): AzureMetric {
    return siteMetric(this.webAppId, 'HttpResponseTime', 'Average');
  }

  public metricCpu(): AzureMetric {
    return planMetric(this.servicePlanId, 'CpuPercentage');
  }

  public metricMemory(): AzureMetric {
    return planMetric(this.servicePlanId, 'MemoryPercentage');
  }

  private plan(props: AppServiceInferenceProps, d: Resolved): string {
    const holder = new Construct(this, 'Plan');
    const plan = new ServicePlan(holder, 'Resource', {
      name: localName(holder, 40),
      resourceGroupName: props.resourceGroup.resourceGroupName,
      location: props.resourceGroup.location,
      osType: 'Linux',
      skuName: d.size!.sku,
      workerCount: d.minInstances,
      zoneBalancingEnabled: d.zones || undefined,
      // Autoscale changes the number; the next deployment must not undo that.
      lifecycle: d.maxInstances > d.minInstances ? { ignoreChanges: ['worker_count'] } : undefined,
    });
    if (d.maxInstances > d.minInstances)
      autoscale(this, 'Autoscale', {
        resourceGroup: props.resourceGroup,
        planId: plan.id,
        min: d.minInstances,
        max: d.maxInstances,
        queueLength: d.concurrency,
      });
    acknowledge(holder, {
      ...(d.minInstances < 2 ? { 'plan-instances': 'scaling.min says how many are kept.' } : {}),
      ...(d.zones ? {} : { 'plan-zones': 'What survives the loss of a data centre is paid for in prod only.' }),
    });
    return plan.id;
  }

  private image(props: AppServiceInferenceProps, d: Resolved): { image: SiteImage } & Pick<ResolvedImage, 'dependsOn'> {
    if (d.imageOwner === ImageOwner.PIPELINE) return { image: PLACEHOLDER, dependsOn: [] };
    const { reference, repositoryAndTag, dependsOn } = imageReference(this, 'Image', props.image, props.registry);
    const image =
      repositoryAndTag === undefined
        ? siteImage(reference)
        : { registryUrl: `https://${props.registry!.loginServer}`, name: repositoryAndTag };
    return { image, dependsOn };
  }

  private settings(props: AppServiceInferenceProps, d: Resolved, clientId: string): { [name: string]: string } {
    const insights =
      props.logWorkspace &&
      new ApplicationInsights(this, 'Insights', {
        name: localName(this),
        resourceGroupName: props.resourceGroup.resourceGroupName,
        location: props.resourceGroup.location,
        applicationType: 'web',
        workspaceId: props.logWorkspace.workspaceId,
      });
    return {
      ...Object.fromEntries(Object.entries(props.env ?? {}).map(([name, value]) => [name, literal(value)])),
      PORT: String(d.port),
      WEBSITES_PORT: String(d.port),
      WEBSITES_ENABLE_APP_SERVICE_STORAGE: 'false',
      WEBSITES_CONTAINER_START_TIME_LIMIT: String(d.startTimeout.toSeconds()),
      AZURE_CLIENT_ID: clientId,
      ...serviceEnvironment(props.tracking, props.model),
      ...Object.fromEntries(
        Object.entries(props.secrets ?? {}).map(([variable, { vault, secretName }]) => [
          variable,
          `@Microsoft.KeyVault(VaultName=${vault.vaultName};SecretName=${secretName})`,
        ]),
      ),
      ...(insights ? { APPLICATIONINSIGHTS_CONNECTION_STRING: insights.connectionString } : {}),
      // A swap waits until every instance of the new version is healthy. Where Entra ID guards the path, a 401 shows that it is up.
      ...(d.slot
        ? {
            WEBSITE_SWAP_WARMUP_PING_PATH: d.healthPath,
            WEBSITE_SWAP_WARMUP_PING_STATUSES: d.access === Access.AUTHENTICATED ? '200,401' : '200',
          }
        : {}),
      // The placeholder listens here until the pipeline brings the real image, which has no use for it.
      ...(d.imageOwner === ImageOwner.PIPELINE && d.port !== 8080 ? { ASPNETCORE_HTTP_PORTS: String(d.port) } : {}),
    };
  }

  private auth(props: AppServiceInferenceProps) {
    if (this.access !== Access.AUTHENTICATED) return undefined;
    const tenant = props.entraTenantId ?? new DataAzurermClientConfig(this, 'Client', {}).tenantId;
    const allowed = Lazy.listValue({ produce: () => (this.allowed.length ? this.allowed : undefined) });
    return authSettings(props.entraClientId!, tenant, allowed);
  }

  private reached(props: AppServiceInferenceProps, id: string, subresource: string) {
    if (this.access !== Access.PRIVATE) return undefined;
    return privateEndpoint(this, id, {
      resourceGroup: props.resourceGroup,
      network: props.network!,
      resourceId: this.webAppId,
      subresource,
      zones: ['privatelink.azurewebsites.net'],
    });
  }

  private mounted(props: AppServiceInferenceProps, id: string, site: LinuxWebApp | LinuxWebAppSlot, slotName?: string): void {
    if (!Object.keys(props.mounts ?? {}).length) return;
    mountFileSystems(this, id, {
      resourceGroup: props.resourceGroup,
      network: props.network!,
      mounts: props.mounts!,
      siteName: this.serviceName,
      slotName,
      dependsOn: [site],
    });
  }

  private logged(props: AppServiceInferenceProps, id: string, targetResourceId: string): void {
    if (!props.logWorkspace) return;
    new MonitorDiagnosticSetting(this, id, {
      name: 'logs',
      targetResourceId,
      logAnalyticsWorkspaceId: props.logWorkspace.workspaceId,
      enabledLog: LOG_CATEGORIES.map((category) => ({ category })),
      enabledMetric: [{ category: 'AllMetrics' }],
    });
  }

  private outputs(props: AppServiceInferenceProps, d: Resolved): void {
    const token =
      d.access === Access.AUTHENTICATED
        ? ` --header "Authorization: Bearer $(az account get-access-token --resource ${props.entraClientId} --query accessToken --output tsv)"`
        : '';
    const where = d.access === Access.PRIVATE ? ', from a machine in the network' : '';
    new TerraformOutput(this, 'Url', { description: 'Where the service answers', value: this.url });
    new TerraformOutput(this, 'Call', {
      description: `Asks for a prediction${where}`,
      value: `curl --fail-with-body --header 'Content-Type: application/json' --data @sample_request.json${token} ${this.url}/predict`,
    });
    if (!d.slot) return;
    new TerraformOutput(this, 'Swap', {
      description: 'Exchanges the version in the staging slot with the one in service; the same command takes it back',
      value: `az webapp deployment slot swap --resource-group ${this.resourceGroupName} --name ${this.serviceName} --slot ${SLOT} --target-slot production`,
    });
  }
}

/** What others decide about the app. */
function ignoring(props: AppServiceInferenceProps, d: Resolved): { ignoreChanges: string[] } | undefined {
  const ignoreChanges = [
    ...(d.imageOwner === ImageOwner.PIPELINE ? ['site_config[0].application_stack'] : []),
    // azurerm reads mounts over NFS as if it had made them, and would take them away.
    ...(Object.keys(props.mounts ?? {}).length ? ['storage_account'] : []),
  ];
  return ignoreChanges.length ? { ignoreChanges } : undefined;
}
