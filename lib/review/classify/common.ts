import { Change, Finding } from '../model';

/** What a change means whatever its type: replacement, cosmetics, and what nobody understood. `known` is what its type told already. */
export function findCommon(_change: Change, _known: readonly Finding[]): Finding[] {
  return [];
}
