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
