import { Change, Snapshot } from '../model';

/** What CloudFormation would do between two syntheses of a stack. */
export function diffCloudFormation(_before: Snapshot | undefined, _after: Snapshot | undefined): Change[] {
  return [];
}
