import { Change, Finding } from '../../model';

/** What a change means, as far as the type of its resource tells. */
export function findAws(_change: Change): Finding[] {
  return [];
}
