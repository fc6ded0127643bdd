import { FeatureType } from '../features';
import { ModelApproval } from '../models';
import { TrackingEngine } from '../tracking';
import { Cloud } from './shared';

/** Where experiments are kept. */
export interface TrackingDeclaration {
  /** An MLflow server. No default: nothing is created that nobody asked for; `mlflow: {}` will do. */
  readonly mlflow: MlflowDeclaration;
}

/** An MLflow server. */
export interface MlflowDeclaration {
  /**
   * What runs it: the platform's own container with a managed PostgreSQL, the same everywhere, or the cloud's managed MLflow.
   *
   * @default self-hosted
   */
  readonly engine?: TrackingEngine;
  /**
   * The database of a self-hosted server.
   *
   * @default - in prod with a standby and backups of 14 days, else without one and 7 days
   */
  readonly database?: TrackingDatabaseDeclaration;
  /**
   * Virtual processors of a self-hosted server.
   *
   * @default 1
   */
  readonly cpu?: number;
  /**
   * Memory of a self-hosted server, such as `2GiB`.
   *
   * @default 2GiB
   * @pattern ^\d+(\.\d+)?\s*(MiB|GiB|TiB)$
   */
  readonly memory?: string;
  /**
   * Clouds that get it.
   *
   * @default - every target
   * @minItems 1
   */
  readonly on?: Cloud[];
}

/** The database of a tracking server. */
export interface TrackingDatabaseDeclaration {
  /**
   * It has a standby in another zone, which doubles its price.
   *
   * @default - in prod
   */
  readonly highAvailability?: boolean;
  /**
   * Backups are kept this long, such as `14d`; `7d` to `35d`.
   *
   * @default - 7d, in prod 14d
   * @pattern ^\d+(\.\d+)?\s*(ms|s|m|h|d)$
   */
  readonly backupRetention?: string;
}

/** A registered model. */
export interface ModelDeclaration {
  /**
   * Whether somebody has to approve a version before it becomes the one in service.
   *
   * @default required
   */
  readonly approval?: ModelApproval;
  /**
   * Who may approve, by cloud.
   *
   * @default - nobody, until code grants it
   */
  readonly approvers?: ApproversDeclaration;
  /**
   * What the model does, for whoever reads the registry.
   *
   * @default - none
   */
  readonly description?: string;
  /**
   * Clouds that get it.
   *
   * @default - every target
   * @minItems 1
   */
  readonly on?: Cloud[];
}

/** Who may approve a model, by cloud. */
export interface ApproversDeclaration {
  /**
   * ARNs of IAM roles, such as `arn:aws:iam::123456789012:role/ml-lead`; each gets a policy that lets it.
   *
   * @default - nobody
   */
  readonly aws?: string[];
  /**
   * Object ids of users or managed identities in Entra ID, such as `00000000-0000-0000-0000-000000000000`.
   *
   * @default - nobody
   */
  readonly azure?: string[];
  /**
   * Users and service accounts, such as `user:ada@example.com`.
   *
   * @default - nobody
   */
  readonly gcp?: string[];
}

/** A group of features about one kind of entity. */
export interface FeatureGroupDeclaration {
  /** What a row is about, such as `{ name: listing_id, type: string }`. No default: rows are looked up by it. */
  readonly entity: FeatureEntityDeclaration;
  /** Column that says when a row became true, such as `updated_at`. No default: training must not see the future. */
  readonly eventTime: string;
  /** Types of the features, by name: `string`, `int`, `float`, `bool` or `timestamp`. No default: they are what is stored. */
  readonly features: { readonly [name: string]: FeatureType };
  /**
   * The newest row of each entity can be looked up within milliseconds.
   *
   * @default false
   */
  readonly online?: boolean;
  /**
   * What the features say, for whoever looks for some.
   *
   * @default - none
   */
  readonly description?: string;
  /**
   * Clouds that get it.
   *
   * @default - every target
   * @minItems 1
   */
  readonly on?: Cloud[];
}

/** What a row of features is about. */
export interface FeatureEntityDeclaration {
  /** Column that identifies it, such as `listing_id`. No default: rows are looked up by it. */
  readonly name: string;
  /**
   * Type of that column: `string` or `int`.
   *
   * @default string
   */
  readonly type?: FeatureType;
}
