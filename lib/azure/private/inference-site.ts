import { LinuxWebAppAuthSettingsV2, LinuxWebAppSiteConfig } from '@cdktf/provider-azurerm/lib/linux-web-app';
import { Checks, isUnresolved } from '../../core/errors';
import { Duration } from '../../core/units';

/** What the container of a site is, as App Service splits it. */
export interface SiteImage {
  /** `https://` and the registry's host. */
  readonly registryUrl: string;
  /** Repository and tag or digest. */
  readonly name: string;
}

/** Starts a service whose image a pipeline brings later. Listens on 8080, or where `ASPNETCORE_HTTP_PORTS` says. */
export const PLACEHOLDER: SiteImage = { registryUrl: 'https://mcr.microsoft.com', name: 'dotnet/samples:aspnetapp' };

/** Splits a reference as a container runtime would read it: `python:3.11` is on Docker Hub. */
export function siteImage(reference: string): SiteImage {
  const slash = reference.indexOf('/');
  const host = reference.slice(0, Math.max(slash, 0));
  if (/[.:]|^localhost$/.test(host) || isUnresolved(host)) return { registryUrl: `https://${host}`, name: reference.slice(slash + 1) };
  return { registryUrl: 'https://index.docker.io', name: slash < 0 ? `library/${reference}` : reference };
}

/** Settings of both the app and its staging slot. */
export interface SiteOptions {
  readonly image: SiteImage;
  /** Client id of the identity that pulls from the registry; nothing where the image is public. */
  readonly pullClientId?: string;
  readonly healthPath: string;
  readonly timeout: Duration;
  readonly network: boolean;
  /** Ranges that may call; anybody if there are none. */
  readonly allowedIps: readonly string[];
}

/** Minutes that the health path fails before an instance is taken out of rotation: the fewest that App Service takes. */
const EVICTION_MINUTES = 2;

export function siteConfig(o: SiteOptions): LinuxWebAppSiteConfig {
  const restricted = o.allowedIps.length > 0;
  return {
    alwaysOn: true,
    applicationStack: { dockerRegistryUrl: o.image.registryUrl, dockerImageName: o.image.name },
    containerRegistryUseManagedIdentity: o.pullClientId !== undefined ? true : undefined,
    containerRegistryManagedIdentityClientId: o.pullClientId,
    healthCheckPath: o.healthPath,
    healthCheckEvictionTimeInMin: EVICTION_MINUTES,
    autoHealSetting: {
      action: { actionType: 'Recycle', minimumProcessExecutionTime: '00:10:00' },
      trigger: {
        slowRequest: { count: 20, interval: '00:05:00', timeTaken: clock(o.timeout) },
        statusCode: [{ statusCodeRange: '500-599', count: 50, interval: '00:05:00' }],
      },
    },
    ftpsState: 'Disabled',
    http2Enabled: true,
    minimumTlsVersion: '1.2',
    scmMinimumTlsVersion: '1.2',
    remoteDebuggingEnabled: false,
    loadBalancingMode: 'LeastRequests',
    use32BitWorker: false,
    vnetRouteAllEnabled: o.network ? true : undefined,
    ipRestrictionDefaultAction: restricted ? 'Deny' : 'Allow',
    ipRestriction: o.allowedIps.map((ipAddress, i) => ({ name: `allowed-${i + 1}`, ipAddress, action: 'Allow', priority: 100 + i })),
    scmUseMainIpRestriction: true,
  };
}

/** Settings that decide who is let in by Entra ID. */
export function authSettings(clientId: string, tenantId: string, allowedIdentities: string[]): LinuxWebAppAuthSettingsV2 {
  return {
    authEnabled: true,
    requireAuthentication: true,
    requireHttps: true,
    unauthenticatedAction: 'Return401',
    defaultProvider: 'azureactivedirectory',
    login: { tokenStoreEnabled: false },
    activeDirectoryV2: {
      clientId,
      tenantAuthEndpoint: `https://login.microsoftonline.com/${tenantId}/v2.0`,
      allowedAudiences: [clientId, `api://${clientId}`],
      allowedIdentities,
    },
  };
}

// Settings that this library writes itself, and those that azurerm keeps from users.
const OURS =
  /^(PORT|WEBSITES_PORT|WEBSITES_ENABLE_APP_SERVICE_STORAGE|WEBSITES_CONTAINER_START_TIME_LIMIT|WEBSITE_SWAP_WARMUP_.*|WEBSITE_HEALTHCHECK_.*|DOCKER_.*|APPLICATIONINSIGHTS_CONNECTION_STRING|AZURE_CLIENT_ID|ML_SLOT)$/;

/** Whether the library sets a variable itself. */
export function isOurs(variable: string): boolean {
  return OURS.test(variable);
}

/** Refuses variables that App Service does not take, or that this library sets. */
export function checkEnv(checks: Checks, env: { readonly [name: string]: string }): void {
  for (const [name, value] of Object.entries(env)) {
    if (!/^[A-Za-z_][\w.]*$/.test(name))
      checks.refuse(
        'name',
        `env.${name}`,
        value,
        'a setting of App Service on Linux is named by letters, digits, underscores and dots',
        'write another name',
      );
    if (isOurs(name))
      checks.refuse('conflict', `env.${name}`, value, 'the library sets it', name.endsWith('PORT') ? 'write port instead' : 'leave it out');
  }
}

/** `90 s` as `00:01:30`. */
function clock(d: Duration): string {
  const s = Math.max(1, d.toSeconds());
  return [s / 3600, (s / 60) % 60, s % 60].map((n) => String(Math.floor(n)).padStart(2, '0')).join(':');
}
