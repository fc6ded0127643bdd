import { Construct } from 'constructs';
import { CloudRunV2ServiceIamMember } from '@cdktf/provider-google/lib/cloud-run-v2-service-iam-member';
import { isUnresolved, refuse } from '../../core/errors';
import { IMember } from '../member';
import { TrackingServiceAttributes } from './props';
import { ExperimentTrackingGrants, TrackingApprovals } from './service';

/** The identities that Cloud Run lets through to a server, one IAM member each however often they are named. */
export class Callers extends ExperimentTrackingGrants {
  private readonly allowed = new Set<string>();

  public constructor(
    private readonly scope: Construct,
    private readonly service: TrackingServiceAttributes,
  ) {
    super();
  }

  public use(id: string, { member }: IMember): void {
    if (this.allowed.has(member)) return;
    this.allowed.add(member);
    const { project, region: location, serviceName: name } = this.service;
    new CloudRunV2ServiceIamMember(this.scope, id, { project, location, name, role: 'roles/run.invoker', member });
  }
}

/** Whoever runs the server decides. */
export class OwnersAffair extends ExperimentTrackingGrants {
  public use(_id: string, _grantee: IMember): void {
    // Nothing can be said to the server of others.
  }
}

/** What the server of `runtime/mlflow` is told of approvals. */
export class Approvals extends TrackingApprovals {
  private readonly approvers = new Map<string, string[]>();

  public constructor(private readonly scope: Construct) {
    super();
  }

  public demand(modelName: string): void {
    if (!this.approvers.has(modelName)) this.approvers.set(modelName, []);
  }

  public allow(modelName: string, { member }: IMember): void {
    if (!isUnresolved(member) && !/^(user|serviceAccount):[^:]+$/.test(member))
      refuse(
        'unsupported',
        'grantee',
        member,
        `${this.scope.node.path} knows its callers by their ID token, which names no groups and no other principals`,
        'name users and service accounts one by one',
      );
    this.demand(modelName);
    const list = this.approvers.get(modelName)!;
    if (!list.includes(member)) list.push(member);
  }

  public toJson(): string {
    return JSON.stringify(Object.fromEntries(this.approvers));
  }
}
