import { Action, Body, Cause, Change, Cloud, Finding, Replacement, Snapshot } from '../model';
import { Difference, diffAttributes, shown } from './attributes';
import { addressOf, Block, Configuration, configurationOf, lifecycleOf, list, merged, META } from './configuration';
import { parseReference } from './expression';
import { attributesOf, factVersions } from './facts';
import { ignoreChanges } from './ignore';
import { diffLifecycle } from './lifecycle';
import { diffProviders, providerCauses } from './providers';
import { findRenames } from './renames';
import { Certainty, convert, isRecord, keyOf, Symbolic, symbolsIn, Value } from './value';
import { World } from './world';

/** What Terraform would do between two syntheses of a stack. */
export function diffTerraform(before: Snapshot | undefined, after: Snapshot | undefined): Change[] {
  const either = after ?? before;
  return either ? new Plan(before, after, either).changes() : [];
}

const STRENGTH: readonly Replacement[] = ['yes', 'unknown', 'conditional', 'no'];

/** Of several replacements the one that a reviewer must know. */
export function strongest(of: readonly Replacement[]): Replacement {
  return STRENGTH.find((r) => of.includes(r)) ?? 'no';
}

/** Cloud that a type belongs to. */
export function cloudOfType(type: string, otherwise: Cloud): Cloud {
  return /^(azure|azurerm|azuread|azuredevops|azapi)(_|$)/.test(type) ? 'azure' : /^google(-beta)?(_|$)/.test(type) ? 'gcp' : otherwise;
}

class Plan {
  private readonly is: Configuration;
  private readonly was: Configuration;
  private readonly past: World;
  private readonly future: World;
  /** Where a resource went, and where it came from, by `moved` blocks. */
  private readonly movedTo = new Map<string, string>();
  private readonly movedFrom = new Map<string, string>();
  private readonly found = new Map<string, Change>();

  public constructor(
    private readonly before: Snapshot | undefined,
    private readonly after: Snapshot | undefined,
    private readonly either: Snapshot,
  ) {
    this.was = configurationOf(before);
    this.is = configurationOf(after);
    this.followMoves();
    this.past = new World(this.was, (address) => this.movedTo.get(address) ?? address);
    this.future = new World(this.is);
  }

  public changes(): Change[] {
    for (const block of this.was.order) {
      if (block.mode === 'resource') {
        this.past.entries.set(block.address, { block, values: this.past.valuesOf(block), computed: 'known', changes: false });
      } else this.past.addPassive(block);
    }
    for (const block of this.is.order)
      if (block.mode === 'resource') this.plan(block);
      else this.future.addPassive(block, (address) => this.future.entries.get(address)?.changes ?? false);
    const removed = this.was.order.filter((b) => b.mode === 'resource' && !this.is.blocks.has(this.movedTo.get(b.address) ?? b.address));
    for (const block of removed) this.remove(block);
    this.rename();
    return [...this.found.values(), ...diffProviders(this.was, this.is, this.either), ...this.modules(), ...this.backend()];
  }

  private followMoves(): void {
    const next = new Map(this.is.moved.map((m) => [m.from, m.to]));
    for (const from of next.keys()) {
      const steps = new Set([from]);
      let to = next.get(from)!;
      while (next.has(to) && !steps.has(to)) {
        steps.add(to);
        to = next.get(to)!;
      }
      const fits = this.was.blocks.has(from) && !this.is.blocks.has(from) && this.is.blocks.has(to) && !this.was.blocks.has(to);
      if (!fits || this.was.blocks.get(from)!.type !== this.is.blocks.get(to)!.type) continue;
      this.movedTo.set(from, to);
      this.movedFrom.set(to, from);
    }
  }

  private plan(block: Block): void {
    const { address } = block;
    const from = this.movedFrom.get(address) ?? address;
    const past = this.past.entries.get(from);
    const declared = this.future.valuesOf(block);
    if (!past || past.block.type !== block.type) {
      this.future.entries.set(address, { block, values: declared, computed: 'unknown', changes: true });
      this.report(block, {
        action: 'add',
        replacement: known(block),
        causes: [],
        after: this.body(block, declared),
        findings: this.onAdd(address),
      });
      return;
    }
    const values = ignoreChanges(lifecycleOf(block).ignore_changes, past.values, declared);
    const facts = attributesOf(block.type);
    const difference = diffAttributes(block.type, facts, past.values, values);
    this.addMeta(past.block, block, difference);
    difference.causes.push(...providerCauses(block, values, this.was, this.is));
    const causes = this.doubted(block.type, difference.causes);
    causes.push(...this.triggersOf(block));
    const { causes: unprotected, findings: lost } = diffLifecycle(past.block, block);
    causes.push(...unprotected);
    const replacement = strongest(causes.map((c) => c.replacement));
    const kept = Object.fromEntries(
      Object.entries(past.values).filter(([name]) => values[name] === undefined && facts?.get(name)?.computed),
    );
    const computed: Certainty = replacement === 'yes' ? 'unknown' : replacement === 'no' ? 'known' : 'maybe';
    const previously = past.kept ?? {};
    this.future.entries.set(address, {
      block,
      values,
      computed,
      changes: causes.length > unprotected.length,
      kept: replacement === 'no' ? { ...previously, ...kept } : undefined,
    });
    if (!causes.length && from === address) return;
    const may = causes.some((c) => c.replacement === 'yes' || c.replacement === 'conditional');
    const action: Action = !causes.length ? 'move' : may ? 'replace' : 'update';
    this.report(block, {
      action,
      replacement,
      causes,
      findings: [...this.onChange(block, replacement, causes, difference, values), ...lost],
      advice: this.adviceOn(block, replacement, causes, values),
      from: from === address ? undefined : from,
      before: this.body(past.block, past.values),
      after: this.body(block, values),
    });
  }

  private remove(block: Block): void {
    const values = this.past.entries.get(block.address)!.values;
    const forgotten = this.is.forgotten.has(block.address);
    const isProtected = lifecycleOf(block).prevent_destroy === true;
    this.report(block, {
      action: 'remove',
      replacement: known(block),
      causes: [],
      findings: [],
      before: this.body(block, values),
      advice: forgotten
        ? 'A `removed` block keeps it from being destroyed: Terraform only forgets it.'
        : isProtected
          ? '`prevent_destroy` protects it no longer, because the block that said so is gone. To keep the resource, add `removed { from = ' +
            `${block.address}, lifecycle { destroy = false } }\`.`
          : undefined,
    });
  }

  /** A resource that is removed, and one that is added and declares the same. */
  private rename(): void {
    const removed = [...this.found.values()].filter((c) => c.action === 'remove').map((c) => c.address);
    const added = [...this.found.values()].filter((c) => c.action === 'add').map((c) => c.address);
    for (const [from, to] of findRenames(this.was, this.is, removed, added)) {
      const [gone, come] = [this.found.get(from)!, this.found.get(to)!];
      this.found.delete(from);
      this.found.set(to, {
        ...come,
        action: 'move',
        replacement: 'yes',
        from,
        before: gone.before,
        findings: [
          {
            class: 'replace',
            why: `Only the address changes, from ${from}; without a \`moved\` block Terraform destroys the resource and makes it again.`,
          },
        ],
        advice: `moved {\n  from = ${from}\n  to   = ${to}\n}`,
      });
    }
  }

  /** `count`, `for_each` and `provider` decide on more than one attribute. */
  private addMeta(was: Block, is: Block, { causes, notes }: Difference): void {
    for (const name of ['count', 'for_each', 'provider']) {
      const [b, a] = [was.raw[name], is.raw[name]].map((v) => (v === undefined ? undefined : (v as Value)));
      if (keyOf(b) === keyOf(a)) continue;
      const replacement: Replacement = 'conditional';
      causes.push({ path: name, ...(b === undefined ? {} : { before: b }), ...(a === undefined ? {} : { after: a }), replacement });
      notes.push({ text: `\`${name}\` decides which instances there are; those that it no longer names are destroyed.`, replacement });
    }
  }

  /** What the facts say does not hold for another version of the provider. */
  private doubted(type: string, causes: readonly Cause[]): Cause[] {
    const provider = type.split('_')[0];
    const facts = factVersions()[provider];
    const used = this.is.versions.get(provider);
    if (!facts || !used || minor(used) === minor(facts)) return [...causes];
    return causes.map((c) => (c.replacement === 'no' ? { ...c, replacement: 'unknown' } : c));
  }

  private triggersOf(block: Block): Cause[] {
    return list(lifecycleOf(block).replace_triggered_by).flatMap((raw): Cause[] => {
      const reference = typeof raw === 'string' ? parseReference(raw) : undefined;
      const change = reference && this.found.get(reference.address);
      const acts =
        change && (change.action === 'update' || change.action === 'replace') && this.future.entries.get(change.address)!.changes;
      if (!acts) return [];
      const path = reference.path.filter((p) => typeof p === 'string').join('.');
      const hit =
        !path ||
        change.replacement === 'yes' ||
        change.causes.some((c) => c.path === path || c.path.startsWith(`${path}[`) || c.path.startsWith(`${path}.`));
      return hit ? [{ path: 'lifecycle.replace_triggered_by', after: reference.address, replacement: 'yes' }] : [];
    });
  }

  private onAdd(address: string): Finding[] {
    return this.is.imported.has(address)
      ? [
          {
            class: 'unknown',
            why: 'An `import` block brings in a resource that exists; what Terraform changes about it is only seen in a plan.',
          },
        ]
      : [];
  }

  private onChange(
    block: Block,
    replacement: Replacement,
    causes: readonly Cause[],
    { notes }: Difference,
    values: { readonly [name: string]: Value },
  ): Finding[] {
    const findings: Finding[] = [];
    const of = (r: Replacement): string => [...new Set(causes.filter((c) => c.replacement === r).map((c) => `\`${c.path}\``))].join(', ');
    if (replacement === 'yes') {
      const order =
        lifecycleOf(block).create_before_destroy === true
          ? 'A new one is made, then the old one is destroyed'
          : 'It is destroyed and made again';
      const above = replacedAbove(values, (a) => this.found.get(a)?.action !== undefined);
      const because = above.length ? ` (${above.join(', ')} is new, and its attributes are only known after apply)` : '';
      findings.push({ class: 'replace', why: `${order}: ${of('yes')} cannot be changed in place${because}.` });
      if (lifecycleOf(block).prevent_destroy === true)
        findings.push({ class: 'replace', why: '`prevent_destroy` is set: Terraform refuses the whole plan.' });
    }
    if (replacement !== 'yes' && causes.some((c) => c.replacement === 'conditional')) {
      const why = notes.filter((n) => n.replacement === 'conditional').map((n) => n.text);
      findings.push({
        class: 'replace',
        why: `It may be destroyed and made again, because of ${of('conditional')}.${why.map((w) => ` ${capital(w)}`).join('')}`,
        conditional: true,
      });
    }
    if (causes.some((c) => c.replacement === 'unknown'))
      findings.push({ class: 'unknown', why: this.ignorance(block.type, of('unknown')) });
    for (const note of notes) if (note.replacement === 'no') findings.push({ class: 'unknown', why: note.text, conditional: true });
    return findings;
  }

  private ignorance(type: string, paths: string): string {
    if (!attributesOf(type))
      return `Nothing is known of the type ${type}: whether a change of ${paths} replaces it is only seen in a plan.`;
    const provider = type.split('_')[0];
    const used = this.is.versions.get(provider);
    return used && minor(used) !== minor(factVersions()[provider] ?? used)
      ? `What is known is of version ${factVersions()[provider]} of the provider and not of ${used}: whether a change of ${paths} replaces it is only seen in a plan.`
      : `The provider's schema has no ${paths}: what a change of it does is only seen in a plan.`;
  }

  private adviceOn(
    block: Block,
    replacement: Replacement,
    causes: readonly Cause[],
    values: { readonly [name: string]: Value },
  ): string | undefined {
    if (replacement === 'yes' && lifecycleOf(block).prevent_destroy === true)
      return `Take back the change of ${causes
        .filter((c) => c.replacement === 'yes')
        .map((c) => c.path)
        .join(', ')}, or lift \`prevent_destroy\` first.`;
    const above = replacedAbove(values, (a) => this.found.get(a)?.action === 'add');
    return replacement === 'yes' && above.length
      ? `If ${above.join(', ')} is an old resource under a new address, a \`moved\` block for it avoids this, too.`
      : undefined;
  }

  private report(block: Block, change: Omit<Change, 'cloud' | 'stack' | 'address' | 'path' | 'type'>): void {
    const { address, type } = block;
    const path = this.after?.paths.get(address) ?? this.before?.paths.get(address);
    const defined = Object.fromEntries(Object.entries(change).filter(([, v]) => v !== undefined)) as typeof change;
    this.found.set(address, {
      cloud: cloudOfType(type, this.either.cloud),
      stack: this.either.stack,
      address,
      ...(path ? { path } : {}),
      type,
      ...defined,
    });
  }

  private body(block: Block, values: { readonly [name: string]: Value }): Body {
    const facts = attributesOf(block.type);
    const converted = Object.fromEntries(Object.entries(values).map(([k, v]) => [k, convert(v, facts?.get(k)) ?? null]));
    const body = shown(facts, converted) as { [name: string]: unknown };
    for (const name of ['count', 'for_each', 'provider']) if (META.has(name) && block.raw[name] !== undefined) body[name] = block.raw[name];
    const lifecycle = merged(block.raw.lifecycle);
    return Object.keys(lifecycle).length ? { ...body, lifecycle } : body;
  }

  private modules(): Change[] {
    return [...new Set([...this.was.modules.keys(), ...this.is.modules.keys()])].flatMap((address): Change[] => {
      const [before, after] = [this.was.modules.get(address), this.is.modules.get(address)];
      if (keyOf(before as Value) === keyOf(after as Value)) return [];
      return [
        this.whole(address, 'module', before, after, 'unknown', {
          class: 'unknown',
          why: 'A module is not looked into: what happens to its resources is only seen in a plan.',
        }),
      ];
    });
  }

  private backend(): Change[] {
    if (!this.before || !this.after || keyOf(place(this.was.backend)) === keyOf(place(this.is.backend))) return [];
    return [
      this.whole('terraform.backend', 'terraform', this.was.backend, this.is.backend, 'unknown', {
        class: 'unknown',
        why: 'The state is kept elsewhere: unless it is moved (`terraform init -migrate-state`), Terraform makes every resource again.',
      }),
    ];
  }

  private whole(
    address: string,
    type: string,
    before: Body | undefined,
    after: Body | undefined,
    replacement: Replacement,
    finding: Finding,
  ): Change {
    const { causes } = diffAttributes(type, undefined, (before ?? {}) as { [k: string]: Value }, (after ?? {}) as { [k: string]: Value });
    return {
      cloud: this.either.cloud,
      stack: this.either.stack,
      address,
      type,
      action: !before ? 'add' : !after ? 'remove' : 'update',
      replacement,
      causes: causes.filter((c) => !c.path.startsWith('["//"]')),
      findings: [finding],
      ...(before ? { before: shown(undefined, before as Value) as Body } : {}),
      ...(after ? { after: shown(undefined, after as Value) as Body } : {}),
    };
  }
}

/** Resources because of which a value is not known. */
function replacedAbove(values: { readonly [name: string]: Value }, which: (address: string) => boolean): string[] {
  const causes = symbolsIn(values as Value).flatMap((s: Symbolic) => (s.certainty === 'unknown' ? (s.about.causes ?? []) : []));
  return [...new Set(causes)].filter((a) => addressOf(a) !== undefined && which(a));
}

function place(backend: Body | undefined): Value {
  if (!backend) return null;
  const [kind, settings] = Object.entries(backend)[0] ?? [];
  return kind ? { [kind]: isRecord(settings) ? settings : null } : null;
}

/** Of a type outside the table nothing is said to be safe. */
function known(block: Block): Replacement {
  return attributesOf(block.type) ? 'no' : 'unknown';
}

function minor(version: string): string {
  return /(\d+\.\d+)/.exec(version)?.[1] ?? version;
}

function capital(text: string): string {
  return text[0].toUpperCase() + text.slice(1);
}
