import { IConstruct } from 'constructs';
import { CloudName } from './catalogue';

/** What became of something declared. */
export type ParityKind = 'mapped' | 'approximated' | 'refused';

/** One line of the parity report. */
export interface ParityEntry {
  readonly cloud: CloudName;
  /** Path in the declaration: `inference.predict.rollout`. */
  readonly path: string;
  readonly kind: ParityKind;
  /** What it became in the cloud's own words. */
  readonly became: string;
  /** Why it is not exactly what was asked for; required unless mapped. */
  readonly reason?: string;
}

interface Note extends Omit<ParityEntry, 'path'> {
  readonly scope: IConstruct;
  readonly prop: string;
}

// Kept beside the tree, not in it: CDK writes node metadata into the assembly.
const notes = new WeakMap<IConstruct, Note[]>();
const paths = new WeakMap<IConstruct, string>();

/** Constructs say here what became of their props; the command line reads it after synthesis. */
export const parity = {
  /** Says which part of the declaration a construct stands for. Props noted below it are shown relative to it. */
  declare(scope: IConstruct, path: string): void {
    paths.set(scope, path);
  },
  /** A prop became exactly this. */
  mapped(scope: IConstruct, cloud: CloudName, prop: string, became: string): void {
    note({ scope, cloud, prop, kind: 'mapped', became });
  },
  /** A prop became something near, for a reason that users should know. */
  approximated(scope: IConstruct, cloud: CloudName, prop: string, became: string, reason: string): void {
    note({ scope, cloud, prop, kind: 'approximated', became, reason });
  },
  /** A declared thing was left out of this cloud because the declaration says so. */
  refused(scope: IConstruct, cloud: CloudName, prop: string, became: string, reason: string): void {
    note({ scope, cloud, prop, kind: 'refused', became, reason });
  },
  /** Everything noted below a root, ordered by path. What several constructs say alike is said once. */
  report(root: IConstruct): ParityEntry[] {
    return (notes.get(root.node.root) ?? [])
      .map(({ scope, prop, ...rest }) => ({ ...rest, path: [declared(scope), prop].filter(Boolean).join('.') }))
      .map(({ cloud, path, kind, became, reason }) => ({ cloud, path, kind, became, ...(reason ? { reason } : {}) }))
      .sort((a, b) => compare(a.cloud, b.cloud) || compare(a.path, b.path) || compare(a.became, b.became))
      .filter((e, i, all) => i === 0 || !isSame(e, all[i - 1]));
  },
};

function note(n: Note): void {
  const root = n.scope.node.root;
  const list = notes.get(root);
  if (list) list.push(n);
  else notes.set(root, [n]);
}
function declared(scope: IConstruct): string {
  const owner = [...scope.node.scopes].reverse().find((s) => paths.has(s));
  return owner ? paths.get(owner)! : scope.node.path;
}
function isSame(a: ParityEntry, b: ParityEntry): boolean {
  return a.cloud === b.cloud && a.path === b.path && a.kind === b.kind && a.became === b.became && a.reason === b.reason;
}
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
