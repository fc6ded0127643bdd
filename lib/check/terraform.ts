import type { Body, Snapshot } from '../review/model';
import type { Acknowledgement, Checked, Finding, Resource, Rule, Stack } from './model';

/** What Terraform JSON says of a resource's construct. */
interface About {
  readonly metadata?: { readonly path?: string };
}

/** What it says of the stack: reasons by rule, by construct path. */
interface Acknowledged {
  readonly acknowledged?: { readonly [path: string]: { readonly [rule: string]: string } };
}

/** Judges one Terraform stack by the rules of its cloud. */
export function checkTerraform(snapshot: Snapshot, rules: readonly Rule[]): Checked {
  const stack = new Resources(snapshot.body);
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
  return { snapshot, resources: stack.size, rules: rules.length, findings, unknown, acknowledged: stack.acknowledged };
}

class Resources implements Stack {
  public readonly acknowledged: readonly Acknowledgement[];
  public size = 0;
  private readonly byType = new Map<string, Resource[]>();
  private readonly texts = new Map<Resource, string>();

  public constructor(config: Body) {
    for (const [type, named] of Object.entries((config.resource ?? {}) as { [type: string]: { [name: string]: Body } })) {
      const resources = Object.entries(named).map(([name, body]) => this.read(type, name, body));
      this.byType.set(type, resources);
      this.size += resources.length;
    }
    const { acknowledged = {} } = (config['//'] ?? {}) as Acknowledged;
    this.acknowledged = Object.entries(acknowledged).flatMap(([path, rules]) =>
      Object.entries(rules).map(([rule, reason]) => ({ path, rule, reason })),
    );
  }

  public all(type: string): readonly Resource[] {
    return this.byType.get(type) ?? [];
  }

  public referring(type: string, to: Resource): readonly Resource[] {
    return this.all(type).filter((resource) => this.textOf(resource).includes(`${to.address}.`));
  }

  private read(type: string, name: string, body: Body): Resource {
    const { metadata } = (body['//'] ?? {}) as About;
    return { type, address: `${type}.${name}`, path: metadata?.path, body };
  }

  private textOf(resource: Resource): string {
    let text = this.texts.get(resource);
    if (text === undefined) this.texts.set(resource, (text = JSON.stringify(resource.body)));
    return text;
  }
}
