import { classify } from './classify';
import { diffCloudFormation } from './cloudformation';
import { withReaders } from './cloudformation/readers';
import { Change, CLASSES, classesOf, Report, Snapshot } from './model';
import { diffTerraform } from './terraform';

/** Compares two revisions, stack by stack; the dangerous changes first. */
export function compare(before: readonly Snapshot[], after: readonly Snapshot[]): Report {
  const key = (s: Snapshot): string => `${s.kind}:${s.stack}`;
  const was = new Map(before.map((s) => [key(s), s]));
  const is = new Map(after.map((s) => [key(s), s]));
  const pairs = [...new Set([...was.keys(), ...is.keys()])].sort().map((k) => ({ before: was.get(k), after: is.get(k) }));
  const changes = pairs.flatMap((pair) => {
    const either = (pair.after ?? pair.before)!;
    const diff = either.kind === 'terraform' ? diffTerraform : diffCloudFormation;
    return [...diff(pair.before, pair.after).map(classify), ...protectionLost(pair.before, pair.after)];
  });
  return {
    changes: inOrder(withReaders(changes, after)),
    stacks: pairs.map((p) => {
      const { cloud, stack } = (p.after ?? p.before)!;
      return { cloud, stack, before: p.before !== undefined, after: p.after !== undefined };
    }),
  };
}

/** The protection of a whole stack stands in the manifest of the assembly, not in the template. */
function protectionLost(before: Snapshot | undefined, after: Snapshot | undefined): Change[] {
  if (!before?.terminationProtection || after?.terminationProtection !== false) return [];
  return [
    {
      cloud: after.cloud,
      stack: after.stack,
      address: after.stack,
      type: 'AWS::CloudFormation::Stack',
      action: 'update',
      replacement: 'no',
      causes: [{ path: 'terminationProtection', before: true, after: false, replacement: 'no' }],
      findings: [
        { class: 'data-loss', why: 'the stack is no longer protected from deletion, which would take what is not retained with it' },
      ],
    },
  ];
}

/** The dangerous first; else by stack and address. */
export function inOrder(changes: readonly Change[]): Change[] {
  return [...changes].sort((a, b) => danger(a) - danger(b) || compareText(a.stack, b.stack) || compareText(a.address, b.address));
}

function danger(change: Change): number {
  const [worst] = classesOf(change);
  return worst ? CLASSES.indexOf(worst) : CLASSES.length;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
