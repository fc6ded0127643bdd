import { Change } from '../../model';
import { clean } from '../values';

/** A construct, with what changed in and below it. */
export interface Branch {
  readonly name: string;
  readonly branches: readonly Branch[];
  /** The last part of each path is the change's own name. */
  readonly leaves: readonly Leaf[];
}

/** A change, and what it is called in its branch. */
export interface Leaf {
  readonly name: string;
  readonly change: Change;
}

/** Changes of a stack by construct path; a chain of constructs with nothing beside it is one branch. */
export function treeOf(stack: string, changes: readonly Change[]): Branch {
  const root = grow(stack);
  for (const change of changes) {
    const parts = (change.path ?? change.address).split('/').map(clean);
    if (change.path !== undefined && parts[0] === clean(stack)) parts.shift();
    const name = parts.pop() || clean(change.address);
    let at = root;
    for (const part of parts) {
      let next = at.inner.get(part);
      if (!next) at.inner.set(part, (next = grow(part)));
      at = next;
    }
    at.leaves.push({ name, change });
  }
  const { branches, leaves } = finish(root);
  return { name: clean(stack), branches, leaves };
}

/** All changes in and below a branch. */
export function changesOf({ branches, leaves }: Branch): Change[] {
  return [...leaves.map((leaf) => leaf.change), ...branches.flatMap(changesOf)];
}

interface Growing {
  readonly name: string;
  readonly inner: Map<string, Growing>;
  readonly leaves: Leaf[];
}

function grow(name: string): Growing {
  return { name, inner: new Map(), leaves: [] };
}

function finish({ name, inner, leaves }: Growing, isRoot = true): Branch {
  const branches = [...inner.values()].map((b) => finish(b, false));
  const [only] = branches;
  if (!isRoot && branches.length === 1 && !leaves.length) return { ...only, name: `${name} / ${only.name}` };
  return { name, branches, leaves };
}
