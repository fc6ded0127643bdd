import { Annotations } from 'cdktf';
import { Construct } from 'constructs';
import { Access, ImageOwner, Rollout } from '../../core';
import { INFERENCE_DEFAULTS } from '../../core/inference';
import { AppServiceInferenceAttributes, AppServiceInferenceGrants, AzureMetric, IAppServiceInference } from '../inference/service';
import { IPrincipal } from '../resource-group';
import { parseResourceId } from './resource-id';
import { assignRole } from './role';
import { checksFor } from './root';

/** A metric of a web app. */
export function siteMetric(webAppId: string, metricName: string, aggregation: string): AzureMetric {
  return { resourceId: webAppId, namespace: 'Microsoft.Web/sites', metricName, aggregation };
}

/** A metric of a service plan. */
export function planMetric(servicePlanId: string, metricName: string): AzureMetric {
  return { resourceId: servicePlanId, namespace: 'Microsoft.Web/serverfarms', metricName, aggregation: 'Average' };
}

/** Grants on a web app; `allow` puts a caller on the list of a service that checks identities. */
export class WebAppGrants extends AppServiceInferenceGrants {
  public constructor(
    private readonly service: IAppServiceInference,
    private readonly allow?: (grantee: IPrincipal) => void,
  ) {
    super();
  }

  public invoke(grantee: IPrincipal): void {
    if (this.allow) this.allow(grantee);
    else
      Annotations.of(this.service).addInfo(
        `grants.invoke changes nothing: access is ${this.service.access}, and this stack checks no identities for it`,
      );
  }

  public deploy(id: string, grantee: IPrincipal): void {
    const holder = new Construct(this.service, id);
    for (const role of ['Website Contributor', 'Monitoring Reader'])
      assignRole(holder, role.replace(' ', ''), role, this.service.webAppId, grantee);
  }
}

/** A web app that others own. */
export class ImportedAppServiceInference extends Construct implements IAppServiceInference {
  public readonly url: string;
  public readonly serviceName: string;
  public readonly webAppId: string;
  public readonly servicePlanId: string;
  public readonly resourceGroupName: string;
  public readonly imageOwner = ImageOwner.PIPELINE;
  public readonly access: Access;
  public readonly healthPath: string;
  public readonly rollout: Rollout;
  public readonly stagingSlotName?: string;
  public readonly grants: AppServiceInferenceGrants;

  public constructor(scope: Construct, id: string, attributes: AppServiceInferenceAttributes) {
    super(scope, id);
    const checks = checksFor(this, 'azure.AppServiceInference');
    const app = parseResourceId(checks, 'webAppId', attributes.webAppId, 'Microsoft.Web/sites');
    const plan = parseResourceId(checks, 'servicePlanId', attributes.servicePlanId, 'Microsoft.Web/serverFarms');
    checks.done();
    this.webAppId = app.id;
    this.servicePlanId = plan.id;
    this.serviceName = app.name;
    this.resourceGroupName = app.resourceGroupName;
    this.url = attributes.url ?? `https://${app.name}.azurewebsites.net`;
    this.access = attributes.access ?? Access.PRIVATE;
    this.healthPath = attributes.healthPath ?? INFERENCE_DEFAULTS.healthPath;
    this.rollout = attributes.rollout ?? Rollout.allAtOnce();
    this.stagingSlotName = attributes.stagingSlotName;
    this.grants = new WebAppGrants(this);
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
}
