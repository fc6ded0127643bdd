import type { Body, Snapshot } from '../review/model';
import { readDocument } from '../review/read/document';
import type { Acknowledgement, Checked, Finding, Resource, Rule, Stack } from './model';

/** What it says of the stack: reasons by rule, by construct path. */
interface Acknowledged {
  readonly acknowledged?: { readonly [path: string]: { readonly [rule: string]: string } };
}

/** Judges one Terraform stack by the rules of its cloud. */
export function checkTerraform(snapshot: Snapshot, rules: readonly Rule[]): Checked {
  const stack = new Resources(snapshot);
  const findings: Omit<Finding, 'state' | 'reason'>[] = [];
  const unknown: Omit<Finding, 'state' | 'reason'>[] = [];
  for (const rule of rules)
    for (const resource of rule.types.flatMap((type) => stack.all(type))) {
      const judgement = rule.judge(resource, stack);
      if (judgement !== 'non-compliant' && judgement !== 'unknown') continue;
      const { id, severity, what, why, mend, link } = rule;
      const { address, path, type } = resource;
      const { cloud, stack: name, file } = snapshot;
      (judgement === 'unknown' ? unknown : findings).push({
        cloud,
        stack: name,
        file,
        address,
        ...(path === undefined ? {} : { path }),
        type,
        rule: id,
        severity,
        what,
        why,
        mend,
        link,
      });
    }
  return { snapshot, resources: stack.size, rules: rules.length, findings, unknown, acknowledged: acknowledgedIn(snapshot.file) };
}

/** What was acknowledged in code, as it is noted in the file; a snapshot is without notes. */
function acknowledgedIn(file: string): Acknowledgement[] {
  const { acknowledged = {} } = (readDocument(file)['//'] ?? {}) as Acknowledged;
  return Object.entries(acknowledged).flatMap(([path, rules]) => Object.entries(rules).map(([rule, reason]) => ({ path, rule, reason })));
}

class Resources implements Stack {
  public size = 0;
  private readonly byType = new Map<string, Resource[]>();
  private readonly texts = new Map<Resource, string>();

  public constructor({ body, paths }: Snapshot) {
    for (const [type, named] of Object.entries((body.resource ?? {}) as { [type: string]: { [name: string]: Body } })) {
      const resources = Object.entries(named).map(([name, declared]): Resource => {
        const address = `${type}.${name}`;
        return { type, address, path: paths.get(address), body: declared };
      });
      this.byType.set(type, resources);
      this.size += resources.length;
    }
  }

  public all(type: string): readonly Resource[] {
    return this.byType.get(type) ?? [];
  }

  public referring(type: string, to: Resource): readonly Resource[] {
    // Not `data.` and the same name, which is another.
    const reference = new RegExp(`(?<![\\w.-])${to.address}\\.`);
    return this.all(type).filter((resource) => reference.test(this.textOf(resource)));
  }

  private textOf(resource: Resource): string {
    let text = this.texts.get(resource);
    if (text === undefined) this.texts.set(resource, (text = JSON.stringify(resource.body)));
    return text;
  }
}
