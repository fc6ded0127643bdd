import { Construct } from 'constructs';
import { CloudRunV2ServiceIamMember } from '@cdktf/provider-google/lib/cloud-run-v2-service-iam-member';
import { ServiceAccountIamMember } from '@cdktf/provider-google/lib/service-account-iam-member';
import { CloudRunInferenceGrants, ICloudRunInference } from '../inference/service';
import { IMember } from '../member';

/** Each grant is one IAM member on the service. */
export class CloudRunServiceGrants extends CloudRunInferenceGrants {
  public constructor(
    private readonly scope: Construct,
    private readonly service: ICloudRunInference,
  ) {
    super();
  }

  public invoke(id: string, grantee: IMember): void {
    this.member(id, 'roles/run.invoker', grantee);
  }

  public deploy(id: string, grantee: IMember): void {
    this.member(id, 'roles/run.developer', grantee);
    new ServiceAccountIamMember(this.scope, `${id}RunAs`, {
      serviceAccountId: `projects/${this.service.project}/serviceAccounts/${this.service.serviceAccountEmail}`,
      role: 'roles/iam.serviceAccountUser',
      member: grantee.member,
    });
  }

  private member(id: string, role: string, grantee: IMember): void {
    const { project, region: location, serviceName: name } = this.service;
    new CloudRunV2ServiceIamMember(this.scope, id, { project, location, name, role, member: grantee.member });
  }
}

/** Cloud Monitoring filter of one metric of one service. */
export function cloudRunMetric(service: ICloudRunInference, metric: string): string {
  return [
    `resource.type = "cloud_run_revision"`,
    `resource.labels.service_name = "${service.serviceName}"`,
    `resource.labels.location = "${service.region}"`,
    `metric.type = "run.googleapis.com/${metric}"`,
  ].join(' AND ');
}
