import { Body, Snapshot } from '../model';
import { evaluate, parseReference, referencesIn } from './expression';
import { isRecord, Value } from './value';

/** A declared resource, data source, local or variable. */
export interface Block {
  readonly address: string;
  readonly mode: 'resource' | 'data' | 'local' | 'variable';
  readonly type: string;
  readonly name: string;
  readonly raw: Body;
}

/** A `cdk.tf.json`, taken apart. */
export interface Configuration {
  readonly blocks: ReadonlyMap<string, Block>;
  /** All blocks, each after those that it refers to. */
  readonly order: readonly Block[];
  readonly providers: ReadonlyMap<string, Body>;
  /** Version constraint of a provider, by the name that types begin with. */
  readonly versions: ReadonlyMap<string, string>;
  readonly moved: readonly { readonly from: string; readonly to: string }[];
  /** Addresses that `removed` blocks forget without destroying them. */
  readonly forgotten: ReadonlySet<string>;
  /** Addresses that `import` blocks bring in. */
  readonly imported: ReadonlySet<string>;
  readonly modules: ReadonlyMap<string, Body>;
  readonly backend?: Body;
}

/** What Terraform itself reads of a resource; not attributes. */
export const META: ReadonlySet<string> = new Set([
  '//',
  'connection',
  'count',
  'depends_on',
  'for_each',
  'lifecycle',
  'provider',
  'provisioner',
]);

const NOTHING: Body = {};

/** Takes a stack apart. Nothing is declared where there is no stack. */
export function configurationOf(snapshot: Snapshot | undefined): Configuration {
  const body = snapshot?.body ?? NOTHING;
  const blocks = new Map<string, Block>();
  const add = (block: Block): unknown => blocks.set(block.address, block);
  for (const [type, ofType] of records(body.resource))
    for (const [name, raw] of records(ofType)) add({ address: `${type}.${name}`, mode: 'resource', type, name, raw });
  for (const [type, ofType] of records(body.data))
    for (const [name, raw] of records(ofType)) add({ address: `data.${type}.${name}`, mode: 'data', type, name, raw });
  for (const group of list(body.locals))
    for (const [name, value] of Object.entries(isRecord(group) ? group : NOTHING))
      add({ address: `local.${name}`, mode: 'local', type: 'local', name, raw: { value } });
  for (const [name, raw] of records(body.variable)) add({ address: `var.${name}`, mode: 'variable', type: 'var', name, raw });
  const terraform = merged(body.terraform);
  return {
    blocks,
    order: sorted(blocks),
    providers: new Map(
      Object.entries(isRecord(body.provider) ? body.provider : NOTHING).flatMap(([name, instances]) =>
        list(instances).flatMap((raw) => (isRecord(raw) ? [[providerName(name, raw), raw] as const] : [])),
      ),
    ),
    versions: new Map(
      Object.entries(merged(terraform.required_providers)).map(([name, p]) => [name, String((isRecord(p) ? p.version : p) ?? '')]),
    ),
    moved: list(body.moved).flatMap((m) => {
      const [from, to] = isRecord(m) ? [addressOf(m.from), addressOf(m.to)] : [];
      return from && to ? [{ from, to }] : [];
    }),
    forgotten: new Set(
      list(body.removed).flatMap((r) => (isRecord(r) && merged(r.lifecycle).destroy === false ? (addressOf(r.from) ?? []) : [])),
    ),
    imported: new Set(list(body.import).flatMap((i) => (isRecord(i) ? (addressOf(i.to) ?? []) : []))),
    modules: new Map(records(body.module).map(([name, raw]) => [`module.${name}`, raw])),
    backend: isRecord(terraform.backend) ? terraform.backend : undefined,
  };
}

/** The `lifecycle` block. */
export function lifecycleOf(block: Block): Body {
  return merged(block.raw.lifecycle);
}

/** One block, however it was written: as itself, or as a list of itself. */
export function merged(raw: unknown): Body {
  return Object.assign({}, ...list(raw).filter(isRecord));
}

/** A list, however it was written. */
export function list(raw: unknown): readonly unknown[] {
  return Array.isArray(raw) ? raw : raw === undefined || raw === null ? [] : [raw];
}

/** The address in a reference that may be written as an expression. */
export function addressOf(raw: unknown): string | undefined {
  return typeof raw === 'string' ? parseReference(raw)?.address : undefined;
}

/** The attributes alone, with references followed. */
export function attributesIn(raw: Body, resolve: Parameters<typeof evaluate>[1]): { [name: string]: Value } {
  const found: { [name: string]: Value } = {};
  for (const name in raw) if (!META.has(name) && raw[name] !== null) found[name] = evaluate(raw[name], resolve);
  return found;
}

function records(raw: unknown): [string, Body][] {
  return list(raw).flatMap((group) =>
    isRecord(group)
      ? Object.entries(group).flatMap(([name, body]): [string, Body][] => {
          const one = Array.isArray(body) && body.length === 1 ? body[0] : body;
          return isRecord(one) ? [[name, one]] : [];
        })
      : [],
  );
}

function providerName(name: string, raw: Body): string {
  return typeof raw.alias === 'string' ? `${name}.${raw.alias}` : name;
}

// Without recursion: chains of references may be long.
function sorted(blocks: ReadonlyMap<string, Block>): Block[] {
  const order: Block[] = [];
  const entered = new Set<string>();
  for (const root of blocks.values()) {
    const stack: { readonly block: Block; readonly next: Iterator<string> }[] = [];
    const enter = (block: Block): void => {
      if (entered.has(block.address)) return;
      entered.add(block.address);
      stack.push({ block, next: dependenciesOf(block)[Symbol.iterator]() });
    };
    enter(root);
    while (stack.length) {
      const top = stack[stack.length - 1];
      const { value, done } = top.next.next();
      if (done) {
        order.push(top.block);
        stack.pop();
      } else {
        const block = blocks.get(value);
        if (block) enter(block);
      }
    }
  }
  return order;
}

function dependenciesOf(block: Block): Set<string> {
  const found = new Set<string>();
  for (const name in block.raw) if (name !== '//' && name !== 'provisioner') referencesIn(block.raw[name], (a) => found.add(a));
  for (const raw of [...list(block.raw.depends_on), ...list(lifecycleOf(block).replace_triggered_by)]) {
    const address = addressOf(raw);
    if (address) found.add(address);
  }
  return found;
}
