import { Environment } from '../environment';
import { InferenceDeclaration } from './inference';
import { MonitoringDeclaration } from './monitoring';
import { PipelineDeclaration } from './pipeline';
import { RegistryDeclaration, SecretDeclaration, StorageDeclaration } from './storage';
import { TargetsDeclaration } from './targets';
import { FeatureGroupDeclaration, ModelDeclaration, TrackingDeclaration } from './tracking';
import { TrainingDeclaration } from './training';
export * from './inference';
export * from './monitoring';
export * from './pipeline';
export * from './shared';
export * from './storage';
export * from './targets';
export * from './tracking';
export * from './training';

/**
 * A machine-learning platform, declared once for up to three clouds.
 *
 * Plain data: the props of `MlPlatform` on each cloud, the shape of `ml-platform.yaml`, and, through the generated JSON Schema, its documentation.
 */
export interface MlPlatformProps {
  /**
   * Name of the platform in lower-case letters, digits and single dashes, such as `housing`; part of the stack's name and of physical names.
   * At most 24 characters: Azure allows no more in the names that are made of it. No default: it identifies the platform.
   *
   * @minLength 2
   * @maxLength 24
   * @pattern ^[a-z][a-z0-9]*(-[a-z0-9]+)*$
   */
  readonly name: string;
  /**
   * What the platform is for; chooses retention, deletion protection and redundancy.
   *
   * @default dev
   */
  readonly environment?: Environment;
  /** Which clouds it goes to, such as `{ aws: { region: eu-west-1 } }`. No default: nothing is created where nobody asked for it. */
  readonly targets: TargetsDeclaration;
  /**
   * Tags (labels on Google Cloud, there in lower case) on every resource that takes them.
   *
   * @default - only platform, environment and managed-by
   */
  readonly tags?: { readonly [name: string]: string };
  /**
   * Clusters that train models, by name.
   *
   * @default - none
   */
  readonly training?: { readonly [name: string]: TrainingDeclaration };
  /**
   * Services that answer predictions, by name.
   *
   * @default - none
   */
  readonly inference?: { readonly [name: string]: InferenceDeclaration };
  /**
   * Pipelines from a Git commit to a running service, by name.
   *
   * @default - none
   */
  readonly pipelines?: { readonly [name: string]: PipelineDeclaration };
  /**
   * Where data lives: the artifact store, and file systems that machines share.
   *
   * @default - an artifact store, versioned
   */
  readonly storage?: StorageDeclaration;
  /**
   * The registry of images.
   *
   * @default - one if anything is built
   */
  readonly registry?: RegistryDeclaration;
  /**
   * Secrets, by name. Their values are put by the commands that the deployment prints.
   *
   * @default - none
   */
  readonly secrets?: { readonly [name: string]: SecretDeclaration };
  /**
   * Where experiments are kept.
   *
   * @default - nowhere
   */
  readonly tracking?: TrackingDeclaration;
  /**
   * Registered models, by name.
   *
   * @default - none
   */
  readonly models?: { readonly [name: string]: ModelDeclaration };
  /**
   * Groups of features, by name.
   *
   * @default - none
   */
  readonly features?: { readonly [name: string]: FeatureGroupDeclaration };
  /**
   * Dashboard, alarms and who is told.
   *
   * @default - a dashboard and alarms that notify nobody
   */
  readonly monitoring?: MonitoringDeclaration;
  /**
   * Rules of `mlops check` that the platform does not keep, with the reason: `{ gcp-storage-versioning: its data is made anew every night }`.
   *
   * @default - none
   */
  readonly acknowledge?: { readonly [rule: string]: string };
}
