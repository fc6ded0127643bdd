import { IConstruct } from 'constructs';
import { Environment } from '../../core';
import { ILogWorkspace } from '../logs';
import { INetwork } from '../network';
import { IPrincipal, IResourceGroup } from '../resource-group';

/** A feature store of Azure ML, which keeps groups of features. */
export interface IFeatureStoreWorkspace extends IConstruct {
  /** Id of the workspace. */
  readonly workspaceId: string;
  /** Name of the workspace. */
  readonly workspaceName: string;
  /** Resource group that it is in. */
  readonly workspaceResourceGroupName: string;
  /** Whether features can be looked up online. */
  readonly online: boolean;
  /** Permissions on everything that it keeps. */
  readonly grants: FeatureStoreWorkspaceGrants;
  /**
   * Where the rows of a group are written.
   *
   * @param group name of the group
   */
  sourceUri(group: string): string;
}

/** Permissions on a feature store. */
export abstract class FeatureStoreWorkspaceGrants {
  /**
   * To look up features of all groups.
   *
   * @param id construct id of the role assignments, unique in the workspace's scope
   * @param grantee who may read
   */
  public abstract read(id: string, grantee: IPrincipal): void;
  /**
   * To put rows where feature sets read them.
   *
   * @param id construct id of the role assignment, unique in the workspace's scope
   * @param grantee who may write
   */
  public abstract write(id: string, grantee: IPrincipal): void;
}

/** Props of `FeatureStoreWorkspace`. */
export interface FeatureStoreWorkspaceProps {
  /** Where it is put. */
  readonly resourceGroup: IResourceGroup;
  /** Network that reaches it. No default: it answers nowhere else. */
  readonly network: INetwork;
  /**
   * The newest row of each entity can be looked up within milliseconds, in an Azure Cache for Redis.
   *
   * @default false
   */
  readonly online?: boolean;
  /**
   * Id of an Azure Cache for Redis that exists already, for `online`.
   *
   * @default - one of its own; Azure makes none for a tenant that had none before April 2026
   */
  readonly onlineStoreId?: string;
  /**
   * Where logs go.
   *
   * @default - a log workspace of its own
   */
  readonly logWorkspace?: ILogWorkspace;
  /**
   * What it is for: chooses redundancy, retention and protection.
   *
   * @default Environment.DEV
   */
  readonly environment?: Environment;
}

/** A feature store that exists already. */
export interface FeatureStoreWorkspaceAttributes {
  /** Its id. */
  readonly workspaceId: string;
  /** Id of the storage account with a hierarchical namespace that rows are written into. */
  readonly storageAccountId: string;
  /**
   * Name of the container in it that rows are written into.
   *
   * @default "sources"
   */
  readonly sourceContainerName?: string;
  /**
   * Whether it has an online store.
   *
   * @default false
   */
  readonly online?: boolean;
}
