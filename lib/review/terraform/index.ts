import { Change, Snapshot } from '../model';

/** What Terraform would do between two syntheses of a stack. */
export function diffTerraform(_before: Snapshot | undefined, _after: Snapshot | undefined): Change[] {
  return [];
}
