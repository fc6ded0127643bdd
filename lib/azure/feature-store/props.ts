import { FeatureStoreBaseProps, IFeatureStoreBase } from '../../core';
import { ILogWorkspace } from '../logs';
import { INetwork } from '../network';
import { IPrincipal, IResourceGroup } from '../resource-group';
import { IFeatureStoreWorkspace } from './workspace-props';

/** A feature set of Azure ML. */
export interface IFeatureStore extends IFeatureStoreBase {
  /** The workspace that keeps it. */
  readonly workspace: IFeatureStoreWorkspace;
  /** Version of the feature set that the declared columns have. */
  readonly featureSetVersion: string;
  /** Where rows are written, as Parquet files. */
  readonly sourceUri: string;
  /** Permissions on the features. */
  readonly grants: FeatureStoreGrants;
}

/** Permissions on features. */
export abstract class FeatureStoreGrants {
  /**
   * To look features up: `Reader` of the workspace, `Storage Blob Data Reader` of its two containers, and, where there is an online store,
   * a role of its own that reads its keys. All groups of a workspace are read alike.
   *
   * @param id construct id of the role assignments, unique in the workspace's scope
   * @param grantee who may read
   */
  public abstract read(id: string, grantee: IPrincipal): void;
  /**
   * To put rows where feature sets read them (`Storage Blob Data Contributor` of the container of sources).
   *
   * @param id construct id of the role assignment, unique in the workspace's scope
   * @param grantee who may write
   */
  public abstract write(id: string, grantee: IPrincipal): void;
}

/** Props of `FeatureStore`. */
export interface FeatureStoreProps extends FeatureStoreBaseProps {
  /** Where it is put. */
  readonly resourceGroup: IResourceGroup;
  /**
   * Feature store to share with other groups.
   *
   * @default - one of its own, in `network`
   */
  readonly workspace?: IFeatureStoreWorkspace;
  /**
   * Network that reaches a feature store of its own.
   *
   * @default - none; required unless there is a `workspace`
   */
  readonly network?: INetwork;
  /**
   * Where the logs of a feature store of its own go.
   *
   * @default - a log workspace of its own
   */
  readonly logWorkspace?: ILogWorkspace;
}

/** A feature set that exists already. */
export interface FeatureStoreAttributes {
  /** Its name. */
  readonly featureGroupName: string;
  /** Its version. */
  readonly featureSetVersion: string;
  /** The feature store that keeps it. */
  readonly workspace: IFeatureStoreWorkspace;
}
