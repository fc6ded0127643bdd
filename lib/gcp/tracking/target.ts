import { IConstruct } from 'constructs';
import { IMember } from '../member';

/** What an event of a model can start, such as a training cluster or a pipeline. */
export interface IModelEventTarget extends IConstruct {
  /** The exact command of gcloud that starts it. */
  readonly startCommand: string;

  /**
   * Lets somebody start it.
   *
   * @param id construct id of the IAM member, unique in its scope
   * @param grantee who may start it
   */
  grantStart(id: string, grantee: IMember): void;
}
