import { IConstruct } from 'constructs';
import { physicalName } from '../../core/naming';
import { IResourceGroup } from '../resource-group';

/** A name that is unique within its resource group. */
export function localName(scope: IConstruct, max = 60): string {
  return physicalName(scope, { max, separator: '-' });
}

/** A name that is unique in all of Azure: letters and digits only, with the subscription in its hash. */
export function globalName(scope: IConstruct, group: IResourceGroup, max: number): string {
  return physicalName(scope, { max, separator: '', seed: group.nameSeed });
}

/** Id of a grant that a construct makes in the scope of another, beside those of its like. */
export function grantId(scope: IConstruct, id: string): string {
  return `${scope.node.id}-${id}-${scope.node.addr.slice(-8)}`;
}
