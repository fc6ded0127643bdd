import { readFileSync } from 'fs';
import { join } from 'path';
import { Body, Change, Cloud, Finding, Snapshot } from '../../lib/review/model';
import { diffTerraform } from '../../lib/review/terraform';

/** The change of a single resource; it is added or removed where a side is missing. */
export function changeOf(type: string, before: Body | undefined, after: Body | undefined): Change {
  const [change] = diffTerraform(before && snapshot(type, before), after && snapshot(type, after));
  return change;
}

/** Findings as a reviewer reads them: `access: Everybody may ...`, with `?` where a condition decides. */
export function texts(findings: readonly Finding[]): string[] {
  return findings.map((f) => `${f.class}${f.conditional ? '?' : ''}: ${f.why}`);
}

function snapshot(type: string, body: Body): Snapshot {
  const cloud: Cloud = type.startsWith('azurerm') ? 'azure' : 'gcp';
  return {
    kind: 'terraform',
    cloud,
    stack: 'housing',
    file: 'cdk.tf.json',
    body: { resource: { [type]: { thing: body } } },
    paths: new Map(),
  };
}

/** The types that the constructs emit. */
export function factTypes(provider: string): string[] {
  const { types } = JSON.parse(readFileSync(join(__dirname, '../../lib/review/terraform/facts.json'), 'utf8')) as { types: object };
  return Object.keys(types).filter((type) => type.startsWith(`${provider}_`));
}

/** Changes of resources of a type: what is declared beside `base` before and after, what that means, and what it means the other way round. */
export interface Twins {
  readonly base: Body;
  readonly changes: readonly (readonly [
    name: string,
    before: Body | undefined,
    after: Body | undefined,
    means: readonly string[],
    back?: readonly string[],
  ])[];
}

/** Tests each change and its twin. */
export function tellTwins(find: (change: Change) => Finding[], type: string, { base, changes }: Twins): void {
  const tell = (before: Body | undefined, after: Body | undefined): string[] => {
    const [was, is] = [before, after].map((body) => body && { ...base, ...body });
    const change = changeOf(type, was, is) as Change | undefined;
    return change ? texts(find(change)) : [];
  };
  for (const [name, before, after, means, back = []] of changes)
    test(name, () => {
      expect(tell(before, after)).toEqual(means);
      // Of what comes or goes the twin is another change.
      expect(before && after ? tell(after, before) : []).toEqual(back);
    });
}
