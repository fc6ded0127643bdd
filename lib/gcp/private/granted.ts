import { ITerraformDependable, TerraformElement } from 'cdktf';
import { IConstruct } from 'constructs';

/** The permission that a construct gave under an id, to wait for; none where it makes no resource for it. */
export function granted(on: IConstruct, id: string): ITerraformDependable[] {
  return on.node.children.filter((c) => c.node.id === id && TerraformElement.isTerraformElement(c)) as unknown as ITerraformDependable[];
}
