import { IConstruct } from 'constructs';
import { Environment } from './environment';
import { Checks, refuse } from './errors';

/** Whether somebody has to approve a model before it may be served. */
export enum ModelApproval {
  /** Only who was granted to approve makes a version the one in service. */
  REQUIRED = 'required',
  /** Whoever registers a version may make it the one in service. */
  AUTOMATIC = 'automatic',
}

/** What a model registry takes on every cloud. */
export interface ModelRegistryBaseProps {
  /** Name that versions are registered under, such as `housing`: lower-case letters, digits and single dashes, at most 32. No default: it identifies the model. */
  readonly modelName: string;
  /**
   * Whether somebody has to approve a version.
   *
   * @default ModelApproval.REQUIRED
   */
  readonly approval?: ModelApproval;
  /**
   * What the model does, for whoever reads the registry.
   *
   * @default - none
   */
  readonly description?: string;
  /**
   * What it is for; on AWS it chooses whether approved models stay when it goes. On Azure and Google Cloud they are with the tracking server,
   * which has an environment of its own.
   *
   * @default Environment.DEV
   */
  readonly environment?: Environment;
}

/** Where the versions of one model are registered, approved and looked up, on any cloud. */
export interface IModelRegistryBase extends IConstruct {
  /** Name that versions are registered under. */
  readonly modelName: string;
  /** The exact command that registers a version of a trained model. */
  readonly registerCommand: string;
  /** The exact command that approves a version, which makes it the one in service. */
  readonly approveCommand: string;
  /** The exact command that says which version is in service. */
  readonly resolveCommand: string;
}

/**
 * Names a model of the registry: the version in service, a version, or one with another alias.
 *
 * @example
 * const served = ModelReference.parse('models:/housing/production');
 *
 * @see https://mlflow.org/docs/latest/ml/model-registry/
 */
export class ModelReference {
  /**
   * As MLflow writes it: `models:/housing@production`, `models:/housing/production` (the same), or `models:/housing/3`.
   *
   * @throws a problem if it is none of these
   */
  public static parse(text: string): ModelReference {
    const m = /^models:\/([a-z][a-z0-9]*(?:-[a-z0-9]+)*)(?:\/([1-9]\d*)|[/@]([A-Za-z][\w-]*))$/.exec(text);
    if (!m)
      refuse(
        'syntax',
        'model',
        text,
        'not the URI of a registered model',
        'write models:/NAME/production, or models:/NAME/3 for one version',
      );
    return new ModelReference(m[1], m[2], m[3]);
  }

  private constructor(
    /** Name of the model. */
    public readonly modelName: string,
    /** Number of the version, if it names one. */
    public readonly version: string | undefined,
    /** The alias, if it names one. */
    public readonly alias: string | undefined,
  ) {}

  /** As MLflow's client opens it: `models:/housing@production` or `models:/housing/3`. */
  public toString(): string {
    return `models:/${this.modelName}${this.version ? `/${this.version}` : `@${this.alias}`}`;
  }
}

/** The variable that tells a service which model it serves. */
export const MODEL_ENV = 'ML_MODEL_URI';

/** The events that a registry sends. */
export const MODEL_EVENTS = { registered: 'model.registered', approved: 'model.approved' } as const;

/** What is wrong with the props on every cloud. */
export function checkModel(checks: Checks, props: ModelRegistryBaseProps): void {
  checks.require(
    /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(props.modelName) && props.modelName.length <= 32,
    'name',
    'modelName',
    props.modelName,
    'a name is 1 to 32 lower-case letters, digits and single dashes, a letter first',
    'write a name such as housing',
  );
}
