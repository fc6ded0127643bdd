import { FeatureStoreBaseProps, IFeatureStoreBase, Schedule } from '../../core';
import { IMember } from '../member';
import { IFeatureOnlineStore } from './online-store';

/** A group of features in Vertex AI, over a table of BigQuery. */
export interface IFeatureStore extends IFeatureStoreBase {
  /** The table that rows are written to: `project.dataset.table`. */
  readonly tableName: string;
  /** What is looked up online; nothing where the group is not online. */
  readonly featureViewName?: string;
  /** Permissions on the features. */
  readonly grants: FeatureStoreGrants;
}

/** Permissions on features. */
export abstract class FeatureStoreGrants {
  /**
   * To look features up: `roles/bigquery.dataViewer` on the group's dataset and `roles/bigquery.jobUser` on the project, and, where there is an
   * online store, a role of its own that looks up rows. Vertex AI gives that one on projects only, so that all feature views of the project
   * are read alike.
   *
   * @param id construct id of the IAM members, unique in the store's scope
   * @param grantee who may read
   */
  public abstract read(id: string, grantee: IMember): void;
  /**
   * To add, change and delete rows: `roles/bigquery.dataEditor` on the group's table and `roles/bigquery.jobUser` on the project.
   *
   * @param id construct id of the IAM members, unique in the store's scope
   * @param grantee who may write
   */
  public abstract write(id: string, grantee: IMember): void;
}

/** Options of a group of features on Google Cloud. */
export interface FeatureStoreProps extends FeatureStoreBaseProps {
  /** Project id. No default: it decides who pays. */
  readonly project: string;
  /** Region of table and online store. No default: data must not land where nobody chose. */
  readonly region: string;
  /**
   * Where rows are looked up online; several groups may share one, and should, for it costs by the hour.
   *
   * @default - one of its own if `online`
   */
  readonly onlineStore?: IFeatureOnlineStore;
  /**
   * When the newest rows are copied to the online store. Each time the table is read as a whole, and paid for.
   *
   * @default - every hour
   */
  readonly sync?: Schedule;
  /**
   * Key of Cloud KMS that encrypts the table: `projects/P/locations/R/keyRings/K/cryptoKeys/C`, in its region.
   * The service account of BigQuery in the project has to be allowed to use it.
   *
   * @default - encrypted with a key of Google's
   * @see https://cloud.google.com/bigquery/docs/customer-managed-encryption
   */
  readonly kmsKeyName?: string;
}

/** A group of features that exists already. */
export interface FeatureStoreAttributes {
  /** Project id. */
  readonly project: string;
  /** Region of group and table. */
  readonly region: string;
  /** Name of the feature group. */
  readonly featureGroupName: string;
  /** Id of the dataset that the table is in. */
  readonly datasetId: string;
  /** Id of the table. */
  readonly tableId: string;
  /**
   * Where it can be looked up online: `projects/P/locations/R/featureOnlineStores/S/featureViews/V`.
   *
   * @default - nowhere
   */
  readonly featureViewName?: string;
}
