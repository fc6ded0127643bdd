import { Change, Finding } from '../model';

/** What a change means, as far as the type of its resource tells. */
export function findGcp(_change: Change): Finding[] {
  return [];
}
