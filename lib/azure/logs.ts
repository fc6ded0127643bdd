import { IConstruct } from 'constructs';

/** A Log Analytics workspace. */
export interface ILogWorkspace extends IConstruct {
  /** Id of the workspace. */
  readonly workspaceId: string;
}
