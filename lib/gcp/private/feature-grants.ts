import { Construct } from 'constructs';
import { BigqueryDatasetIamMember } from '@cdktf/provider-google/lib/bigquery-dataset-iam-member';
import { BigqueryTableIamMember } from '@cdktf/provider-google/lib/bigquery-table-iam-member';
import { ProjectIamCustomRole } from '@cdktf/provider-google/lib/project-iam-custom-role';
import { ProjectIamMember } from '@cdktf/provider-google/lib/project-iam-member';
import { FeatureStoreGrants } from '../feature-store/props';
import { IMember } from '../member';
import { nameIn } from './names';

/** Where the rows of a group are. */
export interface FeaturePlace {
  readonly project: string;
  readonly datasetId: string;
  readonly tableId: string;
  readonly online: boolean;
}

const LOOK_UP = ['aiplatform.featureOnlineStores.get', 'aiplatform.featureViews.fetchFeatureValues', 'aiplatform.featureViews.get'];

/** IAM members on dataset, table and project. */
export class FeatureGrants extends FeatureStoreGrants {
  private role: ProjectIamCustomRole | undefined;

  public constructor(
    private readonly store: Construct,
    private readonly place: FeaturePlace,
  ) {
    super();
  }

  public read(id: string, grantee: IMember): void {
    const { project, datasetId, online } = this.place;
    const { member } = grantee;
    const holder = new Construct(this.store, id);
    new BigqueryDatasetIamMember(holder, 'Data', { project, datasetId, role: 'roles/bigquery.dataViewer', member });
    this.query(holder, grantee);
    if (online) new ProjectIamMember(holder, 'Online', { project, role: this.lookUp().name, member });
  }

  public write(id: string, grantee: IMember): void {
    const { project, datasetId, tableId } = this.place;
    const holder = new Construct(this.store, id);
    new BigqueryTableIamMember(holder, 'Data', {
      project,
      datasetId,
      tableId,
      role: 'roles/bigquery.dataEditor',
      member: grantee.member,
    });
    this.query(holder, grantee);
  }

  /** Whoever reads or writes does so by a job, which is paid for by the project. */
  private query(holder: Construct, { member }: IMember): void {
    new ProjectIamMember(holder, 'Jobs', { project: this.place.project, role: 'roles/bigquery.jobUser', member });
  }

  /** Narrower than the predefined roles, which show all that is in Vertex AI. */
  private lookUp(): ProjectIamCustomRole {
    this.role ??= new ProjectIamCustomRole(this.store, 'LookUpRole', {
      project: this.place.project,
      roleId: nameIn(this.store, this.place.project, { separator: '_' }),
      title: `Looks up features: ${this.store.node.path}`.slice(0, 100),
      description: 'Looks up rows in online stores of Vertex AI',
      permissions: LOOK_UP,
    });
    return this.role;
  }
}
