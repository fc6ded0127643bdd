import { IConstruct } from 'constructs';

/**
 * Whether a Terraform stack has to be looked through before anything is written.
 *
 * cdktf resolves everything once more than it takes to write it, to find references to other stacks: a third of the time that a large
 * platform takes. A stack that is alone has none. That is all that cdktf 0.21, the last of its line, looks for; the maintained fork
 * looks for functions that Terraform may not have, too.
 */
export function needsPreparation(stack: IConstruct, isStack: (construct: unknown) => boolean): boolean {
  const alone = (construct: IConstruct): boolean => (construct === stack || !isStack(construct)) && construct.node.children.every(alone);
  return !/^0\.21\./.test(stack.node.tryGetContext('cdktfVersion')) || !alone(stack.node.root);
}
