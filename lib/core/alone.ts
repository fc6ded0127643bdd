import { IConstruct } from 'constructs';

/** Whether no other construct of a kind is in the tree of this one. */
export function isAlone(construct: IConstruct, isOfKind: (other: unknown) => boolean): boolean {
  const none = (node: IConstruct): boolean => (node === construct || !isOfKind(node)) && node.node.children.every(none);
  return none(construct.node.root);
}
