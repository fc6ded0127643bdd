import { Construct } from 'constructs';
import { ProjectIamMember } from '@cdktf/provider-google/lib/project-iam-member';
import { IMember } from '../member';
import { GpuTrainingClusterGrants } from '../training/service';
import { STUCK_EVENT } from './training-workflow';

/** Google Cloud has no permissions on a single workflow: each grant is one IAM member on the project. */
export class TrainingGrants extends GpuTrainingClusterGrants {
  public constructor(
    private readonly cluster: Construct,
    private readonly project: string,
  ) {
    super();
  }

  public submit(id: string, grantee: IMember): void {
    new ProjectIamMember(this.cluster, id, { project: this.project, role: 'roles/workflows.invoker', member: grantee.member });
  }
}

/** What monitoring watches of a cluster. */
export function trainingFilters(workflowName: string): { readonly failure: string; readonly stuck: string } {
  const workflow = `resource.type="workflows.googleapis.com/Workflow" AND resource.labels.workflow_id="${workflowName}"`;
  return {
    failure: `${workflow} AND metric.type="workflows.googleapis.com/finished_execution_count" AND metric.labels.status="FAILED"`,
    stuck: `${workflow} AND jsonPayload.event="${STUCK_EVENT}"`,
  };
}
