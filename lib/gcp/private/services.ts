import { ITerraformDependable, TerraformStack, Token } from 'cdktf';
import { Construct, IConstruct } from 'constructs';
import { ProjectService } from '@cdktf/provider-google/lib/project-service';

/** APIs that constructs of this room need. */
export type GoogleApi =
  | 'artifactregistry'
  | 'batch'
  | 'cloudbuild'
  | 'cloudscheduler'
  | 'containerscanning'
  | 'compute'
  | 'iam'
  | 'logging'
  | 'monitoring'
  | 'pubsub'
  | 'run'
  | 'secretmanager'
  | 'storage'
  | 'workflowexecutions'
  | 'workflows'
  | 'clouddeploy'
  | 'eventarc'
  | 'file'
  | 'lustre'
  | 'servicenetworking'
  | 'aiplatform'
  | 'bigquery'
  | 'dns'
  | 'sqladmin';

/**
 * Switches APIs on in a project, each once per stack however many constructs ask for it.
 * They stay on when the stack goes, because others in the project may use them.
 *
 * @returns what resources of these APIs depend on
 */
export function enableServices(scope: IConstruct, project: string, ...apis: GoogleApi[]): ITerraformDependable[] {
  const stack = TerraformStack.of(scope);
  const services = (stack.node.tryFindChild('GoogleServices') as Construct | undefined) ?? new Construct(stack, 'GoogleServices');
  const made = services.node.children as ProjectService[];
  return apis.map((api) => {
    const service = `${api}.googleapis.com`;
    const same = made.filter((s) => s.serviceInput === service);
    // A project may be a reference to another resource, which makes no readable id.
    const id = [
      api,
      Token.isUnresolved(project) ? 'project' : project,
      ...(Token.isUnresolved(project) && same.length ? [same.length] : []),
    ];
    return (
      same.find((s) => s.projectInput === project) ??
      new ProjectService(services, id.join('-'), { project, service, disableOnDestroy: false })
    );
  });
}
