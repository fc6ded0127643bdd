import { Change, Finding } from '../../model';
import { findAccess } from './access';
import { findCapacity } from './capacity';
import { findContainers } from './containers';
import { findDataLoss } from './data-loss';
import { findInterrupt } from './interrupt';
import { findUnruled } from './unruled';

/** What a change means, as far as the type of its resource tells. */
export function findAws(change: Change): Finding[] {
  return [
    ...findDataLoss(change),
    ...findInterrupt(change),
    ...findAccess(change),
    ...findContainers(change),
    ...findCapacity(change),
    ...findUnruled(change),
  ];
}
